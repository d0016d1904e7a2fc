/*
 * Flows, hosts and protocols from the packets themselves: a part of the live engine that captures
 * while somebody looks at one of these tables.
 */
#ifndef WEIR_ENGINE_SOURCES_PACKETS_H
#define WEIR_ENGINE_SOURCES_PACKETS_H

#include "engine/part.h"

/**
 * iface: the one interface to look at, NULL: all that the headline counts; borrowed for the part's
 * life. applications: those of flows shall be recognised. 0 or -ENOMEM.
 */
WEIR_NODISCARD int weir_packets_part(const char *iface, bool applications, weir_part_t *ret_part);

#endif
