/*
 * What happened, as opposed to what is: detectors read events and tables, never packets.
 *
 * An origin hands out the events of a snapshot's window as one bounded batch, in the order of their
 * times, with a count of what found no room. Times of a capture are those of its frames.
 */
#ifndef WEIR_MODEL_EVENT_H
#define WEIR_MODEL_EVENT_H

#include "model/address.h"

#define WEIR_MAC_SIZE 6

typedef enum weir_event_kind {
    WEIR_EVENT_DNS,       /* a query, or an answer to one */
    WEIR_EVENT_ARP,       /* a request or reply that tells whose MAC an address has */
    WEIR_EVENT_DHCP,      /* a message of a DHCP server */
    WEIR_EVENT_ROUTER,    /* an IPv6 router advertisement */
    WEIR_EVENT_NEIGHBOUR, /* IPv6 tells whose MAC an address has, or the system knows it */
    WEIR_EVENT_LINK,      /* an interface went up or down, or changed its speed */
    WEIR_EVENT_LISTEN,    /* a program began to listen, or ended it */
    WEIR_EVENT_PROGRAM    /* a program started */
} weir_event_kind_t;

/** A DNS message with one question (RFC 1035, 4.1), to or from port 53. */
typedef struct weir_event_dns {
    const char *name; /* the question's, lower case, without the last dot; bytes outside of [!-~],
                         the backslash, and dots inside a label stand as \DDD */
    uint16_t type;    /* of the question: 1 A, 28 AAAA, 16 TXT ... */
    uint16_t size;    /* [byte] of the message */
    uint16_t answers; /* records in the answer section */
    uint8_t code;     /* 0 no error, 3 no such domain ... */
    bool answer;      /* the event's src is the server */
} weir_event_dns_t;

/** ARP (RFC 826); the event's src and dst are the sender's and the target's protocol address. */
typedef struct weir_event_arp {
    uint8_t sender_mac[WEIR_MAC_SIZE], target_mac[WEIR_MAC_SIZE];
    uint16_t vlan;      /* outermost tag, or none: any other value */
    uint16_t operation; /* 1 request, 2 reply */
} weir_event_arp_t;

/** DHCPv4 (RFC 2131), OFFER, ACK and NAK only; src is the server, dst the address that it gives. */
typedef struct weir_event_dhcp {
    uint8_t server_mac[WEIR_MAC_SIZE], client_mac[WEIR_MAC_SIZE];
    uint8_t message; /* 2 OFFER, 5 ACK, 6 NAK */
} weir_event_dhcp_t;

/** RFC 4861, 4.2; src is the router's link-local address. */
typedef struct weir_event_router {
    uint8_t mac[WEIR_MAC_SIZE];
    uint16_t lifetime_s; /* 0: no default router */
} weir_event_router_t;

/** RFC 4861, 4.1, 4.3 and 4.4 with a link-layer address, or an entry of the system's own neighbour
 * table, of either family; the event's src is the address. */
typedef struct weir_event_neighbour {
    uint8_t mac[WEIR_MAC_SIZE];
    bool resolved; /* of the system's table: no damaged frame */
} weir_event_neighbour_t;

typedef struct weir_event_link {
    const char *name; /* of the interface */
    uint8_t state;    /* weir_link_state_t */
    uint64_t speed_bps;
} weir_event_link_t;

typedef struct weir_event_program {
    const char *app, *exe; /* NULL unknown */
    uint32_t pid;          /* 0 unknown */
} weir_event_program_t;

/** A listener of this machine; the event's src is its address, all zero when that is every one. */
typedef struct weir_event_listen {
    weir_event_program_t program;
    uint16_t port;
    uint8_t protocol; /* IANA number */
    bool before;      /* it was there when watching began */
    bool ended;       /* it is there no more; the program is not told again */
} weir_event_listen_t;

/** Texts live as long as the batch. */
typedef struct weir_event {
    int64_t time_ns; /* [ns] since 1970 */
    uint8_t kind;    /* weir_event_kind_t */
    weir_address_t src, dst;
    union {
        weir_event_dns_t dns;
        weir_event_arp_t arp;
        weir_event_dhcp_t dhcp;
        weir_event_router_t router;
        weir_event_neighbour_t neighbour;
        weir_event_link_t link;
        weir_event_program_t program;
        weir_event_listen_t listen;
    };
} weir_event_t;

typedef struct weir_event_batch {
    const weir_event_t *events; /* by time */
    size_t count;
    uint64_t lost; /* for want of room */
} weir_event_batch_t;

#endif
