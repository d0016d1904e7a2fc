#include "base/testing.h"
#include "detect/names.h"
#include "detect/names_table.h"
#include "detect/testing.h"

#include <stdio.h>

static bool is_generated(const char *name)
{
    size_t n = 0;
    const char *label = weir_names_registered(name, &n);
    return label && weir_names_score(label, n) > WEIR_NAMES_THRESHOLD;
}

static void the_registered_label_is_judged(void **state)
{
    (void)state;
    static const struct {
        const char *name, *label;
    } cases[] = {{"www.example.com", "example"},
                 {"example.com", "example"},
                 {"a.b.example.co.uk", "example"},
                 {"co.uk", "co"},
                 {"localhost", NULL},
                 {"7.2.0.192.in-addr.arpa", NULL},
                 {"printer.local", NULL},
                 {"dnscat.9a8201f5.d5a1", NULL},
                 {"example.xn--p1ai", "example"}};
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        size_t n = 0;
        const char *label = weir_names_registered(cases[i].name, &n);
        assert_int_equal(label != NULL, cases[i].label != NULL);
        if (label)
            assert_true(n == strlen(cases[i].label) && memcmp(label, cases[i].label, n) == 0);
    }
}

static void generated_names_are_told_from_real_ones(void **state)
{
    (void)state;
    static const char *const generated[] = {"a3f1c09d5b7e42108cc3f6d2a90b1e47.info",
                                            "xkqzvjwpfhtq.com", "qwzxkjvbpfmdtg.net",
                                            "nbzq4xkgh2vdw7rtyp5c.biz"};
    static const char *const real[] = {"wikipedia.org",
                                       "stackoverflow.com",
                                       "googleusercontent.com",
                                       "d111111abcdef8.cloudfront.net",
                                       "2.0.0.127.zen.spamhaus.org",
                                       "akamaiedge.net",
                                       "ubuntu.com",
                                       "sourceforge.net",
                                       "a3f1c09d5b7e42108cc3f6d2a90b1e47.hash.cymru.com"};
    for (size_t i = 0; i < WEIR_COUNT(generated); i++)
        assert_true(is_generated(generated[i]));
    for (size_t i = 0; i < WEIR_COUNT(real); i++)
        assert_false(is_generated(real[i]));
}

static void ask(weir_detect_t *detect, const char *name, uint8_t code, int64_t at_ns)
{
    weir_event_t events[2] = {
        {.kind = WEIR_EVENT_DNS, .time_ns = at_ns, .dns = {.name = name, .size = 60}},
        {.kind = WEIR_EVENT_DNS,
         .time_ns = at_ns + SECOND / 100,
         .dns = {.name = name, .size = 120, .answer = true, .code = code}}};
    assert_int_equal(weir_address_parse("10.0.0.5", 8, &events[0].src), 0);
    assert_int_equal(weir_address_parse("10.0.0.53", 9, &events[0].dst), 0);
    events[1].src = events[0].dst;
    events[1].dst = events[0].src;
    weir_detect_events(detect, &(weir_event_batch_t){events, 2, 0});
}

/* Names made by a format with a number; what is found then. */
static weir_snapshot_t *asked(const char *form, unsigned count, uint8_t code)
{
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (unsigned i = 0; i < count; i++) {
        char name[256];
        char many[81] = "";
        for (unsigned j = 0; j < 40 + i % 40; j++)
            many[j] = (char)('a' + weir_hash_u64(i * 100 + j) % 26);
        (void)snprintf(name, sizeof(name), "%.*s%016llx%.*s%s", form[0] == '+' ? 63 : 0, many,
                       (unsigned long long)weir_hash_u64(i), form[0] == '-' ? 0 : 1, ".", form + 1);
        ask(detect, name, code, BEGIN + i * SECOND / 4);
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    weir_detect_free(detect);
    return found;
}

static void hosts_are_found_by_generated_names_and_by_tunnels(void **state)
{
    (void)state;
    weir_snapshot_t *found = asked("-.com", 100, 3);
    (void)weir_testing_expect(found, "dga", "10.0.0.5", "do not exist");
    weir_snapshot_unref(found);
    found = asked("+t.example.org", 300, 0);
    (void)weir_testing_expect(found, "dns-tunnel", "10.0.0.5", "below example.org");
    assert_int_equal(weir_testing_count(found), 1);
    weir_snapshot_unref(found);
    found = asked("+dnscat.7a", 300, 0); /* straight to its server: no domain at all */
    (void)weir_testing_expect(found, "dns-tunnel", "10.0.0.5", "below no domain at all");
    assert_int_equal(weir_testing_count(found), 1);
    weir_snapshot_unref(found);
}

static void hashes_and_lists_below_one_domain_are_none(void **state)
{
    (void)state;
    weir_snapshot_t *found = asked("*hash.cymru.com", 1000, 3);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
}

static void a_failing_server_is_told(void **state)
{
    (void)state;
    weir_snapshot_t *found = asked("*www.example.com", 100, 2);
    (void)weir_testing_expect(found, "dns-failures", "10.0.0.53", "100 of 100 answers");
    weir_snapshot_unref(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_registered_label_is_judged),
        cmocka_unit_test(generated_names_are_told_from_real_ones),
        cmocka_unit_test(hosts_are_found_by_generated_names_and_by_tunnels),
        cmocka_unit_test(hashes_and_lists_below_one_domain_are_none),
        cmocka_unit_test(a_failing_server_is_told),
    };
    return weir_test_run("detect/names", tests);
}
