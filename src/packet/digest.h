/*
 * What the flow table needs of a packet, in one cache line and a bit. Decoding makes digests, in
 * any thread; the table that owns the flow takes them, in the order of the capture.
 */
#ifndef WEIR_PACKET_DIGEST_H
#define WEIR_PACKET_DIGEST_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define WEIR_VLAN_NONE UINT16_MAX

/** IANA protocol numbers that Weir treats apart. */
enum weir_ip_protocol {
    WEIR_IP_HOPOPTS = 0,
    WEIR_IP_ICMP = 1,
    WEIR_IP_IGMP = 2,
    WEIR_IP_IPV4 = 4,
    WEIR_IP_TCP = 6,
    WEIR_IP_UDP = 17,
    WEIR_IP_DCCP = 33,
    WEIR_IP_IPV6 = 41,
    WEIR_IP_ROUTING = 43,
    WEIR_IP_FRAGMENT = 44,
    WEIR_IP_GRE = 47,
    WEIR_IP_ICMPV6 = 58,
    WEIR_IP_DSTOPTS = 60,
    WEIR_IP_SCTP = 132,
    WEIR_IP_UDPLITE = 136,
};

/**
 * Both ends in canonical order (low <= high, as numbers), so that both directions have one key.
 * Kept as five words, which are made in registers, hashed and compared; smaller stores that are
 * then read as words would stall.
 */
typedef struct weir_flow_key {
    uint64_t low[2],
        high[2];   /* addresses in network order; IPv4 in the first four bytes, the rest zero */
    uint64_t tail; /* from the low end: 16 bits port of low, 16 port of high, 16 VLAN, 8 protocol, 8
                      traits */
} weir_flow_key_t;
_Static_assert(sizeof(weir_flow_key_t) == 40, "five words");

/* traits: bit 0 IPv6, bits 1 to 3 tunnels around the flow */
#define WEIR_TRAIT_IPV6 1u
#define WEIR_TRAIT_DEPTH_SHIFT 1

typedef struct weir_key_tail {
    uint16_t low_port, high_port; /* host order */
    uint16_t vlan;                /* outermost tag, or WEIR_VLAN_NONE */
    uint8_t protocol;             /* IANA number */
    uint8_t traits;
} weir_key_tail_t;

static inline uint64_t weir_key_tail_pack(weir_key_tail_t tail)
{
    return tail.low_port | (uint64_t)tail.high_port << 16 | (uint64_t)tail.vlan << 32 |
           (uint64_t)tail.protocol << 48 | (uint64_t)tail.traits << 56;
}

static inline weir_key_tail_t weir_key_tail(const weir_flow_key_t *key)
{
    return (weir_key_tail_t){(uint16_t)key->tail, (uint16_t)(key->tail >> 16),
                             (uint16_t)(key->tail >> 32), (uint8_t)(key->tail >> 48),
                             (uint8_t)(key->tail >> 56)};
}

static inline uint8_t weir_key_protocol(const weir_flow_key_t *key)
{
    return (uint8_t)(key->tail >> 48);
}

static inline unsigned weir_key_ipv6(const weir_flow_key_t *key)
{
    return key->tail >> 56 & WEIR_TRAIT_IPV6;
}

static inline unsigned weir_key_depth(const weir_flow_key_t *key)
{
    return (unsigned)(key->tail >> (56 + WEIR_TRAIT_DEPTH_SHIFT));
}

enum weir_tcp_flag {
    WEIR_TCP_FIN = 1,
    WEIR_TCP_SYN = 2,
    WEIR_TCP_RST = 4,
    WEIR_TCP_PSH = 8,
    WEIR_TCP_ACK = 16,
    WEIR_TCP_URG = 32,
};

typedef struct weir_digest {
    weir_flow_key_t key;
    uint64_t hash;
    int64_t time_ns;
    const uint8_t *packet; /* from the IP header on; belongs to the frame's source */
    uint32_t frame_bytes, ip_bytes;
    uint32_t captured; /* [byte] at `packet`, no more than the IP header says */
    union {
        struct {                        /* has_tcp */
            uint32_t seq, ack, payload; /* payload [byte] */
            uint32_t stamp, echo;       /* has_stamps: TSval and TSecr (RFC 7323, 3) */
            uint16_t window;            /* unscaled */
        };
        struct { /* has_rtp (RFC 3550, 5.1) */
            uint32_t rtp_source, rtp_time;
            uint16_t rtp_seq;
            uint8_t rtp_type;
        };
    };
    uint16_t payload_at; /* [byte] what TCP or UDP carries, else what IP does; may pass captured */
    uint16_t icmp;       /* ICMP: type << 8 | code */
    uint8_t tcp_flags;
    uint8_t local;   /* ends that are known as this side's: 1 low, 2 high */
    bool from_high;  /* the sender is `high` */
    bool has_tcp;    /* the TCP header was captured and whole */
    bool has_stamps; /* ... with its timestamps option */
    bool has_rtp;    /* a UDP datagram begins as one of RTP would */
    bool is_icmp;    /* icmp is set */
} weir_digest_t;

/** Times of a flow's quality are counted in ticks of 64 ns that wrap after 274 s; only near ones
 * are compared. */
#define WEIR_TICK_SHIFT 6

static inline uint32_t weir_digest_tick(const weir_digest_t *digest)
{
    return (uint32_t)((uint64_t)digest->time_ns >> WEIR_TICK_SHIFT);
}

static inline bool weir_flow_key_equal(const weir_flow_key_t *a, const weir_flow_key_t *b)
{
    return ((a->low[0] ^ b->low[0]) | (a->low[1] ^ b->low[1]) | (a->high[0] ^ b->high[0]) |
            (a->high[1] ^ b->high[1]) | (a->tail ^ b->tail)) == 0;
}

static inline uint64_t weir_hash_fold(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/** `seed` keeps an attacker from choosing colliding flows. */
static inline uint64_t weir_flow_key_hash(const weir_flow_key_t *key, uint64_t seed)
{
    uint64_t a = weir_hash_fold(key->low[0] ^ seed, key->high[0] ^ UINT64_C(0xa0761d6478bd642f));
    uint64_t b = weir_hash_fold(key->tail ^ seed, UINT64_C(0xe7037ed1a0b428db));
    if (weir_key_ipv6(key))
        a ^= weir_hash_fold(key->low[1] ^ seed ^ UINT64_C(0x8ebc6af09c88c6e3),
                            key->high[1] ^ UINT64_C(0x589965cc75374cc3));
    return weir_hash_fold(a ^ b, seed ^ UINT64_C(0x1d8e4e27c47d124f));
}

#endif
