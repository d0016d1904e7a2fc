#include "base/testing.h"
#include "model/units.h"

#include <math.h>

static const weir_units_t BYTES_SI = {WEIR_BYTES, WEIR_BYTES, WEIR_SI};
static const weir_units_t BYTES_IEC = {WEIR_BYTES, WEIR_BYTES, WEIR_IEC};
static const weir_units_t BITS_SI = {WEIR_BITS, WEIR_BITS, WEIR_SI};
static const weir_units_t BITS_IEC = {WEIR_BITS, WEIR_BITS, WEIR_IEC};

static void expect(const weir_units_t *units, weir_unit_t unit, double value, const char *wanted)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 64);
    weir_quantity_put(&buf, units, unit, value);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
}

static void expect_amount(const weir_units_t *units, double bytes, const char *wanted)
{
    expect(units, WEIR_UNIT_BYTES, bytes, wanted);
}

static void expect_rate(const weir_units_t *units, double byte_rate, const char *wanted)
{
    expect(units, WEIR_UNIT_BYTES_PER_SECOND, byte_rate, wanted);
}

/* FIELD, pitfall 7. */
static void a_hundred_million_bytes_in_every_unit(void **state)
{
    (void)state;
    expect_amount(&BYTES_SI, 1e8, "100 MB");
    expect_amount(&BYTES_IEC, 1e8, "95.4 MiB");
    expect_amount(&BITS_SI, 1e8, "800 Mbit");
    expect_amount(&BITS_IEC, 1e8, "763 Mibit");
    expect_rate(&BYTES_SI, 1e8, "100 MB/s");
    expect_rate(&BYTES_IEC, 1e8, "95.4 MiB/s");
    expect_rate(&BITS_SI, 1e8, "800 Mbit/s");
    expect_rate(&BITS_IEC, 1e8, "763 Mibit/s");
    weir_units_t usual = WEIR_UNITS_DEFAULT;
    expect_amount(&usual, 1e8, "100 MB");
    expect_rate(&usual, 1e8, "800 Mbit/s");
}

static void three_digits_whatever_the_size(void **state)
{
    (void)state;
    expect_amount(&BYTES_SI, 999, "999 B");
    expect_amount(&BYTES_SI, 1000, "1.00 kB");
    expect_amount(&BYTES_SI, 1023, "1.02 kB");
    expect_amount(&BYTES_SI, 9994, "9.99 kB");
    expect_amount(&BYTES_SI, 9996, "10.0 kB");
    expect_amount(&BYTES_SI, 99940, "99.9 kB");
    expect_amount(&BYTES_SI, 99960, "100 kB");
    expect_amount(&BYTES_SI, 999499, "999 kB");
    expect_amount(&BYTES_SI, 999500, "1.00 MB");
    expect_amount(&BYTES_SI, 1e12, "1.00 TB");
    expect_rate(&BYTES_SI, 999.4, "999 B/s");
    expect_rate(&BYTES_SI, 999.6, "1.00 kB/s");
    expect_rate(&BYTES_SI, 99.94, "99.9 B/s");
    expect_rate(&BYTES_SI, 99.96, "100 B/s");
    expect_rate(&BYTES_SI, 9.994, "9.99 B/s");
    expect_rate(&BYTES_SI, 9.996, "10.0 B/s");
    expect_rate(&BYTES_SI, 5.25, "5.25 B/s");
}

static void binary_prefixes_begin_at_1024(void **state)
{
    (void)state;
    expect_amount(&BYTES_IEC, 999, "999 B");
    expect_amount(&BYTES_IEC, 1000, "1000 B");
    expect_amount(&BYTES_IEC, 1023, "1023 B");
    expect_amount(&BYTES_IEC, 1024, "1.00 KiB");
    expect_amount(&BYTES_IEC, 1023.0 * 1024, "1023 KiB");
    expect_amount(&BYTES_IEC, 1048575, "1.00 MiB");
    expect_rate(&BYTES_IEC, 1023.4, "1023 B/s");
    expect_rate(&BYTES_IEC, 1023.6, "1.00 KiB/s");
    expect_rate(&BITS_IEC, 127.99, "1.00 Kibit/s");
}

/* Where rounding to two or to one decimals would give a fifth character. */
static void no_number_is_wider_than_promised(void **state)
{
    (void)state;
    static const double edges[] = {9.995, 99.95, 999.5, 999.4999, 1023.5, 9995, 99950, 999500, 1e6};
    static const weir_units_t *const modes[] = {&BYTES_SI, &BYTES_IEC, &BITS_SI, &BITS_IEC};
    for (size_t i = 0; i < WEIR_COUNT(edges) * WEIR_COUNT(modes); i++) {
        const weir_units_t *units = modes[i / WEIR_COUNT(edges)];
        double edge = edges[i % WEIR_COUNT(edges)];
        const double near[] = {nextafter(edge, 0), edge, nextafter(edge, (double)INFINITY),
                               edge / 8, nextafter(edge / 8, 0)};
        for (size_t j = 0; j < WEIR_COUNT(near); j++) {
            weir_quantity_t q = weir_quantity(units, WEIR_UNIT_BYTES_PER_SECOND, near[j]);
            assert_in_range(strlen(q.number), 1, weir_quantity_number_width());
        }
    }
}

static void zero_is_a_plain_zero(void **state)
{
    (void)state;
    expect_amount(&BYTES_SI, 0, "0 B");
    expect_amount(&BYTES_IEC, -0.0, "0 B");
    expect_rate(&BITS_SI, 0, "0 bit/s");
    expect(&BYTES_SI, WEIR_UNIT_SHARE, 0, "0 %");
    expect(&BYTES_SI, WEIR_UNIT_MILLISECONDS, 0, "0 ms");
    expect(&BYTES_SI, WEIR_UNIT_COUNT, 0, "0");
}

static void a_tiny_rate_is_not_zero(void **state)
{
    (void)state;
    expect_rate(&BITS_SI, 0.01, "0.08 bit/s");
    expect_rate(&BYTES_SI, 0.0001, "0.00 B/s");
    expect_rate(&BYTES_SI, -0.0001, "0.00 B/s");
    expect(&BYTES_SI, WEIR_UNIT_COUNT_PER_SECOND, 0.5, "0.50 /s");
}

/* Unexplained bytes are signed; nothing else should be, and must not turn into 18 E if it is. */
static void negative_keeps_its_sign(void **state)
{
    (void)state;
    expect_amount(&BYTES_SI, -1500, "-1.50 kB");
    expect_amount(&BITS_SI, -125, "-1.00 kbit");
    expect_amount(&BYTES_SI, -999500, "-1.00 MB");
    expect(&BYTES_SI, WEIR_UNIT_SHARE, -0.5, "-50 %");
    expect(&BYTES_SI, WEIR_UNIT_MILLISECONDS, -1.5, "-1.50 ms");
    expect(&BYTES_SI, WEIR_UNIT_OCTETS, -1, "-1 B");
    expect(&BYTES_SI, WEIR_UNIT_NONE, -7, "-7");
}

static void what_is_no_number_is_empty(void **state)
{
    (void)state;
    for (weir_unit_t unit = WEIR_UNIT_NONE; unit <= WEIR_UNIT_TIME; unit++) {
        expect(&BYTES_SI, unit, (double)NAN, "");
        expect(&BYTES_SI, unit, (double)INFINITY, "");
        expect(&BITS_IEC, unit, -(double)INFINITY, "");
        expect(&BITS_IEC, unit, 1e300, "");
        expect(&BITS_SI, unit, -1.7e308, "");
    }
}

static void the_largest_counter_fits(void **state)
{
    (void)state;
    const double most = (double)UINT64_MAX;
    expect_amount(&BYTES_SI, most, "18.4 EB");
    expect_amount(&BYTES_IEC, most, "16.0 EiB");
    expect_amount(&BITS_SI, most, "148 Ebit");
    expect_amount(&BITS_IEC, most, "128 Eibit");
    expect(&BYTES_SI, WEIR_UNIT_COUNT, most, "18.4 E");
    expect(&BYTES_SI, WEIR_UNIT_OCTETS, most, "18446744073709551615 B");
    expect(&BYTES_SI, WEIR_UNIT_NONE, most, "18446744073709551615");
    expect(&BYTES_SI, WEIR_UNIT_TIME, -0x1p63, "-9223372036854775808");
}

static void other_units(void **state)
{
    (void)state;
    expect(&BYTES_SI, WEIR_UNIT_BITS_PER_SECOND, 2.5e9, "2.5 Gbit/s");
    expect(&BYTES_SI, WEIR_UNIT_BITS_PER_SECOND, 1e9, "1 Gbit/s");
    expect(&BYTES_IEC, WEIR_UNIT_BITS_PER_SECOND, 1e8, "100 Mbit/s");
    expect(&BYTES_IEC, WEIR_UNIT_COUNT, 1024, "1.02 k");
    expect(&BYTES_SI, WEIR_UNIT_OCTETS, 65536, "65536 B");
    expect(&BITS_IEC, WEIR_UNIT_OCTETS, 1500, "1500 B");
    expect(&BYTES_SI, WEIR_UNIT_NONE, 4294967295, "4294967295");
    expect(&BYTES_SI, WEIR_UNIT_MILLISECONDS, 0.254, "0.25 ms");
    expect(&BYTES_SI, WEIR_UNIT_MILLISECONDS, 12.34, "12.3 ms");
    expect(&BYTES_SI, WEIR_UNIT_MILLISECONDS, 12345.6, "12346 ms");
}

static void shares_have_a_decimal_below_ten_percent(void **state)
{
    (void)state;
    expect(&BYTES_SI, WEIR_UNIT_SHARE, 0.004, "0.4 %");
    expect(&BYTES_SI, WEIR_UNIT_SHARE, 0.0994, "9.9 %");
    expect(&BYTES_SI, WEIR_UNIT_SHARE, 0.0996, "10 %");
    expect(&BYTES_SI, WEIR_UNIT_SHARE, 0.92, "92 %");
    expect(&BYTES_SI, WEIR_UNIT_SHARE, 1, "100 %");
    expect(&BYTES_SI, WEIR_UNIT_SHARE, 1.25, "125 %");
}

/* The layout of a view: every unit that is written fits in what was announced. */
static void no_unit_is_wider_than_announced(void **state)
{
    (void)state;
    static const weir_units_t *const modes[] = {&BYTES_SI, &BYTES_IEC, &BITS_SI, &BITS_IEC};
    for (size_t i = 0; i < WEIR_COUNT(modes); i++) {
        for (weir_unit_t unit = WEIR_UNIT_NONE; unit <= WEIR_UNIT_TIME; unit++) {
            size_t widest = 0;
            for (uint64_t value = 1; value < UINT64_C(1000000000000000000); value *= 1000) {
                size_t n = strlen(weir_quantity(modes[i], unit, (double)value).unit);
                widest = n > widest ? n : widest;
            }
            assert_int_equal(weir_quantity_unit_width(modes[i], unit), widest);
        }
    }
}

static void expect_duration(uint64_t ns, const char *wanted)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 64);
    weir_duration_put(&buf, ns);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
}

static void durations_change_unit_where_people_do(void **state)
{
    (void)state;
    expect_duration(0, "0 ms");
    expect_duration(1500000, "1.5 ms");
    expect_duration(250000000, "250 ms");
    expect_duration(999400000, "999 ms");
    expect_duration(999999999, "1 s");
    expect_duration(1500000000, "1.5 s");
    expect_duration(UINT64_C(60000000000), "60 s");
    expect_duration(UINT64_C(864000000000000), "10 days");
    expect_duration(UINT64_C(120000000000), "2 min");
    expect_duration(UINT64_C(3600000000000), "60 min");
    expect_duration(UINT64_C(9000000000000), "2.5 h");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_million_bytes_in_every_unit),
        cmocka_unit_test(three_digits_whatever_the_size),
        cmocka_unit_test(binary_prefixes_begin_at_1024),
        cmocka_unit_test(no_number_is_wider_than_promised),
        cmocka_unit_test(zero_is_a_plain_zero),
        cmocka_unit_test(a_tiny_rate_is_not_zero),
        cmocka_unit_test(negative_keeps_its_sign),
        cmocka_unit_test(what_is_no_number_is_empty),
        cmocka_unit_test(the_largest_counter_fits),
        cmocka_unit_test(other_units),
        cmocka_unit_test(shares_have_a_decimal_below_ten_percent),
        cmocka_unit_test(no_unit_is_wider_than_announced),
        cmocka_unit_test(durations_change_unit_where_people_do),
    };
    return weir_test_run("model/units", tests);
}
