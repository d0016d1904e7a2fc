#include "base/testing.h"

#include "tui/graph.h"

static void points_set(weir_series_t *series, weir_point_t points[], const float values[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        points[i] = (weir_point_t){.max = values[i], .known = values[i] >= 0};
    *series = (weir_series_t){.points = points, .count = n, .step_ns = WEIR_GRAPH_MAX};
}

static void test_a_burst_survives_resampling(void **state)
{
    (void)state;
    weir_series_t series;
    weir_point_t points[8];
    float values[2];
    points_set(&series, points, (float[]){0, 0, 9, 0, -1, -1, -1, -1}, 8);
    weir_graph_resample(&series, 2, values);
    assert_true(values[0] >= 9.0F && values[0] <= 9.0F);
    assert_true(values[1] < 0);
}

static void test_few_points_fill_many_cells(void **state)
{
    (void)state;
    weir_series_t series;
    weir_point_t points[2];
    float values[6];
    points_set(&series, points, (float[]){1, 2}, 2);
    weir_graph_resample(&series, 6, values);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal((int)values[i], i < 3 ? 1 : 2);
}

static void graph_check(const weir_graph_t *graph, unsigned line, const char *wanted)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 1024);
    weir_graph_put(&buf, graph, line);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
}

static void test_braille_counts_dots(void **state)
{
    (void)state;
    const float values[] = {0, 1, 2, 4, WEIR_GRAPH_UNKNOWN, 8, 8, 0};
    weir_graph_t graph = {.values = values, .cells = 4, .max = 8, .lines = 2, .braille = true};
    graph_check(&graph, 0, "⠀⠀⢸⡇");
    graph_check(&graph, 1, "⣀⣼⢸⣇");
}

static void test_unknown_is_empty_and_zero_is_the_axis(void **state)
{
    (void)state;
    const float values[] = {WEIR_GRAPH_UNKNOWN, WEIR_GRAPH_UNKNOWN, 0, 0};
    weir_graph_t graph = {.values = values, .cells = 2, .max = 0, .lines = 1, .braille = true};
    graph_check(&graph, 0, "⠀⣀");
    graph = (weir_graph_t){.values = values + 1, .cells = 2, .lines = 1};
    graph_check(&graph, 0, " _");
}

static void test_ascii_graph(void **state)
{
    (void)state;
    const float values[] = {0, 1, 3, 6};
    weir_graph_t graph = {.values = values, .cells = 4, .max = 6, .lines = 2};
    graph_check(&graph, 0, "   #");
    graph_check(&graph, 1, "_.##");
}

static void test_spark(void **state)
{
    (void)state;
    const float values[] = {0, 0.001F, 4, 8, WEIR_GRAPH_UNKNOWN};
    weir_buf_t buf;
    weir_buf_init(&buf, 1024);
    weir_graph_put_spark(&buf, values, 5, 8, true);
    assert_string_equal(weir_buf_text(&buf), " ▁▄█ ");
    weir_buf_clear(&buf);
    weir_graph_put_spark(&buf, values, 5, 8, false);
    assert_string_equal(weir_buf_text(&buf), " _-# ");
    weir_buf_done(&buf);
}

static void bar_check(double share, bool blocks, const char *wanted)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 1024);
    weir_graph_put_bar(&buf, share, 4, blocks);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
}

static void test_bar(void **state)
{
    (void)state;
    bar_check(0, true, "    ");
    bar_check(0.0001, true, "▏   ");
    bar_check(0.5, true, "██  ");
    bar_check(1, true, "████");
    bar_check(7, true, "████");
    bar_check(0.5, false, "##..");
    bar_check(0.0001, false, "#...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_burst_survives_resampling),
        cmocka_unit_test(test_few_points_fill_many_cells),
        cmocka_unit_test(test_braille_counts_dots),
        cmocka_unit_test(test_unknown_is_empty_and_zero_is_the_axis),
        cmocka_unit_test(test_ascii_graph),
        cmocka_unit_test(test_spark),
        cmocka_unit_test(test_bar),
    };
    return weir_test_run("tui/graph", tests);
}
