#include "engine/socket_briefs.h"

#include <string.h>

#define IP_TCP 6
#define HANDSHAKE_FLAGS (WEIR_BRIEF_SYN | WEIR_BRIEF_ACK)

/* No flags are told of sockets: the numbers of packets say how the opening went. */
static void tcp_conclude(const weir_live_flow_t *flow, weir_flow_brief_t *brief)
{
    brief->traits |= WEIR_BRIEF_OPENER_SURE;
    brief->src_flags = WEIR_BRIEF_SYN;
    bool alone = flow->opened_here && !flow->was_open;
    if (alone && brief->dst_packets == 0) {
        brief->state = WEIR_FLOW_UNANSWERED;
        return;
    }
    if (alone && brief->src_packets == 1) { /* the answer was not acknowledged */
        brief->state = WEIR_FLOW_REFUSED;
        brief->dst_flags = WEIR_BRIEF_RST | WEIR_BRIEF_ACK;
        return;
    }
    uint8_t end = brief->state == WEIR_FLOW_CLOSED ? WEIR_BRIEF_FIN : 0;
    brief->src_flags = (uint8_t)(HANDSHAKE_FLAGS | end);
    brief->dst_flags = (uint8_t)(HANDSHAKE_FLAGS | end);
    brief->traits |= WEIR_BRIEF_HANDSHAKE;
}

static void brief_set(const weir_live_flow_t *flow, weir_flow_brief_t *brief)
{
    bool out = flow->opened_here;
    const weir_live_sum_t *src = out ? &flow->tx : &flow->rx;
    const weir_live_sum_t *dst = out ? &flow->rx : &flow->tx;
    *brief = (weir_flow_brief_t){
        .first_ns = flow->first_ns,
        .last_ns = flow->last_ns,
        .src_packets = src->packets,
        .dst_packets = dst->packets,
        .src_ip_bytes = src->bytes,
        .dst_ip_bytes = dst->bytes,
        .src_retransmits = out ? flow->retransmits : 0,
        .dst_retransmits = out ? 0 : flow->retransmits,
        .src_port = out ? flow->local_port : flow->peer_port,
        .dst_port = out ? flow->peer_port : flow->local_port,
        .protocol = flow->protocol,
        .state = flow->state,
        .traits = flow->peer.family == WEIR_FAMILY_IPV6 ? WEIR_BRIEF_IPV6 : 0,
    };
    memcpy(brief->src, out ? flow->local.bytes : flow->peer.bytes, sizeof(brief->src));
    memcpy(brief->dst, out ? flow->peer.bytes : flow->local.bytes, sizeof(brief->dst));
    if (flow->kind == WEIR_TRAFFIC_REFUSED)
        brief->state = WEIR_FLOW_REFUSED;
    else if (flow->protocol == IP_TCP && flow->kind == WEIR_TRAFFIC_PROGRAM)
        tcp_conclude(flow, brief);
    else if (flow->protocol != IP_TCP)
        brief->state = src->packets && dst->packets ? WEIR_FLOW_TWO_WAY : WEIR_FLOW_ONE_WAY;
}

/* Where both ends are on this machine, the one that opened tells. */
static bool flow_counts(const weir_books_t *books, const weir_live_flow_t *flow)
{
    if (!flow->used || !flow->peer.family || flow->local.family != flow->peer.family)
        return false;
    bool peer_here = flow->peer_host != WEIR_INDEX_NONE && books->hosts[flow->peer_host].local;
    return flow->opened_here || !peer_here;
}

void weir_socket_briefs_tell(weir_books_t *books, weir_teller_t *teller)
{
    weir_teller_clear(teller);
    weir_told_t *told = weir_books_told(books);
    if (!told)
        return;
    for (size_t i = 0; i < books->flow_count; i++) {
        weir_live_flow_t *flow = &books->flows[i];
        if (!flow_counts(books, flow) || !weir_told_has_news(&told[i], flow->changed_ns))
            continue;
        weir_flow_brief_t whole;
        brief_set(flow, &whole);
        if (weir_told_due(&told[i], whole.state, books->now.boot_ns))
            weir_teller_tell(teller, &told[i], &whole, books->now.boot_ns);
    }
}
