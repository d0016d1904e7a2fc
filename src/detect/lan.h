/*
 * The neighbourhood: ARP bindings and storms, neighbour discovery, DHCP servers, routers.
 */
#ifndef WEIR_DETECT_LAN_H
#define WEIR_DETECT_LAN_H

#include "detect/facts.h"
#include "detect/shelf.h"

#define WEIR_LAN_SERVERS 16

/** Who gives addresses, or says that it is a router. */
typedef struct weir_lan_server {
    weir_address_t address;
    uint8_t mac[WEIR_MAC_SIZE];
    int64_t first_ns, last_ns;
    uint64_t count;
} weir_lan_server_t;

typedef struct weir_lan_servers {
    weir_lan_server_t list[WEIR_LAN_SERVERS];
    size_t count;
} weir_lan_servers_t;

/** One thread. */
typedef struct weir_lan {
    weir_facts_t *facts;
    weir_shelf_t bindings; /* VLAN and address -> MAC */
    weir_shelf_t senders;  /* MACs that send ARP */
    weir_lan_servers_t dhcp, routers;
    int64_t begin_ns; /* of the first event, 0 none yet */
} weir_lan_t;

WEIR_NODISCARD int weir_lan_init(weir_lan_t *lan, weir_facts_t *facts);
void weir_lan_done(weir_lan_t *lan);
void weir_lan_event(weir_lan_t *lan, const weir_event_t *event);
void weir_lan_report(weir_lan_t *lan);

#endif
