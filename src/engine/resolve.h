/*
 * Names of addresses by Weir's own questions to the name servers of this machine (c-ares): only
 * with --resolve. A thread of its own, without privilege, asks and waits; who wants a name gets
 * what is known by now, and the address is asked for once.
 *
 * Addresses of private networks mean nothing to the outside and tell it about the inside: they are
 * asked for only if all name servers are in such networks themselves. Loopback, link-local and
 * group addresses are never asked for.
 */
#ifndef WEIR_ENGINE_RESOLVE_H
#define WEIR_ENGINE_RESOLVE_H

#include "engine/part.h"

#define WEIR_RESOLVED_MOST ((size_t)65536) /* addresses; others stay without a name */
#define WEIR_RESOLVE_WAIT_MS 5000          /* for names of a capture's hosts */

typedef struct weir_resolver weir_resolver_t;

/** 0 or a negative errno. */
WEIR_NODISCARD int weir_resolver_new(weir_resolver_t **ret_resolver);
void weir_resolver_free(weir_resolver_t *resolver); /* accepts NULL; does not wait for answers */

/** The name; NULL: unknown by now. Lives as long as the resolver, see weir_resolver_hold(). */
const char *weir_resolver_name(weir_resolver_t *resolver, const weir_address_t *address);
/** Wait until every question has its answer, at most that long. */
void weir_resolver_wait(weir_resolver_t *resolver, unsigned wait_ms);
/** Whether one of its questions was sent from this port. */
bool weir_resolver_uses(weir_resolver_t *resolver, uint16_t port);
/** Let names live as long as the snapshot. Before publishing. */
void weir_resolver_hold(weir_resolver_t *resolver, weir_snapshot_t *snapshot);

/** A part of the live engine that names hosts, and the flows of its own questions. Borrows. */
WEIR_NODISCARD int weir_resolve_part(weir_resolver_t *resolver, weir_part_t *ret_part);

#endif
