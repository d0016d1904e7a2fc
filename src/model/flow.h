/*
 * One flow as every view sees it: all packets between two ends with one protocol and one outermost
 * VLAN, both directions together.
 */
#ifndef WEIR_MODEL_FLOW_H
#define WEIR_MODEL_FLOW_H

#include "model/address.h"
#include "model/meter.h"

typedef enum weir_flow_state {
    WEIR_FLOW_ONE_WAY,     /* not TCP: packets from one side only */
    WEIR_FLOW_TWO_WAY,     /* not TCP: packets from both sides */
    WEIR_FLOW_UNANSWERED,  /* a SYN, and nothing came back */
    WEIR_FLOW_REFUSED,     /* a SYN was answered by RST */
    WEIR_FLOW_OPENING,     /* SYN and SYN-ACK, the handshake is not complete */
    WEIR_FLOW_ESTABLISHED, /* the handshake was seen, neither FIN nor RST */
    WEIR_FLOW_MIDSTREAM,   /* TCP whose begin was not seen, neither FIN nor RST */
    WEIR_FLOW_CLOSING,     /* FIN from one side */
    WEIR_FLOW_CLOSED,      /* FIN from both sides */
    WEIR_FLOW_RESET,       /* RST after the handshake or in midstream */
    WEIR_FLOW_LISTENING,   /* handshakes of a program that waits for connections, all peers' */
    WEIR_FLOW_STATE_COUNT
} weir_flow_state_t;

typedef enum weir_flow_end {
    WEIR_END_OPEN,   /* it had not ended when the capture or the window did */
    WEIR_END_FIN,    /* both sides closed it */
    WEIR_END_RST,    /* one side reset it */
    WEIR_END_IDLE,   /* longer without a packet than the idle time-out; a later packet opened a new
                        row */
    WEIR_END_ACTIVE, /* longer than the active time-out; the traffic goes on in a new row */
    WEIR_END_COUNT
} weir_flow_end_t;

/** What one side of a flow sent. */
typedef struct weir_flow_side {
    uint64_t packets;
    uint64_t bytes;    /* frames: link layer without FCS, original length */
    uint64_t ip_bytes; /* IPv4 total length, IPv6 40 + payload length */
} weir_flow_side_t;

/** Where one side is, by a database. */
typedef struct weir_flow_place {
    const char *country, *as_name;
    uint32_t as_number;
} weir_flow_place_t;

/**
 * A row of the table "flows". `src` opened the flow: it sent the SYN, or else the first packet.
 * Texts belong to who made the row. A field is known only if its column's bit in `present` is set.
 */
typedef struct weir_flow {
    uint64_t present;
    weir_address_t src, dst;
    uint16_t src_port, dst_port; /* 0 for protocols without ports */
    uint16_t vlan;               /* outermost tag */
    uint8_t ip_protocol;         /* IANA number */
    uint8_t state, end_reason;   /* weir_flow_state_t, weir_flow_end_t */
    uint16_t depth;              /* tunnels around it; 0 = outermost, which alone count in totals */
    const char *protocol;        /* name of ip_protocol */
    const char *tcp_flags;       /* union of both sides, such as "SAPF" */
    const char *application, *server_name, *app, *community_id, *ja4, *service;
    weir_flow_place_t src_place, dst_place;
    weir_flow_side_t from_src, from_dst;
    double src_byte_rate, dst_byte_rate; /* [byte/s] mean over the snapshot's window */
    int64_t first_seen, last_seen;       /* [ns] since 1970 */
    uint32_t pid;
    double rtt_ms; /* see the columns' help for what each of these counts */
    uint64_t retransmits, out_of_order, duplicate_acks, zero_windows;
    double loss; /* 0 .. 1 */
    double rtt_min_ms, rtt_smoothed_ms;
    double mean_byte_rate, peak_byte_rate; /* [byte/s] */
    uint64_t rtp_packets, rtp_lost;
    double jitter_ms, jitter_max_ms;
    uint64_t bytes; /* of both sides' frames */
} weir_flow_t;

#endif
