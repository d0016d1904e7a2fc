/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), appended to a buffer: little-endian, times in
 * nanoseconds. Whoever writes the buffer out writes whole blocks.
 */
#ifndef WEIR_PACKET_PCAPNG_WRITE_H
#define WEIR_PACKET_PCAPNG_WRITE_H

#include "base/buf.h"
#include "model/address.h"
#include "packet/frame.h"

typedef struct weir_pcapng_iface {
    const char *name;   /* NULL unknown */
    const char *filter; /* that the packets passed; NULL none */
    uint32_t snaplen;   /* [byte]; 0 no limit */
    uint16_t link;      /* weir_link_type_t */
} weir_pcapng_iface_t;

typedef struct weir_pcapng_name {
    weir_address_t address;
    const char *name;
} weir_pcapng_name_t;

/** The first block of a file. Texts NULL: unknown. comments: as of a packet. */
void weir_pcapng_put_section(weir_buf_t *buf, const char *system, const char *application,
                             weir_span_t comments);
/** Interfaces are numbered from 0 in the order in which they are put. */
void weir_pcapng_put_iface(weir_buf_t *buf, const weir_pcapng_iface_t *iface);
/** A packet of interface `frame->iface`. comments: texts, each ended by 0; empty: none. */
void weir_pcapng_put_packet(weir_buf_t *buf, const weir_frame_t *frame, weir_span_t comments);
/** Names of addresses. */
void weir_pcapng_put_names(weir_buf_t *buf, const weir_pcapng_name_t *names, size_t count);
/** What an interface gave until `time_ns`: packets that passed the filter, and of these lost. */
void weir_pcapng_put_counts(weir_buf_t *buf, uint32_t iface, int64_t time_ns, uint64_t received,
                            uint64_t dropped);

/** How many of the first `n` bytes of `data`, a row of blocks, are whole blocks; *ret_packets: how
 * many of these are packets. */
size_t weir_pcapng_whole(const uint8_t *data, size_t n, uint64_t *ret_packets);

#endif
