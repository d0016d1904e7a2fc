/*
 * Capture files as a stream of frames: pcap in all its variants, and pcapng. The reader works on a
 * window of bytes and owns none of them, so that a file and a decompressor serve alike.
 *
 * A file that ends inside a record is not an error: what is whole is delivered and `truncated` says
 * it. Bytes that cannot be a record are one: `error` says what and where, and reading stops there,
 * because neither format lets a reader find the next record again.
 */
#ifndef WEIR_PACKET_READER_H
#define WEIR_PACKET_READER_H

#include "base/cleanup.h"
#include "packet/frame.h"

/** A record larger than this is damage (Wireshark draws the same lines). [byte] */
#define WEIR_FRAME_LARGEST ((uint32_t)262144)
#define WEIR_FRAME_LARGEST_BUS ((uint32_t)128 << 20) /* USB and D-Bus */
#define WEIR_INTERFACES_MOST ((size_t)65536)

typedef enum weir_format {
    WEIR_CAPTURE_FORMAT_UNKNOWN,
    WEIR_CAPTURE_FORMAT_PCAP,
    WEIR_CAPTURE_FORMAT_PCAPNG
} weir_capture_format_t;

typedef struct weir_reader_iface {
    int64_t offset_s; /* [s] to add to each time */
    uint64_t scale;   /* ns of a tick, or ticks of a ns, or the power of two */
    uint32_t snaplen; /* 0: no limit */
    uint16_t link;
    uint8_t fcs;        /* [byte] that a frame ends with */
    uint8_t scale_kind; /* how `scale` is meant; private to pcapng.c */
} weir_reader_iface_t;

/** A pcapng block that holds no packet. Called while it is read; `body` ends with the call. */
typedef void (*weir_reader_block_t)(void *context, uint32_t type, bool big, weir_span_t body);

/** One thread. */
typedef struct weir_reader {
    weir_capture_format_t format;
    bool big;              /* byte order of the file, or of the pcapng section */
    bool truncated;        /* the file ended inside a record */
    uint8_t record_header; /* pcap: [byte] of a record's header */
    uint8_t fcs;           /* pcap: [byte] that a frame ends with */
    uint16_t link;         /* pcap */
    uint32_t tick_ns;      /* pcap: 1000 or 1 */
    uint32_t frame_largest;
    weir_reader_iface_t *ifaces; /* pcapng: of this section; owned */
    size_t iface_count, iface_room;
    size_t iface_base; /* interfaces of the sections before */
    uint64_t skip;     /* [byte] of the input that belong to a block without interest */
    uint64_t offset;   /* [byte] read so far, from the file's begin */
    uint64_t frames, sections, blocks;
    uint64_t speed_bps;     /* [bit/s] sum over the interfaces that name one */
    bool speed_missing;     /* ... which not all do */
    uint64_t damaged_times; /* times that did not fit and were clamped */
    int64_t last_ns;        /* time of the last frame */
    size_t need;            /* [byte] that the next record wants at least */
    char error[192];        /* set when a call returned a negative value */
    /* For who wants more than the frames; set after init. NULL: not wanted. */
    weir_span_t *options;      /* pcapng: of each frame of a call; room for as many; borrowed */
    weir_reader_block_t block; /* sections, interfaces, names */
    void *block_context;
} weir_reader_t;

void weir_reader_init(weir_reader_t *reader);
void weir_reader_done(weir_reader_t *reader);

/**
 * Parse frames from the begin of `window`, which continues where the last call stopped. `last`:
 * nothing follows the window. Returns how many of frames[0..capacity-1] were set, and in *ret_used
 * how many bytes are done with; 0 frames and 0 bytes used means that the window must grow to
 * reader->need (or, when `last`, that the file is at its end). Frames point into the window.
 * -EBADMSG when the bytes are no record, with reader->error set; what came before was delivered by
 * the call before. -ENOMEM.
 */
WEIR_NODISCARD int weir_reader_parse(weir_reader_t *reader, weir_span_t window, bool last,
                                     weir_frame_t *frames, size_t capacity, size_t *ret_used);

#endif
