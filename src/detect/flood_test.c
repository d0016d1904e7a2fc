#include "base/testing.h"
#include "detect/testing.h"

#include <sys/resource.h>

#define VICTIM "10.0.0.9"

typedef struct storm {
    weir_flow_brief_t (*make)(uint32_t, uint32_t, uint16_t, int64_t);
    uint32_t count, rate; /* flows, and of these a second */
    bool one_source;
    uint64_t packets; /* of each */
} storm_t;

static void storm_run(weir_detect_t *detect, const storm_t *storm)
{
    for (uint32_t i = 0; i < storm->count; i++) {
        weir_flow_brief_t flow = storm->make(storm->one_source ? 5 : 1000 + i, 9, 80,
                                             BEGIN + (int64_t)i * SECOND / storm->rate);
        flow.src_port = (uint16_t)(1024 + i % 60000);
        flow.src_packets = storm->packets;
        flow.src_ip_bytes = 60 * storm->packets;
        weir_detect_flows(detect, &flow, 1);
    }
}

/* The victim answers something else, so its side is in the capture. */
static void victim_speaks(weir_detect_t *detect)
{
    weir_flow_brief_t flow = weir_testing_good(6, 9, 22, BEGIN - SECOND);
    weir_detect_flows(detect, &flow, 1);
}

static weir_flow_brief_t echo(uint32_t src, uint32_t dst, uint16_t port, int64_t at_ns)
{
    weir_flow_brief_t flow = weir_testing_udp(src, dst, port, at_ns);
    flow.protocol = 1;
    flow.src_port = flow.dst_port = 0;
    flow.icmp = 8 << 8;
    flow.traits = WEIR_BRIEF_ICMP;
    flow.last_ns = at_ns + 10 * SECOND;
    return flow;
}

static weir_flow_brief_t reflected(uint32_t src, uint32_t dst, uint16_t port, int64_t at_ns)
{
    (void)port;
    weir_flow_brief_t flow = weir_testing_udp(src, dst, 40000, at_ns);
    return flow;
}

static size_t found_in(const storm_t *storm, bool speaks, const char *rule, const char *words)
{
    weir_detect_t *detect = weir_testing_detect(NULL);
    if (speaks)
        victim_speaks(detect);
    storm_run(detect, storm);
    weir_snapshot_t *found = weir_testing_found(detect);
    size_t count = weir_testing_count(found);
    if (rule)
        (void)weir_testing_expect(found, rule, VICTIM, words);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
    return count;
}

static void floods_are_found_at_the_victim(void **state)
{
    (void)state;
    assert_int_equal(found_in(&(storm_t){weir_testing_tcp, 3000, 1000, false, 1}, false,
                              "syn-flood", "from about"),
                     1);
    assert_int_equal(found_in(&(storm_t){weir_testing_refused, 3000, 1000, true, 1}, false,
                              "syn-flood", "from 10.0.0.5"),
                     1);
    assert_int_equal(found_in(&(storm_t){weir_testing_udp, 30000, 10000, true, 1}, true,
                              "udp-flood", "from 10.0.0.5"),
                     1);
    assert_int_equal(found_in(&(storm_t){weir_testing_udp, 1, 1, true, 100000}, true, "udp-flood",
                              "100,000 UDP packets a second"),
                     1);
    assert_int_equal(found_in(&(storm_t){echo, 1, 1, true, 100000}, false, "icmp-flood",
                              "10,000 ICMP echo requests a second"),
                     1);
}

static void what_is_usual_or_cannot_be_known_is_none(void **state)
{
    (void)state;
    assert_int_equal(
        found_in(&(storm_t){weir_testing_good, 20000, 1000, false, 10}, true, NULL, ""), 0);
    assert_int_equal(found_in(&(storm_t){weir_testing_tcp, 500, 50, false, 1}, true, NULL, ""), 0);
    assert_int_equal(found_in(&(storm_t){weir_testing_udp, 30000, 10000, true, 1}, false, NULL, ""),
                     0); /* one direction only */
    assert_int_equal(found_in(&(storm_t){echo, 1, 1, true, 100}, false, NULL, ""), 0);
}

static void amplification_has_many_sources(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    victim_speaks(detect);
    for (uint32_t i = 0; i < 600; i++) {
        weir_flow_brief_t flow = reflected(2000 + i % 50, 9, 0, BEGIN + i * SECOND / 200);
        flow.src_port = 123;
        flow.src_packets = 20;
        flow.src_ip_bytes = UINT64_C(20) * 468;
        weir_detect_flows(detect, &flow, 1);
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    (void)weir_testing_expect(found, "amplification", VICTIM, " addresses");
    assert_int_equal(weir_testing_count(found), 1);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static void a_busy_server_under_loss_is_not_flooded(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (uint32_t i = 0; i < 20000; i++) {
        weir_flow_brief_t flow = i % 5
                                     ? weir_testing_good(1000 + i, 9, 80, BEGIN + i * SECOND / 2000)
                                     : weir_testing_tcp(1000 + i, 9, 80, BEGIN + i * SECOND / 2000);
        weir_detect_flows(detect, &flow, 1);
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

/* At a server that is made to flood: it answers one asker with much more than that sends. */
static void test_reflector(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (int i = 0; i < 1000; i++) {
        weir_flow_brief_t flow = weir_testing_udp(77, 53, 53, BEGIN + i * SECOND / 100);
        flow.src_port = (uint16_t)(1024 + i);
        flow.dst_packets = 3;
        flow.dst_ip_bytes = 3800;
        flow.state = WEIR_FLOW_TWO_WAY;
        weir_detect_flows(detect, &flow, 1);
        flow.src_port = (uint16_t)(9000 + i); /* an honest asker */
        weir_testing_address(flow.src, 10, 78);
        flow.dst_packets = 1;
        flow.dst_ip_bytes = 200;
        weir_detect_flows(detect, &flow, 1);
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    weir_finding_t finding = weir_testing_expect(found, "amplification", "10.0.0.53",
                                                 "port 53 is made to flood 10.0.0.77");
    assert_true(finding.observed >= 350000 && finding.observed <= 400000);
    assert_int_equal(weir_testing_count(found), 1);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

/* A million spoofed sources: one finding, and memory that does not follow them. */
static void test_spoofed_sources(void **state)
{
    (void)state;
    struct rusage before, after;
    weir_detect_t *detect = weir_testing_detect(NULL);
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    for (uint32_t i = 0; i < 1000000; i++) {
        weir_flow_brief_t flow = weir_testing_tcp(9, 80, 80, BEGIN + i * (SECOND / 50000));
        uint64_t hash = weir_hash_u64(i);
        memcpy(flow.src, &hash, 4);
        weir_detect_flows(detect, &flow, 1);
    }
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    weir_snapshot_t *found = weir_testing_found(detect);
    weir_finding_t finding = weir_testing_expect(found, "syn-flood", "10.0.0.80", "about 9");
    assert_in_range(finding.observed, 45000, 55000);
    assert_int_equal(weir_testing_count(found), 1);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 32 * 1024);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floods_are_found_at_the_victim),
        cmocka_unit_test(what_is_usual_or_cannot_be_known_is_none),
        cmocka_unit_test(amplification_has_many_sources),
        cmocka_unit_test(a_busy_server_under_loss_is_not_flooded),
        cmocka_unit_test(test_reflector),
        cmocka_unit_test(test_spoofed_sources),
    };
    return weir_test_run("detect/flood", tests);
}
