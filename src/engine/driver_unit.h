/*
 * In which bytes an interface's driver counts. One that takes a frame before its segmentation
 * (veth, loopback, bridge, tun and virtio, unless their offloads are switched off) counts it once,
 * hardware counts what is on the wire. Which of the two it is, the driver's own count of packets
 * tells; whether it counts VLAN tags, its bytes.
 */
#ifndef WEIR_ENGINE_DRIVER_UNIT_H
#define WEIR_ENGINE_DRIVER_UNIT_H

#include "platform/platform.h"

#define WEIR_DRIVER_TAG 4U /* [byte] of a VLAN */

typedef struct weir_driver_unit {
    uint8_t header; /* [byte] of link header that are counted with each packet */
    uint8_t tag;    /* [byte] likewise of each VLAN tag */
    bool merged;    /* frames are counted before their segmentation, and after their merging */
} weir_driver_unit_t;

/** What a driver counted in one direction. */
typedef struct weir_driver_count {
    uint64_t bytes, packets;
} weir_driver_count_t;

/** [byte] of link header in what the driver of a `kind` (weir_iface_kind_t) counts of a packet. */
uint8_t weir_driver_header(uint8_t kind, bool rx);

/** `counts` as the driver counts them, without VLAN tags. */
uint64_t weir_driver_packets(const weir_driver_unit_t *unit, const weir_socket_counts_t *counts);
uint64_t weir_driver_bytes(const weir_driver_unit_t *unit, const weir_socket_counts_t *counts);

/** The distance of two amounts. */
static inline uint64_t weir_driver_apart(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/**
 * The unit of a driver that counted `counted` of packets that were, as far as they are known,
 * `counts`, `tags` of them with a VLAN tag.
 */
weir_driver_unit_t weir_driver_unit_guess(uint8_t header, const weir_socket_counts_t *counts,
                                          const weir_socket_counts_t *tags,
                                          const weir_driver_count_t *counted);

#endif
