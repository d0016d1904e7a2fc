/*
 * The program that the kernel runs on each packet before it is copied.
 */
#ifndef WEIR_PLATFORM_LINUX_CAPTURE_FILTER_H
#define WEIR_PLATFORM_LINUX_CAPTURE_FILTER_H

#include "platform/capture_private.h"

#include <linux/filter.h>

/** A filter that lets nothing pass, for sockets that are not ready yet. */
WEIR_NODISCARD int weir_capture_filter_block(int fd);

/**
 * What is asked of the packets: outgoing copies on loopback are left out, the filter's program is
 * chosen by the kind of link, and `snaplen` cuts. Filters that look at VLAN tags are for
 * weir_capture_filter_passes(): the kernel has taken the tag out of the packet by then.
 */
typedef struct weir_capture_filter {
    struct sock_filter *program; /* owned */
    uint16_t length;
    bool outside;                  /* the filter is not in `program` */
    struct bpf_program by_link[4]; /* in the order of weir_capture_links; no code: none passes */
} weir_capture_filter_t;

/** 0, or a negative errno with a sentence. */
WEIR_NODISCARD int weir_capture_filter_make(const weir_capture_request_t *request,
                                            weir_capture_filter_t *ret_filter, char *ret_error);
void weir_capture_filter_done(weir_capture_filter_t *filter);
WEIR_NODISCARD int weir_capture_filter_attach(const weir_capture_filter_t *filter, int fd);
/** Judge a packet that the kernel let pass. */
bool weir_capture_filter_passes(const weir_capture_filter_t *filter, const weir_captured_t *packet);

/** What kind of link a type of device (ARPHRD_*) has in capture files: one of four. */
uint16_t weir_capture_link(uint16_t device);

#endif
