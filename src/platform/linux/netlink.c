#include "platform/linux/netlink.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#define RECEIVE_BUFFER (1 << 20) /* [byte] holds some thousand notifications */

static void socket_tune(const struct mnl_socket *socket)
{
    int fd = mnl_socket_get_fd(socket);
    int size = RECEIVE_BUFFER;
    int on = 1;
    /* Both are improvements only: older kernels refuse strict checks, quotas a large buffer. */
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    (void)setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
}

int weir_netlink_open(weir_netlink_t *nl, int bus, uint32_t groups)
{
    weir_netlink_t opened = {.buffer = malloc(WEIR_NETLINK_BUFFER)};
    if (!opened.buffer)
        return -ENOMEM;
    opened.socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
    if (!opened.socket || mnl_socket_bind(opened.socket, groups, MNL_SOCKET_AUTOPID) < 0) {
        int r = -errno;
        weir_netlink_close(&opened);
        return r;
    }
    socket_tune(opened.socket);
    opened.port = mnl_socket_get_portid(opened.socket);
    *nl = opened;
    return 0;
}

void weir_netlink_close(weir_netlink_t *nl)
{
    if (nl->socket)
        (void)mnl_socket_close(nl->socket); /* nothing useful is left to do */
    free(nl->buffer);
    *nl = (weir_netlink_t){0};
}

int weir_netlink_fd(const weir_netlink_t *nl)
{
    return mnl_socket_get_fd(nl->socket);
}

struct nlmsghdr *weir_netlink_request(weir_netlink_t *nl, uint16_t type, uint16_t flags,
                                      size_t header_size, void **ret_header)
{
    struct nlmsghdr *message = mnl_nlmsg_put_header(nl->buffer);
    message->nlmsg_type = type;
    message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    message->nlmsg_seq = ++nl->sequence;
    *ret_header = mnl_nlmsg_put_extra_header(message, header_size);
    return message;
}

/* One message of an answer: > 0 the answer is complete, 0 go on, < 0 error. */
static int message_handle(const struct nlmsghdr *message, weir_netlink_answer_t *answer,
                          void *context)
{
    if (message->nlmsg_type == NLMSG_DONE)
        return 1;
    if (message->nlmsg_type == NLMSG_ERROR) {
        const struct nlmsgerr *error = weir_netlink_payload(message, sizeof(*error));
        return !error ? -EPROTO : error->error ? error->error : 1;
    }
    int r = answer(message, context);
    if (r < 0)
        return r;
    return message->nlmsg_flags & NLM_F_MULTI ? 0 : 1;
}

static int answers_handle(const weir_netlink_t *nl, size_t n, weir_netlink_answer_t *answer,
                          void *context)
{
    int left = (int)n;
    int r = 0;
    for (const struct nlmsghdr *message = (const void *)nl->buffer;
         r == 0 && mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left))
        if (message->nlmsg_seq == nl->sequence && message->nlmsg_pid == nl->port)
            r = message_handle(message, answer, context);
    return r;
}

/* After an error the rest of a dump is still in the socket; it is skipped by its sequence number.
 */
int weir_netlink_ask(weir_netlink_t *nl, struct nlmsghdr *request, weir_netlink_answer_t *answer,
                     void *context)
{
    if (mnl_socket_sendto(nl->socket, request, request->nlmsg_len) < 0)
        return -errno;
    for (;;) {
        ssize_t n =
            TEMP_FAILURE_RETRY(mnl_socket_recvfrom(nl->socket, nl->buffer, WEIR_NETLINK_BUFFER));
        if (n < 0)
            return -errno;
        int r = answers_handle(nl, (size_t)n, answer, context);
        if (r != 0)
            return r < 0 ? r : 0;
    }
}

static int notifications_handle(const weir_netlink_t *nl, size_t n, weir_netlink_answer_t *answer,
                                void *context)
{
    int left = (int)n;
    int r = 0;
    for (const struct nlmsghdr *message = (const void *)nl->buffer;
         r >= 0 && mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left))
        r = answer(message, context);
    return r < 0 ? r : 0;
}

int weir_netlink_notifications(weir_netlink_t *nl, weir_netlink_answer_t *answer, void *context)
{
    for (;;) {
        ssize_t n = TEMP_FAILURE_RETRY(
            recv(weir_netlink_fd(nl), nl->buffer, WEIR_NETLINK_BUFFER, MSG_DONTWAIT));
        if (n < 0)
            return errno == EAGAIN ? 0 : -errno;
        int r = notifications_handle(nl, (size_t)n, answer, context);
        if (r < 0)
            return r;
    }
}

const void *weir_netlink_payload(const struct nlmsghdr *message, size_t size)
{
    return mnl_nlmsg_get_payload_len(message) >= size ? mnl_nlmsg_get_payload(message) : NULL;
}

static const struct nlattr *attribute_if_whole(const struct nlattr *attribute, const char *end)
{
    ptrdiff_t left = end - (const char *)attribute;
    return left > 0 && mnl_attr_ok(attribute, (int)left) ? attribute : NULL;
}

const struct nlattr *weir_netlink_attribute(const struct nlmsghdr *message, size_t header_size,
                                            const struct nlattr *previous)
{
    const struct nlattr *next =
        previous ? mnl_attr_next(previous) : mnl_nlmsg_get_payload_offset(message, header_size);
    /* Not libmnl's tail, which is rounded up and may lie behind the message. */
    return attribute_if_whole(next, (const char *)message + message->nlmsg_len);
}

const struct nlattr *weir_netlink_nested(const struct nlattr *nest, const struct nlattr *previous)
{
    const struct nlattr *next = previous ? mnl_attr_next(previous) : mnl_attr_get_payload(nest);
    return attribute_if_whole(next, (const char *)mnl_attr_get_payload(nest) +
                                        mnl_attr_get_payload_len(nest));
}
