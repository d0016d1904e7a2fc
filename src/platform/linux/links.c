#include "platform/linux/links.h"

#include "platform/linux/link_parse.h"

#include <errno.h>
#include <linux/if_link.h>
#include <string.h>
#include <sys/socket.h>

#define RESYNC_TRIES 3

void weir_platform_links_close(weir_platform_links_t *links)
{
    if (!links)
        return;
    weir_netlink_close(&links->requests);
    weir_netlink_close(&links->events);
    weir_closep(&links->ioctl_fd);
    free(links);
}

int weir_platform_links_open(weir_platform_links_t **ret_links)
{
    weir_platform_links_t *links = calloc(1, sizeof(*links));
    if (!links)
        return -ENOMEM;
    links->ioctl_fd =
        socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); /* without it speeds are unknown */
    int r = weir_netlink_open(&links->requests, NETLINK_ROUTE, 0);
    if (r >= 0)
        r = weir_netlink_open(&links->events, NETLINK_ROUTE,
                              RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);
    if (r < 0) {
        weir_platform_links_close(links);
        return r;
    }
    *ret_links = links;
    return 0;
}

int weir_platform_links_fd(const weir_platform_links_t *links)
{
    return weir_netlink_fd(&links->events);
}

/* Bridge ports are announced once more as AF_BRIDGE messages; a DELLINK of those means only that
 * the port left its bridge. Wireless events repeat a link without its attributes. */
static void link_handle(const struct nlmsghdr *message, const weir_link_sink_t *sink)
{
    const struct ifinfomsg *info = weir_netlink_payload(message, sizeof(*info));
    if (!info || info->ifi_family != AF_UNSPEC || info->ifi_index <= 0)
        return;
    if (message->nlmsg_type == RTM_DELLINK) {
        sink->link_gone(sink->context, (uint32_t)info->ifi_index);
        return;
    }
    for (const struct nlattr *attribute = NULL;
         (attribute = weir_netlink_attribute(message, sizeof(*info), attribute));)
        if (mnl_attr_get_type(attribute) == IFLA_WIRELESS)
            return;
    weir_link_t link;
    if (weir_link_parse(message, &link) == 0)
        sink->link(sink->context, &link);
}

/* IFA_LOCAL is this end, IFA_ADDRESS the other end of a point-to-point link; IPv6 has the latter
 * only. */
static void address_handle(const struct nlmsghdr *message, const weir_link_sink_t *sink)
{
    const struct ifaddrmsg *info = weir_netlink_payload(message, sizeof(*info));
    if (!info || (info->ifa_family != AF_INET && info->ifa_family != AF_INET6))
        return;
    weir_address_t address = {0};
    bool local = false;
    for (const struct nlattr *attribute = NULL;
         (attribute = weir_netlink_attribute(message, sizeof(*info), attribute));) {
        uint16_t type = mnl_attr_get_type(attribute);
        if (type != IFA_LOCAL && (type != IFA_ADDRESS || local))
            continue;
        address = weir_link_parse_address(attribute);
        local = type == IFA_LOCAL;
    }
    if (address.family == WEIR_FAMILY_NONE)
        return;
    address.prefix = info->ifa_prefixlen;
    sink->address(sink->context, info->ifa_index, &address, message->nlmsg_type == RTM_NEWADDR);
}

typedef struct dump {
    const weir_link_sink_t *sink;
    bool interrupted; /* the tables changed while they were read */
} dump_t;

static int message_handle(const struct nlmsghdr *message, void *context)
{
    dump_t *dump = context;
    dump->interrupted |= (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    if (message->nlmsg_type == RTM_NEWLINK || message->nlmsg_type == RTM_DELLINK)
        link_handle(message, dump->sink);
    else if (message->nlmsg_type == RTM_NEWADDR || message->nlmsg_type == RTM_DELADDR)
        address_handle(message, dump->sink);
    return 0;
}

/* Statistics come from RTM_GETSTATS, so they are left out of the dump (a kernel without that filter
 * sends them, which costs time only). */
static int links_dump(weir_platform_links_t *links, dump_t *dump)
{
    void *header = NULL;
    struct nlmsghdr *request = weir_netlink_request(&links->requests, RTM_GETLINK, NLM_F_DUMP,
                                                    sizeof(struct ifinfomsg), &header);
    mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    return weir_netlink_ask(&links->requests, request, message_handle, dump);
}

static int addresses_dump(weir_platform_links_t *links, dump_t *dump)
{
    void *header = NULL;
    struct nlmsghdr *request = weir_netlink_request(&links->requests, RTM_GETADDR, NLM_F_DUMP,
                                                    sizeof(struct ifaddrmsg), &header);
    return weir_netlink_ask(&links->requests, request, message_handle, dump);
}

static int everything_dump(weir_platform_links_t *links, const weir_link_sink_t *sink)
{
    int r = 0;
    dump_t dump = {.sink = sink, .interrupted = true};
    for (int i = 0; i < RESYNC_TRIES && dump.interrupted && r >= 0; i++) {
        dump.interrupted = false;
        sink->resync_begin(sink->context);
        r = links_dump(links, &dump);
        if (r >= 0)
            r = addresses_dump(links, &dump);
        if (r >= 0)
            sink->resync_end(sink->context);
    }
    return r;
}

int weir_platform_links_changes(weir_platform_links_t *links, const weir_link_sink_t *sink)
{
    dump_t dump = {.sink = sink};
    int r = weir_netlink_notifications(&links->events, message_handle, &dump);
    if (r == -ENOBUFS)
        links->synced = false;
    else if (r < 0)
        return r;
    if (links->synced)
        return 0;
    r = everything_dump(links, sink);
    links->synced = r >= 0;
    return r;
}
