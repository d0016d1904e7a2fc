/*
 * What capture.c and the files that make its tables share.
 */
#ifndef WEIR_PACKET_CAPTURE_PRIVATE_H
#define WEIR_PACKET_CAPTURE_PRIVATE_H

#include "packet/capture.h"
#include "packet/flow_row.h"
#include "packet/leaders.h"
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
    weir_quality_t quality;        /* when `judged` */
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

static inline const weir_flow_table_t *weir_capture_table(const weir_capture_t *capture, size_t row)
{
    return &capture->run.tables[capture->rows[row].table];
}

#define WEIR_ROWS_AHEAD 12u /* records that are asked for before they are needed */

/** In a walk over the rows: fetch what will be needed soon. A TCP record with what stands behind it
 * is three lines of the cache. */
static inline void weir_capture_expect(const weir_capture_t *capture, size_t row)
{
    if (row + WEIR_ROWS_AHEAD >= capture->row_count)
        return;
    const uint8_t *bytes = (const uint8_t *)weir_capture_record(capture, row + WEIR_ROWS_AHEAD);
    __builtin_prefetch(bytes);
    __builtin_prefetch(bytes + 64);
    __builtin_prefetch(bytes + 128);
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

/** What is made from flows when it is asked for. */
enum {
    WEIR_CAPTURE_HOSTS = 1,
    WEIR_CAPTURE_PAIRS = 2, /* conversations */
    WEIR_CAPTURE_PROTOCOLS = 4,
    WEIR_CAPTURE_QUALITY = 8, /* of all flows together */
};

/** Make those of the tables (WEIR_CAPTURE_*) that are not there yet; of hosts and of pairs those
 * with the `most` bytes (0: all). 0 or -ENOMEM. */
WEIR_NODISCARD int weir_capture_sum(weir_capture_t *capture, size_t most, unsigned tables);
/** The rows out of their sums, whose order changes. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_capture_hosts_make(weir_capture_t *capture, size_t most,
                                           const weir_sums_t *sums);
WEIR_NODISCARD int weir_capture_pairs_make(weir_capture_t *capture, size_t most,
                                           const weir_sums_t *sums);

/** Sums by protocol and application, while flows are looked at. */
typedef struct weir_protocol_sums weir_protocol_sums_t;
weir_protocol_sums_t *weir_protocols_new(void);       /* NULL: no memory */
void weir_protocols_free(weir_protocol_sums_t *sums); /* accepts NULL */
void weir_protocols_add(weir_protocol_sums_t *sums, const weir_capture_t *capture, size_t row,
                        const weir_flow_record_t *record);
/** Make the rows. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_protocols_end(weir_capture_t *capture, weir_protocol_sums_t *sums);

/** How well all flows together did, while they are looked at. */
typedef struct weir_judge weir_judge_t;
weir_judge_t *weir_judge_new(size_t flows); /* of at most so many; NULL: no memory */
void weir_judge_free(weir_judge_t *judge);  /* accepts NULL */
void weir_judge_add(weir_judge_t *judge, const weir_flow_table_t *table,
                    const weir_flow_record_t *record);
void weir_judge_end(const weir_judge_t *judge, weir_quality_t *ret_quality);

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
/** All flows were looked at: set the hosts' quality, and which of them are this side's. */
void weir_capture_hosts_judged(const weir_capture_t *capture, weir_host_judge_t *judge);

#endif
