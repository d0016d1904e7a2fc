/*
 * The part of the live engine that knows programs: it keeps the books of sockets and fills the
 * tables apps, flows and hosts, the ledger of the interfaces and the balance.
 */
#ifndef WEIR_ENGINE_SOURCES_SOCKETS_H
#define WEIR_ENGINE_SOURCES_SOCKETS_H

#include "engine/part.h"
#include "engine/source.h"

#define WEIR_FLOWS_SHOWN 10000U /* of a live snapshot: the busiest, then the most recent */

/** `open` is called when one of these tables is first looked at, before the next snapshot. */
typedef int weir_sockets_opener_t(weir_socket_source_t *ret_source);

/** applications: those of flows shall be recognised. narrow: one interface is meant, so that flows
 * elsewhere are no rows. Returns 0 or -ENOMEM. */
WEIR_NODISCARD int weir_sockets_part(weir_sockets_opener_t *open, bool applications, bool narrow,
                                     weir_part_t *ret_part);

#endif
