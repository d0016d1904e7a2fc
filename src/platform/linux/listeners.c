/*
 * Who listens, by INET_DIAG: a dump of the sockets in state LISTEN (TCP) and CLOSE (UDP that is not
 * connected). A UDP client that never connects looks the same as a server; it is told by its port,
 * which is one of net.ipv4.ip_local_port_range unless it asked for another.
 */
#include "platform/linux/netlink.h"
#include "platform/linux/owners.h"
#include "platform/linux/sockets.h"

#include "base/file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

#define TCP_LISTENS (1U << 10)
#define UDP_UNCONNECTED (1U << 7)
#define RANGE_PATH "/proc/sys/net/ipv4/ip_local_port_range"

struct weir_platform_listeners {
    weir_netlink_t netlink;
    weir_owners_t owners;
    uint32_t client_first, client_last; /* ports that the system gives to clients */
};

/* Of one dump. */
typedef struct dump {
    const weir_platform_listeners_t *listeners;
    const weir_listener_sink_t *sink;
    uint8_t protocol;
} dump_t;

static int listener_answer(const struct nlmsghdr *message, void *context)
{
    const dump_t *dump = context;
    const struct inet_diag_msg *told = weir_netlink_payload(message, sizeof(*told));
    if (!told)
        return 0;
    uint16_t port = ntohs(told->id.idiag_sport);
    bool client = dump->protocol == IPPROTO_UDP && port >= dump->listeners->client_first &&
                  port <= dump->listeners->client_last;
    if (!port || client)
        return 0;
    weir_listener_t listener = {
        .address = weir_sockets_diag_address(told->idiag_family, told->id.idiag_src),
        .inode = told->idiag_inode,
        .uid = told->idiag_uid,
        .port = port,
        .protocol = dump->protocol,
    };
    dump->sink->listener(dump->sink->context, &listener);
    return 0;
}

static int family_read(weir_platform_listeners_t *listeners, uint8_t family, dump_t *dump)
{
    void *header = NULL;
    struct nlmsghdr *request =
        weir_netlink_request(&listeners->netlink, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP,
                             sizeof(struct inet_diag_req_v2), &header);
    struct inet_diag_req_v2 *wanted = header;
    wanted->sdiag_family = family;
    wanted->sdiag_protocol = dump->protocol;
    wanted->idiag_states = dump->protocol == IPPROTO_TCP ? TCP_LISTENS : UDP_UNCONNECTED;
    return weir_netlink_ask(&listeners->netlink, request, listener_answer, dump);
}

int weir_platform_listeners_read(weir_platform_listeners_t *listeners,
                                 const weir_listener_sink_t *sink)
{
    static const uint8_t protocols[] = {IPPROTO_TCP, IPPROTO_UDP}, families[] = {AF_INET, AF_INET6};
    weir_owners_begin(&listeners->owners);
    for (size_t i = 0; i < 4; i++) {
        dump_t dump = {listeners, sink, protocols[i / 2]};
        int r = family_read(listeners, families[i % 2], &dump);
        bool missing = r == -ENOENT && dump.protocol == IPPROTO_UDP; /* a kernel without udp_diag */
        if (r < 0 && !missing)
            return r == -EINTR ? -EAGAIN : r;
    }
    return 0;
}

uint32_t weir_platform_listener_program(weir_platform_listeners_t *listeners,
                                        const weir_listener_t *listener,
                                        weir_program_t *ret_program)
{
    uint32_t pid = weir_owners_find(&listeners->owners, listener->inode, listener->uid);
    return pid && weir_sockets_program(pid, ret_program) >= 0 ? pid : 0;
}

static void range_read(weir_platform_listeners_t *listeners)
{
    WEIR_CLEANUP(weir_freep) char *text = NULL;
    size_t n = 0;
    listeners->client_first = 32768; /* as the kernel has it, unless somebody changed it */
    listeners->client_last = 60999;
    if (weir_file_read(RANGE_PATH, 64, &text, &n) < 0)
        return;
    char *end = NULL;
    listeners->client_first = (uint32_t)strtoul(text, &end, 10);
    listeners->client_last = (uint32_t)strtoul(end, NULL, 10);
}

int weir_platform_listeners_open(weir_platform_listeners_t **ret_listeners)
{
    weir_platform_listeners_t *listeners = calloc(1, sizeof(*listeners));
    if (!listeners)
        return -ENOMEM;
    int r = weir_netlink_open(&listeners->netlink, NETLINK_SOCK_DIAG, 0);
    if (r < 0) {
        free(listeners);
        return r;
    }
    range_read(listeners);
    *ret_listeners = listeners;
    return 0;
}

void weir_platform_listeners_close(weir_platform_listeners_t *listeners)
{
    if (!listeners)
        return;
    weir_netlink_close(&listeners->netlink);
    weir_owners_done(&listeners->owners);
    free(listeners);
}
