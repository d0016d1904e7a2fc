#include "base/testing.h"
#include "model/series.h"

#include <math.h>

#define STEP UINT64_C(1000000000)

static void expect_near(double value, double wanted)
{
    assert_true(fabs(value - wanted) <= 1e-9);
}

static void empty_and_unknown_say_nothing(void **state)
{
    (void)state;
    weir_series_t series = {.from_ns = 5, .step_ns = STEP};
    weir_series_summary_t summary = weir_series_summarise(&series);
    assert_int_equal(summary.known, 0);
    expect_near(summary.mean, 0);

    weir_point_t points[] = {{.max = 9}, {.mean = 9}};
    series.points = points;
    series.count = WEIR_COUNT(points);
    summary = weir_series_summarise(&series);
    assert_int_equal(summary.known, 0);
    expect_near(summary.mean, 0);
    expect_near(summary.max, 0);
    assert_int_equal(summary.max_at_ns, 0);
}

static void a_gap_is_no_zero(void **state)
{
    (void)state;
    weir_point_t points[] = {{2, 4, 6, true}, {.known = false}, {.known = false}, {4, 8, 8, true}};
    weir_series_t series = {.step_ns = STEP, .count = WEIR_COUNT(points), .points = points};
    weir_series_summary_t summary = weir_series_summarise(&series);
    assert_int_equal(summary.known, 2);
    expect_near(summary.mean, 6);
}

/* FIELD, pitfall 6: one second of 900 Mbit/s stays the peak of a coarse series. */
static void the_peak_is_that_of_the_maxima(void **state)
{
    (void)state;
    weir_point_t points[] = {{0, 100, 200, true}, {0, 50, 112500000, true}, {0, 300, 400, true}};
    weir_series_t series = {
        .from_ns = 10 * STEP, .step_ns = 60 * STEP, .count = WEIR_COUNT(points), .points = points};
    weir_series_summary_t summary = weir_series_summarise(&series);
    expect_near(summary.max, 112500000);
    expect_near(summary.mean, 150);
    assert_int_equal(summary.max_at_ns, (10 + 60 + 30) * STEP);
}

static void the_first_of_equal_peaks_is_told(void **state)
{
    (void)state;
    weir_point_t points[] = {{.known = false}, {-3, -2, -1, true}, {-3, -2, -1, true}};
    weir_series_t series = {.step_ns = 2 * STEP, .count = WEIR_COUNT(points), .points = points};
    weir_series_summary_t summary = weir_series_summarise(&series);
    expect_near(summary.max, -1);
    assert_int_equal(summary.max_at_ns, 3 * STEP);
}

static void done_leaves_an_empty_series(void **state)
{
    (void)state;
    weir_series_t series = {.count = 1, .points = calloc(1, sizeof(weir_point_t))};
    weir_series_done(&series);
    assert_null(series.points);
    assert_int_equal(series.count, 0);
    weir_series_done(&series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_and_unknown_say_nothing),
        cmocka_unit_test(a_gap_is_no_zero),
        cmocka_unit_test(the_peak_is_that_of_the_maxima),
        cmocka_unit_test(the_first_of_equal_peaks_is_told),
        cmocka_unit_test(done_leaves_an_empty_series),
    };
    return weir_test_run("model/series", tests);
}
