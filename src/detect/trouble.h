/*
 * Trouble that TCP shows: packets that are sent again, handshakes that take longer than usual,
 * services that reset, connections that stand still on large packets.
 *
 * Most flows are in no trouble and cost a few comparisons: a host gets an entry with its first
 * troubled flow, and a bit says for which hosts there is one.
 */
#ifndef WEIR_DETECT_TROUBLE_H
#define WEIR_DETECT_TROUBLE_H

#include "detect/facts.h"
#include "detect/rise.h"
#include "detect/shelf.h"

/** One thread. */
typedef struct weir_trouble {
    weir_facts_t *facts;
    uint64_t *troubled; /* owned; bits by the hash of the host */
    weir_shelf_t hosts; /* of troubled flows */
    weir_shelf_t pairs; /* with stuck connections */
    weir_rises_t rises;
} weir_trouble_t;

WEIR_NODISCARD int weir_trouble_init(weir_trouble_t *trouble, weir_facts_t *facts);
void weir_trouble_done(weir_trouble_t *trouble);
/** Of TCP, pieces included. ends: hashes of its addresses. */
void weir_trouble_flow(weir_trouble_t *trouble, const weir_flow_brief_t *flow,
                       const uint64_t ends[static 2]);
void weir_trouble_report(weir_trouble_t *trouble);

#endif
