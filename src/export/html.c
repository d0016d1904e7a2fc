/*
 * The summary of a capture as one page that needs nothing else: no script, no file, no network. The
 * page forbids itself all of them (Content-Security-Policy), should a text ever escape its
 * escaping.
 */
#include "export/html_private.h"

#include "export/markup.h"
#include "export/report_words.h"

#include <string.h>

void weir_html_begin(const weir_html_t *html, const char *id, const char *title)
{
    weir_buf_printf(html->buf, "<section aria-labelledby=%s>\n<h2 id=%s>%s</h2>\n", id, id, title);
}

void weir_html_begin_some(const weir_html_t *html, const char *id, const char *title, size_t shown,
                          size_t all, const char *order)
{
    weir_buf_printf(html->buf, "<section aria-labelledby=%s>\n<h2 id=%s>%s", id, id, title);
    if (shown < all) {
        weir_buf_printf(html->buf, " <small>%zu of ", shown);
        weir_count_put(html->buf, all);
        weir_buf_printf(html->buf, ", %s</small>", order);
    }
    weir_buf_puts(html->buf, "</h2>\n");
}

void weir_html_end(const weir_html_t *html)
{
    weir_buf_puts(html->buf, "</section>\n");
    weir_export_flush(html->export, html->buf);
}

static void column_put(const weir_html_t *html, const weir_html_column_t *column)
{
    if (!column->title) {
        weir_buf_printf(html->buf, "<td class=%s></td>", column->class_name);
        return;
    }
    weir_buf_printf(html->buf, "<th scope=col class=\"%s\">", column->class_name);
    if (column->swatch)
        weir_buf_printf(html->buf, "<i class=\"key %s\"></i>", column->swatch);
    weir_buf_printf(html->buf, "%s</th>", column->title);
}

void weir_html_table_begin(const weir_html_t *html, const char *id,
                           const weir_html_column_t *columns, size_t count)
{
    weir_buf_printf(html->buf,
                    "<div class=scroll role=region aria-labelledby=%s tabindex=0>\n<table>\n"
                    "<thead><tr>",
                    id);
    for (size_t i = 0; i < count; i++)
        column_put(html, &columns[i]);
    weir_buf_puts(html->buf, "</tr></thead>\n");
}

void weir_html_table_end(const weir_html_t *html)
{
    weir_buf_puts(html->buf, "</table></div>\n");
}

/* ---- The whole ------------------------------------------------------------------------------- */

/* One of the large figures; what is below it is appended between begin and end. */
static void figure_begin(const weir_html_t *html, const char *title)
{
    weir_buf_printf(html->buf, "<div><dt>%s</dt><dd>", title);
}

static void figure_more(const weir_html_t *html)
{
    weir_buf_puts(html->buf, "</dd><dd>");
}

static void figure_end(const weir_html_t *html)
{
    weir_buf_puts(html->buf, "</dd></div>\n");
}

static void figure_count(const weir_html_t *html, const char *title, uint64_t count)
{
    figure_begin(html, title);
    weir_count_put(html->buf, count);
}

static void seconds_put(const weir_html_t *html)
{
    const weir_throughput_t *throughput = &html->report->throughput;
    const weir_units_t *units = &html->export->units;
    figure_begin(html, "95 % of seconds up to");
    weir_markup_quantity(html->buf, units, WEIR_UNIT_BYTES_PER_SECOND, throughput->p95_bytes);
    figure_more(html);
    weir_buf_puts(html->buf, "half of them ");
    if (throughput->median_bytes > 0) {
        weir_buf_puts(html->buf, "up to ");
        weir_markup_quantity(html->buf, units, WEIR_UNIT_BYTES_PER_SECOND,
                             throughput->median_bytes);
    } else {
        weir_buf_puts(html->buf, "without traffic");
    }
    figure_end(html);
}

static void rates_put(const weir_html_t *html)
{
    const weir_throughput_t *throughput = &html->report->throughput;
    const weir_units_t *units = &html->export->units;
    if (!throughput->known)
        return;
    figure_begin(html, "Mean rate");
    weir_markup_quantity(html->buf, units, WEIR_UNIT_BYTES_PER_SECOND, throughput->mean_bytes);
    figure_more(html);
    weir_report_put_packet_rate(html->buf, throughput->mean_packets);
    figure_end(html);
    if (!weir_report_has_seconds(html->report))
        return;
    figure_begin(html, "Busiest second");
    weir_markup_quantity(html->buf, units, WEIR_UNIT_BYTES_PER_SECOND,
                         (double)throughput->peak_bytes);
    figure_more(html);
    weir_buf_puts(html->buf, "from ");
    weir_report_put_second(html->buf, html->report, throughput->peak_second);
    figure_end(html);
    seconds_put(html);
}
static void figures_put(const weir_html_t *html)
{
    const weir_report_t *report = html->report;
    weir_buf_puts(html->buf, "<dl class=figures>\n");
    figure_begin(html, "Traffic");
    weir_markup_quantity(html->buf, &html->export->units, WEIR_UNIT_BYTES, (double)report->bytes);
    figure_more(html);
    weir_report_put_counted(html->buf, report->packets, "packet", "packets");
    figure_end(html);
    rates_put(html);
    figure_count(html, "Flows", report->flows);
    if (report->inner_flows) {
        figure_more(html);
        weir_buf_puts(html->buf, "and ");
        weir_count_put(html->buf, report->inner_flows);
        weir_buf_puts(html->buf, " inside tunnels");
    }
    figure_end(html);
    figure_count(html, "Hosts", report->host_total);
    figure_end(html);
    weir_buf_puts(html->buf, "</dl>\n");
}

/* The file's name without its folders. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static void name_put(const weir_html_t *html)
{
    const weir_report_t *report = html->report;
    weir_markup_text(html->buf, report->file_count ? base_name(report->files[0].name) : "nothing");
    if (report->file_count == 2)
        weir_buf_puts(html->buf, " and another file");
    else if (report->file_count > 2)
        weir_buf_printf(html->buf, " and %zu more files", report->file_count - 1);
}

void weir_html_overview(const weir_html_t *html)
{
    weir_buf_t *buf = html->buf;
    weir_buf_puts(buf, "<header>\n<h1>");
    name_put(html);
    weir_buf_puts(buf, "</h1>\n<p class=quiet>");
    weir_report_put_span(buf, html->report);
    weir_buf_puts(buf, "</p>\n");
    if (html->report->partial)
        weir_buf_puts(buf, "<p class=note>Partial: reading was interrupted; this is what was read "
                           "until then.</p>\n");
    figures_put(html);
    weir_buf_puts(buf, "</header>\n<main>\n");
}

static void head_put(const weir_html_t *html)
{
    weir_buf_t *buf = html->buf;
    weir_buf_puts(buf, "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
                       "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
                       "style-src 'unsafe-inline'\">\n"
                       "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
                       "<meta name=generator content=\"Weir " WEIR_VERSION "\">\n<title>");
    name_put(html);
    weir_buf_puts(buf, " – traffic report</title>\n");
    weir_html_style(html);
    weir_buf_puts(buf, "</head>\n<body>\n");
}

void weir_report_html(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report,
                      size_t limit)
{
    weir_html_t html = {.buf = buf, .export = export, .report = report, .limit = limit};
    head_put(&html);
    weir_html_overview(&html);
    weir_html_findings(&html);
    weir_html_traffic(&html);
    weir_html_protocols(&html);
    weir_html_applications(&html);
    weir_html_hosts(&html);
    weir_html_conversations(&html);
    weir_html_quality(&html);
    weir_html_skipped(&html);
    weir_html_files(&html);
    weir_buf_puts(buf, "</main>\n<footer>Made by Weir " WEIR_VERSION
                       " from the capture alone; nothing was looked up. All times are UTC."
                       "</footer>\n</body>\n</html>\n");
}
