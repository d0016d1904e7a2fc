/*
 * Packets that a view can go back to, by their number from 1 on: of a plain file its places, so
 * that bytes are read again when they are wanted; of everything else the bytes themselves, in a
 * ring that keeps the newest. One thread.
 */
#ifndef WEIR_CLIENT_PACKET_STORE_H
#define WEIR_CLIENT_PACKET_STORE_H

#include "base/buf.h"
#include "packet/frame.h"

typedef struct weir_packet_limits {
    size_t packets; /* a file keeps its first ones, a ring its newest */
    size_t bytes;   /* of the ring; at least one packet fits: see weir_packet_store_add() */
} weir_packet_limits_t;

typedef struct weir_packet_entry weir_packet_entry_t;

typedef struct weir_packet_store {
    weir_packet_limits_t limits;
    int fd;                       /* of the file, borrowed; -1: a ring */
    weir_packet_entry_t *entries; /* owned; a ring, too */
    size_t room, head;            /* of the entries; where the first one stands */
    uint64_t first;               /* number of the oldest that is kept */
    size_t count;                 /* kept */
    uint64_t refused;             /* of a file: those beyond the limit */
    uint8_t *ring;                /* owned */
    uint64_t end;                 /* [byte] put into the ring so far, with its gaps */
    uint8_t *window;              /* owned: what was read last of the file */
    uint64_t window_at;
    size_t window_len, window_room;
    weir_buf_t comments; /* texts, each ended by 0 */
    struct weir_packet_comment *commented;
    size_t commented_count, commented_room;
} weir_packet_store_t;

void weir_packet_store_init(weir_packet_store_t *store, const weir_packet_limits_t *limits);
void weir_packet_store_done(weir_packet_store_t *store);

/** Bytes can be read again from `fd`; before the first packet. Borrowed for the store's life. */
void weir_packet_store_file(weir_packet_store_t *store, int fd);

/**
 * Keep a packet. `offset` [byte]: where its bytes are in the file. comments: texts, each ended by
 * 0. 0 or -ENOMEM; what a ceiling leaves out is counted, not an error.
 */
WEIR_NODISCARD int weir_packet_store_add(weir_packet_store_t *store, const weir_frame_t *frame,
                                         uint64_t offset, weir_span_t comments);

/**
 * Packet `number`. Its bytes are valid until the next call. 0, -ENOENT when it is not kept, -EIO
 * when the file does not have its bytes any more, or -ENOMEM.
 */
WEIR_NODISCARD int weir_packet_store_get(weir_packet_store_t *store, uint64_t number,
                                         weir_frame_t *ret_frame);
/** Its time [ns since 1970]; the packet is kept. */
int64_t weir_packet_store_time(const weir_packet_store_t *store, uint64_t number);
/** Its comments, valid until the next call. */
weir_span_t weir_packet_store_comments(const weir_packet_store_t *store, uint64_t number);

#endif
