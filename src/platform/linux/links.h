/*
 * What the parts of the interface monitor share.
 */
#ifndef WEIR_PLATFORM_LINUX_LINKS_H
#define WEIR_PLATFORM_LINUX_LINKS_H

#include "platform/linux/netlink.h"
#include "platform/platform.h"

struct weir_platform_links {
    weir_netlink_t requests;
    weir_netlink_t events; /* RTNLGRP_LINK and addresses */
    bool synced;           /* false: all must be told again */
    int ioctl_fd;          /* any socket, for ethtool; -1 none */
};

#endif
