#include "base/clock.h"
#include "base/testing.h"
#include "export/axis.h"
#include "export/chart.h"
#include "export/markup.h"

#include <math.h>

static const weir_units_t UNITS = {.rates = WEIR_BITS, .amounts = WEIR_BYTES, .base = WEIR_SI};

static void assert_text(weir_buf_t *buf, const char *expected)
{
    assert_string_equal(weir_buf_text(buf), expected);
    weir_buf_clear(buf);
}

static void texts_from_outside_are_escaped(void **state)
{
    (void)state;
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    weir_markup_text(&buf, "<script>alert('1' & \"2\")</script>");
    assert_text(&buf, "&#60;script&#62;alert(&#39;1&#39; &#38; &#34;2&#34;)&#60;/script&#62;");
    weir_markup_text(&buf, "a\x1b[31m\n\xff\u202eb"); /* as in a terminal: shown, not obeyed */
    assert_text(&buf, "a\\x1b[31m\\x0a\\xff\\u{202e}b");
    weir_markup_element(&buf, "td class=n", "<b>");
    assert_text(&buf, "<td class=n>&#60;b&#62;</td>");
    weir_buf_done(&buf);
}

/* Lines are round in the units that are shown, few, and the last is at or above all. */
static void rates_have_round_lines(void **state)
{
    (void)state;
    static const struct {
        double most; /* [byte/s] */
        weir_measure_t measure;
        weir_base_t base;
        const char *last;
        unsigned lines;
    } cases[] = {
        {6.5e6, WEIR_BITS, WEIR_SI, "60\u00a0Mbit/s", 3},
        {12.5e6, WEIR_BITS, WEIR_SI, "100\u00a0Mbit/s", 2},
        {124.9e6, WEIR_BITS, WEIR_SI, "1\u00a0Gbit/s", 2},
        {1000, WEIR_BYTES, WEIR_SI, "1\u00a0kB/s", 2},
        {1000, WEIR_BYTES, WEIR_IEC, "1000\u00a0B/s", 2},
        {3000, WEIR_BYTES, WEIR_IEC, "3\u00a0KiB/s", 3},
        {0.5, WEIR_BITS, WEIR_SI, "4\u00a0bit/s", 4},
        {0, WEIR_BITS, WEIR_SI, "1\u00a0bit/s", 2},
    };
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        weir_units_t units = {
            .rates = cases[i].measure, .amounts = WEIR_BYTES, .base = cases[i].base};
        weir_axis_t axis = weir_axis_rates(cases[i].most, &units);
        assert_int_equal(axis.lines, cases[i].lines);
        assert_true(axis.step * axis.lines >= cases[i].most * (1 - 1e-9));
        weir_axis_rate_put(&buf, &units, axis.step * axis.lines);
        assert_text(&buf, cases[i].last);
    }
    weir_axis_rate_put(&buf, &UNITS, 0);
    assert_text(&buf, "0");
    weir_buf_done(&buf);
}

static void any_rate_fits(void **state)
{
    (void)state;
    double most = 1e-3;
    for (int i = 0; i < 160; i++, most *= 1.37) { /* to 1e19 */
        for (int unit = 0; unit < 4; unit++) {
            weir_units_t units = {.rates = unit & 1 ? WEIR_BITS : WEIR_BYTES,
                                  .base = unit & 2 ? WEIR_SI : WEIR_IEC};
            weir_axis_t axis = weir_axis_rates(most, &units);
            assert_true(axis.lines >= 2 && axis.lines <= 5);
            assert_true(axis.step * axis.lines >= most * (1 - 1e-9));
        }
    }
}

static void times_are_round_and_few(void **state)
{
    (void)state;
    static const struct {
        uint64_t span_ms, step_ms;
        const char *text; /* of the time below */
    } cases[] = {{8, 1, "22:13:20.500"},
                 {50, 10, "22:13:20.50"},
                 {2000, 500, "22:13:20.5"},
                 {50000, 10000, "22:13:20"},
                 {600000, 120000, "22:13"},
                 {86400000, 10800000, "22:13"},
                 {864000000, 172800000, "2023-11-14"}};
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        uint64_t step_ns = weir_axis_time_step(cases[i].span_ms * WEIR_NS_PER_MS, 8);
        assert_int_equal(step_ns, cases[i].step_ms * WEIR_NS_PER_MS);
        weir_axis_time_put(&buf, INT64_C(1700000000500000000), step_ns);
        assert_text(&buf, cases[i].text);
    }
    weir_axis_time_put(&buf, INT64_C(1700006400000000000), 3600 * WEIR_NS_PER_S);
    assert_text(&buf, "2023-11-15"); /* midnight names the day */
    assert_true(weir_axis_time_step(UINT64_MAX, 8) > 0);
    weir_buf_done(&buf);
}

/* ---- The graph ------------------------------------------------------------------------------- */

static char *graph_draw(weir_buf_t *buf, const weir_traffic_step_t *steps, size_t count,
                        uint64_t step_ns)
{
    weir_traffic_t traffic = {.steps = steps,
                              .count = count,
                              .begin_ns = INT64_C(1700000000000000000),
                              .step_ns = step_ns,
                              .bin_ns = WEIR_NS_PER_S};
    weir_chart_begin(buf);
    weir_chart_traffic(buf, &traffic, &UNITS);
    return strdup(weir_buf_text(buf));
}

/* 1,000,000 byte/s are 8 Mbit/s: the axis ends there, at four lines. */
static void areas_stack_and_gaps_stay_empty(void **state)
{
    (void)state;
    static const weir_traffic_step_t steps[] = {
        {.packets = 2, .bytes = {500000, 500000}, .peak_bytes = 1000000},
        {.packets = 1, .bytes = {500000}, .peak_bytes = 500000},
        {.packets = 0},
        {.packets = 1, .bytes = {0, 1}, .peak_bytes = 1},
    };
    weir_buf_t buf;
    weir_buf_init(&buf, 1 << 20);
    char *svg = graph_draw(&buf, steps, WEIR_COUNT(steps), WEIR_NS_PER_S);
    assert_non_null(strstr(svg, ">8\u00a0Mbit/s<"));
    assert_non_null(strstr(svg, "<path class=tcp d=\"M0 1000V500h2V1000z\"/>"));
    assert_non_null(strstr(svg, "<path class=udp d=\"M0 1000V0h1V1000zM3 1000V999h1V1000z\"/>"));
    assert_true(strstr(svg, "class=udp d") < strstr(svg, "class=tcp d")); /* which covers it */
    assert_null(strstr(svg, "class=icmp"));
    assert_null(strstr(svg, "class=peaks"));
    assert_null(strstr(svg, "<rect x=2 ")); /* nothing to point at */
    assert_non_null(strstr(svg, "<rect x=1 width=1 height=1000><title>22:13:21  4.00\u00a0Mbit/s\n"
                                "TCP 4.00\u00a0Mbit/s</title>"));
    free(svg);
    weir_buf_done(&buf);
}

static void peaks_within_steps_are_drawn(void **state)
{
    (void)state;
    static const weir_traffic_step_t steps[] = {
        {.packets = 9, .bytes = {60000}, .peak_bytes = 60000},
        {.packets = 9, .bytes = {60000}, .peak_bytes = 1000},
    };
    weir_buf_t buf;
    weir_buf_init(&buf, 1 << 20);
    char *svg = graph_draw(&buf, steps, WEIR_COUNT(steps), 60 * WEIR_NS_PER_S);
    assert_non_null(strstr(svg, "<path class=peaks d=\"M0 1000V200h1V986h1V1000z\"/>"));
    assert_non_null(strstr(svg, "<path class=tcp d=\"M0 1000V986h2V1000z\"/>"));
    assert_non_null(strstr(svg, "busiest second 480\u00a0kbit/s"));
    free(svg);
    weir_buf_done(&buf);
}

static void bars_show_the_least(void **state)
{
    (void)state;
    static const weir_chart_piece_t pieces[] = {{"rx", 250}, {"tx", 0.001}, {"none", 0}};
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    weir_chart_bar(&buf, pieces, WEIR_COUNT(pieces), 1000);
    const char *svg = weir_buf_text(&buf);
    assert_non_null(strstr(svg, "<rect class=rx x=0 width=250 height=1 />"));
    assert_non_null(strstr(svg, "<rect class=tx x=250 width=4 height=1 />"));
    assert_null(strstr(svg, "none x"));
    weir_buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_from_outside_are_escaped),
        cmocka_unit_test(rates_have_round_lines),
        cmocka_unit_test(any_rate_fits),
        cmocka_unit_test(times_are_round_and_few),
        cmocka_unit_test(areas_stack_and_gaps_stay_empty),
        cmocka_unit_test(peaks_within_steps_are_drawn),
        cmocka_unit_test(bars_show_the_least),
    };
    return weir_test_run("export/chart", tests);
}
