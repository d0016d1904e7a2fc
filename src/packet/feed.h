/*
 * Frames of one or several inputs in the order of their times. A damaged input gives what it can;
 * the others go on.
 */
#ifndef WEIR_PACKET_FEED_H
#define WEIR_PACKET_FEED_H

#include "packet/reader.h"
#include "packet/stream.h"

typedef struct weir_feed weir_feed_t;

typedef struct weir_feed_source {
    weir_capture_format_t format;
    uint64_t frames;
    uint64_t position, size; /* [byte] as stored: taken, and in all (0 unknown) */
    uint64_t sections, interfaces, blocks;
    uint64_t speed_bps; /* [bit/s] of its interfaces together; 0: not all of them name one, or it
                           has several sections, which may name one twice */
    bool truncated;     /* it ended inside a record */
    int error;          /* 0, or why reading stopped: -EBADMSG and the like */
    const char *text;   /* what and where; "" */
} weir_feed_source_t;

/** The inputs (and their spans) must live as long as the feed. `keep`: see weir_feed_next(). */
WEIR_NODISCARD int weir_feed_new(const weir_input_t *inputs, size_t count, size_t keep,
                                 weir_feed_t **ret_feed);
void weir_feed_free(weir_feed_t *feed); /* accepts NULL */

/**
 * The next frames, at most `capacity`. Returns their number, 0 at the end, -ENOMEM. They are valid
 * during the next `keep` calls, and end with the call after those.
 */
WEIR_NODISCARD int weir_feed_next(weir_feed_t *feed, weir_frame_t *frames, size_t capacity);

size_t weir_feed_sources(const weir_feed_t *feed);
weir_feed_source_t weir_feed_source(const weir_feed_t *feed, size_t i);

#endif
