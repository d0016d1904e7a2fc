/*
 * What the BPF programs and their reader share: fixed widths, explicit padding. Bytes are those of
 * IP and above; a frame before its segmentation counts as the packets that it becomes.
 */
#ifndef WEIR_BPF_ABI_H
#define WEIR_BPF_ABI_H

#include <linux/types.h>

#define WEIR_BPF_NAME_SIZE 16
#define WEIR_BPF_PATH_SIZE 256
#define WEIR_BPF_SLOTS 65536 /* sockets with traffic; further ones count in `rest` */
#define WEIR_BPF_REST_MAX 65536
#define WEIR_BPF_CROWD_MAX 4096 /* what `rest` has no room for, without its ends */
#define WEIR_BPF_PROGRAMS_MAX 16384
#define WEIR_BPF_FIRSTS 4                /* packets with payload that go to the reader, each way */
#define WEIR_BPF_FIRST_TURNS 64          /* peers of a socket whose first packets do */
#define WEIR_BPF_FIRST_ROOM (512 * 1024) /* [byte] for them, until they are read */

enum weir_bpf_kind {
    WEIR_BPF_PROGRAM,
    WEIR_BPF_KERNEL,
    WEIR_BPF_FORWARDED,
    WEIR_BPF_NOT_IP,
    WEIR_BPF_REFUSED, /* for a port without a program, or dropped by the firewall */
};

enum weir_bpf_flag {
    WEIR_BPF_USED = 1,  /* the owner sent or received; else it only made or inherited the socket */
    WEIR_BPF_OUT = 2,   /* the first packet, or the SYN, went out */
    WEIR_BPF_CHILD = 4, /* accepted by a listener */
    WEIR_BPF_WIRE = 8,  /* AF_PACKET: its frames are counted where they leave */
    WEIR_BPF_OLD = 16,  /* it was there before us */
};

/** What a slot holds; only the reader makes it free again. */
enum weir_bpf_slot_state {
    WEIR_BPF_FREE,
    WEIR_BPF_OPEN,
    WEIR_BPF_ENDED,
};

/** One direction; see weir_socket_counts_t. */
struct weir_bpf_counts {
    __u64 bytes, packets, payload, merged_bytes, merged_packets;
};

/** Whose a process is; it changes with an exec. */
struct weir_bpf_owner {
    __u64 start_ns; /* boot time */
    __u32 pid, exec_id, parent, uid;
    char name[WEIR_BPF_NAME_SIZE];
};

/** Ends and interfaces of what is counted. Addresses as in the packet, IPv4 in the first word. */
struct weir_bpf_path {
    __u64 network; /* cookie of the network namespace, 0 the reader's */
    __u32 local[4], peer[4];
    __u32 rx_iface, tx_iface;
    __u16 local_port, peer_port; /* host order */
    __u8 family, protocol, kind, pad;
};

#define WEIR_BPF_SLOT_ENDED 0xffffffffU /* of a socket that will have no slot any more */

/** The storage of a socket. */
struct weir_bpf_holder {
    struct weir_bpf_owner owner;
    __u64 network, cookie;
    __u32 slot;                           /* 0: nothing was counted yet */
    __u32 busy;                           /* one of the programs changes holder and slot */
    __u8 family, protocol, flags, pad[5]; /* enum weir_bpf_flag */
};

/**
 * A slot: the counters of an open socket since owner, peer or interface changed last. Three
 * processors may write at once: one that receives, one that sends, one whose process takes over.
 */
struct weir_bpf_slot {
    __u32 use;   /* enum weir_bpf_slot_state; written last */
    __u32 epoch; /* odd while what the counters belong to changes; even: it stands */
    struct weir_bpf_path path;
    struct weir_bpf_counts rx;
    __u64 cookie;
    __u32 rtt_us, retransmits;
    __u8 flags;     /* enum weir_bpf_flag */
    __u8 state;     /* of TCP */
    __u8 rx_firsts; /* packets with payload from this peer, at most WEIR_BPF_FIRSTS */
    __u8 turns;     /* peers so far, at most WEIR_BPF_FIRST_TURNS */
    __u8 idents;    /* of the echo requests that were sent: 0 none, 1 this one, 2 several */
    __u8 pad;
    __u16 ident;
    struct weir_bpf_counts tx;
    struct weir_bpf_owner owner;
    __u8 tx_firsts; /* as rx_firsts */
    __u8 pad_tx[7];
    __u64 pad_line[5];
};

/** What belongs to no open socket, or did before owner, peer or interface changed. */
struct weir_bpf_rest_key {
    struct weir_bpf_path path;
    __u32 pid, exec_id;
};

struct weir_bpf_rest {
    struct weir_bpf_counts rx, tx;
    struct weir_bpf_owner owner;
    __u8 flags, pad[7];
};

/** A program that was started, by its process's number. */
struct weir_bpf_program {
    struct weir_bpf_owner owner;
    char path[WEIR_BPF_PATH_SIZE]; /* of the executable, or of a script's interpreter */
};

struct weir_bpf_totals {
    __u64 lost_packets; /* that found no room */
    __u64 lost_firsts;  /* first packets likewise */
    __u32 used_slots;   /* slots 1 to this have been in use; may be more than there are */
    __u32 firsts;       /* the reader sets it: somebody takes first packets; 0 nobody */
    __u32 senders;      /* sockets whose senders sock_send_length alone tells: 1 there are some */
    __u32 pad;
};

/** One of the first packets of a flow; the packet follows, from its IP header on. */
struct weir_bpf_first {
    __u64 time_ns; /* boot time */
    __u32 length, captured, iface;
    __u8 out, pad[3];
};

_Static_assert(sizeof(struct weir_bpf_path) == 56, "no hidden padding");
_Static_assert(sizeof(struct weir_bpf_owner) == 40, "no hidden padding");
_Static_assert(sizeof(struct weir_bpf_holder) == 72, "no hidden padding");
_Static_assert(sizeof(struct weir_bpf_slot) == 256, "whole cache lines");
_Static_assert(__builtin_offsetof(struct weir_bpf_slot, rx) == 64, "who receives has a line");
_Static_assert(__builtin_offsetof(struct weir_bpf_slot, tx) == 128, "who sends has another one");
_Static_assert(sizeof(struct weir_bpf_first) == 24, "no hidden padding");
_Static_assert(sizeof(struct weir_bpf_rest) == 128, "no hidden padding");
_Static_assert(sizeof(struct weir_bpf_rest_key) == 64, "no hidden padding");

#endif
