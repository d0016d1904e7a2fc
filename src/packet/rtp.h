/*
 * RTP streams (RFC 3550), recognised by themselves: no signalling is read.
 *
 * A datagram may be RTP if its version is 2, its payload type is not among those that RTCP takes
 * (64 to 95: RFC 5761, 4), and the header fits. A side of a flow has a stream once two such
 * datagrams came in a row with one source (SSRC), one type and the next sequence number (RFC 3550,
 * A.1); the first of them counts. What a flow holds for that is a slot of 16 bytes a side; streams
 * stand apart, because few flows have one.
 *
 * Jitter: RFC 3550, 6.4.1 and A.8, over the packets in the order in which they came, in units of
 * the sender's clock. The clock is what the type says (RFC 3551, 6). For the dynamic types it is
 * estimated: the usual clock nearest to what the timestamps advanced in the first half second, by
 * at most an eighth off; jitter counts from there, and is unknown if there is none.
 *
 * Lost: what the extended sequence numbers span, less what came (RFC 3550, A.3); a jump of 3,000 or
 * more, up or down by 100, begins a new span (A.1).
 */
#ifndef WEIR_PACKET_RTP_H
#define WEIR_PACKET_RTP_H

#include "packet/digest.h"

#include <stddef.h>

#define WEIR_RTP_STREAMS_MOST ((size_t)1 << 20) /* of one table */
#define WEIR_RTP_SOURCES_MOST 16u               /* of one side of a flow */

typedef enum weir_rtp_state {
    WEIR_RTP_NOTHING,
    WEIR_RTP_CANDIDATE, /* one datagram came */
    WEIR_RTP_STREAM,
} weir_rtp_state_t;

/** What one side of a flow sent last that may be RTP. */
typedef struct weir_rtp_slot {
    uint32_t source; /* SSRC of the candidate; of a stream: its position */
    uint32_t time;   /* the candidate's: RTP timestamp ... */
    uint32_t at;     /* ... and arrival [tick] */
    uint16_t seq;
    uint8_t type;
    uint8_t state; /* weir_rtp_state_t */
} weir_rtp_slot_t;
_Static_assert(sizeof(weir_rtp_slot_t) == 16, "memory for each UDP flow");

typedef struct weir_rtp_stream {
    uint32_t source;
    uint32_t before;      /* position + 1 of the stream that its side had before; 0: none */
    weir_rtp_slot_t next; /* a candidate beside it */
    uint64_t packets;
    uint64_t expected;  /* in the spans before this one */
    uint32_t first_seq; /* of this span; extended by the rounds, as is last_seq, the highest */
    uint32_t last_seq;
    int64_t begin_ns;    /* arrival of the first packet ... */
    uint32_t begin_time; /* ... and its timestamp */
    int64_t last_ns;     /* of the packet that came last */
    uint32_t last_time;
    uint32_t clock_hz; /* 0: not known (yet) */
    double jitter;     /* [tick of its clock] */
    double jitter_sum, jitter_most;
    uint64_t jitter_count;
    uint8_t type;    /* of its first packet */
    uint8_t guesses; /* times at which the clock was looked for in vain */
} weir_rtp_stream_t;

/** The streams of one table; a zeroed struct is empty. One thread. */
typedef struct weir_rtp {
    weir_rtp_stream_t *streams; /* owned */
    size_t count, room;
    uint64_t refused; /* streams for which there was no room */
} weir_rtp_t;

void weir_rtp_done(weir_rtp_t *rtp);
/** Take a datagram that may be RTP; `slot` is that of its side. */
void weir_rtp_add(weir_rtp_t *rtp, weir_rtp_slot_t *slot, const weir_digest_t *digest);

/** Sums over streams. */
typedef struct weir_rtp_sum {
    uint64_t streams, packets, lost;
    uint64_t jitter_count;                /* packets with a jitter */
    double jitter_sum_ms, jitter_most_ms; /* over these packets */
} weir_rtp_sum_t;

/** Add the streams of a side of a flow to `sum`. */
void weir_rtp_sum(const weir_rtp_t *rtp, const weir_rtp_slot_t *slot, weir_rtp_sum_t *sum);

#endif
