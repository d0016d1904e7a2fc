#include "base/cleanup.h"
#include "base/clock.h"
#include "base/testing.h"

#include <errno.h>

static void wall_time_round_trips(void **state)
{
    (void)state;
    static const char *const times[] = {"2026-01-02T03:04:05.678Z", "1970-01-01T00:00:00.000Z",
                                        "2038-01-19T03:14:08.001Z", "1969-12-31T23:59:59.999Z"};
    for (size_t i = 0; i < WEIR_COUNT(times); i++) {
        int64_t ns = 0;
        char text[WEIR_TIME_TEXT_SIZE];
        assert_int_equal(weir_time_parse(times[i], &ns), 0);
        assert_int_equal(weir_time_text(ns, text), 24);
        assert_string_equal(text, times[i]);
    }
}

static void fractions_keep_nanoseconds(void **state)
{
    (void)state;
    int64_t ns = 0;
    assert_int_equal(weir_time_parse("1970-01-01T00:00:01.000000007Z", &ns), 0);
    assert_int_equal(ns, 1000000007);
    assert_int_equal(weir_time_parse("1970-01-01T00:00:01Z", &ns), 0);
    assert_int_equal(ns, 1000000000);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "yesterday",
                                        "2026-13-02T03:04:05Z",
                                        "2026-01-02 03:04:05Z",
                                        "2026-01-02T03:04:05.Z",
                                        "2026-01-02T03:04:05",
                                        "2026-01-02T03:04:05Zx",
                                        "2026-02-29T03:04:05Z",
                                        "2100-02-29T00:00:00Z",
                                        "2026-04-31T00:00:00Z",
                                        "2026-01-00T00:00:00Z",
                                        "2026-01-02T24:00:00Z",
                                        "2026-01-02T03:04:05.1234567890Z",
                                        "0001-01-01T00:00:00Z",
                                        "2262-04-12T00:00:00Z",
                                        "9999-12-31T23:59:59Z"};
    for (size_t i = 0; i < WEIR_COUNT(texts); i++) {
        int64_t ns = 42;
        assert_int_equal(weir_time_parse(texts[i], &ns), -EINVAL);
        assert_int_equal(ns, 42);
    }
}

static void the_ends_of_the_range_are_written(void **state)
{
    (void)state;
    char text[WEIR_TIME_TEXT_SIZE];
    (void)weir_time_text(INT64_MAX, text);
    assert_string_equal(text, "2262-04-11T23:47:16.854Z");
    (void)weir_time_text(INT64_MIN, text);
    assert_string_equal(text, "1677-09-21T00:12:43.145Z");
}

static void leap_days_and_seconds_exist(void **state)
{
    (void)state;
    int64_t ns = 0;
    assert_int_equal(weir_time_parse("2000-02-29T00:00:00Z", &ns), 0);
    assert_true(ns == INT64_C(951782400000000000));
    assert_int_equal(weir_time_parse("2016-12-31T23:59:60Z", &ns), 0);
    assert_true(ns == INT64_C(1483228800000000000));
}

static void system_clock_moves_forward(void **state)
{
    (void)state;
    weir_clock_t clock = weir_clock_system();
    weir_instant_t a = weir_clock_now(&clock);
    weir_instant_t b = weir_clock_now(&clock);
    assert_true(b.boot_ns >= a.boot_ns && a.boot_ns > 0);
    assert_true(b.boot_ns >= b.awake_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wall_time_round_trips),
        cmocka_unit_test(fractions_keep_nanoseconds),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(the_ends_of_the_range_are_written),
        cmocka_unit_test(leap_days_and_seconds_exist),
        cmocka_unit_test(system_clock_moves_forward),
    };
    return weir_test_run("base/clock", tests);
}
