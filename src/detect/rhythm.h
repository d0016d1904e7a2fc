/*
 * What connections repeat: at a steady beat (beacons), and again and again at a login (brute
 * force).
 */
#ifndef WEIR_DETECT_RHYTHM_H
#define WEIR_DETECT_RHYTHM_H

#include "detect/facts.h"
#include "detect/probe.h"
#include "detect/shelf.h"

/** A pair's beat while it is young: four of them are one cache line. */
typedef struct weir_beat {
    uint32_t tag;
    uint32_t last;     /* [10 ms] when it began last; wraps */
    uint32_t interval; /* [10 ms] */
    uint16_t hits, misses;
} weir_beat_t;

/** One thread. */
typedef struct weir_rhythm {
    weir_facts_t *facts;
    weir_beat_t *beats;   /* owned */
    weir_shelf_t beacons; /* that kept the beat some times */
    weir_shelf_t logins;
} weir_rhythm_t;

WEIR_NODISCARD int weir_rhythm_init(weir_rhythm_t *rhythm, weir_facts_t *facts);
void weir_rhythm_done(weir_rhythm_t *rhythm);
/** Fetch what the flow will need, while others are looked at. */
void weir_rhythm_expect(const weir_rhythm_t *rhythm, const weir_flow_brief_t *flow,
                        const uint64_t ends[static 2]);
void weir_rhythm_flow(weir_rhythm_t *rhythm, const weir_flow_brief_t *flow, weir_probe_t probe,
                      const uint64_t ends[static 2]);
void weir_rhythm_report(weir_rhythm_t *rhythm);

#endif
