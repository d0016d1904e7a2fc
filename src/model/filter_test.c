#include "base/testing.h"
#include "model/app.h"
#include "model/filter.h"
#include "model/packet.h"
#include "model/testing.h"

#include <errno.h>

static const weir_address_t ADDRESSES[] = {
    {.bytes = {192, 168, 1, 20}, .family = WEIR_FAMILY_IPV4, .prefix = 24},
    {.bytes = {0xfe, 0x80, [15] = 1}, .family = WEIR_FAMILY_IPV6, .prefix = 64},
};

/* All columns are known; 10.1.2.3:40000 talks to [2001:db8::5]:443. */
static weir_sample_t sample_make(void)
{
    return (weir_sample_t){
        .present = UINT64_MAX,
        .app = "web browser",
        .src = {.bytes = {10, 1, 2, 3}, .family = WEIR_FAMILY_IPV4, .prefix = 32},
        .dst = {.bytes = {0x20, 1, 0xd, 0xb8, [15] = 5}, .family = WEIR_FAMILY_IPV6, .prefix = 128},
        .addresses = {.items = ADDRESSES, .count = 2},
        .src_port = 40000,
        .dst_port = 443,
        .pid = 1000,
        .bytes = 1500000,
        .unexplained = -5,
        .first_seen = INT64_C(1767323045000000000), /* 2026-01-02T03:04:05Z */
        .rtt_ms = 12.5,
        .protocol = 0,
        .local = true,
    };
}

/* Whether `text`, which must be right, lets `sample` through. */
static bool lets_through(const char *text, const weir_sample_t *sample)
{
    weir_filter_t *filter = NULL;
    weir_filter_error_t error = {0};
    int r = weir_filter_parse(&WEIR_SAMPLE_TABLE, text, &filter, &error);
    if (r < 0)
        fail_msg("%s: %s at %zu", text, error.message, error.at);
    bool matches = weir_filter_match(filter, sample);
    weir_filter_free(filter);
    return matches;
}

static void expect_all(const char *const *texts, size_t n, bool wanted)
{
    weir_sample_t sample = sample_make();
    for (size_t i = 0; i < n; i++)
        if (lets_through(texts[i], &sample) != wanted)
            fail_msg("%s: %s", texts[i], wanted ? "does not match" : "matches");
}

#define expect_match(...) expect_cases(true, __VA_ARGS__)
#define expect_no_match(...) expect_cases(false, __VA_ARGS__)
#define expect_cases(wanted, ...)                                                                  \
    do {                                                                                           \
        static const char *const texts_[] = {__VA_ARGS__};                                         \
        expect_all(texts_, WEIR_COUNT(texts_), (wanted));                                          \
    } while (0)

static void an_empty_filter_lets_all_through(void **state)
{
    (void)state;
    expect_match("", "   ", "\t\n");
}

static void texts_are_equal_or_not(void **state)
{
    (void)state;
    expect_match("app=\"web browser\"", "app != web", " app = \"web browser\" ", "protocol=TCP",
                 "protocol!=UDP", "\"app\"=\"web browser\"");
    expect_no_match("app=web", "app!=\"web browser\"", "app=\"Web Browser\"", "protocol=UDP");
}

static void numbers_compare_as_numbers(void **state)
{
    (void)state;
    expect_match("pid=1000", "pid=1000.0", "pid!=999", "pid>999", "pid>=1000", "pid<1001",
                 "pid<=1000", "pid>9", "rtt_ms=12.5", "unexplained<0", "unexplained=-5",
                 "unexplained>-5.5");
    expect_no_match("pid=100", "pid!=1000", "pid>1000", "pid<1000", "pid>=1001", "pid<=999",
                    "pid<9", "unexplained<-5");
}

static void multipliers_are_decimal_or_binary(void **state)
{
    (void)state;
    expect_match("pid=1K", "pid=1k", "pid<1Ki", "bytes=1.5M", "bytes>1M", "bytes>1Mi",
                 "bytes<1.5Mi", "bytes<1G", "bytes<1Gi", "bytes<1T");
    expect_no_match("pid=1Ki", "bytes>1.5M", "bytes=1500", "bytes>1Gi");
}

static void booleans_are_true_or_false(void **state)
{
    (void)state;
    expect_match("local=true", "local=yes", "local!=false", "local!=no");
    expect_no_match("local=false", "local!=true", "not local=true");
}

static void and_binds_more_than_or_and_not_more_than_and(void **state)
{
    (void)state;
    expect_match("pid=1000 or pid=1 and pid=2", "pid=1 and pid=2 or pid=1000",
                 "not pid=1 and pid=1000", "not (pid=1 or pid=2)", "not not pid=1000",
                 "(pid=1 or pid=1000) and local=true", "not(pid=1)and(local=true)",
                 "pid=1 or pid=2 or pid=1000", "not pid=1 or pid=1");
    expect_no_match("(pid=1000 or pid=1) and pid=2", "not pid=1000 or pid=1",
                    "not pid=1000 and not pid=1", "not (pid=1 or pid=1000)", "not not not pid=1000",
                    "pid=1000 and pid=1000 and pid=1");
}

static void words_need_no_spaces_around_signs(void **state)
{
    (void)state;
    expect_match("((pid=1000))", "( pid = 1000 )", "pid=1000\nand\tlocal=yes");
}

static void an_unknown_value_matches_nothing_but_null(void **state)
{
    (void)state;
    weir_sample_t unknown = {0};
    static const char *const tests[] = {
        "app=x",   "app!=x",        "app~x",          "app!~x",    "app~\"\"",     "pid=0",
        "pid!=0",  "pid>=0",        "pid<1",          "pid!=null", "local=no",     "local!=yes",
        "src!=::", "addresses!=::", "host!=10.0.0.1", "port!=1",   "app=\"null\"", "protocol!=TCP"};
    for (size_t i = 0; i < WEIR_COUNT(tests); i++)
        if (lets_through(tests[i], &unknown))
            fail_msg("%s matches the unknown", tests[i]);
    static const char *const nulls[] = {"app=null",      "pid=null",  "local=null", "src=null",
                                        "protocol=null", "host=null", "port=null"};
    for (size_t i = 0; i < WEIR_COUNT(nulls); i++)
        assert_true(lets_through(nulls[i], &unknown));
    expect_no_match("app=null", "pid=null", "src=null");
    expect_match("app!=null", "pid!=null", "host!=null");
}

static void not_lets_through_what_was_held_back(void **state)
{
    (void)state;
    weir_sample_t unknown = {0};
    assert_false(lets_through("app=x", &unknown));
    assert_true(lets_through("not app=x", &unknown));
    assert_true(lets_through("not app=x or app=x", &unknown));
}

static void null_in_quotes_is_a_text(void **state)
{
    (void)state;
    weir_sample_t sample = sample_make();
    sample.app = "null";
    assert_true(lets_through("app=\"null\"", &sample));
    assert_false(lets_through("app=null", &sample));
    assert_true(lets_through("app~null", &sample));
}

static void addresses_take_networks(void **state)
{
    (void)state;
    expect_match("src=10.1.2.3", "src=10.0.0.0/8", "src=10.1.2.99/24", "dst=2001:db8::/32",
                 "dst=2001:db8::5", "src!=11.0.0.0/8", "src=0.0.0.0/0", "addresses=192.168.1.20",
                 "addresses=192.168.0.0/16", "addresses=fe80::/10", "addresses!=10.0.0.0/8");
    expect_no_match("src=10.1.2.4", "src=11.0.0.0/8", "src!=10.0.0.0/8", "src=::/0",
                    "addresses=192.168.1.21", "addresses!=fe80::1");
}

static void host_net_and_port_mean_either_side(void **state)
{
    (void)state;
    expect_match("host=10.1.2.3", "host=2001:db8::5", "net=10.0.0.0/8", "net=2001:db8::/32",
                 "port=443", "port=40000", "port>10000", "port<1024", "host!=10.9.9.9", "port!=80",
                 "host~\"^10\\\\.1\"", "host!~\"^11\"");
    expect_no_match("host=10.1.2.4", "net=11.0.0.0/8", "port=80", "host!=10.1.2.3", "port!=443",
                    "port!=40000", "host=192.168.1.20", "host!~\"^2001\"");
}

static void host_means_the_one_address_of_an_interface(void **state)
{
    (void)state;
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    weir_iface_t iface = {.present = UINT64_MAX, .addresses = {.items = ADDRESSES, .count = 2}};
    weir_filter_t *filter = NULL;
    weir_filter_error_t error;
    assert_int_equal(weir_filter_parse(table, "host=192.168.1.20", &filter, &error), 0);
    assert_true(weir_filter_match(filter, &iface));
    iface.addresses.count = 0;
    assert_false(weir_filter_match(filter, &iface));
    weir_filter_free(filter);
}

static void patterns_are_extended_regular_expressions(void **state)
{
    (void)state;
    expect_match("app~\"^web\"", "app~browser", "app~\"(fox|brow)ser$\"", "app!~\"^browser\"",
                 "app~\"web.?b\"", "protocol~\"^(TCP|UDP)$\"", "src~\"^10\\\\.\"",
                 "addresses~\"192.168.1.20/24 fe80::1\"", "app~\"\"", "app~\"e{1,2}\"",
                 "dst~\"([0-9]{1,4}:){1,7}\"");
    expect_no_match("app~\"^browser\"", "app!~web", "app~WEB", "protocol~ICMP", "src~\"^1\\\\.\"");
}

static void quotes_take_any_character(void **state)
{
    (void)state;
    weir_sample_t sample = sample_make();
    sample.app = "a \"b\" \\ (c) and \xc3\xa4=1";
    assert_true(lets_through("app=\"a \\\"b\\\" \\\\ (c) and \xc3\xa4=1\"", &sample));
    sample.app = "";
    assert_true(lets_through("app=\"\"", &sample));
    assert_false(lets_through("app!=\"\"", &sample));
}

static void words_of_the_language_are_values_too(void **state)
{
    (void)state;
    weir_sample_t sample = sample_make();
    sample.app = "not";
    assert_true(lets_through("app=not", &sample));
    assert_true(lets_through("app=not and not app=and", &sample));
}

static void times_are_written_as_json_writes_them(void **state)
{
    (void)state;
    expect_match("first_seen>=2026-01-02T03:04:05Z", "first_seen<2026-01-02T03:04:06.5Z",
                 "first_seen>1767323044000000000");
    expect_no_match("first_seen>2026-01-03T00:00:00Z", "first_seen<2026-01-02T03:04:05Z");
}

/* `at`: where the mark under the text stands. `part` occurs in the message. */
static void expect_error_on(const weir_table_t *table, const char *text, size_t at,
                            const char *part)
{
    weir_filter_t *filter = NULL;
    weir_filter_error_t error = {.at = 12345};
    assert_int_equal(weir_filter_parse(table, text, &filter, &error), -EINVAL);
    assert_null(filter);
    if (!strstr(error.message, part))
        fail_msg("%s: %s", text, error.message);
    if (error.at != at)
        fail_msg("%s: at %zu: %s", text, error.at, error.message);
}

static void expect_error(const char *text, size_t at, const char *part)
{
    expect_error_on(&WEIR_SAMPLE_TABLE, text, at, part);
}

static bool app_matches(const weir_app_t *app, const char *text)
{
    weir_filter_t *filter = NULL;
    weir_filter_error_t error;
    assert_int_equal(weir_filter_parse(weir_table(WEIR_TABLE_APPS), text, &filter, &error), 0);
    bool matches = weir_filter_match(filter, app);
    weir_filter_free(filter);
    return matches;
}

static void one_number_of_a_list_is_enough(void **state)
{
    (void)state;
    static const uint32_t pids[] = {7, 12};
    weir_app_t app = {.present = weir_column_bit(weir_table(WEIR_TABLE_APPS), "pids"),
                      .pids = {.items = pids, .count = 2}};
    assert_true(app_matches(&app, "pids=7"));
    assert_true(app_matches(&app, "pids=12"));
    assert_false(app_matches(&app, "pids=1"));
    assert_true(app_matches(&app, "pids!=1"));
    assert_false(app_matches(&app, "pids!=12"));
    assert_true(app_matches(&app, "pids~\"^7 \""));
    expect_error_on(weir_table(WEIR_TABLE_APPS), "pids>7", 4, "'pids' has no order");
}

static void the_nearest_word_is_told(void **state)
{
    (void)state;
    const weir_table_t *interfaces = weir_table(WEIR_TABLE_INTERFACES);
    expect_error_on(interfaces, "nmae=eth0", 0, "no column 'nmae'; did you mean 'name'?");
    expect_error_on(interfaces, "name=eth0 and rx_byte>1M", 14, "did you mean 'rx_bytes'?");
    expect_error_on(interfaces, "kind=vet", 5, "no value of 'kind'; did you mean 'veth'?");
    expect_error_on(interfaces, "state=UP", 6, "did you mean 'up'?");
    expect_error_on(interfaces, "colour=red", 0, "the table interfaces has no column 'colour'");
    expect_error_on(interfaces, "port=80", 0, "no column 'port'");
    expect_error_on(weir_table(WEIR_TABLE_APPS), "name=x", 0,
                    "the table apps has no column 'name'");
}

static void errors_point_at_the_character(void **state)
{
    (void)state;
    expect_error("pid", 3, "a comparison expected");
    expect_error("pid 5", 4, "a comparison expected");
    expect_error("pid=", 4, "a value is missing at the end");
    expect_error("pid=5 and", 9, "a column is missing at the end");
    expect_error("not", 3, "a column is missing at the end");
    expect_error("pid=5 pid=6", 6, "'and', 'or' or the end expected");
    expect_error("pid=5)", 5, "'and', 'or' or the end expected");
    expect_error("pid=5 AND pid=6", 6, "'and', 'or' or the end expected");
    expect_error("local=yes and (pid=5", 14, "this parenthesis is never closed");
    expect_error("()", 1, "a column expected");
    expect_error("app=\"x", 4, "this quote is never closed");
    expect_error("app=\"x\\", 4, "this quote is never closed");
    expect_error("app=\xc3\xa4", 4, "in quotes");
    expect_error("pid==5", 4, "a value expected");
    expect_error("=5", 0, "a column expected");
}

static void errors_say_what_the_column_takes(void **state)
{
    (void)state;
    expect_error("pid=abc", 4, "'pid' is compared with a number");
    expect_error("pid=5X", 4, "'pid' is compared with a number");
    expect_error("pid=\"\"", 4, "'pid' is compared with a number");
    expect_error("pid>null", 4, "'pid' is compared with a number");
    expect_error("app>5", 3, "'app' has no order");
    expect_error("src<10.0.0.1", 3, "'src' has no order");
    expect_error("local>=true", 5, "'local' has no order");
    expect_error("pid~5", 3, "'pid' is no text");
    expect_error("local!~true", 5, "'local' is no text");
    expect_error("local=maybe", 6, "'local' is true or false");
    expect_error("src=10.0.0", 4, "'src' is compared with an address");
    expect_error("addresses=10.0.0.0/33", 10, "'addresses' is compared with an address");
    expect_error("first_seen>2026-02-30T00:00:00Z", 11, "'first_seen' is compared with");
    expect_error("protocol=QUICK", 9, "no value of 'protocol'");
    expect_error("app~\"(\"", 4, "no regular expression: ");
    expect_error("app~\"[z\"", 4, "no regular expression: ");
}

static void an_error_is_safe_for_a_terminal(void **state)
{
    (void)state;
    expect_error("\"\x1b[2J\"=1", 0, "no column '\\x1b[2J'");
}

/* `n` times `part`, then `end`; for free(). */
static char *repeated(const char *part, size_t n, const char *end)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 100000);
    for (size_t i = 0; i < n; i++)
        weir_buf_puts(&buf, part);
    weir_buf_puts(&buf, end);
    assert_int_equal(weir_buf_error(&buf), 0);
    char *text = strdup(weir_buf_text(&buf));
    weir_buf_done(&buf);
    assert_non_null(text);
    return text;
}

static void expect_error_repeated(const char *part, size_t n, const char *end, size_t at,
                                  const char *message)
{
    char *text = repeated(part, n, end);
    expect_error(text, at, message);
    free(text);
}

static void a_filter_is_bounded_in_depth_length_and_parts(void **state)
{
    (void)state;
    expect_error_repeated("(", 40, "pid=1", 32, "nested more than 32 deep");
    expect_error_repeated(" ", 4097, "", 4096, "longer than 4096 bytes");
    expect_error_repeated("pid=1 or ", 128, "pid=1", 128 * 9 + 5, "more than 256 parts");
    expect_error_repeated("x", 256, "=1", 0, "too long");
    expect_error_repeated("x", 255, "=1", 0, "no column 'xxx");

    weir_sample_t sample = sample_make();
    char *texts[] = {repeated("pid=1 or ", 127, "pid=1000"), repeated("not ", 1000, "pid=1000"),
                     repeated(" ", 4088, "pid=1000"), repeated("(pid=1) or ", 40, "pid=1000")};
    for (size_t i = 0; i < WEIR_COUNT(texts); i++) {
        assert_true(lets_through(texts[i], &sample));
        free(texts[i]);
    }
    char *deep = repeated("(", 31, "pid=1000)))))))))))))))))))))))))))))))");
    assert_true(lets_through(deep, &sample));
    free(deep);
}

/* Right to left, so that every part waits for all that follow: the deepest stack there is. */
static void waiting_parts_fit_the_stack(void **state)
{
    (void)state;
    weir_sample_t sample = sample_make();
    char *open = repeated("pid=1 or (local=yes and ", 31, "pid=1000");
    char *text = repeated(")", 31, "");
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    weir_buf_printf(&buf, "%s%s", open, text);
    assert_true(lets_through(weir_buf_text(&buf), &sample));
    weir_buf_done(&buf);
    free(open);
    free(text);
}

static void quoted_texts_are_bounded(void **state)
{
    (void)state;
    char *text = repeated("y", 256, "\"");
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    weir_buf_printf(&buf, "app=\"%s", text);
    expect_error(weir_buf_text(&buf), 4, "longer than 255 bytes");
    weir_buf_clear(&buf);
    weir_buf_printf(&buf, "app!=\"%s", text + 1);
    weir_sample_t sample = sample_make();
    assert_true(lets_through(weir_buf_text(&buf), &sample));
    weir_buf_done(&buf);
    free(text);
}

/* glibc would take gigabytes, or years, for these. */
static void patterns_that_explode_are_refused(void **state)
{
    (void)state;
    expect_error("app~\"((a{1,99}){1,99}){1,99}\"", 4, "costs too much");
    expect_error("app~\"((((((((((a+)+)+)+)+)+)+)+)+)+)\"", 4, "costs too much");
    expect_error("app~\"a{99}{99}{99}\"", 4, "costs too much");
    expect_error("app~\"a++++++++++++++++\"", 4, "costs too much");
    expect_error("app~\"^ ?**********************************\"", 4, "costs too much");
    expect_error("app~\"^(a||||||||||||||||||||||||||||||||)+$\"", 4, "costs too much");
    expect_error("app~\"^(a?|b?)(c?|d?)(e?|f?)(g?|h?)(i?|j?)(k?|l?)(m?|n?)\"", 4, "costs too much");
    expect_error("app~\"a{99999999999999999999}\"", 4, "costs too much");
    expect_error("app~\"(x{9\"", 4, "no regular expression");
    expect_error("app~\"{", 4, "never closed");
    expect_error("app~\"a{\"", 4, "no regular expression");
    expect_error("app~\"((((((((((a{1,}){1,}){1,}){1,}){1,}){1,}){1,}){1,}){1,}){1,})\"", 4,
                 "costs too much");
    expect_error("app~\"[{]((((((((((a+)+)+)+)+)+)+)+)+)+)}\"", 4, "costs too much");
    expect_error("app~\"(a*)*\\1b\"", 4, "no back references");
    expect_match("app~\"^(eth|wlan|wlp|enp|br|docker|veth|virbr|tun|web|wg|lo|bond|team).*$\"",
                 "app~\"^([a-z]{1,20} ?){1,8}$\"", "app~\"(a+|b+)+(c+|r+)+\"",
                 "app!~\"^([0-9]{1,3}[.]){3}[0-9]{1,3}$\"");
}

/* Protocols have one spelling, which nobody needs to remember; names have any. */
static void words_of_fixed_spelling_have_any_case(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool wanted;
    } cases[] = {{"protocol=dns", true},      {"protocol=DNS", true},  {"protocol~\"^d\"", true},
                 {"protocol!=Dns", false},    {"protocol=dn", false},  {"name=www.example", true},
                 {"name=WWW.example", false}, {"name~\"^WWW\"", false}};
    weir_packet_t packet = {.protocol = "DNS", .name = "www.example"};
    weir_packet_know(&packet, WEIR_PACKET_PROTOCOL);
    weir_packet_know(&packet, WEIR_PACKET_NAME);
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        weir_filter_t *filter = NULL;
        weir_filter_error_t error = {0};
        assert_int_equal(
            weir_filter_parse(weir_table(WEIR_TABLE_PACKETS), cases[i].text, &filter, &error), 0);
        if (weir_filter_match(filter, &packet) != cases[i].wanted)
            fail_msg("%s", cases[i].text);
        weir_filter_free(filter);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_filter_lets_all_through),
        cmocka_unit_test(texts_are_equal_or_not),
        cmocka_unit_test(words_of_fixed_spelling_have_any_case),
        cmocka_unit_test(numbers_compare_as_numbers),
        cmocka_unit_test(multipliers_are_decimal_or_binary),
        cmocka_unit_test(booleans_are_true_or_false),
        cmocka_unit_test(and_binds_more_than_or_and_not_more_than_and),
        cmocka_unit_test(words_need_no_spaces_around_signs),
        cmocka_unit_test(an_unknown_value_matches_nothing_but_null),
        cmocka_unit_test(not_lets_through_what_was_held_back),
        cmocka_unit_test(null_in_quotes_is_a_text),
        cmocka_unit_test(addresses_take_networks),
        cmocka_unit_test(host_net_and_port_mean_either_side),
        cmocka_unit_test(host_means_the_one_address_of_an_interface),
        cmocka_unit_test(patterns_are_extended_regular_expressions),
        cmocka_unit_test(quotes_take_any_character),
        cmocka_unit_test(words_of_the_language_are_values_too),
        cmocka_unit_test(times_are_written_as_json_writes_them),
        cmocka_unit_test(one_number_of_a_list_is_enough),
        cmocka_unit_test(the_nearest_word_is_told),
        cmocka_unit_test(errors_point_at_the_character),
        cmocka_unit_test(errors_say_what_the_column_takes),
        cmocka_unit_test(an_error_is_safe_for_a_terminal),
        cmocka_unit_test(a_filter_is_bounded_in_depth_length_and_parts),
        cmocka_unit_test(waiting_parts_fit_the_stack),
        cmocka_unit_test(quoted_texts_are_bounded),
        cmocka_unit_test(patterns_that_explode_are_refused),
    };
    return weir_test_run("model/filter", tests);
}
