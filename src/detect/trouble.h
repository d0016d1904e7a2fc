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
#include "detect/shelf.h"

/** The usual handshake of a host: four of them are one cache line. */
typedef struct weir_usual {
    uint32_t tag;
    float ms; /* running */
    uint32_t count;
    uint32_t last_s; /* wraps */
} weir_usual_t;

/** Handshakes that took longer than usual, with all hosts. */
typedef struct weir_rise {
    int64_t begin_ns, since; /* of the minute; of the first that was bad, 0 none */
    uint32_t measured, slow; /* in this minute */
    uint32_t count;          /* slow ones in bad minutes */
    double worst;            /* times the usual */
    double ms, usual_ms;     /* of the last slow one */
} weir_rise_t;

/** One thread. */
typedef struct weir_trouble {
    weir_facts_t *facts;
    uint64_t *troubled;  /* owned; bits by the hash of the host */
    weir_shelf_t hosts;  /* of troubled flows */
    weir_shelf_t pairs;  /* with stuck connections */
    weir_usual_t *usual; /* owned */
    weir_rise_t rise;
} weir_trouble_t;

WEIR_NODISCARD int weir_trouble_init(weir_trouble_t *trouble, weir_facts_t *facts);
void weir_trouble_done(weir_trouble_t *trouble);
/** Fetch what the handshake of such a flow will need, while others are looked at. */
void weir_trouble_expect(const weir_trouble_t *trouble, const weir_flow_brief_t *flow,
                         const uint64_t ends[static 2]);
/** Of TCP, pieces included. ends: hashes of its addresses. */
void weir_trouble_flow(weir_trouble_t *trouble, const weir_flow_brief_t *flow,
                       const uint64_t ends[static 2]);
void weir_trouble_report(weir_trouble_t *trouble);

#endif
