/*
 * A netlink request socket: one request, all its answers.
 */
#ifndef WEIR_PLATFORM_LINUX_NETLINK_H
#define WEIR_PLATFORM_LINUX_NETLINK_H

#include "base/cleanup.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>

#define WEIR_NETLINK_BUFFER ((size_t)65536) /* the kernel fills at most 32 KB of a dump at once */

typedef struct weir_netlink {
    struct mnl_socket *socket;
    uint32_t sequence;
    uint32_t port;
    char *buffer; /* WEIR_NETLINK_BUFFER bytes, for requests and answers */
} weir_netlink_t;

/** Open for `bus`, such as NETLINK_ROUTE; `groups` 0 or its bits to listen to. Returns 0 or a
 * negative errno. */
WEIR_NODISCARD int weir_netlink_open(weir_netlink_t *nl, int bus, uint32_t groups);
void weir_netlink_close(weir_netlink_t *nl); /* accepts a zeroed struct */
int weir_netlink_fd(const weir_netlink_t *nl);

/** A request in the buffer, `header_size` bytes of zeroed family header behind it at *ret_header.
 */
struct nlmsghdr *weir_netlink_request(weir_netlink_t *nl, uint16_t type, uint16_t flags,
                                      size_t header_size, void **ret_header);

/** Called for each answer; < 0 stops and is returned. */
typedef int weir_netlink_answer_t(const struct nlmsghdr *message, void *context);

/** Send what weir_netlink_request() began and hand every answer to `answer`. 0, or -errno. */
WEIR_NODISCARD int weir_netlink_ask(weir_netlink_t *nl, struct nlmsghdr *request,
                                    weir_netlink_answer_t *answer, void *context);

/**
 * Hand over the notifications that have arrived, without waiting. Returns 0, or -ENOBUFS when the
 * kernel dropped some.
 */
WEIR_NODISCARD int weir_netlink_notifications(weir_netlink_t *nl, weir_netlink_answer_t *answer,
                                              void *context);

/* The payloads of the messages that this folder reads; NULL when the message is too short. */
const void *weir_netlink_payload(const struct nlmsghdr *message, size_t size);

/** The attribute behind `previous` (NULL: the first) of a message whose family header has
 * `header_size` bytes. */
const struct nlattr *weir_netlink_attribute(const struct nlmsghdr *message, size_t header_size,
                                            const struct nlattr *previous);
/** The same for the attributes inside `nest`. */
const struct nlattr *weir_netlink_nested(const struct nlattr *nest, const struct nlattr *previous);

#endif
