/*
 * What hosts of one link tell each other: ARP (RFC 826), router advertisements (RFC 4861, 4.2).
 * Such frames are few; each becomes an event.
 */
#include "packet/decode_private.h"

#define ARP_SIZE 28u /* of Ethernet and IPv4 */
#define ADVERTISEMENT_SIZE 16u
#define OPTION_SOURCE 1u /* source link-layer address */
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

/* The MAC that the advertisement names, or else the frame's. */
static void router_mac(const cursor_t *cursor, uint8_t mac[static WEIR_MAC_SIZE])
{
    const uint8_t *at = weir_cursor_data(cursor);
    uint32_t left = cursor->frame->caplen - cursor->at;
    for (uint32_t i = ADVERTISEMENT_SIZE; i + 8 <= left && at[i + 1] > 0; i += at[i + 1] * 8u)
        if (at[i] == OPTION_SOURCE) {
            memcpy(mac, at + i + 2, WEIR_MAC_SIZE);
            return;
        }
    if (cursor->frame->link == WEIR_LINKTYPE_ETHERNET && cursor->frame->caplen >= 12)
        memcpy(mac, cursor->frame->data + WEIR_MAC_SIZE, WEIR_MAC_SIZE);
}

void weir_decode_router(const cursor_t *cursor, const weir_address_t *src,
                        const weir_address_t *dst, uint8_t hop_limit)
{
    weir_events_t *events = cursor->decoder->learnt.events;
    if (!events || cursor->depth > 0 || hop_limit != HOP_LIMIT_OF_LINK ||
        !weir_cursor_has(cursor, ADVERTISEMENT_SIZE))
        return;
    weir_event_t *event = weir_events_add(events);
    if (!event)
        return;
    event->kind = WEIR_EVENT_ROUTER;
    event->time_ns = cursor->frame->time_ns;
    event->src = *src;
    event->dst = *dst;
    event->router.lifetime_s = weir_be16(weir_cursor_data(cursor) + 6);
    router_mac(cursor, event->router.mac);
}
