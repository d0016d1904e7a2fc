/*
 * Trouble of interfaces, from the counters of the table "interfaces".
 */
#ifndef WEIR_DETECT_LINKS_H
#define WEIR_DETECT_LINKS_H

#include "detect/facts.h"
#include "detect/shelf.h"

/** One thread. */
typedef struct weir_links {
    weir_facts_t *facts;
    weir_shelf_t ifaces; /* by weir_iface_t.id */
} weir_links_t;

WEIR_NODISCARD int weir_links_init(weir_links_t *links, weir_facts_t *facts);
void weir_links_done(weir_links_t *links);
/** A snapshot of this machine's interfaces, in order of time. */
void weir_links_follow(weir_links_t *links, const weir_snapshot_t *snapshot);

#endif
