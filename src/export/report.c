/*
 * The summary of a capture as a person reads it, from the whole to the details.
 */
#include "export/report.h"

#include "base/text.h"
#include "export/grid.h"
#include "export/report_findings.h"
#include "export/report_words.h"

#include <math.h>

#define BAR 20 /* columns of a full bar */

/* What the cells of a section are made from. Row 0 is the header. */
typedef struct section {
    const weir_export_t *export;
    const weir_report_t *report;
} section_t;

static void safe_put(weir_buf_t *buf, const weir_export_t *export, const char *text)
{
    (void)weir_text_put_safe(buf, text, export->utf8); /* its width is measured elsewhere */
}

static void amount_put(weir_buf_t *buf, const weir_export_t *export, weir_unit_t unit, double value)
{
    weir_quantity_put(buf, &export->units, unit, value);
}

/* With the unit in a column of its own. */
static void aligned_put(weir_buf_t *buf, const weir_export_t *export, weir_unit_t unit,
                        double value)
{
    weir_quantity_t q = weir_quantity(&export->units, unit, value);
    size_t room = weir_quantity_unit_width(&export->units, unit);
    size_t used = strlen(q.unit);
    weir_buf_puts(buf, q.number);
    weir_buf_fill(buf, ' ', 1 + (room > used ? room - used : 0));
    weir_buf_puts(buf, q.unit);
}

/* "www.example (192.0.2.1)", or the address alone. */
static void address_put(weir_buf_t *buf, const weir_export_t *export, const weir_address_t *address,
                        const char *name)
{
    if (name)
        safe_put(buf, export, name);
    weir_buf_puts(buf, name ? " (" : "");
    weir_address_put(buf, address, false);
    weir_buf_puts(buf, name ? ")" : "");
}

/* ---- The whole ------------------------------------------------------------------------------- */

static void file_put(weir_buf_t *buf, const weir_export_t *export, const weir_report_file_t *file)
{
    safe_put(buf, export, file->name);
    weir_buf_puts(buf, ": ");
    weir_buf_puts(buf, file->format ? file->format : "empty");
    weir_buf_puts(buf, ", ");
    if (file->size) {
        weir_units_t bytes = export->units;
        bytes.amounts = WEIR_BYTES; /* the size of a file */
        weir_quantity_put(buf, &bytes, WEIR_UNIT_BYTES, (double)file->size);
        weir_buf_puts(buf, ", ");
    }
    weir_report_put_counted(buf, file->packets, "packet", "packets");
    if (file->truncated)
        weir_buf_puts(buf, ", cut in its last packet");
    if (file->problem) {
        weir_buf_puts(buf, ", damaged: ");
        safe_put(buf, export, file->problem);
    }
    weir_buf_putc(buf, '\n');
}

static void totals_put(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report)
{
    weir_report_put_counted(buf, report->packets, "packet", "packets");
    weir_buf_puts(buf, ", ");
    amount_put(buf, export, WEIR_UNIT_BYTES, (double)report->bytes);
    weir_buf_puts(buf, ", ");
    weir_report_put_counted(buf, report->flows, "flow", "flows");
    if (report->inner_flows) {
        weir_buf_puts(buf, " and ");
        weir_count_put(buf, report->inner_flows);
        weir_buf_puts(buf, " inside tunnels");
    }
    weir_buf_puts(buf, ", ");
    weir_report_put_counted(buf, report->host_total, "host", "hosts");
    weir_buf_putc(buf, '\n');
}

static void rate_put(weir_buf_t *buf, const weir_export_t *export, double bytes, double packets)
{
    amount_put(buf, export, WEIR_UNIT_BYTES_PER_SECOND, bytes);
    weir_buf_puts(buf, ", ");
    weir_report_put_packet_rate(buf, packets);
}

static void peak_put(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report)
{
    const weir_throughput_t *throughput = &report->throughput;
    weir_buf_puts(buf, "Peak     ");
    rate_put(buf, export, (double)throughput->peak_bytes, (double)throughput->peak_packets);
    weir_buf_puts(buf, " in the second from ");
    weir_report_put_second(buf, report, throughput->peak_second);
    weir_buf_puts(buf, "\nSeconds  ");
    if (throughput->median_bytes > 0) {
        weir_buf_puts(buf, "half up to ");
        amount_put(buf, export, WEIR_UNIT_BYTES_PER_SECOND, throughput->median_bytes);
    } else {
        weir_buf_puts(buf, "half without traffic");
    }
    weir_buf_puts(buf, ", 95 % up to ");
    amount_put(buf, export, WEIR_UNIT_BYTES_PER_SECOND, throughput->p95_bytes);
    weir_buf_putc(buf, '\n');
}

/* Both directions together: a link that carries as much either way can be used by 200 %. */
static void link_put(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report)
{
    const weir_throughput_t *throughput = &report->throughput;
    double link_bytes = (double)throughput->link_bps / 8;
    weir_buf_puts(buf, "Link     ");
    amount_put(buf, export, WEIR_UNIT_BITS_PER_SECOND, (double)throughput->link_bps);
    weir_buf_puts(buf, ", mean use ");
    amount_put(buf, export, WEIR_UNIT_SHARE, throughput->mean_bytes / link_bytes);
    if (weir_report_has_seconds(report)) {
        weir_buf_puts(buf, ", peak ");
        amount_put(buf, export, WEIR_UNIT_SHARE, (double)throughput->peak_bytes / link_bytes);
    }
    weir_buf_putc(buf, '\n');
}

static void rates_put(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report)
{
    if (!report->throughput.known)
        return;
    weir_buf_puts(buf, "Mean     ");
    rate_put(buf, export, report->throughput.mean_bytes, report->throughput.mean_packets);
    weir_buf_putc(buf, '\n');
    if (weir_report_has_seconds(report))
        peak_put(buf, export, report);
    if (report->throughput.link_bps)
        link_put(buf, export, report);
}

/* ---- Protocols ------------------------------------------------------------------------------- */

static void bar_put(weir_buf_t *buf, const weir_export_t *export, double share)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    double length = share < 0 ? 0 : share > 1 ? BAR : share * BAR;
    unsigned parts = (unsigned)lround(length * 8);
    if (!export->utf8) {
        weir_buf_fill(buf, '#', (parts + 4) / 8);
        return;
    }
    parts = parts == 0 && share > 0 ? 1 : parts;
    for (unsigned i = 0; i < parts / 8; i++)
        weir_buf_puts(buf, "█");
    weir_buf_puts(buf, eighths[parts % 8]);
}

static const char *layer_word(const weir_report_t *report, size_t i)
{
    static const char *const words[WEIR_LAYER_COUNT] = {"link", "network", "transport",
                                                        "application"};
    uint8_t layer = report->protocols[i].layer;
    return i > 0 && report->protocols[i - 1].layer == layer ? "" : words[layer];
}

static void protocol_cell(const void *context, size_t row, size_t column, weir_buf_t *buf)
{
    static const char *const titles[] = {"Protocols", "", "Share", "", "Bytes", "Packets", "Flows"};
    const section_t *section = context;
    if (row == 0) {
        weir_buf_puts(buf, titles[column]);
        return;
    }
    const weir_protocol_t *protocol = &section->report->protocols[row - 1];
    bool with_flows = protocol->layer != WEIR_LAYER_LINK && protocol->flows;
    if (column == 0)
        weir_buf_puts(buf, layer_word(section->report, row - 1));
    else if (column == 1)
        safe_put(buf, section->export, protocol->name);
    else if (column == 2)
        aligned_put(buf, section->export, WEIR_UNIT_SHARE, protocol->share);
    else if (column == 3)
        bar_put(buf, section->export, protocol->share);
    else if (column == 4)
        aligned_put(buf, section->export, WEIR_UNIT_BYTES, (double)protocol->bytes);
    else if (column == 5)
        weir_count_put(buf, protocol->packets);
    else if (with_flows)
        weir_count_put(buf, protocol->flows);
}

/* ---- Hosts and conversations ----------------------------------------------------------------- */

/* "Hosts", or "Hosts, 10 of 1,234". */
static void title_put(weir_buf_t *buf, const char *title, size_t shown, size_t all)
{
    weir_buf_puts(buf, title);
    if (shown >= all)
        return;
    weir_buf_printf(buf, ", %zu of ", shown);
    weir_count_put(buf, all);
}

typedef struct list {
    section_t section;
    size_t shown;
    bool placed; /* countries and networks are known of some */
} list_t;

static void host_cell(const void *context, size_t row, size_t column, weir_buf_t *buf)
{
    static const char *const titles[] = {"", "Where", "Sent", "Received", "Packets", "Flows"};
    const list_t *list = context;
    const weir_export_t *export = list->section.export;
    column += column > 0 && !list->placed;
    if (row == 0 && column == 0) {
        title_put(buf, "Hosts", list->shown, list->section.report->host_total);
        return;
    }
    if (row == 0) {
        weir_buf_puts(buf, titles[column]);
        return;
    }
    const weir_host_t *host = &list->section.report->hosts[row - 1];
    if (column == 0)
        address_put(buf, export, &host->address, host->name);
    else if (column == 1)
        weir_report_put_place(buf, host, export->utf8);
    else if (column == 2)
        aligned_put(buf, export, WEIR_UNIT_BYTES, (double)host->tx.bytes);
    else if (column == 3)
        aligned_put(buf, export, WEIR_UNIT_BYTES, (double)host->rx.bytes);
    else
        weir_count_put(buf, column == 4 ? host->tx.packets + host->rx.packets : host->flows);
}

static void conversation_cell(const void *context, size_t row, size_t column, weir_buf_t *buf)
{
    static const char *const titles[] = {"", "", "There", "Back", "Packets", "Flows"};
    const list_t *list = context;
    const weir_export_t *export = list->section.export;
    if (row == 0 && column == 0) {
        title_put(buf, "Conversations", list->shown, list->section.report->conversation_total);
        return;
    }
    if (row == 0) {
        weir_buf_puts(buf, titles[column]);
        return;
    }
    const weir_conversation_t *pair = &list->section.report->conversations[row - 1];
    if (column == 0)
        address_put(buf, export, &pair->a, pair->a_name);
    else if (column == 1)
        address_put(buf, export, &pair->b, pair->b_name);
    else if (column == 2)
        aligned_put(buf, export, WEIR_UNIT_BYTES, (double)pair->a_bytes);
    else if (column == 3)
        aligned_put(buf, export, WEIR_UNIT_BYTES, (double)pair->b_bytes);
    else
        weir_count_put(buf, column == 4 ? pair->a_packets + pair->b_packets : pair->flows);
}

static void lists_put(weir_buf_t *buf, const section_t *section, size_t limit)
{
    const weir_report_t *report = section->report;
    list_t hosts = {*section, report->host_count, false};
    list_t pairs = {*section, report->conversation_count, false};
    if (limit && hosts.shown > limit)
        hosts.shown = limit;
    if (limit && pairs.shown > limit)
        pairs.shown = limit;
    hosts.placed = weir_report_has_places(report, hosts.shown);
    weir_grid_t grid = {.rows = hosts.shown + 1,
                        .columns = hosts.placed ? 6 : 5,
                        .right = hosts.placed ? 0x3c : 0x1e,
                        .cell = host_cell,
                        .context = &hosts};
    if (!hosts.shown)
        return;
    weir_buf_putc(buf, '\n');
    weir_grid_put(buf, section->export, &grid);
    grid = (weir_grid_t){.rows = pairs.shown + 1,
                         .columns = 6,
                         .right = 0x3c,
                         .cell = conversation_cell,
                         .context = &pairs};
    weir_buf_putc(buf, '\n');
    weir_grid_put(buf, section->export, &grid);
}

/* ---- Quality --------------------------------------------------------------------------------- */

static const char *export_dash(const weir_export_t *export)
{
    return export->utf8 ? "–" : "-";
}

/** One round-trip time, summed up over flows. [ns] */
typedef struct rtt {
    uint64_t count, median_ns, p95_ns, max_ns;
} rtt_t;

static void rtt_put(weir_buf_t *buf, const weir_export_t *export, const rtt_t *rtt)
{
    const struct {
        const char *before;
        uint64_t ns;
    } parts[] = {
        {"median ", rtt->median_ns}, {", 95 % up to ", rtt->p95_ns}, {", at most ", rtt->max_ns}};
    if (rtt->count == 0) {
        weir_buf_puts(buf, export_dash(export));
        return;
    }
    for (size_t i = 0; i < WEIR_COUNT(parts); i++) {
        weir_buf_puts(buf, parts[i].before);
        amount_put(buf, export, WEIR_UNIT_MILLISECONDS, (double)parts[i].ns / 1e6);
    }
}

typedef enum quality_row {
    QUALITY_HANDSHAKE,
    QUALITY_STAMPS,
    QUALITY_RETRANSMITS,
    QUALITY_OUT_OF_ORDER,
    QUALITY_DUPLICATE_ACKS,
    QUALITY_ZERO_WINDOWS,
    QUALITY_RESETS,
    QUALITY_FAILED,
    QUALITY_ROWS
} quality_row_t;

static void rtt_row_put(weir_buf_t *buf, const section_t *section, quality_row_t row)
{
    const weir_quality_t *quality = &section->report->quality;
    const rtt_t handshakes = {quality->rtt_count, quality->rtt_median_ns, quality->rtt_p95_ns,
                              quality->rtt_max_ns};
    const rtt_t stamps = {quality->stamp_rtt_count, quality->stamp_rtt_median_ns,
                          quality->stamp_rtt_p95_ns, quality->stamp_rtt_max_ns};
    rtt_put(buf, section->export, row == QUALITY_HANDSHAKE ? &handshakes : &stamps);
}

static void count_row_put(weir_buf_t *buf, const section_t *section, quality_row_t row)
{
    const weir_quality_t *quality = &section->report->quality;
    const uint64_t counts[QUALITY_ROWS] = {
        [QUALITY_RETRANSMITS] = quality->retransmits,
        [QUALITY_OUT_OF_ORDER] = quality->out_of_order,
        [QUALITY_DUPLICATE_ACKS] = quality->duplicate_acks,
        [QUALITY_ZERO_WINDOWS] = quality->zero_windows,
        [QUALITY_RESETS] = quality->resets,
        [QUALITY_FAILED] = quality->failed,
    };
    if (row == QUALITY_RESETS || row == QUALITY_FAILED)
        weir_report_put_counted(buf, counts[row], "flow", "flows");
    else
        weir_count_put(buf, counts[row]);
    if (row == QUALITY_FAILED && counts[row])
        weir_buf_puts(buf, " unanswered or refused");
    if (row != QUALITY_RETRANSMITS || !counts[row])
        return;
    weir_buf_puts(buf, ", ");
    amount_put(buf, section->export, WEIR_UNIT_SHARE, quality->loss);
    weir_buf_puts(buf, " of the TCP packets");
}

/* The list without what no flow has. */
static quality_row_t quality_row(const weir_quality_t *quality, size_t row)
{
    return (quality_row_t)(row + (row >= QUALITY_STAMPS && !quality->stamp_rtt_count ? 1 : 0));
}

static void quality_cell(const void *context, size_t row, size_t column, weir_buf_t *buf)
{
    static const char *const titles[QUALITY_ROWS] = {
        "Round trip",     "By timestamps", "Retransmissions", "Out of order",
        "Duplicate ACKs", "Zero windows",  "Resets",          "Failed"};
    const section_t *section = context;
    quality_row_t what = quality_row(&section->report->quality, row);
    if (column == 0)
        weir_buf_puts(buf, titles[what]);
    else if (what <= QUALITY_STAMPS)
        rtt_row_put(buf, section, what);
    else
        count_row_put(buf, section, what);
}

static void tcp_put(weir_buf_t *buf, const section_t *section)
{
    const weir_quality_t *quality = &section->report->quality;
    weir_grid_t grid = {.rows = QUALITY_ROWS - (quality->stamp_rtt_count ? 0 : 1),
                        .columns = 2,
                        .cell = quality_cell,
                        .context = section};
    if (!quality->tcp_flows)
        return;
    weir_buf_puts(buf, "\n  Quality of ");
    weir_report_put_counted(buf, quality->tcp_flows, "TCP flow", "TCP flows");
    weir_buf_puts(buf, ", ");
    weir_count_put(buf, quality->rtt_count);
    weir_buf_puts(buf, " with a complete handshake");
    weir_buf_putc(buf, '\n');
    weir_grid_put(buf, section->export, &grid);
}

static void jitter_put(weir_buf_t *buf, const section_t *section)
{
    const weir_quality_t *quality = &section->report->quality;
    if (!quality->jitter_known) {
        weir_buf_puts(buf, export_dash(section->export));
        return;
    }
    weir_buf_puts(buf, "mean ");
    amount_put(buf, section->export, WEIR_UNIT_MILLISECONDS, quality->jitter_mean_ms);
    weir_buf_puts(buf, ", at most ");
    amount_put(buf, section->export, WEIR_UNIT_MILLISECONDS, quality->jitter_max_ms);
}

static void rtp_cell(const void *context, size_t row, size_t column, weir_buf_t *buf)
{
    static const char *const titles[] = {"Packets", "Lost", "Jitter"};
    const section_t *section = context;
    const weir_quality_t *quality = &section->report->quality;
    if (column == 0)
        weir_buf_puts(buf, titles[row]);
    else if (row == 2)
        jitter_put(buf, section);
    else
        weir_count_put(buf, row == 0 ? quality->rtp_packets : quality->rtp_lost);
    if (column == 0 || row != 1 || !quality->rtp_lost)
        return;
    weir_buf_puts(buf, ", ");
    amount_put(buf, section->export, WEIR_UNIT_SHARE,
               (double)quality->rtp_lost / (double)(quality->rtp_packets + quality->rtp_lost));
    weir_buf_puts(buf, " of what was sent");
}

static void rtp_put(weir_buf_t *buf, const section_t *section)
{
    const weir_quality_t *quality = &section->report->quality;
    weir_grid_t grid = {.rows = 3, .columns = 2, .cell = rtp_cell, .context = section};
    if (!quality->rtp_streams)
        return;
    weir_buf_puts(buf, "\n  Quality of ");
    weir_report_put_counted(buf, quality->rtp_streams, "RTP stream", "RTP streams");
    weir_buf_puts(buf, " in ");
    weir_report_put_counted(buf, quality->rtp_flows, "flow", "flows");
    weir_buf_putc(buf, '\n');
    weir_grid_put(buf, section->export, &grid);
}

/* ---- Skipped --------------------------------------------------------------------------------- */

static void skipped_cell(const void *context, size_t row, size_t column, weir_buf_t *buf)
{
    static const char *const titles[] = {"Skipped", "Packets", "Bytes"};
    const section_t *section = context;
    if (row == 0) {
        weir_buf_puts(buf, titles[column]);
        return;
    }
    const weir_report_skipped_t *skipped = &section->report->skipped[row - 1];
    if (column == 0)
        safe_put(buf, section->export, skipped->reason);
    else if (column == 1)
        weir_count_put(buf, skipped->packets);
    else
        aligned_put(buf, section->export, WEIR_UNIT_BYTES, (double)skipped->bytes);
}

static void skipped_put(weir_buf_t *buf, const section_t *section)
{
    weir_grid_t grid = {.rows = section->report->skipped_count + 1,
                        .columns = 3,
                        .right = 6,
                        .cell = skipped_cell,
                        .context = section};
    weir_buf_putc(buf, '\n');
    if (section->report->skipped_count)
        weir_grid_put(buf, section->export, &grid);
    else
        weir_buf_puts(buf, "  Nothing was skipped.\n");
}

void weir_report_text(weir_buf_t *buf, const weir_export_t *export, const weir_report_t *report,
                      size_t limit)
{
    section_t section = {export, report};
    weir_grid_t protocols = {.rows = report->protocol_count + 1,
                             .columns = 7,
                             .right = 0x74,
                             .cell = protocol_cell,
                             .context = &section};
    for (size_t i = 0; i < report->file_count; i++)
        file_put(buf, export, &report->files[i]);
    if (report->partial)
        weir_buf_puts(buf, "Partial: reading was interrupted; this is what was read until then.\n");
    weir_report_findings_put(buf, export, report);
    weir_buf_putc(buf, '\n');
    weir_report_put_span(buf, report);
    weir_buf_putc(buf, '\n');
    totals_put(buf, export, report);
    rates_put(buf, export, report);
    if (report->protocol_count) {
        weir_buf_putc(buf, '\n');
        weir_grid_put(buf, export, &protocols);
    }
    lists_put(buf, &section, limit);
    tcp_put(buf, &section);
    rtp_put(buf, &section);
    skipped_put(buf, &section);
}
