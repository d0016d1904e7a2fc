#include "base/testing.h"
#include "packet/bins.h"

#include <errno.h>
#include <math.h>

#define S UINT64_C(1000000000)

static const weir_bin_t BINS[] = {{100, {2, 1000}}, {101, {1, 500}}, {104, {4, 4000}}};

static weir_series_t series_of(uint64_t to_s, uint64_t step_s, size_t count)
{
    weir_series_query_t query = {
        .column = WEIR_SERIES_RATE, .to_ns = to_s * S, .step_ns = step_s * S, .count = count};
    weir_series_t series;
    assert_int_equal(weir_bins_series(BINS, WEIR_COUNT(BINS), &query, &series), 0);
    assert_int_equal(series.count, count);
    return series;
}

static void expect_point(const weir_point_t *point, double min, double mean, double max)
{
    assert_true(point->known);
    assert_true(fabs((double)point->min - min) < 1e-3);
    assert_true(fabs((double)point->mean - mean) < 1e-3);
    assert_true(fabs((double)point->max - max) < 1e-3);
}

/* FIELD: a second without a packet is 0, not a gap; what lies outside the capture is unknown. */
static void every_second_of_the_capture_is_known(void **state)
{
    (void)state;
    weir_series_t series = series_of(106, 1, 8); /* 98 .. 105 */
    assert_true(series.from_ns == 98 * S);
    assert_false(series.points[0].known);
    assert_false(series.points[1].known);
    expect_point(&series.points[2], 1000, 1000, 1000);
    expect_point(&series.points[3], 500, 500, 500);
    expect_point(&series.points[4], 0, 0, 0);
    expect_point(&series.points[5], 0, 0, 0);
    expect_point(&series.points[6], 4000, 4000, 4000);
    assert_false(series.points[7].known);
    weir_series_done(&series);
}

static void longer_steps_keep_the_extremes(void **state)
{
    (void)state;
    weir_series_t series = series_of(0, 3, 3); /* up to the last second: 99, 102, and before */
    assert_true(series.from_ns == 96 * S);
    assert_false(series.points[0].known);
    expect_point(&series.points[1], 500, 750, 1000); /* 100 and 101 of three */
    expect_point(&series.points[2], 0, 4000.0 / 3, 4000);
    weir_series_done(&series);
}

static void the_whole_is_what_the_capture_holds(void **state)
{
    (void)state;
    weir_series_t series = series_of(105, 5, 1);
    expect_point(&series.points[0], 0, 5500.0 / 5, 4000);
    weir_series_done(&series);
    series = series_of(400, 1, 3);
    assert_false(series.points[2].known);
    weir_series_done(&series);
}

static void other_objects_are_unknown(void **state)
{
    (void)state;
    weir_series_query_t query = {
        .column = WEIR_SERIES_RX_RATE, .to_ns = 105 * S, .step_ns = S, .count = 5};
    weir_series_t series;
    assert_int_equal(weir_bins_series(BINS, WEIR_COUNT(BINS), &query, &series), 0);
    for (size_t i = 0; i < series.count; i++)
        assert_false(series.points[i].known);
    weir_series_done(&series);
    query.column = WEIR_SERIES_RATE;
    query.object = 7;
    assert_int_equal(weir_bins_series(BINS, WEIR_COUNT(BINS), &query, &series), 0);
    assert_false(series.points[4].known);
    weir_series_done(&series);
    query.object = 0;
    assert_int_equal(weir_bins_series(NULL, 0, &query, &series), 0);
    assert_false(series.points[4].known);
    weir_series_done(&series);
}

static void parts_of_seconds_are_refused(void **state)
{
    (void)state;
    weir_series_query_t query = {.column = WEIR_SERIES_RATE, .step_ns = S / 2, .count = 5};
    weir_series_t series;
    assert_int_equal(weir_bins_series(BINS, WEIR_COUNT(BINS), &query, &series), -EINVAL);
    query.step_ns = 0;
    assert_int_equal(weir_bins_series(BINS, WEIR_COUNT(BINS), &query, &series), -EINVAL);
    query.step_ns = S;
    query.count = WEIR_SERIES_POINTS_MAX + 1;
    assert_int_equal(weir_bins_series(BINS, WEIR_COUNT(BINS), &query, &series), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_second_of_the_capture_is_known),
        cmocka_unit_test(longer_steps_keep_the_extremes),
        cmocka_unit_test(the_whole_is_what_the_capture_holds),
        cmocka_unit_test(other_objects_are_unknown),
        cmocka_unit_test(parts_of_seconds_are_refused),
    };
    return weir_test_run("packet/bins", tests);
}
