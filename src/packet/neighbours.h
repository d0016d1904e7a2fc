/*
 * Which network card has which address, as ARP, DHCP and neighbour discovery tell it. The latest
 * word counts.
 */
#ifndef WEIR_PACKET_NEIGHBOURS_H
#define WEIR_PACKET_NEIGHBOURS_H

#include "base/index.h"
#include "model/event.h"

#define WEIR_NEIGHBOURS_MOST ((size_t)65536)

/** A zeroed struct is empty. One thread. */
typedef struct weir_neighbours {
    struct weir_neighbour *list; /* owned */
    size_t count, room;
    weir_index_t index; /* by a hash of the address; the first of a hash is kept */
} weir_neighbours_t;

void weir_neighbours_done(weir_neighbours_t *neighbours);
/** What finds no room is left out. */
void weir_neighbours_learn(weir_neighbours_t *neighbours, const weir_event_batch_t *events);
/** The one at a place below `count`: its address, and its card's. */
void weir_neighbours_at(const weir_neighbours_t *neighbours, size_t place,
                        weir_address_t *ret_address, uint8_t ret_mac[static WEIR_MAC_SIZE]);
/** Such as "02:00:5e:10:00:01"; NULL: unknown. Valid until something is learnt. */
const char *weir_neighbours_find(const weir_neighbours_t *neighbours,
                                 const weir_address_t *address);

#endif
