#include "packet/messages.h"

#include "packet/dhcp.h"
#include "packet/dns.h"

#include <string.h>

static void dns_event(const weir_message_t *message, const weir_dns_t *dns, weir_events_t *events)
{
    weir_event_t *event = weir_events_add(events);
    const char *name = event ? weir_events_text(events, dns->name) : NULL;
    if (!name) {
        weir_events_drop(events, event);
        return;
    }
    event->time_ns = message->time_ns;
    event->kind = WEIR_EVENT_DNS;
    event->src = message->src;
    event->dst = message->dst;
    event->dns = (weir_event_dns_t){
        .name = name,
        .type = dns->type,
        .size = (uint16_t)(message->wire_len < UINT16_MAX ? message->wire_len : UINT16_MAX),
        .answers = dns->answers,
        .code = dns->code,
        .answer = dns->answer,
    };
}

void weir_message_dns(const weir_message_t *message, weir_events_t *events)
{
    weir_dns_t dns;
    if (weir_dns_open(message->payload, &dns) < 0)
        return;
    if (dns.questions == 1 && dns.opcode == 0)
        dns_event(message, &dns, events);
}

static void dhcp_event(const weir_message_t *message, const weir_dhcp_t *dhcp,
                       weir_events_t *events)
{
    weir_event_t *event = weir_events_add(events);
    if (!event)
        return;
    event->time_ns = message->time_ns;
    event->kind = WEIR_EVENT_DHCP;
    event->src = message->src;
    event->dst = dhcp->given;
    event->dhcp.message = dhcp->message;
    memcpy(event->dhcp.client_mac, dhcp->client_mac, WEIR_MAC_SIZE);
    if (message->src_mac)
        memcpy(event->dhcp.server_mac, message->src_mac, WEIR_MAC_SIZE);
}

static void dhcp_learn(const weir_message_t *message, weir_events_t *events)
{
    weir_dhcp_t dhcp;
    if (weir_dhcp_read(message->payload, &dhcp) < 0 || !dhcp.reply)
        return;
    if (dhcp.message == WEIR_DHCP_OFFER || dhcp.message == WEIR_DHCP_ACK ||
        dhcp.message == WEIR_DHCP_NAK)
        dhcp_event(message, &dhcp, events);
}

void weir_message_read(const weir_message_t *message, weir_events_t *events)
{
    uint16_t src = message->src_port, dst = message->dst_port;
    if (src == WEIR_PORT_DNS || dst == WEIR_PORT_DNS)
        weir_message_dns(message, events);
    else if (dst == WEIR_PORT_DHCP_CLIENT || dst == WEIR_PORT_DHCP_SERVER)
        dhcp_learn(message, events);
}
