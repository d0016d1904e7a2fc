/*
 * Ports that this machine opens to others: those that were not there when watching began.
 */
#ifndef WEIR_DETECT_LISTENERS_H
#define WEIR_DETECT_LISTENERS_H

#include "base/clock.h"
#include "detect/facts.h"
#include "detect/shelf.h"

/** One thread. */
typedef struct weir_listeners {
    weir_facts_t *facts;
    weir_shelf_t ports; /* address, port and protocol */
    uint64_t begin_ns;  /* [ns] boot time of the first snapshot, 0 none yet */
    weir_instant_t now; /* of the last one */
} weir_listeners_t;

WEIR_NODISCARD int weir_listeners_init(weir_listeners_t *listeners, weir_facts_t *facts);
void weir_listeners_done(weir_listeners_t *listeners);
/** A live snapshot begins; its events follow. */
void weir_listeners_begin(weir_listeners_t *listeners, const weir_instant_t *now);
void weir_listeners_event(weir_listeners_t *listeners, const weir_event_t *event);
void weir_listeners_report(weir_listeners_t *listeners);

#endif
