#include "base/testing.h"
#include "packet/hostnames.h"

#include <stdio.h>
#include <string.h>

static weir_address_t address_of(unsigned number)
{
    return (weir_address_t){
        .family = WEIR_FAMILY_IPV4,
        .prefix = 32,
        .bytes = {10, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number}};
}

static void learn(weir_hostnames_t *hostnames, unsigned host, const char *name,
                  weir_naming_t naming, int64_t time_ns)
{
    weir_address_t address = address_of(host);
    weir_hostname_t hostname = {.address = &address,
                                .name = name,
                                .naming = naming,
                                .first_ns = time_ns,
                                .last_ns = time_ns};
    weir_hostnames_learn(hostnames, &hostname);
}

static const char *find(weir_hostnames_t *hostnames, unsigned host)
{
    weir_address_t address = address_of(host);
    return weir_hostnames_find(hostnames, &address);
}

static const char *asked(weir_hostnames_t *hostnames, unsigned host, int64_t time_ns)
{
    weir_address_t address = address_of(host);
    return weir_hostnames_asked(hostnames, &address, time_ns);
}

static void best_name_is_of_the_best_source(void **state)
{
    (void)state;
    weir_hostnames_t *hostnames = weir_hostnames_new(100);
    assert_null(find(hostnames, 1));
    learn(hostnames, 1, "b.test", WEIR_NAMING_TLS, 50);
    assert_string_equal(find(hostnames, 1), "b.test");
    learn(hostnames, 1, "a.test", WEIR_NAMING_DNS, 10);
    assert_string_equal(find(hostnames, 1), "a.test");
    learn(hostnames, 1, "c.test", WEIR_NAMING_DNS, 20);
    assert_string_equal(find(hostnames, 1), "c.test"); /* later */
    learn(hostnames, 1, "a.test", WEIR_NAMING_DNS, 30);
    assert_string_equal(find(hostnames, 1), "a.test"); /* said again */
    learn(hostnames, 1, "d.test", WEIR_NAMING_DNS, 30);
    assert_string_equal(find(hostnames, 1), "d.test"); /* at once: by the text */
    weir_hostnames_free(hostnames);
}

static void flows_are_named_by_what_was_asked_before(void **state)
{
    (void)state;
    weir_hostnames_t *hostnames = weir_hostnames_new(100);
    learn(hostnames, 1, "a.test", WEIR_NAMING_DNS, 10);
    learn(hostnames, 1, "b.test", WEIR_NAMING_DNS, 20);
    learn(hostnames, 1, "c.test", WEIR_NAMING_TLS, 5);
    assert_string_equal(asked(hostnames, 1, 0), "b.test"); /* unsealed: the newest */
    assert_int_equal(weir_hostnames_seal(hostnames), 0);
    assert_null(asked(hostnames, 1, 9));
    assert_string_equal(asked(hostnames, 1, 10), "a.test");
    assert_string_equal(asked(hostnames, 1, 19), "a.test");
    assert_string_equal(asked(hostnames, 1, 25), "b.test");
    assert_null(asked(hostnames, 2, 25));
    weir_hostnames_free(hostnames);
}

static void order_of_merging_makes_no_difference(void **state)
{
    (void)state;
    weir_hostnames_t *parts[3], *sums[2];
    for (int i = 0; i < 3; i++)
        parts[i] = weir_hostnames_new(1000);
    char name[32];
    for (unsigned i = 0; i < 900; i++) {
        (void)snprintf(name, sizeof(name), "host%u.test", i * 7 % 50);
        learn(parts[i % 3], i % 40, name, (weir_naming_t)(i % 4), i / 8);
    }
    for (int i = 0; i < 2; i++) {
        sums[i] = weir_hostnames_new(1000);
        for (int j = 0; j < 3; j++)
            weir_hostnames_merge(sums[i], parts[i ? j : 2 - j]);
        assert_int_equal(weir_hostnames_seal(sums[i]), 0);
    }
    for (unsigned host = 0; host < 40; host++) {
        assert_string_equal(find(sums[0], host), find(sums[1], host));
        for (int64_t time = 0; time < 120; time++) {
            const char *left = asked(sums[0], host, time), *right = asked(sums[1], host, time);
            assert_string_equal(left ? left : "", right ? right : "");
        }
    }
    for (int i = 0; i < 3; i++)
        weir_hostnames_free(parts[i]);
    for (int i = 0; i < 2; i++)
        weir_hostnames_free(sums[i]);
}

static void ceiling_refuses_and_counts(void **state)
{
    (void)state;
    weir_hostnames_t *hostnames = weir_hostnames_new(10);
    char name[32];
    for (unsigned i = 0; i < 15; i++) {
        (void)snprintf(name, sizeof(name), "host%u.test", i);
        learn(hostnames, i, name, WEIR_NAMING_DNS, 1);
    }
    assert_int_equal(weir_hostnames_refused(hostnames), 5);
    assert_string_equal(find(hostnames, 9), "host9.test");
    assert_null(find(hostnames, 10));
    weir_hostnames_free(hostnames);
}

static void a_million_names_are_kept_and_no_more(void **state)
{
    (void)state;
    weir_hostnames_t *hostnames = weir_hostnames_new(WEIR_HOSTNAMES_MOST);
    char name[32];
    for (unsigned i = 0; i < WEIR_HOSTNAMES_MOST + 1000; i++) {
        (void)snprintf(name, sizeof(name), "h%u.test", i);
        learn(hostnames, i, name, WEIR_NAMING_DNS, 1);
    }
    assert_int_equal(weir_hostnames_refused(hostnames), 1000);
    assert_string_equal(find(hostnames, WEIR_HOSTNAMES_MOST - 1), "h999999.test");
    assert_null(find(hostnames, WEIR_HOSTNAMES_MOST));
    weir_hostnames_free(hostnames);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_name_is_of_the_best_source),
        cmocka_unit_test(flows_are_named_by_what_was_asked_before),
        cmocka_unit_test(order_of_merging_makes_no_difference),
        cmocka_unit_test(ceiling_refuses_and_counts),
        cmocka_unit_test(a_million_names_are_kept_and_no_more),
    };
    return weir_test_run("packet/hostnames", tests);
}
