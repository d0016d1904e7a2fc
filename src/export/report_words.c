#include "export/report_words.h"

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"

#include <math.h>

#define TIME_DATE 10 /* of "2026-01-02T03:04:05.678Z" */

void weir_report_put_counted(weir_buf_t *buf, uint64_t count, const char *one, const char *many)
{
    weir_count_put(buf, count);
    weir_buf_printf(buf, " %s", count == 1 ? one : many);
}

void weir_report_put_time(weir_buf_t *buf, int64_t wall_ns, bool day)
{
    char text[WEIR_TIME_TEXT_SIZE];
    (void)weir_time_text(wall_ns, text); /* of fixed length */
    if (day)
        weir_buf_printf(buf, "%.*s ", TIME_DATE, text);
    weir_buf_printf(buf, "%.12s", text + TIME_DATE + 1);
}

static bool within_a_day(const weir_report_t *report)
{
    int64_t day_ns = INT64_C(86400) * (int64_t)WEIR_NS_PER_S;
    return report->first_seen / day_ns == report->last_seen / day_ns;
}

void weir_report_put_second(weir_buf_t *buf, const weir_report_t *report, int64_t second)
{
    char text[WEIR_TIME_TEXT_SIZE];
    (void)weir_time_text(second * (int64_t)WEIR_NS_PER_S, text); /* of fixed length */
    if (!within_a_day(report))
        weir_buf_printf(buf, "%.*s ", TIME_DATE, text);
    weir_buf_printf(buf, "%.8s", text + TIME_DATE + 1);
}

void weir_report_put_span(weir_buf_t *buf, const weir_report_t *report)
{
    if (!report->timed) {
        weir_buf_puts(buf, "The packets carry no times.");
        return;
    }
    weir_report_put_time(buf, report->first_seen, true);
    weir_buf_puts(buf, " to ");
    weir_report_put_time(buf, report->last_seen, !within_a_day(report));
    weir_buf_puts(buf, " UTC, ");
    weir_duration_put(buf, report->duration_ns);
}

void weir_report_put_packet_rate(weir_buf_t *buf, double packets)
{
    if (packets < 9.95)
        weir_number_put_real(buf, packets, 1);
    else
        weir_count_put(buf, (uint64_t)llround(packets));
    weir_buf_puts(buf, " packets/s");
}

bool weir_report_has_seconds(const weir_report_t *report)
{
    return report->throughput.known && report->duration_ns >= 2 * WEIR_NS_PER_S;
}

bool weir_report_has_places(const weir_report_t *report, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count && !any; i++)
        any = report->hosts[i].country || report->hosts[i].as_name;
    return any;
}

void weir_report_put_place(weir_buf_t *buf, const weir_host_t *host, bool utf8)
{
    if (host->country)
        (void)weir_text_put_safe(buf, host->country, utf8); /* its width is measured elsewhere */
    weir_buf_puts(buf, host->country && host->as_name ? ", " : "");
    if (host->as_name)
        (void)weir_text_put_safe(buf, host->as_name, utf8); /* likewise */
}
