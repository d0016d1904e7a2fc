/*
 * Protocols, hosts, conversations, what was skipped, and the files.
 */
#include "export/html_private.h"

#include "export/chart.h"
#include "export/markup.h"
#include "export/report_words.h"

#include <string.h>

static size_t limited(const weir_html_t *html, size_t count)
{
    return html->limit && html->limit < count ? html->limit : count;
}

static void amount_cell(const weir_html_t *html, uint64_t bytes)
{
    weir_markup_quantity_cell(html->buf, &html->export->units, WEIR_UNIT_BYTES, (double)bytes);
}

static void bar_cell(const weir_html_t *html, const weir_chart_piece_t *pieces, size_t count,
                     double whole)
{
    weir_buf_puts(html->buf, "<td class=b>");
    weir_chart_bar(html->buf, pieces, count, whole);
    weir_buf_puts(html->buf, "</td>");
}

/* ---- Protocols ------------------------------------------------------------------------------- */

/* The colour that a protocol has in the graph, too. */
static const char *protocol_class(const weir_protocol_t *protocol)
{
    static const struct {
        const char *name;
        weir_traffic_part_t part;
    } parts[] = {{"tcp", WEIR_TRAFFIC_TCP},
                 {"udp", WEIR_TRAFFIC_UDP},
                 {"udplite", WEIR_TRAFFIC_UDP},
                 {"icmp", WEIR_TRAFFIC_ICMP},
                 {"icmpv6", WEIR_TRAFFIC_ICMP}};
    for (size_t i = 0; protocol->layer == WEIR_LAYER_TRANSPORT && i < WEIR_COUNT(parts); i++)
        if (strcmp(protocol->name, parts[i].name) == 0)
            return weir_chart_part_class(parts[i].part);
    return "other";
}

static void protocol_row(const weir_html_t *html, const weir_protocol_t *protocol)
{
    weir_chart_piece_t piece = {protocol_class(protocol), protocol->share};
    weir_buf_puts(html->buf, "<tr>");
    weir_markup_element(html->buf, "th scope=row", protocol->name);
    bar_cell(html, &piece, 1, 1);
    weir_markup_quantity_cell(html->buf, &html->export->units, WEIR_UNIT_SHARE, protocol->share);
    amount_cell(html, protocol->bytes);
    weir_markup_count_cell(html->buf, protocol->packets);
    if (protocol->layer != WEIR_LAYER_LINK && protocol->flows)
        weir_markup_count_cell(html->buf, protocol->flows);
    else
        weir_buf_puts(html->buf, "<td></td>");
    weir_buf_puts(html->buf, "</tr>\n");
}

/* The rows of one layer, which have their bytes all to themselves: layers never add up. */
static void layer_put(const weir_html_t *html, weir_layer_t layer)
{
    static const char *const titles[WEIR_LAYER_APPLICATION] = {"Link", "Network", "Transport"};
    const weir_report_t *report = html->report;
    bool begun = false;
    for (size_t i = 0; i < report->protocol_count; i++) {
        if (report->protocols[i].layer != layer)
            continue;
        if (!begun)
            weir_buf_printf(html->buf,
                            "<tbody><tr class=layer><th colspan=6 scope=rowgroup>%s</th></tr>\n",
                            titles[layer]);
        begun = true;
        protocol_row(html, &report->protocols[i]);
    }
    if (begun)
        weir_buf_puts(html->buf, "</tbody>\n");
}

static const weir_html_column_t PROTOCOL_COLUMNS[] = {{"", "Protocol", NULL}, {"b", NULL, NULL},
                                                      {"n", "Share", NULL},   {"n", "Bytes", NULL},
                                                      {"n", "Packets", NULL}, {"n", "Flows", NULL}};

void weir_html_protocols(const weir_html_t *html)
{
    if (!html->report->protocol_count)
        return;
    weir_html_begin(html, "protocols", "Protocols");
    weir_html_table_begin(html, "protocols", PROTOCOL_COLUMNS, WEIR_COUNT(PROTOCOL_COLUMNS));
    for (int layer = 0; layer < WEIR_LAYER_APPLICATION; layer++)
        layer_put(html, (weir_layer_t)layer);
    weir_html_table_end(html);
    weir_html_end(html);
}

/* Layers stand in their order, applications last. */
void weir_html_applications(const weir_html_t *html)
{
    const weir_report_t *report = html->report;
    size_t first = report->protocol_count;
    while (first > 0 && report->protocols[first - 1].layer == WEIR_LAYER_APPLICATION)
        first--;
    size_t all = report->protocol_count - first, count = limited(html, all);
    if (!count)
        return;
    weir_html_begin_some(html, "applications", "Applications", count, all, "by bytes");
    weir_html_table_begin(html, "applications", PROTOCOL_COLUMNS, WEIR_COUNT(PROTOCOL_COLUMNS));
    for (size_t i = first; i < first + count; i++)
        protocol_row(html, &report->protocols[i]);
    weir_html_table_end(html);
    weir_html_end(html);
}

/* ---- Hosts and conversations ----------------------------------------------------------------- */

static void address_cell(const weir_html_t *html, const char *tag, const weir_address_t *address,
                         const char *name)
{
    weir_buf_printf(html->buf, "<%s>", tag);
    if (name) {
        weir_markup_text(html->buf, name);
        weir_buf_puts(html->buf, " <small>");
    }
    weir_address_put(html->buf, address, false);
    weir_buf_printf(html->buf, name ? "</small></%.2s>" : "</%.2s>", tag);
}

static double host_bytes(const weir_host_t *host)
{
    return (double)host->rx.bytes + (double)host->tx.bytes;
}

static void place_cell(const weir_html_t *html, const weir_host_t *host)
{
    weir_buf_t place;
    weir_buf_init(&place, 1024);
    weir_report_put_place(&place, host, true);
    weir_markup_element(html->buf, "td", weir_buf_text(&place));
    weir_buf_done(&place);
}

static void host_row(const weir_html_t *html, const weir_host_t *host, double most, bool placed)
{
    const weir_chart_piece_t pieces[] = {{"rx", (double)host->rx.bytes},
                                         {"tx", (double)host->tx.bytes}};
    weir_buf_puts(html->buf, "<tr>");
    address_cell(html, "th scope=row class=a", &host->address, host->name);
    if (placed)
        place_cell(html, host);
    bar_cell(html, pieces, WEIR_COUNT(pieces), most);
    amount_cell(html, host->rx.bytes);
    amount_cell(html, host->tx.bytes);
    weir_markup_count_cell(html->buf, host->rx.packets + host->tx.packets);
    weir_markup_count_cell(html->buf, host->flows);
    weir_buf_puts(html->buf, "</tr>\n");
}

void weir_html_hosts(const weir_html_t *html)
{
    static const weir_html_column_t columns[] = {{"", "Host", NULL},      {"b", NULL, NULL},
                                                 {"n", "Received", "rx"}, {"n", "Sent", "tx"},
                                                 {"n", "Packets", NULL},  {"n", "Flows", NULL}};
    static const weir_html_column_t with_places[] = {
        {"", "Host", NULL},  {"", "Where", NULL},    {"b", NULL, NULL},   {"n", "Received", "rx"},
        {"n", "Sent", "tx"}, {"n", "Packets", NULL}, {"n", "Flows", NULL}};
    const weir_report_t *report = html->report;
    size_t count = limited(html, report->host_count);
    if (!count)
        return;
    weir_html_begin_some(html, "hosts", "Hosts", count, report->host_total, "by bytes");
    bool placed = weir_report_has_places(report, count);
    weir_html_table_begin(html, "hosts", placed ? with_places : columns,
                          placed ? WEIR_COUNT(with_places) : WEIR_COUNT(columns));
    for (size_t i = 0; i < count; i++)
        host_row(html, &report->hosts[i], host_bytes(&report->hosts[0]), placed);
    weir_html_table_end(html);
    weir_html_end(html);
}

static double conversation_bytes(const weir_conversation_t *pair)
{
    return (double)pair->a_bytes + (double)pair->b_bytes;
}

static void conversation_row(const weir_html_t *html, const weir_conversation_t *pair, double most)
{
    const weir_chart_piece_t pieces[] = {{"tx", (double)pair->a_bytes},
                                         {"rx", (double)pair->b_bytes}};
    weir_buf_puts(html->buf, "<tr>");
    address_cell(html, "th scope=row class=a", &pair->a, pair->a_name);
    address_cell(html, "td class=a", &pair->b, pair->b_name);
    bar_cell(html, pieces, WEIR_COUNT(pieces), most);
    amount_cell(html, pair->a_bytes);
    amount_cell(html, pair->b_bytes);
    weir_markup_count_cell(html->buf, pair->a_packets + pair->b_packets);
    weir_markup_count_cell(html->buf, pair->flows);
    weir_buf_puts(html->buf, "</tr>\n");
}

void weir_html_conversations(const weir_html_t *html)
{
    static const weir_html_column_t columns[] = {
        {"", "From", NULL},  {"", "To", NULL},       {"b", NULL, NULL},   {"n", "There", "tx"},
        {"n", "Back", "rx"}, {"n", "Packets", NULL}, {"n", "Flows", NULL}};
    const weir_report_t *report = html->report;
    size_t count = limited(html, report->conversation_count);
    if (!count)
        return;
    weir_html_begin_some(html, "conversations", "Conversations", count, report->conversation_total,
                         "by bytes");
    weir_html_table_begin(html, "conversations", columns, WEIR_COUNT(columns));
    for (size_t i = 0; i < count; i++)
        conversation_row(html, &report->conversations[i],
                         conversation_bytes(&report->conversations[0]));
    weir_html_table_end(html);
    weir_html_end(html);
}

/* ---- Skipped and files ----------------------------------------------------------------------- */

void weir_html_skipped(const weir_html_t *html)
{
    static const weir_html_column_t columns[] = {
        {"", "Reason", NULL}, {"n", "Packets", NULL}, {"n", "Bytes", NULL}};
    const weir_report_t *report = html->report;
    weir_html_begin(html, "skipped", "Skipped");
    if (!report->skipped_count) {
        weir_buf_puts(html->buf, "<p>Nothing was skipped: every packet was decoded.</p>\n");
        weir_html_end(html);
        return;
    }
    weir_html_table_begin(html, "skipped", columns, WEIR_COUNT(columns));
    for (size_t i = 0; i < report->skipped_count; i++) {
        weir_buf_puts(html->buf, "<tr>");
        weir_markup_element(html->buf, "th scope=row class=a", report->skipped[i].reason);
        weir_markup_count_cell(html->buf, report->skipped[i].packets);
        amount_cell(html, report->skipped[i].bytes);
        weir_buf_puts(html->buf, "</tr>\n");
    }
    weir_html_table_end(html);
    weir_html_end(html);
}

static void file_row(const weir_html_t *html, const weir_report_file_t *file)
{
    weir_units_t bytes = html->export->units;
    bytes.amounts = WEIR_BYTES; /* the size of a file */
    weir_buf_puts(html->buf, "<tr><th scope=row class=a>");
    weir_markup_text(html->buf, file->name);
    if (file->truncated)
        weir_buf_puts(html->buf, "<br><b>cut in its last packet</b>");
    if (file->problem) {
        weir_buf_puts(html->buf, "<br><b>damaged: ");
        weir_markup_text(html->buf, file->problem);
        weir_buf_puts(html->buf, "</b>");
    }
    weir_buf_printf(html->buf, "</th><td>%s</td>", file->format ? file->format : "empty");
    if (file->size)
        weir_markup_quantity_cell(html->buf, &bytes, WEIR_UNIT_BYTES, (double)file->size);
    else
        weir_buf_puts(html->buf, "<td class=n>–</td>");
    weir_markup_count_cell(html->buf, file->packets);
    weir_buf_puts(html->buf, "</tr>\n");
}

void weir_html_files(const weir_html_t *html)
{
    static const weir_html_column_t columns[] = {
        {"", "File", NULL}, {"", "Format", NULL}, {"n", "Size", NULL}, {"n", "Packets", NULL}};
    weir_html_begin(html, "files", html->report->file_count == 1 ? "File" : "Files");
    weir_html_table_begin(html, "files", columns, WEIR_COUNT(columns));
    for (size_t i = 0; i < html->report->file_count; i++)
        file_row(html, &html->report->files[i]);
    weir_html_table_end(html);
    weir_html_end(html);
}
