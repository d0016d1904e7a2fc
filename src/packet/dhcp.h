/*
 * DHCPv4 messages (RFC 2131) with the options that say who is who (RFC 2132, 4702).
 */
#ifndef WEIR_PACKET_DHCP_H
#define WEIR_PACKET_DHCP_H

#include "base/cleanup.h"
#include "model/address.h"
#include "packet/scan.h"

#define WEIR_DHCP_NAME_SIZE 256
#define WEIR_DHCP_MAC_SIZE 6

enum weir_dhcp_message {
    WEIR_DHCP_REQUEST = 3,
    WEIR_DHCP_OFFER = 2,
    WEIR_DHCP_ACK = 5,
    WEIR_DHCP_NAK = 6,
};

typedef struct weir_dhcp {
    uint8_t message; /* weir_dhcp_message or another type; 0: plain BOOTP */
    bool reply;      /* from a server */
    uint8_t client_mac[WEIR_DHCP_MAC_SIZE];
    weir_address_t client, given, asked; /* ciaddr, yiaddr, option 50; family NONE: 0.0.0.0 */
    weir_address_t server;               /* option 54 */
    char name[WEIR_DHCP_NAME_SIZE]; /* of the client, lower case: option 81, else 12; "" none, or
                                       none of letters, digits, '-', '_' and '.' */
} weir_dhcp_t;

/** 0, or -EBADMSG for what is no DHCPv4 message. */
WEIR_NODISCARD int weir_dhcp_read(weir_span_t message, weir_dhcp_t *ret_dhcp);

#endif
