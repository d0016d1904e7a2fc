/*
 * IP and the ports above it: RFC 791, 8200 (extension headers), 9293 (TCP), 768 (UDP), 3828
 * (UDP-Lite), 9260 (SCTP), 4340 (DCCP).
 */
#include "packet/decode_private.h"
#include "packet/messages.h"

#define EXTENSIONS_MOST 16
#define DISCOVERY_FIRST (133u << 8) /* ICMPv6 types 133 to 136, code 0 */
#define DISCOVERY_LAST (136u << 8)
#define UDP_HEADER 8u

/** What an IP header says. */
typedef struct ip_facts {
    const uint8_t *src, *dst;
    uint32_t bytes;    /* of the packet, by its own length */
    uint32_t fragment; /* its id, when is_fragment */
    uint8_t protocol;
    bool ipv6, is_fragment, is_later; /* is_later: not the first fragment */
} ip_facts_t;

/* What the frame holds from the IP header on; for headers that do not say it. */
static uint32_t rest_of_frame(const cursor_t *cursor)
{
    return cursor->frame->wire_len > cursor->at ? cursor->frame->wire_len - cursor->at : 0;
}

static bool ipv4_read(cursor_t *cursor, ip_facts_t *ret_facts)
{
    if (!weir_cursor_has(cursor, 20)) {
        (void)weir_cursor_skip(cursor, WEIR_SKIP_CUT_IP, 0);
        return false;
    }
    const uint8_t *at = weir_cursor_data(cursor);
    uint32_t header = (at[0] & 0x0fu) * 4;
    if (at[0] >> 4 != 4 || header < 20) {
        (void)weir_cursor_skip(cursor, WEIR_SKIP_BAD_IP, 0);
        return false;
    }
    uint32_t total = weir_be16(at + 2);
    uint16_t fragment = weir_be16(at + 6);
    *ret_facts = (ip_facts_t){
        .src = at + 12,
        .dst = at + 16,
        .bytes = total ? total : rest_of_frame(cursor), /* 0: segmentation offload */
        .fragment = weir_be16(at + 4),
        .protocol = at[9],
        .is_fragment = fragment & 0x3fff,
        .is_later = fragment & 0x1fff,
    };
    cursor->at += header;
    return true;
}

static bool extension_is(uint8_t protocol)
{
    return protocol == WEIR_IP_HOPOPTS || protocol == WEIR_IP_ROUTING ||
           protocol == WEIR_IP_DSTOPTS || protocol == WEIR_IP_FRAGMENT;
}

/* Follow the chain as far as it was captured; where it was not, the next header's number stands. */
static void extensions_read(cursor_t *cursor, ip_facts_t *facts)
{
    for (int i = 0; i < EXTENSIONS_MOST && extension_is(facts->protocol) && !facts->is_later; i++) {
        if (!weir_cursor_has(cursor, 8))
            return;
        const uint8_t *at = weir_cursor_data(cursor);
        uint32_t n = 8;
        if (facts->protocol == WEIR_IP_FRAGMENT) {
            facts->fragment = weir_be32(at + 4);
            facts->is_later = weir_be16(at + 2) & 0xfff8;
            facts->is_fragment = facts->is_later || (at[3] & 1);
        } else {
            n = (at[1] + 1u) * 8;
        }
        facts->protocol = at[0];
        cursor->at += n;
    }
}

static bool ipv6_read(cursor_t *cursor, ip_facts_t *ret_facts)
{
    if (!weir_cursor_has(cursor, 40)) {
        (void)weir_cursor_skip(cursor, WEIR_SKIP_CUT_IP, 0);
        return false;
    }
    const uint8_t *at = weir_cursor_data(cursor);
    if (at[0] >> 4 != 6) {
        (void)weir_cursor_skip(cursor, WEIR_SKIP_BAD_IP, 0);
        return false;
    }
    uint32_t payload = weir_be16(at + 4);
    *ret_facts = (ip_facts_t){
        .src = at + 8,
        .dst = at + 24,
        .bytes = payload ? payload + 40 : rest_of_frame(cursor), /* 0: jumbogram or offload */
        .protocol = at[6],
        .ipv6 = true,
    };
    cursor->at += 40;
    if (__builtin_expect(extension_is(ret_facts->protocol), 0))
        extensions_read(cursor, ret_facts);
    return true;
}

static bool protocol_has_ports(uint8_t protocol)
{
    return protocol == WEIR_IP_TCP || protocol == WEIR_IP_UDP || protocol == WEIR_IP_SCTP ||
           protocol == WEIR_IP_UDPLITE || protocol == WEIR_IP_DCCP;
}

/* Ports of a fragment: the first one tells, the others ask. */
static fragment_ports_t fragment_ports(cursor_t *cursor, const ip_facts_t *facts,
                                       fragment_ports_t ports)
{
    weir_decoder_t *decoder = cursor->decoder;
    if (!decoder->fragments || !protocol_has_ports(facts->protocol))
        return ports;
    if (decoder->turn)
        decoder->turn(decoder->turn_context);
    fragment_key_t key = {.id = facts->fragment,
                          .vlan = cursor->vlan,
                          .protocol = facts->protocol,
                          .traits =
                              (uint8_t)(facts->ipv6 | cursor->depth << WEIR_TRAIT_DEPTH_SHIFT)};
    size_t n = facts->ipv6 ? 16 : 4;
    memcpy(key.src, facts->src, n);
    memcpy(key.dst, facts->dst, n);
    if (!facts->is_later)
        weir_fragments_put(decoder->fragments, &key, ports);
    else
        (void)weir_fragments_get(decoder->fragments, &key, &ports); /* not seen: they stay 0 */
    return ports;
}

static fragment_ports_t ports_read(cursor_t *cursor, const ip_facts_t *facts)
{
    fragment_ports_t ports = {0};
    if (!facts->is_later && protocol_has_ports(facts->protocol) && weir_cursor_has(cursor, 4)) {
        const uint8_t *at = weir_cursor_data(cursor);
        ports = (fragment_ports_t){weir_be16(at), weir_be16(at + 2)};
    }
    if (__builtin_expect(facts->is_fragment, 0))
        ports = fragment_ports(cursor, facts, ports);
    return ports;
}

static inline uint64_t word_load(const uint8_t *at)
{
    uint64_t word = 0;
    memcpy(&word, at, sizeof(word));
    return word;
}

/* Four bytes and four zero bytes, as they would stand in memory. */
static inline uint64_t word_load_ipv4(const uint8_t *at)
{
    uint32_t half = 0;
    memcpy(&half, at, sizeof(half));
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? half : (uint64_t)half << 32;
}

/* Sets the key's addresses; returns whether the source (address, then port) is the higher end. */
static inline bool key_set_ipv4(weir_flow_key_t *key, const ip_facts_t *facts,
                                fragment_ports_t ports)
{
    uint64_t src = (uint64_t)weir_be32(facts->src) << 16 | ports.src;
    uint64_t dst = (uint64_t)weir_be32(facts->dst) << 16 | ports.dst;
    bool high = src > dst;
    uint64_t src_word = word_load_ipv4(facts->src), dst_word = word_load_ipv4(facts->dst);
    key->low[0] = high ? dst_word : src_word;
    key->high[0] = high ? src_word : dst_word;
    key->low[1] = key->high[1] = 0;
    return high;
}

static inline bool key_set_ipv6(weir_flow_key_t *key, const ip_facts_t *facts,
                                fragment_ports_t ports)
{
    uint64_t src = weir_be64(facts->src), dst = weir_be64(facts->dst);
    if (src == dst) {
        src = weir_be64(facts->src + 8);
        dst = weir_be64(facts->dst + 8);
    }
    bool high = src > dst || (src == dst && ports.src > ports.dst);
    const uint8_t *low_address = high ? facts->dst : facts->src;
    const uint8_t *high_address = high ? facts->src : facts->dst;
    key->low[0] = word_load(low_address);
    key->low[1] = word_load(low_address + 8);
    key->high[0] = word_load(high_address);
    key->high[1] = word_load(high_address + 8);
    return high;
}

/* The flow's key in registers; returns whether the source is the higher end. */
static inline bool key_make(const cursor_t *cursor, const ip_facts_t *facts, fragment_ports_t ports,
                            weir_flow_key_t *key)
{
    bool high = facts->ipv6 ? key_set_ipv6(key, facts, ports) : key_set_ipv4(key, facts, ports);
    key->tail = weir_key_tail_pack((weir_key_tail_t){
        .low_port = high ? ports.dst : ports.src,
        .high_port = high ? ports.src : ports.dst,
        .vlan = cursor->vlan,
        .protocol = facts->protocol,
        .traits = (uint8_t)(facts->ipv6 | cursor->depth << WEIR_TRAIT_DEPTH_SHIFT),
    });
    return high;
}

/* Where the packet's bytes are. A later fragment has none that could be read alone. */
static inline void packet_set(const cursor_t *cursor, const ip_facts_t *facts, uint32_t ip_at,
                              weir_digest_t *digest)
{
    uint32_t captured = cursor->frame->caplen - ip_at, header = cursor->at - ip_at;
    digest->packet = cursor->frame->data + ip_at;
    digest->captured = captured < facts->bytes ? captured : facts->bytes;
    if (facts->protocol == WEIR_IP_TCP)
        header += weir_cursor_has(cursor, 20) ? (weir_cursor_data(cursor)[12] >> 4) * 4u : 20;
    else if (facts->protocol == WEIR_IP_UDP)
        header += UDP_HEADER;
    digest->payload_at = (uint16_t)(header < UINT16_MAX && !facts->is_later ? header : UINT16_MAX);
    if (facts->is_later)
        digest->captured = 0;
}

static weir_address_t address_of(const uint8_t *bytes, bool ipv6)
{
    weir_address_t address = {.family = ipv6 ? WEIR_FAMILY_IPV6 : WEIR_FAMILY_IPV4,
                              .prefix = ipv6 ? 128 : 32};
    memcpy(address.bytes, bytes, ipv6 ? 16 : 4);
    return address;
}

/* The UDP header's own length counts where it can be true. */
static void message_read(const cursor_t *cursor, const ip_facts_t *facts, fragment_ports_t ports,
                         uint32_t ip_end)
{
    if (!weir_cursor_has(cursor, UDP_HEADER))
        return;
    const uint8_t *at = weir_cursor_data(cursor);
    uint32_t length = weir_be16(at + 4), captured = cursor->frame->caplen - cursor->at;
    uint32_t wire = ip_end > cursor->at ? ip_end - cursor->at : 0;
    wire = length >= UDP_HEADER && length < wire ? length : wire;
    if (wire < UDP_HEADER)
        return;
    bool ethernet = cursor->depth == 0 && cursor->frame->link == WEIR_LINKTYPE_ETHERNET;
    weir_message_t message = {
        .time_ns = cursor->frame->time_ns,
        .src = address_of(facts->src, facts->ipv6),
        .dst = address_of(facts->dst, facts->ipv6),
        .src_port = ports.src,
        .dst_port = ports.dst,
        .src_mac = ethernet ? cursor->frame->data + WEIR_MAC_SIZE : NULL,
        .payload = {at + UDP_HEADER, (captured < wire ? captured : wire) - UDP_HEADER},
        .wire_len = wire - UDP_HEADER,
    };
    weir_message_read(&message, &cursor->decoder->learnt);
}

static void discovery_read(const cursor_t *cursor, const ip_facts_t *facts)
{
    weir_address_t src = address_of(facts->src, true), dst = address_of(facts->dst, true);
    weir_decode_discovery(cursor, &src, &dst, facts->src[-1]); /* the hop limit stands before it */
}

/* Who sent what goes out is on this side, and who receives what comes in. */
static inline uint8_t local_end(const cursor_t *cursor, bool from_high)
{
    if (!cursor->direction || cursor->depth)
        return 0;
    return (cursor->direction == WEIR_DIRECTION_OUT) == from_high ? 2 : 1;
}

static void digest_make(cursor_t *cursor, const ip_facts_t *facts, uint32_t ip_at)
{
    weir_digest_t *digest = cursor->digest;
    fragment_ports_t ports = ports_read(cursor, facts);
    weir_flow_key_t key;
    bool high = key_make(cursor, facts, ports, &key);
    digest->hash = weir_flow_key_hash(&key, cursor->decoder->seed);
    digest->key = key;
    digest->time_ns = cursor->frame->time_ns;
    digest->frame_bytes = cursor->depth ? facts->bytes : cursor->frame->wire_len;
    digest->ip_bytes = facts->bytes;
    digest->from_high = high;
    digest->local = local_end(cursor, high);
    digest->has_tcp = digest->has_stamps = digest->has_rtp = digest->is_icmp = false;
    digest->tcp_flags = 0;
    packet_set(cursor, facts, ip_at, digest);
    if (facts->is_later)
        return;
    if (facts->protocol == WEIR_IP_TCP) {
        weir_decode_tcp(cursor, ip_at + facts->bytes, digest);
    } else if (facts->protocol == WEIR_IP_UDP) {
        weir_decode_rtp(cursor, ip_at + facts->bytes, digest);
        if ((cursor->decoder->learnt.events || cursor->decoder->learnt.hostnames) &&
            weir_message_wanted(ports.src, ports.dst))
            message_read(cursor, facts, ports, ip_at + facts->bytes);
    } else if ((facts->protocol == WEIR_IP_ICMP || facts->protocol == WEIR_IP_ICMPV6) &&
               weir_cursor_has(cursor, 2)) {
        digest->icmp = weir_be16(weir_cursor_data(cursor));
        digest->is_icmp = true;
        if (facts->ipv6 && digest->icmp >= DISCOVERY_FIRST && digest->icmp <= DISCOVERY_LAST)
            discovery_read(cursor, facts);
    }
}

next_t weir_decode_ip(cursor_t *cursor, next_t next, uint16_t *ret_type)
{
    if (next == NEXT_IP) {
        if (!weir_cursor_has(cursor, 1))
            return weir_cursor_skip(cursor, WEIR_SKIP_CUT_IP, 0);
        next = weir_cursor_data(cursor)[0] >> 4 == 6 ? NEXT_IPV6 : NEXT_IPV4;
    }
    ip_facts_t facts;
    uint32_t ip_at = cursor->at;
    bool read = next == NEXT_IPV4 ? ipv4_read(cursor, &facts) : ipv6_read(cursor, &facts);
    if (!read)
        return NEXT_NONE;
    digest_make(cursor, &facts, ip_at);
    const weir_digest_t *digest = cursor->digest++;
    cursor->digests++;
    if (!cursor->decoder->inner || facts.is_later)
        return NEXT_NONE;
    return weir_decode_tunnel(cursor, facts.protocol, digest, ret_type);
}
