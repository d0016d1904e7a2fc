/*
 * One network interface as every view sees it.
 */
#ifndef WEIR_MODEL_IFACE_H
#define WEIR_MODEL_IFACE_H

#include "model/address.h"
#include "model/meter.h"

typedef enum weir_iface_kind {
    WEIR_KIND_ETHERNET,
    WEIR_KIND_WIFI,
    WEIR_KIND_LOOPBACK,
    WEIR_KIND_BRIDGE,
    WEIR_KIND_BOND,
    WEIR_KIND_VLAN,
    WEIR_KIND_MACVLAN,
    WEIR_KIND_VETH,
    WEIR_KIND_TUNNEL,
    WEIR_KIND_TAP,
    WEIR_KIND_VIRTUAL,
    WEIR_KIND_COUNT
} weir_iface_kind_t;

typedef enum weir_link_state {
    WEIR_LINK_UP,
    WEIR_LINK_DOWN,       /* switched off by the administrator */
    WEIR_LINK_NO_CARRIER, /* switched on, but nothing at the other end */
    WEIR_LINK_DORMANT,    /* waiting for an external event, such as 802.1X */
    WEIR_LINK_TESTING,
    WEIR_LINK_COUNT
} weir_link_state_t;

typedef struct weir_address_list {
    const weir_address_t *items;
    size_t count;
} weir_address_list_t;

/** A capacity that the user configured for an interface name; stands before the speed of the link.
 */
typedef struct weir_capacity {
    const char *name;
    uint64_t rx_bps, tx_bps; /* [bit/s] 0 = not set */
} weir_capacity_t;

/**
 * Whose the bytes of one direction were, since the books were opened: [byte] as the driver counts.
 * All but the last two together are what is explained.
 */
typedef struct weir_iface_share {
    uint64_t programs;
    uint64_t kernel;    /* the kernel's own */
    uint64_t forwarded; /* they came by one interface and left by another */
    uint64_t not_ip;
    uint64_t stacked;   /* carried for an interface that stands on this one */
    uint64_t headers;   /* of the link, around all these */
    uint64_t elsewhere; /* of what is unexplained: what other network namespaces carried, at most */
    uint64_t earlier;   /* counted before the books were opened */
} weir_iface_share_t;

typedef struct weir_iface_books {
    weir_iface_share_t rx, tx;
    uint64_t lost_packets; /* of the whole machine: the books had no room for them */
} weir_iface_books_t;

/**
 * A row of the table "interfaces". Texts and lists belong to the snapshot's pool. A field is known
 * only if the bit of its column in `present` is set (see columns.h); otherwise it is zero.
 */
typedef struct weir_iface {
    uint64_t present; /* bit n: column n of the catalogue is known */
    uint64_t id;      /* names this interface for its lifetime; never reused under the same index */
    const char *name, *alias, *mac;
    const char *master, *lower; /* names of the interface it is a port of, and that it rides on */
    weir_address_list_t addresses;
    uint32_t index, mtu;                /* mtu [byte] */
    uint8_t kind, state;                /* weir_iface_kind_t, weir_link_state_t */
    uint8_t rate_state;                 /* weir_rate_state_t: the worse of rx and tx */
    bool counted;                       /* part of the headline */
    bool default_route;                 /* carries the default route */
    uint32_t carrier_changes;           /* since the interface exists; no column, for detectors */
    uint32_t master_index, lower_index; /* of `master` and `lower`, 0 none; no columns */
    uint64_t speed_bps;                 /* [bit/s] of the link, 0 unknown */
    uint64_t capacity_rx_bps, capacity_tx_bps; /* [bit/s] as configured, 0 not configured */
    weir_meter_t rx, tx;
    uint64_t rx_errors, tx_errors, rx_dropped, tx_dropped;  /* packets since the interface exists */
    double rx_utilisation, tx_utilisation;                  /* 0 .. 1 of capacity or speed */
    uint64_t queue_backlog_bytes, queue_drops, queue_marks; /* of the root queueing discipline */
    uint64_t rx_explained, tx_explained; /* bytes; the ledger, once apps are metered */
    int64_t rx_unexplained, tx_unexplained;
    weir_iface_books_t *books; /* of who made the row; NULL as long as apps are not metered */
} weir_iface_t;

#endif
