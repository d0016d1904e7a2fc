/*
 * The books of sockets: what each told is added, as a difference to what it told before, to its
 * flow, its app, its two hosts and the interfaces that carried it. So all of them sum up to the
 * same bytes. Engine thread.
 *
 * Sums may fall for a tick, when the kernel moved counters from one place to another between two
 * readings; what is shown does not. Then it is what the sums are: what a program received before
 * another one took the connection over, unused, is the latter's (weir_meter_advance).
 */
#ifndef WEIR_ENGINE_BOOKS_H
#define WEIR_ENGINE_BOOKS_H

#include "engine/apps.h"
#include "engine/ledger.h"
#include "engine/meter.h"
#include "engine/teller.h"
#include "packet/inspect.h"

#define WEIR_FLOWS_LIVE_MAX 131072U
#define WEIR_FLOW_NONE UINT32_MAX

/** Protocol and both ends of a flow, in any order. */
typedef struct weir_ends {
    weir_address_t one, other;
    uint16_t one_port, other_port;
    uint8_t protocol;
} weir_ends_t;

typedef struct weir_live_flow {
    uint64_t key;  /* hash of network, ends, protocol, kind and app */
    uint64_t ends; /* hash of its weir_ends_t */
    uint32_t twin; /* another flow with these: the other end, another app; or WEIR_FLOW_NONE */
    uint64_t network;
    weir_address_t local, peer;
    weir_socket_counts_t rx, tx;
    uint64_t window_rx, window_tx; /* [byte] of this tick */
    uint64_t window_rx_packets, window_tx_packets;
    int64_t first_ns, last_ns; /* [ns] since 1970 */
    uint64_t changed_ns;       /* [ns] boot time */
    weir_told_t told;
    char *server_name, *application, *ja4; /* owned; NULL unknown */
    uint32_t app, pid;
    uint32_t sockets; /* open */
    uint32_t rtt_us, retransmits;
    uint32_t local_host, peer_host; /* positions */
    uint32_t iface;                 /* that carried it last, 0 unknown */
    uint16_t local_port, peer_port;
    uint8_t protocol, kind, state;
    bool stays; /* on this machine: through no interface but the loopback */
    bool opened_here, rtt_known, retransmits_known;
    bool was_open; /* TCP: a reading found its handshake complete */
    bool used;     /* the slot holds a flow */
} weir_live_flow_t;

typedef struct weir_live_host {
    weir_address_t address;
    bool local;  /* an end on this machine */
    bool moving; /* counters of this tick moved */
    weir_socket_counts_t rx, tx;
    weir_meter_t rx_meter, tx_meter;
    uint32_t flows; /* of the last snapshot */
} weir_live_host_t;

typedef struct weir_live_socket {
    uint64_t id;
    weir_socket_counts_t rx, tx; /* as told last */
    uint32_t flow;
    uint32_t rx_iface, tx_iface;
    uint32_t reading; /* in which it was told */
} weir_live_socket_t;

typedef struct weir_books {
    weir_apps_t apps;
    weir_ledger_t ledger;
    weir_live_flow_t *flows; /* `flow_count`, some of them unused */
    size_t flow_count, flow_room;
    uint32_t *free_flows; /* unused slots */
    size_t free_count, free_room;
    weir_index_t flow_index;
    weir_index_t ends_index; /* hash of weir_ends_t to the first of the flows with them */
    weir_live_socket_t *sockets;
    size_t socket_count, socket_room;
    weir_index_t socket_index;
    weir_live_host_t *hosts;
    size_t host_count, host_room;
    weir_index_t host_index;
    uint64_t network; /* the caller's namespace */
    bool baseline;    /* what is told now is older than the books */
    uint32_t reading;
    weir_instant_t now;                 /* of the reading */
    uint64_t refused, refused_bytes;    /* flows for want of room, and what they carried */
    const weir_socket_source_t *source; /* of the reading that is under way */
} weir_books_t;

/** A zeroed struct is empty. */
void weir_books_done(weir_books_t *books);
/**
 * Take one reading of `source`. baseline: the counters that it tells are older than the books.
 * Returns 0 or the source's error.
 */
WEIR_NODISCARD int weir_books_read(weir_books_t *books, const weir_socket_source_t *source,
                                   weir_instant_t now, uint64_t window_ns, bool baseline);

/** The newest of the flows with these ends (its twins, ever older, have them, too), or
 * WEIR_FLOW_NONE. */
uint32_t weir_books_find(const weir_books_t *books, const weir_ends_t *ends);
/** What is known of it is kept with a flow. */
void weir_books_label(weir_live_flow_t *flow, const weir_label_t *label);

#endif
