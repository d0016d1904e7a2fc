/*
 * Traffic over time by what it carries, for a picture: bins of 1, 10, 100 ms or 1 s, the finest
 * that need few. Beside weir_bins_t, which has seconds for every run, these are made only when
 * somebody will look at them. Sums are the same for any number of workers: ten bins become one when
 * there are too many of them all together, whoever counted them.
 */
#ifndef WEIR_PACKET_TRAFFIC_H
#define WEIR_PACKET_TRAFFIC_H

#include "base/index.h"
#include "base/pool.h"
#include "model/report.h"
#include "packet/digest.h"
#include "packet/frame.h"

typedef struct weir_traffic_bin {
    int64_t number;                     /* it begins at number * width */
    uint64_t packets, bytes;            /* all frames */
    uint64_t parts[WEIR_TRAFFIC_NO_IP]; /* [byte] of those that carry IP */
} weir_traffic_bin_t;

/** A zeroed struct is empty. One thread. */
typedef struct weir_traffic_sums {
    weir_index_t index;       /* number -> position */
    weir_traffic_bin_t *bins; /* owned */
    size_t count, room;
    int64_t width_ns;         /* 0: empty */
    size_t current;           /* where the last frame went ... */
    int64_t begin_ns, end_ns; /* ... and the times that go there too */
} weir_traffic_sums_t;

void weir_traffic_done(weir_traffic_sums_t *sums);

/**
 * Add frames, and the digests that decoding made of them. What finds no memory, or no room in a
 * million seconds, is left out.
 */
void weir_traffic_add(weir_traffic_sums_t *sums, const weir_frame_t *frames, size_t frame_count,
                      const weir_digest_t *digests, size_t count);
void weir_traffic_merge(weir_traffic_sums_t *sum, const weir_traffic_sums_t *part);

/**
 * The sums as steps without gaps, few enough to be drawn; makes bins wider where they lie far
 * apart, after which nothing may be added. The steps belong to `pool`. 0 or -ENOMEM.
 */
WEIR_NODISCARD int weir_traffic_steps(weir_traffic_sums_t *sums, weir_pool_t *pool,
                                      weir_traffic_t *ret_traffic);

#endif
