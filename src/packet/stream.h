/*
 * The bytes of one input as a window that slides forward. What is read (a file, a pipe) or unpacked
 * (gzip, zstd) goes through a few buffers that stay in the cache: for a file in the page cache this
 * costs half of what mapping it would, and a file that shrinks meanwhile is only a short one.
 */
#ifndef WEIR_PACKET_STREAM_H
#define WEIR_PACKET_STREAM_H

#include "base/cleanup.h"
#include "packet/bytes.h"

/**
 * An input. Either `span` holds all of it, or `read` gives it piece by piece: > 0 bytes, 0 at the
 * end, a negative errno. gzip (RFC 1952) and zstd (RFC 8878) are recognised in either.
 */
typedef struct weir_input {
    const char *name; /* for messages */
    weir_span_t span; /* used when read is NULL; must live as long as its frames */
    ptrdiff_t (*read)(void *context, void *buffer, size_t n);
    void *context;
    uint64_t size; /* [byte] as stored, for progress; 0 unknown */
} weir_input_t;

typedef struct weir_stream weir_stream_t;

/** `windows`: how many lent windows stay valid, the one in hand included; at least 1. */
WEIR_NODISCARD int weir_stream_new(const weir_input_t *input, size_t windows,
                                   weir_stream_t **ret_stream);
void weir_stream_free(weir_stream_t *stream); /* accepts NULL */

/**
 * The window, of at least `need` bytes unless the input ends before. *ret_last: nothing follows it.
 * It is valid until the next call, or, when lent, until `windows` more were lent. -EBADMSG for
 * damaged compression (what came before it was delivered), -EFBIG when `need` passes the ceiling,
 * errors of `read`.
 */
WEIR_NODISCARD int weir_stream_window(weir_stream_t *stream, size_t need, weir_span_t *ret_window,
                                      bool *ret_last);
/** The first `n` bytes of the window are done with. */
void weir_stream_consume(weir_stream_t *stream, size_t n);

/** Somebody goes on looking into the window in hand. */
void weir_stream_lend(weir_stream_t *stream);
/** Bytes of the input as stored that were taken so far. */
uint64_t weir_stream_position(const weir_stream_t *stream);
/** Whether the bytes are as they are stored: not packed. Known after the first window. */
bool weir_stream_plain(const weir_stream_t *stream);
/** Compressed input that ended too early. */
bool weir_stream_cut(const weir_stream_t *stream);

#endif
