#include "packet/rtp.h"

#include "base/cleanup.h"

#include <math.h>

#define DROPOUT_MOST 3000u
#define MISORDER_MOST 100u
#define ROUND UINT32_C(0x10000)
#define TYPE_DYNAMIC 96u
#define GUESS_AFTER_NS INT64_C(500000000)
#define GUESSES_MOST 8u

void weir_rtp_done(weir_rtp_t *rtp)
{
    free(rtp->streams);
    *rtp = (weir_rtp_t){0};
}

/* [Hz] of the types with a fixed one (RFC 3551, tables 4 and 5); 0: not fixed. */
static uint32_t type_clock(uint8_t type)
{
    static const uint16_t audio[] = {8000,  8000,  8000, 8000, 8000, 8000, 16000, 8000,  8000, 8000,
                                     44100, 44100, 8000, 8000, 0,    8000, 11025, 22050, 8000};
    if (type == 14 || (type >= 25 && type <= 34))
        return 90000;
    return type < WEIR_COUNT(audio) ? audio[type] : 0;
}

static double stream_jitter_ms(const weir_rtp_stream_t *stream, double jitter)
{
    return stream->clock_hz ? jitter * 1000 / stream->clock_hz : 0;
}

/* The usual clock nearest to what the timestamps advanced since the stream began; 0: none is near.
 */
static uint32_t clock_guess(const weir_rtp_stream_t *stream, int64_t now_ns, uint32_t time)
{
    static const uint32_t usual[] = {8000,  11025, 12000, 16000, 22050,
                                     24000, 32000, 44100, 48000, 90000};
    double hz =
        (double)(int32_t)(time - stream->begin_time) * 1e9 / (double)(now_ns - stream->begin_ns);
    uint32_t best = 0;
    for (size_t i = 0; i < WEIR_COUNT(usual); i++)
        if (fabs(hz - usual[i]) < fabs(hz - best))
            best = usual[i];
    return fabs(hz - best) * 8 <= best ? best : 0;
}

/* A dynamic type's clock, once enough time has passed to see it; looked for a few times, each after
 * twice the time. */
static void clock_find(weir_rtp_stream_t *stream, int64_t now_ns, uint32_t time)
{
    if (stream->guesses == GUESSES_MOST || now_ns - stream->begin_ns < GUESS_AFTER_NS
                                                                           << stream->guesses)
        return;
    stream->clock_hz = clock_guess(stream, now_ns, time);
    stream->guesses++;
}

/* RFC 3550, A.8: D is how much further apart two packets came than they were sent. */
static void jitter_follow(weir_rtp_stream_t *stream, int64_t now_ns, uint32_t time)
{
    if (!stream->clock_hz) {
        clock_find(stream, now_ns, time);
        return;
    }
    double came = (double)(now_ns - stream->last_ns) * stream->clock_hz / 1e9;
    double sent = (double)(int32_t)(time - stream->last_time);
    stream->jitter += (fabs(came - sent) - stream->jitter) / 16;
    stream->jitter_sum += stream->jitter;
    stream->jitter_count++;
    if (stream->jitter > stream->jitter_most)
        stream->jitter_most = stream->jitter;
}

static uint64_t span_expected(const weir_rtp_stream_t *stream)
{
    return stream->last_seq - stream->first_seq + 1;
}

/* RFC 3550, A.1. */
static void sequence_follow(weir_rtp_stream_t *stream, uint16_t seq)
{
    uint16_t ahead = (uint16_t)(seq - (uint16_t)stream->last_seq);
    if (ahead < DROPOUT_MOST) {
        stream->last_seq += ahead;
    } else if (ahead < ROUND - MISORDER_MOST) {
        stream->expected += span_expected(stream);
        stream->first_seq = stream->last_seq = seq + ROUND;
    }
}

static void stream_add(weir_rtp_stream_t *stream, const weir_digest_t *digest)
{
    jitter_follow(stream, digest->time_ns, digest->rtp_time);
    sequence_follow(stream, digest->rtp_seq);
    stream->packets++;
    stream->last_ns = digest->time_ns;
    stream->last_time = digest->rtp_time;
}

static void candidate_set(weir_rtp_slot_t *slot, const weir_digest_t *digest)
{
    *slot = (weir_rtp_slot_t){
        .source = digest->rtp_source,
        .time = digest->rtp_time,
        .at = weir_digest_tick(digest),
        .seq = digest->rtp_seq,
        .type = digest->rtp_type,
        .state = WEIR_RTP_CANDIDATE,
    };
}

static bool candidate_continues(const weir_rtp_slot_t *slot, const weir_digest_t *digest)
{
    return slot->state == WEIR_RTP_CANDIDATE && slot->source == digest->rtp_source &&
           slot->type == digest->rtp_type && (uint16_t)(slot->seq + 1) == digest->rtp_seq;
}

static weir_rtp_stream_t *stream_allocate(weir_rtp_t *rtp)
{
    if (rtp->count == rtp->room) {
        size_t room = rtp->room ? rtp->room * 2 : 16;
        weir_rtp_stream_t *streams =
            room <= WEIR_RTP_STREAMS_MOST ? realloc(rtp->streams, room * sizeof(*streams)) : NULL;
        if (!streams) {
            rtp->refused++;
            return NULL;
        }
        rtp->streams = streams;
        rtp->room = room;
    }
    return &rtp->streams[rtp->count++];
}

/* The candidate becomes a stream, which begins with it. Ends in *ret_slot; false: no room. */
static bool stream_begin(weir_rtp_t *rtp, const weir_rtp_slot_t *candidate, uint32_t before,
                         const weir_digest_t *digest, weir_rtp_slot_t *ret_slot)
{
    weir_rtp_slot_t first = *candidate; /* which may lie in what moves now */
    weir_rtp_stream_t *stream = stream_allocate(rtp);
    if (!stream)
        return false;
    int64_t ticks = (int32_t)(weir_digest_tick(digest) - first.at);
    int64_t begin_ns = digest->time_ns - ticks * (INT64_C(1) << WEIR_TICK_SHIFT);
    *stream = (weir_rtp_stream_t){
        .source = first.source,
        .before = before,
        .packets = 1,
        .first_seq = first.seq + ROUND,
        .last_seq = first.seq + ROUND,
        .begin_ns = begin_ns,
        .begin_time = first.time,
        .last_ns = begin_ns,
        .last_time = first.time,
        .clock_hz = type_clock(first.type),
        .type = first.type,
    };
    stream_add(stream, digest);
    *ret_slot = (weir_rtp_slot_t){.source = (uint32_t)(rtp->count - 1), .state = WEIR_RTP_STREAM};
    return true;
}

/* The stream of the datagram's source among those of its side; *ret_sources: how many there are. */
static weir_rtp_stream_t *stream_find(const weir_rtp_t *rtp, uint32_t at, uint32_t source,
                                      unsigned *ret_sources)
{
    *ret_sources = 0;
    for (uint32_t next = at + 1; next; next = rtp->streams[next - 1].before) {
        if (rtp->streams[next - 1].source == source)
            return &rtp->streams[next - 1];
        ++*ret_sources;
    }
    return NULL;
}

void weir_rtp_add(weir_rtp_t *rtp, weir_rtp_slot_t *slot, const weir_digest_t *digest)
{
    bool has_stream = slot->state == WEIR_RTP_STREAM;
    unsigned sources = 0;
    weir_rtp_stream_t *stream =
        has_stream ? stream_find(rtp, slot->source, digest->rtp_source, &sources) : NULL;
    if (stream) {
        stream_add(stream, digest);
        return;
    }
    if (sources >= WEIR_RTP_SOURCES_MOST)
        return;
    weir_rtp_slot_t *candidate = has_stream ? &rtp->streams[slot->source].next : slot;
    uint32_t before = has_stream ? slot->source + 1 : 0;
    if (!candidate_continues(candidate, digest) ||
        !stream_begin(rtp, candidate, before, digest, slot))
        candidate_set(candidate, digest);
}

void weir_rtp_sum(const weir_rtp_t *rtp, const weir_rtp_slot_t *slot, weir_rtp_sum_t *sum)
{
    if (slot->state != WEIR_RTP_STREAM)
        return;
    for (uint32_t next = slot->source + 1; next; next = rtp->streams[next - 1].before) {
        const weir_rtp_stream_t *stream = &rtp->streams[next - 1];
        uint64_t expected = stream->expected + span_expected(stream);
        sum->streams++;
        sum->packets += stream->packets;
        sum->lost += expected > stream->packets ? expected - stream->packets : 0;
        if (!stream->clock_hz)
            continue;
        double most_ms = stream_jitter_ms(stream, stream->jitter_most);
        sum->jitter_count += stream->jitter_count;
        sum->jitter_sum_ms += stream_jitter_ms(stream, stream->jitter_sum);
        sum->jitter_most_ms = most_ms > sum->jitter_most_ms ? most_ms : sum->jitter_most_ms;
    }
}
