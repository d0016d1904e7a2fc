/*
 * The kernel's types, as far as the programs read them. Offsets are those of the running kernel
 * (CO-RE relocations), so that only names matter here.
 */
#ifndef WEIR_BPF_KERNEL_H
#define WEIR_BPF_KERNEL_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kuid {
    __u32 val;
};

struct cred {
    struct kuid uid;
};

struct task_struct {
    int tgid;
    __u64 start_boottime;
    __u32 self_exec_id;
    const struct cred *cred;
    struct task_struct *group_leader, *real_parent;
    char comm[16];
};

struct linux_binprm {
    const char *interp;
};

struct net {
    __u64 net_cookie;
};

struct possible_net {
    struct net *net;
};

struct in6_words {
    __u32 words[4];
};

struct sock_common {
    unsigned short skc_family;
    volatile unsigned char skc_state;
    __u16 skc_num; /* port of this end, host order */
    struct possible_net skc_net;
};

struct file;

struct socket {
    struct file *file; /* none: the kernel's own */
    struct sock *sk;
};

struct socket_lock {
    int owned;
};

struct sock {
    struct sock_common __sk_common;
    struct socket_lock sk_lock;
    __u16 sk_protocol;
    struct socket *sk_socket;
};

struct inet_sock {
    struct sock sk;
};

struct inet_connection_sock {
    struct inet_sock icsk_inet;
};

struct tcp_sock {
    struct inet_connection_sock inet_conn;
    __u32 srtt_us, total_retrans;
};

struct udp_sock {
    struct inet_sock inet;
};

struct net_device {
    int ifindex;
    struct possible_net nd_net;
};

struct sk_buff {
    struct sock *sk;
    struct net_device *dev;
    unsigned int len;
    __u16 protocol, network_header, inner_transport_header;
    __u8 pkt_type : 3, encapsulation : 1;
    int skb_iif;
    unsigned int end; /* of the data, from `head` on: there is the shared info */
    unsigned char *head, *data;
};

struct skb_shared_info {
    unsigned short gso_segs;
    unsigned int gso_type;
};

struct seq_file;

struct bpf_iter_meta {
    struct seq_file *seq;
};

struct bpf_iter__task_file {
    struct bpf_iter_meta *meta;
    struct task_struct *task;
    __u32 fd;
    struct file *file;
};

struct bpf_iter__udp {
    struct bpf_iter_meta *meta;
    struct udp_sock *udp_sk;
};

#pragma clang attribute pop

/* Their numbers differ from kernel to kernel. */
enum skb_drop_reason {
    SKB_DROP_REASON_NOT_SPECIFIED,
    SKB_DROP_REASON_NO_SOCKET,
    SKB_DROP_REASON_NETFILTER_DROP,
    SKB_DROP_REASON_OTHERHOST,
    SKB_DROP_REASON_IP_NOPROTO,
    SKB_DROP_REASON_IP_RPFILTER, /* Linux 6.14 */
};

#endif
