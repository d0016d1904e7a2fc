/*
 * What IP carries IP in: RFC 2003 and 4213 (IP in IP), 2784 and 2890 (GRE), 7348 (VXLAN), 8926
 * (GENEVE), 3GPP TS 29.281 (GTP-U). Only looked at when inner flows are asked for.
 */
#include "packet/decode_private.h"

enum tunnel_port { PORT_GTP_U = 2152, PORT_VXLAN = 4789, PORT_GENEVE = 6081 };

/* Step over a header of `n` bytes. */
static next_t header_end(cursor_t *cursor, uint32_t n, next_t next)
{
    cursor->at += n;
    return next;
}

static next_t gre_follow(cursor_t *cursor, uint16_t *ret_type)
{
    if (!weir_cursor_has(cursor, 4))
        return NEXT_NONE;
    const uint8_t *at = weir_cursor_data(cursor);
    uint8_t flags = at[0];
    if ((at[1] & 7) > 1 || (flags & 0x40)) /* version 1 is PPTP's; routing (RFC 1701) is history */
        return NEXT_NONE;
    *ret_type = weir_be16(at + 2);
    uint32_t n = 4;
    n += flags & 0x80 ? 4 : 0; /* checksum */
    n += flags & 0x20 ? 4 : 0; /* key */
    n += flags & 0x10 ? 4 : 0; /* sequence */
    n += at[1] & 0x80 ? 4 : 0; /* acknowledgement (version 1) */
    return header_end(cursor, n, *ret_type == 0x880b ? NEXT_PPP : NEXT_TYPE);
}

static next_t vxlan_follow(cursor_t *cursor)
{
    if (!weir_cursor_has(cursor, 16) || !(weir_cursor_data(cursor)[8] & 0x08))
        return NEXT_NONE;
    return header_end(cursor, 16, NEXT_ETHERNET);
}

static next_t geneve_follow(cursor_t *cursor, uint16_t *ret_type)
{
    if (!weir_cursor_has(cursor, 16) || weir_cursor_data(cursor)[8] >> 6 != 0)
        return NEXT_NONE;
    const uint8_t *at = weir_cursor_data(cursor);
    *ret_type = weir_be16(at + 10);
    return header_end(cursor, 16 + (at[8] & 0x3fu) * 4, NEXT_TYPE);
}

/* G-PDUs only. Extension headers say their length in words of 4, and the next one's type at their
 * end. */
static next_t gtp_follow(cursor_t *cursor)
{
    if (!weir_cursor_has(cursor, 16))
        return NEXT_NONE;
    const uint8_t *at = weir_cursor_data(cursor) + 8;
    if ((at[0] & 0xf0) != 0x30 || at[1] != 255)
        return NEXT_NONE;
    bool optional = at[0] & 7;
    cursor->at += optional ? 20 : 16;
    if (!(at[0] & 4))
        return NEXT_IP;
    if (cursor->frame->caplen < cursor->at)
        return NEXT_NONE;
    uint8_t type = weir_cursor_data(cursor)[-1];
    for (int i = 0; i < 8 && type != 0; i++) {
        uint32_t n = weir_cursor_has(cursor, 4) ? weir_cursor_data(cursor)[0] * 4u : 0;
        if (n == 0 || !weir_cursor_has(cursor, n))
            return NEXT_NONE;
        type = weir_cursor_data(cursor)[n - 1];
        cursor->at += n;
    }
    return NEXT_IP;
}

static next_t udp_follow(cursor_t *cursor, uint16_t port, uint16_t *ret_type)
{
    switch (port) {
    case PORT_VXLAN:
        return vxlan_follow(cursor);
    case PORT_GENEVE:
        return geneve_follow(cursor, ret_type);
    case PORT_GTP_U:
        return gtp_follow(cursor);
    default:
        return NEXT_NONE;
    }
}

next_t weir_decode_tunnel(cursor_t *cursor, uint8_t protocol, const weir_digest_t *digest,
                          uint16_t *ret_type)
{
    weir_key_tail_t tail = weir_key_tail(&digest->key);
    switch (protocol) {
    case WEIR_IP_IPV4:
        return NEXT_IPV4;
    case WEIR_IP_IPV6:
        return NEXT_IPV6;
    case WEIR_IP_GRE:
        return gre_follow(cursor, ret_type);
    case WEIR_IP_UDP: /* the destination's port is the tunnel's */
        return udp_follow(cursor, digest->from_high ? tail.low_port : tail.high_port, ret_type);
    default:
        return NEXT_NONE;
    }
}
