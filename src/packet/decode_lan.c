/*
 * What hosts of one link tell each other: ARP (RFC 826), IPv6 neighbour discovery (RFC 4861).
 * Such frames are few; each becomes an event.
 */
#include "packet/decode_private.h"

#define ARP_SIZE 28u /* of Ethernet and IPv4 */
#define ROUTER_SOLICITATION 133
#define ROUTER_ADVERTISEMENT 134
#define NEIGHBOUR_ADVERTISEMENT 136
#define ADVERTISEMENT_SIZE 16u /* [byte] up to the options */
#define SOLICITATION_SIZE 8u
#define NEIGHBOUR_SIZE 24u
#define OPTION_SIZE 8u   /* [byte] of one with a MAC; the unit of their lengths */
#define OPTION_SOURCE 1u /* link-layer address of the source */
#define OPTION_TARGET 2u
#define HOP_LIMIT_OF_LINK 255u

static weir_address_t ipv4_of(const uint8_t *bytes)
{
    weir_address_t address = {.family = WEIR_FAMILY_IPV4, .prefix = 32};
    memcpy(address.bytes, bytes, 4);
    return address;
}

void weir_decode_arp(const cursor_t *cursor)
{
    weir_events_t *events = cursor->decoder->learnt.events;
    if (!events || cursor->depth > 0 || !weir_cursor_has(cursor, ARP_SIZE))
        return;
    const uint8_t *at = weir_cursor_data(cursor);
    bool usual = weir_be16(at) == 1 && weir_be16(at + 2) == 0x0800 && at[4] == 6 && at[5] == 4;
    uint16_t operation = weir_be16(at + 6);
    if (!usual || operation < 1 || operation > 2)
        return;
    weir_event_t *event = weir_events_add(events);
    if (!event)
        return;
    event->kind = WEIR_EVENT_ARP;
    event->time_ns = cursor->frame->time_ns;
    event->src = ipv4_of(at + 14);
    event->dst = ipv4_of(at + 24);
    event->arp.operation = operation;
    event->arp.vlan = cursor->vlan;
    memcpy(event->arp.sender_mac, at + 8, WEIR_MAC_SIZE);
    memcpy(event->arp.target_mac, at + 18, WEIR_MAC_SIZE);
}

/* The link-layer address that an option of type `wanted` names, behind `fixed` bytes; or NULL. */
static const uint8_t *option_find(const cursor_t *cursor, uint32_t fixed, uint8_t wanted)
{
    const uint8_t *at = weir_cursor_data(cursor);
    uint32_t left = cursor->frame->caplen - cursor->at;
    for (uint32_t i = fixed; i + OPTION_SIZE <= left && at[i + 1] > 0; i += at[i + 1] * OPTION_SIZE)
        if (at[i] == wanted)
            return at + i + 2;
    return NULL;
}

/* The MAC that the advertisement names, or else the frame's. */
static void router_set(const cursor_t *cursor, weir_event_t *event)
{
    event->kind = WEIR_EVENT_ROUTER;
    event->router.lifetime_s = weir_be16(weir_cursor_data(cursor) + 6);
    const uint8_t *mac = option_find(cursor, ADVERTISEMENT_SIZE, OPTION_SOURCE);
    if (!mac && cursor->frame->link == WEIR_LINKTYPE_ETHERNET && cursor->frame->caplen >= 12)
        mac = cursor->frame->data + WEIR_MAC_SIZE;
    if (mac)
        memcpy(event->router.mac, mac, WEIR_MAC_SIZE);
}

/* Who solicits tells his own address, who advertises that of the target; most do. */
static const uint8_t *neighbour_find(const cursor_t *cursor, uint8_t type, weir_address_t *address)
{
    static const weir_address_t unspecified = {.family = WEIR_FAMILY_IPV6, .prefix = 128};
    uint32_t fixed = type == ROUTER_SOLICITATION ? SOLICITATION_SIZE : NEIGHBOUR_SIZE;
    if (!weir_cursor_has(cursor, fixed))
        return NULL;
    if (type == NEIGHBOUR_ADVERTISEMENT)
        memcpy(address->bytes, weir_cursor_data(cursor) + 8, sizeof(address->bytes));
    if (weir_address_compare(address, &unspecified) == 0)
        return NULL;
    return option_find(cursor, fixed,
                       type == NEIGHBOUR_ADVERTISEMENT ? OPTION_TARGET : OPTION_SOURCE);
}

void weir_decode_discovery(const cursor_t *cursor, const weir_address_t *src,
                           const weir_address_t *dst, uint8_t hop_limit)
{
    weir_events_t *events = cursor->decoder->learnt.events;
    if (!events || cursor->depth > 0 || hop_limit != HOP_LIMIT_OF_LINK)
        return;
    uint8_t type = weir_cursor_data(cursor)[0];
    bool router = type == ROUTER_ADVERTISEMENT;
    weir_address_t address = *src;
    const uint8_t *mac = router ? NULL : neighbour_find(cursor, type, &address);
    if (router ? !weir_cursor_has(cursor, ADVERTISEMENT_SIZE) : !mac)
        return;
    weir_event_t *event = weir_events_add(events);
    if (!event)
        return;
    event->kind = WEIR_EVENT_NEIGHBOUR;
    event->time_ns = cursor->frame->time_ns;
    event->src = address;
    event->dst = *dst;
    if (router)
        router_set(cursor, event);
    else
        memcpy(event->neighbour.mac, mac, WEIR_MAC_SIZE);
}
