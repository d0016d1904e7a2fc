/*
 * What the text and the HTML report say in the same words.
 */
#ifndef WEIR_EXPORT_REPORT_WORDS_H
#define WEIR_EXPORT_REPORT_WORDS_H

#include "model/report.h"
#include "model/units.h"

/** "1 packet", "1,234 packets". */
void weir_report_put_counted(weir_buf_t *buf, uint64_t count, const char *one, const char *many);

/** "2026-01-02 03:04:05.678", or without the day; UTC. */
void weir_report_put_time(weir_buf_t *buf, int64_t wall_ns, bool day);
/** "03:04:05", with the day where the capture has more than one. */
void weir_report_put_second(weir_buf_t *buf, const weir_report_t *report, int64_t second);
/** "2026-01-02 03:04:05.678 to 03:05:05.678 UTC, 60 s", or that there are no times. */
void weir_report_put_span(weir_buf_t *buf, const weir_report_t *report);

/** "3.4 packets/s", "1,234 packets/s". */
void weir_report_put_packet_rate(weir_buf_t *buf, double packets);

/** Whether the capture is long enough to have a busiest second, the finest step of its rates. */
bool weir_report_has_seconds(const weir_report_t *report);

/** Whether the country or the network is known of one of the first `count` hosts. */
bool weir_report_has_places(const weir_report_t *report, size_t count);
/** "GB, Example Networks", safe for a terminal; nothing where neither is known. */
void weir_report_put_place(weir_buf_t *buf, const weir_host_t *host, bool utf8);

#endif
