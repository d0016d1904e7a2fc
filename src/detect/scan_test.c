#include "base/testing.h"
#include "detect/testing.h"

#include <stdlib.h>

#define SCANNER "10.0.0.5"

/* `count` flows to different ports of one host, or the same port of different hosts. */
typedef struct series {
    weir_flow_brief_t (*make)(uint32_t, uint32_t, uint16_t, int64_t);
    unsigned count;
    int64_t step_ns;
    bool hosts;
} series_t;

static void series_run(weir_detect_t *detect, const series_t *series)
{
    for (unsigned i = 0; i < series->count; i++) {
        weir_flow_brief_t flow =
            series->make(5, series->hosts ? 1000 + i : 9, (uint16_t)(series->hosts ? 22 : 1 + i),
                         BEGIN + i * series->step_ns);
        weir_detect_flows(detect, &flow, 1);
    }
}

static void expect(const series_t *series, const char *rule, const char *words)
{
    weir_detect_t *detect = weir_testing_detect(NULL);
    series_run(detect, series);
    weir_snapshot_t *found = weir_testing_found(detect);
    if (!rule) {
        assert_int_equal(weir_testing_count(found), 0);
    } else {
        weir_finding_t finding = weir_testing_expect(found, rule, SCANNER, words);
        assert_int_equal(weir_testing_count(found), 1);
        assert_int_equal(finding.count, series->count);
        assert_true(finding.observed > series->count * 0.85 &&
                    finding.observed < series->count * 1.15);
    }
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static weir_flow_brief_t half_open(uint32_t src, uint32_t dst, uint16_t port, int64_t at_ns)
{
    weir_flow_brief_t flow = weir_testing_refused(src, dst, port, at_ns);
    flow.dst_flags = WEIR_BRIEF_SYN | WEIR_BRIEF_ACK;
    flow.src_flags = WEIR_BRIEF_SYN | WEIR_BRIEF_RST;
    flow.src_packets = 2;
    flow.state = WEIR_FLOW_RESET;
    return flow;
}

static weir_flow_brief_t raw(uint32_t src, uint32_t dst, uint16_t port, int64_t at_ns)
{
    weir_flow_brief_t flow = weir_testing_refused(src, dst, port, at_ns);
    flow.window = 1024;
    return flow;
}

static weir_flow_brief_t flagged(uint8_t flags, uint32_t dst, uint16_t port, int64_t at_ns)
{
    weir_flow_brief_t flow = weir_testing_refused(5, dst, port, at_ns);
    flow.traits = WEIR_BRIEF_SRC_HEADER;
    flow.src_flags = flags;
    flow.state = WEIR_FLOW_RESET;
    return flow;
}

static weir_flow_brief_t fin(uint32_t src, uint32_t dst, uint16_t port, int64_t at_ns)
{
    (void)src;
    return flagged(WEIR_BRIEF_FIN, dst, port, at_ns);
}

static weir_flow_brief_t null(uint32_t src, uint32_t dst, uint16_t port, int64_t at_ns)
{
    (void)src;
    return flagged(0, dst, port, at_ns);
}

static weir_flow_brief_t xmas(uint32_t src, uint32_t dst, uint16_t port, int64_t at_ns)
{
    (void)src;
    return flagged(WEIR_BRIEF_FIN | WEIR_BRIEF_PSH | WEIR_BRIEF_URG, dst, port, at_ns);
}

static weir_flow_brief_t cut(uint32_t src, uint32_t dst, uint16_t port, int64_t at_ns)
{
    weir_flow_brief_t flow = null(src, dst, port, at_ns);
    flow.traits = 0; /* the TCP header was not captured */
    return flow;
}

static weir_flow_brief_t reply(uint32_t src, uint32_t dst, uint16_t port, int64_t at_ns)
{
    weir_flow_brief_t flow = weir_testing_good(src, dst, port, at_ns);
    flow.traits = WEIR_BRIEF_SRC_HEADER; /* in mid-connection: it only seems to open */
    flow.src_flags = WEIR_BRIEF_ACK | WEIR_BRIEF_PSH;
    flow.dst_packets = 0;
    flow.dst_flags = 0;
    flow.src_port = 443;
    flow.state = WEIR_FLOW_MIDSTREAM;
    return flow;
}

static void each_technique_has_its_name(void **state)
{
    (void)state;
    const struct {
        weir_flow_brief_t (*make)(uint32_t, uint32_t, uint16_t, int64_t);
        const char *name;
    } techniques[] = {{weir_testing_refused, "(TCP connect)"},
                      {weir_testing_tcp, "(TCP connect)"},
                      {raw, "(TCP SYN)"},
                      {half_open, "(TCP SYN)"},
                      {fin, "(TCP FIN)"},
                      {null, "(TCP NULL)"},
                      {xmas, "(TCP Xmas)"}};
    for (size_t i = 0; i < WEIR_COUNT(techniques); i++) {
        expect(&(series_t){techniques[i].make, 300, SECOND / 100, false}, "port-scan",
               techniques[i].name);
        expect(&(series_t){techniques[i].make, 200, SECOND / 100, true}, "host-scan",
               techniques[i].name);
    }
}

static void slow_scans_are_found(void **state)
{
    (void)state;
    expect(&(series_t){raw, 60, 15 * SECOND, false}, "port-scan", "15 min");
    expect(&(series_t){raw, 60, 15 * SECOND, true}, "host-scan", "15 min");
}

static void few_or_good_or_unknown_is_nothing(void **state)
{
    (void)state;
    expect(&(series_t){raw, 12, SECOND, false}, NULL, NULL);
    expect(&(series_t){raw, 20, SECOND, true}, NULL, NULL);
    expect(&(series_t){weir_testing_good, 500, SECOND, false}, NULL, NULL);
    expect(&(series_t){weir_testing_good, 500, SECOND, true}, NULL, NULL);
    expect(&(series_t){reply, 500, SECOND, false}, NULL, NULL);
    expect(&(series_t){reply, 500, SECOND, true}, NULL, NULL);
    expect(&(series_t){cut, 500, SECOND, false}, NULL, NULL);
    expect(&(series_t){weir_testing_udp, 500, SECOND, false}, NULL, NULL); /* never heard */
}

static void udp_needs_proof_that_answers_are_seen(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    weir_flow_brief_t unreachable = weir_testing_udp(9, 5, 0, BEGIN);
    unreachable.protocol = 1;
    unreachable.icmp = 3 << 8 | 3;
    unreachable.traits = WEIR_BRIEF_ICMP;
    weir_detect_flows(detect, &unreachable, 1);
    series_run(detect, &(series_t){weir_testing_udp, 200, SECOND, false});
    weir_snapshot_t *found = weir_testing_found(detect);
    (void)weir_testing_expect(found, "port-scan", SCANNER, "(UDP)");
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static void peers_that_have_gone_are_no_scan(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (uint32_t i = 0; i < 600; i++) { /* a third on the usual port, the rest anywhere */
        uint16_t port = (uint16_t)(i % 3 ? 20000 + i : 6881);
        weir_flow_brief_t flow = weir_testing_tcp(5, 1000 + i, port, BEGIN + i * SECOND);
        weir_detect_flows(detect, &flow, 1);
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static void sampled_traffic_is_no_scan(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (uint32_t i = 0; i < 5000; i++) { /* of each tenth flow the SYN alone was picked */
        weir_flow_brief_t flow = weir_testing_tcp(5, 1000 + i, 443, BEGIN + i * SECOND / 10);
        if (i % 10) {
            flow.traits = WEIR_BRIEF_SRC_HEADER;
            flow.src_flags = WEIR_BRIEF_ACK;
            flow.state = WEIR_FLOW_MIDSTREAM;
        }
        weir_detect_flows(detect, &flow, 1);
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static void a_scan_is_seen_through_a_million_spoofed_sources(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (uint32_t i = 0; i < 1000000; i++) {
        weir_flow_brief_t flow = weir_testing_tcp(i + 1000, 9, 80, BEGIN + (int64_t)i * 1000);
        weir_detect_flows(detect, &flow, 1);
        if (i % 1000)
            continue;
        flow = raw(5, 9, (uint16_t)(1 + i / 1000), BEGIN + (int64_t)i * 1000);
        weir_detect_flows(detect, &flow, 1);
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_non_null(weir_testing_finding(found, "port-scan", SCANNER));
    for (size_t i = 0; i < weir_testing_count(found); i++) {
        const weir_finding_t *finding = weir_snapshot_record(found, WEIR_TABLE_FINDINGS, i);
        assert_true(strcmp(finding->rule, "host-scan") != 0);
    }
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static void limits_come_from_the_configuration(void **state)
{
    (void)state;
    const weir_finding_limit_t limit = {"port-scan", "ports", 500};
    const weir_finding_options_t options = {.limits = &limit, .limit_count = 1};
    char text[160];
    assert_null(weir_rules_check(&options, text, sizeof(text)));
    weir_detect_t *detect = weir_testing_detect(&options);
    series_run(detect, &(series_t){raw, 300, SECOND / 100, false});
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
    const weir_finding_limit_t wrong = {"port-scam", "ports", 500};
    const weir_finding_options_t bad = {.limits = &wrong, .limit_count = 1};
    assert_non_null(strstr(weir_rules_check(&bad, text, sizeof(text)), "'port-scan'"));
}

/* Live flows are told when they end or fail: their begins come in no order. */
static void test_scan_told_late(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (uint16_t i = 0; i < 200; i++) {
        int64_t at_ns = BEGIN + (i % 2 ? i : i - 400) * SECOND / 100;
        weir_flow_brief_t flow = i % 2 ? weir_testing_refused(5, 9, (uint16_t)(i + 1), at_ns)
                                       : weir_testing_tcp(5, 9, (uint16_t)(i + 1), at_ns);
        weir_detect_flows(detect, &flow, 1);
        flow.traits |= WEIR_BRIEF_CONTINUES;
        weir_detect_flows(detect, &flow, 1);
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    weir_finding_t finding = weir_testing_expect(found, "port-scan", "10.0.0.5", " ports of ");
    assert_int_equal(finding.count, 200);
    assert_int_equal(finding.since, BEGIN - 4 * SECOND);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_technique_has_its_name),
        cmocka_unit_test(slow_scans_are_found),
        cmocka_unit_test(few_or_good_or_unknown_is_nothing),
        cmocka_unit_test(udp_needs_proof_that_answers_are_seen),
        cmocka_unit_test(peers_that_have_gone_are_no_scan),
        cmocka_unit_test(sampled_traffic_is_no_scan),
        cmocka_unit_test(a_scan_is_seen_through_a_million_spoofed_sources),
        cmocka_unit_test(limits_come_from_the_configuration),
        cmocka_unit_test(test_scan_told_late),
    };
    return weir_test_run("detect/scan", tests);
}
