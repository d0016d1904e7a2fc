/*
 * The last minutes and hours of each interface, each app and the headline, for sparklines, graphs,
 * means and peaks: 1 s steps over 10 minutes, 10 s steps over 24 hours. Each step keeps minimum,
 * mean and maximum, so that a burst is still there when a day is drawn.
 *
 * Only objects that ever carried traffic take memory; above a ceiling further ones are refused and
 * counted. The engine pushes, any thread asks: one mutex inside.
 */
#ifndef WEIR_ENGINE_RINGS_H
#define WEIR_ENGINE_RINGS_H

#include "model/series.h"
#include "model/snapshot.h"

typedef struct weir_rings weir_rings_t;

WEIR_NODISCARD int weir_rings_new(weir_rings_t **ret_rings);
void weir_rings_free(weir_rings_t *rings); /* accepts NULL */

/** Add a snapshot's window to the rings of its interfaces, its apps and of the headline. */
void weir_rings_push(weir_rings_t *rings, const weir_snapshot_t *snapshot);

/**
 * Answer `query`: `count` points of `step_ns`, the last one containing `to_ns`. What was not
 * measured is unknown. Returns 0, -EINVAL (step is no whole number of seconds) or -ENOMEM.
 */
WEIR_NODISCARD int weir_rings_query(weir_rings_t *rings, const weir_series_query_t *query,
                                    weir_series_t *ret_series);

/** How many objects the ceiling refused. */
uint64_t weir_rings_refused(weir_rings_t *rings);

#endif
