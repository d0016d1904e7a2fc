/*
 * Traffic by the second, sparse: seconds without traffic cost nothing, also where times jump by
 * years.
 */
#ifndef WEIR_PACKET_BINS_H
#define WEIR_PACKET_BINS_H

#include "base/index.h"
#include "model/series.h"
#include "packet/decode.h"

#define WEIR_BINS_MOST ((size_t)1 << 20)

typedef struct weir_bin {
    int64_t second; /* [s] since 1970 */
    weir_tally_t tally;
} weir_bin_t;

/** A zeroed struct is empty. One thread. */
typedef struct weir_bins {
    weir_index_t index; /* second -> position */
    weir_bin_t *bins;   /* owned */
    size_t count, room;
    size_t current;           /* where the last frame went ... */
    int64_t begin_ns, end_ns; /* ... and the times that go there too */
    weir_tally_t omitted;     /* in seconds for which there was no room */
} weir_bins_t;

void weir_bins_done(weir_bins_t *bins);
void weir_bins_add_slow(weir_bins_t *bins, int64_t time_ns, weir_tally_t tally);
void weir_bins_merge(weir_bins_t *sum, const weir_bins_t *part);
/** By time; only the array is in order then: nothing may be added any more. */
void weir_bins_sort(weir_bins_t *bins);

static inline void weir_bins_add(weir_bins_t *bins, int64_t time_ns, uint32_t bytes)
{
    if (__builtin_expect(time_ns < bins->begin_ns || time_ns >= bins->end_ns, 0)) {
        weir_bins_add_slow(bins, time_ns, (weir_tally_t){1, bytes});
        return;
    }
    weir_tally_t *tally = &bins->bins[bins->current].tally;
    tally->packets++;
    tally->bytes += bytes;
}

/**
 * Traffic over time, from bins in order: WEIR_SERIES_RATE of the headline between first and last
 * bin, seconds without traffic included; everything else is unknown. Times are since 1970. 0,
 * -EINVAL (step is no whole number of seconds, too many points) or -ENOMEM.
 */
WEIR_NODISCARD int weir_bins_series(const weir_bin_t *bins, size_t count,
                                    const weir_series_query_t *query, weir_series_t *ret_series);

#endif
