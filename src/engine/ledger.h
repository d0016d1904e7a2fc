/*
 * The ledger: which of the bytes that an interface counted are explained. Engine thread.
 *
 * What a socket carries is told once, at the interface that routing chose (a VLAN, a bridge, a
 * bond); what has no socket is met at each interface that it passes, but belongs to the one by
 * which it came only once (weir_ledger_entry_t). So an interface is given what those above it
 * explained (ledger_stack.h), and what leaves by a stack counts once for where it came from.
 */
#ifndef WEIR_ENGINE_LEDGER_H
#define WEIR_ENGINE_LEDGER_H

#include "base/index.h"
#include "engine/driver_unit.h"
#include "engine/source.h"
#include "model/snapshot.h"

enum { WEIR_LEDGER_RX, WEIR_LEDGER_TX, WEIR_LEDGER_WAYS };

/** One direction of an interface. Sums are modulo 2^64. */
typedef struct weir_ledger_side {
    uint64_t bytes_begin, packets_begin;          /* its counters when the books were opened */
    weir_socket_counts_t own[WEIR_CARRIED_COUNT]; /* explained at the interface itself */
} weir_ledger_side_t;

/** What one direction carried for interfaces above. */
typedef struct weir_ledger_gift {
    weir_socket_counts_t carried[WEIR_CARRIED_COUNT];
    weir_socket_counts_t tags; /* one for each VLAN that a packet came through */
} weir_ledger_gift_t;

typedef struct weir_ledger_above {
    weir_ledger_gift_t way[WEIR_LEDGER_WAYS];
} weir_ledger_above_t;

typedef struct weir_ledger_line {
    uint32_t iface; /* index */
    uint64_t id;    /* weir_iface_t.id that the begin belongs to */
    uint8_t kind;
    bool present;           /* in the last snapshot */
    uint32_t master, lower; /* positions of lines, WEIR_INDEX_NONE none */
    weir_ledger_side_t side[WEIR_LEDGER_WAYS];
    weir_driver_count_t counted[WEIR_LEDGER_WAYS]; /* since the beginning */
    weir_socket_counts_t flood;                    /* the largest of the pairs' that are settled */
} weir_ledger_line_t;

/** What came by one interface and left by another. */
typedef struct weir_ledger_pair {
    uint32_t from, to;          /* indices of interfaces */
    weir_socket_counts_t fresh; /* not yet settled */
    weir_socket_counts_t flood; /* likewise, to many: each port of a bridge carries it again */
    weir_socket_counts_t owed; /* may be negative: what left by the interface above is told later */
} weir_ledger_pair_t;

typedef struct weir_ledger {
    weir_ledger_line_t *lines;
    size_t count, room;
    weir_index_t by_iface;
    weir_ledger_pair_t *pairs;
    size_t pair_count, pair_room;
    weir_index_t by_ends;            /* of pairs */
    weir_index_t own_addresses;      /* hashes of this machine's */
    weir_pool_t *addresses_of;       /* the pool that they were read from; a reference */
    uint64_t away[WEIR_LEDGER_WAYS]; /* [byte] in other network namespaces; modulo 2^64 */
} weir_ledger_t;

/** The difference between two readings, and whose it is. */
typedef struct weir_ledger_entry {
    uint32_t rx_iface, tx_iface; /* index, 0 none */
    uint8_t kind;                /* weir_traffic_kind_t */
    uint8_t protocol;
    bool away; /* in another network namespace, and not within the machine */
    const weir_address_t *local, *peer;
    const weir_socket_counts_t *rx_now, *rx_before, *tx_now, *tx_before;
} weir_ledger_entry_t;

/** A zeroed struct is empty. */
void weir_ledger_done(weir_ledger_t *ledger);
void weir_ledger_add(weir_ledger_t *ledger, const weir_ledger_entry_t *entry);
/**
 * Fill the columns of the snapshot's interfaces, and its summary. lost: packets for which the
 * source had no room since it was opened.
 */
void weir_ledger_fill(weir_ledger_t *ledger, weir_snapshot_t *snapshot, uint64_t lost);

/** now - before, added to `sum`; sums are modulo 2^64, so that corrections may be negative. */
static inline void weir_counts_add(weir_socket_counts_t *sum, const weir_socket_counts_t *now,
                                   const weir_socket_counts_t *before)
{
    sum->bytes += now->bytes - before->bytes;
    sum->packets += now->packets - before->packets;
    sum->payload += now->payload - before->payload;
    sum->merged_bytes += now->merged_bytes - before->merged_bytes;
    sum->merged_packets += now->merged_packets - before->merged_packets;
}

static inline void weir_counts_plus(weir_socket_counts_t *sum, const weir_socket_counts_t *more)
{
    static const weir_socket_counts_t nothing;
    weir_counts_add(sum, more, &nothing);
}

static inline void weir_counts_minus(weir_socket_counts_t *sum, const weir_socket_counts_t *less)
{
    static const weir_socket_counts_t nothing;
    weir_counts_add(sum, &nothing, less);
}

#endif
