#include "platform/capture_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

struct weir_platform_capture {
    const weir_capture_ops_t *ops;
    void *context;
};

int weir_platform_capture_open(const weir_capture_request_t *request,
                               weir_platform_capture_t **ret_capture,
                               char ret_error[static WEIR_CAPTURE_ERROR_SIZE])
{
    weir_platform_capture_t *capture = calloc(1, sizeof(*capture));
    if (!capture) {
        (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "out of memory");
        return -ENOMEM;
    }
    capture->ops =
        request->portable || !weir_capture_native ? &weir_capture_portable : weir_capture_native;
    int r = capture->ops->open(request, &capture->context, ret_error);
    if (r < 0) {
        free(capture);
        return r;
    }
    *ret_capture = capture;
    return 0;
}

void weir_platform_capture_close(weir_platform_capture_t *capture)
{
    if (!capture)
        return;
    capture->ops->close(capture->context);
    free(capture);
}

unsigned weir_platform_capture_queues(const weir_platform_capture_t *capture)
{
    return capture->ops->queues(capture->context);
}

int weir_platform_capture_next(weir_platform_capture_t *capture, unsigned queue, int timeout_ms,
                               weir_captured_t *packets, size_t room)
{
    return capture->ops->next(capture->context, queue, timeout_ms, packets, room);
}

void weir_platform_capture_wake(weir_platform_capture_t *capture, unsigned queue)
{
    capture->ops->wake(capture->context, queue);
}

weir_capture_counts_t weir_platform_capture_counts(weir_platform_capture_t *capture)
{
    return capture->ops->counts(capture->context);
}

int weir_capture_compile(const char *filter, int link, uint32_t snaplen,
                         struct bpf_program *ret_program, char *ret_error)
{
    pcap_t *dead = pcap_open_dead(link, (int)snaplen);
    if (!dead) {
        (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE, "out of memory");
        return -ENOMEM;
    }
    int r = pcap_compile(dead, ret_program, filter, 1, PCAP_NETMASK_UNKNOWN);
    if (r < 0)
        (void)snprintf(ret_error, WEIR_CAPTURE_ERROR_SIZE,
                       "the capture filter '%.120s' is none: %.120s; `man pcap-filter` has the "
                       "language",
                       filter, pcap_geterr(dead));
    pcap_close(dead);
    return r < 0 ? -EINVAL : 0;
}

int weir_capture_pipe(int ends[static 2])
{
    ends[0] = ends[1] = -1;
    return pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0 ? -errno : 0;
}

void weir_capture_pipe_signal(const int ends[static 2])
{
    (void)TEMP_FAILURE_RETRY(write(ends[1], "", 1)); /* full: it is readable already */
}

void weir_capture_pipe_drain(const int ends[static 2])
{
    char bytes[64];
    while (TEMP_FAILURE_RETRY(read(ends[0], bytes, sizeof(bytes))) > 0)
        ;
}
