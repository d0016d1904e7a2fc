/*
 * The summary of a capture for programs: one JSON document.
 */
#include "base/clock.h"
#include "base/json.h"
#include "base/number.h"
#include "export/report.h"
#include "export/report_facts.h"

#define DECIMALS 9

/* Writes "key": and the comma before it. */
static void key_put(weir_buf_t *buf, const char *key)
{
    char before = buf->len ? buf->data[buf->len - 1] : '{';
    if (before != '{' && before != '[')
        weir_buf_putc(buf, ',');
    weir_buf_printf(buf, "\"%s\":", key);
}

static void number_put(weir_buf_t *buf, const char *key, uint64_t value)
{
    key_put(buf, key);
    weir_number_put(buf, value);
}

static void real_put(weir_buf_t *buf, const char *key, bool known, double value)
{
    key_put(buf, key);
    if (known)
        weir_number_put_real(buf, value, DECIMALS);
    else
        weir_buf_puts(buf, "null");
}

static void text_put(weir_buf_t *buf, const char *key, const char *text)
{
    key_put(buf, key);
    if (text)
        weir_json_put_string(buf, text);
    else
        weir_buf_puts(buf, "null");
}

static void time_put(weir_buf_t *buf, const char *key, bool known, int64_t wall_ns)
{
    char text[WEIR_TIME_TEXT_SIZE];
    (void)weir_time_text(wall_ns, text); /* of fixed length */
    text_put(buf, key, known ? text : NULL);
}

static void address_put(weir_buf_t *buf, const char *key, const weir_address_t *address)
{
    key_put(buf, key);
    weir_buf_putc(buf, '"');
    weir_address_put(buf, address, false);
    weir_buf_putc(buf, '"');
}

static void files_put(weir_buf_t *buf, const weir_report_t *report)
{
    key_put(buf, "files");
    weir_buf_putc(buf, '[');
    for (size_t i = 0; i < report->file_count; i++) {
        const weir_report_file_t *file = &report->files[i];
        weir_buf_puts(buf, i ? ",{" : "{");
        text_put(buf, "name", file->name);
        text_put(buf, "format", file->format);
        number_put(buf, "size", file->size);
        number_put(buf, "packets", file->packets);
        number_put(buf, "sections", file->sections);
        number_put(buf, "interfaces", file->interfaces);
        number_put(buf, "blocks", file->blocks);
        key_put(buf, "truncated");
        weir_buf_puts(buf, file->truncated ? "true" : "false");
        key_put(buf, "partial");
        weir_buf_puts(buf, report->partial ? "true" : "false");
        text_put(buf, "problem", file->problem);
        weir_buf_putc(buf, '}');
    }
    weir_buf_putc(buf, ']');
}

static void table_put(weir_buf_t *buf, const weir_export_t *export, weir_table_id_t table,
                      const void *records, size_t count)
{
    weir_export_t rows = {
        .table = table, .flush = export->flush, .flush_context = export->flush_context};
    weir_export_default_columns(&rows, WEIR_FORMAT_JSON);
    key_put(buf, weir_table(table)->id);
    weir_export_json_rows(buf, &rows, records, count);
}

static void conversations_put(weir_buf_t *buf, const weir_export_t *export,
                              const weir_report_t *report, size_t count)
{
    key_put(buf, "conversations");
    weir_buf_putc(buf, '[');
    for (size_t i = 0; i < count; i++) {
        const weir_conversation_t *pair = &report->conversations[i];
        weir_buf_puts(buf, i ? ",{" : "{");
        address_put(buf, "a", &pair->a);
        address_put(buf, "b", &pair->b);
        text_put(buf, "a_name", pair->a_name);
        text_put(buf, "b_name", pair->b_name);
        number_put(buf, "packets", pair->a_packets + pair->b_packets);
        number_put(buf, "bytes", pair->a_bytes + pair->b_bytes);
        number_put(buf, "a_packets", pair->a_packets);
        number_put(buf, "a_bytes", pair->a_bytes);
        number_put(buf, "b_packets", pair->b_packets);
        number_put(buf, "b_bytes", pair->b_bytes);
        number_put(buf, "flows", pair->flows);
        weir_buf_putc(buf, '}');
        weir_export_flush(export, buf);
    }
    weir_buf_putc(buf, ']');
}

/* Those of the protocols that are applications. */
static void applications_put(weir_buf_t *buf, const weir_report_t *report)
{
    key_put(buf, "applications");
    weir_buf_putc(buf, '[');
    for (size_t i = 0; i < report->protocol_count; i++) {
        const weir_protocol_t *protocol = &report->protocols[i];
        if (protocol->layer != WEIR_LAYER_APPLICATION)
            continue;
        weir_buf_puts(buf, buf->data[buf->len - 1] == '[' ? "{" : ",{");
        text_put(buf, "name", protocol->name);
        number_put(buf, "packets", protocol->packets);
        number_put(buf, "bytes", protocol->bytes);
        number_put(buf, "flows", protocol->flows);
        real_put(buf, "share", true, protocol->share);
        weir_buf_putc(buf, '}');
    }
    weir_buf_putc(buf, ']');
}

static void facts_put(weir_buf_t *buf, const weir_fact_t *facts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const weir_fact_t *fact = &facts[i];
        if (fact->type == WEIR_FACT_COUNT)
            number_put(buf, fact->key, fact->count);
        else if (fact->type == WEIR_FACT_TIME)
            time_put(buf, fact->key, true, fact->wall_ns);
        else
            real_put(buf, fact->key, fact->type == WEIR_FACT_REAL, fact->real);
    }
}

static void quality_put(weir_buf_t *buf, const weir_report_t *report)
{
    weir_fact_t facts[WEIR_FACTS_MOST];
    key_put(buf, "quality");
    weir_buf_putc(buf, '{');
    facts_put(buf, facts, weir_report_quality_facts(&report->quality, facts));
    facts_put(buf, facts, weir_report_throughput_facts(report, facts));
    weir_buf_putc(buf, '}');
}

/* Bytes in each step, and the rates of the bins within. */
static void step_put(weir_buf_t *buf, const weir_traffic_t *traffic, size_t i)
{
    static const char *const keys[WEIR_TRAFFIC_PARTS] = {"tcp_bytes", "udp_bytes", "icmp_bytes",
                                                         "other_ip_bytes", "no_ip_bytes"};
    const weir_traffic_step_t *step = &traffic->steps[i];
    double bin_s = (double)traffic->bin_ns / 1e9;
    weir_buf_puts(buf, i ? ",{" : "{");
    time_put(buf, "time", true, traffic->begin_ns + (int64_t)(i * traffic->step_ns));
    real_put(buf, "step_s", true, (double)traffic->step_ns / 1e9);
    number_put(buf, "packets", step->packets);
    for (size_t part = 0; part < WEIR_TRAFFIC_PARTS; part++)
        number_put(buf, keys[part], step->bytes[part]);
    real_put(buf, "low_bytes_per_s", true, (double)step->low_bytes / bin_s);
    real_put(buf, "peak_bytes_per_s", true, (double)step->peak_bytes / bin_s);
    weir_buf_putc(buf, '}');
}

static void traffic_put(weir_buf_t *buf, const weir_traffic_t *traffic)
{
    key_put(buf, "traffic");
    weir_buf_putc(buf, '[');
    for (size_t i = 0; i < traffic->count; i++)
        step_put(buf, traffic, i);
    weir_buf_putc(buf, ']');
}

static void skipped_put(weir_buf_t *buf, const weir_report_t *report)
{
    key_put(buf, "skipped");
    weir_buf_putc(buf, '{');
    for (size_t i = 0; i < report->skipped_count; i++) {
        if (i)
            weir_buf_putc(buf, ',');
        weir_json_put_string(buf, report->skipped[i].reason);
        weir_buf_putc(buf, ':');
        weir_number_put(buf, report->skipped[i].packets);
    }
    weir_buf_putc(buf, '}');
}

static size_t limited(size_t count, size_t limit)
{
    return limit && limit < count ? limit : count;
}

void weir_report_json(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report,
                      size_t limit)
{
    weir_buf_putc(buf, '{');
    files_put(buf, report);
    number_put(buf, "packets", report->packets);
    number_put(buf, "bytes", report->bytes);
    time_put(buf, "first_seen", report->timed, report->first_seen);
    time_put(buf, "last_seen", report->timed, report->last_seen);
    real_put(buf, "duration_s", report->timed, (double)report->duration_ns / 1e9);
    number_put(buf, "flows_total", report->flows);
    table_put(buf, export, WEIR_TABLE_PROTOCOLS, report->protocols, report->protocol_count);
    table_put(buf, export, WEIR_TABLE_HOSTS, report->hosts, limited(report->host_count, limit));
    conversations_put(buf, export, report, limited(report->conversation_count, limit));
    applications_put(buf, report);
    quality_put(buf, report);
    table_put(buf, export, WEIR_TABLE_FINDINGS, report->findings, report->finding_count);
    skipped_put(buf, report);
    traffic_put(buf, &report->traffic);
    weir_buf_puts(buf, "}\n");
}
