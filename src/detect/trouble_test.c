#include "base/testing.h"

#include "detect/testing.h"

/* A good connection of which `again` of `packets` packets each way were sent again. */
static weir_flow_brief_t lossy(uint32_t host, int64_t at_ns, uint64_t packets, uint32_t again)
{
    weir_flow_brief_t flow = weir_testing_good(5, host, 443, at_ns);
    flow.src_packets = flow.dst_packets = packets;
    flow.dst_ip_bytes = 1000 * packets;
    flow.dst_retransmits = again;
    return flow;
}

static void test_retransmissions(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (int i = 0; i < 20; i++) {
        weir_flow_brief_t bad = lossy(9, BEGIN + i * SECOND, 40, 8);
        weir_flow_brief_t fine = lossy(10, BEGIN + i * SECOND, 400, 4);
        weir_detect_flows(detect, &bad, 1);
        weir_detect_flows(detect, &fine, 1);
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_int_equal(weir_testing_count(found), 1);
    weir_finding_t finding =
        weir_testing_expect(found, "retransmissions", "10.0.0.9", "10 % of them are sent again");
    assert_int_equal(finding.count, 160);
    assert_int_equal(finding.since, BEGIN);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

/* What is usual with a host is not told each minute; what was not usual before is. */
static void test_retransmissions_that_rise(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (int minute = 0; minute < 30; minute++)
        for (int i = 0; i < 20; i++) {
            bool late = minute >= 25;
            weir_flow_brief_t flow =
                lossy(9, BEGIN + (minute * 60 + i) * SECOND, 100, late ? 40 : 7);
            weir_detect_flows(detect, &flow, 1);
        }
    weir_snapshot_t *found = weir_testing_found(detect);
    weir_finding_t finding =
        weir_testing_expect(found, "retransmissions", "10.0.0.9", "20 % of them");
    assert_true(finding.count >= 800);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static void resets_make(weir_detect_t *detect, int of_ten, bool by_client)
{
    for (int i = 0; i < 200; i++) {
        weir_flow_brief_t flow = weir_testing_good(5, 9, 443, BEGIN + i * SECOND / 5);
        if (i % 10 < of_ten) {
            flow.dst_flags = WEIR_BRIEF_SYN | WEIR_BRIEF_ACK | WEIR_BRIEF_RST;
            flow.src_flags = WEIR_BRIEF_SYN | WEIR_BRIEF_ACK | WEIR_BRIEF_PSH;
            if (by_client)
                flow.src_flags |= WEIR_BRIEF_RST;
            flow.state = WEIR_FLOW_RESET;
        }
        weir_detect_flows(detect, &flow, 1);
    }
}

static void test_resets(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    resets_make(detect, 8, false);
    weir_snapshot_t *found = weir_testing_found(detect);
    weir_finding_t finding =
        weir_testing_expect(found, "resets", "10.0.0.9", "port 443 resets connections");
    assert_int_equal(finding.count, 160);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

/* Some resets are usual, and clients may go as they like. */
static void test_few_resets(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        weir_detect_t *detect = weir_testing_detect(NULL);
        resets_make(detect, i ? 10 : 3, i);
        weir_snapshot_t *found = weir_testing_found(detect);
        assert_null(weir_testing_finding(found, "resets", "10.0.0.9"));
        weir_snapshot_unref(found);
        weir_detect_free(detect);
    }
}

/* To one of the hosts alone, which has a tenth of the connections; or of several clients to all. */
static weir_snapshot_t *slow_handshakes(weir_detect_t *detect, uint32_t clients, uint32_t slow)
{
    for (int i = 0; i < 3000; i++) {
        uint32_t host = 20 + (uint32_t)i % 10;
        bool late = i >= 1800 && (!slow || host == slow);
        weir_flow_brief_t flow =
            weir_testing_good(5 + (uint32_t)i / 10 % clients, host, 443, BEGIN + i * SECOND / 5);
        flow.rtt_us = (host - 19) * 12000 * (late ? 8 : 1);
        weir_detect_flows(detect, &flow, 1);
    }
    return weir_testing_found(detect);
}

/* Ten hosts at their own distances; from `rise` on all of them are `times` as far. */
static weir_snapshot_t *handshakes(weir_detect_t *detect, int rise, uint32_t times)
{
    for (int i = 0; i < 600; i++) {
        uint32_t host = 20 + (uint32_t)i % 10;
        weir_flow_brief_t flow = weir_testing_good(5, host, 443, BEGIN + i * SECOND / 2);
        flow.rtt_us = (host - 19) * 12000 * (i >= rise ? times : 1);
        weir_detect_flows(detect, &flow, 1);
    }
    return weir_testing_found(detect);
}

static void test_rtt_rise(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    weir_snapshot_t *found = handshakes(detect, 480, 8);
    weir_finding_t finding = weir_testing_expect(
        found, "rtt-rise", "10.0.0.5", "new connections of 10.0.0.5 take much longer than usual");
    assert_true(finding.observed > 3 * finding.expected);
    assert_in_range(finding.since, BEGIN + 180 * SECOND, BEGIN + 245 * SECOND);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static void whom_a_rise_is_about(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    weir_snapshot_t *found = slow_handshakes(detect, 3, 0);
    (void)weir_testing_expect(found, "rtt-rise", "all hosts", "new connections take much longer");
    weir_snapshot_unref(found);
    weir_detect_free(detect);
    detect = weir_testing_detect(NULL);
    found = slow_handshakes(detect, 3, 24);
    (void)weir_testing_expect(found, "rtt-rise", "10.0.0.24",
                              "new connections with 10.0.0.24 take much longer");
    assert_int_equal(weir_testing_count(found), 1);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
    detect = weir_testing_detect(NULL);
    found = slow_handshakes(detect, 1, 24);
    (void)weir_testing_expect(found, "rtt-rise", "10.0.0.24",
                              "new connections of 10.0.0.5 with 10.0.0.24 take much longer");
    assert_int_equal(weir_testing_count(found), 1);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

/* Near and far hosts, or a little more time, are none. */
static void test_steady_rtt(void **state)
{
    (void)state;
    for (uint32_t times = 1; times <= 2; times++) {
        weir_detect_t *detect = weir_testing_detect(NULL);
        weir_snapshot_t *found = handshakes(detect, 480, times);
        assert_int_equal(weir_testing_count(found), 0);
        weir_snapshot_unref(found);
        weir_detect_free(detect);
    }
}

/* Ten full segments go out, the first is repeated, nothing is acknowledged. */
static weir_flow_brief_t stuck(uint32_t host, int64_t at_ns)
{
    weir_flow_brief_t flow = weir_testing_good(5, host, 443, at_ns);
    flow.src_packets = 3 + 10 + 6;
    flow.src_ip_bytes = 3 * 60 + 16 * 1500;
    flow.src_retransmits = 6;
    flow.dst_packets = 2;
    flow.dst_ip_bytes = 120;
    flow.state = WEIR_FLOW_ESTABLISHED;
    return flow;
}

static void test_black_hole(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (int i = 0; i < 4; i++) {
        weir_flow_brief_t flow = stuck(9, BEGIN + i * (30 * SECOND));
        weir_detect_flows(detect, &flow, 1);
        flow = stuck(10, BEGIN + i * (30 * SECOND)); /* this one stalls at times, and goes on */
        flow.dst_packets = i ? 40 : 2;
        weir_detect_flows(detect, &flow, 1);
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    weir_finding_t finding = weir_testing_expect(found, "mtu-black-hole", "10.0.0.9",
                                                 "4 connections of 10.0.0.5 with 10.0.0.9");
    assert_int_equal(finding.count, 4);
    assert_null(weir_testing_finding(found, "mtu-black-hole", "10.0.0.10"));
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retransmissions), cmocka_unit_test(test_retransmissions_that_rise),
        cmocka_unit_test(test_resets),          cmocka_unit_test(test_few_resets),
        cmocka_unit_test(test_rtt_rise),        cmocka_unit_test(whom_a_rise_is_about),
        cmocka_unit_test(test_steady_rtt),      cmocka_unit_test(test_black_hole),
    };
    return weir_test_run("detect/trouble", tests);
}
