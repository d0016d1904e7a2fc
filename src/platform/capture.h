/*
 * Packets as they pass an interface: part of the contract with an operating system, beside
 * platform.h.
 *
 * A capture has one or more queues, each for one thread; the packets of a flow, both directions,
 * stay in one queue. What a queue could not hold is counted.
 */
#ifndef WEIR_PLATFORM_CAPTURE_H
#define WEIR_PLATFORM_CAPTURE_H

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEIR_CAPTURE_ERROR_SIZE 320
#define WEIR_CAPTURE_QUEUES_MOST 16u
#define WEIR_SNAPLEN_MOST UINT32_C(262144) /* [byte] */

typedef struct weir_capture_request {
    const char *iface;    /* name; NULL: every interface, those to come too */
    const char *filter;   /* as pcap-filter(7) has it; NULL: none */
    uint32_t snaplen;     /* [byte] kept of each packet, 1 to WEIR_SNAPLEN_MOST */
    uint32_t queue_bytes; /* of memory for each queue */
    unsigned queues;      /* wanted: 1 to WEIR_CAPTURE_QUEUES_MOST */
    bool loopback;        /* of every interface, loopback too */
    bool promiscuous;     /* let the interface take packets for others */
    bool portable;        /* by libpcap also where the system has a faster way */
} weir_capture_request_t;

/** A packet that was seen. */
typedef struct weir_captured {
    const uint8_t *data; /* link layer first, VLAN tags in place */
    int64_t time_ns;     /* [ns] since 1970 */
    uint32_t caplen;     /* [byte] at `data` */
    uint32_t wire_len;   /* [byte] that the packet had */
    uint32_t iface;      /* index */
    uint16_t link;       /* as capture files number link layers */
    uint8_t direction;   /* 0 unknown, 1 received, 2 sent by this machine */
} weir_captured_t;

typedef struct weir_capture_counts {
    uint64_t seen;    /* packets that passed the filter, lost ones included */
    uint64_t dropped; /* of these: no room in the queue */
} weir_capture_counts_t;

typedef struct weir_platform_capture weir_platform_capture_t;

/**
 * Begin to capture. 0, or a negative errno with a sentence (what failed, on what, why, what to do)
 * in ret_error: -EPERM not permitted, -ENODEV no such interface, -EINVAL the filter is none.
 */
WEIR_NODISCARD int weir_platform_capture_open(const weir_capture_request_t *request,
                                              weir_platform_capture_t **ret_capture,
                                              char ret_error[static WEIR_CAPTURE_ERROR_SIZE]);
void weir_platform_capture_close(weir_platform_capture_t *capture); /* accepts NULL */
/** How many queues there are: as many as wanted, or fewer. */
unsigned weir_platform_capture_queues(const weir_platform_capture_t *capture);

/**
 * Wait until there are packets, at most `timeout_ms` (-1: for ever). Returns how many of
 * packets[0..room-1] were set, which stay until the next call for this queue, or 0 after the
 * time or a wake. -ENETDOWN: the interface is down, and the call may be repeated; -ENODEV: it has
 * vanished. The queue's thread.
 */
WEIR_NODISCARD int weir_platform_capture_next(weir_platform_capture_t *capture, unsigned queue,
                                              int timeout_ms, weir_captured_t *packets,
                                              size_t room);
/** Let a next() that waits, or else the next one that would, return 0. Any thread. */
void weir_platform_capture_wake(weir_platform_capture_t *capture, unsigned queue);
/** Since the begin, over all queues. One thread. */
weir_capture_counts_t weir_platform_capture_counts(weir_platform_capture_t *capture);

/**
 * `count` sockets that can capture once they are bound; needs the privilege. What weir-load calls.
 */
WEIR_NODISCARD int weir_platform_capture_sockets(int *ret_fds, size_t count);

/** Whether this process may capture, by itself or by weir-load: 0, or as open() would fail. */
WEIR_NODISCARD int weir_platform_capture_permitted(char ret_error[static WEIR_CAPTURE_ERROR_SIZE]);

#endif
