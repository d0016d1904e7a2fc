/*
 * Listeners of this machine as events: those that are there at first, those that come and go.
 */
#ifndef WEIR_ENGINE_SOURCES_LISTENERS_H
#define WEIR_ENGINE_SOURCES_LISTENERS_H

#include "engine/part.h"
#include "engine/source.h"

#define WEIR_LISTENERS_MOST 4096 /* known at a time; what is beyond counts as lost */

/** Takes the source, also on failure; it is read when somebody wants findings. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_listeners_part(weir_listener_source_t source, weir_part_t *ret_part);

#endif
