/*
 * Events that workers find in packets: a bounded list for each worker, merged by time at the end.
 */
#ifndef WEIR_PACKET_EVENTS_H
#define WEIR_PACKET_EVENTS_H

#include "base/pool.h"
#include "model/snapshot.h"

#define WEIR_EVENTS_MOST ((size_t)1 << 20)

/** One thread. */
typedef struct weir_events {
    weir_event_t *events; /* owned */
    size_t count, room, most;
    uint64_t lost;     /* for want of room or memory */
    weir_pool_t *pool; /* of their texts; a reference, NULL until it is needed */
} weir_events_t;

void weir_events_init(weir_events_t *events, size_t most);
void weir_events_done(weir_events_t *events);

/** A zeroed event at the end, or NULL when there is no room, which is counted. */
weir_event_t *weir_events_add(weir_events_t *events);
/** Take back the newest event, for which something was missing; it counts as lost. NULL: none. */
void weir_events_drop(weir_events_t *events, const weir_event_t *event);
/** A copy of `text` that lives as long as the pool; NULL: no memory. */
const char *weir_events_text(weir_events_t *events, const char *text);

/** Add all events of `from`, and what it lost; it may be left empty. */
void weir_events_append(weir_events_t *events, weir_events_t *from);

/** Keep the first `most`; the others count as lost. */
void weir_events_cut(weir_events_t *events, size_t most);

/** Sort by time, those of one time by what they say: one order, whoever found them. 0 or -ENOMEM.
 */
WEIR_NODISCARD int weir_events_sort(weir_events_t *events);

/** Give the snapshot, which is not published yet, copies of all events, sorted, and their texts. */
void weir_events_give(weir_events_t *events, weir_snapshot_t *snapshot);

#endif
