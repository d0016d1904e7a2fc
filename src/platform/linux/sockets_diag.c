/*
 * TCP by INET_DIAG. The kernel tells each connection's data and segments in both directions to
 * anyone; whose it is can be found through /proc/PID/fd, which everyone may read for his own
 * processes. Bytes are data plus the headers that as many segments need, so an estimate to the
 * options they carry; a connection that ends between two readings takes its last bytes along.
 */
#include "platform/linux/netlink.h"
#include "platform/linux/owners.h"
#include "platform/linux/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>

#define TCP_HEADER 20U
#define TIMESTAMP_OPTION 12U
#define STATES_LEFT_OUT (1U << 10 | 1U << 6 | 1U << 12) /* LISTEN, TIME_WAIT, NEW_SYN_RECV */

typedef struct diag {
    weir_netlink_t netlink;
    weir_owners_t owners;
    const weir_socket_sink_t *sink; /* of the reading that is under way */
} diag_t;

/* ---- Sockets --------------------------------------------------------------------------------- */

weir_address_t weir_sockets_diag_address(uint8_t family, const uint32_t words[static 4])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    weir_address_t address = {0};
    const uint8_t *bytes = (const uint8_t *)words;
    bool v4 = family == AF_INET || memcmp(bytes, mapped, sizeof(mapped)) == 0;
    address.family = v4 ? WEIR_FAMILY_IPV4 : WEIR_FAMILY_IPV6;
    address.prefix = v4 ? 32 : 128;
    memcpy(address.bytes, family == AF_INET6 && v4 ? bytes + 12 : bytes, v4 ? 4 : 16);
    return address;
}

static void counts_set(weir_socket_t *socket, const struct tcp_info *info)
{
    uint64_t ip = socket->local.family == WEIR_FAMILY_IPV4 ? 20 : 40;
    uint64_t header =
        ip + TCP_HEADER + (info->tcpi_options & TCPI_OPT_TIMESTAMPS ? TIMESTAMP_OPTION : 0);
    socket->tx =
        (weir_socket_counts_t){.bytes = info->tcpi_bytes_sent + info->tcpi_segs_out * header,
                               .packets = info->tcpi_segs_out,
                               .payload = info->tcpi_bytes_sent};
    socket->rx =
        (weir_socket_counts_t){.bytes = info->tcpi_bytes_received + info->tcpi_segs_in * header,
                               .packets = info->tcpi_segs_in,
                               .payload = info->tcpi_bytes_received};
    socket->rtt_us = info->tcpi_rtt;
    socket->rtt_known = info->tcpi_rtt != 0;
    socket->retransmits = info->tcpi_total_retrans;
    socket->retransmits_known = true;
}

/* Kernels may tell a shorter or a longer tcp_info than we know. */
static void info_read(const struct nlmsghdr *message, struct tcp_info *info)
{
    const struct nlattr *attribute = NULL;
    while ((attribute = weir_netlink_attribute(message, sizeof(struct inet_diag_msg), attribute))) {
        size_t n = mnl_attr_get_payload_len(attribute);
        if (mnl_attr_get_type(attribute) == INET_DIAG_INFO)
            memcpy(info, mnl_attr_get_payload(attribute), n < sizeof(*info) ? n : sizeof(*info));
    }
}

static int socket_answer(const struct nlmsghdr *message, void *context)
{
    diag_t *diag = context;
    const struct inet_diag_msg *told = weir_netlink_payload(message, sizeof(*told));
    if (!told)
        return 0;
    struct tcp_info info = {0};
    info_read(message, &info);
    weir_socket_t socket = {
        .id = (uint64_t)told->id.idiag_cookie[1] << 32 | told->id.idiag_cookie[0],
        .local = weir_sockets_diag_address(told->idiag_family, told->id.idiag_src),
        .peer = weir_sockets_diag_address(told->idiag_family, told->id.idiag_dst),
        .local_port = ntohs(told->id.idiag_sport),
        .peer_port = ntohs(told->id.idiag_dport),
        .protocol = IPPROTO_TCP,
        .state = weir_sockets_tcp_state(told->idiag_state),
        .pid = weir_owners_find(&diag->owners, told->idiag_inode, told->idiag_uid),
        /* A guess: servers listen on the lower port. */
        .opened_here = ntohs(told->id.idiag_sport) > ntohs(told->id.idiag_dport),
    };
    counts_set(&socket, &info);
    diag->sink->socket(diag->sink->context, &socket);
    return 0;
}

static int family_read(diag_t *diag, uint8_t family)
{
    void *header = NULL;
    struct nlmsghdr *request = weir_netlink_request(&diag->netlink, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP,
                                                    sizeof(struct inet_diag_req_v2), &header);
    struct inet_diag_req_v2 *wanted = header;
    wanted->sdiag_family = family;
    wanted->sdiag_protocol = IPPROTO_TCP;
    wanted->idiag_ext = 1U << (INET_DIAG_INFO - 1);
    wanted->idiag_states = ~STATES_LEFT_OUT;
    return weir_netlink_ask(&diag->netlink, request, socket_answer, diag);
}

static int diag_read(void *context, const weir_socket_sink_t *sink)
{
    diag_t *diag = context;
    diag->sink = sink;
    weir_owners_begin(&diag->owners);
    int r = family_read(diag, AF_INET);
    if (r >= 0)
        r = family_read(diag, AF_INET6);
    diag->sink = NULL;
    if (r == -EINTR) /* NLM_F_DUMP_INTR and the like: the next reading will be whole */
        return 0;
    if (r >= 0)
        sink->complete(sink->context);
    return r;
}

static void diag_close(void *context)
{
    diag_t *diag = context;
    weir_netlink_close(&diag->netlink);
    weir_owners_done(&diag->owners);
    free(diag);
}

int weir_sockets_diag_open(weir_sockets_way_t *ret_way)
{
    static const weir_sockets_ops_t ops = {.read = diag_read, .close = diag_close};
    diag_t *diag = calloc(1, sizeof(*diag));
    if (!diag)
        return -ENOMEM;
    int r = weir_netlink_open(&diag->netlink, NETLINK_SOCK_DIAG, 0);
    if (r < 0) {
        free(diag);
        return r;
    }
    *ret_way = (weir_sockets_way_t){.ops = &ops, .context = diag};
    return 0;
}
