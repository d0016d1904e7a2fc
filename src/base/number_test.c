#include "base/number.h"
#include "base/testing.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

static void expect_real(double value, unsigned decimals, const char *wanted)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 64);
    weir_number_put_real(&buf, value, decimals);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
}

static void integers_are_exact(void **state)
{
    (void)state;
    static const uint64_t values[] = {0, 9, 10, 99, 100, 101, 4294967296, UINT64_MAX};
    for (size_t i = 0; i < WEIR_COUNT(values); i++) {
        char wanted[32];
        char text[WEIR_NUMBER_TEXT_SIZE] = {0};
        int n = snprintf(wanted, sizeof(wanted), "%llu", (unsigned long long)values[i]);
        assert_int_equal(weir_number_digits(values[i], text), n);
        assert_string_equal(text, wanted);
    }
    weir_buf_t buf;
    weir_buf_init(&buf, 64);
    weir_number_put_signed(&buf, INT64_MIN);
    assert_string_equal(weir_buf_text(&buf), "-9223372036854775808");
    weir_buf_done(&buf);
}

static void a_number_takes_no_more_room_than_its_digits(void **state)
{
    (void)state;
    weir_buf_t buf;
    weir_buf_init(&buf, 3);
    weir_number_put(&buf, 421);
    assert_int_equal(weir_buf_error(&buf), 0);
    assert_string_equal(weir_buf_text(&buf), "421");
    weir_buf_done(&buf);
}

static void reals_are_short_and_without_exponent(void **state)
{
    (void)state;
    expect_real(0, 3, "0");
    expect_real(-0.0001, 3, "0");
    expect_real(1.5, 3, "1.5");
    expect_real(1.0003, 4, "1.0003");
    expect_real(-2.25, 2, "-2.25");
    expect_real(0.999999, 3, "1");
    expect_real(12500000.125, 3, "12500000.125");
    expect_real((double)INFINITY, 3, "null");
    expect_real((double)NAN, 3, "null");
    expect_real(1e300, 3, "null");
    expect_real(0x1p64, 0, "null");
}

static void large_reals_lose_decimals_not_themselves(void **state)
{
    (void)state;
    expect_real(20000000000000.5, 6, "20000000000000.5");
    expect_real(-20000000000000.5, 6, "-20000000000000.5");
    expect_real(0x1p63, 9, "9223372036854775808");
}

static void long_fractions_are_read(void **state)
{
    (void)state;
    char text[1002] = "0.";
    memset(text + 2, '5', 999);
    double value = 0;
    assert_int_equal(weir_number_scan(text, 1001, &value), 1001);
    assert_true(fabs(value - 5.0 / 9) <= 1e-15);
    memset(text + 2, '0', 999);
    text[3] = '1';
    assert_int_equal(weir_number_scan(text, 1001, &value), 1001);
    assert_true(fabs(value - 0.01) <= 1e-15);
}

static void parsing_is_strict(void **state)
{
    (void)state;
    uint64_t value = 5;
    assert_int_equal(weir_number_parse("18446744073709551615", UINT64_MAX, &value), 0);
    assert_true(value == UINT64_MAX);
    assert_int_equal(weir_number_parse("18446744073709551616", UINT64_MAX, &value), -ERANGE);
    assert_int_equal(weir_number_parse("11", 10, &value), -ERANGE);
    assert_int_equal(weir_number_parse("", 10, &value), -EINVAL);
    assert_int_equal(weir_number_parse("-1", 10, &value), -EINVAL);
    assert_int_equal(weir_number_parse("1 ", 10, &value), -EINVAL);
}

static void multipliers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t taken;
        double value;
    } cases[] = {{"10", 2, 10},   {"1.5k", 4, 1500}, {"1M", 2, 1e6},   {"1Mi", 3, 1048576},
                 {"2G/", 2, 2e9}, {"0.1", 3, 0.1},   {"-3x", 2, -3},   {".5", 0, 0},
                 {"x", 0, 0},     {"", 0, 0},        {"1Ki", 3, 1024}, {"7.", 1, 7}};
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        double value = 0;
        assert_int_equal(weir_number_scan_scaled(cases[i].text, strlen(cases[i].text), &value),
                         cases[i].taken);
        assert_true(fabs(value - cases[i].value) <= 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_exact),
        cmocka_unit_test(a_number_takes_no_more_room_than_its_digits),
        cmocka_unit_test(reals_are_short_and_without_exponent),
        cmocka_unit_test(large_reals_lose_decimals_not_themselves),
        cmocka_unit_test(long_fractions_are_read),
        cmocka_unit_test(parsing_is_strict),
        cmocka_unit_test(multipliers),
    };
    return weir_test_run("base/number", tests);
}
