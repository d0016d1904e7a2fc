#include "detect/probe.h"

#include "detect/facts.h"

#define HEADERS_IPV4 60u /* [byte] IP and TCP headers with the options of a SYN */
#define HEADERS_IPV6 80u
#define BANNER 256u        /* [byte] what a service may say unasked */
#define CONNECTED_MOST 8u  /* packets of a side */
#define FLAGGED_MOST 3u    /* packets of a FIN, NULL or Xmas probe with its repetitions */
#define UDP_MOST 3u        /* packets of a UDP probe */
#define UDP_SIZE 300u      /* [byte] of each at most */
#define TRACE_FIRST 33434u /* traceroute's ports */
#define TRACE_LAST 33534u
#define ECHO_REQUEST 8u
#define ECHO_REQUEST_IPV6 128u

static bool side_is_silent(uint64_t packets, uint64_t ip_bytes, bool ipv6, uint64_t slack)
{
    return packets <= CONNECTED_MOST &&
           ip_bytes <= packets * (ipv6 ? HEADERS_IPV6 : HEADERS_IPV4) + slack;
}

static weir_probe_t opened_judge(const weir_flow_brief_t *flow, uint8_t src, uint8_t dst)
{
    bool ipv6 = flow->traits & WEIR_BRIEF_IPV6;
    if (!(src & WEIR_BRIEF_SYN)) /* a SYN-ACK tells who opened, but the opener is not seen */
        return WEIR_PROBE_UNKNOWN;
    if (src == WEIR_BRIEF_SYN && flow->dst_packets == 0)
        return WEIR_PROBE_UNANSWERED;
    if ((dst & WEIR_BRIEF_RST) && !(dst & WEIR_BRIEF_SYN) && !(flow->traits & WEIR_BRIEF_HANDSHAKE))
        return WEIR_PROBE_REFUSED;
    if ((dst & WEIR_BRIEF_SYN) && !(src & WEIR_BRIEF_ACK))
        return WEIR_PROBE_HALF_OPEN;
    if (flow->dst_packets == 0)
        return WEIR_PROBE_UNKNOWN; /* it goes on: the other direction is not in the capture */
    bool ended = (src | dst) & (WEIR_BRIEF_FIN | WEIR_BRIEF_RST);
    bool spoke = src & WEIR_BRIEF_PSH;
    if (ended && !spoke && side_is_silent(flow->src_packets, flow->src_ip_bytes, ipv6, 0) &&
        side_is_silent(flow->dst_packets, flow->dst_ip_bytes, ipv6, BANNER))
        return WEIR_PROBE_CONNECTED;
    return WEIR_PROBE_GOOD;
}

/* No connection has segments without ACK but its SYN and some RSTs (RFC 9293, 3.10.7). */
static weir_probe_t flagged_judge(const weir_flow_brief_t *flow, uint8_t src, uint8_t dst)
{
    bool quiet = flow->dst_packets == 0 || dst == (WEIR_BRIEF_RST | WEIR_BRIEF_ACK);
    if (!(flow->traits & WEIR_BRIEF_SRC_HEADER) || flow->src_packets > FLAGGED_MOST || !quiet)
        return WEIR_PROBE_UNKNOWN;
    if (src == WEIR_BRIEF_FIN)
        return WEIR_PROBE_FIN;
    if (src == 0)
        return WEIR_PROBE_NULL;
    return src == (WEIR_BRIEF_FIN | WEIR_BRIEF_PSH | WEIR_BRIEF_URG) ? WEIR_PROBE_XMAS
                                                                     : WEIR_PROBE_UNKNOWN;
}

static weir_probe_t tcp_judge(const weir_flow_brief_t *flow)
{
    uint8_t src = flow->src_flags & WEIR_BRIEF_FLAGS, dst = flow->dst_flags & WEIR_BRIEF_FLAGS;
    return flow->traits & WEIR_BRIEF_OPENER_SURE ? opened_judge(flow, src, dst)
                                                 : flagged_judge(flow, src, dst);
}

static weir_probe_t udp_judge(const weir_flow_brief_t *flow)
{
    if (flow->dst_packets > 0)
        return WEIR_PROBE_GOOD;
    bool trace = flow->dst_port >= TRACE_FIRST && flow->dst_port <= TRACE_LAST;
    bool reply = flow->src_port < 1024 && flow->dst_port >= 1024; /* a service speaks */
    bool probe = flow->src_packets <= UDP_MOST && flow->dst_port != 0 &&
                 flow->src_ip_bytes <= flow->src_packets * UDP_SIZE;
    bool group = weir_words_are_group(flow->dst, flow->traits & WEIR_BRIEF_IPV6);
    return probe && !trace && !reply && !group ? WEIR_PROBE_UDP : WEIR_PROBE_UNKNOWN;
}

static weir_probe_t echo_judge(const weir_flow_brief_t *flow)
{
    unsigned type = flow->icmp >> 8;
    bool request = type == (flow->protocol == WEIR_IP_ICMP ? ECHO_REQUEST : ECHO_REQUEST_IPV6);
    if (!(flow->traits & WEIR_BRIEF_ICMP) || !request ||
        weir_words_are_group(flow->dst, flow->traits & WEIR_BRIEF_IPV6))
        return WEIR_PROBE_UNKNOWN;
    return flow->dst_packets > 0 ? WEIR_PROBE_GOOD : WEIR_PROBE_ECHO;
}

weir_probe_t weir_probe_judge(const weir_flow_brief_t *flow)
{
    switch (flow->protocol) {
    case WEIR_IP_TCP:
        return tcp_judge(flow);
    case WEIR_IP_UDP:
        return udp_judge(flow);
    case WEIR_IP_ICMP:
    case WEIR_IP_ICMPV6:
        return echo_judge(flow);
    default:
        return WEIR_PROBE_UNKNOWN;
    }
}

const char *weir_probe_name(weir_probe_t probe)
{
    switch (probe) {
    case WEIR_PROBE_CONNECTED:
        return "TCP connect";
    case WEIR_PROBE_FIN:
        return "TCP FIN";
    case WEIR_PROBE_NULL:
        return "TCP NULL";
    case WEIR_PROBE_XMAS:
        return "TCP Xmas";
    case WEIR_PROBE_UDP:
        return "UDP";
    case WEIR_PROBE_ECHO:
        return "ICMP echo";
    default:
        return "TCP SYN";
    }
}
