/*
 * A compact record as a row of the table "flows".
 */
#include "packet/capture_private.h"
#include "packet/community.h"

#include <errno.h>
#include <stdio.h>

/* Columns by their place in the catalogue (catalogue_traffic.c), which the contract fixes. */
enum flow_column {
    COLUMN_PROTOCOL,
    COLUMN_VLAN = 5,
    COLUMN_FIRST_SEEN = 12,
    COLUMN_STATE = 14,
    COLUMN_TCP_FLAGS = 15,
    COLUMN_RTT = 16,
    COLUMN_RETRANSMITS = 17,
    COLUMN_APPLICATION = 18,
    COLUMN_SERVER_NAME = 19,
    COLUMN_COMMUNITY_ID = 22,
    COLUMN_END_REASON = 23,
    COLUMN_OUT_OF_ORDER = 24,
    COLUMN_LOSS = 27,
    COLUMN_DEPTH = 28,
    COLUMN_RTT_LEAST = 29,
    COLUMN_RTT_SMOOTHED = 30,
    COLUMN_MEAN_RATE = 31,
    COLUMN_PEAK_RATE = 32,
    COLUMN_RTP_PACKETS = 33,
    COLUMN_RTP_LOST = 34,
    COLUMN_JITTER = 35,
    COLUMN_JITTER_MOST = 36,
    COLUMN_JA4 = 37,
    COLUMN_BYTES = 40,
};

static uint64_t columns_from(unsigned first, unsigned last)
{
    return (UINT64_C(2) << last) - (UINT64_C(1) << first);
}

void weir_flow_texts_make(weir_flow_texts_t *texts)
{
    static const char letters[] = "FSRPAUEC"; /* by the flags' bits */
    static const char order[] = {1, 4, 3, 0, 2, 5, 6, 7};
    for (unsigned flags = 0; flags < 256; flags++) {
        char *at = texts->flags[flags];
        for (size_t i = 0; i < sizeof(order); i++)
            if (flags >> order[i] & 1)
                *at++ = letters[(size_t)order[i]];
        const char *name = weir_ip_protocol_name((uint8_t)flags);
        if (name)
            (void)snprintf(texts->protocols[flags], sizeof(texts->protocols[flags]), "%s", name);
        else
            (void)snprintf(texts->protocols[flags], sizeof(texts->protocols[flags]), "proto-%u",
                           flags);
    }
}

weir_address_t weir_record_address(const weir_flow_record_t *record, bool high)
{
    return weir_address_from_words(high ? record->key.high : record->key.low,
                                   weir_key_ipv6(&record->key));
}

static weir_flow_state_t tcp_state(const weir_flow_record_t *record, bool high)
{
    uint8_t opener = record->tcp_flags[high], other = record->tcp_flags[!high];
    bool answered = record->notes & WEIR_NOTE_SYN_ACK;
    if (opener & other & WEIR_TCP_FIN)
        return WEIR_FLOW_CLOSED;
    if ((opener | other) & WEIR_TCP_RST)
        return (opener & WEIR_TCP_SYN) && (other & WEIR_TCP_RST) && !answered ? WEIR_FLOW_REFUSED
                                                                              : WEIR_FLOW_RESET;
    if ((opener | other) & WEIR_TCP_FIN)
        return WEIR_FLOW_CLOSING;
    if (record->notes & WEIR_NOTE_RTT)
        return WEIR_FLOW_ESTABLISHED;
    if (answered)
        return WEIR_FLOW_OPENING;
    if ((opener & WEIR_TCP_SYN) && weir_record_packets(record, !high) == 0)
        return WEIR_FLOW_UNANSWERED;
    return WEIR_FLOW_MIDSTREAM;
}

weir_flow_state_t weir_record_state(const weir_flow_record_t *record)
{
    if (weir_key_protocol(&record->key) == WEIR_IP_TCP)
        return tcp_state(record, record->notes & WEIR_NOTE_HIGH_OPENED);
    return weir_record_packets(record, 0) && weir_record_packets(record, 1) ? WEIR_FLOW_TWO_WAY
                                                                            : WEIR_FLOW_ONE_WAY;
}

static weir_flow_end_t record_end(const weir_flow_record_t *record, weir_flow_state_t state)
{
    if (state == WEIR_FLOW_CLOSED)
        return WEIR_END_FIN;
    if (state == WEIR_FLOW_RESET || state == WEIR_FLOW_REFUSED)
        return WEIR_END_RST;
    if (record->notes & WEIR_NOTE_ACTIVE)
        return WEIR_END_ACTIVE;
    return record->notes & WEIR_NOTE_RETIRED ? WEIR_END_IDLE : WEIR_END_OPEN;
}

static weir_flow_side_t side_row(const weir_flow_record_t *record, unsigned side)
{
    return (weir_flow_side_t){.packets = weir_record_packets(record, side),
                              .bytes = record->side[side].bytes,
                              .ip_bytes = record->side[side].ip_bytes};
}

static void stamps_set(const weir_tcp_record_t *tcp, weir_flow_t *flow)
{
    if (!tcp->side[0].rtt_least && !tcp->side[1].rtt_least)
        return;
    flow->present |= columns_from(COLUMN_RTT_LEAST, COLUMN_RTT_SMOOTHED);
    for (int i = 0; i < 2; i++) {
        flow->rtt_min_ms += weir_ticks_ms(tcp->side[i].rtt_least);
        flow->rtt_smoothed_ms += weir_ticks_ms(tcp->side[i].rtt_smoothed);
    }
}

static void rtp_set(const weir_rtp_t *rtp, const weir_udp_record_t *udp, weir_flow_t *flow)
{
    weir_rtp_sum_t sum = {0};
    weir_rtp_sum(rtp, &udp->side[0], &sum);
    weir_rtp_sum(rtp, &udp->side[1], &sum);
    if (!sum.streams)
        return;
    flow->present |= columns_from(COLUMN_RTP_PACKETS, COLUMN_RTP_LOST);
    flow->rtp_packets = sum.packets;
    flow->rtp_lost = sum.lost;
    if (!sum.jitter_count)
        return;
    flow->present |= columns_from(COLUMN_JITTER, COLUMN_JITTER_MOST);
    flow->jitter_ms = sum.jitter_sum_ms / (double)sum.jitter_count;
    flow->jitter_max_ms = sum.jitter_most_ms;
}

static void rates_set(const weir_flow_record_t *record, weir_flow_t *flow)
{
    uint64_t span_ns = (uint64_t)record->last_ns - (uint64_t)record->first_ns;
    flow->present |= columns_from(COLUMN_PEAK_RATE, COLUMN_PEAK_RATE);
    flow->peak_byte_rate = weir_record_peak(record);
    if (!span_ns)
        return;
    flow->present |= columns_from(COLUMN_MEAN_RATE, COLUMN_MEAN_RATE);
    flow->mean_byte_rate =
        (double)(record->side[0].bytes + record->side[1].bytes) * 1e9 / (double)span_ns;
}

static void tcp_set(const weir_flow_record_t *record, weir_flow_t *flow)
{
    const weir_tcp_record_t *tcp = weir_flow_record_tcp(record);
    if (!tcp)
        return;
    flow->present |= columns_from(COLUMN_RETRANSMITS, COLUMN_RETRANSMITS) |
                     columns_from(COLUMN_OUT_OF_ORDER, COLUMN_LOSS);
    for (int i = 0; i < 2; i++) {
        flow->retransmits += tcp->side[i].retransmits;
        flow->out_of_order += tcp->side[i].out_of_order;
    }
    flow->duplicate_acks = tcp->duplicate_acks;
    flow->zero_windows = record->zero_windows;
    uint64_t packets = flow->from_src.packets + flow->from_dst.packets;
    flow->loss = packets ? (double)flow->retransmits / (double)packets : 0;
    stamps_set(tcp, flow);
    if (!(record->notes & WEIR_NOTE_RTT))
        return;
    flow->present |= columns_from(COLUMN_RTT, COLUMN_RTT);
    flow->rtt_ms = weir_ticks_ms(tcp->handshake);
}

static void community_set(const weir_flow_record_t *record, char *text, weir_flow_t *flow)
{
    weir_community_key_t key = {.src = &flow->src,
                                .dst = &flow->dst,
                                .src_port = flow->src_port,
                                .dst_port = flow->dst_port,
                                .protocol = flow->ip_protocol};
    if (record->notes & WEIR_NOTE_ICMP) {
        key.src_port = record->icmp >> 8;
        key.dst_port = record->icmp & 0xff;
    }
    weir_community_id(&key, text);
    flow->community_id = text;
    flow->present |= columns_from(COLUMN_COMMUNITY_ID, COLUMN_COMMUNITY_ID);
}

static void flow_set(const weir_flow_texts_t *texts, const weir_flow_record_t *record,
                     weir_flow_t *flow)
{
    bool high = record->notes & WEIR_NOTE_HIGH_OPENED;
    weir_key_tail_t tail = weir_key_tail(&record->key);
    *flow = (weir_flow_t){
        .present = columns_from(COLUMN_PROTOCOL, COLUMN_STATE) |
                   columns_from(COLUMN_END_REASON, COLUMN_END_REASON) |
                   columns_from(COLUMN_DEPTH, COLUMN_DEPTH) |
                   columns_from(COLUMN_BYTES, COLUMN_BYTES),
        .src = weir_record_address(record, high),
        .dst = weir_record_address(record, !high),
        .src_port = high ? tail.high_port : tail.low_port,
        .dst_port = high ? tail.low_port : tail.high_port,
        .vlan = tail.vlan,
        .ip_protocol = tail.protocol,
        .depth = (uint16_t)weir_record_depth(record),
        .protocol = texts->protocols[tail.protocol],
        .from_src = side_row(record, high),
        .from_dst = side_row(record, !high),
        .first_seen = record->first_ns,
        .last_seen = record->last_ns,
        .bytes = record->side[0].bytes + record->side[1].bytes,
    };
    flow->state = (uint8_t)weir_record_state(record);
    flow->end_reason = (uint8_t)record_end(record, (weir_flow_state_t)flow->state);
    if (tail.vlan == WEIR_VLAN_NONE) {
        flow->vlan = 0;
        flow->present &= ~columns_from(COLUMN_VLAN, COLUMN_VLAN);
    }
    if (tail.protocol == WEIR_IP_TCP) {
        flow->tcp_flags = texts->flags[record->tcp_flags[0] | record->tcp_flags[1]];
        flow->present |= columns_from(COLUMN_TCP_FLAGS, COLUMN_TCP_FLAGS);
    }
    rates_set(record, flow);
    tcp_set(record, flow);
}

static const char *text_set(weir_flow_t *flow, unsigned column, const char *text)
{
    if (text)
        flow->present |= columns_from(column, column);
    return text;
}

/* What the flow says itself; else the name that DNS had given to the server before it began. */
static void label_set(const weir_capture_t *capture, record_ref_t ref, weir_flow_t *flow)
{
    weir_label_t label = {0};
    (void)weir_flow_table_label(&capture->run.tables[ref.table], ref.unit, &label);
    if (!label.server_name && capture->run.hostnames)
        label.server_name =
            weir_hostnames_asked(capture->run.hostnames, &flow->dst, flow->first_seen);
    flow->server_name = text_set(flow, COLUMN_SERVER_NAME, label.server_name);
    flow->application = text_set(flow, COLUMN_APPLICATION, label.application);
    flow->ja4 = text_set(flow, COLUMN_JA4, label.ja4);
}

void weir_flow_row(const weir_flow_texts_t *texts, const weir_flow_record_t *record,
                   char *community, weir_flow_t *ret_flow)
{
    flow_set(texts, record, ret_flow);
    if (community)
        community_set(record, community, ret_flow);
}

void weir_capture_flow(const weir_capture_t *capture, size_t row, uint64_t wanted, char *community,
                       weir_flow_t *ret_flow)
{
    const weir_flow_record_t *record = weir_capture_record(capture, row);
    const weir_udp_record_t *udp = weir_flow_record_udp(record);
    weir_flow_row(&capture->texts, record, community, ret_flow);
    if (udp)
        rtp_set(&capture->run.tables[capture->rows[row].table].rtp, udp, ret_flow);
    label_set(capture, capture->rows[row], ret_flow);
    if (capture->options.lookup && weir_lookup_wants_flow(capture->options.lookup, wanted))
        weir_lookup_flow(capture->options.lookup, wanted, ret_flow);
}

int weir_capture_flows(const weir_capture_t *capture, size_t from, size_t count, weir_pool_t *pool,
                       weir_flow_t *flows)
{
    int r = 0;
    for (size_t i = 0; i < count && from + i < capture->row_count; i++) {
        char *text = pool ? weir_pool_alloc(pool, WEIR_COMMUNITY_SIZE) : NULL;
        if (pool && !text)
            r = -ENOMEM;
        weir_capture_flow(capture, from + i, UINT64_MAX, text, &flows[i]);
    }
    return r;
}
