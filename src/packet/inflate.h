/*
 * Decompression of a stream in bounded memory: gzip by zlib, zstd by libzstd, and none.
 */
#ifndef WEIR_PACKET_INFLATE_H
#define WEIR_PACKET_INFLATE_H

#include "base/cleanup.h"
#include "packet/bytes.h"

typedef enum weir_packing {
    WEIR_PACKING_NONE,
    WEIR_PACKING_GZIP,
    WEIR_PACKING_ZSTD
} weir_packing_t;

/** How an input that begins with these bytes is packed. */
weir_packing_t weir_packing_of(weir_span_t begin);

typedef struct weir_inflate weir_inflate_t;

WEIR_NODISCARD int weir_inflate_new(weir_packing_t packing, weir_inflate_t **ret_inflate);
void weir_inflate_free(weir_inflate_t *inflate); /* accepts NULL */

/**
 * Unpack from `in` into out[0..room-1]. Returns 0 or -EBADMSG; *ret_taken of `in` and *ret_made of
 * `out` were used. Several packed members behind each other are one stream.
 */
WEIR_NODISCARD int weir_inflate_run(weir_inflate_t *inflate, weir_span_t in, uint8_t *out,
                                    size_t room, size_t *ret_taken, size_t *ret_made);
/** Whether the stream may end here: between two members. */
bool weir_inflate_complete(const weir_inflate_t *inflate);

#endif
