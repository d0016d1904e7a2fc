#include "gui/scale.h"

#include "base/testing.h"

#define S UINT64_C(1000000000)

static weir_series_t series_make(uint64_t from_s, size_t n)
{
    weir_series_t series = {.from_ns = from_s * S, .step_ns = S, .count = n};
    series.points = calloc(n, sizeof(*series.points));
    for (size_t i = 0; i < n; i++)
        series.points[i] = (weir_point_t){1, 2, 3, true};
    return series;
}

static void test_few_points_stay(void **state)
{
    (void)state;
    weir_series_t series = series_make(7, 10);
    weir_scale_fold(&series, 10);
    assert_int_equal(series.count, 10);
    assert_int_equal(series.step_ns, S);
    weir_series_done(&series);
}

static void test_peak_survives_a_day(void **state)
{
    (void)state;
    weir_series_t series = series_make(1000003, 86400);
    series.points[43211] = (weir_point_t){900, 900, 900, true};
    weir_scale_fold(&series, 640);
    assert_true(series.count <= 641);
    float max = 0;
    float min = 900;
    for (size_t i = 0; i < series.count; i++) {
        max = series.points[i].max > max ? series.points[i].max : max;
        min = series.points[i].min < min ? series.points[i].min : min;
    }
    assert_true(max >= 900 && max <= 900);
    assert_true(min >= 1 && min <= 1);
    weir_series_done(&series);
}

/* A second later every fold but the last holds the same points. */
static void test_folds_stand_still(void **state)
{
    (void)state;
    weir_series_t now = series_make(100, 60);
    weir_series_t later = series_make(101, 60);
    weir_scale_fold(&now, 10);
    weir_scale_fold(&later, 10);
    assert_int_equal(now.step_ns, 6 * S);
    assert_int_equal(now.from_ns % now.step_ns, 0);
    assert_int_equal(later.from_ns % later.step_ns, 0);
    weir_series_done(&now);
    weir_series_done(&later);
}

static void test_unknown_is_no_zero(void **state)
{
    (void)state;
    weir_series_t series = series_make(0, 4);
    series.points[0].known = false;
    series.points[2].known = series.points[3].known = false;
    weir_scale_fold(&series, 2);
    assert_int_equal(series.count, 2);
    assert_true(series.points[0].known);
    assert_true(series.points[0].min >= 1);
    assert_false(series.points[1].known);
    weir_series_done(&series);
}

static void check_ceiling(double most, weir_units_t units, double expected)
{
    double ceiling = weir_scale_ceiling(most, &units);
    assert_true(ceiling > expected * 0.999999 && ceiling < expected * 1.000001);
}

static void test_axis_ends_are_round(void **state)
{
    (void)state;
    weir_units_t bits = WEIR_UNITS_DEFAULT;
    weir_units_t bytes = {.rates = WEIR_BYTES, .base = WEIR_IEC};
    check_ceiling(0, bits, 125); /* 1 kbit/s */
    check_ceiling(6e6, bits, 50e6 / 8);
    check_ceiling(125e6, bits, 1e9 / 8);
    check_ceiling(0.6e9 / 8, bits, 1e9 / 8);
    check_ceiling(3 * 1024 * 1024, bytes, 5 * 1024 * 1024);
    check_ceiling(1023.0 * 1024, bytes, 1024 * 1024);
}

static void test_time_lines(void **state)
{
    (void)state;
    assert_int_equal(weir_scale_time_step(120, 4), 30);
    assert_int_equal(weir_scale_time_step(600, 5), 120);
    assert_int_equal(weir_scale_time_step(86400, 4), 21600);
    assert_int_equal(weir_scale_time_step(86400, 1), 86400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_points_stay),     cmocka_unit_test(test_peak_survives_a_day),
        cmocka_unit_test(test_folds_stand_still),   cmocka_unit_test(test_unknown_is_no_zero),
        cmocka_unit_test(test_axis_ends_are_round), cmocka_unit_test(test_time_lines),
    };
    return weir_test_run("gui/scale", tests);
}
