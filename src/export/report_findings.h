/*
 * A part of the capture's summary as text.
 */
#ifndef WEIR_EXPORT_REPORT_FINDINGS_H
#define WEIR_EXPORT_REPORT_FINDINGS_H

#include "export/export.h"
#include "model/report.h"

void weir_report_findings_put(weir_buf_t *buf, const weir_export_t *export,
                              const weir_report_t *report);

#endif
