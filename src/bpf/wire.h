/*
 * What reaches no socket of a program; for weir.bpf.c alone, whose counters and sockets it uses.
 *
 * Each interface's packets, met by programs on it (tcx) or, where the kernel does not have these,
 * by tracepoints. Packets of programs are counted at their sockets: what is left is the kernel's
 * own, forwarded, refused, or no IP.
 */
#ifndef WEIR_BPF_WIRE_H
#define WEIR_BPF_WIRE_H

/* A packet on an interface, however it was met. */
struct passing {
    __u32 source[4], target[4];
    __u32 length; /* [byte] of IP and above, or behind the link header */
    __u32 segments, iface, came_by;
    __u32 headers;                  /* [byte] that each segment of a merged frame has */
    __u16 source_port, target_port; /* where there are some */
    __u8 ip, family, protocol, type, tcp_flags;
};

#define HEADERS_READ 54U /* of IP and above; what is not there is zero */

/* at: behind the IP header. */
static __always_inline void passing_transport_read(struct passing *p, const __u8 *at,
                                                   __u32 ip_header)
{
    p->type = at[0];
    p->source_port = bpf_ntohs(*(__u16 *)at);
    p->target_port = bpf_ntohs(*(__u16 *)(at + 2));
    p->tcp_flags = at[13];
    p->headers = ip_header + (p->protocol == PROTOCOL_TCP ? (at[12] >> 4) * 4U : UDP_HEADER);
}

static __always_inline void passing_read(struct passing *p, const __u8 *ip)
{
    if (*ip >> 4 == 6) {
        p->family = AF_INET6;
        p->protocol = ip[6];
        __builtin_memcpy(p->source, ip + 8, 16);
        __builtin_memcpy(p->target, ip + 24, 16);
        passing_transport_read(p, ip + IPV6_HEADER, IPV6_HEADER);
        if (ip[6] == 0 && ip[40] == PROTOCOL_ICMPV6) /* hop-by-hop: multicast listener reports */
            p->protocol = PROTOCOL_ICMPV6, p->type = 143;
    } else if (*ip >> 4 == 4) {
        p->family = AF_INET;
        p->protocol = ip[9];
        p->source[0] = *(__u32 *)(ip + 12);
        p->target[0] = *(__u32 *)(ip + 16);
        passing_transport_read(p, ip + IP_HEADER, IP_HEADER);
    }
}

static __always_inline bool port_is_kernels(__u16 port)
{
    return kernel_ports[port >> 6] >> (port & 63) & 1;
}

/* What tells one tunnel's packets from another's: its port here, or there. 0: no tunnel. */
static __always_inline __u16 tunnel_port(const struct passing *p, int out)
{
    __u16 own = out ? p->source_port : p->target_port;
    __u16 other = out ? p->target_port : p->source_port;
    if (p->protocol != PROTOCOL_UDP)
        return 0;
    return port_is_kernels(own) ? own : out && port_is_kernels(other) ? other : 0;
}

static __always_inline bool has_ports(const struct passing *p)
{
    return p->protocol == PROTOCOL_TCP || p->protocol == PROTOCOL_UDP;
}

static __noinline int passing_count(const struct passing *p, __u32 kind, int out)
{
    struct weir_bpf_rest_key key = {};
    struct weir_bpf_rest more = {};
    struct weir_bpf_counts *counts = out ? &more.tx : &more.rx;
    if (!p)
        return 0;
    key.path.kind = (__u8)kind;
    key.path.tx_iface = out ? p->iface : 0;
    key.path.rx_iface = out ? 0 : p->iface;
    __builtin_memcpy(key.path.local, out ? p->source : p->target, 16);
    __builtin_memcpy(key.path.peer, out ? p->target : p->source, 16);
    key.path.family = p->family;
    key.path.protocol = p->protocol;
    key.path.local_port = kind == WEIR_BPF_KERNEL ? tunnel_port(p, out) : 0;
    if (kind == WEIR_BPF_REFUSED && has_ports(p)) {
        key.path.local_port = p->target_port;
        key.path.peer_port = p->source_port;
    }
    counts->packets = p->segments > 1 ? p->segments : 1;
    counts->merged_packets = counts->packets - 1;
    counts->merged_bytes = counts->merged_packets * p->headers;
    counts->bytes = counts->payload = p->length + counts->merged_bytes;
    if (kind == WEIR_BPF_FORWARDED) {
        key.path.rx_iface = p->came_by;
        more.rx = more.tx;
    }
    return rest_add(&key, &more);
}

static __always_inline int passing_out(const struct passing *p, bool has_socket)
{
    __u32 kind = !p->ip                      ? WEIR_BPF_NOT_IP
                 : !has_socket && p->came_by ? WEIR_BPF_FORWARDED
                                             : WEIR_BPF_KERNEL;
    return passing_count(p, kind, true);
}

/* The others have a socket that counts them, or are refused. */
static __always_inline bool is_kernels(const struct passing *p)
{
    return p->protocol == PROTOCOL_IGMP ||
           (is_icmp(p->protocol) && message_is_kernels(p->protocol, p->type));
}

static __always_inline int passing_in(const struct passing *p)
{
    if (!p->ip)
        return passing_count(p, WEIR_BPF_NOT_IP, false);
    return is_kernels(p) || tunnel_port(p, false) ? passing_count(p, WEIR_BPF_KERNEL, false) : 0;
}

/* The socket behind a packet that leaves. */
struct sender {
    const struct weir_bpf_holder *holder; /* NULL: the kernel's own, or what is left of one */
    __u16 port;
    __u8 state;
};

/* Whether it counts the packet. A tunnel's packets carry the socket of what is inside. */
static __always_inline bool sender_counts(const struct passing *p, const struct sender *sender)
{
    if (p->protocol == PROTOCOL_TCP && sender->state == TCP_NEW_SYN_RECV)
        return true; /* its listener does */
    if (!sender->holder || (tunnel_port(p, true) && p->source_port != sender->port))
        return false;
    return sender->holder->protocol == p->protocol || sender->holder->protocol == PROTOCOL_RAW;
}

/* A frame that the program which runs wrote itself. */
static __always_inline bool frame_count(struct weir_bpf_holder *h, __u32 length, __u32 iface)
{
    struct weir_bpf_slot *s = slot_find(h);
    if (!s)
        return false;
    struct weir_bpf_counts more = {.bytes = length, .packets = 1, .payload = length};
    h->flags |= WEIR_BPF_WIRE;
    s->flags |= WEIR_BPF_OUT;
    if (!path_follow(h, s, 0, iface, true))
        return false;
    counts_add(&s->tx, &more);
    return true;
}

/* ---- ... by programs on the interfaces ------------------------------------------------------- */

static __always_inline bool is_ip(__u16 protocol)
{
    return protocol == bpf_htons(ETHERTYPE_IP) || protocol == bpf_htons(ETHERTYPE_IPV6);
}

/* [byte] of link header before the packet: the frame begins there, or none does. */
static __always_inline __u32 link_header(const struct __sk_buff *skb)
{
    __u8 *at = (void *)(long)skb->data;
    if ((void *)at + ETHERNET_HEADER > (void *)(long)skb->data_end)
        return 0;
    return *(__u16 *)(at + 12) == (__u16)skb->protocol ? ETHERNET_HEADER : 0;
}

/* What decides about most packets, without the rest of them. */
struct glance {
    __u8 protocol; /* 0 unknown */
    __u8 tcp_flags;
    __u16 source_port, target_port;
};

static __always_inline void glance_transport(struct glance *g, const struct __sk_buff *skb,
                                             const __u8 *at)
{
    const __u16 *ports = (const void *)at;
    const void *end = (void *)(long)skb->data_end;
    if ((const void *)(at + 4) > end)
        return;
    g->source_port = bpf_ntohs(ports[0]);
    g->target_port = bpf_ntohs(ports[1]);
    if (g->protocol == PROTOCOL_TCP && (const void *)(at + 14) <= end)
        g->tcp_flags = at[13];
}

static __always_inline struct glance glance_at(const struct __sk_buff *skb, __u32 link)
{
    struct glance g = {};
    const __u8 *ip = (void *)(long)skb->data + (link ? ETHERNET_HEADER : 0);
    if (!is_ip((__u16)skb->protocol) || (void *)ip + IP_HEADER > (void *)(long)skb->data_end)
        return g;
    bool v4 = *ip >> 4 == 4;
    g.protocol = v4 ? ip[9] : ip[6];
    glance_transport(&g, skb, ip + (v4 ? IP_HEADER : IPV6_HEADER));
    return g;
}

#define TUNNEL_HEADER (8U + ETHERNET_HEADER) /* of VXLAN, and of GENEVE without options */

/* [byte] that each segment of a tunnel's merged frame has beside the outer headers; at: behind
 * these. */
static __always_inline __u32 tunnel_headers(struct __sk_buff *skb, __u32 at)
{
    __u8 version = 0, protocol = 0, tcp_words = 0;
    at += TUNNEL_HEADER;
    bpf_skb_load_bytes(skb, at, &version, 1);
    bool v6 = version >> 4 == 6;
    __u32 ip_header = v6 ? IPV6_HEADER : IP_HEADER;
    bpf_skb_load_bytes(skb, at + (v6 ? 6 : 9), &protocol, 1);
    bpf_skb_load_bytes(skb, at + ip_header + 12, &tcp_words, 1);
    return TUNNEL_HEADER + ip_header +
           (protocol == PROTOCOL_TCP ? (tcp_words >> 4) * 4U : UDP_HEADER);
}

static __always_inline void wire_read(struct __sk_buff *skb, __u32 link, bool out,
                                      struct passing *p)
{
    __u8 headers[HEADERS_READ + 2] = {};
    p->iface = skb->ifindex;
    p->came_by = skb->ingress_ifindex;
    p->length = skb->len - link;
    p->segments = skb->gso_segs;
    p->ip = is_ip((__u16)skb->protocol);
    if (!p->ip)
        return;
    if (bpf_skb_load_bytes(skb, link, headers, HEADERS_READ) < 0 &&
        bpf_skb_load_bytes(skb, link, headers, IP_HEADER + 8) < 0)
        return;
    passing_read(p, headers);
    if (p->segments > 1 && tunnel_port(p, out))
        p->headers += tunnel_headers(skb, link + p->headers);
}

static __always_inline bool wire_frame(struct __sk_buff *skb, struct bpf_sock *sk)
{
    struct weir_bpf_holder *h = bpf_sk_storage_get(&sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
    if (!h)
        return false;
    if (!owner_is(h)) {
        h->family = AF_PACKET;
        h->cookie = bpf_get_socket_cookie(skb);
        owner_change(h);
    }
    return frame_count(h, skb->len > ETHERNET_HEADER ? skb->len - ETHERNET_HEADER : 0,
                       skb->ifindex);
}

SEC("tc")
int wire_out(struct __sk_buff *skb)
{
    struct passing p = {};
    __u32 link = link_header(skb);
    struct bpf_sock *sk = skb->sk;
    if (sk && sk->family == AF_PACKET) {
        if (wire_frame(skb, sk))
            return TCX_NEXT;
    } else if (sk) {
        struct glance g = glance_at(skb, link);
        if (g.protocol == PROTOCOL_UDP && g.source_port == sk->src_port)
            return TCX_NEXT;
    }
    wire_read(skb, link, true, &p);
    if (p.ip && sk) {
        const struct sender sender = {.holder = bpf_sk_storage_get(&sockets, sk, 0, 0),
                                      .port = (__u16)sk->src_port,
                                      .state = (__u8)sk->state};
        if (sender_counts(&p, &sender))
            return TCX_NEXT;
    }
    passing_out(&p, sk != 0);
    return TCX_NEXT;
}

/* The end of a connection whose socket has gone already: the kernel answers for it. */
static __always_inline bool meets_time_wait(struct __sk_buff *skb, const struct passing *p)
{
    struct bpf_sock_tuple ends = {};
    __u32 size = p->family == AF_INET ? sizeof(ends.ipv4) : sizeof(ends.ipv6);
    if (p->family == AF_INET) {
        ends.ipv4.saddr = p->source[0];
        ends.ipv4.daddr = p->target[0];
        ends.ipv4.sport = bpf_htons(p->source_port);
        ends.ipv4.dport = bpf_htons(p->target_port);
    } else {
        __builtin_memcpy(ends.ipv6.saddr, p->source, 16);
        __builtin_memcpy(ends.ipv6.daddr, p->target, 16);
        ends.ipv6.sport = bpf_htons(p->source_port);
        ends.ipv6.dport = bpf_htons(p->target_port);
    }
    struct bpf_sock *sk = bpf_skc_lookup_tcp(skb, &ends, size, BPF_F_CURRENT_NETNS, 0);
    bool late = sk && sk->state == TCP_TIME_WAIT;
    if (sk)
        bpf_sk_release(sk);
    return late;
}

SEC("tc")
int wire_in(struct __sk_buff *skb)
{
    struct passing p = {};
    __u32 link = link_header(skb);
    struct glance g = glance_at(skb, link);
    bool tcp = g.protocol == PROTOCOL_TCP;
    if ((tcp && !(g.tcp_flags & (TCP_FIN | TCP_RST))) ||
        (g.protocol == PROTOCOL_UDP && !port_is_kernels(g.target_port)))
        return TCX_NEXT;
    wire_read(skb, link, false, &p);
    if (!tcp)
        passing_in(&p);
    else if (meets_time_wait(skb, &p))
        passing_count(&p, WEIR_BPF_KERNEL, false);
    return TCX_NEXT;
}

/* ---- ... by tracepoints ---------------------------------------------------------------------- */

/* They meet the packets of all network namespaces. */
static __always_inline bool is_elsewhere(struct sk_buff *skb)
{
    return own_network && skb->dev->nd_net.net->net_cookie != own_network;
}

#define GSO_TCP (1U | 16U) /* SKB_GSO_TCPV4, SKB_GSO_TCPV6 */

/* [byte] that each segment of a tunnel's merged frame has in all. */
static __always_inline __u32 trace_tunnel_headers(struct sk_buff *skb, __u32 gso_type)
{
    __u8 tcp_words = 0;
    bpf_probe_read_kernel(&tcp_words, 1, skb->head + skb->inner_transport_header + 12);
    return (__u32)skb->inner_transport_header - skb->network_header +
           (gso_type & GSO_TCP ? (tcp_words >> 4) * 4U : UDP_HEADER);
}

/* at: where the IP header, or what there is behind the link header, begins. */
static __always_inline void trace_read(struct sk_buff *skb, const unsigned char *at,
                                       struct passing *p)
{
    __u8 headers[HEADERS_READ + 2] = {};
    const struct skb_shared_info *info = (const void *)(skb->head + skb->end);
    p->iface = (__u32)skb->dev->ifindex;
    p->came_by = (__u32)skb->skb_iif;
    p->length = skb->len - (__u32)(at - skb->data);
    p->segments = BPF_CORE_READ(info, gso_segs);
    p->ip = is_ip(skb->protocol);
    if (p->ip && bpf_probe_read_kernel(headers, HEADERS_READ, at) == 0)
        passing_read(p, headers);
    if (p->segments > 1 && BPF_CORE_READ_BITFIELD(skb, encapsulation))
        p->headers = trace_tunnel_headers(skb, BPF_CORE_READ(info, gso_type));
}

/* Sockets have no cookie before somebody asks for it, and here nobody may: above all that there
 * will be, the time is as good. */
#define COOKIES_TIMED (1ULL << 43)

static __always_inline bool trace_frame(struct sk_buff *skb, struct sock *sk, __u32 length)
{
    struct weir_bpf_holder *h = bpf_sk_storage_get(&sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
    if (!h)
        return false;
    if (!owner_is(h)) {
        h->family = AF_PACKET;
        h->cookie = COOKIES_TIMED | (bpf_ktime_get_ns() & (COOKIES_TIMED - 1));
        owner_change(h);
    }
    return frame_count(h, length, (__u32)skb->dev->ifindex);
}

SEC("tp_btf/net_dev_queue")
int BPF_PROG(trace_out, struct sk_buff *skb)
{
    struct passing p = {};
    struct sock *sk = skb->sk;
    const unsigned char *at = skb->head + skb->network_header;
    if (is_elsewhere(skb))
        return 0;
    /* Of frames nobody may have said where it begins. */
    trace_read(skb, at < skb->data || at > skb->data + skb->len ? skb->data : at, &p);
    if (sk && sk->__sk_common.skc_family == AF_PACKET && trace_frame(skb, sk, p.length))
        return 0;
    if (p.ip && sk) {
        const struct sender sender = {.holder = bpf_sk_storage_get(&sockets, sk, 0, 0),
                                      .port = sk->__sk_common.skc_num,
                                      .state = sk->__sk_common.skc_state};
        if (sender_counts(&p, &sender))
            return 0;
    }
    return passing_out(&p, sk != 0);
}

/* The link header is before the data already. */
SEC("tp_btf/netif_receive_skb")
int BPF_PROG(trace_in, struct sk_buff *skb)
{
    struct passing p = {};
    if (is_elsewhere(skb))
        return 0;
    trace_read(skb, skb->data, &p);
    return passing_in(&p);
}

/* ---- What is refused ------------------------------------------------------------------------- */

#define PACKET_BROADCAST 1
#define PACKET_MULTICAST 2

static __always_inline bool to_many(struct sk_buff *skb)
{
    __u8 type = BPF_CORE_READ_BITFIELD(skb, pkt_type);
    return type == PACKET_BROADCAST || type == PACKET_MULTICAST;
}

#define REASON(name) bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_##name)
#define REASON_EXISTS(name) bpf_core_enum_value_exists(enum skb_drop_reason, SKB_DROP_REASON_##name)

/* Dropped before any socket counted it. */
static __always_inline bool is_refused(struct sk_buff *skb, __u32 reason, bool icmp)
{
    if (reason == REASON(NETFILTER_DROP) || reason == REASON(OTHERHOST))
        return true;
    if (REASON_EXISTS(IP_RPFILTER) && reason == REASON(IP_RPFILTER))
        return true;
    if (icmp)
        return false; /* raw sockets have had it */
    return reason == REASON(NO_SOCKET) || reason == REASON(IP_NOPROTO) ||
           (reason == REASON(NOT_SPECIFIED) && to_many(skb));
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(refuse, struct sk_buff *skb, void *location, __u32 reason)
{
    struct passing p = {};
    if (!is_refused(skb, reason, false) || !skb->skb_iif || !skb->dev || is_elsewhere(skb))
        return 0;
    trace_read(skb, skb->head + skb->network_header, &p);
    p.iface = p.came_by;
    if (p.ip && !is_kernels(&p) && !tunnel_port(&p, false) &&
        is_refused(skb, reason, is_icmp(p.protocol)))
        passing_count(&p, WEIR_BPF_REFUSED, false);
    return 0;
}

/* ---- Tunnels --------------------------------------------------------------------------------- */

/* Tells the ports of UDP sockets that no program holds. */
SEC("iter/udp")
int list_kernel_ports(struct bpf_iter__udp *ctx)
{
    struct udp_sock *udp = ctx->udp_sk;
    if (!udp)
        return 0;
    struct sock *sk = &udp->inet.sk;
    struct socket *socket = BPF_CORE_READ(sk, sk_socket);
    __u16 port = BPF_CORE_READ(sk, __sk_common.skc_num);
    if (socket && !BPF_CORE_READ(socket, file))
        bpf_seq_write(ctx->meta->seq, &port, sizeof(port));
    return 0;
}

#endif
