/*
 * How well TCP and RTP did, with what each number counts.
 */
#include "export/html_private.h"

#include "export/markup.h"
#include "export/report_words.h"

/* What a number counts is what the column of the flows says that it is the sum of. */
static const struct {
    const char *title, *column;
    const char *one, *many; /* what is counted; NULL: things that the title names */
    const char *help;       /* where no column says it */
    size_t offset;          /* of the uint64_t in weir_quality_t */
} COUNTS[] = {
    {"Retransmissions", "retransmits", NULL, NULL, NULL, offsetof(weir_quality_t, retransmits)},
    {"Out of order", "out_of_order", NULL, NULL, NULL, offsetof(weir_quality_t, out_of_order)},
    {"Duplicate ACKs", "duplicate_acks", NULL, NULL, NULL,
     offsetof(weir_quality_t, duplicate_acks)},
    {"Zero windows", "zero_windows", NULL, NULL, NULL, offsetof(weir_quality_t, zero_windows)},
    {"Reset", NULL, "flow", "flows", "Ended by RST after the handshake or in midstream",
     offsetof(weir_quality_t, resets)},
    {"Failed", NULL, "flow", "flows", "A SYN that nothing answered, or that RST refused",
     offsetof(weir_quality_t, failed)},
};

static void row_begin(const weir_html_t *html, const char *title)
{
    weir_buf_puts(html->buf, "<tr>");
    weir_markup_element(html->buf, "th scope=row", title);
    weir_buf_puts(html->buf, "<td>");
}

static void row_end(const weir_html_t *html, const char *column, const char *help)
{
    const weir_table_t *flows = weir_table(WEIR_TABLE_FLOWS);
    int position = column ? weir_column_find(flows, column) : -1;
    weir_buf_puts(html->buf, "</td>");
    weir_markup_element(html->buf, "td class=help",
                        position >= 0 ? flows->columns[position].help : help);
    weir_buf_puts(html->buf, "</tr>\n");
}

static void duration_put(const weir_html_t *html, const char *before, uint64_t ns)
{
    weir_buf_puts(html->buf, before);
    weir_markup_quantity(html->buf, &html->export->units, WEIR_UNIT_MILLISECONDS, (double)ns / 1e6);
}

static void rtt_rows(const weir_html_t *html)
{
    const weir_quality_t *quality = &html->report->quality;
    if (quality->rtt_count) {
        row_begin(html, "Round trip");
        duration_put(html, "median ", quality->rtt_median_ns);
        duration_put(html, ", 95 % up to ", quality->rtt_p95_ns);
        duration_put(html, ", at most ", quality->rtt_max_ns);
        row_end(html, "rtt_ms", NULL);
    }
    if (quality->stamp_rtt_count) {
        row_begin(html, "By timestamps");
        duration_put(html, "median ", quality->stamp_rtt_median_ns);
        duration_put(html, ", 95 % up to ", quality->stamp_rtt_p95_ns);
        duration_put(html, ", at most ", quality->stamp_rtt_max_ns);
        row_end(html, "rtt_smoothed_ms", NULL);
    }
}

static void loss_row(const weir_html_t *html)
{
    row_begin(html, "Loss");
    weir_markup_quantity(html->buf, &html->export->units, WEIR_UNIT_SHARE,
                         html->report->quality.loss);
    weir_buf_puts(html->buf, " of ");
    weir_report_put_counted(html->buf, html->report->quality.tcp_packets, "packet", "packets");
    row_end(html, "loss", NULL);
}

static void count_row(const weir_html_t *html, size_t i)
{
    const char *quality = (const char *)&html->report->quality;
    uint64_t count = *(const uint64_t *)(const void *)(quality + COUNTS[i].offset);
    row_begin(html, COUNTS[i].title);
    if (COUNTS[i].one)
        weir_report_put_counted(html->buf, count, COUNTS[i].one, COUNTS[i].many);
    else
        weir_count_put(html->buf, count);
    row_end(html, COUNTS[i].column, COUNTS[i].help);
}

static void jitter_row(const weir_html_t *html)
{
    const weir_quality_t *quality = &html->report->quality;
    const weir_units_t *units = &html->export->units;
    row_begin(html, "Jitter");
    if (quality->jitter_known) {
        weir_buf_puts(html->buf, "mean ");
        weir_markup_quantity(html->buf, units, WEIR_UNIT_MILLISECONDS, quality->jitter_mean_ms);
        weir_buf_puts(html->buf, ", at most ");
        weir_markup_quantity(html->buf, units, WEIR_UNIT_MILLISECONDS, quality->jitter_max_ms);
    } else {
        weir_buf_puts(html->buf, "–");
    }
    row_end(html, "jitter_ms", NULL);
}

static const weir_html_column_t COLUMNS[] = {
    {"", "Quality", NULL}, {"", "Measured", NULL}, {"", "What it counts", NULL}};

static void rtp_put(const weir_html_t *html)
{
    const weir_quality_t *quality = &html->report->quality;
    if (!quality->rtp_streams)
        return;
    weir_html_begin(html, "rtp", "Quality of RTP");
    weir_buf_puts(html->buf, "<p class=quiet>");
    weir_report_put_counted(html->buf, quality->rtp_streams, "stream", "streams");
    weir_buf_puts(html->buf, " in ");
    weir_report_put_counted(html->buf, quality->rtp_flows, "flow", "flows");
    weir_buf_puts(html->buf, ".</p>\n");
    weir_html_table_begin(html, "rtp", COLUMNS, WEIR_COUNT(COLUMNS));
    row_begin(html, "Packets");
    weir_count_put(html->buf, quality->rtp_packets);
    row_end(html, "rtp_packets", NULL);
    row_begin(html, "Lost");
    weir_count_put(html->buf, quality->rtp_lost);
    if (quality->rtp_lost) {
        weir_buf_puts(html->buf, ", ");
        weir_markup_quantity(html->buf, &html->export->units, WEIR_UNIT_SHARE,
                             (double)quality->rtp_lost /
                                 (double)(quality->rtp_packets + quality->rtp_lost));
        weir_buf_puts(html->buf, " of what was sent");
    }
    row_end(html, "rtp_lost", NULL);
    jitter_row(html);
    weir_html_table_end(html);
    weir_html_end(html);
}

static void tcp_put(const weir_html_t *html)
{
    const weir_quality_t *quality = &html->report->quality;
    if (!quality->tcp_flows)
        return;
    weir_html_begin(html, "quality", "Quality of TCP");
    weir_buf_puts(html->buf, "<p class=quiet>");
    weir_report_put_counted(html->buf, quality->tcp_flows, "flow", "flows");
    weir_buf_puts(html->buf, ", ");
    weir_count_put(html->buf, quality->rtt_count);
    weir_buf_puts(html->buf, " with a complete handshake.</p>\n");
    weir_html_table_begin(html, "quality", COLUMNS, WEIR_COUNT(COLUMNS));
    rtt_rows(html);
    loss_row(html);
    for (size_t i = 0; i < WEIR_COUNT(COUNTS); i++)
        count_row(html, i);
    weir_html_table_end(html);
    weir_html_end(html);
}

void weir_html_quality(const weir_html_t *html)
{
    tcp_put(html);
    rtp_put(html);
}
