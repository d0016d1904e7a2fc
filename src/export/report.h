/*
 * The summary of a capture as text, JSON, CSV or HTML, into a buffer.
 */
#ifndef WEIR_EXPORT_REPORT_H
#define WEIR_EXPORT_REPORT_H

#include "export/export.h"
#include "model/report.h"

/** Of `export` the units, utf8, width and flush are used. limit: rows of a list, 0: all. */
void weir_report_text(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report,
                      size_t limit);
/** One document on one line, as the command line's contract describes. */
void weir_report_json(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report,
                      size_t limit);
/** Lines "section,name,key,value", with a header. */
void weir_report_csv(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report,
                     size_t limit);

/** One page that needs nothing else, for a browser. Of `export` the units are used. */
void weir_report_html(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report,
                      size_t limit);

#endif
