#include "base/testing.h"
#include "packet/craft.h"
#include "packet/dns.h"

typedef struct name_case {
    const char *what, *hex; /* the message's bytes; the name begins at `at` */
    size_t at, end;         /* end 0: no name */
    const char *name;
} name_case_t;

static weir_span_t span_of(const weir_buf_t *bytes)
{
    return (weir_span_t){(const uint8_t *)bytes->data, bytes->len};
}

static void names_are_read_and_escaped(void **state)
{
    (void)state;
    static const name_case_t cases[] = {
        {"plain, lower case", "03575757 076578616d706c65 00", 0, 13, "www.example"},
        {"root", "00", 0, 1, ""},
        {"pointer back", "076578616d706c65 00 03777777 c000", 9, 15, "www.example"},
        {"control, space, backslash, dot, high byte", "05 1b 20 5c 2e ff 00", 0, 7,
         "\\027\\032\\092\\046\\255"},
        {"points at itself", "c000", 0, 0, ""},
        {"points forward", "c002 0161 00", 0, 0, ""},
        {"circle of two", "0161 c005 00 0162 c000", 5, 0, ""},
        {"cut in a label", "0577", 0, 0, ""},
        {"cut pointer", "0161 c0", 0, 0, ""},
        {"no end", "0161", 0, 0, ""},
        {"label type 01", "4161 00", 0, 0, ""},
    };
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        weir_buf_t bytes;
        weir_buf_init(&bytes, 4096);
        weir_craft_hex(&bytes, cases[i].hex);
        char name[WEIR_DNS_NAME_SIZE] = "before";
        size_t end = weir_dns_name(span_of(&bytes), cases[i].at, name);
        if (end != cases[i].end || strcmp(name, cases[i].name) != 0)
            fail_msg("%s: %zu, \"%s\"", cases[i].what, end, name);
        weir_buf_done(&bytes);
    }
}

/* 255 bytes on the wire may be, 256 not; the longest text fits. */
static void longest_name_fits(void **state)
{
    (void)state;
    uint8_t bytes[300];
    memset(bytes, 0xff, sizeof(bytes));
    bytes[0] = bytes[64] = bytes[128] = 63;
    bytes[192] = 61;
    bytes[254] = 0;
    char name[WEIR_DNS_NAME_SIZE];
    assert_int_equal(weir_dns_name((weir_span_t){bytes, sizeof(bytes)}, 0, name), 255);
    assert_int_equal(strlen(name), 250 * 4 + 3);
    bytes[192] = 62;
    bytes[254] = 0xff;
    bytes[255] = 0;
    assert_int_equal(weir_dns_name((weir_span_t){bytes, sizeof(bytes)}, 0, name), 0);
}

static void answer_gives_its_records(void **state)
{
    (void)state;
    weir_buf_t bytes;
    weir_buf_init(&bytes, 4096);
    weir_craft_hex(&bytes, "1234 8180 0001 0003 0000 0000"
                           "03777777 07 6578616d706c65 00 0001 0001"
                           "c00c 0005 0001 0000003c 0006 03 63646e c010"
                           "c029 0001 0001 0000003c 0004 c0000201"
                           "c029 001c 0001 0000003c 0010 20010db8000000000000000000000001");
    weir_dns_t dns;
    assert_int_equal(weir_dns_open(span_of(&bytes), &dns), 0);
    assert_true(dns.answer);
    assert_int_equal(dns.answers, 3);
    assert_int_equal(dns.type, WEIR_DNS_A);
    assert_string_equal(dns.name, "www.example");
    weir_dns_record_t record;
    weir_address_t address;
    char name[WEIR_DNS_NAME_SIZE];
    assert_true(weir_dns_next(&dns, &record));
    assert_int_equal(record.type, WEIR_DNS_CNAME);
    assert_false(weir_dns_address(&dns, &record, &address));
    assert_int_not_equal(weir_dns_name(dns.message, record.data_at, name), 0);
    assert_string_equal(name, "cdn.example");
    assert_true(weir_dns_next(&dns, &record));
    assert_int_not_equal(weir_dns_name(dns.message, record.name_at, name), 0);
    assert_string_equal(name, "cdn.example");
    assert_true(weir_dns_address(&dns, &record, &address));
    assert_memory_equal(address.bytes, "\xc0\x00\x02\x01", 4);
    assert_true(weir_dns_next(&dns, &record));
    assert_true(weir_dns_address(&dns, &record, &address));
    assert_int_equal(address.family, WEIR_FAMILY_IPV6);
    assert_int_equal(address.bytes[15], 1);
    assert_false(weir_dns_next(&dns, &record));
    weir_buf_done(&bytes);
}

static void other_traffic_is_no_dns(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "1234 0100 0001",                             /* cut header */
        "1234 0140 0000 0000 0000 0000",              /* reserved bit */
        "1234 0100 ffff 0000 0000 0000",              /* absurd count */
        "1234 0100 0001 0000 0000 0000 0377",         /* cut question */
        "1234 0100 0001 0000 0000 0000 0177 00 0001", /* no class */
    };
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        weir_buf_t bytes;
        weir_buf_init(&bytes, 4096);
        weir_craft_hex(&bytes, cases[i]);
        weir_dns_t dns;
        if (weir_dns_open(span_of(&bytes), &dns) == 0)
            fail_msg("%s is no message", cases[i]);
        weir_buf_done(&bytes);
    }
}

static void reverse_names_are_addresses(void **state)
{
    (void)state;
    weir_address_t address = {0};
    assert_true(weir_dns_reverse("1.2.0.192.in-addr.arpa", &address));
    assert_memory_equal(address.bytes, "\xc0\x00\x02\x01", 4);
    assert_true(weir_dns_reverse("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
                                 "8.b.d.0.1.0.0.2.ip6.arpa",
                                 &address));
    assert_memory_equal(address.bytes, "\x20\x01\x0d\xb8", 4);
    assert_int_equal(address.bytes[15], 1);
    static const char *const others[] = {"2.0.192.in-addr.arpa",
                                         "5.1.2.0.192.in-addr.arpa",
                                         "256.2.0.192.in-addr.arpa",
                                         "1..0.192.in-addr.arpa",
                                         "in-addr.arpa",
                                         "1.ip6.arpa",
                                         "www.example"};
    for (size_t i = 0; i < WEIR_COUNT(others); i++)
        assert_false(weir_dns_reverse(others[i], &address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_and_escaped),  cmocka_unit_test(longest_name_fits),
        cmocka_unit_test(answer_gives_its_records),    cmocka_unit_test(other_traffic_is_no_dns),
        cmocka_unit_test(reverse_names_are_addresses),
    };
    return weir_test_run("packet/dns", tests);
}
