/*
 * Applications by nDPI 4.2, which is loaded when it is needed first: it takes as much memory as all
 * the rest of Weir. Where it is not installed, applications stay unknown.
 *
 * nDPI remembers across flows (which hosts spoke BitTorrent, STUN, mining protocols ...), each
 * worker for itself: what it recognises by that alone can depend on the number of threads.
 */
#ifndef WEIR_PACKET_DPI_H
#define WEIR_PACKET_DPI_H

#include "base/cleanup.h"
#include "packet/bytes.h"

/** One thread. */
typedef struct weir_dpi weir_dpi_t;
/** What it knows of one flow. */
typedef struct weir_dpi_flow weir_dpi_flow_t;

/** 0, -ENOENT when the library is not installed, -ENOTSUP for another version, or -ENOMEM. */
WEIR_NODISCARD int weir_dpi_new(weir_dpi_t **ret_dpi);
void weir_dpi_free(weir_dpi_t *dpi); /* accepts NULL */

/** NULL: no memory. */
weir_dpi_flow_t *weir_dpi_flow_new(weir_dpi_t *dpi);
/** The flow's next packet, from its IP header on. Returns true when it needs no more. */
bool weir_dpi_packet(weir_dpi_t *dpi, weir_dpi_flow_t *flow, weir_span_t packet, int64_t time_ns);

/**
 * What nDPI knows of the packet's two hosts by their IPv4 addresses and ports alone, as two of its
 * numbers in one; 0: nothing. It is a part of what it makes of a flow.
 */
uint32_t weir_dpi_hosts(const weir_dpi_t *dpi, weir_span_t packet);

#define WEIR_DPI_NAME_SIZE 64
/** What it seems to be so far; false: unknown. */
bool weir_dpi_flow_name(const weir_dpi_t *dpi, const weir_dpi_flow_t *flow,
                        char ret_name[static WEIR_DPI_NAME_SIZE]);
/** What it is in the end, such as "TLS.Wikipedia"; "" unknown. Takes the flow. */
void weir_dpi_flow_end(weir_dpi_t *dpi, weir_dpi_flow_t *flow,
                       char ret_name[static WEIR_DPI_NAME_SIZE]);
void weir_dpi_flow_free(weir_dpi_t *dpi, weir_dpi_flow_t *flow); /* accepts NULL */

#endif
