#include "packet/inflate.h"

#include <errno.h>
#include <limits.h>
#include <zlib.h>
#include <zstd.h>

struct weir_inflate {
    weir_packing_t packing;
    z_stream gzip;
    ZSTD_DStream *zstd;
    bool between; /* no member is open */
};

/* zstd asks for a window as large as the file says; 128 MiB is what its own tool accepts. */
#define ZSTD_WINDOW_LOG 27

weir_packing_t weir_packing_of(weir_span_t begin)
{
    if (begin.len >= 3 && begin.data[0] == 0x1f && begin.data[1] == 0x8b && begin.data[2] == 8)
        return WEIR_PACKING_GZIP;
    if (begin.len >= 4 && weir_le32(begin.data) == UINT32_C(0xfd2fb528))
        return WEIR_PACKING_ZSTD;
    return WEIR_PACKING_NONE;
}

void weir_inflate_free(weir_inflate_t *inflate)
{
    if (!inflate)
        return;
    if (inflate->packing == WEIR_PACKING_GZIP)
        (void)inflateEnd(&inflate->gzip);  /* fails only for a stream that was never begun */
    (void)ZSTD_freeDStream(inflate->zstd); /* accepts NULL */
    free(inflate);
}

int weir_inflate_new(weir_packing_t packing, weir_inflate_t **ret_inflate)
{
    weir_inflate_t *inflate = calloc(1, sizeof(*inflate));
    if (!inflate)
        return -ENOMEM;
    inflate->between = true;
    bool ready = false;
    if (packing == WEIR_PACKING_GZIP) {
        ready = inflateInit2(&inflate->gzip, 15 + 16) == Z_OK; /* 15: window bits, 16: gzip only */
    } else {
        inflate->zstd = ZSTD_createDStream();
        ready = inflate->zstd && !ZSTD_isError(ZSTD_DCtx_setParameter(
                                     inflate->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
    }
    inflate->packing = ready ? packing : WEIR_PACKING_ZSTD;
    if (!ready) {
        weir_inflate_free(inflate);
        return -ENOMEM;
    }
    *ret_inflate = inflate;
    return 0;
}

static int gzip_run(weir_inflate_t *self, weir_span_t in, uint8_t *out, size_t room,
                    size_t *ret_taken, size_t *ret_made)
{
    z_stream *gzip = &self->gzip;
    uInt have = in.len < UINT_MAX ? (uInt)in.len : UINT_MAX;
    uInt space = room < UINT_MAX ? (uInt)room : UINT_MAX;
    gzip->next_in =
        (z_const Bytef *)(uintptr_t)in.data; /* zlib's type lacks const, it does not write */
    gzip->avail_in = have;
    gzip->next_out = out;
    gzip->avail_out = space;
    int r = inflate(gzip, Z_NO_FLUSH);
    *ret_taken = have - gzip->avail_in;
    *ret_made = space - gzip->avail_out;
    self->between = r == Z_STREAM_END;
    if (r == Z_STREAM_END)
        return inflateReset(gzip) == Z_OK ? 0 : -EBADMSG;
    return r == Z_OK || r == Z_BUF_ERROR ? 0 : -EBADMSG;
}

static int zstd_run(weir_inflate_t *inflate, weir_span_t in, uint8_t *out, size_t room,
                    size_t *ret_taken, size_t *ret_made)
{
    ZSTD_inBuffer input = {.src = in.data, .size = in.len};
    ZSTD_outBuffer output = {.dst = out, .size = room};
    size_t r = ZSTD_decompressStream(inflate->zstd, &output, &input);
    *ret_taken = input.pos;
    *ret_made = output.pos;
    inflate->between = r == 0;
    return ZSTD_isError(r) ? -EBADMSG : 0;
}

int weir_inflate_run(weir_inflate_t *inflate, weir_span_t in, uint8_t *out, size_t room,
                     size_t *ret_taken, size_t *ret_made)
{
    if (inflate->packing == WEIR_PACKING_GZIP)
        return gzip_run(inflate, in, out, room, ret_taken, ret_made);
    return zstd_run(inflate, in, out, room, ret_taken, ret_made);
}

bool weir_inflate_complete(const weir_inflate_t *inflate)
{
    return inflate->between;
}
