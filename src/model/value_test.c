#include "base/testing.h"
#include "model/testing_values.h"

#include <math.h>

#define LIST(list, n)                                                                              \
    (weir_value_t)                                                                                 \
    {                                                                                              \
        .type = WEIR_VALUE_ADDRESSES, .addresses = {.items = (list), .count = (n) }                \
    }

static const weir_address_t NETWORKS[] = {
    {.bytes = {10, 0, 0, 1}, .family = WEIR_FAMILY_IPV4, .prefix = 8},
    {.bytes = {0xfe, 0x80, [15] = 1}, .family = WEIR_FAMILY_IPV6, .prefix = 128},
};

static void expect_text(weir_value_t value, const char *wanted)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 256);
    weir_value_put_text(&buf, &value);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
}

static void every_type_has_its_text(void **state)
{
    (void)state;
    expect_text((weir_value_t){0}, "");
    expect_text(BOOL(true), "true");
    expect_text(BOOL(false), "false");
    expect_text(UINT(UINT64_MAX), "18446744073709551615");
    expect_text(INT(INT64_MIN), "-9223372036854775808");
    expect_text(REAL(0.25), "0.25");
    expect_text(TEXT("eth0"), "eth0");
    expect_text((weir_value_t){.type = WEIR_VALUE_ADDRESS, .address = NETWORKS[1]}, "fe80::1");
    expect_text(LIST(NETWORKS, 2), "10.0.0.1/8 fe80::1/128");
    expect_text(LIST(NULL, 0), "");
}

static void only_numbers_are_numbers(void **state)
{
    (void)state;
    const weir_value_t numbers[] = {UINT(3), INT(3), REAL(3)};
    for (size_t i = 0; i < WEIR_COUNT(numbers); i++) {
        double number = 0;
        assert_true(weir_value_number(&numbers[i], &number));
        assert_true(number >= 3 && number <= 3);
    }
    const weir_value_t others[] = {{0}, BOOL(true), TEXT("3"), LIST(NETWORKS, 1)};
    for (size_t i = 0; i < WEIR_COUNT(others); i++) {
        double number = 42;
        assert_false(weir_value_number(&others[i], &number));
        assert_true(number >= 42 && number <= 42);
    }
}

/* < 0, and > 0 the other way round. */
static void expect_before(weir_value_t a, weir_value_t b)
{
    assert_true(weir_value_compare(&a, &b) < 0);
    assert_true(weir_value_compare(&b, &a) > 0);
    assert_int_equal(weir_value_compare(&a, &a), 0);
}

static void order_is_that_of_the_type(void **state)
{
    (void)state;
    expect_before(UINT(9), UINT(10));
    expect_before(UINT(INT64_MAX), UINT(UINT64_MAX));
    expect_before(INT(INT64_MIN), INT(INT64_MAX));
    expect_before(REAL(-0.5), REAL(0.25));
    expect_before(REAL(1e300), REAL((double)INFINITY));
    expect_before(BOOL(false), BOOL(true));
    expect_before(TEXT("eth0"), TEXT("eth1"));
    expect_before(TEXT("eth"), TEXT("eth0"));
    expect_before(TEXT("z"), TEXT("\xc3\xa4"));
    expect_before(LIST(NETWORKS, 1), LIST(NETWORKS, 2));
    expect_before(LIST(NETWORKS, 2), LIST(NETWORKS + 1, 1));
}

static void unknown_comes_first(void **state)
{
    (void)state;
    expect_before((weir_value_t){0}, UINT(0));
    expect_before((weir_value_t){0}, REAL(-(double)INFINITY));
    expect_before((weir_value_t){0}, TEXT(""));
}

/* Without one place for it a sort would depend on where its rows began. */
static void what_is_no_number_has_one_place(void **state)
{
    (void)state;
    expect_before(REAL((double)NAN), REAL(-(double)INFINITY));
    expect_before(REAL((double)NAN), REAL(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_has_its_text),
        cmocka_unit_test(only_numbers_are_numbers),
        cmocka_unit_test(order_is_that_of_the_type),
        cmocka_unit_test(unknown_comes_first),
        cmocka_unit_test(what_is_no_number_has_one_place),
    };
    return weir_test_run("model/value", tests);
}
