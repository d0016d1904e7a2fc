/*
 * What the files of the HTML report share. Each weir_html_x() appends one section, or nothing where
 * the capture has nothing to say about it.
 */
#ifndef WEIR_EXPORT_HTML_PRIVATE_H
#define WEIR_EXPORT_HTML_PRIVATE_H

#include "export/report.h"

typedef struct weir_html {
    weir_buf_t *buf;
    const weir_export_t *export;
    const weir_report_t *report;
    size_t limit; /* rows of a list, 0: all */
} weir_html_t;

void weir_html_style(const weir_html_t *html);
void weir_html_overview(const weir_html_t *html);
void weir_html_findings(const weir_html_t *html);
void weir_html_traffic(const weir_html_t *html);
void weir_html_protocols(const weir_html_t *html);
void weir_html_applications(const weir_html_t *html);
void weir_html_hosts(const weir_html_t *html);
void weir_html_conversations(const weir_html_t *html);
void weir_html_quality(const weir_html_t *html);
void weir_html_skipped(const weir_html_t *html);
void weir_html_files(const weir_html_t *html);

/** "Hosts", or "Hosts 10 of 1,234, by bytes" (order): the heading that begins a section. */
void weir_html_begin(const weir_html_t *html, const char *id, const char *title);
void weir_html_begin_some(const weir_html_t *html, const char *id, const char *title, size_t shown,
                          size_t all, const char *order);
void weir_html_end(const weir_html_t *html);

/** A column of a table. */
typedef struct weir_html_column {
    const char *class_name; /* "n" numbers, "b" bars, "" texts */
    const char *title;      /* NULL: bars have none, their numbers stand beside them */
    const char *swatch;     /* class of the colour that the column has in a bar; NULL: none */
} weir_html_column_t;

/**
 * A table in a frame that scrolls where the page is too narrow. id: of the heading that names it.
 * What follows are rows, or bodies with rows.
 */
void weir_html_table_begin(const weir_html_t *html, const char *id,
                           const weir_html_column_t *columns, size_t count);
void weir_html_table_end(const weir_html_t *html);

#endif
