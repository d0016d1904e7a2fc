#include "platform/linux/link_parse.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <stdio.h>
#include <string.h>

/* What the message said, before it is judged. */
typedef struct link_facts {
    const struct ifinfomsg *info;
    const struct nlattr *info_data;
    char kind[32];  /* "veth", "bridge", "" for hardware */
    char queue[32]; /* name of the root queueing discipline */
    uint8_t operstate;
    bool wireless_name;
} link_facts_t;

static void text_copy(char *to, size_t size, const struct nlattr *attribute)
{
    size_t n = mnl_attr_get_payload_len(attribute);
    n = n < size - 1 ? n : size - 1;
    memcpy(to, mnl_attr_get_payload(attribute), n);
    to[n] = '\0';
}

static uint32_t u32_read(const struct nlattr *attribute)
{
    uint32_t value = 0;
    if (mnl_attr_get_payload_len(attribute) >= sizeof(value))
        memcpy(&value, mnl_attr_get_payload(attribute), sizeof(value));
    return value;
}

static uint8_t u8_read(const struct nlattr *attribute)
{
    uint8_t value = 0;
    if (mnl_attr_get_payload_len(attribute) >= 1)
        memcpy(&value, mnl_attr_get_payload(attribute), 1);
    return value;
}

weir_address_t weir_link_parse_address(const struct nlattr *attribute)
{
    static const uint8_t none[16];
    size_t n = mnl_attr_get_payload_len(attribute);
    const uint8_t *bytes = mnl_attr_get_payload(attribute);
    if ((n != 4 && n != 16) || memcmp(bytes, none, n) == 0)
        return (weir_address_t){0};
    weir_address_t address = {.family = n == 4 ? WEIR_FAMILY_IPV4 : WEIR_FAMILY_IPV6,
                              .prefix = (uint8_t)(n * 8)};
    memcpy(address.bytes, bytes, n);
    return address;
}

static void info_parse(const struct nlattr *nest, link_facts_t *facts)
{
    for (const struct nlattr *attribute = NULL;
         (attribute = weir_netlink_nested(nest, attribute));) {
        if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
            text_copy(facts->kind, sizeof(facts->kind), attribute);
        else if (mnl_attr_get_type(attribute) == IFLA_INFO_DATA)
            facts->info_data = attribute;
    }
}

static void mac_read(const struct nlattr *attribute, weir_link_t *link)
{
    size_t n = mnl_attr_get_payload_len(attribute);
    if (n > sizeof(link->mac))
        return;
    memcpy(link->mac, mnl_attr_get_payload(attribute), n);
    link->mac_len = (uint8_t)n;
}

static void attribute_read(const struct nlattr *attribute, weir_link_t *link, link_facts_t *facts)
{
    switch (mnl_attr_get_type(attribute)) {
    case IFLA_IFNAME:
        text_copy(link->name, sizeof(link->name), attribute);
        break;
    case IFLA_IFALIAS:
        text_copy(link->alias, sizeof(link->alias), attribute);
        break;
    case IFLA_ADDRESS:
        mac_read(attribute, link);
        break;
    case IFLA_MTU:
        link->mtu = u32_read(attribute);
        break;
    case IFLA_CARRIER_CHANGES:
        link->carrier_changes = u32_read(attribute);
        break;
    case IFLA_MASTER:
        link->master = u32_read(attribute);
        break;
    case IFLA_LINK:
        link->lower = u32_read(attribute);
        break;
    case IFLA_LINK_NETNSID:
        link->lower_elsewhere = true;
        break;
    case IFLA_OPERSTATE:
        facts->operstate = u8_read(attribute);
        break;
    case IFLA_QDISC:
        text_copy(facts->queue, sizeof(facts->queue), attribute);
        break;
    case IFLA_LINKINFO:
        info_parse(attribute, facts);
        break;
    default:
        break;
    }
}

/* Kinds of the kernel's rtnl_link_ops. What is not listed is a virtual device of some sort. */
static const struct {
    const char *name;
    uint8_t kind;
    bool mirror;
} KINDS[] = {
    {"veth", WEIR_KIND_VETH, false},        {"bridge", WEIR_KIND_BRIDGE, false},
    {"bond", WEIR_KIND_BOND, false},        {"team", WEIR_KIND_BOND, false},
    {"vlan", WEIR_KIND_VLAN, false},        {"macvlan", WEIR_KIND_MACVLAN, false},
    {"macvtap", WEIR_KIND_MACVLAN, false},  {"ipvlan", WEIR_KIND_MACVLAN, false},
    {"ipvtap", WEIR_KIND_MACVLAN, false},   {"tun", WEIR_KIND_TUNNEL, false},
    {"wireguard", WEIR_KIND_TUNNEL, false}, {"ppp", WEIR_KIND_TUNNEL, false},
    {"gre", WEIR_KIND_TUNNEL, false},       {"gretap", WEIR_KIND_TUNNEL, false},
    {"erspan", WEIR_KIND_TUNNEL, false},    {"ip6gre", WEIR_KIND_TUNNEL, false},
    {"ip6gretap", WEIR_KIND_TUNNEL, false}, {"ip6erspan", WEIR_KIND_TUNNEL, false},
    {"ipip", WEIR_KIND_TUNNEL, false},      {"sit", WEIR_KIND_TUNNEL, false},
    {"ip6tnl", WEIR_KIND_TUNNEL, false},    {"vti", WEIR_KIND_TUNNEL, false},
    {"vti6", WEIR_KIND_TUNNEL, false},      {"vxlan", WEIR_KIND_TUNNEL, false},
    {"geneve", WEIR_KIND_TUNNEL, false},    {"bareudp", WEIR_KIND_TUNNEL, false},
    {"gtp", WEIR_KIND_TUNNEL, false},       {"xfrm", WEIR_KIND_TUNNEL, false},
    {"amt", WEIR_KIND_TUNNEL, false},       {"ovpn", WEIR_KIND_TUNNEL, false},
    {"ifb", WEIR_KIND_VIRTUAL, true},       {"nlmon", WEIR_KIND_VIRTUAL, true},
    {"vsockmon", WEIR_KIND_VIRTUAL, true},
};

static bool iface_is_wifi(const char *name)
{
    char path[WEIR_LINK_NAME_SIZE + 32];
    (void)snprintf(path, sizeof(path), "/sys/class/net/%s/phy80211", name); /* cut: no such file */
    return access(path, F_OK) == 0;
}

static uint8_t hardware_kind(const link_facts_t *facts, const weir_link_t *link)
{
    switch (facts->info->ifi_type) {
    case ARPHRD_LOOPBACK:
        return WEIR_KIND_LOOPBACK;
    case ARPHRD_PPP:
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
    case ARPHRD_IPGRE:
        return WEIR_KIND_TUNNEL;
    case ARPHRD_ETHER:
        return iface_is_wifi(link->name) ? WEIR_KIND_WIFI : WEIR_KIND_ETHERNET;
    default:
        return WEIR_KIND_ETHERNET;
    }
}

static void kind_judge(const link_facts_t *facts, weir_link_t *link)
{
    if (!facts->kind[0]) {
        link->kind = hardware_kind(facts, link);
        return;
    }
    link->kind = WEIR_KIND_VIRTUAL;
    for (size_t i = 0; i < WEIR_COUNT(KINDS); i++) {
        if (strcmp(KINDS[i].name, facts->kind) == 0) {
            link->kind = KINDS[i].kind;
            link->mirror = KINDS[i].mirror;
        }
    }
    if (strcmp(facts->kind, "tun") == 0 && facts->info->ifi_type == ARPHRD_ETHER)
        link->kind = WEIR_KIND_TAP;
}

/* Drivers that report no operational state leave it "unknown"; then the carrier flag decides
 * (kernel Documentation/networking/operstates.rst). */
static uint8_t state_judge(const link_facts_t *facts)
{
    bool up = facts->info->ifi_flags & IFF_UP;
    bool running = facts->info->ifi_flags & IFF_RUNNING;
    if (!up)
        return WEIR_LINK_DOWN;
    switch (facts->operstate) {
    case IF_OPER_UP:
        return WEIR_LINK_UP;
    case IF_OPER_DORMANT:
        return WEIR_LINK_DORMANT;
    case IF_OPER_TESTING:
        return WEIR_LINK_TESTING;
    case IF_OPER_UNKNOWN:
        return running ? WEIR_LINK_UP : WEIR_LINK_NO_CARRIER;
    default:
        return WEIR_LINK_NO_CARRIER;
    }
}

/* The far end of a tunnel, where the kernel knows it. Of each kind one attribute number. */
static void endpoint_read(const link_facts_t *facts, weir_link_t *link)
{
    static const struct {
        const char *kind;
        uint16_t attributes[2];
    } ends[] = {
        {"vxlan", {IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6}},
        {"geneve", {IFLA_GENEVE_REMOTE, IFLA_GENEVE_REMOTE6}},
        {"gre", {IFLA_GRE_REMOTE, 0}},
        {"gretap", {IFLA_GRE_REMOTE, 0}},
        {"erspan", {IFLA_GRE_REMOTE, 0}},
        {"ip6gre", {IFLA_GRE_REMOTE, 0}},
        {"ip6gretap", {IFLA_GRE_REMOTE, 0}},
        {"ipip", {IFLA_IPTUN_REMOTE, 0}},
        {"sit", {IFLA_IPTUN_REMOTE, 0}},
        {"ip6tnl", {IFLA_IPTUN_REMOTE, 0}},
        {"vti", {IFLA_VTI_REMOTE, 0}},
        {"vti6", {IFLA_VTI_REMOTE, 0}},
    };
    for (size_t i = 0; facts->info_data && i < WEIR_COUNT(ends); i++) {
        if (strcmp(ends[i].kind, facts->kind) != 0)
            continue;
        for (const struct nlattr *attribute = NULL;
             (attribute = weir_netlink_nested(facts->info_data, attribute));) {
            uint16_t type = mnl_attr_get_type(attribute);
            if (type == ends[i].attributes[0] || (type && type == ends[i].attributes[1]))
                link->endpoint = weir_link_parse_address(attribute);
        }
    }
}

/* IFLA_LINK of a tunnel that rides on no fixed interface, and of plain devices, is 0 or itself. */
static void lower_judge(weir_link_t *link)
{
    if (link->lower == link->index || link->lower_elsewhere)
        link->lower = 0;
}

int weir_link_parse(const struct nlmsghdr *message, weir_link_t *ret_link)
{
    link_facts_t facts = {.info = weir_netlink_payload(message, sizeof(struct ifinfomsg))};
    if (!facts.info || facts.info->ifi_index <= 0)
        return -EPROTO;
    memset(ret_link, 0, sizeof(*ret_link));
    ret_link->index = (uint32_t)facts.info->ifi_index;
    for (const struct nlattr *attribute = NULL;
         (attribute = weir_netlink_attribute(message, sizeof(struct ifinfomsg), attribute));)
        attribute_read(attribute, ret_link, &facts);
    if (!ret_link->name[0])
        return -EPROTO;
    kind_judge(&facts, ret_link);
    ret_link->state = state_judge(&facts);
    ret_link->queue =
        facts.queue[0] && strcmp(facts.queue, "noqueue") != 0 && strcmp(facts.queue, "noop") != 0;
    endpoint_read(&facts, ret_link);
    lower_judge(ret_link);
    return 0;
}
