/*
 * Any bytes as a capture that comes in pieces, packed or not; two of them, merged by time.
 */
#include "packet/feed.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ptrdiff_t piece_read(void *context, void *buffer, size_t n)
{
    weir_span_t *left = context;
    size_t piece = 1 + left->len % 97;
    piece = piece < n ? piece : n;
    piece = piece < left->len ? piece : left->len;
    if (piece > 0)
        memcpy(buffer, left->data, piece);
    left->data += piece;
    left->len -= piece;
    return (ptrdiff_t)piece;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weir_span_t spans[2] = {{data, size / 2}, {data + size / 2, size - size / 2}};
    size_t count = size % 2 ? 2 : 1;
    if (count == 1)
        spans[0] = (weir_span_t){data, size};
    weir_input_t inputs[2] = {{.read = piece_read, .context = &spans[0]},
                              {.read = piece_read, .context = &spans[1]}};
    weir_feed_t *feed = NULL;
    if (weir_feed_new(inputs, count, 0, &feed) < 0)
        return 0;
    weir_frame_t frames[16];
    uint8_t sum = 0;
    for (int n; (n = weir_feed_next(feed, frames, 16)) > 0;)
        for (int i = 0; i < n; i++)
            sum ^= frames[i].caplen ? frames[i].data[frames[i].caplen - 1]
                                    : 0; /* every frame is readable */
    __asm__ volatile("" : : "r"(sum));
    weir_feed_free(feed);
    return 0;
}
