/*
 * Handshakes that take longer than usual, each beside what is usual with its own host; and whom
 * that is about: one host, one client, or all.
 */
#ifndef WEIR_DETECT_RISE_H
#define WEIR_DETECT_RISE_H

#include "detect/facts.h"
#include "detect/shelf.h"

/** The usual handshake of a host: four of them are one cache line. */
typedef struct weir_usual {
    uint32_t tag;
    float ms; /* running */
    uint32_t count;
    uint32_t last_s; /* wraps */
} weir_usual_t;

/** Handshakes with one host, or with all. */
typedef struct weir_rise {
    int64_t begin_ns, since; /* of the minute; of the first that was bad, 0 none */
    int64_t last_ns;         /* of the last slow one */
    uint32_t measured, slow; /* in this minute */
    uint32_t count;          /* slow ones in bad minutes */
    uint64_t lead;           /* of this minute: the host with most of the slow ones, if any has */
    uint32_t lead_votes;     /* by how many more than all others (Boyer and Moore, 1981) */
    double worst;            /* times the usual */
    double ms, usual_ms;     /* of the last slow one */
    uint64_t src[2];         /* of the first slow one */
    bool ipv6, many_sources;
} weir_rise_t;

/** One thread. */
typedef struct weir_rises {
    weir_facts_t *facts;
    weir_usual_t *usual; /* owned */
    weir_shelf_t hosts;  /* with slow handshakes */
    weir_rise_t all;
} weir_rises_t;

WEIR_NODISCARD int weir_rises_init(weir_rises_t *rises, weir_facts_t *facts);
void weir_rises_done(weir_rises_t *rises);
/** Fetch what the handshake of such a flow will need, while others are looked at. */
void weir_rises_expect(const weir_rises_t *rises, const weir_flow_brief_t *flow,
                       const uint64_t ends[static 2]);
/** Of TCP with a handshake of known time. ends: hashes of its addresses. */
void weir_rises_flow(weir_rises_t *rises, const weir_flow_brief_t *flow,
                     const uint64_t ends[static 2]);
void weir_rises_report(const weir_rises_t *rises);

#endif
