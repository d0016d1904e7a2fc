/*
 * What is asked of DNS: generated names, tunnels, servers that fail.
 *
 * Only the label that somebody registered is judged (its public suffix by a short list), so that
 * names of CDNs, block lists and hash look-ups, which stand below one domain, count as one.
 */
#ifndef WEIR_DETECT_NAMES_H
#define WEIR_DETECT_NAMES_H

#include "detect/facts.h"
#include "detect/shelf.h"

/** One thread. */
typedef struct weir_names {
    weir_facts_t *facts;
    weir_shelf_t newcomers; /* who asks, for a few domains yet */
    weir_shelf_t clients;   /* ... and for more */
    weir_shelf_t parents;   /* client and domain */
    weir_shelf_t servers;   /* who answers */
} weir_names_t;

WEIR_NODISCARD int weir_names_init(weir_names_t *names, weir_facts_t *facts);
void weir_names_done(weir_names_t *names);
/** Those of DNS count. */
void weir_names_events(weir_names_t *names, const weir_event_t *events, size_t count);
void weir_names_report(weir_names_t *names);

/**
 * How unlike real domains the `n` letters of a label are: about a standard normal for those, from
 * WEIR_NAMES_THRESHOLD on they look generated; 0 for labels that are too short to say.
 */
double weir_names_score(const char *label, size_t n);

/** The label below the public suffix: its begin and length in a name; NULL: there is none, or no
 * such suffix can be. */
const char *weir_names_registered(const char *name, size_t *ret_n);

#endif
