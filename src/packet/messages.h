/*
 * UDP messages that tell about others than their sender: DNS, multicast DNS, LLMNR, DHCP. Each is
 * whole in one packet and is read where the packet is decoded, without its flow.
 */
#ifndef WEIR_PACKET_MESSAGES_H
#define WEIR_PACKET_MESSAGES_H

#include "packet/bytes.h"
#include "packet/events.h"
#include "packet/hostnames.h"

enum weir_port {
    WEIR_PORT_DNS = 53,
    WEIR_PORT_DHCP_SERVER = 67,
    WEIR_PORT_DHCP_CLIENT = 68,
    WEIR_PORT_MDNS = 5353,
    WEIR_PORT_LLMNR = 5355,
};

typedef struct weir_message {
    int64_t time_ns; /* [ns] since 1970 */
    weir_address_t src, dst;
    uint16_t src_port, dst_port;
    const uint8_t *src_mac; /* WEIR_MAC_SIZE bytes, NULL unknown */
    weir_span_t payload;    /* as far as it was captured */
    uint32_t wire_len;      /* [byte] of the payload as it was sent */
} weir_message_t;

/** Whether weir_message_read() wants UDP between these ports. */
static inline bool weir_message_wanted(uint16_t src_port, uint16_t dst_port)
{
    return src_port == WEIR_PORT_DNS || dst_port == WEIR_PORT_DNS ||
           dst_port == WEIR_PORT_DHCP_CLIENT || dst_port == WEIR_PORT_DHCP_SERVER ||
           src_port == WEIR_PORT_MDNS || src_port == WEIR_PORT_LLMNR;
}

/** Where goes what packets tell: lists of one thread, borrowed. NULL: not wanted. */
typedef struct weir_learnt {
    weir_events_t *events;
    weir_hostnames_t *hostnames;
} weir_learnt_t;

/** Learn what a message says. What is no message of its port's protocol is passed over. */
void weir_message_read(const weir_message_t *message, const weir_learnt_t *learnt);

/** Likewise for one message of DNS proper, whatever carried it. */
void weir_message_dns(const weir_message_t *message, const weir_learnt_t *learnt);

#endif
