/*
 * ARP (RFC 826), IPv4 (791), IPv6 (8200), ICMP (792, 4443, 4861), TCP (9293), UDP (768) in words.
 */
#include "packet/digest.h"
#include "packet/dissect_private.h"
#include "packet/names.h"

#include <stdio.h>
#include <string.h>

#define ADDRESS_SIZE 64

static weir_address_t address_of(const uint8_t *bytes, bool version6)
{
    weir_address_t address = {.family = version6 ? WEIR_FAMILY_IPV6 : WEIR_FAMILY_IPV4,
                              .prefix = version6 ? 128 : 32};
    memcpy(address.bytes, bytes, version6 ? 16 : 4);
    return address;
}

static void address_text(const weir_address_t *address, char text[static ADDRESS_SIZE])
{
    weir_buf_t buf;
    weir_buf_init(&buf, ADDRESS_SIZE - 1);
    weir_address_put(&buf, address, false);
    (void)snprintf(text, ADDRESS_SIZE, "%s", weir_buf_text(&buf));
    weir_buf_done(&buf);
}

/* The outermost header names the ends. */
static void ends_set(const dissect_t *d, const weir_address_t *src, const weir_address_t *dst)
{
    if (d->packet->present >> WEIR_PACKET_SRC & 1)
        return;
    d->packet->src = *src;
    d->packet->dst = *dst;
    weir_packet_know(d->packet, WEIR_PACKET_SRC);
    weir_packet_know(d->packet, WEIR_PACKET_DST);
}

void weir_dissect_arp(dissect_t *d)
{
    if (!weir_dissect_has(d, 28) || weir_be16(weir_dissect_data(d) + 2) != 0x0800) {
        weir_dissect_cut(d, "ARP");
        return;
    }
    const uint8_t *data = weir_dissect_data(d);
    unsigned operation = weir_be16(data + 6);
    weir_address_t sender = address_of(data + 14, false), target = address_of(data + 24, false);
    char from[ADDRESS_SIZE], to[ADDRESS_SIZE];
    address_text(&sender, from);
    address_text(&target, to);
    ends_set(d, &sender, &target);
    const uint8_t *mac = data + 8;
    if (operation == 2)
        weir_dissect_summary(d, "%s is at %02x:%02x:%02x:%02x:%02x:%02x", from, mac[0], mac[1],
                             mac[2], mac[3], mac[4], mac[5]);
    else
        weir_dissect_summary(d, "who has %s? tell %s", to, from);
    weir_dissect_line(d, 0, d->at, 28, "ARP, %s",
                      operation == 1   ? "request"
                      : operation == 2 ? "reply"
                                       : "another operation");
    weir_dissect_line(d, 1, d->at + 8, 6, "Sender %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
                      mac[2], mac[3], mac[4], mac[5]);
    weir_dissect_line(d, 1, d->at + 14, 4, "Sender's address %s", from);
    weir_dissect_line(d, 1, d->at + 24, 4, "Target's address %s", to);
}

/* ---- IP -------------------------------------------------------------------------------------- */

static void ip_ends(const dissect_t *d, const uint8_t *src, bool version6, const char *title)
{
    weir_address_t from = address_of(src, version6);
    weir_address_t to = address_of(src + (version6 ? 16 : 4), version6);
    uint32_t width = version6 ? 16 : 4;
    uint32_t at = (uint32_t)(src - d->frame->data);
    char a[ADDRESS_SIZE], b[ADDRESS_SIZE];
    address_text(&from, a);
    address_text(&to, b);
    ends_set(d, &from, &to);
    weir_dissect_line(d, 0, d->at, version6 ? 40 : 20, "%s, %s > %s", title, a, b);
    weir_dissect_line(d, 1, at, width, "Source %s", a);
    weir_dissect_line(d, 1, at + width, width, "Destination %s", b);
}

static void protocol_line(const dissect_t *d, uint32_t at, uint8_t protocol)
{
    const char *name = weir_ip_protocol_name(protocol);
    weir_dissect_line(d, 1, at, 1, "Protocol %u%s%s%s", protocol, name ? " (" : "",
                      name ? name : "", name ? ")" : "");
}

static void fragment_dissect(dissect_t *d, unsigned offset, bool more)
{
    weir_dissect_summary(d, "fragment, bytes %u to %u%s", offset, offset + weir_dissect_left(d),
                         more ? "" : ", the last");
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "Fragment, %u bytes",
                      weir_dissect_left(d));
}

static void ipv4_dissect(dissect_t *d)
{
    const uint8_t *data = weir_dissect_data(d);
    uint32_t header = weir_dissect_has(d, 20) ? (data[0] & 15u) * 4 : 0;
    if (header < 20 || !weir_dissect_has(d, header)) {
        weir_dissect_cut(d, "IPv4");
        return;
    }
    uint32_t total = weir_be16(data + 2);
    unsigned fragment = weir_be16(data + 6);
    ip_ends(d, data + 12, false, "IPv4");
    weir_dissect_line(d, 1, d->at, 1, "Header %u bytes", header);
    weir_dissect_line(d, 1, d->at + 1, 1, "DSCP %u, ECN %u", data[1] >> 2, data[1] & 3u);
    weir_dissect_line(d, 1, d->at + 2, 2, "Total length %u", total);
    weir_dissect_line(d, 1, d->at + 4, 2, "Identification 0x%04x", weir_be16(data + 4));
    weir_dissect_line(d, 1, d->at + 6, 2, "Fragment offset %u%s%s", (fragment & 0x1fff) * 8,
                      fragment & 0x4000 ? ", do not fragment" : "",
                      fragment & 0x2000 ? ", more follow" : "");
    weir_dissect_line(d, 1, d->at + 8, 1, "Time to live %u", data[8]);
    protocol_line(d, d->at + 9, data[9]);
    if (total >= header && total < weir_dissect_left(d))
        d->end = d->at + total; /* what follows is padding */
    d->at += header;
    if (fragment & 0x1fff)
        fragment_dissect(d, (fragment & 0x1fff) * 8, fragment & 0x2000);
    else
        weir_dissect_transport(d, data[9]);
}

static bool is_extension(uint8_t protocol)
{
    return protocol == WEIR_IP_HOPOPTS || protocol == WEIR_IP_ROUTING ||
           protocol == WEIR_IP_FRAGMENT || protocol == WEIR_IP_DSTOPTS;
}

static void ipv6_payload(dissect_t *d, uint8_t protocol)
{
    while (is_extension(protocol) && weir_dissect_has(d, 8) && ++d->layers < 24) {
        const uint8_t *data = weir_dissect_data(d);
        uint32_t length = protocol == WEIR_IP_FRAGMENT ? 8 : 8 + data[1] * 8u;
        if (!weir_dissect_has(d, length))
            break;
        unsigned fragment = protocol == WEIR_IP_FRAGMENT ? weir_be16(data + 2) : 0;
        weir_dissect_line(d, 1, d->at, length, "Extension header %u, %u bytes", protocol, length);
        protocol = data[0];
        d->at += length;
        if (fragment & 0xfff8) {
            fragment_dissect(d, fragment & 0xfff8, fragment & 1);
            return;
        }
    }
    weir_dissect_transport(d, protocol);
}

static void ipv6_dissect(dissect_t *d)
{
    if (!weir_dissect_has(d, 40)) {
        weir_dissect_cut(d, "IPv6");
        return;
    }
    const uint8_t *data = weir_dissect_data(d);
    uint32_t payload = weir_be16(data + 4);
    ip_ends(d, data + 8, true, "IPv6");
    weir_dissect_line(d, 1, d->at, 4, "Traffic class %u, flow label 0x%05x",
                      weir_be16(data) >> 4 & 0xffu, weir_be32(data) & 0xfffffu);
    weir_dissect_line(d, 1, d->at + 4, 2, "Payload length %u", payload);
    protocol_line(d, d->at + 6, data[6]);
    weir_dissect_line(d, 1, d->at + 7, 1, "Hop limit %u", data[7]);
    d->at += 40;
    if (payload > 0 && payload < weir_dissect_left(d))
        d->end = d->at + payload;
    ipv6_payload(d, data[6]);
}

void weir_dissect_ip(dissect_t *d)
{
    bool version6 = weir_dissect_has(d, 1) && weir_dissect_data(d)[0] >> 4 == 6;
    weir_dissect_protocol(d, version6 ? "IPv6" : "IPv4");
    if (version6)
        ipv6_dissect(d);
    else
        ipv4_dissect(d);
}

/* ---- Above ----------------------------------------------------------------------------------- */

static void ports_set(const dissect_t *d, uint16_t from, uint16_t to)
{
    d->packet->src_port = from;
    d->packet->dst_port = to;
    weir_packet_know(d->packet, WEIR_PACKET_SRC_PORT);
    weir_packet_know(d->packet, WEIR_PACKET_DST_PORT);
}

static void flags_text(unsigned flags, char text[static 64])
{
    static const char *const words[8] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
    size_t n = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < 8; i++) {
        if (flags >> i & 1) {
            int put = snprintf(text + n, 64 - n, "%s%s", n ? " " : "", words[i]);
            n += put > 0 ? (size_t)put : 0;
        }
    }
}

static void payload_line(const dissect_t *d)
{
    if (weir_dissect_left(d))
        weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "Data, %u bytes",
                          weir_dissect_left(d));
}

static void tcp_dissect(dissect_t *d)
{
    weir_dissect_protocol(d, "TCP");
    const uint8_t *data = weir_dissect_data(d);
    uint32_t header = weir_dissect_has(d, 20) ? (data[12] >> 4) * 4u : 0;
    if (weir_dissect_has(d, 4))
        ports_set(d, weir_be16(data), weir_be16(data + 2));
    if (header < 20 || !weir_dissect_has(d, header)) {
        weir_dissect_cut(d, "TCP");
        return;
    }
    unsigned from = weir_be16(data), to = weir_be16(data + 2);
    uint32_t seq = weir_be32(data + 4), ack = weir_be32(data + 8);
    char flags[64];
    flags_text(data[13], flags);
    uint32_t payload = weir_dissect_left(d) - header;
    weir_dissect_summary(d, "%u > %u %s seq %u ack %u win %u len %u", from, to, flags, seq, ack,
                         weir_be16(data + 14), payload);
    weir_dissect_line(d, 0, d->at, header, "TCP, %u > %u, %s, %u bytes", from, to, flags, payload);
    weir_dissect_line(d, 1, d->at, 2, "Source port %u", from);
    weir_dissect_line(d, 1, d->at + 2, 2, "Destination port %u", to);
    weir_dissect_line(d, 1, d->at + 4, 4, "Sequence number %u", seq);
    weir_dissect_line(d, 1, d->at + 8, 4, "Acknowledgement number %u", ack);
    weir_dissect_line(d, 1, d->at + 12, 1, "Header %u bytes", header);
    weir_dissect_line(d, 1, d->at + 13, 1, "Flags %s", flags);
    weir_dissect_line(d, 1, d->at + 14, 2, "Window %u", weir_be16(data + 14));
    weir_dissect_line(d, 1, d->at + 16, 2, "Checksum 0x%04x", weir_be16(data + 16));
    if (header > 20)
        weir_dissect_line(d, 1, d->at + 20, header - 20, "Options, %u bytes", header - 20);
    d->at += header;
    if (!weir_dissect_tcp_payload(d))
        payload_line(d);
}

static void udp_dissect(dissect_t *d)
{
    weir_dissect_protocol(d, "UDP");
    if (!weir_dissect_has(d, 8)) {
        weir_dissect_cut(d, "UDP");
        return;
    }
    const uint8_t *data = weir_dissect_data(d);
    unsigned from = weir_be16(data), to = weir_be16(data + 2), length = weir_be16(data + 4);
    ports_set(d, (uint16_t)from, (uint16_t)to);
    weir_dissect_summary(d, "%u > %u len %u", from, to, length >= 8 ? length - 8 : 0);
    weir_dissect_line(d, 0, d->at, 8, "UDP, %u > %u", from, to);
    weir_dissect_line(d, 1, d->at, 2, "Source port %u", from);
    weir_dissect_line(d, 1, d->at + 2, 2, "Destination port %u", to);
    weir_dissect_line(d, 1, d->at + 4, 2, "Length %u", length);
    weir_dissect_line(d, 1, d->at + 6, 2, "Checksum 0x%04x", weir_be16(data + 6));
    if (length >= 8 && length < weir_dissect_left(d))
        d->end = d->at + length;
    d->at += 8;
    if (!weir_dissect_udp_payload(d))
        payload_line(d);
}

void weir_dissect_transport(dissect_t *d, uint8_t protocol)
{
    if (++d->layers > 24)
        return;
    switch (protocol) {
    case WEIR_IP_TCP:
        tcp_dissect(d);
        return;
    case WEIR_IP_UDP:
        udp_dissect(d);
        return;
    case WEIR_IP_ICMP:
    case WEIR_IP_ICMPV6:
        weir_dissect_icmp(d, protocol == WEIR_IP_ICMPV6);
        return;
    case WEIR_IP_IPV4:
    case WEIR_IP_IPV6:
        weir_dissect_ip(d);
        return;
    default:
        break;
    }
    const char *name = weir_ip_protocol_name(protocol);
    if (name)
        weir_dissect_protocol(d, name);
    weir_dissect_summary(d, "%s, protocol %u, %u bytes", name ? name : "IP", protocol,
                         weir_dissect_left(d));
    payload_line(d);
}

static const char *icmp_word(unsigned type, bool version6)
{
    static const char *const words[256] = {
        [0] = "echo reply",     [3] = "destination unreachable", [5] = "redirect",
        [8] = "echo request",   [9] = "router advertisement",    [10] = "router solicitation",
        [11] = "time exceeded", [12] = "parameter problem"};
    static const char *const words6[256] = {[1] = "destination unreachable",
                                            [2] = "packet too big",
                                            [3] = "time exceeded",
                                            [4] = "parameter problem",
                                            [128] = "echo request",
                                            [129] = "echo reply",
                                            [130] = "listener query",
                                            [131] = "listener report",
                                            [132] = "listener done",
                                            [133] = "router solicitation",
                                            [134] = "router advertisement",
                                            [135] = "neighbour solicitation",
                                            [136] = "neighbour advertisement",
                                            [137] = "redirect",
                                            [143] = "listener report, version 2"};
    return version6 ? words6[type & 255] : words[type & 255];
}

/* Types with an identifier and a number, and those that carry an address. */
static void icmp_more(const dissect_t *d, const uint8_t *data, bool version6, const char *word)
{
    bool echo = version6 ? data[0] == 128 || data[0] == 129 : data[0] == 0 || data[0] == 8;
    bool neighbour = version6 && (data[0] == 135 || data[0] == 136);
    if (echo) {
        weir_dissect_summary(d, "%s, id %u, seq %u", word, weir_be16(data + 4),
                             weir_be16(data + 6));
        weir_dissect_line(d, 1, d->at + 4, 2, "Identifier %u", weir_be16(data + 4));
        weir_dissect_line(d, 1, d->at + 6, 2, "Sequence number %u", weir_be16(data + 6));
    } else if (neighbour && weir_dissect_has(d, 24)) {
        weir_address_t address = address_of(data + 8, true);
        char text[ADDRESS_SIZE];
        address_text(&address, text);
        weir_dissect_summary(d, data[0] == 135 ? "who has %s?" : "%s is here", text);
        weir_dissect_line(d, 1, d->at + 8, 16, "Target %s", text);
    }
}

void weir_dissect_icmp(dissect_t *d, bool version6)
{
    weir_dissect_protocol(d, version6 ? "ICMPv6" : "ICMP");
    if (!weir_dissect_has(d, 8)) {
        weir_dissect_cut(d, "ICMP");
        return;
    }
    const uint8_t *data = weir_dissect_data(d);
    const char *word = icmp_word(data[0], version6);
    char number[32];
    (void)snprintf(number, sizeof(number), "type %u", data[0]);
    word = word ? word : number;
    if (data[1])
        weir_dissect_summary(d, "%s, code %u", word, data[1]);
    else
        weir_dissect_summary(d, "%s", word);
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "%s, %s", version6 ? "ICMPv6" : "ICMP",
                      word);
    weir_dissect_line(d, 1, d->at, 1, "Type %u", data[0]);
    weir_dissect_line(d, 1, d->at + 1, 1, "Code %u", data[1]);
    weir_dissect_line(d, 1, d->at + 2, 2, "Checksum 0x%04x", weir_be16(data + 2));
    icmp_more(d, data, version6, word);
}
