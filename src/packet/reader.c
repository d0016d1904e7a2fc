#include "packet/reader_private.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void weir_reader_init(weir_reader_t *reader)
{
    *reader = (weir_reader_t){.need = 4};
}

void weir_reader_done(weir_reader_t *reader)
{
    free(reader->ifaces);
    *reader = (weir_reader_t){0};
}

int weir_reader_fail(reader_job_t *job, const char *format, ...)
{
    char *text = job->reader->error;
    size_t size = sizeof(job->reader->error);
    int n = snprintf(text, size, "byte %" PRIu64 ": ", job->reader->offset + job->at);
    if (n < 0 || (size_t)n >= size)
        return -EBADMSG;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + n, size - (size_t)n, format, arguments);
    va_end(arguments);
    return -EBADMSG;
}

uint32_t weir_reader_largest(uint16_t link)
{
    bool bus = link == WEIR_LINKTYPE_USB || link == WEIR_LINKTYPE_USB_MMAPPED ||
               link == WEIR_LINKTYPE_DBUS;
    return bus ? WEIR_FRAME_LARGEST_BUS : WEIR_FRAME_LARGEST;
}

/* 1 when the format is known and its header was taken, 0 when bytes are missing. */
static int reader_begin(reader_job_t *job)
{
    weir_reader_t *reader = job->reader;
    if (job->len < 4 && job->last)
        return weir_reader_fail(job, job->len ? "too short for a capture file"
                                              : "empty, not a capture file");
    if (!weir_reader_has(job, 4))
        return 0;
    uint32_t magic = weir_be32(job->data);
    if (magic == WEIR_PCAPNG_SECTION) {
        reader->format = WEIR_CAPTURE_FORMAT_PCAPNG;
        return 1;
    }
    if (weir_pcap_is(magic))
        return weir_pcap_begin(job);
    return weir_reader_fail(job, "neither pcap nor pcapng (it begins with 0x%08" PRIx32 ")", magic);
}

static void job_skip(reader_job_t *job)
{
    size_t left = job->len - job->at;
    size_t n = job->reader->skip < left ? (size_t)job->reader->skip : left;
    job->at += n;
    job->reader->skip -= n;
    if (job->last && job->reader->skip > 0) {
        job->reader->truncated = true;
        job->reader->skip = 0;
    }
}

static int job_run(reader_job_t *job)
{
    if (job->reader->format == WEIR_CAPTURE_FORMAT_UNKNOWN) {
        int r = reader_begin(job);
        if (r <= 0)
            return r;
    }
    if (job->reader->skip)
        job_skip(job);
    return job->reader->format == WEIR_CAPTURE_FORMAT_PCAP ? weir_pcap_parse(job)
                                                           : weir_pcapng_parse(job);
}

int weir_reader_parse(weir_reader_t *reader, weir_span_t window, bool last, weir_frame_t *frames,
                      size_t capacity, size_t *ret_used)
{
    reader_job_t job = {
        .reader = reader,
        .data = window.data,
        .len = window.len,
        .last = last,
        .frames = frames,
        .capacity = capacity < INT32_MAX ? capacity : INT32_MAX,
    };
    reader->need = 1;
    int r = job_run(&job);
    if (r < 0 && job.count == 0 && job.at == 0)
        return r;
    reader->offset +=
        job.at; /* an error behind good bytes is met again, at the begin of the next call */
    reader->frames += job.count;
    if (job.count)
        reader->last_ns = frames[job.count - 1].time_ns;
    *ret_used = job.at;
    return (int)job.count;
}
