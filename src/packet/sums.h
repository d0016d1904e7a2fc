/*
 * Flows summed up by host, or by pair of hosts, at the end. Sums are compact and found through
 * slots that stand apart from them, like the records of the flow table; what is asked for next is
 * fetched while the flows before it are added.
 */
#ifndef WEIR_PACKET_SUMS_H
#define WEIR_PACKET_SUMS_H

#include "packet/run.h"

typedef enum weir_sums_by {
    WEIR_SUMS_BY_HOST, /* low: the host; there: sent by it, back: received */
    WEIR_SUMS_BY_PAIR  /* low and high as in the flow's key; there: sent by low */
} weir_sums_by_t;

typedef struct weir_sum {
    uint64_t low[2], high[2]; /* addresses as in weir_flow_key_t; high 0 for hosts */
    weir_tally_t there, back;
    uint64_t flows;
    bool ipv6;
} weir_sum_t;

/** One thread. */
typedef struct weir_sums {
    uint64_t *slots; /* hash's low half << 32 | position + 1; 0 free */
    size_t mask;
    weir_sum_t *sums;
    size_t count, room;
    uint64_t seed;
} weir_sums_t;

/** Sum up all flows but those inside tunnels. `seed` of the hash: any. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_sums_make(const weir_run_t *run, uint64_t seed, weir_sums_by_t by,
                                  weir_sums_t *ret_sums);
void weir_sums_done(weir_sums_t *sums);

#endif
