/*
 * Names of what a packet is made of, and why one was not decoded.
 */
#ifndef WEIR_PACKET_NAMES_H
#define WEIR_PACKET_NAMES_H

#include "base/cleanup.h"

#include <stdint.h>

/** What stands below or beside IP; counted per frame. */
typedef enum weir_kin {
    WEIR_KIN_ETHERNET,
    WEIR_KIN_80211,
    WEIR_KIN_PPP,
    WEIR_KIN_SLL,
    WEIR_KIN_RAW,
    WEIR_KIN_LOOPBACK,
    WEIR_KIN_HDLC,
    WEIR_KIN_VLAN,
    WEIR_KIN_MPLS,
    WEIR_KIN_PPPOE,
    WEIR_KIN_LLC,
    WEIR_KIN_LINK_LAST = WEIR_KIN_LLC,
    WEIR_KIN_ARP,
    WEIR_KIN_RARP,
    WEIR_KIN_LLDP,
    WEIR_KIN_STP,
    WEIR_KIN_EAPOL,
    WEIR_KIN_LACP,
    WEIR_KIN_IPX,
    WEIR_KIN_APPLETALK,
    WEIR_KIN_ISIS,
    WEIR_KIN_NETBEUI,
    WEIR_KIN_CDP,
    WEIR_KIN_PTP,
    WEIR_KIN_LOOPTEST,
    WEIR_KIN_PAUSE,
    WEIR_KIN_PPP_CONTROL,
    WEIR_KIN_PPPOE_CONTROL,
    WEIR_KIN_80211_CONTROL,
    WEIR_KIN_COUNT
} weir_kin_t;

const char *weir_kin_name(weir_kin_t kin);

/** Why a frame, or what was inside it, was not decoded. */
typedef enum weir_skip {
    WEIR_SKIP_NONE,
    WEIR_SKIP_LINK,      /* link type that Weir does not know; its number is the detail */
    WEIR_SKIP_ETHERTYPE, /* the EtherType is the detail */
    WEIR_SKIP_LLC,       /* LLC with another service access point; it is the detail */
    WEIR_SKIP_PPP,       /* PPP protocol; the detail */
    WEIR_SKIP_CUT_LINK,  /* captured bytes end before the network header */
    WEIR_SKIP_CUT_IP,    /* captured bytes end inside the IP header */
    WEIR_SKIP_BAD_IP,    /* version or header length cannot be */
    WEIR_SKIP_ENCRYPTED, /* 802.11 with encryption */
    WEIR_SKIP_NESTING,   /* more tags or labels than Weir follows */
    WEIR_SKIP_TRUNCATED, /* a file ended inside a record */
    WEIR_SKIP_DAMAGED,   /* a file could not be read on */
    WEIR_SKIP_COUNT
} weir_skip_t;

const char *weir_skip_name(weir_skip_t skip);
/** Whether the reason has a number as detail. */
int weir_skip_has_detail(weir_skip_t skip);

/** IANA keyword in lower case, or NULL. */
const char *weir_ip_protocol_name(uint8_t protocol);

/** "ethernet" ... for a LINKTYPE number, or NULL. */
const char *weir_link_name(uint16_t link);

#endif
