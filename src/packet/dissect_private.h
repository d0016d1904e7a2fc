/*
 * What the dissectors of the layers share.
 */
#ifndef WEIR_PACKET_DISSECT_PRIVATE_H
#define WEIR_PACKET_DISSECT_PRIVATE_H

#include "packet/dissect.h"

/** Where a dissector stands: the bytes [at, end) are its own. */
typedef struct dissect {
    const weir_frame_t *frame;
    weir_dissection_t *to;
    weir_packet_t *packet;
    uint32_t at, end; /* [byte]; at <= end <= caplen */
    unsigned layers;  /* headers followed so far */
} dissect_t;

static inline uint32_t weir_dissect_left(const dissect_t *d)
{
    return d->end - d->at;
}

static inline bool weir_dissect_has(const dissect_t *d, uint32_t n)
{
    return weir_dissect_left(d) >= n;
}

static inline const uint8_t *weir_dissect_data(const dissect_t *d)
{
    return d->frame->data + d->at;
}

/** Add a line about `length` bytes from `at` on; does nothing where no lines are wanted. */
__attribute__((format(printf, 5, 6))) void weir_dissect_line(const dissect_t *d, unsigned depth,
                                                             uint32_t at, uint32_t length,
                                                             const char *format, ...);
/** The summary so far is replaced. */
__attribute__((format(printf, 2, 3))) void weir_dissect_summary(const dissect_t *d,
                                                                const char *format, ...);
/** What the packet is; the highest layer has the last word. */
void weir_dissect_protocol(const dissect_t *d, const char *protocol);
void weir_dissect_application(const dissect_t *d, const char *protocol);
/** The name that the packet tells, printable; empty ones are none. */
void weir_dissect_name(const dissect_t *d, const uint8_t *name, size_t n);
/** A header of `need` bytes is not all there. */
void weir_dissect_cut(const dissect_t *d, const char *what);

/** The ends on the link; NULL: not known. */
void weir_dissect_macs(const dissect_t *d, const uint8_t *src, const uint8_t *dst);
/** padded: the header ends at a multiple of four. */
void weir_dissect_wifi(dissect_t *d, bool padded);
void weir_dissect_radiotap(dissect_t *d);

/** By EtherType. */
void weir_dissect_type(dissect_t *d, uint16_t type);
void weir_dissect_ip(dissect_t *d);
void weir_dissect_arp(dissect_t *d);
void weir_dissect_transport(dissect_t *d, uint8_t protocol);
void weir_dissect_icmp(dissect_t *d, bool version6);

/** Each returns false when the bytes are none of its kind. */
bool weir_dissect_dns(dissect_t *d, const char *protocol);
bool weir_dissect_tls(dissect_t *d);
bool weir_dissect_http(dissect_t *d);
bool weir_dissect_dhcp(dissect_t *d);
bool weir_dissect_tcp_payload(dissect_t *d);
bool weir_dissect_udp_payload(dissect_t *d);

#endif
