/*
 * The user's own list: traffic from or to an address or network, and names that are asked for.
 */
#ifndef WEIR_DETECT_WATCHED_H
#define WEIR_DETECT_WATCHED_H

#include "detect/facts.h"

typedef struct weir_watched_entry {
    const char *text;       /* as listed; borrowed */
    weir_address_t network; /* family NONE: a name */
    int64_t first_ns, last_ns;
    uint64_t flows, packets, bytes, queries;
    uint64_t other[2]; /* the other end of the first flow, or who asked first */
    bool other_ipv6;
} weir_watched_entry_t;

/** One thread. */
typedef struct weir_watched {
    weir_facts_t *facts;
    weir_watched_entry_t *entries; /* owned */
    size_t count;
    weir_index_t hosts, names; /* whole addresses; names: hash -> entry */
    size_t networks;           /* entries that are neither */
} weir_watched_t;

WEIR_NODISCARD int weir_watched_init(weir_watched_t *watched, weir_facts_t *facts,
                                     const weir_finding_options_t *options);
void weir_watched_done(weir_watched_t *watched);

void weir_watched_flow(weir_watched_t *watched, const weir_flow_brief_t *flow);
void weir_watched_event(weir_watched_t *watched, const weir_event_t *event);
void weir_watched_report(weir_watched_t *watched);

#endif
