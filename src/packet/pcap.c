/*
 * pcap: a file header of 24 bytes, then records of 16 bytes and the frame (draft-ietf-opsawg-pcap).
 * Kuznetzov's "modified" variant has 8 bytes more in each record header (interface, protocol,
 * packet type).
 */
#include "packet/reader_private.h"

#include <inttypes.h>

#define FILE_HEADER ((size_t)24)
#define MODIFIED_HEADER 24
#define MODIFIED_TYPE_AT 22
#define FCS_KNOWN UINT32_C(0x04000000) /* in the link type's upper half */
#define MAGIC_MICRO UINT32_C(0xa1b2c3d4)
#define MAGIC_NANO UINT32_C(0xa1b23c4d)
#define MAGIC_MODIFIED UINT32_C(0xa1b2cd34)

static bool magic_known(uint32_t magic)
{
    return magic == MAGIC_MICRO || magic == MAGIC_NANO || magic == MAGIC_MODIFIED;
}

bool weir_pcap_is(uint32_t magic)
{
    return magic_known(magic) || magic_known(__builtin_bswap32(magic));
}

int weir_pcap_begin(reader_job_t *job)
{
    weir_reader_t *reader = job->reader;
    if (job->last && job->len < FILE_HEADER)
        return weir_reader_fail(job, "the file ends inside its pcap header");
    if (!weir_reader_has(job, FILE_HEADER))
        return 0;
    const uint8_t *at = job->data;
    bool big = magic_known(weir_be32(at));
    uint32_t magic = weir_load32(at, big);
    uint16_t major = weir_load16(at + 4, big);
    if (major != 2)
        return weir_reader_fail(job, "pcap version %u.%u is not known", major,
                                weir_load16(at + 6, big));
    reader->format = WEIR_CAPTURE_FORMAT_PCAP;
    reader->big = big;
    reader->tick_ns = magic == MAGIC_NANO ? 1 : 1000;
    reader->record_header = magic == MAGIC_MODIFIED ? MODIFIED_HEADER : 16;
    uint32_t link = weir_load32(at + 20, big);
    reader->link = (uint16_t)link;
    reader->fcs = (uint8_t)(link & FCS_KNOWN ? (link >> 28) * 2 : 0); /* from 16-bit words */
    reader->speed_missing = true;
    reader->frame_largest = weir_reader_largest(reader->link);
    reader->sections = 1;
    job->at += FILE_HEADER;
    return 1;
}

/* What few files have. */
static void frame_finish(const weir_reader_t *reader, weir_frame_t *frame)
{
    if (reader->record_header == MODIFIED_HEADER)
        frame->direction =
            (uint8_t)weir_direction_of_type(*(frame->data - MODIFIED_HEADER + MODIFIED_TYPE_AT));
    weir_frame_trim(frame, reader->fcs);
}

/* Records form a chain: where the next one lies is known only when this one was read, so that each
 * would cost the memory's full latency. Lines are therefore asked for a fixed distance ahead. */
#define AHEAD ((size_t)4096)
#define LINE ((size_t)64)

static inline void ahead_prefetch(const uint8_t *record, size_t len)
{
    for (size_t at = 0; at < len; at += LINE)
        __builtin_prefetch(record + AHEAD + at);
}

static int record_refuse(reader_job_t *job, uint32_t caplen)
{
    return weir_reader_fail(
        job, "packet %" PRIu64 " claims %" PRIu32 " bytes, more than the %" PRIu32 " that can be",
        job->reader->frames + job->count + 1, caplen, job->reader->frame_largest);
}

static inline int records_parse(reader_job_t *job, bool big)
{
    const weir_reader_t *reader = job->reader;
    const size_t header = reader->record_header;
    const uint64_t tick_ns = reader->tick_ns;
    const bool plain = reader->fcs == 0 && header != MODIFIED_HEADER;
    while (job->count < job->capacity) {
        if (!weir_reader_has(job, header))
            return 0;
        const uint8_t *at = job->data + job->at;
        uint32_t caplen = weir_load32(at + 8, big);
        if (__builtin_expect(caplen > reader->frame_largest, 0))
            return record_refuse(job, caplen);
        if (!weir_reader_has(job, header + caplen))
            return 0;
        ahead_prefetch(at, header + caplen);
        job->frames[job->count++] = (weir_frame_t){
            .data = at + header,
            .time_ns = (int64_t)(weir_load32(at, big) * UINT64_C(1000000000) +
                                 weir_load32(at + 4, big) * tick_ns),
            .caplen = caplen,
            .wire_len = weir_load32(at + 12, big),
            .link = reader->link,
        };
        if (__builtin_expect(!plain, 0))
            frame_finish(reader, &job->frames[job->count - 1]);
        job->at += header + caplen;
    }
    return 0;
}

int weir_pcap_parse(reader_job_t *job)
{
    return job->reader->big ? records_parse(job, true) : records_parse(job, false);
}
