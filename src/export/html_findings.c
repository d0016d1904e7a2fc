/*
 * What is unusual, worst first: a sentence each, when, and its evidence.
 */
#include "export/html_private.h"

#include "base/clock.h"
#include "export/markup.h"
#include "export/report_words.h"
#include "model/catalogue.h"

#define SHOWN_MOST 50 /* `weir show findings` has the others */

static void when_put(const weir_html_t *html, const weir_finding_t *finding)
{
    int64_t since = finding->since / (int64_t)WEIR_NS_PER_S;
    int64_t last = finding->last_seen / (int64_t)WEIR_NS_PER_S;
    weir_report_put_second(html->buf, html->report, since);
    if (last == since)
        return;
    weir_buf_puts(html->buf, " to ");
    weir_report_put_second(html->buf, html->report, last);
}

static void finding_put(const weir_html_t *html, const weir_finding_t *finding)
{
    const char *severity = WEIR_SEVERITY_WORDS[finding->severity];
    weir_buf_printf(html->buf, "<li class=%s><p><b>%s</b> ", severity, severity);
    weir_markup_text(html->buf, finding->text);
    weir_buf_puts(html->buf, "</p><p class=quiet>");
    weir_markup_text(html->buf, finding->rule);
    if (html->report->timed) {
        weir_buf_puts(html->buf, ", ");
        when_put(html, finding);
    }
    if (finding->evidence[0]) {
        weir_buf_puts(html->buf, ": ");
        weir_markup_text(html->buf, finding->evidence);
    }
    weir_buf_puts(html->buf, "</p></li>\n");
}

void weir_html_findings(const weir_html_t *html)
{
    const weir_report_t *report = html->report;
    size_t shown = report->finding_count < SHOWN_MOST ? report->finding_count : SHOWN_MOST;
    weir_html_begin_some(html, "findings", "Findings", shown, report->finding_count, "worst first");
    weir_buf_puts(html->buf, shown ? "<ul class=findings>\n" : "<p>No findings.</p>\n");
    for (size_t i = 0; i < shown; i++)
        finding_put(html, &report->findings[i]);
    if (shown)
        weir_buf_puts(html->buf, "</ul>\n");
    if (report->finding_note) {
        weir_buf_puts(html->buf, "<p class=quiet>");
        weir_markup_text(html->buf, report->finding_note);
        weir_buf_puts(html->buf, "</p>\n");
    }
    weir_html_end(html);
}
