/*
 * Maps and counters of the programs; for weir.bpf.c alone.
 */
#ifndef WEIR_BPF_MAPS_H
#define WEIR_BPF_MAPS_H

#include <linux/bpf.h>

#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "bpf/abi.h"

#define AF_INET 2
#define AF_INET6 10
#define AF_PACKET 17
#define IP_HEADER 20U
#define IPV6_HEADER 40U
#define UDP_HEADER 8U
#define ETHERNET_HEADER 14U
#define MSG_PEEK 2
#define LOOPBACK 1 /* its index, in each network namespace */
#define TCP_LISTEN 10
#define TCP_SYN_RECV 3
#define TCP_TIME_WAIT 6
#define TCP_NEW_SYN_RECV 12
#define PROTOCOL_ICMP 1
#define PROTOCOL_IGMP 2
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_ICMPV6 58
#define PROTOCOL_SCTP 132
#define PROTOCOL_RAW 255
#define TCP_FIN 1
#define TCP_RST 4
#define ICMP_ECHO_REPLY 0
#define ICMP_ECHO_REQUEST 8
#define ICMP_TIMESTAMP_REPLY 14
#define ICMPV6_ECHO_REQUEST 128
#define ICMPV6_ECHO_REPLY 129
#define ETHERTYPE_IP 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define TCX_NEXT (-1)
#define PASS 1 /* cgroup programs only count */

struct {
    __uint(type, BPF_MAP_TYPE_SK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
    __type(key, int);
    __type(value, struct weir_bpf_holder);
} sockets SEC(".maps");

/* Slot 0 is never used. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, WEIR_BPF_SLOTS);
    __type(key, __u32);
    __type(value, struct weir_bpf_slot);
} slots SEC(".maps");

/* Slots that the reader gave back. */
struct {
    __uint(type, BPF_MAP_TYPE_STACK);
    __uint(max_entries, WEIR_BPF_SLOTS);
    __type(value, __u32);
} free_slots SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, WEIR_BPF_REST_MAX);
    __type(key, struct weir_bpf_rest_key);
    __type(value, struct weir_bpf_rest);
} rest SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, WEIR_BPF_CROWD_MAX);
    __type(key, struct weir_bpf_rest_key);
    __type(value, struct weir_bpf_rest);
} crowd SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, WEIR_BPF_PROGRAMS_MAX);
    __type(key, __u32);
    __type(value, struct weir_bpf_program);
} programs SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, WEIR_BPF_FIRST_ROOM);
} firsts SEC(".maps");

struct weir_bpf_totals totals = {};

/* A bit for each UDP port of this machine that is the kernel's own: tunnels end there. */
__u64 kernel_ports[65536 / 64] SEC(".data.ports");

const volatile bool firsts_told = true;

/* Cookie of the reader's network namespace, 0 unknown. */
const volatile __u64 own_network = 0;

/* sock_recv_length tells who receives; else an acknowledgement of his has to. */
const volatile bool receivers_told = false;

/* ---- Counters -------------------------------------------------------------------------------- */

static __always_inline void counts_add(struct weir_bpf_counts *sum,
                                       const struct weir_bpf_counts *more)
{
    __sync_fetch_and_add(&sum->bytes, more->bytes);
    __sync_fetch_and_add(&sum->packets, more->packets);
    __sync_fetch_and_add(&sum->payload, more->payload);
    if (more->merged_packets) {
        __sync_fetch_and_add(&sum->merged_bytes, more->merged_bytes);
        __sync_fetch_and_add(&sum->merged_packets, more->merged_packets);
    }
}

/* What was counted is taken out. */
static __always_inline void counts_take(struct weir_bpf_counts *to, struct weir_bpf_counts *from)
{
    to->bytes = __sync_lock_test_and_set(&from->bytes, 0);
    to->packets = __sync_lock_test_and_set(&from->packets, 0);
    to->payload = __sync_lock_test_and_set(&from->payload, 0);
    to->merged_bytes = __sync_lock_test_and_set(&from->merged_bytes, 0);
    to->merged_packets = __sync_lock_test_and_set(&from->merged_packets, 0);
}

/* An entry is whole when it can first be seen: it begins with what `more` holds. */
static __always_inline bool rest_put(void *map, const struct weir_bpf_rest_key *key,
                                     const struct weir_bpf_rest *more)
{
    struct weir_bpf_rest *found = bpf_map_lookup_elem(map, key);
    if (!found && bpf_map_update_elem(map, key, more, BPF_NOEXIST) == 0)
        return true;
    if (!found)
        found = bpf_map_lookup_elem(map, key); /* another processor has made it */
    if (!found)
        return false;
    counts_add(&found->rx, &more->rx);
    counts_add(&found->tx, &more->tx);
    return true;
}

/* With a full table single peers are given up, not bytes. */
static __noinline int rest_add(struct weir_bpf_rest_key *key, const struct weir_bpf_rest *more)
{
    if (!key || !more || rest_put(&rest, key, more))
        return 0;
    __builtin_memset(key->path.peer, 0, sizeof(key->path.peer));
    __builtin_memset(key->path.local, 0, sizeof(key->path.local));
    key->path.peer_port = key->path.local_port = 0;
    if (!rest_put(&crowd, key, more))
        __sync_fetch_and_add(&totals.lost_packets, more->rx.packets + more->tx.packets);
    return 0;
}

#endif
