/*
 * Scans: many ports of one host, one port of many hosts.
 *
 * Each flow is judged alone first: a probe (how it failed), good, or unknown. A pair of hosts gets
 * an entry only after probes of some different ports, and a port of a source likewise, so that a
 * flood of spoofed sources costs one line of a small array each. Entries hold sketches, not sets.
 */
#ifndef WEIR_DETECT_SCAN_H
#define WEIR_DETECT_SCAN_H

#include "detect/facts.h"
#include "detect/probe.h"
#include "detect/shelf.h"

/** Lets through what came some times with something new. */
typedef struct weir_door_place {
    uint32_t tag;
    uint32_t first_ms, last_ms; /* these wrap: only near ones are compared */
    uint16_t last;              /* hash of what came last */
    uint16_t changes;
} weir_door_place_t;

typedef struct weir_door {
    weir_door_place_t *places; /* owned; sets of four: one cache line */
} weir_door_t;

/** One thread. */
typedef struct weir_scan {
    weir_facts_t *facts;
    weir_door_t pair_door, port_door;
    weir_shelf_t pairs;   /* source and target */
    weir_shelf_t ports;   /* source, protocol and port */
    weir_shelf_t sources; /* of probes: tells peer-to-peer programs from scanners */
} weir_scan_t;

WEIR_NODISCARD int weir_scan_init(weir_scan_t *scan, weir_facts_t *facts);
void weir_scan_done(weir_scan_t *scan);

/** Fetch what such a flow will need, while others are looked at. */
void weir_scan_expect(const weir_scan_t *scan, const weir_flow_brief_t *flow, weir_probe_t probe,
                      const uint64_t ends[static 2]);
/** ends: hashes of the flow's addresses. */
void weir_scan_flow(weir_scan_t *scan, const weir_flow_brief_t *flow, weir_probe_t probe,
                    const uint64_t ends[static 2]);
/** Bring what is known of raised entries to the book. */
void weir_scan_report(weir_scan_t *scan);

#endif
