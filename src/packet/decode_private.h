/*
 * What the decoders of the layers share.
 */
#ifndef WEIR_PACKET_DECODE_PRIVATE_H
#define WEIR_PACKET_DECODE_PRIVATE_H

#include "packet/decode.h"

/** Where decoding stands in one frame. */
typedef struct cursor {
    weir_decoder_t *decoder;
    const weir_frame_t *frame;
    uint32_t at;   /* [byte] from the frame's begin; may pass caplen */
    uint16_t vlan; /* outermost tag so far */
    uint8_t depth; /* tunnels entered */
    uint8_t direction;
    weir_digest_t *digest; /* where the next digest goes */
    size_t digests;        /* made so far */
} cursor_t;

/** What follows a header. */
typedef enum next {
    NEXT_NONE, /* done: counted or skipped */
    NEXT_IPV4,
    NEXT_IPV6,
    NEXT_IP, /* the version nibble decides */
    NEXT_ETHERNET,
    NEXT_TYPE, /* an EtherType, given apart */
    NEXT_PPP,
} next_t;

static inline bool weir_cursor_has(const cursor_t *cursor, uint32_t n)
{
    return cursor->frame->caplen >= n && cursor->at <= cursor->frame->caplen - n;
}

static inline const uint8_t *weir_cursor_data(const cursor_t *cursor)
{
    return cursor->frame->data + cursor->at;
}

/** Inside a tunnel nothing is counted: the frame was, outside. */
static inline void weir_cursor_count(const cursor_t *cursor, weir_kin_t kin)
{
    if (cursor->depth > 0)
        return;
    weir_tally_t *tally = &cursor->decoder->counts.kin[kin];
    tally->packets++;
    tally->bytes += cursor->frame->wire_len;
}

next_t weir_cursor_skip(const cursor_t *cursor, weir_skip_t reason, uint32_t detail);

/** From the link layer to IP. */
next_t weir_decode_link(cursor_t *cursor);
/** From what a tunnel says it carries to IP; `type` for NEXT_TYPE. */
next_t weir_decode_type(cursor_t *cursor, next_t next, uint16_t type);
/** The cursor stands at ARP; at ICMPv6 of types 133 to 136. An event, if they are wanted. */
void weir_decode_arp(const cursor_t *cursor);
void weir_decode_discovery(const cursor_t *cursor, const weir_address_t *src,
                           const weir_address_t *dst, uint8_t hop_limit);
/** IP and above: makes a digest and returns what is inside, NEXT_NONE if no tunnel. */
next_t weir_decode_ip(cursor_t *cursor, next_t next, uint16_t *ret_type);
/** The cursor stands behind the IP header of `protocol`. Moves it to what the tunnel carries. */
next_t weir_decode_tunnel(cursor_t *cursor, uint8_t protocol, const weir_digest_t *digest,
                          uint16_t *ret_type);

/** TCP's own fields; the cursor stands at its header. `ip_end` [byte]: where the packet ends. */
void weir_decode_tcp(const cursor_t *cursor, uint32_t ip_end, weir_digest_t *digest);
/** Whether a UDP datagram could be one of RTP, and what it then says; likewise. */
void weir_decode_rtp(const cursor_t *cursor, uint32_t ip_end, weir_digest_t *digest);

typedef struct fragment_key {
    uint8_t src[16], dst[16];
    uint32_t id;
    uint16_t vlan;
    uint8_t protocol, traits;
} fragment_key_t;

typedef struct fragment_ports {
    uint16_t src, dst;
} fragment_ports_t;

void weir_fragments_put(weir_fragments_t *fragments, const fragment_key_t *key,
                        fragment_ports_t ports);
/** false: the first fragment was not seen, or was forgotten. */
bool weir_fragments_get(const weir_fragments_t *fragments, const fragment_key_t *key,
                        fragment_ports_t *ret_ports);

#endif
