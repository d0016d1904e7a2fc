#include "packet/names.h"

#include "packet/digest.h"
#include "packet/frame.h"

#include <stddef.h>

const char *weir_kin_name(weir_kin_t kin)
{
    static const char *const names[WEIR_KIN_COUNT] = {
        [WEIR_KIN_ETHERNET] = "ethernet",
        [WEIR_KIN_80211] = "802.11",
        [WEIR_KIN_PPP] = "ppp",
        [WEIR_KIN_SLL] = "linux-sll",
        [WEIR_KIN_RAW] = "raw-ip",
        [WEIR_KIN_LOOPBACK] = "loopback",
        [WEIR_KIN_HDLC] = "hdlc",
        [WEIR_KIN_VLAN] = "vlan",
        [WEIR_KIN_MPLS] = "mpls",
        [WEIR_KIN_PPPOE] = "pppoe",
        [WEIR_KIN_LLC] = "llc",
        [WEIR_KIN_ARP] = "arp",
        [WEIR_KIN_RARP] = "rarp",
        [WEIR_KIN_LLDP] = "lldp",
        [WEIR_KIN_STP] = "stp",
        [WEIR_KIN_EAPOL] = "eapol",
        [WEIR_KIN_LACP] = "slow-protocols",
        [WEIR_KIN_IPX] = "ipx",
        [WEIR_KIN_APPLETALK] = "appletalk",
        [WEIR_KIN_ISIS] = "is-is",
        [WEIR_KIN_NETBEUI] = "netbeui",
        [WEIR_KIN_CDP] = "cdp",
        [WEIR_KIN_PTP] = "ptp",
        [WEIR_KIN_LOOPTEST] = "ethernet-loopback",
        [WEIR_KIN_PAUSE] = "mac-control",
        [WEIR_KIN_PPP_CONTROL] = "ppp-control",
        [WEIR_KIN_PPPOE_CONTROL] = "pppoe-discovery",
        [WEIR_KIN_80211_CONTROL] = "802.11-management",
    };
    return names[kin];
}

const char *weir_skip_name(weir_skip_t skip)
{
    static const char *const names[WEIR_SKIP_COUNT] = {
        [WEIR_SKIP_NONE] = "none",
        [WEIR_SKIP_LINK] = "unknown link type",
        [WEIR_SKIP_ETHERTYPE] = "unknown EtherType",
        [WEIR_SKIP_LLC] = "unknown LLC service",
        [WEIR_SKIP_PPP] = "unknown PPP protocol",
        [WEIR_SKIP_CUT_LINK] = "captured bytes end in the link layer",
        [WEIR_SKIP_CUT_IP] = "captured bytes end in the IP header",
        [WEIR_SKIP_BAD_IP] = "impossible IP header",
        [WEIR_SKIP_ENCRYPTED] = "encrypted 802.11",
        [WEIR_SKIP_NESTING] = "too many nested tags",
        [WEIR_SKIP_TRUNCATED] = "file cut in its last packet",
        [WEIR_SKIP_DAMAGED] = "file damaged",
    };
    return names[skip];
}

int weir_skip_has_detail(weir_skip_t skip)
{
    return skip >= WEIR_SKIP_LINK && skip <= WEIR_SKIP_PPP;
}

const char *weir_ip_protocol_name(uint8_t protocol)
{
    static const char *const names[256] = {
        [0] = "hopopt",     [1] = "icmp",        [2] = "igmp",         [3] = "ggp",
        [4] = "ipv4",       [5] = "st",          [6] = "tcp",          [8] = "egp",
        [9] = "igp",        [12] = "pup",        [17] = "udp",         [27] = "rdp",
        [33] = "dccp",      [41] = "ipv6",       [43] = "ipv6-route",  [44] = "ipv6-frag",
        [46] = "rsvp",      [47] = "gre",        [50] = "esp",         [51] = "ah",
        [58] = "icmpv6",    [59] = "ipv6-nonxt", [60] = "ipv6-opts",   [88] = "eigrp",
        [89] = "ospf",      [94] = "ipip",       [97] = "etherip",     [98] = "encap",
        [103] = "pim",      [108] = "ipcomp",    [112] = "vrrp",       [113] = "pgm",
        [115] = "l2tp",     [124] = "is-is",     [132] = "sctp",       [133] = "fc",
        [135] = "mobility", [136] = "udplite",   [137] = "mpls-in-ip", [139] = "hip",
        [140] = "shim6",    [255] = "reserved",
    };
    return names[protocol];
}

typedef struct link_name {
    uint16_t link;
    const char *name;
} link_name_t;

const char *weir_link_name(uint16_t link)
{
    static const link_name_t names[] = {
        {WEIR_LINKTYPE_NULL, "BSD loopback"},
        {WEIR_LINKTYPE_ETHERNET, "Ethernet"},
        {WEIR_LINKTYPE_PPP, "PPP"},
        {WEIR_LINKTYPE_PPP_HDLC, "PPP in HDLC"},
        {WEIR_LINKTYPE_PPP_ETHER, "PPPoE"},
        {WEIR_LINKTYPE_RAW, "raw IP"},
        {WEIR_LINKTYPE_RAW_BSD, "raw IP"},
        {WEIR_LINKTYPE_RAW_OPENBSD, "raw IP"},
        {WEIR_LINKTYPE_C_HDLC, "Cisco HDLC"},
        {WEIR_LINKTYPE_80211, "802.11"},
        {WEIR_LINKTYPE_LOOP, "OpenBSD loopback"},
        {WEIR_LINKTYPE_SLL, "Linux cooked"},
        {WEIR_LINKTYPE_80211_RADIOTAP, "802.11 with radiotap"},
        {WEIR_LINKTYPE_IPV4, "raw IPv4"},
        {WEIR_LINKTYPE_IPV6, "raw IPv6"},
        {WEIR_LINKTYPE_SLL2, "Linux cooked 2"},
        {WEIR_LINKTYPE_USB, "USB"},
        {WEIR_LINKTYPE_USB_MMAPPED, "USB"},
        {WEIR_LINKTYPE_DBUS, "D-Bus"},
    };
    for (size_t i = 0; i < WEIR_COUNT(names); i++)
        if (names[i].link == link)
            return names[i].name;
    return NULL;
}
