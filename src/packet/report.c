/*
 * The summary of a capture, put together from its tables.
 */
#include "packet/capture_private.h"

#include "base/top.h"

#include <errno.h>
#include <stdio.h>

static const char *format_name(weir_capture_format_t format)
{
    switch (format) {
    case WEIR_CAPTURE_FORMAT_PCAP:
        return "pcap";
    case WEIR_CAPTURE_FORMAT_PCAPNG:
        return "pcapng";
    case WEIR_CAPTURE_FORMAT_UNKNOWN:
        break;
    }
    return NULL;
}

static int files_list(weir_capture_t *capture, weir_pool_t *pool, const char *const *names,
                      weir_report_t *report)
{
    size_t count = weir_capture_sources(capture);
    weir_report_file_t *files = weir_pool_alloc(pool, (count + 1) * sizeof(*files));
    if (!files)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        weir_feed_source_t source = weir_capture_source(capture, i);
        files[i] = (weir_report_file_t){
            .name = weir_pool_text(pool, names[i]),
            .format = format_name(source.format),
            .packets = source.frames,
            .size = source.size ? source.size : source.position,
            .sections = source.sections,
            .interfaces = source.interfaces,
            .blocks = source.blocks,
            .truncated = source.truncated && !report->partial,
            .problem = source.error < 0 ? weir_pool_text(pool, source.text) : NULL,
        };
        if (!files[i].name)
            return -ENOMEM;
    }
    report->files = files;
    report->file_count = count;
    return 0;
}

static int skipped_compare(const void *left, const void *right)
{
    const weir_report_skipped_t *a = left, *b = right;
    if (a->packets != b->packets)
        return a->packets < b->packets ? 1 : -1;
    return strcmp(a->reason, b->reason);
}

static int skipped_list(const weir_capture_t *capture, weir_pool_t *pool, weir_report_t *report)
{
    size_t count = 0;
    const weir_skipped_t *all = weir_capture_skipped(capture, &count);
    weir_report_skipped_t *list = weir_pool_alloc(pool, (count + 2) * sizeof(*list));
    if (!list)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        weir_buf_t text;
        weir_buf_init(&text, 4096);
        weir_capture_skipped_put(&text, &all[i]);
        list[i] = (weir_report_skipped_t){weir_pool_text(pool, weir_buf_text(&text)),
                                          all[i].tally.packets, all[i].tally.bytes};
        weir_buf_done(&text);
        if (!list[i].reason)
            return -ENOMEM;
    }
    if (report->omitted_packets)
        list[count++] = (weir_report_skipped_t){"beyond the limit of flows",
                                                report->omitted_packets, report->omitted_bytes};
    qsort(list, count, sizeof(*list), skipped_compare);
    report->skipped = list;
    report->skipped_count = count;
    return 0;
}

/* The value that `share` of the seconds do not pass; seconds without traffic have no bin. */
static double bins_percentile(const uint64_t *bytes, size_t count, uint64_t seconds, double share)
{
    uint64_t at = (uint64_t)(share * (double)(seconds - 1));
    uint64_t idle = seconds > count ? seconds - count : 0;
    return at < idle || at - idle >= count
               ? 0
               : (double)weir_top_nth(bytes, count, (size_t)(at - idle));
}

/* Files that are read together may be of one link or of several, which they do not tell. */
static uint64_t link_speed(const weir_capture_t *capture)
{
    if (capture->options.link_bps)
        return capture->options.link_bps;
    return weir_capture_sources(capture) == 1 ? weir_capture_source(capture, 0).speed_bps : 0;
}

static int throughput_judge(const weir_capture_t *capture, weir_report_t *report)
{
    const weir_capture_totals_t *totals = &capture->totals;
    size_t count = 0;
    const weir_bin_t *bins = weir_capture_bins(capture, &count);
    if (totals->duration_ns == 0 || count == 0)
        return 0;
    uint64_t *bytes = malloc(count * sizeof(*bytes));
    if (!bytes)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        bytes[i] = bins[i].tally.bytes;
    uint64_t seconds = (uint64_t)bins[count - 1].second - (uint64_t)bins[0].second + 1;
    double duration_s = (double)totals->duration_ns / 1e9;
    report->throughput = (weir_throughput_t){
        .known = true,
        .mean_bytes = (double)totals->bytes / duration_s,
        .mean_packets = (double)totals->packets / duration_s,
        .median_bytes = bins_percentile(bytes, count, seconds, 0.5),
        .p95_bytes = bins_percentile(bytes, count, seconds, 0.95),
        .peak_bytes = totals->peak_bytes,
        .peak_packets = totals->peak_packets,
        .peak_second = totals->peak_bytes_second,
        .link_bps = link_speed(capture),
    };
    free(bytes);
    return 0;
}

static int tables_list(weir_capture_t *capture, size_t most, weir_report_t *report)
{
    int r = weir_capture_sum(capture, most,
                             WEIR_CAPTURE_HOSTS | WEIR_CAPTURE_PAIRS | WEIR_CAPTURE_PROTOCOLS |
                                 WEIR_CAPTURE_QUALITY);
    if (r == 0)
        r = weir_capture_protocols(capture, &report->protocols, &report->protocol_count);
    if (r == 0)
        r = weir_capture_hosts(capture, most, &report->hosts, &report->host_count,
                               &report->host_total);
    if (r == 0)
        r = weir_capture_conversations(capture, most, &report->conversations,
                                       &report->conversation_count, &report->conversation_total);
    return r == 0 ? weir_capture_quality(capture, &report->quality) : r;
}

int weir_capture_report(weir_capture_t *capture, weir_pool_t *pool, const char *const *names,
                        size_t most, weir_report_t *ret_report)
{
    const weir_capture_totals_t *totals = &capture->totals;
    weir_report_t report = {
        .packets = totals->packets,
        .bytes = totals->bytes,
        .timed = totals->packets > totals->timeless,
        .first_seen = totals->first_ns,
        .last_seen = totals->last_ns,
        .duration_ns = totals->duration_ns,
        .flows = totals->flows,
        .inner_flows = totals->inner_flows,
        .omitted_packets = totals->omitted.packets,
        .omitted_bytes = totals->omitted.bytes,
        .partial = totals->cancelled,
    };
    int r = tables_list(capture, most, &report);
    if (r == 0)
        r = throughput_judge(capture, &report);
    if (r == 0 && report.timed)
        r = weir_traffic_steps(&capture->run.traffic, pool, &report.traffic);
    if (r == 0)
        r = files_list(capture, pool, names, &report);
    if (r == 0)
        r = skipped_list(capture, pool, &report);
    if (r == 0)
        *ret_report = report;
    return r;
}
