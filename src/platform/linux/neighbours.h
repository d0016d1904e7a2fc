/*
 * RTM_NEWNEIGH and RTM_DELNEIGH to weir_link_neighbour_t.
 */
#ifndef WEIR_PLATFORM_LINUX_NEIGHBOURS_H
#define WEIR_PLATFORM_LINUX_NEIGHBOURS_H

#include "platform/linux/netlink.h"
#include "platform/platform.h"

/** What a message says of a neighbour. */
typedef enum weir_neighbour_word {
    WEIR_NEIGHBOUR_NOTHING, /* no neighbour of IP, or malformed */
    WEIR_NEIGHBOUR_ANSWERS,
    WEIR_NEIGHBOUR_GONE, /* mac is not set */
} weir_neighbour_word_t;

weir_neighbour_word_t weir_neighbour_parse(const struct nlmsghdr *message,
                                           weir_link_neighbour_t *ret_neighbour);

#endif
