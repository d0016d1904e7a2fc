/*
 * Floods: more than a service takes, second by second, beside its own baseline.
 */
#ifndef WEIR_DETECT_FLOOD_H
#define WEIR_DETECT_FLOOD_H

#include "detect/facts.h"
#include "detect/probe.h"
#include "detect/shelf.h"

/** One thread. */
typedef struct weir_flood {
    weir_facts_t *facts;
    weir_shelf_t victims; /* kind, address, port */
} weir_flood_t;

WEIR_NODISCARD int weir_flood_init(weir_flood_t *flood, weir_facts_t *facts);
void weir_flood_done(weir_flood_t *flood);
/** ends: hashes of the flow's addresses. */
void weir_flood_flow(weir_flood_t *flood, const weir_flow_brief_t *flow, weir_probe_t probe,
                     const uint64_t ends[static 2]);
void weir_flood_report(weir_flood_t *flood);

#endif
