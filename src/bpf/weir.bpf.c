/*
 * Bytes per program, in the kernel.
 *
 * A socket's counters lie in a slot of an array that the reader has mapped, and the socket's own
 * storage holds the slot's number: a packet costs no hash, a reading no system call. Beside the
 * counters stand the owner, the ends and the interfaces that they belong to. When one of these
 * changes (a worker takes over a connection, a datagram socket turns to another peer, a route
 * changes), the counters move to the hash `rest` under what they belonged to and begin anew. A
 * socket that ends leaves its slot as it is, for the reader to take and to give back.
 *
 * The owner is who sends, taken in the egress hook while the process itself runs; or who receives,
 * by sock_recv_length. What arrived before anyone read or wrote belongs to whom does first: so a
 * worker owns its connection from the first byte. For TCP the hook may run in whatever process was
 * interrupted: there the owner counts only while the socket's lock is held by a process. Who only
 * accepts or closes a connection may acknowledge something then; that is no use of it.
 *
 * The first packets of a flow go to the reader whole, by a ring, as long as somebody takes them:
 * they tell what the rest is about. Nobody is woken by them.
 *
 * Storage is made by the process that makes the socket, never in the packet hooks: what has none is
 * the kernel's own.
 */
#include <linux/bpf.h>

#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/abi.h"
#include "bpf/kernel.h"
#include "bpf/maps.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* ---- Changes --------------------------------------------------------------------------------- */

/* One processor at a time changes a holder and its slot; another one does not wait for it. */
static __always_inline bool change_begin(struct weir_bpf_holder *h)
{
    return __sync_lock_test_and_set(&h->busy, 1) == 0;
}

static __always_inline void change_end(struct weir_bpf_holder *h)
{
    __sync_lock_test_and_set(&h->busy, 0);
}

/* The exchange is a barrier: an odd epoch is seen before, an even one after what changes. */
static __always_inline void epoch_step(struct weir_bpf_slot *s)
{
    __sync_lock_test_and_set(&s->epoch, s->epoch + 1);
}

/* The counters move to the table under what they belonged to. */
static __noinline int counts_move(struct weir_bpf_slot *s)
{
    struct weir_bpf_rest_key key = {};
    struct weir_bpf_rest more = {};
    if (!s || (!s->rx.packets && !s->tx.packets))
        return 0;
    key.path = s->path;
    key.pid = s->owner.pid;
    key.exec_id = s->owner.exec_id;
    more.owner = s->owner;
    more.flags = s->flags & WEIR_BPF_OUT;
    counts_take(&more.rx, &s->rx);
    counts_take(&more.tx, &s->tx);
    rest_add(&key, &more);
    return 0;
}

/* ---- Owners ---------------------------------------------------------------------------------- */

static __always_inline void owner_read(struct weir_bpf_owner *owner, struct task_struct *task)
{
    struct task_struct *leader = task->group_leader;
    owner->pid = (__u32)task->tgid;
    owner->exec_id = task->self_exec_id;
    owner->start_ns = leader->start_boottime;
    owner->parent = (__u32)leader->real_parent->tgid;
    owner->uid = task->cred->uid.val;
    bpf_core_read(owner->name, sizeof(owner->name), &leader->comm);
}

static __always_inline struct weir_bpf_slot *slot_of(const struct weir_bpf_holder *h)
{
    __u32 at = h->slot;
    return at ? bpf_map_lookup_elem(&slots, &at) : 0;
}

/* The slot of a socket that begins to carry something. */
static __always_inline struct weir_bpf_slot *slot_take(struct weir_bpf_holder *h)
{
    __u32 at = 0;
    /* Before Linux 6.4 its failure looks like a success: an int that is not made longer. */
    (void)bpf_map_pop_elem(&free_slots, &at);
    if (at == 0) {
        if (totals.used_slots >= WEIR_BPF_SLOTS - 1)
            return 0;
        at = __sync_fetch_and_add(&totals.used_slots, 1) + 1;
    }
    struct weir_bpf_slot *s = bpf_map_lookup_elem(&slots, &at);
    if (!s)
        return 0;
    s->path.network = h->network;
    s->path.family = h->family;
    s->path.protocol = h->protocol;
    s->owner = h->owner;
    s->cookie = h->cookie;
    s->flags = h->flags & WEIR_BPF_CHILD;
    if (h->flags & WEIR_BPF_OLD && h->protocol == PROTOCOL_TCP)
        s->rx_firsts = s->tx_firsts = WEIR_BPF_FIRSTS; /* these were long ago */
    h->slot = at;
    __sync_lock_test_and_set(&s->use, WEIR_BPF_OPEN);
    return s;
}

static __noinline struct weir_bpf_slot *slot_make(struct weir_bpf_holder *h)
{
    if (!h || !change_begin(h))
        return 0;
    struct weir_bpf_slot *s = h->slot ? slot_of(h) : slot_take(h);
    change_end(h);
    return s;
}

/* NULL: all are taken, another processor is about to take one, or the socket has ended. */
static __always_inline struct weir_bpf_slot *slot_find(struct weir_bpf_holder *h)
{
    return h->slot ? slot_of(h) : slot_make(h);
}

static __always_inline bool owner_runs(const struct weir_bpf_holder *h)
{
    struct task_struct *task = bpf_get_current_task_btf();
    return h->owner.pid == (__u32)task->tgid && h->owner.exec_id == task->self_exec_id;
}

/* The process that runs sent or received: what was counted since its predecessor did is its own. */
static __noinline int owner_change(struct weir_bpf_holder *h)
{
    if (!h || !change_begin(h))
        return 0; /* the next packet does it */
    if (owner_runs(h)) {
        h->flags |= WEIR_BPF_USED;
        change_end(h);
        return 0;
    }
    struct weir_bpf_slot *s = slot_of(h);
    if (s)
        epoch_step(s);
    if (s && h->flags & WEIR_BPF_USED)
        counts_move(s);
    owner_read(&h->owner, bpf_get_current_task_btf());
    h->flags |= WEIR_BPF_USED;
    if (s) {
        s->owner = h->owner;
        epoch_step(s);
    }
    change_end(h);
    return 0;
}

static __always_inline bool owner_is(const struct weir_bpf_holder *h)
{
    return h->flags & WEIR_BPF_USED && owner_runs(h);
}

static __always_inline bool family_is_ours(__u16 family)
{
    return family == AF_INET || family == AF_INET6 || family == AF_PACKET;
}

/* Who sends by these, no packet tells: see send_length. Frames that leave by an interface of the
 * reader's namespace are met there. */
static __always_inline void sender_note(const struct weir_bpf_holder *h)
{
    if (h->protocol == PROTOCOL_SCTP || (h->family == AF_PACKET && h->network != own_network))
        totals.senders = 1;
}

/* The storage of a socket that `task` holds and that is older than we are. */
static __noinline struct weir_bpf_holder *holder_make(struct sock *sk, struct task_struct *task)
{
    struct weir_bpf_holder *h = bpf_sk_storage_get(&sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
    if (!h)
        return 0;
    h->family = (__u8)sk->__sk_common.skc_family;
    h->protocol = (__u8)BPF_CORE_READ(sk, sk_protocol);
    h->network = BPF_CORE_READ(sk, __sk_common.skc_net.net, net_cookie);
    h->cookie = bpf_get_socket_cookie(sk);
    owner_read(&h->owner, task);
    sender_note(h);
    return h;
}

/* That of a socket which the process that runs uses. */
static __always_inline struct weir_bpf_holder *holder_find(struct sock *sk)
{
    struct weir_bpf_holder *h = bpf_sk_storage_get(&sockets, sk, 0, 0);
    return h ? h : holder_make(sk, bpf_get_current_task_btf());
}

SEC("cgroup/sock_create")
int sock_create(struct bpf_sock *ctx)
{
    struct weir_bpf_holder *h = bpf_sk_storage_get(&sockets, ctx, 0, BPF_SK_STORAGE_GET_F_CREATE);
    if (!h)
        return PASS;
    h->family = (__u8)ctx->family;
    h->protocol = (__u8)ctx->protocol;
    h->network = bpf_get_netns_cookie(ctx);
    h->cookie = bpf_get_socket_cookie(ctx);
    owner_read(&h->owner, bpf_get_current_task_btf());
    sender_note(h);
    return PASS;
}

static __always_inline void tcp_describe(struct weir_bpf_slot *s, struct tcp_sock *tcp)
{
    if (!tcp)
        return;
    s->rtt_us = tcp->srtt_us >> 3;
    s->retransmits = tcp->total_retrans;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(set_state, struct sock *sk, int from, int to)
{
    struct weir_bpf_holder *h = bpf_sk_storage_get(&sockets, sk, 0, 0);
    if (!h || h->protocol != PROTOCOL_TCP)
        return 0;
    if (from == TCP_LISTEN && to == TCP_SYN_RECV) { /* a listener's copy counts for itself */
        h->slot = h->busy = 0;
        h->flags = WEIR_BPF_CHILD;
        h->cookie = bpf_get_socket_cookie(sk);
        return 0;
    }
    struct weir_bpf_slot *s = slot_of(h);
    if (!s)
        return 0;
    s->state = (__u8)to;
    tcp_describe(s, bpf_skc_to_tcp_sock(sk));
    return 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(recv_length, struct sock *sk, int size, int flags)
{
    if (size <= 0 || flags & MSG_PEEK || !family_is_ours(sk->__sk_common.skc_family))
        return 0;
    struct weir_bpf_holder *h = holder_find(sk);
    if (h && !owner_is(h))
        owner_change(h);
    return 0;
}

/* For what the egress hook does not see in the sender's own time, or not at all. */
SEC("tp_btf/sock_send_length")
int BPF_PROG(send_length, struct sock *sk, int size, int flags)
{
    bool packet = sk->__sk_common.skc_family == AF_PACKET;
    if (size <= 0 || (!packet && sk->sk_protocol != PROTOCOL_SCTP))
        return 0;
    struct weir_bpf_holder *h = holder_find(sk);
    if (!h)
        return 0;
    if (!owner_is(h))
        owner_change(h);
    struct weir_bpf_slot *s = packet && !(h->flags & WEIR_BPF_WIRE) ? slot_find(h) : 0;
    if (!s)
        return 0;
    struct weir_bpf_counts more = {.bytes = (__u64)size, .packets = 1, .payload = (__u64)size};
    counts_add(&s->tx, &more);
    s->flags |= WEIR_BPF_OUT;
    return 0;
}

/* ---- Ends ------------------------------------------------------------------------------------ */

static __always_inline void socket_end(struct weir_bpf_holder *h)
{
    struct weir_bpf_slot *s = slot_of(h);
    h->slot = WEIR_BPF_SLOT_ENDED;
    if (s)
        __sync_lock_test_and_set(&s->use, WEIR_BPF_ENDED);
}

/* Data that is queued, and the FIN, follow the release of the socket: TCP ends here. */
SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(tcp_end, struct sock *sk)
{
    struct weir_bpf_holder *h = bpf_sk_storage_get(&sockets, sk, 0, 0);
    if (!h)
        return 0;
    struct weir_bpf_slot *s = slot_of(h);
    if (s)
        tcp_describe(s, bpf_skc_to_tcp_sock(sk));
    socket_end(h);
    return 0;
}

SEC("cgroup/sock_release")
int sock_release(struct bpf_sock *ctx)
{
    struct weir_bpf_holder *h = bpf_sk_storage_get(&sockets, ctx, 0, 0);
    if (h && h->protocol != PROTOCOL_TCP)
        socket_end(h);
    return PASS;
}

/* ---- Packets --------------------------------------------------------------------------------- */

struct packet {
    __u32 source[4], target[4];
    __u16 source_port, target_port;
    __u32 headers; /* [byte] of IP and transport */
    __u8 protocol, family, ok;
};

static __always_inline void transport_read(struct __sk_buff *skb, struct packet *p, __u32 at)
{
    void *end = (void *)(long)skb->data_end;
    void *begin = (void *)(long)skb->data + (at & 0xff);
    __u16 *ports = begin;
    p->headers = at;
    if (p->protocol != PROTOCOL_TCP && p->protocol != PROTOCOL_UDP &&
        p->protocol != PROTOCOL_SCTP && p->protocol != 136)
        return;
    if (begin + 8 > end)
        return;
    p->source_port = bpf_ntohs(ports[0]);
    p->target_port = bpf_ntohs(ports[1]);
    if (p->protocol != PROTOCOL_TCP) {
        p->headers += p->protocol == PROTOCOL_SCTP ? 12 : UDP_HEADER;
        return;
    }
    if (begin + 20 <= end)
        p->headers += (*((__u8 *)begin + 12) >> 4) * 4;
}

static __always_inline void packet_read(struct __sk_buff *skb, struct packet *p)
{
    void *end = (void *)(long)skb->data_end;
    __u8 *ip = (void *)(long)skb->data;
    if ((void *)ip + IP_HEADER > end)
        return;
    if (*ip >> 4 == 4) {
        p->family = AF_INET;
        p->protocol = ip[9];
        p->source[0] = *(__u32 *)(ip + 12);
        p->target[0] = *(__u32 *)(ip + 16);
        p->ok = 1;
        transport_read(skb, p, (*ip & 15U) * 4);
        return;
    }
    if ((void *)ip + IPV6_HEADER > end)
        return;
    p->family = AF_INET6;
    p->protocol = ip[6];
    __builtin_memcpy(p->source, ip + 8, 16);
    __builtin_memcpy(p->target, ip + 24, 16);
    p->ok = 1;
    transport_read(skb, p, IPV6_HEADER);
}

static __always_inline void counts_of(struct __sk_buff *skb, __u32 length, __u32 headers,
                                      struct weir_bpf_counts *c)
{
    __u32 segments = skb->gso_segs;
    c->bytes = length;
    c->packets = 1;
    c->payload = length > headers ? length - headers : 0;
    c->merged_bytes = c->merged_packets = 0;
    if (segments > 1) {
        c->merged_packets = segments - 1;
        c->merged_bytes = (__u64)(segments - 1) * headers;
        c->bytes += c->merged_bytes;
        c->packets = segments;
    }
}

static __always_inline bool words_equal(const __u32 *a, const __u32 *b, __u8 family)
{
    return a[0] == b[0] && (family == AF_INET || (a[1] == b[1] && a[2] == b[2] && a[3] == b[3]));
}

static __always_inline bool path_is(const struct weir_bpf_path *path, const struct packet *p,
                                    bool out)
{
    const __u32 *peer = out ? p->target : p->source;
    __u16 port = out ? p->target_port : p->source_port;
    return path->peer_port == port && words_equal(path->peer, peer, p->family);
}

static __always_inline void path_set(struct weir_bpf_path *path, const struct packet *p, bool out)
{
    __builtin_memcpy(path->local, out ? p->source : p->target, 16);
    __builtin_memcpy(path->peer, out ? p->target : p->source, 16);
    path->local_port = out ? p->source_port : p->target_port;
    path->peer_port = out ? p->target_port : p->source_port;
    path->family = p->family;
}

static __always_inline __u32 *iface_of(struct weir_bpf_slot *s, bool out)
{
    return out ? &s->path.tx_iface : &s->path.rx_iface;
}

/* p: whose packet it is from now on, NULL: as before. False: another processor changes it. */
static __noinline int path_change(struct weir_bpf_holder *h, struct weir_bpf_slot *s,
                                  const struct packet *p, __u32 iface, int out)
{
    if (!h || !s || !change_begin(h))
        return false;
    __u32 *field = iface_of(s, out);
    bool fresh = !s->path.tx_iface && !s->path.rx_iface;
    epoch_step(s);
    if (!fresh && (p || (*field && *field != iface)))
        counts_move(s);
    if (fresh && p && out && !(s->flags & WEIR_BPF_CHILD))
        s->flags |= WEIR_BPF_OUT;
    if (p)
        path_set(&s->path, p, out);
    if (p && !fresh && s->turns < WEIR_BPF_FIRST_TURNS) {
        s->turns++;
        s->rx_firsts = s->tx_firsts = 0;
    }
    *field = iface;
    epoch_step(s);
    change_end(h);
    return true;
}

/* A listener serves all peers alike. False: the packet cannot be counted here. */
static __always_inline bool path_follow(struct weir_bpf_holder *h, struct weir_bpf_slot *s,
                                        const struct packet *p, __u32 iface, bool out)
{
    bool stays = !p || !p->ok || (p->protocol == PROTOCOL_TCP && s->path.peer_port) ||
                 path_is(&s->path, p, out);
    return (stays && *iface_of(s, out) == iface) || path_change(h, s, stays ? 0 : p, iface, out);
}

/* ---- First packets --------------------------------------------------------------------------- */

/* The ring gives room of a size that is known beforehand. */
static __always_inline int first_copy(struct __sk_buff *skb, __u32 out, const __u32 room)
{
    struct weir_bpf_first *first = bpf_ringbuf_reserve(&firsts, sizeof(*first) + room, 0);
    if (!first) {
        __sync_fetch_and_add(&totals.lost_firsts, 1);
        return 0;
    }
    __u32 last = (skb->len < room ? skb->len : room) - 1;
    asm volatile("" : "+r"(last)); /* the verifier shall see the bounds that follow */
    if (last >= room || bpf_skb_load_bytes(skb, 0, first + 1, last + 1) < 0) {
        bpf_ringbuf_discard(first, BPF_RB_NO_WAKEUP);
        return 0;
    }
    first->time_ns = bpf_ktime_get_boot_ns();
    first->length = skb->len;
    first->captured = last + 1;
    first->iface = skb->ifindex;
    first->out = (__u8)out;
    bpf_ringbuf_submit(first, BPF_RB_NO_WAKEUP);
    return 0;
}

#define FIRST_SMALL (256 - (__u32)sizeof(struct weir_bpf_first))
#define FIRST_MIDDLE (768 - (__u32)sizeof(struct weir_bpf_first))
#define FIRST_LARGE (2048 - (__u32)sizeof(struct weir_bpf_first))

static __noinline int first_tell(struct __sk_buff *skb, __u32 out)
{
    if (skb->len <= FIRST_SMALL)
        return first_copy(skb, out, FIRST_SMALL);
    if (skb->len <= FIRST_MIDDLE)
        return first_copy(skb, out, FIRST_MIDDLE);
    return first_copy(skb, out, FIRST_LARGE);
}

/* On the loopback every packet passes twice. */
static __always_inline void first_follow(struct __sk_buff *skb, struct weir_bpf_slot *s, bool out)
{
    __u8 *told = out ? &s->tx_firsts : &s->rx_firsts;
    if (!firsts_told || *told >= WEIR_BPF_FIRSTS)
        return;
    (*told)++;
    if (totals.firsts && (out || skb->ifindex != LOOPBACK))
        first_tell(skb, out);
}

/* ---- Counting -------------------------------------------------------------------------------- */

/* Without a slot the packet counts in the table. */
static __noinline int rest_packet(struct __sk_buff *skb, struct weir_bpf_holder *h, int out)
{
    struct weir_bpf_rest_key key = {};
    struct weir_bpf_rest more = {};
    struct packet p = {};
    if (!h)
        return 0;
    packet_read(skb, &p);
    path_set(&key.path, &p, out);
    key.path.network = h->network;
    key.path.protocol = h->protocol;
    key.path.rx_iface = out ? 0 : skb->ifindex;
    key.path.tx_iface = out ? skb->ifindex : 0;
    key.pid = h->owner.pid;
    key.exec_id = h->owner.exec_id;
    more.owner = h->owner;
    more.flags = out ? WEIR_BPF_OUT : 0;
    counts_of(skb, skb->len, p.headers, out ? &more.tx : &more.rx);
    rest_add(&key, &more);
    return 0;
}

/* A connected datagram socket that goes on as it was: nothing of the packet needs to be read. */
static __always_inline bool path_stands(const struct weir_bpf_slot *s, const struct bpf_sock *sk,
                                        __u32 iface, bool out)
{
    return s->path.protocol == PROTOCOL_UDP && s->path.family == AF_INET && sk->dst_port &&
           s->path.peer_port == bpf_ntohs(sk->dst_port) && s->path.peer[0] == sk->dst_ip4 &&
           (out ? s->path.tx_iface : s->path.rx_iface) == iface;
}

/* A listener has one end. */
static __always_inline void listener_describe(struct weir_bpf_slot *s, const struct bpf_sock *sk)
{
    s->path.local_port = (__u16)sk->src_port;
    if (s->path.family == AF_INET) {
        s->path.local[0] = sk->src_ip4;
        return;
    }
    s->path.local[0] = sk->src_ip6[0];
    s->path.local[1] = sk->src_ip6[1];
    s->path.local[2] = sk->src_ip6[2];
    s->path.local[3] = sk->src_ip6[3];
}

/* Of a socket that is older than we are the begin is not known, until its state changes. */
static __always_inline void tcp_begin(struct weir_bpf_slot *s, const struct weir_bpf_holder *h,
                                      const struct bpf_sock *sk)
{
    __u8 state = (__u8)sk->state;
    if (state == TCP_LISTEN)
        listener_describe(s, sk);
    if (state == TCP_LISTEN || !(h->flags & WEIR_BPF_OLD))
        s->state = state;
}

static __always_inline void socket_count(struct __sk_buff *skb, struct bpf_sock *sk,
                                         struct weir_bpf_holder *h, bool out)
{
    struct packet p = {};
    struct weir_bpf_counts more;
    struct weir_bpf_slot *s = slot_find(h);
    bool here = s != 0;
    if (s && s->state == 0 && h->protocol == PROTOCOL_TCP)
        tcp_begin(s, h, sk);
    if (s && path_stands(s, sk, skb->ifindex, out)) {
        p.headers = IP_HEADER + UDP_HEADER;
    } else if (s) {
        packet_read(skb, &p);
        here = path_follow(h, s, sk->state == TCP_LISTEN ? 0 : &p, skb->ifindex, out);
    }
    if (!here) {
        rest_packet(skb, h, out);
        return;
    }
    counts_of(skb, skb->len, p.headers, &more);
    counts_add(out ? &s->tx : &s->rx, &more);
    if (more.payload)
        first_follow(skb, s, out);
}

static __always_inline bool carries_data(struct __sk_buff *skb)
{
    struct packet p = {};
    packet_read(skb, &p);
    return skb->len > p.headers;
}

/* Whether the process that runs is the one that sends. */
static __always_inline bool sender_runs(struct __sk_buff *skb, struct bpf_sock *sk, __u8 protocol)
{
    if (protocol == PROTOCOL_SCTP)
        return false; /* sock_send_length tells */
    if (protocol != PROTOCOL_TCP)
        return true;
    if (sk->state == TCP_LISTEN)
        return false;
    struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);
    return tcp && tcp->inet_conn.icsk_inet.sk.sk_lock.owned &&
           (!receivers_told || carries_data(skb));
}

/* Messages that the kernel answers, or acts on, itself, whoever else gets a copy. */
static __always_inline bool message_is_kernels(__u8 protocol, __u8 type)
{
    if (protocol == PROTOCOL_ICMP)
        return type != ICMP_ECHO_REPLY && type != ICMP_TIMESTAMP_REPLY;
    return type != ICMPV6_ECHO_REPLY;
}

static __always_inline bool is_icmp(__u8 protocol)
{
    return protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6;
}

/* The beginning of a message. */
struct message {
    __u8 type, code;
    __u16 checksum, ident;
};

static __always_inline bool message_read(struct __sk_buff *skb, struct message *m)
{
    struct packet p = {};
    packet_read(skb, &p);
    return p.headers && bpf_skb_load_bytes(skb, p.headers, m, sizeof(*m)) == 0;
}

static __noinline int message_sent(struct __sk_buff *skb, struct weir_bpf_holder *h)
{
    struct weir_bpf_slot *s = h ? slot_of(h) : 0;
    struct message m = {};
    if (!s || !message_read(skb, &m) ||
        m.type != (h->protocol == PROTOCOL_ICMP ? ICMP_ECHO_REQUEST : ICMPV6_ECHO_REQUEST))
        return 0;
    s->idents = s->idents == 0 || (s->idents == 1 && s->ident == m.ident) ? 1 : 2;
    s->ident = m.ident;
    return 0;
}

/* Raw sockets get copies of what the kernel takes itself, and of the replies to all who asked. */
static __noinline int message_is_copy(struct __sk_buff *skb, struct weir_bpf_holder *h)
{
    struct weir_bpf_slot *s = h ? slot_of(h) : 0;
    struct message m = {};
    if (!h || !message_read(skb, &m))
        return false;
    return message_is_kernels(h->protocol, m.type) || (s && s->idents == 1 && s->ident != m.ident);
}

SEC("cgroup_skb/egress")
int egress(struct __sk_buff *skb)
{
    struct bpf_sock *sk = skb->sk;
    if (!sk)
        return PASS;
    struct weir_bpf_holder *h = bpf_sk_storage_get(&sockets, sk, 0, 0);
    if (!h)
        return PASS;
    if (!owner_is(h) && sender_runs(skb, sk, h->protocol))
        owner_change(h);
    socket_count(skb, sk, h, true);
    if (is_icmp(h->protocol))
        message_sent(skb, h);
    return PASS;
}

SEC("cgroup_skb/ingress")
int ingress(struct __sk_buff *skb)
{
    struct bpf_sock *sk = skb->sk;
    if (!sk)
        return PASS;
    struct weir_bpf_holder *h = bpf_sk_storage_get(&sockets, sk, 0, 0);
    if (h && !(is_icmp(h->protocol) && message_is_copy(skb, h)))
        socket_count(skb, sk, h, false);
    return PASS;
}

#include "bpf/wire.h"

/* ---- Programs -------------------------------------------------------------------------------- */

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
    static const struct weir_bpf_program zero = {};
    __u32 pid = (__u32)task->tgid;
    bpf_map_update_elem(&programs, &pid, &zero, BPF_ANY);
    struct weir_bpf_program *program = bpf_map_lookup_elem(&programs, &pid);
    if (!program)
        return 0;
    owner_read(&program->owner, task);
    bpf_probe_read_kernel_str(program->path, sizeof(program->path), bprm->interp);
    return 0;
}

/* ---- Sockets that are older than we are ------------------------------------------------------ */

SEC("iter/task_file")
int label_older(struct bpf_iter__task_file *ctx)
{
    struct file *file = ctx->file;
    struct task_struct *task = ctx->task;
    if (!file || !task)
        return 0;
    struct socket *socket = bpf_sock_from_file(file);
    if (!socket)
        return 0;
    struct sock *sk = socket->sk;
    if (!sk || !family_is_ours(sk->__sk_common.skc_family))
        return 0;
    struct weir_bpf_holder *h = bpf_sk_storage_get(&sockets, sk, 0, 0);
    h = h ? 0 : holder_make(sk, task);
    if (h)
        h->flags |= WEIR_BPF_OLD;
    return 0;
}
