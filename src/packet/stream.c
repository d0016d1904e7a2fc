#include "packet/stream.h"

#include "packet/inflate.h"
#include "packet/reader.h"

#include <errno.h>
#include <string.h>

#define PACKED_SIZE ((size_t)256 << 10)
#define BUFFER_SIZE ((size_t)1 << 20)
#define BUFFER_LARGEST ((size_t)WEIR_FRAME_LARGEST_BUS + ((size_t)1 << 20))

struct weir_stream {
    weir_input_t input;
    weir_span_t left;        /* of input.span: not yet taken */
    weir_inflate_t *inflate; /* NULL: the bytes are as they are */
    uint8_t *packed;         /* bytes as read: what read() gave and inflate has not taken; owned */
    size_t packed_at, packed_end;
    uint8_t *buffer; /* unpacked bytes; owned; NULL for a plain span */
    size_t at, end, size;
    uint64_t position;
    bool input_ended, ended, cut;
};

void weir_stream_free(weir_stream_t *stream)
{
    if (!stream)
        return;
    weir_inflate_free(stream->inflate);
    free(stream->packed);
    free(stream->buffer);
    free(stream);
}

/* Fill `packed` from read(), when it is empty. 0 or a negative errno. */
static int packed_fill(weir_stream_t *stream)
{
    if (stream->packed_at < stream->packed_end || stream->input_ended)
        return 0;
    ptrdiff_t n = stream->input.read(stream->input.context, stream->packed, PACKED_SIZE);
    if (n < 0)
        return (int)n;
    stream->input_ended = n == 0;
    stream->packed_at = 0;
    stream->packed_end = (size_t)n;
    stream->position += (uint64_t)n;
    return 0;
}

/* The bytes as stored that come next; empty at the end. */
static int stored_peek(weir_stream_t *stream, weir_span_t *ret_span)
{
    if (!stream->input.read) {
        *ret_span = stream->left;
        return 0;
    }
    int r = packed_fill(stream);
    if (r < 0)
        return r;
    *ret_span =
        (weir_span_t){stream->packed + stream->packed_at, stream->packed_end - stream->packed_at};
    return 0;
}

static void stored_take(weir_stream_t *stream, size_t n)
{
    if (stream->input.read) {
        stream->packed_at += n;
        return;
    }
    stream->left.data += n;
    stream->left.len -= n;
    stream->position += n;
}

/* The first bytes decide; a pipe may give fewer at a time than are needed for that. */
static int begin_read(weir_stream_t *stream)
{
    while (stream->packed_end < 4 && !stream->input_ended) {
        ptrdiff_t n = stream->input.read(stream->input.context, stream->packed + stream->packed_end,
                                         PACKED_SIZE - stream->packed_end);
        if (n < 0)
            return (int)n;
        stream->input_ended = n == 0;
        stream->packed_end += (size_t)n;
        stream->position += (uint64_t)n;
    }
    return 0;
}

static int stream_setup(weir_stream_t *stream)
{
    if (stream->input.read) {
        stream->packed = malloc(PACKED_SIZE);
        if (!stream->packed)
            return -ENOMEM;
        int r = begin_read(stream);
        if (r < 0)
            return r;
    }
    weir_span_t begin = {0};
    int r = stored_peek(stream, &begin);
    if (r < 0)
        return r;
    weir_packing_t packing = weir_packing_of(begin);
    if (packing == WEIR_PACKING_NONE && !stream->input.read)
        return 0;
    stream->size = BUFFER_SIZE;
    stream->buffer = malloc(stream->size);
    if (!stream->buffer)
        return -ENOMEM;
    return packing == WEIR_PACKING_NONE ? 0 : weir_inflate_new(packing, &stream->inflate);
}

int weir_stream_new(const weir_input_t *input, weir_stream_t **ret_stream)
{
    weir_stream_t *stream = calloc(1, sizeof(*stream));
    if (!stream)
        return -ENOMEM;
    stream->input = *input;
    stream->left = input->span;
    int r = stream_setup(stream);
    if (r < 0) {
        weir_stream_free(stream);
        return r;
    }
    *ret_stream = stream;
    return 0;
}

/* Room for `need` bytes from `at` on: what is left moves to the front. */
static int buffer_room(weir_stream_t *stream, size_t need)
{
    if (need > BUFFER_LARGEST)
        return -EFBIG;
    if (stream->at > 0)
        memmove(stream->buffer, stream->buffer + stream->at, stream->end - stream->at);
    stream->end -= stream->at;
    stream->at = 0;
    if (need <= stream->size)
        return 0;
    size_t size = stream->size;
    while (size < need)
        size *= 2;
    uint8_t *larger = realloc(stream->buffer, size);
    if (!larger)
        return -ENOMEM;
    stream->buffer = larger;
    stream->size = size;
    return 0;
}

static int plain_fill(weir_stream_t *stream, weir_span_t stored)
{
    size_t room = stream->size - stream->end;
    size_t n = stored.len < room ? stored.len : room;
    memcpy(stream->buffer + stream->end, stored.data, n);
    stream->end += n;
    stored_take(stream, n);
    return 0;
}

static int packed_unpack(weir_stream_t *stream, weir_span_t stored)
{
    size_t taken = 0, made = 0;
    int r = weir_inflate_run(stream->inflate, stored, stream->buffer + stream->end,
                             stream->size - stream->end, &taken, &made);
    stream->end += made;
    stored_take(stream, taken);
    if (r == 0 && taken == 0 && made == 0)
        r = -EBADMSG; /* neither takes nor gives: it never will */
    return r;
}

/* One step towards a fuller buffer, which has room. */
static int buffer_fill(weir_stream_t *stream)
{
    weir_span_t stored = {0};
    int r = stored_peek(stream, &stored);
    if (r < 0)
        return r;
    if (stored.len > 0)
        return stream->inflate ? packed_unpack(stream, stored) : plain_fill(stream, stored);
    size_t before = stream->end;
    if (stream->inflate && !weir_inflate_complete(stream->inflate)) {
        /* What the decompressor still holds; that it wants more is no damage but the end. */
        (void)packed_unpack(stream, stored);
        stream->cut = stream->end == before;
    }
    stream->ended = stream->end == before;
    return 0;
}

static int span_window(const weir_stream_t *stream, weir_span_t *ret_window, bool *ret_last)
{
    *ret_window = stream->left;
    *ret_last = true;
    return 0;
}

int weir_stream_window(weir_stream_t *stream, size_t need, weir_span_t *ret_window, bool *ret_last)
{
    if (!stream->buffer)
        return span_window(stream, ret_window, ret_last);
    int r = 0;
    if (stream->end - stream->at < need && !stream->ended)
        r = buffer_room(stream, need);
    while (r == 0 && stream->end - stream->at < need && !stream->ended)
        r = buffer_fill(stream);
    if (r < 0)
        return r;
    *ret_window = (weir_span_t){stream->buffer + stream->at, stream->end - stream->at};
    *ret_last = stream->ended;
    return 0;
}

void weir_stream_consume(weir_stream_t *stream, size_t n)
{
    if (stream->buffer)
        stream->at += n;
    else
        stored_take(stream, n);
}

bool weir_stream_stable(const weir_stream_t *stream)
{
    return !stream->buffer;
}

uint64_t weir_stream_position(const weir_stream_t *stream)
{
    return stream->position;
}

bool weir_stream_cut(const weir_stream_t *stream)
{
    return stream->cut;
}
