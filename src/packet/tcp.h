/*
 * TCP quality of one flow, packet by packet. The definitions are those of Wireshark's tcp.analysis
 * (packet-tcp.c, described in its manual), so that the two can be compared:
 *
 * Retransmission: data, SYN or FIN below the highest sequence that its side sent, unless it is a
 * keep-alive or out of order.
 *
 * Keep-alive: 0 or 1 byte exactly below the highest sequence, no SYN, FIN or RST (RFC 9293, 3.8.4).
 *
 * Out of order: within the handshake's round-trip time (3 ms if unknown) of the segment that set
 * the highest sequence, not ending there, not yet acknowledged, and no answer to two duplicate
 * ACKs.
 *
 * Window probe: one byte at the highest sequence into a window of 0 (RFC 9293, 3.8.6.1). It does
 * not move the highest sequence.
 *
 * Duplicate ACK: no data, number and window as before, window not 0, at the highest sequence
 * (RFC 5681, 2), no SYN, FIN or RST, no answer to a keep-alive.
 *
 * Zero window: the window field is 0, no SYN, FIN or RST.
 *
 * RTT of the handshake: from the last SYN of the opener to its first ACK after the SYN-ACK; where
 * only the opener's side was captured, to its first ACK.
 *
 * RTT by timestamps: from a segment with new data to the ACK that covers it and echoes its TSval
 * (RFC 7323, 4), which a segment sent again cannot spoil. For each side apart, the way from the
 * point of capture to the other side and back: the least, and smoothed (RFC 6298, 2). Delayed ACKs
 * are in it, as they are for TCP itself. tshark's ack_rtt goes by the numbers alone: from the last
 * segment that an ACK covers, whatever the ACK echoes.
 */
#ifndef WEIR_PACKET_TCP_H
#define WEIR_PACKET_TCP_H

#include "packet/flow_table.h"

/** Take one packet of the flow; its TCP record stands behind it. */
void weir_tcp_add(weir_flow_record_t *record, const weir_digest_t *digest);

/** What a side of a TCP flow has last acknowledged; false: nothing yet. */
static inline bool weir_tcp_acked(const weir_flow_record_t *record, unsigned side,
                                  uint32_t *ret_ack)
{
    const weir_tcp_record_t *tcp = weir_flow_record_tcp(record);
    if (!tcp || !(tcp->marks & WEIR_MARK_ACKED << side))
        return false;
    *ret_ack = tcp->side[side].last_ack;
    return true;
}

#endif
