/*
 * From frames to digests: link layers, tags and labels, IP and the ports above it. The outermost IP
 * header names the flow; with `inner`, packets inside tunnels give digests of their own.
 *
 * Every read is checked against the captured length. What is not decoded is counted by reason; what
 * is known but is no IP (ARP, STP ...) is counted by name.
 */
#ifndef WEIR_PACKET_DECODE_H
#define WEIR_PACKET_DECODE_H

#include "packet/digest.h"
#include "packet/frame.h"
#include "packet/messages.h"
#include "packet/names.h"

/** Digests that one frame can give: the outermost and WEIR_DEPTH_MOST - 1 inside. */
#define WEIR_DEPTH_MOST 4
#define WEIR_SKIPS_MOST 64

typedef struct weir_tally {
    uint64_t packets, bytes;
} weir_tally_t;

typedef struct weir_skipped {
    weir_skip_t reason;
    uint32_t detail; /* see weir_skip_t */
    weir_tally_t tally;
} weir_skipped_t;

/** Counts of frames by what they are; can be added up over decoders. */
typedef struct weir_decode_counts {
    weir_tally_t kin[WEIR_KIN_COUNT];
    weir_skipped_t
        skipped[WEIR_SKIPS_MOST]; /* the last one takes what found no room, detail UINT32_MAX */
    size_t skipped_count;
} weir_decode_counts_t;

void weir_decode_counts_add(weir_decode_counts_t *sum, const weir_decode_counts_t *part);
void weir_decode_counts_skip(weir_decode_counts_t *counts, weir_skip_t reason, uint32_t detail,
                             weir_tally_t tally);

/**
 * Ports of first fragments, for those that follow: a table of fixed size in which the newest wins.
 * Fragments must be looked up in the order of the capture.
 */
typedef struct weir_fragments weir_fragments_t;
weir_fragments_t *weir_fragments_new(void); /* NULL: no memory */
void weir_fragments_free(weir_fragments_t *fragments);

/** One thread. */
typedef struct weir_decoder {
    uint64_t seed;               /* of the flow keys' hash */
    bool inner;                  /* look into tunnels */
    const weir_mac_t *macs;      /* this side's network cards; borrowed */
    size_t mac_count;            /* 0: frames tell by themselves which way they go, if they do */
    weir_fragments_t *fragments; /* borrowed; may be shared when `turn` waits */
    void (*turn)(void *context); /* called before fragments are touched; NULL: no need to wait */
    void *turn_context;
    weir_learnt_t learnt; /* what messages tell goes here */
    weir_decode_counts_t counts;
} weir_decoder_t;

/**
 * Decode `count` frames. Returns how many digests were made, in the frames' order; room for `count`
 * (times WEIR_DEPTH_MOST with `inner`).
 */
size_t weir_decode(weir_decoder_t *decoder, const weir_frame_t *frames, size_t count,
                   weir_digest_t *digests);

#endif
