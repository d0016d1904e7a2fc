#include "gui/grid_columns.h"

#include "base/testing.h"

static void test_room_is_shared_by_weight(void **state)
{
    (void)state;
    const int wanted[] = {100, 50, 50};
    const unsigned weights[] = {2, 1, 0};
    weir_grid_span_t spans[3];
    assert_int_equal(weir_grid_columns_place(wanted, weights, 3, 230, false, spans), 230);
    assert_int_equal(spans[0].x, 0);
    assert_int_equal(spans[0].width, 120);
    assert_int_equal(spans[1].x, 120);
    assert_int_equal(spans[1].width, 60);
    assert_int_equal(spans[2].x, 180);
    assert_int_equal(spans[2].width, 50);
}

static void test_nothing_is_lost_to_rounding(void **state)
{
    (void)state;
    const int wanted[] = {10, 10, 10};
    const unsigned weights[] = {1, 1, 1};
    weir_grid_span_t spans[3];
    assert_int_equal(weir_grid_columns_place(wanted, weights, 3, 130, false, spans), 130);
    assert_int_equal(spans[2].x + spans[2].width, 130);
}

static void test_too_little_room(void **state)
{
    (void)state;
    const int wanted[] = {100, 100};
    const unsigned weights[] = {1, 1};
    weir_grid_span_t spans[2];
    assert_int_equal(weir_grid_columns_place(wanted, weights, 2, 150, false, spans), 200);
    assert_int_equal(spans[1].x, 100);
}

static void test_mirrored_begins_at_the_right(void **state)
{
    (void)state;
    const int wanted[] = {100, 50};
    const unsigned weights[] = {0, 1};
    weir_grid_span_t spans[2];
    assert_int_equal(weir_grid_columns_place(wanted, weights, 2, 200, true, spans), 200);
    assert_int_equal(spans[0].x, 100);
    assert_int_equal(spans[1].x, 0);
    assert_int_equal(spans[1].width, 100);
    assert_int_equal(weir_grid_columns_edge(spans, 2, 98, 5, true), 0);
    assert_int_equal(weir_grid_columns_edge(spans, 2, 50, 5, true), -1);
}

static void test_edges(void **state)
{
    (void)state;
    const weir_grid_span_t spans[] = {{0, 100}, {100, 50}};
    assert_int_equal(weir_grid_columns_edge(spans, 2, 104, 5, false), 0);
    assert_int_equal(weir_grid_columns_edge(spans, 2, 149, 5, false), 1);
    assert_int_equal(weir_grid_columns_edge(spans, 2, 0, 5, false), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_room_is_shared_by_weight),
        cmocka_unit_test(test_nothing_is_lost_to_rounding),
        cmocka_unit_test(test_too_little_room),
        cmocka_unit_test(test_mirrored_begins_at_the_right),
        cmocka_unit_test(test_edges),
    };
    return weir_test_run("gui/grid_columns", tests);
}
