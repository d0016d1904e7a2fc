#include "base/testing.h"
#include "model/address.h"

#include <errno.h>

static weir_address_t parsed(const char *text)
{
    weir_address_t address = {0};
    assert_int_equal(weir_address_parse(text, strlen(text), &address), 0);
    return address;
}

static void expect_text(const char *text, bool always_prefix, const char *wanted)
{
    weir_address_t address = parsed(text);
    weir_buf_t buf;
    weir_buf_init(&buf, 64);
    weir_address_put(&buf, &address, always_prefix);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
}

static void addresses_are_written_as_people_write_them(void **state)
{
    (void)state;
    expect_text("192.0.2.1", false, "192.0.2.1");
    expect_text("192.0.2.1", true, "192.0.2.1/32");
    expect_text("10.0.0.0/8", false, "10.0.0.0/8");
    expect_text("0.0.0.0/0", false, "0.0.0.0/0");
    expect_text("2001:DB8:0:0::1", false, "2001:db8::1");
    expect_text("fe80::1/64", true, "fe80::1/64");
    expect_text("::/0", false, "::/0");
    expect_text("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128", true,
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
}

static void no_address_writes_nothing(void **state)
{
    (void)state;
    weir_address_t none = {0};
    weir_buf_t buf;
    weir_buf_init(&buf, 64);
    weir_address_put(&buf, &none, true);
    assert_string_equal(weir_buf_text(&buf), "");
    weir_buf_done(&buf);
}

static void what_is_no_address_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "eth0",
                                        "10.0.0",
                                        "10.0.0.256",
                                        "10.0.0.0/",
                                        "10.0.0.0/33",
                                        "10.0.0.0/-1",
                                        "::/129",
                                        "10.0.0.0/a",
                                        "::1::",
                                        "10.0.0.0/8/8",
                                        " 10.0.0.1",
                                        "fe80::1%eth0",
                                        "10.0.0.0/18446744073709551624"};
    for (size_t i = 0; i < WEIR_COUNT(texts); i++) {
        weir_address_t address = {.prefix = 7};
        assert_int_equal(weir_address_parse(texts[i], strlen(texts[i]), &address), -EINVAL);
        assert_int_equal(address.prefix, 7);
    }
    weir_address_t address = {0};
    assert_int_equal(weir_address_parse("10.0.0.1\0x", 10, &address), -EINVAL);
    char longer[200];
    memset(longer, '1', sizeof(longer));
    assert_int_equal(weir_address_parse(longer, sizeof(longer), &address), -EINVAL);
}

static void only_the_given_bytes_are_read(void **state)
{
    (void)state;
    weir_address_t address = {0};
    assert_int_equal(weir_address_parse("10.0.0.12", 8, &address), 0);
    assert_int_equal(address.bytes[3], 1);
}

static bool within(const char *address, const char *network)
{
    weir_address_t a = parsed(address);
    weir_address_t n = parsed(network);
    return weir_address_within(&a, &n);
}

static void networks_contain_their_addresses_only(void **state)
{
    (void)state;
    assert_true(within("10.255.0.1", "10.0.0.0/8"));
    assert_false(within("11.0.0.1", "10.0.0.0/8"));
    assert_true(within("192.168.129.1", "192.168.128.0/17"));
    assert_false(within("192.168.127.1", "192.168.128.0/17"));
    assert_true(within("192.0.2.1", "192.0.2.1"));
    assert_false(within("192.0.2.2", "192.0.2.1"));
    assert_true(within("192.0.2.2", "192.0.2.3/31"));
    assert_true(within("203.0.113.9", "0.0.0.0/0"));
    assert_true(within("2001:db8:ffff::1", "2001:db8::/32"));
    assert_false(within("2001:db9::1", "2001:db8::/32"));
    assert_true(within("fe80::1/64", "fe80::1"));
    assert_false(within("fe80::1", "fe80::2/127"));
}

static void families_do_not_mix(void **state)
{
    (void)state;
    weir_address_t none = {0};
    assert_false(within("10.0.0.1", "::/0"));
    assert_false(within("::ffff:10.0.0.1", "10.0.0.0/8"));
    assert_false(weir_address_within(&none, &none));
}

static int compared(const char *a, const char *b)
{
    weir_address_t left = parsed(a);
    weir_address_t right = parsed(b);
    return weir_address_compare(&left, &right);
}

static void addresses_sort_by_number_not_by_text(void **state)
{
    (void)state;
    assert_true(compared("9.0.0.1", "10.0.0.1") < 0);
    assert_true(compared("10.0.0.200", "10.0.0.30") > 0);
    assert_true(compared("255.255.255.255", "::") < 0);
    assert_true(compared("10.0.0.0/8", "10.0.0.0/16") < 0);
    assert_int_equal(compared("::1", "0:0::1"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_written_as_people_write_them),
        cmocka_unit_test(no_address_writes_nothing),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(only_the_given_bytes_are_read),
        cmocka_unit_test(networks_contain_their_addresses_only),
        cmocka_unit_test(families_do_not_mix),
        cmocka_unit_test(addresses_sort_by_number_not_by_text),
    };
    return weir_test_run("model/address", tests);
}
