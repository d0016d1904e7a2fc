/*
 * RTM_NEWLINK to weir_link_t.
 */
#ifndef WEIR_PLATFORM_LINUX_LINK_PARSE_H
#define WEIR_PLATFORM_LINUX_LINK_PARSE_H

#include "platform/linux/netlink.h"
#include "platform/platform.h"

/** Returns 0, or -EPROTO when the message is malformed. */
WEIR_NODISCARD int weir_link_parse(const struct nlmsghdr *message, weir_link_t *ret_link);

/** The payload of an attribute as an IPv4 or IPv6 address by its size; family NONE for 0.0.0.0, ::.
 */
weir_address_t weir_link_parse_address(const struct nlattr *attribute);

#endif
