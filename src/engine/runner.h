/*
 * A thread that lets a producer make snapshots when they are due, and the one place where they
 * cross to another thread.
 */
#ifndef WEIR_ENGINE_RUNNER_H
#define WEIR_ENGINE_RUNNER_H

#include "engine/producer.h"
#include "engine/rings.h"

typedef struct weir_runner weir_runner_t;

/**
 * Start the thread; takes the producer, also on failure. lossless: no snapshot is made before the
 * last one was taken, so that a slow reader gets them all. Returns 0 or a negative errno.
 */
WEIR_NODISCARD int weir_runner_start(weir_producer_t producer, const weir_clock_t *clock,
                                     bool lossless, weir_runner_t **ret_runner);
/** Stop the thread and free everything; waits for a snapshot that is being made. Accepts NULL. */
void weir_runner_stop(weir_runner_t *runner);

/** A descriptor that is readable while weir_runner_take() has something to say. */
int weir_runner_fd(const weir_runner_t *runner);

/**
 * The newest snapshot, if it was not taken yet. Returns 1 with a reference, 0 when there is nothing
 * new, -ENODATA when the producer has ended, or the negative errno it failed with.
 */
WEIR_NODISCARD int weir_runner_take(weir_runner_t *runner, weir_snapshot_t **ret_snapshot);
/** The sentence about that error; valid until weir_runner_stop(). */
const char *weir_runner_error(const weir_runner_t *runner);

/** [ns] From the next snapshot on. */
void weir_runner_set_interval(weir_runner_t *runner, uint64_t interval_ns);

/** Passed to the producer before its next snapshot. */
void weir_runner_want(weir_runner_t *runner, uint32_t tables);

/** Answered by the newest snapshot if it can, else from the rings. */
WEIR_NODISCARD int weir_runner_series(weir_runner_t *runner, const weir_series_query_t *query,
                                      weir_series_t *ret_series);

#endif
