#include "detect/detect.h"

#include "detect/flood.h"
#include "detect/lan.h"
#include "detect/links.h"
#include "detect/listeners.h"
#include "detect/names.h"
#include "detect/rhythm.h"
#include "detect/scan.h"
#include "detect/trouble.h"
#include "detect/upload.h"
#include "detect/watched.h"

#include <errno.h>

#define BLOCK 64u /* flows at a time: their briefs stay in the cache */

struct weir_detect {
    weir_facts_t facts;
    weir_scan_t scan;
    weir_flood_t flood;
    weir_rhythm_t rhythm;
    weir_lan_t lan;
    weir_names_t names;
    weir_links_t links;
    weir_listeners_t listeners;
    weir_trouble_t trouble;
    weir_upload_t upload;
    weir_watched_t watched;
};

static int detectors_init(weir_detect_t *detect, const weir_finding_options_t *options)
{
    weir_facts_t *facts = &detect->facts;
    int r = weir_scan_init(&detect->scan, facts);
    r = r < 0 ? r : weir_flood_init(&detect->flood, facts);
    r = r < 0 ? r : weir_rhythm_init(&detect->rhythm, facts);
    r = r < 0 ? r : weir_lan_init(&detect->lan, facts);
    r = r < 0 ? r : weir_names_init(&detect->names, facts);
    r = r < 0 ? r : weir_links_init(&detect->links, facts);
    r = r < 0 ? r : weir_listeners_init(&detect->listeners, facts);
    r = r < 0 ? r : weir_trouble_init(&detect->trouble, facts);
    r = r < 0 ? r : weir_upload_init(&detect->upload, facts);
    return r < 0 ? r : weir_watched_init(&detect->watched, facts, options);
}

int weir_detect_new(const weir_finding_options_t *options, uint64_t seed,
                    weir_detect_t **ret_detect)
{
    weir_detect_t *detect = calloc(1, sizeof(*detect));
    if (!detect)
        return -ENOMEM;
    weir_facts_t *facts = &detect->facts;
    weir_limits_set(&facts->limits, options);
    facts->seed = seed;
    facts->options = options;
    facts->book = weir_book_new(options);
    facts->heard = calloc(WEIR_HEARD_BITS / 64, sizeof(*facts->heard));
    facts->said = calloc(WEIR_HEARD_BITS / 64, sizeof(*facts->said));
    int r = facts->book && facts->heard && facts->said ? detectors_init(detect, options) : -ENOMEM;
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
    weir_flood_done(&detect->flood);
    weir_rhythm_done(&detect->rhythm);
    weir_lan_done(&detect->lan);
    weir_names_done(&detect->names);
    weir_links_done(&detect->links);
    weir_listeners_done(&detect->listeners);
    weir_trouble_done(&detect->trouble);
    weir_upload_done(&detect->upload);
    weir_watched_done(&detect->watched);
    weir_book_free(detect->facts.book);
    free(detect->facts.heard);
    free(detect->facts.said);
    free(detect);
}

/* An ICMP message that is no request was caused by what its receiver sent. */
static bool icmp_is_answer(const weir_flow_brief_t *flow)
{
    unsigned type = flow->icmp >> 8;
    return (flow->traits & WEIR_BRIEF_ICMP) &&
           (flow->protocol == WEIR_IP_ICMP ? type != 8 : type < 128);
}

/* Which directions of the two hosts are in the capture. */
static void flow_hear(weir_facts_t *facts, const weir_flow_brief_t *flow,
                      const uint64_t ends[static 2])
{
    if (flow->dst_packets > 0) {
        weir_facts_hear(facts, ends[0]);
        weir_facts_hear(facts, ends[1]);
        weir_facts_say(facts, ends[1]);
    } else if (icmp_is_answer(flow)) {
        weir_facts_hear(facts, ends[1]);
        weir_facts_say(facts, ends[0]);
    }
}

/* At most BLOCK flows: their places in memory are asked for before they are looked at. */
static void block_follow(weir_detect_t *detect, const weir_flow_brief_t *flows, size_t count)
{
    weir_facts_t *facts = &detect->facts;
    uint64_t ends[BLOCK][2];
    weir_probe_t probes[BLOCK];
    for (size_t i = 0; i < count; i++) {
        ends[i][0] = weir_facts_address(facts, flows[i].src);
        ends[i][1] = weir_facts_address(facts, flows[i].dst);
        probes[i] = weir_probe_judge(&flows[i]);
        weir_rhythm_expect(&detect->rhythm, &flows[i], ends[i]);
        weir_scan_expect(&detect->scan, &flows[i], probes[i], ends[i]);
        weir_rises_expect(&detect->trouble.rises, &flows[i], ends[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const weir_flow_brief_t *flow = &flows[i];
        if (flow->traits & WEIR_BRIEF_INNER)
            continue; /* its outside is there */
        weir_probe_t probe = probes[i];
        flow_hear(facts, flow, ends[i]);
        weir_flood_flow(&detect->flood, flow, probe, ends[i]);
        weir_watched_flow(&detect->watched, flow);
        if (flow->protocol == WEIR_IP_TCP)
            weir_trouble_flow(&detect->trouble, flow, ends[i]);
        if (flow->src_ip_bytes >= WEIR_UPLOAD_LEAST || flow->dst_ip_bytes >= WEIR_UPLOAD_LEAST)
            weir_upload_flow(&detect->upload, flow, ends[i]);
        if (flow->traits & WEIR_BRIEF_CONTINUES)
            continue; /* how it began was looked at */
        weir_scan_flow(&detect->scan, flow, probe, ends[i]);
        weir_rhythm_flow(&detect->rhythm, flow, probe, ends[i]);
    }
}

void weir_detect_flows(weir_detect_t *detect, const weir_flow_brief_t *flows, size_t count)
{
    if (count && !detect->facts.begin_ns)
        detect->facts.begin_ns = flows[0].first_ns;
    for (size_t at = 0; at < count; at += BLOCK)
        block_follow(detect, flows + at, count - at < BLOCK ? count - at : BLOCK);
}

void weir_detect_events(weir_detect_t *detect, const weir_event_batch_t *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const weir_event_t *event = &batch->events[i];
        weir_watched_event(&detect->watched, event);
        if (event->kind == WEIR_EVENT_LISTEN)
            weir_listeners_event(&detect->listeners, event);
        else if (event->kind != WEIR_EVENT_DNS)
            weir_lan_event(&detect->lan, event);
    }
    weir_names_events(&detect->names, batch->events, batch->count);
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
    if (snapshot->origin == WEIR_ORIGIN_LIVE) {
        weir_links_follow(&detect->links, snapshot);
        weir_listeners_begin(&detect->listeners, &snapshot->time);
        weir_book_advance(detect->facts.book, snapshot->time.wall_ns);
    }
    weir_detect_flows(detect, snapshot->briefs.items, snapshot->briefs.count);
    weir_detect_events(detect, &snapshot->events);
    weir_scan_report(&detect->scan);
    weir_flood_report(&detect->flood);
    weir_rhythm_report(&detect->rhythm);
    weir_lan_report(&detect->lan);
    weir_names_report(&detect->names);
    weir_listeners_report(&detect->listeners);
    weir_trouble_report(&detect->trouble);
    weir_upload_report(&detect->upload);
    weir_watched_report(&detect->watched);
    return weir_book_publish(detect->facts.book, snapshot);
}
