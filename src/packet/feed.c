/*
 * One input: frames go straight from the reader to the caller. Several: each keeps a few frames
 * ahead, and the earliest head goes first; equal times keep the order of the inputs. Inside one
 * input the order of the file stays, also where its times run backwards.
 */
#include "packet/feed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define AHEAD 128 /* frames that a source of several keeps */

typedef struct source {
    weir_input_t input;
    weir_stream_t *stream;
    weir_reader_t reader;
    weir_frame_t *ahead; /* owned; only when there are several sources */
    size_t ahead_at, ahead_count;
    int error;
    bool ended;
    char text[256];
} source_t;

struct weir_feed {
    source_t *sources;
    size_t count;
};

void weir_feed_free(weir_feed_t *feed)
{
    if (!feed)
        return;
    for (size_t i = 0; i < feed->count; i++) {
        weir_stream_free(feed->sources[i].stream);
        weir_reader_done(&feed->sources[i].reader);
        free(feed->sources[i].ahead);
    }
    free(feed->sources);
    free(feed);
}

static void source_fail(source_t *source, int error, const char *what)
{
    source->error = error;
    source->ended = true;
    (void)snprintf(source->text, sizeof(source->text), "%s", what);
}

/* ahead: keep some frames, for the merge. */
static int source_open(source_t *source, const weir_input_t *input, size_t keep, bool ahead)
{
    source->input = *input;
    weir_reader_init(&source->reader);
    if (ahead) {
        source->ahead = malloc(AHEAD * sizeof(*source->ahead));
        if (!source->ahead)
            return -ENOMEM;
    }
    int r = weir_stream_new(input, keep + 1, &source->stream);
    if (r == -ENOMEM)
        return r;
    if (r < 0)
        source_fail(source, r, strerror(-r));
    return 0;
}

int weir_feed_new(const weir_input_t *inputs, size_t count, size_t keep, weir_feed_t **ret_feed)
{
    weir_feed_t *feed = calloc(1, sizeof(*feed));
    if (!feed)
        return -ENOMEM;
    feed->sources = calloc(count ? count : 1, sizeof(*feed->sources));
    int r = feed->sources ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < count; i++) {
        feed->count++;
        r = source_open(&feed->sources[i], &inputs[i], keep, count > 1);
    }
    if (r < 0) {
        weir_feed_free(feed);
        return r;
    }
    *ret_feed = feed;
    return 0;
}

/* A failure of the bytes below the reader. */
static void stream_failed(source_t *source, int error)
{
    char what[192];
    if (error == -EBADMSG)
        (void)snprintf(what, sizeof(what), "byte %" PRIu64 ": damaged compressed data",
                       weir_stream_position(source->stream));
    else
        (void)snprintf(what, sizeof(what), "%s", strerror(-error));
    source_fail(source, error, what);
}

/* Frames of one source: > 0, 0 at its end (with or without error), -ENOMEM. */
static int source_read(source_t *source, weir_frame_t *frames, size_t capacity)
{
    while (!source->ended) {
        weir_span_t window = {0};
        bool last = false;
        int r = weir_stream_window(source->stream, source->reader.need, &window, &last);
        if (r == -ENOMEM)
            return r;
        if (r < 0) {
            stream_failed(source, r);
            return 0;
        }
        size_t used = 0;
        r = weir_reader_parse(&source->reader, window, last, frames, capacity, &used);
        if (r == -ENOMEM)
            return r;
        if (r < 0) {
            source_fail(source, r, source->reader.error);
            return 0;
        }
        weir_stream_consume(source->stream, used);
        if (r > 0) {
            weir_stream_lend(source->stream);
            return r;
        }
        source->ended = last && used == 0;
    }
    return 0;
}

static int source_refill(source_t *source)
{
    if (source->ahead_at < source->ahead_count || source->ended)
        return 0;
    int n = source_read(source, source->ahead, AHEAD);
    if (n < 0)
        return n;
    source->ahead_at = 0;
    source->ahead_count = (size_t)n;
    return 0;
}

static bool source_empty(const source_t *source)
{
    return source->ahead_at == source->ahead_count;
}

/* The source with the earliest head (NULL: none is left), and the time until which it may go on. */
static source_t *source_earliest(weir_feed_t *feed, int64_t *ret_until_ns)
{
    source_t *first = NULL;
    int64_t first_ns = INT64_MAX, second_ns = INT64_MAX;
    for (size_t i = 0; i < feed->count; i++) {
        source_t *source = &feed->sources[i];
        if (source_empty(source))
            continue;
        int64_t head_ns = source->ahead[source->ahead_at].time_ns;
        if (!first || head_ns < first_ns) {
            second_ns = first ? first_ns : INT64_MAX;
            first_ns = head_ns;
            first = source;
        } else if (head_ns < second_ns) {
            second_ns = head_ns;
        }
    }
    *ret_until_ns = second_ns;
    return first;
}

/* Copy frames of `source` up to `until_ns` (its head always). Returns how many. */
static size_t source_drain(source_t *source, int64_t until_ns, weir_frame_t *frames,
                           size_t capacity)
{
    size_t n = 0;
    while (n < capacity && !source_empty(source) &&
           (n == 0 || source->ahead[source->ahead_at].time_ns < until_ns))
        frames[n++] = source->ahead[source->ahead_at++];
    return n;
}

static int feed_merge(weir_feed_t *feed, weir_frame_t *frames, size_t capacity)
{
    for (size_t i = 0; i < feed->count; i++) {
        int r = source_refill(&feed->sources[i]);
        if (r < 0)
            return r;
    }
    size_t n = 0;
    while (n < capacity) {
        int64_t until_ns = 0;
        source_t *source = source_earliest(feed, &until_ns);
        if (!source)
            break;
        n += source_drain(source, until_ns, frames + n, capacity - n);
        if (source_empty(source) && !source->ended)
            break; /* a refill would end the life of the frames in hand */
    }
    return (int)n;
}

int weir_feed_next(weir_feed_t *feed, weir_frame_t *frames, size_t capacity)
{
    if (feed->count == 1)
        return source_read(&feed->sources[0], frames, capacity);
    return feed_merge(feed, frames, capacity);
}

size_t weir_feed_sources(const weir_feed_t *feed)
{
    return feed->count;
}

weir_feed_source_t weir_feed_source(const weir_feed_t *feed, size_t i)
{
    const source_t *source = &feed->sources[i];
    const weir_reader_t *reader = &source->reader;
    return (weir_feed_source_t){
        .format = reader->format,
        .frames = reader->frames,
        .position = source->stream ? weir_stream_position(source->stream) : 0,
        .size = source->input.size ? source->input.size : source->input.span.len,
        .sections = reader->sections,
        .interfaces = reader->format == WEIR_CAPTURE_FORMAT_PCAP
                          ? 1
                          : reader->iface_base + reader->iface_count,
        .blocks = reader->blocks,
        .speed_bps = reader->speed_missing || reader->sections != 1 ? 0 : reader->speed_bps,
        .truncated = reader->truncated || (source->stream && weir_stream_cut(source->stream)),
        .error = source->error,
        .text = source->text,
    };
}
