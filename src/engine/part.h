/*
 * A part of the live engine: it adds tables and events of its own to each snapshot that already has
 * its interfaces and times. Engine thread.
 *
 * Parts are asked in order. A table that an earlier part has set (`rows[table].measured`) is left
 * alone, unless the part only completes its rows. A part that cannot measure says so in the rows'
 * `note` and leaves the rest of the snapshot as it is.
 */
#ifndef WEIR_ENGINE_PART_H
#define WEIR_ENGINE_PART_H

#include "model/snapshot.h"

typedef struct weir_part_ops {
    void (*fill)(void *context, weir_snapshot_t *snapshot);
    /** Bits of weir_table_id_t that somebody looks at, before the next fill. NULL: all the same. */
    void (*want)(void *context, uint32_t tables);
    void (*close)(void *context);
} weir_part_ops_t;

typedef struct weir_part {
    const weir_part_ops_t *ops;
    void *context;
} weir_part_t;

#endif
