/*
 * Capture by AF_PACKET: one socket and one ring of blocks (TPACKET_V3) for each queue, joined to a
 * fanout by the hash of the flow, which is the same for both directions.
 *
 * A socket is bound before the others are there, so that each begins with a filter that lets
 * nothing pass; when all have joined they get the real one. A block is given back when the next one
 * is asked for: what a caller was told of stays as it is until then. Tags that the network card
 * took out of a frame are put back in place (the ring reserves the room), as other captures have
 * them.
 */
#include "platform/linux/capture_checks.h"
#include "platform/linux/capture_filter.h"
#include "platform/load.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define BLOCK_MOST ((size_t)1 << 20)
#define BLOCK_LEAST ((size_t)1 << 17)
#define FRAME_BYTES 2048u /* of no meaning in version 3, but must divide the block */
#define RETIRE_MS 20u     /* a block that is not full is handed over after this */
#define TAG_BYTES 4u
#define MACS_BYTES 12u

_Static_assert(sizeof(struct tpacket3_hdr) % TPACKET_ALIGNMENT == 0, "the address stands behind");

typedef struct queue {
    int fd;
    int pipe[2];
    uint8_t *ring; /* mapped */
    size_t ring_bytes, block_bytes;
    unsigned blocks, block; /* how many; the one that is read or comes next */
    bool held;              /* `block` is ours */
    const uint8_t *at;      /* header of its next packet */
    uint32_t left;          /* packets in it */
    bool down;              /* its interface was, when last heard of */
} queue_t;

typedef struct native {
    queue_t queues[WEIR_CAPTURE_QUEUES_MOST];
    unsigned count;
    uint32_t iface; /* 0: every one */
    uint32_t snaplen;
    weir_capture_filter_t filter;
    weir_loader_t *loader; /* NULL: this process has the privilege */
    weir_capture_counts_t counts;
} native_t;

int weir_platform_capture_sockets(int *ret_fds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ret_fds[i] = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
        if (ret_fds[i] >= 0)
            continue;
        int r = -errno;
        while (i > 0)
            (void)close(ret_fds[--i]);
        return r;
    }
    return 0;
}

static void denied_tell(int r, char *ret_error)
{
    (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE,
                   "capturing packets needs a privilege that this user does not have%s",
                   r == -EACCES ? "; for good: sudo usermod -aG weir \"$USER\", then log in again"
                                : "");
}

/* By itself, or by weir-load. */
static int sockets_obtain(weir_loader_t **ret_loader, int *fds, size_t count, char *ret_error)
{
    weir_loader_t *loader = NULL;
    int r = weir_platform_capture_sockets(fds, count);
    if (r != -EPERM && r != -EACCES) {
        if (r < 0)
            (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "cannot open a packet socket: %s",
                           strerror(-r));
        return r;
    }
    r = weir_loader_open(WEIR_LOAD_CAPTURE, &loader);
    if (r >= 0) {
        weir_load_request_t request = {
            .version = WEIR_LOAD_VERSION, .kind = WEIR_LOAD_CAPTURE, .count = (uint32_t)count};
        r = weir_loader_ask(loader, &request, fds, count);
        if (r >= 0 && (size_t)r != count)
            r = -EPROTO;
    }
    if (r < 0) {
        denied_tell(r, ret_error);
        weir_loader_close(loader);
        return -EPERM;
    }
    *ret_loader = loader;
    return 0;
}

int weir_capture_socket(bool *ret_helped, int *ret_fd, char *ret_error)
{
    weir_loader_t *loader = NULL;
    int fd = -1;
    int r = sockets_obtain(&loader, &fd, 1, ret_error);
    if (r < 0)
        return r;
    *ret_helped = loader;
    *ret_fd = fd;
    weir_loader_close(loader);
    return 0;
}

int weir_platform_capture_permitted(char ret_error[static WEIR_CAPTURE_ERROR_SIZE])
{
    bool helped = false;
    WEIR_CLEANUP(weir_closep) int fd = -1;
    return weir_capture_socket(&helped, &fd, ret_error);
}

/* ---- Opening --------------------------------------------------------------------------------- */

static void queue_done(queue_t *queue)
{
    if (queue->ring)
        (void)munmap(queue->ring, queue->ring_bytes);
    weir_closep(&queue->fd);
    weir_closep(&queue->pipe[0]);
    weir_closep(&queue->pipe[1]);
}

static void native_close(void *context)
{
    native_t *native = context;
    for (unsigned i = 0; i < native->count; i++)
        queue_done(&native->queues[i]);
    weir_capture_filter_done(&native->filter);
    weir_loader_close(native->loader);
    free(native);
}

static int option_set(int fd, int name, int value)
{
    return setsockopt(fd, SOL_PACKET, name, &value, sizeof(value)) < 0 ? -errno : 0;
}

/* While one block is read the kernel fills others: there are a dozen, if a packet has room in one.
 */
static size_t block_size(const weir_capture_request_t *request)
{
    size_t size = BLOCK_LEAST;
    while (size < BLOCK_MOST &&
           (size < request->queue_bytes / 16 || size < (size_t)4 * request->snaplen))
        size *= 2;
    return size;
}

/* Half of the memory is tried when the system has not as much in one piece. */
static int ring_make(queue_t *queue, size_t bytes, size_t block)
{
    int r = option_set(queue->fd, PACKET_VERSION, TPACKET_V3);
    if (r == 0)
        r = option_set(queue->fd, PACKET_RESERVE, (int)TAG_BYTES);
    if (r < 0)
        return r;
    queue->block_bytes = block;
    queue->blocks = bytes / block > 2 ? (unsigned)(bytes / block) : 2;
    struct tpacket_req3 request = {.tp_block_size = (unsigned)block,
                                   .tp_frame_size = FRAME_BYTES,
                                   .tp_retire_blk_tov = RETIRE_MS};
    for (r = -ENOMEM; r == -ENOMEM && queue->blocks >= 2; queue->blocks /= 2) {
        request.tp_block_nr = queue->blocks;
        request.tp_frame_nr = (unsigned)(queue->blocks * (block / FRAME_BYTES));
        r = setsockopt(queue->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)) < 0
                ? -errno
                : 0;
        if (r == 0)
            break;
    }
    if (r < 0)
        return r;
    queue->ring_bytes = queue->blocks * block;
    void *ring = mmap(NULL, queue->ring_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, queue->fd, 0);
    if (ring == MAP_FAILED)
        return -errno;
    queue->ring = ring;
    return 0;
}

static int queue_bind(const native_t *native, const queue_t *queue, bool promiscuous)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons(ETH_P_ALL),
                                  .sll_ifindex = (int)native->iface};
    if (bind(queue->fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return -errno;
    struct packet_mreq membership = {.mr_ifindex = (int)native->iface,
                                     .mr_type = PACKET_MR_PROMISC};
    if (promiscuous && native->iface &&
        setsockopt(queue->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof(membership)) <
            0)
        return -errno;
    return 0;
}

/* The first socket is given a number that no other group has; the others join it. */
static int queues_join(const native_t *native)
{
    if (native->count < 2)
        return 0;
    int r = option_set(native->queues[0].fd, PACKET_FANOUT,
                       (PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_UNIQUEID) << 16);
    int group = 0;
    socklen_t n = sizeof(group);
    if (r == 0 && getsockopt(native->queues[0].fd, SOL_PACKET, PACKET_FANOUT, &group, &n) < 0)
        r = -errno;
    for (unsigned i = 1; r == 0 && i < native->count; i++)
        r = option_set(native->queues[i].fd, PACKET_FANOUT,
                       (group & 0xffff) | PACKET_FANOUT_HASH << 16);
    return r;
}

static int queues_open(native_t *native, const weir_capture_request_t *request)
{
    int r = 0;
    for (unsigned i = 0; r == 0 && i < native->count; i++) {
        queue_t *queue = &native->queues[i];
        r = weir_capture_pipe(queue->pipe);
        if (r == 0)
            r = ring_make(queue, request->queue_bytes, block_size(request));
        if (r == 0)
            r = weir_capture_filter_block(queue->fd);
        if (r == 0)
            r = queue_bind(native, queue, request->promiscuous);
    }
    if (r == 0)
        r = queues_join(native);
    for (unsigned i = 0; r == 0 && i < native->count; i++)
        r = weir_capture_filter_attach(&native->filter, native->queues[i].fd);
    return r;
}

static int native_begin(native_t *native, const weir_capture_request_t *request, char *ret_error)
{
    if (request->iface) {
        native->iface = if_nametoindex(request->iface);
        if (!native->iface) {
            (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE,
                           "there is no interface '%.64s'; `weir show` lists them", request->iface);
            return -ENODEV;
        }
    }
    int r = weir_capture_filter_make(request, &native->filter, ret_error);
    if (r < 0)
        return r;
    int fds[WEIR_CAPTURE_QUEUES_MOST];
    r = sockets_obtain(&native->loader, fds, request->queues, ret_error);
    if (r < 0)
        return r;
    native->count = request->queues;
    for (unsigned i = 0; i < native->count; i++)
        native->queues[i] = (queue_t){.fd = fds[i], .pipe = {-1, -1}};
    r = queues_open(native, request);
    if (r < 0)
        (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "cannot capture on %.64s: %s",
                       request->iface ? request->iface : "all interfaces", strerror(-r));
    return r;
}

static int native_open(const weir_capture_request_t *request, void **ret_context, char *ret_error)
{
    (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "out of memory");
    native_t *native = calloc(1, sizeof(*native));
    if (!native)
        return -ENOMEM;
    native->snaplen = request->snaplen;
    int r = native_begin(native, request, ret_error);
    if (r < 0) {
        native_close(native);
        return r;
    }
    *ret_context = native;
    return 0;
}

static unsigned native_queues(const void *context)
{
    return ((const native_t *)context)->count;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static struct tpacket_block_desc *block_at(const queue_t *queue)
{
    return (struct tpacket_block_desc *)(void *)(queue->ring + queue->block * queue->block_bytes);
}

static void block_give_back(queue_t *queue)
{
    __atomic_store_n(&block_at(queue)->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    queue->block = (queue->block + 1) % queue->blocks;
    queue->held = false;
}

static bool block_take(queue_t *queue)
{
    struct tpacket_block_desc *block = block_at(queue);
    if (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
        return false;
    queue->held = true;
    queue->left = block->hdr.bh1.num_pkts;
    queue->at = (const uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;
    return true;
}

/* Put the tag behind the two MAC addresses; there is room in front of them. */
static void tag_restore(const struct tpacket3_hdr *header, weir_captured_t *packet)
{
    if (!(header->tp_status & TP_STATUS_VLAN_VALID) || packet->caplen < MACS_BYTES)
        return;
    uint16_t type = header->tp_status & TP_STATUS_VLAN_TPID_VALID ? header->hv1.tp_vlan_tpid
                                                                  : (uint16_t)ETH_P_8021Q;
    uint16_t words[2] = {htons(type), htons((uint16_t)header->hv1.tp_vlan_tci)};
    uint8_t *data = (uint8_t *)(uintptr_t)packet->data - TAG_BYTES;
    memmove(data, data + TAG_BYTES, MACS_BYTES);
    memcpy(data + MACS_BYTES, words, TAG_BYTES);
    packet->data = data;
    packet->caplen += TAG_BYTES;
    packet->wire_len += TAG_BYTES;
}

static uint8_t direction_of(const struct sockaddr_ll *from)
{
    if (from->sll_hatype == ARPHRD_LOOPBACK) /* both at once */
        return 0;
    return from->sll_pkttype == PACKET_OUTGOING ? 2 : 1;
}

/* Fills in the packet at the header. false: the filter does not let it pass. */
static bool packet_read(const native_t *native, const uint8_t *at, weir_captured_t *packet)
{
    const struct tpacket3_hdr *header = (const struct tpacket3_hdr *)(const void *)at;
    const struct sockaddr_ll *from =
        (const struct sockaddr_ll *)(const void *)(at + sizeof(*header));
    *packet = (weir_captured_t){
        .data = at + header->tp_mac,
        .time_ns = (int64_t)header->tp_sec * 1000000000 + header->tp_nsec,
        .caplen = header->tp_snaplen,
        .wire_len = header->tp_len,
        .iface = (uint32_t)from->sll_ifindex,
        .link = weir_capture_link(from->sll_hatype),
        .direction = direction_of(from),
    };
    if (packet->link == 101 && header->tp_net > header->tp_mac) { /* a header of the device's own */
        uint32_t own = (uint32_t)(header->tp_net - header->tp_mac);
        own = own < packet->caplen ? own : packet->caplen;
        packet->data += own;
        packet->caplen -= own;
        packet->wire_len -= own < packet->wire_len ? own : packet->wire_len;
    } else if (packet->link == 1) {
        tag_restore(header, packet);
    }
    if (packet->caplen > native->snaplen)
        packet->caplen = native->snaplen;
    return weir_capture_filter_passes(&native->filter, packet);
}

static size_t block_read(const native_t *native, queue_t *queue, weir_captured_t *packets,
                         size_t room)
{
    size_t count = 0;
    while (queue->left > 0 && count < room) {
        const struct tpacket3_hdr *header = (const struct tpacket3_hdr *)(const void *)queue->at;
        count += packet_read(native, queue->at, &packets[count]);
        queue->left--;
        queue->at += header->tp_next_offset;
    }
    return count;
}

/* Packets of the block at hand, or of the next one. 0: there is none. */
static size_t queue_read(const native_t *native, queue_t *queue, weir_captured_t *packets,
                         size_t room)
{
    for (;;) {
        if (queue->held && queue->left == 0)
            block_give_back(queue);
        if (!queue->held && !block_take(queue))
            return 0;
        size_t count = block_read(native, queue, packets, room);
        if (count > 0)
            return count;
    }
}

static bool iface_is_gone(const native_t *native)
{
    char name[IF_NAMESIZE];
    return native->iface && !if_indextoname(native->iface, name);
}

static int trouble_read(const native_t *native, queue_t *queue)
{
    int error = 0;
    socklen_t n = sizeof(error);
    (void)getsockopt(queue->fd, SOL_SOCKET, SO_ERROR, &error, &n); /* 0 when that fails */
    queue->down |= error == ENETDOWN;
    if (iface_is_gone(native))
        return -ENODEV;
    return error ? -error : 0;
}

static int native_next(void *context, unsigned index, int timeout_ms, weir_captured_t *packets,
                       size_t room)
{
    native_t *native = context;
    queue_t *queue = &native->queues[index];
    size_t count = queue_read(native, queue, packets, room);
    if (count > 0)
        return (int)count;
    struct pollfd wait[2] = {{.fd = queue->pipe[0], .events = POLLIN},
                             {.fd = queue->fd, .events = POLLIN | POLLERR}};
    int r = poll(wait, 2, timeout_ms);
    if (r < 0)
        return errno == EINTR ? 0 : -errno;
    if (wait[0].revents)
        weir_capture_pipe_drain(queue->pipe);
    if (wait[1].revents & POLLERR) {
        r = trouble_read(native, queue);
        if (r < 0)
            return r;
    }
    count = queue_read(native, queue, packets, room);
    queue->down &= count == 0;
    /* An interface that goes away is reported once, as down, before it has gone. */
    return queue->down && iface_is_gone(native) ? -ENODEV : (int)count;
}

static void native_wake(void *context, unsigned queue)
{
    const native_t *native = context;
    weir_capture_pipe_signal(native->queues[queue].pipe);
}

/* The kernel's counters begin anew with each reading. */
static weir_capture_counts_t native_counts(void *context)
{
    native_t *native = context;
    for (unsigned i = 0; i < native->count; i++) {
        struct tpacket_stats_v3 stats = {0};
        socklen_t n = sizeof(stats);
        if (getsockopt(native->queues[i].fd, SOL_PACKET, PACKET_STATISTICS, &stats, &n) < 0)
            continue;
        native->counts.seen += stats.tp_packets;
        native->counts.dropped += stats.tp_drops;
    }
    return native->counts;
}

static const weir_capture_ops_t native_ops = {.open = native_open,
                                              .close = native_close,
                                              .queues = native_queues,
                                              .next = native_next,
                                              .wake = native_wake,
                                              .counts = native_counts};
const weir_capture_ops_t *const weir_capture_native = &native_ops;
