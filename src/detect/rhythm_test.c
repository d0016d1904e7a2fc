#include "base/testing.h"
#include "detect/testing.h"

static void beats_run(weir_detect_t *detect, unsigned count, int64_t step_ns, int64_t jitter_ns)
{
    for (unsigned i = 0; i < count; i++) {
        int64_t off = (int64_t)(weir_hash_u64(i) % 1000) * jitter_ns / 1000;
        weir_flow_brief_t flow = weir_testing_good(5, 9, 443, BEGIN + i * step_ns + off);
        weir_detect_flows(detect, &flow, 1);
    }
}

static size_t beats_found(unsigned count, int64_t step_ns, int64_t jitter_ns, const char *words)
{
    weir_detect_t *detect = weir_testing_detect(NULL);
    beats_run(detect, count, step_ns, jitter_ns);
    weir_snapshot_t *found = weir_testing_found(detect);
    size_t n = weir_testing_count(found);
    if (words)
        (void)weir_testing_expect(found, "beacon", "10.0.0.5", words);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
    return n;
}

static void a_steady_beat_is_a_beacon(void **state)
{
    (void)state;
    assert_int_equal(beats_found(60, 10 * SECOND, 0,
                                 "10.0.0.9 port 443 (TCP) each 10 s like a beacon: 60 times"),
                     1);
    assert_int_equal(beats_found(60, 60 * SECOND, 3 * SECOND, "each 6"), 1);
    assert_int_equal(beats_found(10, 10 * SECOND, 0, NULL), 0);            /* too few */
    assert_int_equal(beats_found(500, SECOND / 2, 0, NULL), 0);            /* a poll */
    assert_int_equal(beats_found(300, 10 * SECOND, 30 * SECOND, NULL), 0); /* at random */
}

static void monitors_and_services_are_none(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (uint32_t i = 0; i < 100; i++)
        for (uint32_t j = 0; j < 20; j++) {
            weir_flow_brief_t flow =
                weir_testing_good(5, 100 + j, 9100, BEGIN + i * (15 * SECOND) + j * SECOND / 10);
            weir_detect_flows(detect, &flow, 1);
            flow = weir_testing_good(200 + j, 8, 443, BEGIN + i * (15 * SECOND) + j * SECOND / 10);
            weir_detect_flows(detect, &flow, 1);
        }
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static size_t logins_found(unsigned count, uint16_t port, uint64_t bytes, const char *words)
{
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (unsigned i = 0; i < count; i++) {
        weir_flow_brief_t flow = weir_testing_good(
            5, 9, port, BEGIN + (int64_t)(i * UINT64_C(2) + weir_hash_u64(i) % 2) * SECOND);
        flow.src_ip_bytes = bytes;
        weir_detect_flows(detect, &flow, 1);
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    size_t n = weir_testing_finding(found, "brute-force", "10.0.0.5") != NULL;
    if (words)
        (void)weir_testing_expect(found, "brute-force", "10.0.0.5", words);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
    return n;
}

static void many_short_logins_are_brute_force(void **state)
{
    (void)state;
    assert_int_equal(logins_found(100, 22, 3000, "(SSH): 100 short sessions with 10.0.0.9"), 1);
    assert_int_equal(logins_found(10, 22, 3000, NULL), 0);
    assert_int_equal(logins_found(100, 22, 900000, NULL), 0); /* work is done in them */
    assert_int_equal(logins_found(100, 443, 3000, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_steady_beat_is_a_beacon),
        cmocka_unit_test(monitors_and_services_are_none),
        cmocka_unit_test(many_short_logins_are_brute_force),
    };
    return weir_test_run("detect/rhythm", tests);
}
