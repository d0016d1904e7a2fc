/*
 * Capture by libpcap, on every system that has it. One queue. Never blocks in libpcap: its time-out
 * does not end a wait on a silent interface, so the wait is a poll of its descriptor.
 */
#include "platform/capture_private.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define BATCH_BYTES ((size_t)4 << 20) /* of packets in one batch; room for the longest */
#define READ_AGAIN_MS 20              /* where libpcap has no descriptor to wait for */

typedef struct portable {
    pcap_t *pcap;
    int pipe[2];
    uint32_t iface;
    uint16_t link;
    bool nanoseconds;
    uint8_t *bytes; /* of the batch; libpcap's own are gone with the next packet */
    size_t used;
    weir_captured_t *packets; /* of the batch being filled; borrowed */
    size_t count, room;
} portable_t;

static void portable_close(void *context)
{
    portable_t *portable = context;
    if (portable->pcap)
        pcap_close(portable->pcap);
    weir_closep(&portable->pipe[0]);
    weir_closep(&portable->pipe[1]);
    free(portable->bytes);
    free(portable);
}

static int failure_tell(const portable_t *portable, const char *name, int status, char *ret_error)
{
    const char *why = pcap_geterr(portable->pcap);
    if (!why[0])
        why = pcap_statustostr(status);
    (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "cannot capture on %.64s: %.200s", name,
                   why);
    switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return -EPERM;
    case PCAP_ERROR_NO_SUCH_DEVICE:
        return -ENODEV;
    case PCAP_ERROR_IFACE_NOT_UP:
        return -ENETDOWN;
    default:
        return -EIO;
    }
}

static int handle_activate(portable_t *portable, const weir_capture_request_t *request)
{
    pcap_t *pcap = portable->pcap;
    int r = pcap_set_snaplen(pcap, (int)request->snaplen);
    if (r == 0)
        r = pcap_set_promisc(pcap, request->promiscuous);
    if (r == 0)
        r = pcap_set_timeout(pcap, READ_AGAIN_MS);
    if (r == 0)
        r = pcap_set_buffer_size(pcap, (int)request->queue_bytes);
    if (r == 0) /* where it cannot, times are in microseconds */
        portable->nanoseconds = pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
    return r == 0 ? pcap_activate(pcap) : r;
}

static int filter_set(const portable_t *portable, const weir_capture_request_t *request,
                      char *ret_error)
{
    struct bpf_program program;
    if (!request->filter)
        return 0;
    if (pcap_compile(portable->pcap, &program, request->filter, 1, PCAP_NETMASK_UNKNOWN) < 0) {
        (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE,
                       "the capture filter '%.120s' is none: %.120s; `man pcap-filter` has the "
                       "language",
                       request->filter, pcap_geterr(portable->pcap));
        return -EINVAL;
    }
    int r = pcap_setfilter(portable->pcap, &program);
    pcap_freecode(&program);
    return r < 0 ? failure_tell(portable, "the interface", r, ret_error) : 0;
}

static int handle_open(portable_t *portable, const weir_capture_request_t *request, char *ret_error)
{
    const char *name = request->iface ? request->iface : "any";
    char why[PCAP_ERRBUF_SIZE];
    portable->pcap = pcap_create(name, why);
    if (!portable->pcap) {
        (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "cannot capture on %.64s: %.200s", name,
                       why);
        return -ENODEV;
    }
    int r = handle_activate(portable, request);
    if (r < 0)
        return failure_tell(portable, name, r, ret_error);
    if (pcap_setnonblock(portable->pcap, 1, why) < 0) {
        (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "cannot capture on %.64s: %.200s", name,
                       why);
        return -EIO;
    }
    portable->link = (uint16_t)pcap_datalink(portable->pcap);
    portable->iface = if_nametoindex(name);
    return filter_set(portable, request, ret_error);
}

static int portable_open(const weir_capture_request_t *request, void **ret_context, char *ret_error)
{
    (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "out of memory");
    portable_t *portable = calloc(1, sizeof(*portable));
    if (!portable)
        return -ENOMEM;
    int r = weir_capture_pipe(portable->pipe);
    portable->bytes = malloc(BATCH_BYTES);
    if (r == 0)
        r = portable->bytes ? handle_open(portable, request, ret_error) : -ENOMEM;
    if (r < 0) {
        portable_close(portable);
        return r;
    }
    *ret_context = portable;
    return 0;
}

static unsigned portable_queues(const void *context)
{
    (void)context;
    return 1;
}

static void packet_put(u_char *context, const struct pcap_pkthdr *header, const u_char *data)
{
    portable_t *portable = (portable_t *)(void *)context;
    uint8_t *copy = portable->bytes + portable->used;
    memcpy(copy, data, header->caplen);
    portable->used += header->caplen;
    int64_t fraction = header->ts.tv_usec; /* nanoseconds if that was granted */
    portable->packets[portable->count++] = (weir_captured_t){
        .data = copy,
        .time_ns = (int64_t)header->ts.tv_sec * 1000000000 +
                   (portable->nanoseconds ? fraction : fraction * 1000),
        .caplen = header->caplen,
        .wire_len = header->len,
        .iface = portable->iface,
        .link = portable->link,
    };
}

/* Returns 1 when there may be packets, 0 after the time or a wake. */
static int packets_wait(const portable_t *portable, int timeout_ms)
{
    int fd = pcap_get_selectable_fd(portable->pcap);
    struct pollfd wait[2] = {{.fd = portable->pipe[0], .events = POLLIN},
                             {.fd = fd, .events = POLLIN}};
    if (fd < 0 && (timeout_ms < 0 || timeout_ms > READ_AGAIN_MS))
        timeout_ms = READ_AGAIN_MS;
    int r = poll(wait, 2, timeout_ms);
    if (r < 0)
        return errno == EINTR ? 0 : -errno;
    if (wait[0].revents) {
        weir_capture_pipe_drain(portable->pipe);
        return 0;
    }
    return fd < 0 || r > 0;
}

static int batch_read(portable_t *portable)
{
    while (portable->count < portable->room && portable->used + WEIR_SNAPLEN_MOST <= BATCH_BYTES) {
        int r = pcap_dispatch(portable->pcap, 1, packet_put, (u_char *)portable);
        if (r < 0 && portable->count == 0)
            return r == PCAP_ERROR_IFACE_NOT_UP ? -ENETDOWN : -ENODEV;
        if (r <= 0)
            break;
    }
    return (int)portable->count;
}

static int portable_next(void *context, unsigned queue, int timeout_ms, weir_captured_t *packets,
                         size_t room)
{
    (void)queue;
    portable_t *portable = context;
    portable->packets = packets;
    portable->room = room;
    portable->count = portable->used = 0;
    int r = batch_read(portable);
    if (r == 0)
        r = packets_wait(portable, timeout_ms);
    else
        return r;
    return r > 0 ? batch_read(portable) : r;
}

static void portable_wake(void *context, unsigned queue)
{
    (void)queue;
    const portable_t *portable = context;
    weir_capture_pipe_signal(portable->pipe);
}

static weir_capture_counts_t portable_counts(void *context)
{
    const portable_t *portable = context;
    struct pcap_stat stat = {0};
    (void)pcap_stats(portable->pcap, &stat); /* none: zeros */
    return (weir_capture_counts_t){.seen = stat.ps_recv, .dropped = stat.ps_drop};
}

const weir_capture_ops_t weir_capture_portable = {.open = portable_open,
                                                  .close = portable_close,
                                                  .queues = portable_queues,
                                                  .next = portable_next,
                                                  .wake = portable_wake,
                                                  .counts = portable_counts};
