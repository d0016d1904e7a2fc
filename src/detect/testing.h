/*
 * For the detectors' tests: flows made by hand, and what is found in them.
 */
#ifndef WEIR_DETECT_TESTING_H
#define WEIR_DETECT_TESTING_H

#include "detect/detect.h"
#include "detect/facts.h"

#define SECOND INT64_C(1000000000)
#define BEGIN (INT64_C(1700000000) * SECOND)

/** 10.x.x.x, or with `net` its first byte. */
static inline void weir_testing_address(uint64_t words[static 2], uint8_t net, uint32_t host)
{
    const uint8_t bytes[16] = {net, (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host};
    memcpy(words, bytes, sizeof(bytes));
}

/** A TCP flow of 10.0.0.`src` to 10.0.`dst`. */
static inline weir_flow_brief_t weir_testing_tcp(uint32_t src, uint32_t dst, uint16_t port,
                                                 int64_t at_ns)
{
    weir_flow_brief_t flow = {.protocol = 6,
                              .src_port = (uint16_t)(40000 + (dst * 7 + port) % 20000),
                              .dst_port = port,
                              .first_ns = at_ns,
                              .last_ns = at_ns + SECOND / 100,
                              .src_packets = 1,
                              .src_ip_bytes = 60,
                              .window = 64240,
                              .state = WEIR_FLOW_UNANSWERED,
                              .src_flags = WEIR_BRIEF_SYN,
                              .traits = WEIR_BRIEF_OPENER_SURE | WEIR_BRIEF_SRC_HEADER};
    weir_testing_address(flow.src, 10, src);
    weir_testing_address(flow.dst, 10, dst);
    return flow;
}

/** Likewise, refused. */
static inline weir_flow_brief_t weir_testing_refused(uint32_t src, uint32_t dst, uint16_t port,
                                                     int64_t at_ns)
{
    weir_flow_brief_t flow = weir_testing_tcp(src, dst, port, at_ns);
    flow.dst_packets = 1;
    flow.dst_ip_bytes = 40;
    flow.dst_flags = WEIR_BRIEF_RST | WEIR_BRIEF_ACK;
    flow.state = WEIR_FLOW_REFUSED;
    return flow;
}

/** Likewise, with `bytes` each way. */
static inline weir_flow_brief_t weir_testing_good(uint32_t src, uint32_t dst, uint16_t port,
                                                  int64_t at_ns)
{
    weir_flow_brief_t flow = weir_testing_tcp(src, dst, port, at_ns);
    flow.src_packets = flow.dst_packets = 10;
    flow.src_ip_bytes = flow.dst_ip_bytes = 5000;
    flow.src_flags = flow.dst_flags =
        WEIR_BRIEF_SYN | WEIR_BRIEF_ACK | WEIR_BRIEF_PSH | WEIR_BRIEF_FIN;
    flow.state = WEIR_FLOW_CLOSED;
    flow.traits |= WEIR_BRIEF_HANDSHAKE;
    return flow;
}

static inline weir_flow_brief_t weir_testing_udp(uint32_t src, uint32_t dst, uint16_t port,
                                                 int64_t at_ns)
{
    weir_flow_brief_t flow = weir_testing_tcp(src, dst, port, at_ns);
    flow.protocol = 17;
    flow.src_flags = flow.traits = 0;
    flow.window = 0;
    flow.state = WEIR_FLOW_ONE_WAY;
    return flow;
}

static inline weir_detect_t *weir_testing_detect(const weir_finding_options_t *options)
{
    weir_detect_t *detect = NULL;
    assert_int_equal(weir_detect_new(options, 42, &detect), 0);
    return detect;
}

/** The findings so far, in a snapshot of its own. */
static inline weir_snapshot_t *weir_testing_found(weir_detect_t *detect)
{
    weir_pool_t *pool = weir_pool_new(4096);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_FILE, pool);
    weir_pool_unref(pool);
    assert_non_null(snapshot);
    assert_int_equal(weir_detect_snapshot(detect, snapshot), 0);
    return snapshot;
}

static inline const weir_finding_t *weir_testing_finding(const weir_snapshot_t *snapshot,
                                                         const char *rule, const char *object)
{
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_FINDINGS].count; i++) {
        const weir_finding_t *finding = weir_snapshot_record(snapshot, WEIR_TABLE_FINDINGS, i);
        if (strcmp(finding->rule, rule) == 0 && strcmp(finding->object, object) == 0)
            return finding;
    }
    return NULL;
}

/** It must be there, and its text contain `words`. */
static inline weir_finding_t weir_testing_expect(const weir_snapshot_t *snapshot, const char *rule,
                                                 const char *object, const char *words)
{
    weir_finding_t finding = {.text = ""};
    const weir_finding_t *found = weir_testing_finding(snapshot, rule, object);
    if (found)
        finding = *found;
    else
        fail_msg("no %s of %s", rule, object);
    if (!strstr(finding.text, words))
        fail_msg("'%s' is not in: %s", words, finding.text);
    return finding;
}

static inline size_t weir_testing_count(const weir_snapshot_t *snapshot)
{
    return snapshot->rows[WEIR_TABLE_FINDINGS].count;
}

#endif
