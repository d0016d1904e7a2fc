/*
 * The first packets of each flow of this machine's programs, in every network namespace: part of
 * the contract with an operating system, beside platform.h.
 *
 * They are kept for whoever opens them until they are closed, bounded, and what found no room is
 * counted.
 */
#ifndef WEIR_PLATFORM_FIRSTS_H
#define WEIR_PLATFORM_FIRSTS_H

#include "platform/capture.h"
#include "platform/platform.h"

typedef struct weir_platform_firsts weir_platform_firsts_t;

/**
 * Lives on its own: it tells nothing more when the sockets' way has ended. 0, -ENOTSUP where they
 * cannot be had, or another negative errno. One at a time.
 */
WEIR_NODISCARD int weir_platform_firsts_open(const weir_platform_sockets_t *sockets,
                                             weir_platform_firsts_t **ret_firsts);
void weir_platform_firsts_close(weir_platform_firsts_t *firsts); /* accepts NULL */
/**
 * As weir_platform_capture_next() for the one queue there is; it returns now and then without a
 * packet. Needs no privilege. The reader's thread.
 */
WEIR_NODISCARD int weir_platform_firsts_next(weir_platform_firsts_t *firsts,
                                             weir_captured_t *packets, size_t room);
/** Let a next() that waits, or else the next one that would, return. Any thread. */
void weir_platform_firsts_wake(weir_platform_firsts_t *firsts);
/** Packets that found no room since the opening. Any thread. */
uint64_t weir_platform_firsts_lost(const weir_platform_firsts_t *firsts);

#endif
