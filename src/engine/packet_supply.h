/*
 * Where packets of the live machine come from, for the workers that look at them: a capture, or the
 * first packets of each flow.
 */
#ifndef WEIR_ENGINE_PACKET_SUPPLY_H
#define WEIR_ENGINE_PACKET_SUPPLY_H

#include "platform/capture.h"

typedef struct weir_packet_supply_ops {
    /** Wait for packets, as weir_platform_capture_next() does. The queue's thread. */
    int (*next)(void *context, unsigned queue, weir_captured_t *packets, size_t room);
    /** Let a next() that waits return. Any thread. */
    void (*wake)(void *context, unsigned queue);
    /** Packets that found no room, since the begin. The engine's thread, as the next one. */
    uint64_t (*lost)(void *context);
    void (*close)(void *context);
} weir_packet_supply_ops_t;

typedef struct weir_packet_supply {
    const weir_packet_supply_ops_t *ops;
    void *context;
} weir_packet_supply_t;

#endif
