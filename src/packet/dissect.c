#include "packet/dissect_private.h"
#include "packet/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SUMMARY_CEILING ((size_t)2048)
#define DETAIL_CEILING ((size_t)1 << 16)
#define LAYERS_MOST 12u

int weir_dissection_init(weir_dissection_t *dissection, bool lines)
{
    *dissection = (weir_dissection_t){0};
    weir_buf_init(&dissection->summary, SUMMARY_CEILING);
    weir_buf_init(&dissection->detail, DETAIL_CEILING);
    if (lines)
        dissection->lines = calloc(WEIR_DETAIL_LINES_MOST, sizeof(*dissection->lines));
    return lines && !dissection->lines ? -ENOMEM : 0;
}

void weir_dissection_done(weir_dissection_t *dissection)
{
    weir_buf_done(&dissection->summary);
    weir_buf_done(&dissection->detail);
    free(dissection->lines);
    *dissection = (weir_dissection_t){0};
}

void weir_dissect_put_printable(weir_buf_t *buf, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        weir_buf_putc(buf, data[i] >= 0x20 && data[i] < 0x7f ? (char)data[i] : '.');
}

void weir_dissect_line(const dissect_t *d, unsigned depth, uint32_t at, uint32_t length,
                       const char *format, ...)
{
    weir_dissection_t *to = d->to;
    char text[512];
    if (!to->lines || to->line_count == WEIR_DETAIL_LINES_MOST)
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments); /* what is longer is cut */
    va_end(arguments);
    weir_detail_line_t line = {
        .at = at, .length = length, .text = (uint32_t)to->detail.len, .depth = (uint8_t)depth};
    weir_buf_put(&to->detail, text, strlen(text) + 1);
    if (!weir_buf_error(&to->detail))
        to->lines[to->line_count++] = line;
}

void weir_dissect_summary(const dissect_t *d, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    weir_buf_clear(&d->to->summary);
    weir_buf_puts(&d->to->summary, text);
}

void weir_dissect_protocol(const dissect_t *d, const char *protocol)
{
    d->packet->protocol = protocol;
    weir_packet_know(d->packet, WEIR_PACKET_PROTOCOL);
}

void weir_dissect_application(const dissect_t *d, const char *protocol)
{
    weir_dissect_protocol(d, protocol);
    d->packet->application = protocol;
    weir_packet_know(d->packet, WEIR_PACKET_APPLICATION);
}

void weir_dissect_name(const dissect_t *d, const uint8_t *name, size_t n)
{
    char *to = d->to->name;
    n = n < WEIR_DETAIL_NAME_SIZE - 1 ? n : WEIR_DETAIL_NAME_SIZE - 1;
    for (size_t i = 0; i < n; i++)
        to[i] = name[i] >= 0x20 && name[i] < 0x7f ? (char)name[i] : '.';
    to[n] = '\0';
    if (n == 0)
        return;
    d->packet->name = to;
    weir_packet_know(d->packet, WEIR_PACKET_NAME);
}

void weir_dissect_cut(const dissect_t *d, const char *what)
{
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "%s, cut off", what);
    weir_dissect_summary(d, "%s, cut off", what);
}

/* ---- Link layers ----------------------------------------------------------------------------- */

static void mac_text(const uint8_t *mac, char text[static WEIR_MAC_TEXT_SIZE])
{
    (void)snprintf(text, WEIR_MAC_TEXT_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
                   mac[2], mac[3], mac[4], mac[5]);
}

void weir_dissect_macs(const dissect_t *d, const uint8_t *src, const uint8_t *dst)
{
    char(*macs)[WEIR_MAC_TEXT_SIZE] = d->to->macs;
    if (src) {
        mac_text(src, macs[0]);
        d->packet->src_mac = macs[0];
        weir_packet_know(d->packet, WEIR_PACKET_SRC_MAC);
    }
    if (dst) {
        mac_text(dst, macs[1]);
        d->packet->dst_mac = macs[1];
        weir_packet_know(d->packet, WEIR_PACKET_DST_MAC);
    }
}

static const char *type_word(uint16_t type)
{
    switch (type) {
    case 0x0800:
        return "IPv4";
    case 0x0806:
        return "ARP";
    case 0x8100:
    case 0x88a8:
        return "VLAN";
    case 0x86dd:
        return "IPv6";
    case 0x8847:
        return "MPLS";
    case 0x8864:
        return "PPPoE";
    case 0x888e:
        return "EAPOL";
    case 0x88cc:
        return "LLDP";
    default:
        return NULL;
    }
}

static void vlan_dissect(dissect_t *d)
{
    if (!weir_dissect_has(d, 4)) {
        weir_dissect_cut(d, "VLAN");
        return;
    }
    const uint8_t *data = weir_dissect_data(d);
    uint16_t tag = weir_be16(data);
    weir_dissect_line(d, 0, d->at, 4, "VLAN %u, priority %u", tag & 0xfffu, tag >> 13);
    if (!(d->packet->present >> WEIR_PACKET_VLAN & 1)) {
        d->packet->vlan = tag & 0xfff;
        weir_packet_know(d->packet, WEIR_PACKET_VLAN);
    }
    d->at += 4;
    weir_dissect_type(d, weir_be16(data + 2));
}

void weir_dissect_type(dissect_t *d, uint16_t type)
{
    const char *word = type_word(type);
    if (++d->layers > LAYERS_MOST)
        return;
    if (word)
        weir_dissect_protocol(d, word);
    switch (type) {
    case 0x0800:
    case 0x86dd:
        weir_dissect_ip(d);
        return;
    case 0x0806:
        weir_dissect_arp(d);
        return;
    case 0x8100:
    case 0x88a8:
        vlan_dissect(d);
        return;
    default:
        break;
    }
    if (word)
        weir_dissect_summary(d, "%s, %u bytes", word, weir_dissect_left(d));
    else
        weir_dissect_summary(d, "EtherType 0x%04x, %u bytes", type, weir_dissect_left(d));
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "%s, %u bytes", word ? word : "Data",
                      weir_dissect_left(d));
}

static void ethernet_dissect(dissect_t *d)
{
    weir_dissect_protocol(d, "Ethernet");
    if (!weir_dissect_has(d, 14)) {
        weir_dissect_cut(d, "Ethernet");
        return;
    }
    const uint8_t *data = weir_dissect_data(d);
    uint16_t type = weir_be16(data + 12);
    weir_dissect_macs(d, data + 6, data);
    weir_dissect_line(d, 0, d->at, 14, "Ethernet, %s > %s", d->to->macs[0], d->to->macs[1]);
    weir_dissect_line(d, 1, d->at, 6, "Destination %s", d->to->macs[1]);
    weir_dissect_line(d, 1, d->at + 6, 6, "Source %s", d->to->macs[0]);
    const char *word = type_word(type);
    if (type < 0x600)
        weir_dissect_line(d, 1, d->at + 12, 2, "Length %u", type);
    else
        weir_dissect_line(d, 1, d->at + 12, 2, "Type 0x%04x%s%s%s", type, word ? " (" : "",
                          word ? word : "", word ? ")" : "");
    d->at += 14;
    if (type >= 0x600) {
        weir_dissect_type(d, type);
        return;
    }
    weir_dissect_protocol(d, "LLC");
    weir_dissect_summary(d, "LLC, %u bytes", type);
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "LLC, %u bytes", weir_dissect_left(d));
}

/* Cooked captures of Linux, version 1 and 2. */
static void cooked_dissect(dissect_t *d, bool second)
{
    uint32_t header = second ? 20 : 16;
    weir_dissect_protocol(d, "SLL");
    if (!weir_dissect_has(d, header)) {
        weir_dissect_cut(d, "Linux cooked capture");
        return;
    }
    const uint8_t *data = weir_dissect_data(d);
    unsigned mac_len = second ? data[11] : weir_be16(data + 4);
    if (mac_len == 6)
        weir_dissect_macs(d, data + (second ? 12 : 6), NULL);
    weir_dissect_line(d, 0, d->at, header, "Linux cooked capture, packet type %u",
                      second ? data[10] : weir_be16(data));
    d->at += header;
    weir_dissect_type(d, weir_be16(data + (second ? 0 : 14)));
}

static void other_dissect(dissect_t *d)
{
    const char *name = weir_link_name(d->frame->link);
    weir_dissect_protocol(d, name ? name : "unknown");
    if (name)
        weir_dissect_summary(d, "%s, %u bytes", name, weir_dissect_left(d));
    else
        weir_dissect_summary(d, "link type %u, %u bytes", d->frame->link, weir_dissect_left(d));
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "Link type %u, %u bytes", d->frame->link,
                      weir_dissect_left(d));
}

static void raw_dissect(dissect_t *d)
{
    weir_dissect_protocol(d, "IP");
    if (!weir_dissect_has(d, 1)) {
        weir_dissect_cut(d, "IP");
        return;
    }
    weir_dissect_ip(d);
}

static void link_dissect(dissect_t *d)
{
    switch (d->frame->link) {
    case WEIR_LINKTYPE_ETHERNET:
        ethernet_dissect(d);
        break;
    case WEIR_LINKTYPE_RAW:
    case WEIR_LINKTYPE_RAW_BSD:
    case WEIR_LINKTYPE_RAW_OPENBSD:
    case WEIR_LINKTYPE_IPV4:
    case WEIR_LINKTYPE_IPV6:
        raw_dissect(d);
        break;
    case WEIR_LINKTYPE_SLL:
        cooked_dissect(d, false);
        break;
    case WEIR_LINKTYPE_SLL2:
        cooked_dissect(d, true);
        break;
    case WEIR_LINKTYPE_80211:
        weir_dissect_wifi(d, false);
        break;
    case WEIR_LINKTYPE_80211_RADIOTAP:
        weir_dissect_radiotap(d);
        break;
    case WEIR_LINKTYPE_NULL:
    case WEIR_LINKTYPE_LOOP:
        d->at += weir_dissect_has(d, 4) ? 4 : weir_dissect_left(d);
        raw_dissect(d);
        break;
    default:
        other_dissect(d);
    }
}

void weir_dissect(const weir_frame_t *frame, weir_dissection_t *dissection,
                  weir_packet_t *ret_packet)
{
    weir_buf_clear(&dissection->summary);
    weir_buf_clear(&dissection->detail);
    dissection->line_count = 0;
    *ret_packet = (weir_packet_t){.time_ns = frame->time_ns,
                                  .direction = frame->direction,
                                  .length = frame->wire_len,
                                  .captured = frame->caplen};
    dissect_t d = {.frame = frame, .to = dissection, .packet = ret_packet, .end = frame->caplen};
    weir_packet_know(ret_packet, WEIR_PACKET_LENGTH);
    weir_packet_know(ret_packet, WEIR_PACKET_CAPTURED);
    weir_packet_know(ret_packet, WEIR_PACKET_DIRECTION);
    weir_packet_know(ret_packet, WEIR_PACKET_SUMMARY);
    if (!frame->timeless)
        weir_packet_know(ret_packet, WEIR_PACKET_TIME);
    link_dissect(&d);
    ret_packet->summary = weir_buf_text(&dissection->summary);
}
