/*
 * What reader.c, pcap.c and pcapng.c share.
 */
#ifndef WEIR_PACKET_READER_PRIVATE_H
#define WEIR_PACKET_READER_PRIVATE_H

#include "packet/pcapng_read.h"
#include "packet/reader.h"

#include <errno.h>

/** The window of one call and what was made of it. */
typedef struct reader_job {
    weir_reader_t *reader;
    const uint8_t *data;
    size_t len;
    size_t at; /* bytes done with */
    bool last;
    weir_frame_t *frames;
    size_t count, capacity;
} reader_job_t;

/** Whether `n` bytes follow job->at; if not, notes what is needed, or that the file was cut. */
static inline bool weir_reader_has(reader_job_t *job, size_t n)
{
    size_t left = job->len - job->at;
    if (__builtin_expect(left >= n, 1))
        return true;
    job->reader->need = n;
    if (job->last && left > 0) {
        job->reader->truncated = true;
        job->at = job->len;
    }
    return false;
}

/** Set reader->error ("byte 24: ..."); returns -EBADMSG. */
__attribute__((format(printf, 2, 3))) int weir_reader_fail(reader_job_t *job, const char *format,
                                                           ...);

/** Take the frame check sequence off a frame that ends with `fcs` bytes of it. */
static inline void weir_frame_trim(weir_frame_t *frame, uint32_t fcs)
{
    frame->wire_len = frame->wire_len > fcs ? frame->wire_len - fcs : 0;
    if (frame->caplen > frame->wire_len)
        frame->caplen = frame->wire_len;
}

/** The largest frame that makes sense on a link. [byte] */
uint32_t weir_reader_largest(uint16_t link);

/** Take the file header at the begin of a pcap file: 0 when more bytes are needed, 1 when done,
 * -EBADMSG. */
WEIR_NODISCARD int weir_pcap_begin(reader_job_t *job);
/** 0 or -EBADMSG. */
WEIR_NODISCARD int weir_pcap_parse(reader_job_t *job);
WEIR_NODISCARD int weir_pcapng_parse(reader_job_t *job);

/** Whether `magic`, read in big-endian order, begins such a file. */
bool weir_pcap_is(uint32_t magic);

#endif
