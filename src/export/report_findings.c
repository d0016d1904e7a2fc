/*
 * The findings at the top of a capture's summary: a sentence each, wrapped, with its evidence.
 */
#include "export/report_findings.h"

#include "base/text.h"
#include "model/catalogue.h"

#define INDENT 12 /* columns before a sentence: "  critical  " */
#define WIDTH 110 /* where there is no terminal to ask */
#define WIDTH_LEAST 50
#define SHOWN_MOST 20 /* `weir show findings` has the others */

static void text_put(weir_buf_t *buf, const weir_export_t *export, const char *text)
{
    weir_buf_t safe;
    size_t width = export->width ? export->width : WIDTH;
    weir_buf_init(&safe, (size_t)1 << 16);
    (void)weir_text_put_safe(&safe, text, export->utf8); /* its width is measured by words */
    weir_text_wrap(buf, weir_buf_text(&safe), INDENT, width < WIDTH_LEAST ? WIDTH_LEAST : width);
    weir_buf_done(&safe);
}

static void finding_put(weir_buf_t *buf, const weir_export_t *export, const weir_finding_t *finding)
{
    weir_buf_printf(buf, "  %-*s", INDENT - 2, WEIR_SEVERITY_WORDS[finding->severity]);
    text_put(buf, export, finding->text);
    if (!*finding->evidence)
        return;
    weir_buf_fill(buf, ' ', INDENT);
    text_put(buf, export, finding->evidence);
}

void weir_report_findings_put(weir_buf_t *buf, const weir_export_t *export,
                              const weir_report_t *report)
{
    size_t count = report->finding_count;
    weir_buf_puts(buf, count ? "\nFindings\n" : "\nNo findings.\n");
    for (size_t i = 0; i < count && i < SHOWN_MOST; i++)
        finding_put(buf, export, &report->findings[i]);
    if (count > SHOWN_MOST)
        weir_buf_printf(buf, "  ... and %zu more; `weir show findings --file FILE` has them all\n",
                        count - SHOWN_MOST);
    if (report->finding_note)
        weir_buf_printf(buf, "  %s\n", report->finding_note);
}
