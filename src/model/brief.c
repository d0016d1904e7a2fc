#include "model/brief.h"

#include <string.h>

#define IP_TCP 6

/* What a TCP row's state says of the flags and the handshake. */
static void brief_conclude(weir_flow_brief_t *brief)
{
    enum { OPENED = WEIR_BRIEF_SYN | WEIR_BRIEF_ACK };
    static const struct {
        uint8_t src, dst, traits;
    } says[WEIR_FLOW_STATE_COUNT] = {
        [WEIR_FLOW_UNANSWERED] = {WEIR_BRIEF_SYN, 0, WEIR_BRIEF_OPENER_SURE},
        [WEIR_FLOW_REFUSED] = {WEIR_BRIEF_SYN, WEIR_BRIEF_RST, WEIR_BRIEF_OPENER_SURE},
        [WEIR_FLOW_OPENING] = {WEIR_BRIEF_SYN, OPENED, WEIR_BRIEF_OPENER_SURE},
        [WEIR_FLOW_ESTABLISHED] = {OPENED, OPENED, WEIR_BRIEF_OPENER_SURE | WEIR_BRIEF_HANDSHAKE},
        [WEIR_FLOW_CLOSING] = {WEIR_BRIEF_ACK, WEIR_BRIEF_ACK, 0},
        [WEIR_FLOW_CLOSED] = {WEIR_BRIEF_ACK, WEIR_BRIEF_ACK, 0},
        [WEIR_FLOW_RESET] = {WEIR_BRIEF_ACK, WEIR_BRIEF_ACK, 0},
        [WEIR_FLOW_MIDSTREAM] = {WEIR_BRIEF_ACK, WEIR_BRIEF_ACK, 0},
    };
    if (brief->protocol != IP_TCP)
        return;
    brief->src_flags = says[brief->state].src;
    brief->dst_flags = says[brief->state].dst;
    brief->traits |= says[brief->state].traits;
}

void weir_brief_from_flow(const weir_flow_t *flow, weir_flow_brief_t *ret_brief)
{
    *ret_brief = (weir_flow_brief_t){
        .first_ns = flow->first_seen,
        .last_ns = flow->last_seen,
        .src_packets = flow->from_src.packets,
        .dst_packets = flow->from_dst.packets,
        .src_ip_bytes = flow->from_src.ip_bytes ? flow->from_src.ip_bytes : flow->from_src.bytes,
        .dst_ip_bytes = flow->from_dst.ip_bytes ? flow->from_dst.ip_bytes : flow->from_dst.bytes,
        .src_port = flow->src_port,
        .dst_port = flow->dst_port,
        .protocol = flow->ip_protocol,
        .state = flow->state,
    };
    memcpy(ret_brief->src, flow->src.bytes, sizeof(ret_brief->src));
    memcpy(ret_brief->dst, flow->dst.bytes, sizeof(ret_brief->dst));
    if (flow->src.family == WEIR_FAMILY_IPV6)
        ret_brief->traits |= WEIR_BRIEF_IPV6;
    if (flow->depth)
        ret_brief->traits |= WEIR_BRIEF_INNER;
    brief_conclude(ret_brief);
}
