/*
 * What the back ends of a capture share.
 */
#ifndef WEIR_PLATFORM_CAPTURE_PRIVATE_H
#define WEIR_PLATFORM_CAPTURE_PRIVATE_H

#include "platform/capture.h"

#include <pcap/pcap.h>

/** The calls mean what their namesakes in capture.h mean. */
typedef struct weir_capture_ops {
    int (*open)(const weir_capture_request_t *request, void **ret_context, char *ret_error);
    void (*close)(void *context);
    unsigned (*queues)(const void *context);
    int (*next)(void *context, unsigned queue, int timeout_ms, weir_captured_t *packets,
                size_t room);
    void (*wake)(void *context, unsigned queue);
    weir_capture_counts_t (*counts)(void *context);
} weir_capture_ops_t;

/** By libpcap, on every system. */
extern const weir_capture_ops_t weir_capture_portable;
/** The system's own, NULL: none. */
extern const weir_capture_ops_t *const weir_capture_native;

/**
 * Compile a filter for one kind of link (DLT_*). Free it with pcap_freecode(). 0, or -EINVAL with
 * the compiler's words in ret_error.
 */
WEIR_NODISCARD int weir_capture_compile(const char *filter, int link, uint32_t snaplen,
                                        struct bpf_program *ret_program, char *ret_error);

/** A pipe to wake a waiting thread; both ends are set to -1 when it fails. 0 or -errno. */
WEIR_NODISCARD int weir_capture_pipe(int ends[static 2]);
void weir_capture_pipe_signal(const int ends[static 2]);
void weir_capture_pipe_drain(const int ends[static 2]);

#endif
