/*
 * From inputs to flow tables, on one core or several.
 *
 * Several workers share the reading: who is free takes the next chunk of frames under a lock,
 * decodes it outside, and sorts the digests by the worker that owns the flow (by the flow's hash).
 * Each worker adds what is its own to a private table, chunk after chunk in the order of the
 * capture. Every flow is thus followed by one worker in the right order, and tables never need to
 * be merged: keys and counters are the same for any number of workers. Rejected: one reader that
 * distributes (decoding is half of the work), every worker reading all (it does not scale), slices
 * of the file (sequence numbers and openers need the order).
 */
#ifndef WEIR_PACKET_RUN_H
#define WEIR_PACKET_RUN_H

#include "packet/bins.h"
#include "packet/feed.h"
#include "packet/flow_table.h"
#include "packet/traffic.h"

#include <stdatomic.h>

#define WEIR_WORKERS_MOST 32u

typedef struct weir_run_progress {
    uint64_t packets;
    uint64_t position, size; /* [byte] of the inputs as stored; size 0: unknown */
} weir_run_progress_t;

typedef struct weir_run_options {
    unsigned workers; /* 1 .. WEIR_WORKERS_MOST */
    bool inner;
    const weir_mac_t *macs; /* this side's network cards; borrowed */
    size_t mac_count;
    bool traffic;      /* sum up traffic over time */
    bool inspect;      /* learn names from packets, and what flows say about themselves */
    bool applications; /* with inspect: the applications of flows */
    uint64_t seed;     /* of the hash; any */
    weir_flow_limits_t limits;
    const atomic_bool *cancel; /* NULL: cannot be; set: the run ends early, with what it has */
    void (*progress)(void *context,
                     const weir_run_progress_t *progress); /* NULL; in the calling thread */
    void *progress_context;
} weir_run_options_t;

typedef struct weir_run {
    weir_feed_t *feed;         /* owned; its sources tell what was read */
    weir_flow_table_t *tables; /* one for each worker; owned */
    unsigned workers;
    weir_inspector_t
        *inspectors[WEIR_WORKERS_MOST]; /* of the tables; owned; NULL unless asked for */
    weir_hostnames_t *hostnames;        /* sealed; owned; NULL unless asked for */
    weir_decode_counts_t counts;
    weir_tally_t total;          /* all frames, decoded or not */
    weir_bins_t bins;            /* sorted */
    weir_events_t events;        /* likewise */
    weir_traffic_sums_t traffic; /* empty unless asked for */
    int64_t first_ns, last_ns;   /* of frames that have a time */
    uint64_t timeless;           /* frames that have none */
    bool cancelled;
} weir_run_t;

/** Returns 0 or a negative errno (memory, threads); what is wrong with an input is told by the
 * feed. */
WEIR_NODISCARD int weir_run(const weir_input_t *inputs, size_t count,
                            const weir_run_options_t *options, weir_run_t *ret_run);
void weir_run_done(weir_run_t *run);

#endif
