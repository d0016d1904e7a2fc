/*
 * What detectors need of a flow, compact and without texts: made in blocks, many millions of times.
 */
#ifndef WEIR_MODEL_BRIEF_H
#define WEIR_MODEL_BRIEF_H

#include "model/flow.h"

#include <stdbool.h>
#include <stddef.h>

enum weir_brief_trait {
    WEIR_BRIEF_IPV6 = 1 << 0,
    WEIR_BRIEF_INNER = 1 << 1,       /* inside a tunnel */
    WEIR_BRIEF_OPENER_SURE = 1 << 2, /* src opened it: a SYN or SYN-ACK says so */
    WEIR_BRIEF_HANDSHAKE = 1 << 3,   /* ... and its handshake was completed */
    WEIR_BRIEF_SRC_HEADER = 1 << 4,  /* src_flags come from TCP headers that were whole */
    WEIR_BRIEF_ICMP = 1 << 5,        /* icmp is set */
    WEIR_BRIEF_CONTINUES = 1 << 6,   /* a further piece of a flow that was told before */
};

enum weir_brief_flag { /* of TCP */
                       WEIR_BRIEF_FIN = 1,
                       WEIR_BRIEF_SYN = 2,
                       WEIR_BRIEF_RST = 4,
                       WEIR_BRIEF_PSH = 8,
                       WEIR_BRIEF_ACK = 16,
                       WEIR_BRIEF_URG = 32,
                       WEIR_BRIEF_FLAGS = 63,
};

typedef struct weir_flow_brief {
    uint64_t src[2], dst[2];   /* as they stand in weir_address_t.bytes */
    int64_t first_ns, last_ns; /* since 1970 */
    uint64_t src_packets, dst_packets;
    uint64_t src_ip_bytes, dst_ip_bytes;
    uint32_t src_retransmits, dst_retransmits;
    uint32_t rtt_us; /* of the handshake, 0 unknown */
    uint16_t src_port, dst_port;
    uint16_t window; /* TCP: the last one that src named */
    uint16_t icmp;   /* of the first packet: type << 8 | code */
    uint8_t protocol;
    uint8_t state;                /* weir_flow_state_t */
    uint8_t src_flags, dst_flags; /* TCP: all that the side sent */
    uint8_t traits;
} weir_flow_brief_t;

/**
 * Live flows as detectors read them: each once, when it has ended, failed or lasted for a while; of
 * those that go on a further piece now and then, with the counters of that piece. State, flags and
 * traits are always those of the whole flow.
 */
typedef struct weir_brief_batch {
    const weir_flow_brief_t *items; /* by first_ns */
    size_t count;
    uint64_t lost; /* for want of room */
    bool told;     /* an empty batch says something, too */
} weir_brief_batch_t;

/** From a whole row; what it does not tell stays 0. */
void weir_brief_from_flow(const weir_flow_t *flow, weir_flow_brief_t *ret_brief);

#endif
