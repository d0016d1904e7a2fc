/*
 * The summary of a capture in long form: one number a line, so that a spreadsheet can filter it.
 */
#include "base/clock.h"
#include "base/json.h"
#include "base/number.h"
#include "export/report.h"
#include "model/catalogue.h"

typedef struct place {
    weir_buf_t *buf;
    const char *section, *name;
} place_t;

static void key_put(const place_t *place, const char *key)
{
    weir_buf_printf(place->buf, "%s,", place->section);
    weir_csv_put_text(place->buf, place->name);
    weir_buf_printf(place->buf, ",%s,", key);
}

static void number_put(const place_t *place, const char *key, uint64_t value)
{
    key_put(place, key);
    weir_number_put(place->buf, value);
    weir_buf_putc(place->buf, '\n');
}

static void real_put(const place_t *place, const char *key, double value)
{
    key_put(place, key);
    weir_number_put_real(place->buf, value, 9);
    weir_buf_putc(place->buf, '\n');
}

static void time_put(const place_t *place, const char *key, int64_t wall_ns)
{
    char text[WEIR_TIME_TEXT_SIZE];
    (void)weir_time_text(wall_ns, text); /* of fixed length */
    key_put(place, key);
    weir_buf_printf(place->buf, "%s\n", text);
}

static void summary_put(weir_buf_t *buf, const weir_report_t *report)
{
    place_t place = {buf, "summary", ""};
    number_put(&place, "packets", report->packets);
    number_put(&place, "bytes", report->bytes);
    if (report->timed) {
        time_put(&place, "first_seen", report->first_seen);
        time_put(&place, "last_seen", report->last_seen);
        real_put(&place, "duration_s", (double)report->duration_ns / 1e9);
    }
    if (report->throughput.known) {
        real_put(&place, "mean_bytes_per_s", report->throughput.mean_bytes);
        real_put(&place, "mean_packets_per_s", report->throughput.mean_packets);
    }
    number_put(&place, "flows_total", report->flows);
    number_put(&place, "partial", report->partial);
    for (size_t i = 0; i < report->file_count; i++) {
        place = (place_t){buf, "files", report->files[i].name};
        number_put(&place, "packets", report->files[i].packets);
        number_put(&place, "truncated", report->files[i].truncated);
    }
}

static void quality_put(weir_buf_t *buf, const weir_quality_t *quality)
{
    place_t place = {buf, "quality", ""};
    number_put(&place, "tcp_flows", quality->tcp_flows);
    number_put(&place, "tcp_packets", quality->tcp_packets);
    number_put(&place, "retransmits", quality->retransmits);
    number_put(&place, "out_of_order", quality->out_of_order);
    number_put(&place, "duplicate_acks", quality->duplicate_acks);
    number_put(&place, "zero_windows", quality->zero_windows);
    number_put(&place, "resets", quality->resets);
    number_put(&place, "failed", quality->failed);
    number_put(&place, "rtt_count", quality->rtt_count);
    if (quality->rtt_count) {
        real_put(&place, "rtt_median_ms", (double)quality->rtt_median_ns / 1e6);
        real_put(&place, "rtt_p95_ms", (double)quality->rtt_p95_ns / 1e6);
    }
    number_put(&place, "stamp_rtt_count", quality->stamp_rtt_count);
    if (quality->stamp_rtt_count) {
        real_put(&place, "stamp_rtt_median_ms", (double)quality->stamp_rtt_median_ns / 1e6);
        real_put(&place, "stamp_rtt_p95_ms", (double)quality->stamp_rtt_p95_ns / 1e6);
    }
    number_put(&place, "rtp_streams", quality->rtp_streams);
    number_put(&place, "rtp_packets", quality->rtp_packets);
    number_put(&place, "rtp_lost", quality->rtp_lost);
    if (quality->jitter_known)
        real_put(&place, "jitter_mean_ms", quality->jitter_mean_ms);
}

static void protocols_put(weir_buf_t *buf, const weir_report_t *report)
{
    for (size_t i = 0; i < report->protocol_count; i++) {
        const weir_protocol_t *protocol = &report->protocols[i];
        place_t place = {buf, "protocols", protocol->name};
        number_put(&place, "packets", protocol->packets);
        number_put(&place, "bytes", protocol->bytes);
        real_put(&place, "share", protocol->share);
    }
}

static void host_put(weir_buf_t *buf, const weir_host_t *host)
{
    weir_buf_t name;
    weir_buf_init(&name, 256);
    weir_address_put(&name, &host->address, false);
    place_t place = {buf, "hosts", weir_buf_text(&name)};
    number_put(&place, "rx_bytes", host->rx.bytes);
    number_put(&place, "tx_bytes", host->tx.bytes);
    number_put(&place, "flows", host->flows);
    weir_buf_done(&name);
}

static void conversation_put(weir_buf_t *buf, const weir_conversation_t *pair)
{
    weir_buf_t name;
    weir_buf_init(&name, 256);
    weir_address_put(&name, &pair->a, false);
    weir_buf_putc(&name, ' ');
    weir_address_put(&name, &pair->b, false);
    place_t place = {buf, "conversations", weir_buf_text(&name)};
    number_put(&place, "a_bytes", pair->a_bytes);
    number_put(&place, "b_bytes", pair->b_bytes);
    number_put(&place, "packets", pair->a_packets + pair->b_packets);
    number_put(&place, "flows", pair->flows);
    weir_buf_done(&name);
}

static void finding_put(weir_buf_t *buf, const weir_finding_t *finding)
{
    weir_buf_t name;
    weir_buf_init(&name, 1024);
    weir_buf_printf(&name, "%s %s", finding->rule, finding->object);
    place_t place = {buf, "findings", weir_buf_text(&name)};
    key_put(&place, "severity");
    weir_buf_printf(buf, "%s\n", WEIR_SEVERITY_WORDS[finding->severity]);
    time_put(&place, "since", finding->since);
    time_put(&place, "last_seen", finding->last_seen);
    number_put(&place, "count", finding->count);
    real_put(&place, "observed", finding->observed);
    real_put(&place, "expected", finding->expected);
    key_put(&place, "text");
    weir_csv_put_text(buf, finding->text);
    weir_buf_putc(buf, '\n');
    key_put(&place, "evidence");
    weir_csv_put_text(buf, finding->evidence);
    weir_buf_putc(buf, '\n');
    weir_buf_done(&name);
}

void weir_report_csv(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report,
                     size_t limit)
{
    weir_buf_puts(buf, "section,name,key,value\n");
    for (size_t i = 0; i < report->finding_count; i++)
        finding_put(buf, &report->findings[i]);
    summary_put(buf, report);
    protocols_put(buf, report);
    for (size_t i = 0; i < report->host_count && !(limit && i >= limit); i++) {
        host_put(buf, &report->hosts[i]);
        weir_export_flush(export, buf);
    }
    for (size_t i = 0; i < report->conversation_count && !(limit && i >= limit); i++) {
        conversation_put(buf, &report->conversations[i]);
        weir_export_flush(export, buf);
    }
    quality_put(buf, &report->quality);
    for (size_t i = 0; i < report->skipped_count; i++) {
        place_t place = {buf, "skipped", report->skipped[i].reason};
        number_put(&place, "packets", report->skipped[i].packets);
        number_put(&place, "bytes", report->skipped[i].bytes);
    }
}
