/*
 * One captured frame, wherever it comes from.
 */
#ifndef WEIR_PACKET_FRAME_H
#define WEIR_PACKET_FRAME_H

#include "packet/bytes.h"

/** Link types as capture files number them (tcpdump.org, "Link-layer header types"). */
typedef enum weir_link_type {
    WEIR_LINKTYPE_NULL = 0,
    WEIR_LINKTYPE_ETHERNET = 1,
    WEIR_LINKTYPE_PPP = 9,
    WEIR_LINKTYPE_RAW_BSD = 12,     /* raw IP as some systems number it */
    WEIR_LINKTYPE_RAW_OPENBSD = 14, /* likewise */
    WEIR_LINKTYPE_PPP_HDLC = 50,
    WEIR_LINKTYPE_PPP_ETHER = 51,
    WEIR_LINKTYPE_RAW = 101,
    WEIR_LINKTYPE_C_HDLC = 104,
    WEIR_LINKTYPE_80211 = 105,
    WEIR_LINKTYPE_LOOP = 108,
    WEIR_LINKTYPE_SLL = 113,
    WEIR_LINKTYPE_80211_RADIOTAP = 127,
    WEIR_LINKTYPE_USB = 189,
    WEIR_LINKTYPE_USB_MMAPPED = 220,
    WEIR_LINKTYPE_IPV4 = 228,
    WEIR_LINKTYPE_IPV6 = 229,
    WEIR_LINKTYPE_DBUS = 231,
    WEIR_LINKTYPE_SLL2 = 276,
} weir_link_type_t;

typedef enum weir_direction {
    WEIR_DIRECTION_UNKNOWN,
    WEIR_DIRECTION_IN, /* as the capturing machine saw it */
    WEIR_DIRECTION_OUT,
} weir_direction_t;

/** By the packet type that Linux gives (SLL, the modified pcap): 0 to this machine, 4 sent by it;
 * what was for all, for some or for another host says nothing of either end. */
static inline weir_direction_t weir_direction_of_type(unsigned packet_type)
{
    return packet_type == 0   ? WEIR_DIRECTION_IN
           : packet_type == 4 ? WEIR_DIRECTION_OUT
                              : WEIR_DIRECTION_UNKNOWN;
}

/** The bytes belong to the source of the frame, which says how long they stay. */
typedef struct weir_frame {
    const uint8_t *data;
    int64_t time_ns;   /* [ns] since 1970, never negative */
    uint32_t caplen;   /* [byte] at `data` */
    uint32_t wire_len; /* [byte] that the frame had on the wire, without FCS */
    uint16_t link;     /* weir_link_type_t, or a number that Weir does not know */
    uint16_t iface;    /* counted over all sections of its file; 65535 for all beyond */
    uint8_t direction; /* weir_direction_t */
    bool timeless;     /* the file has no time for it; time_ns is that of the frame before */
} weir_frame_t;

#endif
