#include "detect/detect.h"

#include "detect/scan.h"
#include "detect/watched.h"

#include <errno.h>

#define BLOCK 64u /* flows at a time: their briefs stay in the cache */

struct weir_detect {
    weir_facts_t facts;
    weir_scan_t scan;
    weir_watched_t watched;
};

int weir_detect_new(const weir_finding_options_t *options, uint64_t seed,
                    weir_detect_t **ret_detect)
{
    weir_detect_t *detect = calloc(1, sizeof(*detect));
    if (!detect)
        return -ENOMEM;
    weir_facts_t *facts = &detect->facts;
    weir_limits_set(&facts->limits, options);
    facts->seed = seed;
    facts->book = weir_book_new(options);
    facts->heard = calloc(WEIR_HEARD_BITS / 64, sizeof(*facts->heard));
    int r = facts->book && facts->heard ? 0 : -ENOMEM;
    if (r == 0)
        r = weir_scan_init(&detect->scan, facts);
    if (r == 0)
        r = weir_watched_init(&detect->watched, facts, options);
    if (r < 0) {
        weir_detect_free(detect);
        return r;
    }
    *ret_detect = detect;
    return 0;
}

void weir_detect_free(weir_detect_t *detect)
{
    if (!detect)
        return;
    weir_scan_done(&detect->scan);
    weir_watched_done(&detect->watched);
    weir_book_free(detect->facts.book);
    free(detect->facts.heard);
    free(detect);
}

/* An ICMP message that is no request was caused by what its receiver sent. */
static bool icmp_is_answer(const weir_flow_brief_t *flow)
{
    unsigned type = flow->icmp >> 8;
    return (flow->traits & WEIR_BRIEF_ICMP) &&
           (flow->protocol == WEIR_IP_ICMP ? type != 8 : type < 128);
}

static void flow_hear(weir_facts_t *facts, const weir_flow_brief_t *flow, uint64_t src,
                      uint64_t dst)
{
    if (flow->dst_packets > 0 || icmp_is_answer(flow))
        weir_facts_hear(facts, dst);
    if (flow->dst_packets > 0)
        weir_facts_hear(facts, src);
}

void weir_detect_flows(weir_detect_t *detect, const weir_flow_brief_t *flows, size_t count)
{
    weir_facts_t *facts = &detect->facts;
    for (size_t i = 0; i < count; i++) {
        const weir_flow_brief_t *flow = &flows[i];
        if (flow->traits & WEIR_BRIEF_INNER)
            continue; /* its outside is there */
        uint64_t src = weir_facts_address(facts, flow->src);
        uint64_t dst = weir_facts_address(facts, flow->dst);
        flow_hear(facts, flow, src, dst);
        weir_scan_flow(&detect->scan, flow, src, dst);
        weir_watched_flow(&detect->watched, flow);
    }
}

void weir_detect_events(weir_detect_t *detect, const weir_event_batch_t *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        weir_watched_event(&detect->watched, &batch->events[i]);
}

static void flows_follow(weir_detect_t *detect, const weir_snapshot_t *snapshot)
{
    weir_flow_brief_t block[BLOCK];
    size_t count = snapshot->rows[WEIR_TABLE_FLOWS].count;
    for (size_t at = 0; at < count; at += BLOCK) {
        size_t n = count - at < BLOCK ? count - at : BLOCK;
        weir_snapshot_briefs(snapshot, at, n, block);
        weir_detect_flows(detect, block, n);
    }
}

int weir_detect_snapshot(weir_detect_t *detect, weir_snapshot_t *snapshot)
{
    if (snapshot->rows[WEIR_TABLE_FLOWS].measured && snapshot->origin == WEIR_ORIGIN_FILE)
        flows_follow(detect, snapshot);
    weir_detect_events(detect, &snapshot->events);
    weir_scan_report(&detect->scan);
    weir_watched_report(&detect->watched);
    return weir_book_publish(detect->facts.book, snapshot);
}
