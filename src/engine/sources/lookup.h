/*
 * The part of the live engine that looks up what files of this machine know of the hosts and flows
 * that the parts before it have set.
 */
#ifndef WEIR_ENGINE_SOURCES_LOOKUP_H
#define WEIR_ENGINE_SOURCES_LOOKUP_H

#include "engine/part.h"
#include "packet/lookup.h"

/** Takes a reference to `lookup`. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_lookup_part(weir_lookup_t *lookup, weir_part_t *ret_part);

#endif
