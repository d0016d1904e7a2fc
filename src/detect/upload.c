#include "detect/upload.h"

#include "base/clock.h"
#include "model/units.h"

#include <errno.h>
#include <string.h>

#define HOST_SETS ((size_t)256)
#define PAIR_SETS ((size_t)1024)
#define STALE_NS (INT64_C(7) * 86400 * (int64_t)WEIR_NS_PER_S)
#define HOUR_S 3600.0

typedef struct host {
    weir_shelf_entry_t entry;
    uint64_t habit; /* [byte] the most to one destination in an hour, of what is no finding */
} host_t;

typedef struct pair {
    weir_shelf_entry_t entry;
    uint64_t host[2], to[2], host_hash;
    int64_t first_ns, begin_ns; /* of the first flow; of the hour */
    uint64_t sent, all;         /* [byte] in this hour, and altogether */
    uint32_t flows;
    uint16_t port; /* of the destination's side */
    uint8_t protocol;
    bool known; /* it was uploaded to while the habit was learnt, or for long */
    bool ipv6, raised;
} pair_t;

/* One direction of a flow. */
typedef struct sent {
    const uint64_t *from, *to; /* two words each */
    uint64_t from_hash, to_hash, bytes;
    uint16_t port;
} sent_t;

static bool is_outward(const sent_t *sent, bool ipv6)
{
    return weir_words_are_private(sent->from, ipv6) && !weir_words_are_private(sent->to, ipv6) &&
           !weir_words_are_group(sent->to, ipv6);
}

static host_t *host_obtain(weir_upload_t *upload, const weir_flow_brief_t *flow, const sent_t *sent)
{
    host_t *host = weir_shelf_obtain(&upload->hosts, sent->from_hash, flow->first_ns);
    host->entry.weight++;
    host->entry.last_ns = flow->last_ns;
    return host;
}

static pair_t *pair_obtain(weir_upload_t *upload, const weir_flow_brief_t *flow, const sent_t *sent)
{
    uint64_t key = weir_facts_hash(upload->facts, sent->from_hash, sent->to_hash + 11);
    pair_t *pair = weir_shelf_obtain(&upload->pairs, key, flow->first_ns);
    if (!pair->first_ns) {
        pair->first_ns = pair->begin_ns = flow->first_ns;
        pair->host_hash = sent->from_hash;
        pair->port = sent->port;
        pair->protocol = flow->protocol;
        pair->ipv6 = flow->traits & WEIR_BRIEF_IPV6;
        memcpy(pair->host, sent->from, sizeof(pair->host));
        memcpy(pair->to, sent->to, sizeof(pair->to));
    }
    pair->entry.weight++;
    pair->entry.last_ns = flow->last_ns;
    return pair;
}

static void direction_follow(weir_upload_t *upload, const weir_flow_brief_t *flow,
                             const sent_t *sent)
{
    const double *limits = upload->facts->limits.of[WEIR_RULE_EXFILTRATION];
    host_t *host = host_obtain(upload, flow, sent);
    pair_t *pair = pair_obtain(upload, flow, sent);
    bool hour_over = weir_window_passed(pair->begin_ns, flow->first_ns, HOUR_S);
    bool learning = !weir_window_passed(upload->facts->begin_ns, flow->first_ns,
                                        limits[WEIR_EXFILTRATION_LEARN]);
    bool old = weir_window_passed(pair->first_ns, flow->first_ns, limits[WEIR_EXFILTRATION_NEW]);
    pair->known |= learning || (old && !pair->raised);
    if ((hour_over || pair->known) && !pair->raised && pair->sent > host->habit)
        host->habit = pair->sent;
    if (hour_over) {
        pair->begin_ns = flow->first_ns;
        pair->sent = 0;
    }
    pair->sent += sent->bytes;
    pair->all += sent->bytes;
    pair->flows += !(flow->traits & WEIR_BRIEF_CONTINUES);
    double habit = (double)host->habit * limits[WEIR_EXFILTRATION_HABIT];
    if (!pair->known && (double)pair->sent >= limits[WEIR_EXFILTRATION_BYTES] &&
        (double)pair->sent >= habit)
        pair->raised = true;
}

void weir_upload_flow(weir_upload_t *upload, const weir_flow_brief_t *flow,
                      const uint64_t ends[static 2])
{
    bool ipv6 = flow->traits & WEIR_BRIEF_IPV6;
    const sent_t ways[2] = {
        {flow->src, flow->dst, ends[0], ends[1], flow->src_ip_bytes, flow->dst_port},
        {flow->dst, flow->src, ends[1], ends[0], flow->dst_ip_bytes, flow->src_port}};
    for (int i = 0; i < 2; i++)
        if (ways[i].bytes >= WEIR_UPLOAD_LEAST && is_outward(&ways[i], ipv6))
            direction_follow(upload, flow, &ways[i]);
}

static void pair_tell(const weir_upload_t *upload, const pair_t *pair)
{
    const host_t *host = weir_shelf_find(&upload->hosts, pair->host_hash);
    double habit = host ? (double)host->habit : 0;
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_words_put(&telling.object, pair->host, pair->ipv6);
    weir_words_put(&telling.text, pair->host, pair->ipv6);
    weir_buf_puts(&telling.text, " uploads ");
    weir_quantity_put(&telling.text, &WEIR_UNITS_DEFAULT, WEIR_UNIT_BYTES, (double)pair->all);
    weir_buf_puts(&telling.text, " to a new destination, ");
    weir_words_put(&telling.text, pair->to, pair->ipv6);
    weir_buf_printf(&telling.text, " port %u, in ", pair->port);
    weir_span_put(&telling.text, pair->entry.last_ns - pair->first_ns);
    weir_buf_puts(&telling.evidence, "until then at most ");
    weir_quantity_put(&telling.evidence, &WEIR_UNITS_DEFAULT, WEIR_UNIT_BYTES, habit);
    weir_buf_printf(&telling.evidence, " to one destination in an hour; %u flows", pair->flows);
    weir_raise_t raise = {
        .rule = WEIR_RULE_EXFILTRATION,
        .detail = pair->entry.key,
        .since = pair->first_ns,
        .last_seen = pair->entry.last_ns,
        .count = pair->flows,
        .observed = (double)pair->all,
        .expected =
            habit > 0 ? habit
                      : upload->facts->limits.of[WEIR_RULE_EXFILTRATION][WEIR_EXFILTRATION_BYTES]};
    weir_telling_raise(&telling, upload->facts->book, &raise);
}

void weir_upload_report(weir_upload_t *upload)
{
    const pair_t *pair = NULL;
    for (size_t at = 0; (pair = weir_shelf_next(&upload->pairs, &at));)
        if (pair->raised)
            pair_tell(upload, pair);
}

int weir_upload_init(weir_upload_t *upload, weir_facts_t *facts)
{
    *upload = (weir_upload_t){.facts = facts};
    int r = weir_shelf_init(&upload->hosts, HOST_SETS, sizeof(host_t), STALE_NS);
    return r < 0 ? r : weir_shelf_init(&upload->pairs, PAIR_SETS, sizeof(pair_t), STALE_NS);
}

void weir_upload_done(weir_upload_t *upload)
{
    weir_shelf_done(&upload->hosts);
    weir_shelf_done(&upload->pairs);
}
