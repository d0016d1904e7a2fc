/*
 * What the first packets of each flow tell where nothing is captured: names of hosts, and of each
 * flow its server's name, application and fingerprint. They go the same way as captured packets do
 * (engine/packet_workers.h), by one worker. Engine thread.
 */
#ifndef WEIR_ENGINE_FIRST_PACKETS_H
#define WEIR_ENGINE_FIRST_PACKETS_H

#include "engine/books.h"
#include "engine/packet_workers.h"

typedef struct weir_first_packets {
    weir_packet_workers_t *workers; /* owned; NULL: nobody wants them, or they cannot be had */
    weir_packet_window_t *window;   /* owned; taken, its labels not yet told */
    weir_hostnames_t *hostnames;    /* owned; NULL until there was a worker */
    uint64_t lost;                  /* packets, as told last */
    bool applications;              /* the worker recognises them */
    bool refused;                   /* they cannot be had: it is not tried again */
} weir_first_packets_t;

/** A zeroed struct is empty. */
void weir_first_packets_done(weir_first_packets_t *firsts);
/** Begin or stop to look at them. applications: those of flows shall be recognised, too. */
void weir_first_packets_want(weir_first_packets_t *firsts, const weir_socket_source_t *source,
                             bool wanted, bool applications);
/** Take what came since the last call. Returns how many packets found no room meanwhile. */
uint64_t weir_first_packets_take(weir_first_packets_t *firsts);
/** Tell the flows what was taken; after the books were read, so that they know them all. */
void weir_first_packets_tell(weir_first_packets_t *firsts, weir_books_t *books);
/** The best name of a host, or NULL. Lives until the next take. */
const char *weir_first_packets_name(const weir_first_packets_t *firsts,
                                    const weir_address_t *address);

#endif
