/*
 * Threads that look at live packets, one for each queue of a supply. Each owns a window that holds
 * what it saw since it was last asked (engine/packet_window.h); at a tick the engine raises its
 * flag, and the worker begins a new one and hands the full one over (a semaphore tells that it is
 * there). So nobody reads a table that another thread writes, a window's bytes are exactly what the
 * table holds, and memory follows the traffic of one window. The engine waits for a busy worker
 * only briefly: what comes late is taken at the next tick.
 *
 * At first all put their packets into the first one's window, a batch at a time: nDPI alone takes
 * 6 MB for each that has its own. When packets come too fast for one they are parted; a flow that
 * goes on elsewhere then is there as one whose begin was not seen, and the books add it up.
 */
#ifndef WEIR_ENGINE_PACKET_WORKERS_H
#define WEIR_ENGINE_PACKET_WORKERS_H

#include "engine/packet_supply.h"
#include "engine/packet_window.h"

typedef struct weir_packet_workers weir_packet_workers_t;

typedef struct weir_packet_workers_options {
    weir_packet_supply_t supply; /* taken, also on failure */
    unsigned queues;             /* that it has */
    uint64_t seed;               /* of the flow keys' hash */
    bool applications;           /* are to be recognised */
} weir_packet_workers_options_t;

/** Returns 0 or a negative errno. */
WEIR_NODISCARD int weir_packet_workers_start(const weir_packet_workers_options_t *options,
                                             weir_packet_workers_t **ret_workers);
/** Ends the threads and closes the supply. Accepts NULL. */
void weir_packet_workers_stop(weir_packet_workers_t *workers);

/** From now on each worker has a window of its own; it is made ready in the background. */
void weir_packet_workers_part(weir_packet_workers_t *workers);

/** Raise every flag, and wait for the windows, but not long. */
void weir_packet_workers_ask(weir_packet_workers_t *workers);
/** The window that queue `queue` handed over, the caller's; NULL: none. */
weir_packet_window_t *weir_packet_workers_take(weir_packet_workers_t *workers, unsigned queue);
/** Packets that found no room, since the begin. */
uint64_t weir_packet_workers_lost(weir_packet_workers_t *workers);
/** 0, or the negative errno of why no more packets come. */
int weir_packet_workers_trouble(const weir_packet_workers_t *workers);

#endif
