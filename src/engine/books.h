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

#include <assert.h>

#define WEIR_FLOWS_LIVE_MAX 131072U
#define WEIR_FLOW_NONE UINT32_MAX

/** Protocol and both ends of a flow, in any order. */
typedef struct weir_ends {
    weir_address_t one, other;
    uint16_t one_port, other_port;
    uint8_t protocol;
} weir_ends_t;

/** What a direction of a flow carried. */
typedef struct weir_live_sum {
    uint64_t bytes, packets;
} weir_live_sum_t;

/** What is known of a flow beyond its ends; texts owned, NULL unknown. */
typedef struct weir_live_texts {
    char *server_name, *application, *ja4;
} weir_live_texts_t;

/**
 * One flow for each network, ends, protocol, kind and app. Three cache lines: what it is known by,
 * what packets change, the rest.
 */
typedef struct weir_live_flow {
    uint64_t network;
    weir_address_t local, peer;
    uint16_t local_port, peer_port;
    uint8_t protocol, kind, state;
    bool used : 1;    /* the slot holds a flow */
    bool watched : 1; /* it is one of weir_books_t.watched */
    bool stays : 1;   /* on this machine: through no interface but the loopback */
    bool opened_here : 1;
    bool was_open : 1; /* TCP: a reading found its handshake complete */
    bool rtt_known : 1, retransmits_known : 1;
    uint32_t app;
    uint32_t retransmits;

    weir_live_sum_t rx, tx;
    weir_live_sum_t window_rx, window_tx; /* of this tick */

    int64_t first_ns, last_ns; /* [ns] since 1970 */
    uint64_t changed_ns;       /* [ns] boot time */
    weir_live_texts_t *texts;  /* owned; NULL: nothing is known */
    uint32_t twin; /* an older flow with these ends: the other end, another app; WEIR_FLOW_NONE */
    uint32_t next; /* of `watched` or `unused` in weir_books_t; position + 1, 0 none */
    uint32_t sockets;               /* open */
    uint32_t local_host, peer_host; /* positions */
    uint32_t iface;                 /* that carried it last, 0 unknown */
    uint32_t pid, rtt_us;
} weir_live_flow_t;

static_assert(sizeof(weir_live_flow_t) == 192, "three cache lines");

typedef struct weir_live_host {
    weir_address_t address;
    bool local;  /* an end on this machine */
    bool moving; /* counters of this tick moved */
    weir_live_sum_t rx, tx;
    weir_meter_t rx_meter, tx_meter;
    uint32_t flows; /* those that ended lately among them */
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
    uint32_t watched; /* the first that changed in this tick or has ended; position + 1, 0 none */
    uint32_t unused;  /* the first slot without a flow, likewise */
    weir_index_t flow_index; /* hash of weir_ends_t to the newest of the flows with them */
    weir_told_t *told;       /* of the first `told_count` flows: what detectors know of each */
    size_t told_count, told_room;
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
/** Whether two flows with the same ends are one that was opened again. */
bool weir_books_same(const weir_live_flow_t *one, const weir_live_flow_t *other);
/**
 * What detectors know of each flow, room for all of them; it takes memory from the first call on
 * only. NULL: no memory.
 */
weir_told_t *weir_books_told(weir_books_t *books);
/** What is known of it is kept with a flow. */
void weir_books_label(weir_live_flow_t *flow, const weir_label_t *label);

#endif
