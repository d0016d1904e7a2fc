/*
 * The flow table of one worker: digests in, flow records out.
 *
 * Slots of 8 bytes (32 bits of the hash, and where the record is) stand apart from the records, so
 * that a look-up touches one line of a small array and one record. Digests come in batches in three
 * stages, between which other work is done: slots are asked for, then records, then counters are
 * set. The memory answers meanwhile. Records are packed in chunks of 2 MiB, in units of 16 bytes,
 * and never move; a TCP flow has its quality behind it, a UDP flow what may become RTP. Row order
 * is the order in which flows were first seen.
 */
#ifndef WEIR_PACKET_FLOW_TABLE_H
#define WEIR_PACKET_FLOW_TABLE_H

#include "base/cleanup.h"
#include "packet/decode.h"
#include "packet/inspect.h"
#include "packet/rtp.h"

/** What one side of a TCP flow did. */
typedef struct weir_tcp_side {
    uint32_t next_seq; /* behind the highest byte sent */
    uint32_t next_at;  /* [tick] when next_seq was set */
    uint32_t last_ack;
    uint32_t retransmits, out_of_order; /* wrap after 2^32 */
    uint32_t rtt_least, rtt_smoothed;   /* [tick] of its segments, by timestamps; 0 unknown */
} weir_tcp_side_t;

enum weir_tcp_mark {
    WEIR_MARK_SEQ = 1 << 0,        /* << side: next_seq is set */
    WEIR_MARK_ACKED = 1 << 2,      /* << side: last_ack is set */
    WEIR_MARK_DUPLICATE = 1 << 4,  /* << 2 * side, two bits: duplicate ACKs in a row, at most 3 */
    WEIR_MARK_KEEP_ALIVE = 1 << 8, /* << side: its last segment was a keep-alive */
    WEIR_MARK_TIMED = 1 << 10,     /* << side: one of its segments is timed */
    WEIR_MARK_SYN = 1 << 12,       /* syn_ns is set */
};

/** Stands directly behind the record of a TCP flow. */
typedef struct weir_tcp_record {
    uint16_t marks;
    uint16_t timed_stamp; /* WEIR_MARK_TIMED: low half of its TSval */
    uint16_t window[2];
    weir_tcp_side_t side[2]; /* 0: low sends */
    union {
        int64_t syn_ns; /* WEIR_MARK_SYN: time of the last SYN, until the handshake is complete */
        struct {
            uint32_t timed_end, timed_at; /* WEIR_MARK_TIMED: behind it; when it passed [tick] */
        };
    };
    uint32_t handshake; /* [tick] WEIR_NOTE_RTT: its round-trip time */
    uint32_t duplicate_acks;
} weir_tcp_record_t;

/** Stands directly behind the record of a UDP flow: what each side sent that may be RTP. */
typedef struct weir_udp_record {
    weir_rtp_slot_t side[2];
} weir_udp_record_t;

typedef struct weir_record_side {
    uint64_t bytes, ip_bytes;
} weir_record_side_t;

enum weir_flow_note {
    WEIR_NOTE_HIGH_OPENED = 1 << 0,
    WEIR_NOTE_OPENER_SURE = 1 << 1, /* by SYN or SYN-ACK, not by the first packet */
    WEIR_NOTE_SYN_ACK = 1 << 2,
    WEIR_NOTE_RTT = 1 << 3,       /* the handshake is complete */
    WEIR_NOTE_RETIRED = 1 << 4,   /* a time-out ended it */
    WEIR_NOTE_ACTIVE = 1 << 5,    /* ... the active one */
    WEIR_NOTE_ICMP = 1 << 6,      /* icmp is set, and HIGH_OPENED says who sent it */
    WEIR_NOTE_INSPECTED = 1 << 7, /* nothing more is to be learnt from its packets */
    WEIR_NOTE_LOCAL = 1 << 8,     /* << side: it is known as this side's */
    WEIR_NOTE_CARRIED = 1 << 10,  /* it has come from the table before */
    WEIR_NOTE_FIN = 1 << 11,      /* << side: it sent FIN before it was carried */
};

typedef struct weir_flow_record {
    weir_flow_key_t key;
    weir_record_side_t side[2]; /* 0: low sends */
    uint32_t packets[2];        /* the low halves: see weir_record_packets() */
    int64_t first_ns, last_ns;  /* earliest and latest; times may run backwards */
    uint32_t second_bytes;      /* in the second of last_ns; these two stay at 2^32 - 1 */
    uint32_t peak_bytes;        /* in the busiest second before that one */
    uint16_t notes;
    uint8_t packets_above[2]; /* 2^32 packets each */
    uint8_t tcp_flags[2];     /* union of what each side sent */
    union {
        uint16_t icmp;         /* of the first packet */
        uint16_t zero_windows; /* TCP, both sides; stays at 65,535 */
    };
} weir_flow_record_t;
_Static_assert(sizeof(weir_flow_record_t) == 112 && sizeof(weir_tcp_record_t) == 80 &&
                   sizeof(weir_udp_record_t) == 32,
               "memory for each flow");

static inline uint64_t weir_record_packets(const weir_flow_record_t *record, unsigned side)
{
    return record->packets[side] | (uint64_t)record->packets_above[side] << 32;
}

static inline bool weir_record_has_packets(const weir_flow_record_t *record)
{
    return weir_record_packets(record, 0) + weir_record_packets(record, 1) > 0;
}

/** Frame bytes in the busiest second, both sides together. [byte/s] */
static inline uint32_t weir_record_peak(const weir_flow_record_t *record)
{
    return record->peak_bytes > record->second_bytes ? record->peak_bytes : record->second_bytes;
}

typedef struct weir_flow_limits {
    uint64_t max_flows;         /* 0: no limit but the table's own, 2^32 units */
    int64_t idle_ns, active_ns; /* 0: never */
} weir_flow_limits_t;

/** Traffic of flows for which there was no room, by protocol. */
typedef struct weir_omitted {
    weir_tally_t by_protocol[256];
    weir_tally_t total, ipv6;
} weir_omitted_t;

/** Packets that one batch can have. */
#define WEIR_FLOW_BATCH 32

#define WEIR_FLOW_UNIT ((size_t)16)
#define WEIR_FLOW_CHUNK_SHIFT 17
#define WEIR_FLOW_CHUNK ((size_t)1 << WEIR_FLOW_CHUNK_SHIFT) /* units; 2 MiB, a huge page */

/** One thread. */
typedef struct weir_flow_table {
    uint64_t *slots;  /* hash's low half << 32 | unit + 1; 0 free */
    size_t mask;      /* slots - 1 */
    size_t used;      /* slots taken */
    uint8_t **chunks; /* of WEIR_FLOW_CHUNK units each; records do not span them */
    size_t chunk_count;
    uint32_t **marks; /* of the inspector, for each chunk; NULL until a flow in it has one */
    size_t units;     /* of 16 bytes: the end of the newest record */
    uint64_t flows;   /* records, retired ones included */
    weir_flow_limits_t limits;
    weir_omitted_t omitted;
    weir_rtp_t rtp;
    weir_inspector_t *inspector; /* borrowed; set by the owner; NULL: packets are not inspected */
    const weir_digest_t *batch;  /* pushed and not yet done; borrowed */
    size_t batch_count;
    uint32_t batch_units[WEIR_FLOW_BATCH]; /* where its records probably are */
} weir_flow_table_t;

WEIR_NODISCARD int weir_flow_table_init(weir_flow_table_t *table, const weir_flow_limits_t *limits);
void weir_flow_table_done(weir_flow_table_t *table);

/**
 * Take a batch of 1 to WEIR_FLOW_BATCH packets. Its slots and records are asked for now, its work
 * is done when the next batch comes, or at the flush: until then the digests must stay. What finds
 * no room is counted in `omitted`.
 */
void weir_flow_table_push(weir_flow_table_t *table, const weir_digest_t *digests, size_t count);
void weir_flow_table_flush(weir_flow_table_t *table);
/** Any number of packets, done at once. */
void weir_flow_table_add(weir_flow_table_t *table, const weir_digest_t *digests, size_t count);

/**
 * Take over, into a new table, the flows of `from` that may go on: up to `most` of TCP and UDP with
 * a packet since `since_ns`. Their counters begin at zero, they have no packets yet and first_ns
 * is INT64_MAX until one comes; what TCP did last stays, and inspections under way go on here,
 * others end. Both tables have the same inspector. `from` is only read from then on.
 */
void weir_flow_table_carry(weir_flow_table_t *table, weir_flow_table_t *from, int64_t since_ns,
                           size_t most);

/** Walk over all records: *unit starts at 0 and ends behind the record. NULL at the end. */
const weir_flow_record_t *weir_flow_table_next(const weir_flow_table_t *table, size_t *unit);
/** Where a record begins, given where weir_flow_table_next() left *unit. */
uint32_t weir_flow_table_unit(size_t unit, const weir_flow_record_t *record);
/** The record that begins at a unit. */
const weir_flow_record_t *weir_flow_table_at(const weir_flow_table_t *table, size_t unit);

/** What its packets say about the flow at `unit`; false: nothing, or there is no inspector. */
bool weir_flow_table_label(const weir_flow_table_t *table, size_t unit, weir_label_t *ret_label);

static inline const weir_tcp_record_t *weir_flow_record_tcp(const weir_flow_record_t *record)
{
    return weir_key_protocol(&record->key) == WEIR_IP_TCP
               ? (const weir_tcp_record_t *)(const void *)(record + 1)
               : NULL;
}

static inline const weir_udp_record_t *weir_flow_record_udp(const weir_flow_record_t *record)
{
    return weir_key_protocol(&record->key) == WEIR_IP_UDP
               ? (const weir_udp_record_t *)(const void *)(record + 1)
               : NULL;
}

/** Memory that the table holds. [byte] */
size_t weir_flow_table_memory(const weir_flow_table_t *table);

#endif
