/*
 * What capture.c and the files that make its tables share.
 */
#ifndef WEIR_PACKET_CAPTURE_PRIVATE_H
#define WEIR_PACKET_CAPTURE_PRIVATE_H

#include "packet/capture.h"
#include "packet/flow_row.h"

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
    weir_protocol_t *protocols;    /* likewise */
    size_t protocol_count;
    weir_conversation_t *pairs; /* likewise */
    size_t pair_count, pair_total;
    weir_flow_texts_t texts;
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

#endif
