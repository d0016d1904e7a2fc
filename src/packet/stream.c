#include "packet/stream.h"

#include "packet/inflate.h"
#include "packet/reader.h"

#include <errno.h>
#include <string.h>

#define PACKED_SIZE ((size_t)256 << 10)
#define BUFFER_SIZE ((size_t)256 << 10)
#define BUFFER_LARGEST ((size_t)WEIR_FRAME_LARGEST_BUS + ((size_t)1 << 20))

/** What the window looks into. */
typedef struct buffer {
    uint8_t *data; /* owned */
    size_t size;
} buffer_t;

struct weir_stream {
    weir_input_t input;
    weir_span_t left;        /* of input.span: not yet taken */
    weir_inflate_t *inflate; /* NULL: the bytes are as they are */
    uint8_t *packed;         /* bytes as read: what read() gave and inflate has not taken; owned */
    size_t packed_at, packed_end;
    buffer_t *buffers; /* of unpacked bytes, used in turn; owned; NULL for a plain span */
    size_t buffer_count, current;
    size_t at, end; /* the window, in the current buffer */
    uint64_t position;
    bool input_ended, ended, cut;
    bool lent; /* frames of the current buffer are in use */
};

void weir_stream_free(weir_stream_t *stream)
{
    if (!stream)
        return;
    weir_inflate_free(stream->inflate);
    free(stream->packed);
    for (size_t i = 0; stream->buffers && i < stream->buffer_count; i++)
        free(stream->buffers[i].data);
    free(stream->buffers);
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

/* At least `need` bytes; what is in it stays. */
static int buffer_grow(buffer_t *buffer, size_t need)
{
    size_t size = buffer->size ? buffer->size : BUFFER_SIZE;
    while (size < need)
        size *= 2;
    if (size == buffer->size)
        return 0;
    uint8_t *larger = realloc(buffer->data, size);
    if (!larger)
        return -ENOMEM;
    *buffer = (buffer_t){larger, size};
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
    stream->buffers = calloc(stream->buffer_count, sizeof(*stream->buffers));
    if (!stream->buffers || buffer_grow(&stream->buffers[0], BUFFER_SIZE) < 0)
        return -ENOMEM;
    return packing == WEIR_PACKING_NONE ? 0 : weir_inflate_new(packing, &stream->inflate);
}

int weir_stream_new(const weir_input_t *input, size_t windows, weir_stream_t **ret_stream)
{
    weir_stream_t *stream = calloc(1, sizeof(*stream));
    if (!stream)
        return -ENOMEM;
    stream->input = *input;
    stream->left = input->span;
    stream->buffer_count = windows;
    int r = stream_setup(stream);
    if (r < 0) {
        weir_stream_free(stream);
        return r;
    }
    *ret_stream = stream;
    return 0;
}

/* Room for `need` bytes from `at` on: what is left moves to the front, of the next buffer when this
 * one is lent. */
static int buffer_room(weir_stream_t *stream, size_t need)
{
    if (need > BUFFER_LARGEST)
        return -EFBIG;
    const buffer_t *from = &stream->buffers[stream->current];
    size_t left = stream->end - stream->at;
    if (stream->lent)
        stream->current = (stream->current + 1) % stream->buffer_count;
    stream->lent = false;
    buffer_t *to = &stream->buffers[stream->current];
    size_t at = stream->at;
    stream->at = 0;
    stream->end = left;
    if (to != from) {
        int r = buffer_grow(to, need > left ? need : left);
        if (r == 0)
            memcpy(to->data, from->data + at, left);
        return r;
    }
    memmove(to->data, to->data + at, left);
    return buffer_grow(to, need);
}

static int plain_fill(weir_stream_t *stream, weir_span_t stored)
{
    const buffer_t *buffer = &stream->buffers[stream->current];
    size_t room = buffer->size - stream->end;
    size_t n = stored.len < room ? stored.len : room;
    memcpy(buffer->data + stream->end, stored.data, n);
    stream->end += n;
    stored_take(stream, n);
    return 0;
}

/* Unpacked bytes need no other buffer on their way. */
static int plain_read(weir_stream_t *stream)
{
    const buffer_t *buffer = &stream->buffers[stream->current];
    ptrdiff_t n = stream->input.read(stream->input.context, buffer->data + stream->end,
                                     buffer->size - stream->end);
    if (n < 0)
        return (int)n;
    stream->ended = n == 0;
    stream->end += (size_t)n;
    stream->position += (uint64_t)n;
    return 0;
}

static int packed_unpack(weir_stream_t *stream, weir_span_t stored)
{
    const buffer_t *buffer = &stream->buffers[stream->current];
    size_t taken = 0, made = 0;
    int r = weir_inflate_run(stream->inflate, stored, buffer->data + stream->end,
                             buffer->size - stream->end, &taken, &made);
    stream->end += made;
    stored_take(stream, taken);
    if (r == 0 && taken == 0 && made == 0)
        r = -EBADMSG; /* neither takes nor gives: it never will */
    return r;
}

/* One step towards a fuller buffer, which has room. */
static int buffer_fill(weir_stream_t *stream)
{
    if (!stream->inflate && stream->packed_at == stream->packed_end)
        return plain_read(stream);
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
    if (!stream->buffers)
        return span_window(stream, ret_window, ret_last);
    int r = 0;
    if (stream->end - stream->at < need && !stream->ended)
        r = buffer_room(stream, need);
    while (r == 0 && stream->end - stream->at < need && !stream->ended)
        r = buffer_fill(stream);
    if (r < 0)
        return r;
    *ret_window =
        (weir_span_t){stream->buffers[stream->current].data + stream->at, stream->end - stream->at};
    *ret_last = stream->ended;
    return 0;
}

void weir_stream_consume(weir_stream_t *stream, size_t n)
{
    if (stream->buffers)
        stream->at += n;
    else
        stored_take(stream, n);
}

void weir_stream_lend(weir_stream_t *stream)
{
    stream->lent = true;
}

uint64_t weir_stream_position(const weir_stream_t *stream)
{
    return stream->position;
}

bool weir_stream_plain(const weir_stream_t *stream)
{
    return !stream->inflate;
}

bool weir_stream_cut(const weir_stream_t *stream)
{
    return stream->cut;
}
