/*
 * From the link layer to the network layer. Sources: IEEE 802.3, 802.1Q, 802.2, 802.11; RFC 1661
 * (PPP), 2516 (PPPoE), 3032 (MPLS); tcpdump.org (SLL, SLL2, NULL, LOOP); radiotap.org.
 */
#include "packet/decode_private.h"

#define TAGS_MOST 16 /* tags, labels and other headers in a row */

enum ether_type {
    TYPE_LOWEST = 0x0600, /* below: a length, and LLC follows */
    TYPE_IPV4 = 0x0800,
    TYPE_ARP = 0x0806,
    TYPE_RARP = 0x8035,
    TYPE_APPLETALK = 0x809b,
    TYPE_AARP = 0x80f3,
    TYPE_VLAN = 0x8100,
    TYPE_IPX = 0x8137,
    TYPE_IPV6 = 0x86dd,
    TYPE_PAUSE = 0x8808,
    TYPE_SLOW = 0x8809,
    TYPE_MPLS = 0x8847,
    TYPE_MPLS_UPSTREAM = 0x8848,
    TYPE_PPPOE_CONTROL = 0x8863,
    TYPE_PPPOE = 0x8864,
    TYPE_EAPOL = 0x888e,
    TYPE_QINQ = 0x88a8,
    TYPE_LLDP = 0x88cc,
    TYPE_PTP = 0x88f7,
    TYPE_LOOPTEST = 0x9000,
    TYPE_QINQ_OLD = 0x9100,
    TYPE_QINQ_OLDER = 0x9200,
    TYPE_TRANSPARENT = 0x6558, /* GRE: an Ethernet frame follows */
};

next_t weir_cursor_skip(const cursor_t *cursor, weir_skip_t reason, uint32_t detail)
{
    if (cursor->depth ==
        0) /* a tunnel's inside that is not known: its outside was counted as a flow */
        weir_decode_counts_skip(&cursor->decoder->counts, reason, detail,
                                (weir_tally_t){1, cursor->frame->wire_len});
    return NEXT_NONE;
}

static next_t link_cut(const cursor_t *cursor)
{
    return weir_cursor_skip(cursor, WEIR_SKIP_CUT_LINK, 0);
}

/* Types that are known and end there. */
static weir_kin_t type_kin(uint16_t type)
{
    switch (type) {
    case TYPE_RARP:
        return WEIR_KIN_RARP;
    case TYPE_LLDP:
        return WEIR_KIN_LLDP;
    case TYPE_EAPOL:
        return WEIR_KIN_EAPOL;
    case TYPE_SLOW:
        return WEIR_KIN_LACP;
    case TYPE_IPX:
        return WEIR_KIN_IPX;
    case TYPE_APPLETALK:
    case TYPE_AARP:
        return WEIR_KIN_APPLETALK;
    case TYPE_PTP:
        return WEIR_KIN_PTP;
    case TYPE_LOOPTEST:
        return WEIR_KIN_LOOPTEST;
    case TYPE_PAUSE:
        return WEIR_KIN_PAUSE;
    case TYPE_PPPOE_CONTROL:
        return WEIR_KIN_PPPOE_CONTROL;
    default:
        return WEIR_KIN_COUNT;
    }
}

static next_t kin_end(const cursor_t *cursor, weir_kin_t kin)
{
    weir_cursor_count(cursor, kin);
    return NEXT_NONE;
}

static next_t vlan_follow(cursor_t *cursor, uint16_t *type)
{
    if (!weir_cursor_has(cursor, 4))
        return link_cut(cursor);
    weir_cursor_count(cursor, WEIR_KIN_VLAN);
    if (cursor->vlan == WEIR_VLAN_NONE)
        cursor->vlan = weir_be16(weir_cursor_data(cursor)) & 0xfff;
    *type = weir_be16(weir_cursor_data(cursor) + 2);
    cursor->at += 4;
    return NEXT_TYPE;
}

/* The stack ends with the label that has the bottom bit; what follows says nothing of itself but
 * its first nibble: 4 and 6 are IP, 0 is a pseudowire's control word (RFC 4385) before Ethernet. */
static next_t mpls_follow(cursor_t *cursor)
{
    weir_cursor_count(cursor, WEIR_KIN_MPLS);
    for (int i = 0; i < TAGS_MOST; i++) {
        if (!weir_cursor_has(cursor, 5))
            return link_cut(cursor);
        bool bottom = weir_cursor_data(cursor)[2] & 1;
        cursor->at += 4;
        if (!bottom)
            continue;
        unsigned nibble = weir_cursor_data(cursor)[0] >> 4;
        if (nibble == 4 || nibble == 6)
            return NEXT_IP;
        cursor->at += nibble == 0 ? 4 : 0;
        return NEXT_ETHERNET;
    }
    return weir_cursor_skip(cursor, WEIR_SKIP_NESTING, 0);
}

static next_t pppoe_follow(cursor_t *cursor)
{
    if (!weir_cursor_has(cursor, 6))
        return link_cut(cursor);
    weir_cursor_count(cursor, WEIR_KIN_PPPOE);
    cursor->at += 6;
    return NEXT_PPP;
}

static next_t snap_follow(cursor_t *cursor, uint16_t *type)
{
    if (!weir_cursor_has(cursor, 8))
        return link_cut(cursor);
    const uint8_t *at = weir_cursor_data(cursor);
    uint32_t organisation = weir_be32(at + 2) & 0xffffff;
    *type = weir_be16(at + 6);
    cursor->at += 8;
    if (organisation == 0x00000c)
        return *type == 0x2000 ? kin_end(cursor, WEIR_KIN_CDP)
                               : weir_cursor_skip(cursor, WEIR_SKIP_LLC, 0xaa);
    if (*type < TYPE_LOWEST)
        return weir_cursor_skip(cursor, WEIR_SKIP_ETHERTYPE, *type);
    return NEXT_TYPE;
}

static next_t llc_follow(cursor_t *cursor, uint16_t *type)
{
    if (!weir_cursor_has(cursor, 3))
        return link_cut(cursor);
    weir_cursor_count(cursor, WEIR_KIN_LLC);
    uint8_t service = weir_cursor_data(cursor)[0];
    switch (service) {
    case 0xaa:
        return snap_follow(cursor, type);
    case 0x06:
        cursor->at += 3;
        return NEXT_IPV4;
    case 0x42:
        return kin_end(cursor, WEIR_KIN_STP);
    case 0xfe:
        return kin_end(cursor, WEIR_KIN_ISIS);
    case 0xe0:
    case 0xff:
        return kin_end(cursor, WEIR_KIN_IPX);
    case 0xf0:
        return kin_end(cursor, WEIR_KIN_NETBEUI);
    default:
        return weir_cursor_skip(cursor, WEIR_SKIP_LLC, service);
    }
}

static next_t type_follow(cursor_t *cursor, uint16_t *type)
{
    switch (*type) {
    case TYPE_IPV4:
        return NEXT_IPV4;
    case TYPE_IPV6:
        return NEXT_IPV6;
    case TYPE_VLAN:
    case TYPE_QINQ:
    case TYPE_QINQ_OLD:
    case TYPE_QINQ_OLDER:
        return vlan_follow(cursor, type);
    case TYPE_MPLS:
    case TYPE_MPLS_UPSTREAM:
        return mpls_follow(cursor);
    case TYPE_PPPOE:
        return pppoe_follow(cursor);
    case TYPE_TRANSPARENT:
        return NEXT_ETHERNET;
    case TYPE_ARP:
        weir_decode_arp(cursor);
        return kin_end(cursor, WEIR_KIN_ARP);
    default:
        break;
    }
    if (*type < TYPE_LOWEST)
        return llc_follow(cursor, type);
    weir_kin_t kin = type_kin(*type);
    return kin < WEIR_KIN_COUNT ? kin_end(cursor, kin)
                                : weir_cursor_skip(cursor, WEIR_SKIP_ETHERTYPE, *type);
}

static bool mac_is_ours(const weir_decoder_t *decoder, const uint8_t *mac)
{
    for (size_t i = 0; i < decoder->mac_count; i++)
        if (memcmp(decoder->macs[i].bytes, mac, sizeof(decoder->macs[i].bytes)) == 0)
            return true;
    return false;
}

/* The direction by the cards that are said to be this side's, if they are; and what came in for a
 * group tells nothing of who it was for. `at`: destination and source. */
static void macs_judge(cursor_t *cursor, const uint8_t *at)
{
    if (cursor->decoder->mac_count) {
        bool out = mac_is_ours(cursor->decoder, at + 6);
        cursor->direction = out                                ? WEIR_DIRECTION_OUT
                            : mac_is_ours(cursor->decoder, at) ? WEIR_DIRECTION_IN
                                                               : WEIR_DIRECTION_UNKNOWN;
    }
    if (cursor->direction == WEIR_DIRECTION_IN && (at[0] & 1))
        cursor->direction = WEIR_DIRECTION_UNKNOWN;
}

static next_t ethernet_follow(cursor_t *cursor, uint16_t *type)
{
    if (!weir_cursor_has(cursor, 14))
        return link_cut(cursor);
    if (cursor->depth == 0 && (cursor->direction || cursor->decoder->mac_count))
        macs_judge(cursor, weir_cursor_data(cursor));
    *type = weir_be16(weir_cursor_data(cursor) + 12);
    cursor->at += 14;
    return NEXT_TYPE;
}

/* Address and control may be left out, and the protocol may be one byte (RFC 1661, 6.5 and 6.6). */
static next_t ppp_follow(cursor_t *cursor, uint16_t *type)
{
    if (weir_cursor_has(cursor, 2) && weir_be16(weir_cursor_data(cursor)) == 0xff03)
        cursor->at += 2;
    if (!weir_cursor_has(cursor, 2))
        return link_cut(cursor);
    const uint8_t *at = weir_cursor_data(cursor);
    uint16_t protocol = at[0] & 1 ? at[0] : weir_be16(at);
    cursor->at += at[0] & 1 ? 1 : 2;
    switch (protocol) {
    case 0x0021:
        return NEXT_IPV4;
    case 0x0057:
        return NEXT_IPV6;
    case 0x0281:
        *type = TYPE_MPLS;
        return NEXT_TYPE;
    default:
        if (protocol >= 0x8000)
            return kin_end(cursor, WEIR_KIN_PPP_CONTROL);
        return weir_cursor_skip(cursor, WEIR_SKIP_PPP, protocol);
    }
}

next_t weir_decode_type(cursor_t *cursor, next_t next, uint16_t type)
{
    for (int i = 0; i < TAGS_MOST; i++) {
        if (next == NEXT_TYPE)
            next = type_follow(cursor, &type);
        else if (next == NEXT_ETHERNET)
            next = ethernet_follow(cursor, &type);
        else if (next == NEXT_PPP)
            next = ppp_follow(cursor, &type);
        else
            return next;
    }
    return weir_cursor_skip(cursor, WEIR_SKIP_NESTING, 0);
}

/* Linux cooked: IEEE numbers below 0x0600 are Linux's own; 4 is 802.2. */
static next_t cooked_type(cursor_t *cursor, uint16_t protocol, uint16_t packet_type)
{
    weir_cursor_count(cursor, WEIR_KIN_SLL);
    if (!cursor->direction)
        cursor->direction = (uint8_t)weir_direction_of_type(packet_type);
    if (protocol < TYPE_LOWEST && protocol != 4)
        return weir_cursor_skip(cursor, WEIR_SKIP_ETHERTYPE, protocol);
    return weir_decode_type(cursor, NEXT_TYPE, protocol);
}

static next_t sll_decode(cursor_t *cursor)
{
    if (!weir_cursor_has(cursor, 16))
        return link_cut(cursor);
    const uint8_t *at = weir_cursor_data(cursor);
    cursor->at += 16;
    return cooked_type(cursor, weir_be16(at + 14), weir_be16(at));
}

static next_t sll2_decode(cursor_t *cursor)
{
    if (!weir_cursor_has(cursor, 20))
        return link_cut(cursor);
    const uint8_t *at = weir_cursor_data(cursor);
    cursor->at += 20;
    return cooked_type(cursor, weir_be16(at), at[10]);
}

/* An address family in the byte order of the machine that captured; only small numbers exist. */
static next_t null_decode(cursor_t *cursor)
{
    if (!weir_cursor_has(cursor, 4))
        return link_cut(cursor);
    uint32_t family = weir_le32(weir_cursor_data(cursor));
    if (family & 0xff000000)
        family = weir_be32(weir_cursor_data(cursor));
    cursor->at += 4;
    weir_cursor_count(cursor, WEIR_KIN_LOOPBACK);
    if (family == 2)
        return NEXT_IPV4;
    bool ipv6 = family == 10 || family == 24 || family == 28 || family == 30;
    return ipv6 ? NEXT_IPV6 : weir_cursor_skip(cursor, WEIR_SKIP_ETHERTYPE, family);
}

static next_t hdlc_decode(cursor_t *cursor)
{
    if (!weir_cursor_has(cursor, 4))
        return link_cut(cursor);
    uint16_t type = weir_be16(weir_cursor_data(cursor) + 2);
    cursor->at += 4;
    weir_cursor_count(cursor, WEIR_KIN_HDLC);
    if (type < TYPE_LOWEST)
        return weir_cursor_skip(cursor, WEIR_SKIP_ETHERTYPE, type);
    return weir_decode_type(cursor, NEXT_TYPE, type);
}

/* Length of an 802.11 data frame's header (IEEE 802.11-2020, 9.2.4 and 9.3.2). */
static uint32_t wifi_header(uint16_t control)
{
    bool four_addresses = (control & 0x0300) == 0x0300; /* to and from the distribution system */
    bool qos = control & 0x0080;
    uint32_t n = 24;
    n += four_addresses ? 6 : 0;
    n += qos ? 2 : 0;
    n += qos && (control & 0x8000) ? 4 : 0; /* HT control */
    return n;
}

static next_t wifi_decode(cursor_t *cursor, bool padded)
{
    if (!weir_cursor_has(cursor, 2))
        return link_cut(cursor);
    uint16_t control = weir_le16(weir_cursor_data(cursor));
    weir_cursor_count(cursor, WEIR_KIN_80211);
    if ((control & 0x000c) != 0x0008 || (control & 0x0040)) /* no data frame, or one without data */
        return kin_end(cursor, WEIR_KIN_80211_CONTROL);
    if (control & 0x4000)
        return weir_cursor_skip(cursor, WEIR_SKIP_ENCRYPTED, 0);
    uint32_t n = wifi_header(control);
    cursor->at += padded ? (n + 3) & ~UINT32_C(3) : n;
    return weir_decode_type(cursor, NEXT_TYPE, 0); /* type 0: LLC */
}

/* The flags field stands behind the bitmaps and the 8-byte time stamp, if there is one. */
static bool radiotap_padded(const uint8_t *header, uint32_t len)
{
    uint32_t at = 4, present = weir_le32(header + 4);
    for (uint32_t bitmap = present; bitmap & UINT32_C(0x80000000);) {
        at += 4;
        if (at + 4 > len)
            return false;
        bitmap = weir_le32(header + at);
    }
    at += 4;
    if (present & 1)
        at = ((at + 7) & ~UINT32_C(7)) + 8;
    return (present & 2) && at < len && (header[at] & 0x20);
}

static next_t radiotap_decode(cursor_t *cursor)
{
    if (!weir_cursor_has(cursor, 8))
        return link_cut(cursor);
    uint32_t len = weir_le16(weir_cursor_data(cursor) + 2);
    if (len < 8 || !weir_cursor_has(cursor, len))
        return link_cut(cursor);
    bool padded = radiotap_padded(weir_cursor_data(cursor), len);
    cursor->at += len;
    return wifi_decode(cursor, padded);
}

static next_t count_then(const cursor_t *cursor, weir_kin_t kin, next_t next)
{
    weir_cursor_count(cursor, kin);
    return next;
}

/* IP without anything before it, or a link type that Weir does not know. */
static next_t raw_decode(cursor_t *cursor)
{
    switch (cursor->frame->link) {
    case WEIR_LINKTYPE_RAW_BSD:
    case WEIR_LINKTYPE_RAW_OPENBSD:
    case WEIR_LINKTYPE_RAW:
    case WEIR_LINKTYPE_IPV4:
    case WEIR_LINKTYPE_IPV6:
        return count_then(cursor, WEIR_KIN_RAW, NEXT_IP);
    default:
        return weir_cursor_skip(cursor, WEIR_SKIP_LINK, cursor->frame->link);
    }
}

next_t weir_decode_link(cursor_t *cursor)
{
    switch (cursor->frame->link) {
    case WEIR_LINKTYPE_ETHERNET:
        weir_cursor_count(cursor, WEIR_KIN_ETHERNET);
        return weir_decode_type(cursor, NEXT_ETHERNET, 0);
    case WEIR_LINKTYPE_SLL:
        return sll_decode(cursor);
    case WEIR_LINKTYPE_SLL2:
        return sll2_decode(cursor);
    case WEIR_LINKTYPE_NULL:
    case WEIR_LINKTYPE_LOOP:
        return null_decode(cursor);
    case WEIR_LINKTYPE_PPP:
    case WEIR_LINKTYPE_PPP_HDLC:
        return weir_decode_type(cursor, count_then(cursor, WEIR_KIN_PPP, NEXT_PPP), 0);
    case WEIR_LINKTYPE_PPP_ETHER:
        return weir_decode_type(cursor, NEXT_TYPE, TYPE_PPPOE);
    case WEIR_LINKTYPE_C_HDLC:
        return hdlc_decode(cursor);
    case WEIR_LINKTYPE_80211:
        return wifi_decode(cursor, false);
    case WEIR_LINKTYPE_80211_RADIOTAP:
        return radiotap_decode(cursor);
    default:
        return raw_decode(cursor);
    }
}
