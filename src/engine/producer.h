/*
 * What makes snapshots one after the other: the live engine, a recording.
 */
#ifndef WEIR_ENGINE_PRODUCER_H
#define WEIR_ENGINE_PRODUCER_H

#include "engine/ifaces.h"
#include "engine/part.h"

#define WEIR_PRODUCER_ENDED 1

/** Used by one thread, but for interrupt(). */
typedef struct weir_producer_ops {
    /**
     * Make the next snapshot. Returns 0, WEIR_PRODUCER_ENDED when there is none, or a negative
     * errno with a sentence in `ret_error` (WEIR_PRODUCER_ERROR_SIZE bytes).
     */
    int (*next)(void *context, weir_snapshot_t **ret_snapshot, char *ret_error);
    /** [ns] boot time at which next() is due; `now_ns` when it is already. May wait for input. */
    uint64_t (*due)(void *context, uint64_t now_ns);
    void (*set_interval)(void *context, uint64_t interval_ns);
    /** Bits of weir_table_id_t that somebody looks at, from the next snapshot on. NULL: no matter.
     */
    void (*want)(void *context, uint32_t tables);
    /** From another thread: let a next() or due() that waits for input return soon. */
    void (*interrupt)(void *context);
    void (*close)(void *context);
} weir_producer_ops_t;

#define WEIR_PRODUCER_ERROR_SIZE 320

typedef struct weir_producer {
    const weir_producer_ops_t *ops;
    void *context;
} weir_producer_t;

#define WEIR_LIVE_PARTS 7

typedef struct weir_live_options {
    uint64_t interval_ns;
    const weir_capacity_t *capacities; /* borrowed for the producer's life */
    size_t capacity_count;
    weir_part_t parts[WEIR_LIVE_PARTS]; /* asked in order; taken, also on failure */
    size_t part_count;
} weir_live_options_t;

/** The live engine on a source, which it takes, also on failure. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_live_open(weir_source_t source, const weir_clock_t *clock,
                                  const weir_live_options_t *options,
                                  weir_producer_t *ret_producer);

/**
 * A recording: Weir's own JSON lines. speed: 1 as recorded, 2 twice as fast, 0 without waiting.
 * Returns 0 or a negative errno (of the file).
 */
WEIR_NODISCARD int weir_replay_open(const char *path, const weir_clock_t *clock, double speed,
                                    weir_producer_t *ret_producer);

#endif
