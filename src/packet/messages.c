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

static bool address_is_set(const weir_address_t *address)
{
    static const uint8_t zeros[sizeof(address->bytes)] = {0};
    return address->family != WEIR_FAMILY_NONE && memcmp(address->bytes, zeros, sizeof(zeros)) != 0;
}

static void name_learn(const weir_message_t *message, weir_naming_t naming,
                       const weir_address_t *address, const char *name, weir_hostnames_t *hostnames)
{
    if (!*name || !address_is_set(address))
        return;
    weir_hostname_t hostname = {.address = address,
                                .name = name,
                                .naming = naming,
                                .first_ns = message->time_ns,
                                .last_ns = message->time_ns};
    weir_hostnames_learn(hostnames, &hostname);
}

/** The records of an answer, while its aliases are followed. */
typedef struct answer {
    const weir_message_t *message;
    weir_dns_t *dns;
    weir_naming_t naming;
    weir_hostnames_t *hostnames;
    char target[WEIR_DNS_NAME_SIZE]; /* what the question's name leads to so far */
} answer_t;

/* An address answers for the name that was asked for, if aliases lead there; else for its own. */
static void record_learn(answer_t *answer, const weir_dns_record_t *record)
{
    char owner[WEIR_DNS_NAME_SIZE], name[WEIR_DNS_NAME_SIZE];
    weir_address_t address;
    weir_span_t bytes = answer->dns->message;
    if (weir_dns_name(bytes, record->name_at, owner) == 0)
        return;
    bool asked = strcmp(owner, answer->target) == 0;
    if (weir_dns_address(answer->dns, record, &address)) {
        name_learn(answer->message, answer->naming, &address, asked ? answer->dns->name : owner,
                   answer->hostnames);
    } else if (record->type == WEIR_DNS_CNAME && asked) {
        (void)weir_dns_name(bytes, record->data_at, answer->target); /* "": leads nowhere */
    } else if (record->type == WEIR_DNS_PTR && weir_dns_reverse(owner, &address)) {
        if (weir_dns_name(bytes, record->data_at, name))
            name_learn(answer->message, WEIR_NAMING_REVERSE, &address, name, answer->hostnames);
    }
}

static void answer_learn(const weir_message_t *message, weir_naming_t naming, weir_dns_t *dns,
                         weir_hostnames_t *hostnames)
{
    if (!dns->answer || dns->code != 0 || dns->opcode != 0)
        return;
    answer_t answer = {.message = message, .dns = dns, .naming = naming, .hostnames = hostnames};
    memcpy(answer.target, dns->name, sizeof(answer.target));
    unsigned count = dns->answers;
    if (naming == WEIR_NAMING_MDNS)
        count += dns->authorities + dns->additionals;
    weir_dns_record_t record;
    for (unsigned i = 0; i < count && weir_dns_next(dns, &record); i++)
        record_learn(&answer, &record);
}

void weir_message_dns(const weir_message_t *message, const weir_learnt_t *learnt)
{
    weir_dns_t dns;
    if (weir_dns_open(message->payload, &dns) < 0)
        return;
    if (learnt->events && dns.questions == 1 && dns.opcode == 0)
        dns_event(message, &dns, learnt->events);
    if (learnt->hostnames)
        answer_learn(message, WEIR_NAMING_DNS, &dns, learnt->hostnames);
}

static void local_dns_learn(const weir_message_t *message, weir_naming_t naming,
                            const weir_learnt_t *learnt)
{
    weir_dns_t dns;
    if (learnt->hostnames && weir_dns_open(message->payload, &dns) == 0)
        answer_learn(message, naming, &dns, learnt->hostnames);
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

/* A client tells its name when it asks for an address; the server's ACK may repeat it. */
static void dhcp_name(const weir_message_t *message, const weir_dhcp_t *dhcp,
                      weir_hostnames_t *hostnames)
{
    const weir_address_t *address = NULL;
    if (dhcp->reply && dhcp->message == WEIR_DHCP_ACK)
        address = &dhcp->given;
    else if (!dhcp->reply && dhcp->message == WEIR_DHCP_REQUEST)
        address = address_is_set(&dhcp->asked) ? &dhcp->asked : &dhcp->client;
    if (address)
        name_learn(message, WEIR_NAMING_DHCP, address, dhcp->name, hostnames);
}

static void dhcp_learn(const weir_message_t *message, const weir_learnt_t *learnt)
{
    weir_dhcp_t dhcp;
    if (weir_dhcp_read(message->payload, &dhcp) < 0)
        return;
    if (learnt->hostnames)
        dhcp_name(message, &dhcp, learnt->hostnames);
    bool told = dhcp.message == WEIR_DHCP_OFFER || dhcp.message == WEIR_DHCP_ACK ||
                dhcp.message == WEIR_DHCP_NAK;
    if (learnt->events && dhcp.reply && told)
        dhcp_event(message, &dhcp, learnt->events);
}

void weir_message_read(const weir_message_t *message, const weir_learnt_t *learnt)
{
    uint16_t src = message->src_port, dst = message->dst_port;
    if (src == WEIR_PORT_DNS || dst == WEIR_PORT_DNS)
        weir_message_dns(message, learnt);
    else if (dst == WEIR_PORT_DHCP_CLIENT || dst == WEIR_PORT_DHCP_SERVER)
        dhcp_learn(message, learnt);
    else if (src == WEIR_PORT_MDNS)
        local_dns_learn(message, WEIR_NAMING_MDNS, learnt);
    else if (src == WEIR_PORT_LLMNR)
        local_dns_learn(message, WEIR_NAMING_LLMNR, learnt);
}
