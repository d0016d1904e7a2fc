/*
 * By which interface a packet would leave: the kernel is asked for the route, so that policy rules
 * and split default routes (0.0.0.0/1 with 128.0.0.0/1) are seen as packets see them.
 */
#include "platform/linux/links.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static int route_handle(const struct nlmsghdr *message, void *context)
{
    uint32_t *index = context;
    if (message->nlmsg_type != RTM_NEWROUTE || !weir_netlink_payload(message, sizeof(struct rtmsg)))
        return 0;
    for (const struct nlattr *attribute = NULL;
         (attribute = weir_netlink_attribute(message, sizeof(struct rtmsg), attribute));)
        if (mnl_attr_get_type(attribute) == RTA_OIF &&
            mnl_attr_validate(attribute, MNL_TYPE_U32) >= 0)
            *index = mnl_attr_get_u32(attribute);
    return 0;
}

int weir_platform_route(weir_platform_links_t *links, const weir_address_t *to, uint32_t *ret_index)
{
    void *header = NULL;
    struct nlmsghdr *request =
        weir_netlink_request(&links->requests, RTM_GETROUTE, 0, sizeof(struct rtmsg), &header);
    struct rtmsg *route = header;
    bool ipv4 = to->family == WEIR_FAMILY_IPV4;
    route->rtm_family = ipv4 ? AF_INET : AF_INET6;
    route->rtm_dst_len = ipv4 ? 32 : 128;
    mnl_attr_put(request, RTA_DST, ipv4 ? 4 : 16, to->bytes);
    uint32_t index = 0;
    int r = weir_netlink_ask(&links->requests, request, route_handle, &index);
    if (r < 0)
        return r;
    if (!index)
        return -ENETUNREACH;
    *ret_index = index;
    return 0;
}

/* Any public unicast address takes the default route unless a longer one covers it. These two are
 * the first addresses of the unicast space that is given to users (RFC 7020: 1.0.0.0/8; RFC 4291:
 * 2000::/3). */
uint32_t weir_platform_default_route(weir_platform_links_t *links)
{
    static const weir_address_t anywhere[] = {
        {.family = WEIR_FAMILY_IPV4, .prefix = 32, .bytes = {1, 0, 0, 0}},
        {.family = WEIR_FAMILY_IPV6, .prefix = 128, .bytes = {0x20, 0}},
    };
    for (size_t i = 0; i < WEIR_COUNT(anywhere); i++) {
        uint32_t index = 0;
        if (weir_platform_route(links, &anywhere[i], &index) >= 0)
            return index;
    }
    return 0;
}
