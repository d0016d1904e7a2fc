/*
 * The system's neighbour table: which network cards this machine talks with, also where nothing is
 * captured. As events for detectors, and as hardware addresses of hosts that have none in their
 * rows: it stands behind the parts that make these.
 */
#ifndef WEIR_ENGINE_SOURCES_NEIGHBOURS_H
#define WEIR_ENGINE_SOURCES_NEIGHBOURS_H

#include "engine/part.h"
#include "engine/source.h"

/** Takes the source, also on failure; it is read when somebody wants findings or hosts. 0 or
 * -ENOMEM.
 */
WEIR_NODISCARD int weir_neighbours_part(weir_neighbour_source_t source, weir_part_t *ret_part);

#endif
