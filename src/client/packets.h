/*
 * Packets for a view: taken by a thread as they come, live or from a file, kept within limits, and
 * explained one by one when they are looked at. One thread uses it.
 */
#ifndef WEIR_CLIENT_PACKETS_H
#define WEIR_CLIENT_PACKETS_H

#include "engine/frames.h"
#include "engine/recorder.h"
#include "packet/dissect.h"

#define WEIR_PACKETS_TEXT_SIZE 320
#define WEIR_PACKETS_NAME_SIZE 256
#define WEIR_PACKETS_MOST ((size_t)8 << 20)         /* packets that are kept: 32 bytes for each */
#define WEIR_PACKETS_RING_BYTES ((size_t)256 << 20) /* of their bytes, where there is no file */

typedef struct weir_packets_options {
    size_t most;       /* packets that are kept; 0: WEIR_PACKETS_MOST */
    size_t ring_bytes; /* 0: WEIR_PACKETS_RING_BYTES */
    uint64_t count;    /* end after so many; 0: go on */
    /* Live: packets go into its files, too, with names. Borrowed until the close; `names` and
     * `learn` are not looked at. NULL: they do not. */
    const weir_recorder_options_t *recording;
} weir_packets_options_t;

/** How things stand. Packets first ... first + count - 1 are kept. */
typedef struct weir_packets_state {
    uint64_t first, count;
    uint64_t omitted;       /* not kept: of a file its last ones, else the oldest */
    uint64_t seen, dropped; /* live: passed the filter; of these the kernel had no room for */
    uint64_t ring_bytes;    /* 0: bytes are read from the file again */
    int64_t first_ns;       /* [ns] since 1970, of packet 1 */
    double progress;        /* of a file that is read, 0 to 1; negative: not known */
    bool ended;             /* nothing comes any more */
    bool down;              /* the interface is down; it may come back */
    int error;              /* why it ended: 0 at the end of the file; -ENODEV the interface went */
    uint64_t recorded;      /* packets that are in files */
    int record_error;       /* why no more are recorded; 0: they are, if that was asked for */
    char text[WEIR_PACKETS_TEXT_SIZE];        /* more about the end, "" when there is none */
    char record_path[WEIR_PACKETS_TEXT_SIZE]; /* of the file that is written; "" none */
} weir_packets_state_t;

/**
 * A packet with its bytes, which stay until the next read, and, if they were wanted, its lines:
 * these and the comments stay until lines are read again.
 */
typedef struct weir_packet_view {
    weir_packet_t row;
    weir_frame_t frame;
    weir_span_t comments;                /* texts, each ended by 0 */
    const weir_dissection_t *dissection; /* lines, at depths; NULL: not wanted */
} weir_packet_view_t;

typedef struct weir_packets weir_packets_t;

/** Takes the frames, also on failure. 0 or a negative errno (of the file to record into, too). */
WEIR_NODISCARD int weir_packets_open(weir_frames_t *frames, const weir_packets_options_t *options,
                                     weir_packets_t **ret_packets);
/**
 * Take no more packets; while they are recorded, those that the kernel holds from before are, and
 * the file gets its end. The state is final. Nothing to do when it was called before.
 */
void weir_packets_end(weir_packets_t *packets);
void weir_packets_close(weir_packets_t *packets); /* ends it first; accepts NULL */

/** A descriptor to poll; readable when the state has changed since weir_packets_state(). */
int weir_packets_fd(const weir_packets_t *packets);
void weir_packets_state(weir_packets_t *packets, weir_packets_state_t *ret_state);

/**
 * Packet `number`. 0, -ENOENT when it is not kept (any more), -EIO when the file does not have its
 * bytes any more, -ENOMEM.
 */
WEIR_NODISCARD int weir_packets_read(weir_packets_t *packets, uint64_t number, bool lines,
                                     weir_packet_view_t *ret_view);
/** Its time [ns since 1970]; 0 when it is not kept. */
int64_t weir_packets_time(weir_packets_t *packets, uint64_t number);
/** The name of an address as the capture told it; false: none. */
bool weir_packets_name(weir_packets_t *packets, const weir_address_t *address,
                       char name[static WEIR_PACKETS_NAME_SIZE]);

/** `count` packets: by their numbers, or where `numbers` is NULL those from `first` on. */
typedef struct weir_packets_choice {
    const uint64_t *numbers;
    uint64_t first;
    size_t count;
} weir_packets_choice_t;

/** A pcapng file that is being written, some packets at a time. */
typedef struct weir_packets_save weir_packets_save_t;

/**
 * Begin to write them into a file, with names and comments. The choice is copied. 0 or a negative
 * errno.
 */
WEIR_NODISCARD int weir_packets_save_begin(weir_packets_t *packets,
                                           const weir_packets_choice_t *choice, const char *path,
                                           weir_packets_save_t **ret_save);
/**
 * Look at up to `most` more; what is not kept any more is passed over. 1 when there are others, 0
 * when all were written, or a negative errno.
 */
WEIR_NODISCARD int weir_packets_save_step(weir_packets_save_t *save, size_t most);
/** How many were looked at, of how many. */
size_t weir_packets_save_progress(const weir_packets_save_t *save, size_t *ret_of);
/** Write the file's end, before everything was written, too; frees. 0 and how many are in it, or a
 * negative errno. */
WEIR_NODISCARD int weir_packets_save_end(weir_packets_save_t *save, uint64_t *ret_written);

#endif
