#include "detect/trouble.h"

#include "base/clock.h"
#include "base/number.h"
#include "model/units.h"

#include <errno.h>
#include <string.h>

#define TROUBLED_BITS ((size_t)1 << 16) /* 8 KiB: in the processor's nearest cache */
#define HOST_SETS ((size_t)512)
#define PAIR_SETS ((size_t)256)
#define STALE_NS (INT64_C(3600) * (int64_t)WEIR_NS_PER_S)
#define AGAIN_LEAST 3u   /* packets sent again in a flow before its host gets an entry */
#define ABOVE_BEFORE 2   /* times the share of the windows before */
#define BEFORE_PART 0.3  /* of a new window in what was before */
#define STUCK_REPEATS 3u /* of a full segment */
#define STUCK_SIZE 500ul /* [byte] mean size of what such a connection sends */
#define STUCK_BACK 8u    /* packets of the other side, at most: the opening */

typedef struct host {
    weir_shelf_entry_t entry;
    uint64_t address[2];
    int64_t begin_ns, again_since, resets_since;
    uint64_t packets, again; /* in the window, of both directions */
    uint32_t flows, resets;  /* in the window */
    double before;           /* share of packets sent again, running */
    uint64_t again_count;    /* in windows that were bad */
    double worst;            /* share of a window */
    uint32_t worst_resets, worst_flows, resets_count;
    uint16_t port; /* of the service that resets */
    bool ipv6;
} host_t;

typedef struct pair {
    weir_shelf_entry_t entry;
    uint64_t src[2], dst[2];
    int64_t first_ns;
    uint32_t stuck, fine; /* connections with full segments */
    uint32_t repeats, size;
    uint16_t port;
    bool ipv6;
} pair_t;

static bool host_is_troubled(const weir_trouble_t *trouble, uint64_t hash)
{
    return trouble->troubled[hash % TROUBLED_BITS / 64] >> hash % 64 & 1;
}

/* ---- Retransmissions and resets -------------------------------------------------------------- */

static void window_close(const weir_trouble_t *trouble, host_t *host)
{
    const double *again = trouble->facts->limits.of[WEIR_RULE_RETRANSMISSIONS];
    const double *resets = trouble->facts->limits.of[WEIR_RULE_RESETS];
    double share = host->packets ? (double)host->again / (double)host->packets : 0;
    if ((double)host->again >= again[WEIR_LOSS_PACKETS] && share >= again[WEIR_LOSS_SHARE] &&
        share >= ABOVE_BEFORE * host->before) {
        host->again_since = host->again_since ? host->again_since : host->begin_ns;
        host->again_count += host->again;
        host->worst = share > host->worst ? share : host->worst;
    } else {
        host->before += BEFORE_PART * (share - host->before);
    }
    if (host->resets >= resets[WEIR_RESETS_CONNECTIONS] && host->resets * 2 > host->flows) {
        host->resets_since = host->resets_since ? host->resets_since : host->begin_ns;
        host->resets_count += host->resets;
        host->worst_flows = host->resets > host->worst_resets ? host->flows : host->worst_flows;
        host->worst_resets = host->resets > host->worst_resets ? host->resets : host->worst_resets;
    }
    host->packets = host->again = 0;
    host->flows = host->resets = 0;
}

static void host_add(weir_trouble_t *trouble, const weir_flow_brief_t *flow, uint64_t hash,
                     bool reset)
{
    double window_s = trouble->facts->limits.of[WEIR_RULE_RETRANSMISSIONS][WEIR_LOSS_WINDOW];
    host_t *host = weir_shelf_obtain(&trouble->hosts, hash, flow->first_ns);
    if (host->begin_ns && weir_window_passed(host->begin_ns, flow->first_ns, window_s)) {
        window_close(trouble, host);
        host->begin_ns = flow->first_ns;
    }
    host->begin_ns = host->begin_ns ? host->begin_ns : flow->first_ns;
    memcpy(host->address, flow->dst, sizeof(host->address));
    host->ipv6 = flow->traits & WEIR_BRIEF_IPV6;
    host->packets += flow->src_packets + flow->dst_packets;
    host->again += (uint64_t)flow->src_retransmits + flow->dst_retransmits;
    host->flows += !(flow->traits & WEIR_BRIEF_CONTINUES);
    host->resets += reset;
    host->port = reset ? flow->dst_port : host->port;
    host->entry.weight++;
    if (flow->last_ns > host->entry.last_ns)
        host->entry.last_ns = flow->last_ns;
}

/* The service ended by RST what it had accepted. One that the client reset first answers so, too.
 */
static bool flow_was_reset(const weir_flow_brief_t *flow)
{
    return (flow->dst_flags & WEIR_BRIEF_RST) && (flow->traits & WEIR_BRIEF_HANDSHAKE) &&
           !(flow->src_flags & (WEIR_BRIEF_RST | WEIR_BRIEF_FIN)) &&
           !(flow->traits & WEIR_BRIEF_CONTINUES);
}

static void hosts_follow(weir_trouble_t *trouble, const weir_flow_brief_t *flow,
                         const uint64_t ends[static 2])
{
    bool reset = flow_was_reset(flow);
    bool again = (flow->traits & WEIR_BRIEF_HANDSHAKE) &&
                 flow->src_retransmits + flow->dst_retransmits >= AGAIN_LEAST;
    if (!again && !reset && !host_is_troubled(trouble, ends[1]))
        return;
    trouble->troubled[ends[1] % TROUBLED_BITS / 64] |= UINT64_C(1) << ends[1] % 64;
    host_add(trouble, flow, ends[1], reset);
}

static void again_tell(const weir_trouble_t *trouble, const host_t *host)
{
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_words_put(&telling.object, host->address, host->ipv6);
    weir_buf_puts(&telling.text, "TCP with ");
    weir_words_put(&telling.text, host->address, host->ipv6);
    weir_buf_puts(&telling.text, " loses packets: ");
    weir_number_put_real(&telling.text, host->worst * 100, 1);
    weir_buf_puts(&telling.text, " % of them are sent again");
    weir_count_put(&telling.evidence, host->again_count);
    weir_buf_puts(&telling.evidence, " packets sent again; usually ");
    weir_number_put_real(&telling.evidence, host->before * 100, 1);
    weir_buf_puts(&telling.evidence, " %");
    double limit = trouble->facts->limits.of[WEIR_RULE_RETRANSMISSIONS][WEIR_LOSS_SHARE];
    weir_raise_t raise = {.rule = WEIR_RULE_RETRANSMISSIONS,
                          .since = host->again_since,
                          .last_seen = host->entry.last_ns,
                          .count = host->again_count,
                          .observed = host->worst,
                          .expected = host->before > limit ? host->before : limit};
    weir_telling_raise(&telling, trouble->facts->book, &raise);
}

static void resets_tell(const weir_trouble_t *trouble, const host_t *host)
{
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_words_put(&telling.object, host->address, host->ipv6);
    weir_words_put(&telling.text, host->address, host->ipv6);
    weir_buf_printf(&telling.text,
                    " port %u resets connections that it had accepted: ", host->port);
    weir_buf_printf(&telling.text, "%u of %u within a minute", host->worst_resets,
                    host->worst_flows);
    weir_count_put(&telling.evidence, host->resets_count);
    weir_buf_puts(&telling.evidence, " resets");
    weir_raise_t raise = {.rule = WEIR_RULE_RESETS,
                          .since = host->resets_since,
                          .last_seen = host->entry.last_ns,
                          .count = host->resets_count,
                          .observed = host->worst_resets,
                          .expected =
                              trouble->facts->limits.of[WEIR_RULE_RESETS][WEIR_RESETS_CONNECTIONS]};
    weir_telling_raise(&telling, trouble->facts->book, &raise);
}

/* ---- Black holes ----------------------------------------------------------------------------- */

/* What one side sends is large, much of it sent again, and hardly anything comes back. */
static bool side_is_stuck(uint64_t packets, uint64_t bytes, uint32_t again, uint64_t back)
{
    return again >= STUCK_REPEATS && back <= STUCK_BACK && bytes / packets >= STUCK_SIZE &&
           again * UINT64_C(4) + STUCK_BACK >= packets;
}

static void pair_tell(const weir_trouble_t *trouble, const pair_t *pair)
{
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_words_put(&telling.object, pair->dst, pair->ipv6);
    weir_buf_printf(&telling.text, "%u connections of ", pair->stuck);
    weir_words_put(&telling.text, pair->src, pair->ipv6);
    weir_buf_puts(&telling.text, " with ");
    weir_words_put(&telling.text, pair->dst, pair->ipv6);
    weir_buf_printf(&telling.text,
                    " port %u stand still on large packets: a smaller MTU on the way", pair->port);
    weir_buf_printf(&telling.evidence,
                    "packets of %u bytes on average, sent again %u times in the last one; %u "
                    "connections went well",
                    pair->size, pair->repeats, pair->fine);
    weir_raise_t raise = {.rule = WEIR_RULE_MTU_BLACK_HOLE,
                          .detail = pair->entry.key,
                          .since = pair->first_ns,
                          .last_seen = pair->entry.last_ns,
                          .count = pair->stuck,
                          .observed = pair->stuck,
                          .expected = trouble->facts->limits.of[WEIR_RULE_MTU_BLACK_HOLE][0]};
    weir_telling_raise(&telling, trouble->facts->book, &raise);
}

static void stuck_follow(weir_trouble_t *trouble, const weir_flow_brief_t *flow,
                         const uint64_t ends[static 2])
{
    bool there = side_is_stuck(flow->src_packets, flow->src_ip_bytes, flow->src_retransmits,
                               flow->dst_packets);
    bool back = side_is_stuck(flow->dst_packets, flow->dst_ip_bytes, flow->dst_retransmits,
                              flow->src_packets);
    if (!trouble->pairs.used && !there && !back)
        return;
    uint64_t key = weir_facts_hash(trouble->facts, ends[0], ends[1] + 17);
    pair_t *pair = there || back ? weir_shelf_obtain(&trouble->pairs, key, flow->first_ns)
                                 : weir_shelf_find(&trouble->pairs, key);
    if (!pair)
        return;
    uint64_t packets = there ? flow->src_packets : flow->dst_packets;
    uint64_t bytes = there ? flow->src_ip_bytes : flow->dst_ip_bytes;
    pair->fine += !there && !back && flow->src_ip_bytes + flow->dst_ip_bytes > 8 * STUCK_SIZE;
    if (!there && !back)
        return;
    pair->first_ns = pair->stuck ? pair->first_ns : flow->first_ns;
    pair->stuck++;
    pair->repeats = there ? flow->src_retransmits : flow->dst_retransmits;
    pair->size = (uint32_t)(bytes / packets);
    pair->port = flow->dst_port;
    pair->ipv6 = flow->traits & WEIR_BRIEF_IPV6;
    memcpy(pair->src, flow->src, sizeof(pair->src));
    memcpy(pair->dst, flow->dst, sizeof(pair->dst));
    pair->entry.weight++;
    pair->entry.last_ns = flow->last_ns;
}

/* ---- All ------------------------------------------------------------------------------------- */

void weir_trouble_flow(weir_trouble_t *trouble, const weir_flow_brief_t *flow,
                       const uint64_t ends[static 2])
{
    hosts_follow(trouble, flow, ends);
    if (!(flow->traits & WEIR_BRIEF_HANDSHAKE) || (flow->traits & WEIR_BRIEF_CONTINUES))
        return;
    if (flow->rtt_us)
        weir_rises_flow(&trouble->rises, flow, ends);
    if (flow->dst_packets)
        stuck_follow(trouble, flow, ends);
}

/* What is still open counts as if it ended now, and goes on. */
void weir_trouble_report(weir_trouble_t *trouble)
{
    const host_t *host = NULL;
    for (size_t at = 0; (host = weir_shelf_next(&trouble->hosts, &at));) {
        host_t so_far = *host;
        window_close(trouble, &so_far);
        if (so_far.again_since)
            again_tell(trouble, &so_far);
        if (so_far.resets_since)
            resets_tell(trouble, &so_far);
    }
    weir_rises_report(&trouble->rises);
    const pair_t *pair = NULL;
    for (size_t at = 0; (pair = weir_shelf_next(&trouble->pairs, &at));)
        if (pair->stuck >= trouble->facts->limits.of[WEIR_RULE_MTU_BLACK_HOLE][0] &&
            pair->stuck > pair->fine)
            pair_tell(trouble, pair);
}

int weir_trouble_init(weir_trouble_t *trouble, weir_facts_t *facts)
{
    *trouble = (weir_trouble_t){.facts = facts};
    trouble->troubled = calloc(TROUBLED_BITS / 64, sizeof(*trouble->troubled));
    if (!trouble->troubled)
        return -ENOMEM;
    int r = weir_rises_init(&trouble->rises, facts);
    r = r < 0 ? r : weir_shelf_init(&trouble->hosts, HOST_SETS, sizeof(host_t), STALE_NS);
    return r < 0 ? r : weir_shelf_init(&trouble->pairs, PAIR_SETS, sizeof(pair_t), STALE_NS);
}

void weir_trouble_done(weir_trouble_t *trouble)
{
    free(trouble->troubled);
    weir_rises_done(&trouble->rises);
    weir_shelf_done(&trouble->hosts);
    weir_shelf_done(&trouble->pairs);
}
