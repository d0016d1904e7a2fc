/*
 * A compact record as a brief for detectors: many millions of times, so nothing is made of texts.
 */
#include "packet/capture_private.h"

static uint8_t brief_traits(const weir_flow_record_t *record)
{
    unsigned notes = record->notes;
    return (uint8_t)((weir_key_ipv6(&record->key) ? WEIR_BRIEF_IPV6 : 0) |
                     (weir_record_depth(record) ? WEIR_BRIEF_INNER : 0) |
                     (notes & WEIR_NOTE_OPENER_SURE ? WEIR_BRIEF_OPENER_SURE : 0) |
                     (notes & WEIR_NOTE_RTT ? WEIR_BRIEF_HANDSHAKE : 0) |
                     (notes & WEIR_NOTE_ICMP ? WEIR_BRIEF_ICMP : 0));
}

static void tcp_set(const weir_tcp_record_t *tcp, bool high, weir_flow_brief_t *brief)
{
    brief->window = tcp->window[high];
    brief->src_retransmits = tcp->side[high].retransmits;
    brief->dst_retransmits = tcp->side[!high].retransmits;
    brief->rtt_us = brief->traits & WEIR_BRIEF_HANDSHAKE
                        ? (uint32_t)(((uint64_t)tcp->handshake << WEIR_TICK_SHIFT) / 1000)
                        : 0;
    if (tcp->marks & (unsigned)WEIR_MARK_SEQ << high)
        brief->traits |= WEIR_BRIEF_SRC_HEADER;
}

void weir_brief_from_record(const weir_flow_record_t *record, weir_flow_brief_t *ret_brief)
{
    bool high = record->notes & WEIR_NOTE_HIGH_OPENED;
    const weir_flow_key_t *key = &record->key;
    weir_key_tail_t tail = weir_key_tail(key);
    *ret_brief = (weir_flow_brief_t){
        .src = {high ? key->high[0] : key->low[0], high ? key->high[1] : key->low[1]},
        .dst = {high ? key->low[0] : key->high[0], high ? key->low[1] : key->high[1]},
        .first_ns = record->first_ns,
        .last_ns = record->last_ns,
        .src_packets = weir_record_packets(record, high),
        .dst_packets = weir_record_packets(record, !high),
        .src_ip_bytes = record->side[high].ip_bytes,
        .dst_ip_bytes = record->side[!high].ip_bytes,
        .src_port = high ? tail.high_port : tail.low_port,
        .dst_port = high ? tail.low_port : tail.high_port,
        .icmp = record->notes & WEIR_NOTE_ICMP ? record->icmp : 0,
        .protocol = tail.protocol,
        .state = (uint8_t)weir_record_state(record),
        .src_flags = record->tcp_flags[high],
        .dst_flags = record->tcp_flags[!high],
        .traits = brief_traits(record),
    };
    const weir_tcp_record_t *tcp = weir_flow_record_tcp(record);
    if (tcp)
        tcp_set(tcp, high, ret_brief);
}

void weir_capture_briefs(const weir_capture_t *capture, size_t from, size_t count,
                         weir_flow_brief_t *ret_briefs)
{
    for (size_t i = 0; i < count; i++) {
        weir_capture_expect(capture, from + i);
        weir_brief_from_record(weir_capture_record(capture, from + i), &ret_briefs[i]);
    }
}
