/*
 * The ledger: which of the bytes that an interface counted are explained. Engine thread.
 *
 * Drivers count differently: one that takes a frame before its segmentation (veth, loopback,
 * bridge, tun and virtio, unless their offloads are switched off) counts it once, hardware counts
 * what is on the wire. Which of the two it is, the interface's own count of packets tells:
 * explained bytes are given in the unit whose packets are nearer to it, with the link header that
 * is counted.
 */
#ifndef WEIR_ENGINE_LEDGER_H
#define WEIR_ENGINE_LEDGER_H

#include "base/index.h"
#include "engine/source.h"
#include "model/snapshot.h"

typedef struct weir_ledger_line {
    uint32_t iface;              /* index */
    uint64_t id;                 /* weir_iface_t.id that the begin belongs to */
    uint64_t rx_begin, tx_begin; /* the interface's bytes when the books were opened */
    uint64_t rx_packets_begin, tx_packets_begin;
    weir_socket_counts_t rx, tx;          /* explained */
    uint64_t carried[WEIR_CARRIED_COUNT]; /* [byte] of these; sums modulo 2^64 */
} weir_ledger_line_t;

typedef struct weir_ledger {
    weir_ledger_line_t *lines;
    size_t count, room;
    weir_index_t by_iface;
} weir_ledger_t;

/** A zeroed struct is empty. */
void weir_ledger_done(weir_ledger_t *ledger);
/** Add the difference between two readings; iface 0 adds nowhere. */
void weir_ledger_add(weir_ledger_t *ledger, uint32_t iface, bool rx, weir_carried_t carried,
                     const weir_socket_counts_t *now, const weir_socket_counts_t *before);
/** Fill the columns of the snapshot's interfaces, and its summary. */
void weir_ledger_fill(weir_ledger_t *ledger, weir_snapshot_t *snapshot);

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

#endif
