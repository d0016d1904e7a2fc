/*
 * The summary of a capture in long form: one number a line, so that a spreadsheet can filter it.
 */
#include "base/clock.h"
#include "base/json.h"
#include "base/number.h"
#include "export/report.h"
#include "export/report_facts.h"
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

static void facts_put(const place_t *place, const weir_fact_t *facts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const weir_fact_t *fact = &facts[i];
        if (fact->type == WEIR_FACT_COUNT)
            number_put(place, fact->key, fact->count);
        else if (fact->type == WEIR_FACT_REAL)
            real_put(place, fact->key, fact->real);
        else if (fact->type == WEIR_FACT_TIME)
            time_put(place, fact->key, fact->wall_ns);
    }
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
    weir_fact_t facts[WEIR_FACTS_MOST];
    facts_put(&place, facts, weir_report_throughput_facts(report, facts));
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
    weir_fact_t facts[WEIR_FACTS_MOST];
    place_t place = {buf, "quality", ""};
    facts_put(&place, facts, weir_report_quality_facts(quality, facts));
}

/* All that the table knows of a record, by the columns that a program gets; that of `key` is its
 * name. */
static void record_put(const place_t *place, weir_table_id_t id, const char *key,
                       const void *record)
{
    const weir_table_t *table = weir_table(id);
    weir_export_t export = {.table = id};
    weir_export_default_columns(&export, WEIR_FORMAT_CSV);
    for (size_t i = 0; i < export.column_count; i++) {
        const weir_column_t *column = &table->columns[export.columns[i]];
        weir_value_t value = weir_column_read(table, export.columns[i], record);
        if (value.type == WEIR_VALUE_NULL || strcmp(column->id, key) == 0)
            continue;
        key_put(place, column->id);
        weir_export_csv_value(place->buf, column, &value);
        weir_buf_putc(place->buf, '\n');
    }
}

static void protocols_put(weir_buf_t *buf, const weir_report_t *report)
{
    for (size_t i = 0; i < report->protocol_count; i++) {
        const weir_protocol_t *protocol = &report->protocols[i];
        place_t place = {buf, "protocols", protocol->name};
        record_put(&place, WEIR_TABLE_PROTOCOLS, "name", protocol);
    }
}

static void text_put(const place_t *place, const char *key, const char *text)
{
    if (!text)
        return;
    key_put(place, key);
    weir_csv_put_text(place->buf, text);
    weir_buf_putc(place->buf, '\n');
}

static void host_put(weir_buf_t *buf, const weir_host_t *host)
{
    weir_buf_t name;
    weir_buf_init(&name, 256);
    weir_address_put(&name, &host->address, false);
    place_t place = {buf, "hosts", weir_buf_text(&name)};
    record_put(&place, WEIR_TABLE_HOSTS, "address", host);
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
    number_put(&place, "packets", pair->a_packets + pair->b_packets);
    number_put(&place, "bytes", pair->a_bytes + pair->b_bytes);
    number_put(&place, "a_packets", pair->a_packets);
    number_put(&place, "a_bytes", pair->a_bytes);
    number_put(&place, "b_packets", pair->b_packets);
    number_put(&place, "b_bytes", pair->b_bytes);
    number_put(&place, "flows", pair->flows);
    text_put(&place, "a_name", pair->a_name);
    text_put(&place, "b_name", pair->b_name);
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
    text_put(&place, "text", finding->text);
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
