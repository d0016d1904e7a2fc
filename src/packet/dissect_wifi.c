/*
 * Frames of wireless interfaces in monitor mode: radiotap (radiotap.org) and IEEE 802.11-2020, 9.2
 * and 9.3, in words.
 */
#include "packet/dissect_private.h"

#include <string.h>

#define RADIOTAP_LEAST 8u
#define FCS 4u
#define LLC_SNAP 8u
#define ELEMENT_SSID 0

enum control {
    CONTROL_TYPE = 0x000c,
    CONTROL_TO = 0x0100, /* the distribution system; from it: */
    CONTROL_FROM = 0x0200,
    CONTROL_RETRY = 0x0800,
    CONTROL_PROTECTED = 0x4000,
    CONTROL_ORDER = 0x8000,
    TYPE_MANAGEMENT = 0x0000,
    TYPE_CONTROL = 0x0004,
    TYPE_DATA = 0x0008,
};

/* ---- Radiotap -------------------------------------------------------------------------------- */

/** What the radio told; unknown ones are 0. */
typedef struct radio {
    uint8_t flags;
    unsigned channel_mhz;
    int signal_dbm;
} radio_t;

/* The first fields, in the order of their bits; each begins at a multiple of its alignment. */
static radio_t radio_read(const uint8_t *header, uint32_t len)
{
    static const struct {
        uint8_t size, alignment;
    } fields[] = {{8, 8}, {1, 1}, {1, 1}, {4, 2}, {2, 2}, {1, 1}};
    enum { FLAGS = 1, CHANNEL = 3, SIGNAL = 5 };
    radio_t radio = {0};
    uint32_t present = weir_le32(header + 4), at = RADIOTAP_LEAST;
    for (uint32_t bitmap = present; bitmap & UINT32_C(0x80000000) && at + 4 <= len; at += 4)
        bitmap = weir_le32(header + at);
    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (!(present >> i & 1))
            continue;
        uint32_t alignment = fields[i].alignment;
        at = (at + alignment - 1) / alignment * alignment;
        if (at + fields[i].size > len)
            return radio;
        if (i == FLAGS)
            radio.flags = header[at];
        else if (i == CHANNEL)
            radio.channel_mhz = weir_le16(header + at);
        else if (i == SIGNAL)
            radio.signal_dbm = header[at] < 128 ? header[at] : header[at] - 256;
        at += fields[i].size;
    }
    return radio;
}

void weir_dissect_radiotap(dissect_t *d)
{
    weir_dissect_protocol(d, "Radiotap");
    uint32_t len = weir_dissect_has(d, RADIOTAP_LEAST) ? weir_le16(weir_dissect_data(d) + 2) : 0;
    if (len < RADIOTAP_LEAST || !weir_dissect_has(d, len)) {
        weir_dissect_cut(d, "Radiotap");
        return;
    }
    radio_t radio = radio_read(weir_dissect_data(d), len);
    weir_dissect_line(d, 0, d->at, len, "Radiotap, %u bytes", len);
    if (radio.channel_mhz)
        weir_dissect_line(d, 1, d->at, len, "Channel %u MHz", radio.channel_mhz);
    if (radio.signal_dbm)
        weir_dissect_line(d, 1, d->at, len, "Signal %d dBm", radio.signal_dbm);
    d->at += len;
    if ((radio.flags & 0x10) && weir_dissect_has(d, FCS))
        d->end -= FCS;
    weir_dissect_wifi(d, radio.flags & 0x20);
}

/* ---- 802.11 ---------------------------------------------------------------------------------- */

static const char *frame_word(uint16_t control)
{
    static const char *const management[16] = {[0] = "association request",
                                               [1] = "association response",
                                               [2] = "reassociation request",
                                               [3] = "reassociation response",
                                               [4] = "probe request",
                                               [5] = "probe response",
                                               [8] = "beacon",
                                               [9] = "announcement of traffic",
                                               [10] = "disassociation",
                                               [11] = "authentication",
                                               [12] = "deauthentication",
                                               [13] = "action",
                                               [14] = "action without acknowledgement"};
    static const char *const controls[16] = {
        [7] = "control wrapper",       [8] = "block acknowledgement request",
        [9] = "block acknowledgement", [10] = "power-save poll",
        [11] = "request to send",      [12] = "clear to send",
        [13] = "acknowledgement",      [14] = "end of contention-free period"};
    unsigned subtype = control >> 4 & 15;
    const char *word = NULL;
    if ((control & CONTROL_TYPE) == TYPE_MANAGEMENT)
        word = management[subtype];
    else if ((control & CONTROL_TYPE) == TYPE_CONTROL)
        word = controls[subtype];
    else if ((control & CONTROL_TYPE) == TYPE_DATA)
        word = subtype & 4 ? "no data" : "data";
    return word ? word : "another frame";
}

/* [byte] of the header, as far as Weir reads it. */
static uint32_t header_bytes(uint16_t control)
{
    uint32_t n = 24;
    if ((control & CONTROL_TYPE) == TYPE_CONTROL) {
        unsigned subtype = control >> 4 & 15;
        return subtype == 12 || subtype == 13 ? 10 : 16;
    }
    if ((control & (CONTROL_TO | CONTROL_FROM)) == (CONTROL_TO | CONTROL_FROM))
        n += 6;
    if ((control & CONTROL_TYPE) == TYPE_DATA && (control & 0x80)) /* with quality of service */
        n += control & CONTROL_ORDER ? 6 : 2;
    return n;
}

/* Who sent it and to whom depends on where it comes from and goes to. */
static void ends_tell(const dissect_t *d, uint16_t control, uint32_t header)
{
    const uint8_t *data = weir_dissect_data(d);
    const uint8_t *dst = data + 4, *src = header >= 16 ? data + 10 : NULL;
    if ((control & CONTROL_TYPE) == TYPE_DATA) {
        if (control & CONTROL_TO)
            dst = data + 16;
        if (control & CONTROL_FROM)
            src = control & CONTROL_TO ? data + 24 : data + 16;
    }
    weir_dissect_macs(d, src, dst);
    weir_dissect_line(d, 1, (uint32_t)(dst - d->frame->data), 6, "Destination %s", d->to->macs[1]);
    if (src)
        weir_dissect_line(d, 1, (uint32_t)(src - d->frame->data), 6, "Source %s", d->to->macs[0]);
}

/* The network's name among the elements of a management frame. */
static void ssid_find(dissect_t *d, uint16_t control, const char *word)
{
    static const uint8_t fixed[16] = {[0] = 4, [2] = 10, [5] = 12, [8] = 12};
    unsigned subtype = control >> 4 & 15;
    if (subtype > 8 || subtype == 1 || subtype == 3 || (control & CONTROL_PROTECTED))
        return;
    uint32_t at = d->at + fixed[subtype];
    while (at < d->end && d->end - at >= 2) {
        const uint8_t *element = d->frame->data + at;
        if (element[1] > d->end - at - 2)
            return;
        if (element[0] == ELEMENT_SSID) {
            weir_dissect_name(d, element + 2, element[1]);
            weir_dissect_summary(d, element[1] ? "%s, network %s" : "%s, network not named", word,
                                 d->to->name);
            weir_dissect_line(d, 1, at + 2, element[1], "Network %s", d->to->name);
            return;
        }
        at += 2u + element[1];
    }
}

static void data_dissect(dissect_t *d, uint16_t control)
{
    static const uint8_t snap[6] = {0xaa, 0xaa, 3, 0, 0, 0};
    if (control & 0x40) /* its kinds without data */
        return;
    if (control & CONTROL_PROTECTED) {
        weir_dissect_summary(d, "data, encrypted, %u bytes", weir_dissect_left(d));
        weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "Encrypted, %u bytes",
                          weir_dissect_left(d));
        return;
    }
    if (!weir_dissect_has(d, LLC_SNAP) || memcmp(weir_dissect_data(d), snap, sizeof(snap)) != 0)
        return;
    uint16_t type = weir_be16(weir_dissect_data(d) + 6);
    weir_dissect_line(d, 0, d->at, LLC_SNAP, "LLC, type 0x%04x", type);
    d->at += LLC_SNAP;
    weir_dissect_type(d, type);
}

void weir_dissect_wifi(dissect_t *d, bool padded)
{
    weir_dissect_protocol(d, "802.11");
    uint16_t control = weir_dissect_has(d, 2) ? weir_le16(weir_dissect_data(d)) : 0;
    uint32_t header = header_bytes(control);
    if (!weir_dissect_has(d, header)) {
        weir_dissect_cut(d, "802.11");
        return;
    }
    const char *word = frame_word(control);
    weir_dissect_line(d, 0, d->at, header, "802.11, %s%s", word,
                      control & CONTROL_RETRY ? ", again" : "");
    weir_dissect_summary(d, "%s, %u bytes", word, weir_dissect_left(d) - header);
    ends_tell(d, control, header);
    header = padded ? (header + 3) & ~UINT32_C(3) : header;
    d->at += weir_dissect_has(d, header) ? header : weir_dissect_left(d);
    if ((control & CONTROL_TYPE) == TYPE_MANAGEMENT)
        ssid_find(d, control, word);
    else if ((control & CONTROL_TYPE) == TYPE_DATA)
        data_dissect(d, control);
}
