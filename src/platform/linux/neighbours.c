/*
 * The kernel's neighbour tables (ARP, neighbour discovery): one dump, then its notifications. An
 * entry is told while its link address is known, however long ago it was confirmed: the kernel asks
 * again only when something is to be sent there.
 */
#include "platform/linux/neighbours.h"

#include "platform/linux/link_parse.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <string.h>
#include <sys/socket.h>

#define RESYNC_TRIES 3
#define STATES_KNOWN (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)

struct weir_platform_neighbours {
    weir_netlink_t requests;
    weir_netlink_t events; /* RTNLGRP_NEIGH */
    bool synced;           /* false: all must be told again */
};

void weir_platform_neighbours_close(weir_platform_neighbours_t *neighbours)
{
    if (!neighbours)
        return;
    weir_netlink_close(&neighbours->requests);
    weir_netlink_close(&neighbours->events);
    free(neighbours);
}

int weir_platform_neighbours_open(weir_platform_neighbours_t **ret_neighbours)
{
    weir_platform_neighbours_t *neighbours = calloc(1, sizeof(*neighbours));
    if (!neighbours)
        return -ENOMEM;
    int r = weir_netlink_open(&neighbours->requests, NETLINK_ROUTE, 0);
    if (r >= 0)
        r = weir_netlink_open(&neighbours->events, NETLINK_ROUTE, RTMGRP_NEIGH);
    if (r < 0)
        weir_platform_neighbours_close(neighbours);
    else
        *ret_neighbours = neighbours;
    return r;
}

/* Groups need nobody's answer, and other links than Ethernet's have addresses of other sizes. */
static bool mac_read(const struct nlattr *attribute, uint8_t mac[static WEIR_NEIGHBOUR_MAC_SIZE])
{
    static const uint8_t nobody[WEIR_NEIGHBOUR_MAC_SIZE];
    const uint8_t *bytes = mnl_attr_get_payload(attribute);
    if (mnl_attr_get_payload_len(attribute) != WEIR_NEIGHBOUR_MAC_SIZE || (bytes[0] & 1) ||
        memcmp(bytes, nobody, sizeof(nobody)) == 0)
        return false;
    memcpy(mac, bytes, WEIR_NEIGHBOUR_MAC_SIZE);
    return true;
}

/* Bridges have neighbour messages of their own family, and a host may answer for others (a proxy).
 */
static bool header_is_ip(const struct ndmsg *header)
{
    return header && header->ndm_ifindex > 0 && !(header->ndm_flags & NTF_PROXY) &&
           (header->ndm_family == AF_INET || header->ndm_family == AF_INET6);
}

weir_neighbour_word_t weir_neighbour_parse(const struct nlmsghdr *message,
                                           weir_link_neighbour_t *ret_neighbour)
{
    const struct ndmsg *header = weir_netlink_payload(message, sizeof(*header));
    if (!header_is_ip(header))
        return WEIR_NEIGHBOUR_NOTHING;
    weir_link_neighbour_t neighbour = {.iface = (uint32_t)header->ndm_ifindex,
                                       .router = header->ndm_flags & NTF_ROUTER};
    bool known = false;
    for (const struct nlattr *attribute = NULL;
         (attribute = weir_netlink_attribute(message, sizeof(*header), attribute));) {
        if (mnl_attr_get_type(attribute) == NDA_DST)
            neighbour.address = weir_link_parse_address(attribute);
        else if (mnl_attr_get_type(attribute) == NDA_LLADDR)
            known = mac_read(attribute, neighbour.mac);
    }
    uint8_t family = header->ndm_family == AF_INET ? WEIR_FAMILY_IPV4 : WEIR_FAMILY_IPV6;
    if (neighbour.address.family != family)
        return WEIR_NEIGHBOUR_NOTHING;
    *ret_neighbour = neighbour;
    bool answers =
        known && message->nlmsg_type == RTM_NEWNEIGH && (header->ndm_state & STATES_KNOWN);
    return answers ? WEIR_NEIGHBOUR_ANSWERS : WEIR_NEIGHBOUR_GONE;
}

typedef struct dump {
    const weir_neighbour_sink_t *sink;
    bool interrupted; /* the table changed while it was read */
} dump_t;

static int message_handle(const struct nlmsghdr *message, void *context)
{
    dump_t *dump = context;
    dump->interrupted |= (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    if (message->nlmsg_type != RTM_NEWNEIGH && message->nlmsg_type != RTM_DELNEIGH)
        return 0;
    weir_link_neighbour_t neighbour;
    switch (weir_neighbour_parse(message, &neighbour)) {
    case WEIR_NEIGHBOUR_ANSWERS:
        dump->sink->neighbour(dump->sink->context, &neighbour);
        break;
    case WEIR_NEIGHBOUR_GONE:
        dump->sink->gone(dump->sink->context, neighbour.iface, &neighbour.address);
        break;
    case WEIR_NEIGHBOUR_NOTHING:
        break;
    }
    return 0;
}

static int everything_dump(weir_platform_neighbours_t *neighbours,
                           const weir_neighbour_sink_t *sink)
{
    int r = 0;
    dump_t dump = {.sink = sink, .interrupted = true};
    for (int i = 0; i < RESYNC_TRIES && dump.interrupted && r >= 0; i++) {
        dump.interrupted = false;
        sink->resync_begin(sink->context);
        void *header = NULL;
        struct nlmsghdr *request = weir_netlink_request(&neighbours->requests, RTM_GETNEIGH,
                                                        NLM_F_DUMP, sizeof(struct ndmsg), &header);
        r = weir_netlink_ask(&neighbours->requests, request, message_handle, &dump);
        if (r >= 0)
            sink->resync_end(sink->context);
    }
    return r;
}

int weir_platform_neighbours_changes(weir_platform_neighbours_t *neighbours,
                                     const weir_neighbour_sink_t *sink)
{
    dump_t dump = {.sink = sink};
    int r = weir_netlink_notifications(&neighbours->events, message_handle, &dump);
    if (r == -ENOBUFS)
        neighbours->synced = false;
    else if (r < 0)
        return r;
    if (neighbours->synced)
        return 0;
    r = everything_dump(neighbours, sink);
    neighbours->synced = r >= 0;
    return r;
}
