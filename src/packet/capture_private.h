/*
 * What capture.c and the files that make its tables share.
 */
#ifndef WEIR_PACKET_CAPTURE_PRIVATE_H
#define WEIR_PACKET_CAPTURE_PRIVATE_H

#include "packet/capture.h"
#include "packet/flow_row.h"
#include "packet/neighbours.h"
#include "packet/sums.h"

/** Where a record is. */
typedef struct record_ref {
    uint32_t unit;
    uint32_t table;
} record_ref_t;

struct weir_capture {
    weir_run_t run;
    weir_capture_options_t options;
    uint64_t seed;               /* of hashes */
    weir_decode_counts_t counts; /* the run's, with files cut and damaged */
    record_ref_t *rows;          /* by first time; owned */
    size_t row_count;
    weir_capture_totals_t totals;
    weir_host_t *hosts;            /* NULL until asked for; owned */
    size_t host_count, host_total; /* made, and in all */
    weir_quality_t quality;        /* judged when `judged`, together with the hosts that are made */
    bool judged;
    bool guessed;               /* which hosts are this side's, should nothing else tell it ... */
    weir_address_t guesses[2];  /* ... by their kind of address, 1: IPv6; family 0: none */
    weir_protocol_t *protocols; /* likewise */
    size_t protocol_count;
    weir_texts_t applications;  /* names of these */
    weir_conversation_t *pairs; /* likewise */
    size_t pair_count, pair_total;
    weir_flow_texts_t texts;
    weir_neighbours_t neighbours; /* filled before the hosts are made */
};

static inline const weir_flow_record_t *weir_capture_record(const weir_capture_t *capture,
                                                            size_t row)
{
    record_ref_t ref = capture->rows[row];
    return weir_flow_table_at(&capture->run.tables[ref.table], ref.unit);
}

static inline unsigned weir_record_depth(const weir_flow_record_t *record)
{
    return weir_key_depth(&record->key);
}

static inline double weir_ticks_ms(uint32_t ticks)
{
    return (double)((uint64_t)ticks << WEIR_TICK_SHIFT) / 1e6;
}

weir_address_t weir_record_address(const weir_flow_record_t *record, bool high);

/** Bits of the hosts' columns local and local_by. */
#define WEIR_HOST_LOCALITY (UINT64_C(1) << 6 | UINT64_C(1) << 14)

/** Tables that are summed up from flows. */
enum {
    WEIR_CAPTURE_HOSTS = 1,
    WEIR_CAPTURE_PAIRS = 2, /* conversations */
    WEIR_CAPTURE_PROTOCOLS = 4,
};

/** Make those of the tables (WEIR_CAPTURE_*) that are not there yet, with one look at all flows;
 * of hosts and of pairs those with the `most` bytes (0: all). 0 or -ENOMEM. */
WEIR_NODISCARD int weir_capture_sum(weir_capture_t *capture, size_t most, unsigned tables);
/** The conversations out of their sums, whose order changes. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_capture_pairs_make(weir_capture_t *capture, size_t most,
                                           const weir_sums_t *sums);

/** Look at every flow for how well it did: sets capture->quality, and of capture->hosts what
 * depends on it. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_capture_judge(weir_capture_t *capture);

/** Quality of the hosts that were made, while flows are looked at. */
typedef struct weir_host_judge weir_host_judge_t;
/** NULL: no memory. `hosts` are borrowed; their addresses stay as they are. */
weir_host_judge_t *weir_host_judge_new(weir_host_t *hosts, size_t count, uint64_t seed);
void weir_host_judge_free(weir_host_judge_t *judge); /* accepts NULL */
void weir_host_judge_add(weir_host_judge_t *judge, const weir_flow_table_t *table,
                         const weir_flow_record_t *record);
/** Set the hosts' columns. Returns whether frames told which of them are this side's, which is set
 * only if it is asked for (`locals`). */
bool weir_host_judge_end(weir_host_judge_t *judge, bool locals);

#endif
