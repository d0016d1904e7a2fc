#include "packet/neighbours.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct weir_neighbour {
    weir_address_t address;
    uint8_t mac[WEIR_MAC_SIZE];
    char text[18]; /* of it */
} neighbour_t;

void weir_neighbours_done(weir_neighbours_t *neighbours)
{
    free(neighbours->list);
    weir_index_done(&neighbours->index);
    *neighbours = (weir_neighbours_t){0};
}

static neighbour_t *neighbour_new(weir_neighbours_t *neighbours, const weir_address_t *address,
                                  uint64_t hash)
{
    if (neighbours->count == WEIR_NEIGHBOURS_MOST)
        return NULL;
    if (neighbours->count == neighbours->room) {
        size_t room = neighbours->room ? neighbours->room * 2 : 64;
        neighbour_t *list = realloc(neighbours->list, room * sizeof(*list));
        if (!list)
            return NULL;
        neighbours->list = list;
        neighbours->room = room;
    }
    if (weir_index_set(&neighbours->index, hash, (uint32_t)neighbours->count) < 0)
        return NULL;
    neighbour_t *neighbour = &neighbours->list[neighbours->count++];
    *neighbour = (neighbour_t){.address = *address};
    return neighbour;
}

static void address_learn(weir_neighbours_t *neighbours, const weir_address_t *address,
                          const uint8_t mac[static WEIR_MAC_SIZE])
{
    static const uint8_t nothing[16], nobody[WEIR_MAC_SIZE];
    if (memcmp(address->bytes, nothing, sizeof(nothing)) == 0 ||
        memcmp(mac, nobody, sizeof(nobody)) == 0 || (mac[0] & 1))
        return; /* a host that has no address yet; a group */
    uint64_t hash = weir_address_hash(address);
    uint32_t at = weir_index_get(&neighbours->index, hash);
    neighbour_t *neighbour =
        at == WEIR_INDEX_NONE ? neighbour_new(neighbours, address, hash) : &neighbours->list[at];
    if (!neighbour || weir_address_compare(&neighbour->address, address) != 0)
        return;
    memcpy(neighbour->mac, mac, WEIR_MAC_SIZE);
    (void)snprintf(neighbour->text, sizeof(neighbour->text), "%02x:%02x:%02x:%02x:%02x:%02x",
                   mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static void event_learn(weir_neighbours_t *neighbours, const weir_event_t *event)
{
    enum { DHCP_ACK = 5 };
    if (event->kind == WEIR_EVENT_ARP)
        address_learn(neighbours, &event->src, event->arp.sender_mac);
    else if (event->kind == WEIR_EVENT_DHCP && event->dhcp.message == DHCP_ACK)
        address_learn(neighbours, &event->dst, event->dhcp.client_mac);
    else if (event->kind == WEIR_EVENT_ROUTER)
        address_learn(neighbours, &event->src, event->router.mac);
    else if (event->kind == WEIR_EVENT_NEIGHBOUR)
        address_learn(neighbours, &event->src, event->neighbour.mac);
}

void weir_neighbours_learn(weir_neighbours_t *neighbours, const weir_event_batch_t *events)
{
    for (size_t i = 0; i < events->count; i++)
        event_learn(neighbours, &events->events[i]);
}

void weir_neighbours_at(const weir_neighbours_t *neighbours, size_t place,
                        weir_address_t *ret_address, uint8_t ret_mac[static WEIR_MAC_SIZE])
{
    *ret_address = neighbours->list[place].address;
    memcpy(ret_mac, neighbours->list[place].mac, WEIR_MAC_SIZE);
}

const char *weir_neighbours_find(const weir_neighbours_t *neighbours, const weir_address_t *address)
{
    uint32_t at = weir_index_get(&neighbours->index, weir_address_hash(address));
    if (at == WEIR_INDEX_NONE || weir_address_compare(&neighbours->list[at].address, address) != 0)
        return NULL;
    return neighbours->list[at].text;
}
