/*
 * `read`: capture files become a report.
 */
#include "cli/options.h"
#include "cli/progress.h"
#include "export/report.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define OUTPUT_CEILING ((size_t)1 << 30) /* [byte] between two writes */
#define ROWS_PLAIN 10                    /* hosts and conversations in the plain report ... */
#define ROWS_PAGE 25                     /* ... and in the one for browsers */

typedef struct job {
    weir_context_t *context;
    weir_client_t *client;     /* owned */
    weir_snapshot_t *snapshot; /* a reference */
    weir_progress_t progress;
    weir_buf_t out;
    int status;  /* of writing */
    bool closed; /* the reader has gone */
} job_t;

/* Of hosts and conversations; 0: all. */
static size_t rows_wanted(const weir_invocation_t *invocation)
{
    if (invocation->given & WEIR_OPTION_BIT(WEIR_OPTION_LIMIT))
        return invocation->limit;
    switch (invocation->format) {
    case WEIR_FORMAT_TABLE:
        return ROWS_PLAIN;
    case WEIR_FORMAT_HTML:
        return ROWS_PAGE;
    case WEIR_FORMAT_JSON:
    case WEIR_FORMAT_CSV:
        break;
    }
    return 0;
}

static int job_open(job_t *job)
{
    const weir_invocation_t *invocation = &job->context->invocation;
    weir_client_options_t options = {
        .origin = WEIR_ORIGIN_FILE,
        .reading = invocation->reading,
        .lossless = true,
        .findings = &job->context->config.findings,
        .geoip = invocation->geoip,
        .geoip_count = invocation->geoip_count,
        .no_geoip = invocation->no_geoip,
        .resolve = invocation->resolve,
    };
    options.reading.paths = (const char *const *)invocation->operands;
    options.reading.path_count = (size_t)invocation->operand_count;
    options.reading.locals = invocation->locals;
    options.reading.local_count = invocation->local_count;
    options.reading.macs = invocation->macs;
    options.reading.mac_count = invocation->mac_count;
    options.reading.summary = true;
    options.reading.traffic =
        invocation->format == WEIR_FORMAT_JSON || invocation->format == WEIR_FORMAT_HTML;
    options.reading.most = rows_wanted(invocation);
    weir_progress_begin(&job->progress, &options.reading);
    char error[WEIR_CLIENT_ERROR_SIZE];
    if (weir_client_open(&options, &job->client, error) < 0)
        return weir_say(WEIR_EXIT_FAILED, "%s", error);
    return WEIR_EXIT_OK;
}

/* A signal ends the reading; what was read until then still comes. */
static int job_wait(job_t *job)
{
    struct pollfd fd = {.fd = weir_client_fd(job->client), .events = POLLIN};
    for (;;) {
        if (*job->context->signal)
            atomic_store(&job->progress.reading.cancel, true);
        int ready = ppoll(&fd, 1, weir_progress_wait(&job->progress), &job->context->wait_mask);
        if (ready == 0)
            weir_progress_draw(&job->progress);
        if (ready <= 0)
            continue;
        weir_progress_clear(&job->progress);
        int r = weir_client_take(job->client, &job->snapshot);
        if (r < 0)
            return weir_say(WEIR_EXIT_FAILED, "%s", weir_client_error(job->client));
        if (r > 0)
            return WEIR_EXIT_OK;
    }
}

static void out_flush(void *context, weir_buf_t *buf)
{
    job_t *job = context;
    if (job->status == WEIR_EXIT_OK && !job->closed)
        job->status = weir_print(buf, &job->closed);
    weir_buf_clear(buf);
}

static int report_print(job_t *job)
{
    const weir_invocation_t *invocation = &job->context->invocation;
    const weir_report_t *report = job->snapshot->report;
    size_t limit = rows_wanted(invocation);
    weir_export_t export = {
        .units = invocation->units,
        .utf8 = job->context->utf8,
        .width = weir_terminal_width(job->context),
        .flush = out_flush,
        .flush_context = job,
    };
    switch (invocation->format) {
    case WEIR_FORMAT_TABLE:
        weir_report_text(&job->out, &export, report, limit);
        break;
    case WEIR_FORMAT_JSON:
        weir_report_json(&job->out, &export, report, limit);
        break;
    case WEIR_FORMAT_CSV:
        weir_report_csv(&job->out, &export, report, limit);
        break;
    case WEIR_FORMAT_HTML:
        weir_report_html(&job->out, &export, report, limit);
        break;
    }
    out_flush(job, &job->out);
    if (job->status != WEIR_EXIT_OK || !report->partial)
        return job->status;
    (void)weir_say(0, "interrupted: the report is partial");
    return WEIR_EXIT_SIGNAL + *job->context->signal;
}

static int job_run(job_t *job)
{
    int status = job_open(job);
    if (status == WEIR_EXIT_OK)
        status = job_wait(job);
    return status == WEIR_EXIT_OK ? report_print(job) : status;
}

int weir_read_run(weir_context_t *context)
{
    job_t job = {.context = context};
    if (context->invocation.operand_count == 0)
        return weir_say(WEIR_EXIT_USAGE,
                        "read: name one capture file or more; - is standard input");
    weir_buf_init(&job.out, OUTPUT_CEILING);
    int status = job_run(&job);
    weir_progress_clear(&job.progress);
    weir_snapshot_unref(job.snapshot);
    weir_client_close(job.client);
    weir_buf_done(&job.out);
    return status;
}
