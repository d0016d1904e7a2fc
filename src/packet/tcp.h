/*
 * TCP quality of one flow, packet by packet. The definitions are those of Wireshark's tcp.analysis
 * (packet-tcp.c, described in its manual), so that the two can be compared:
 *
 * retransmission  data, SYN or FIN below the highest sequence that its side sent, unless it is ...
 * keep-alive      ... 0 or 1 byte exactly below it without SYN, FIN or RST (RFC 9293, 3.8.4), or
 * ... out of order    ... within the handshake's round-trip time (3 ms if unknown) of the segment
 * that set the highest sequence, not ending there, and no answer to two duplicate ACKs. duplicate
 * ACK   no data, number and window as before, window not 0, at the highest sequence (RFC 5681, 2),
 * no SYN, FIN or RST. zero window     the window field is 0, no SYN, FIN or RST. RTT from the last
 * SYN of the opener to its first ACK after the SYN-ACK.
 */
#ifndef WEIR_PACKET_TCP_H
#define WEIR_PACKET_TCP_H

#include "packet/flow_table.h"

/** Take one packet of the flow; its TCP record stands behind it. */
void weir_tcp_add(weir_flow_record_t *record, const weir_digest_t *digest);

#endif
