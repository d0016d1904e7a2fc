#include "base/number.h"
#include "base/text.h"
#include "model/catalogue.h"
#include "model/shares.h"
#include "tui/view.h"

#include <string.h>

#define PEAK_STEPS 600 /* seconds that the peak is looked for in */

static uint64_t iface_id(const void *record)
{
    return ((const weir_iface_t *)record)->id;
}

/* What only exists in software and is usually there by the dozen. */
static bool kind_is_virtual(uint8_t kind)
{
    return kind == WEIR_KIND_VETH || kind == WEIR_KIND_TAP || kind == WEIR_KIND_MACVLAN ||
           kind == WEIR_KIND_VIRTUAL || kind == WEIR_KIND_VLAN;
}

/* But for the virtual ones, which have all sent a few packets when they were made. */
static bool iface_was_active(const void *record)
{
    const weir_iface_t *iface = record;
    return !kind_is_virtual(iface->kind) && (iface->rx.bytes || iface->tx.bytes);
}

static bool iface_is_quiet(const void *record, bool active)
{
    const weir_iface_t *iface = record;
    bool wired = iface->kind == WEIR_KIND_ETHERNET || iface->kind == WEIR_KIND_WIFI;
    if (iface->default_route || (wired && iface->counted))
        return false;
    return !active || (iface->master && kind_is_virtual(iface->kind));
}

static void iface_counters(const void *record, weir_view_counters_t *ret_counters)
{
    const weir_iface_t *iface = record;
    *ret_counters = (weir_view_counters_t){
        .rx_bytes = iface->rx.bytes,
        .tx_bytes = iface->tx.bytes,
        .errors = iface->rx_errors + iface->tx_errors,
        .dropped = iface->rx_dropped + iface->tx_dropped,
    };
}

static const char *state_word(uint8_t state)
{
    return state == WEIR_LINK_NO_CARRIER ? "no carrier" : WEIR_LINK_WORDS[state];
}

static void word_put(weir_buf_t *buf, size_t begin, const char *word)
{
    if (buf->len > begin)
        weir_buf_puts(buf, ", ");
    weir_buf_puts(buf, word);
}

/* What carries it, or what it is a port of. */
static void relation_put(weir_buf_t *buf, size_t begin, const weir_iface_t *iface, bool utf8)
{
    const char *word = NULL;
    const char *other = NULL;
    if (iface->lower && iface->lower[0]) {
        word = iface->kind == WEIR_KIND_VETH ? "to " : "over ";
        other = iface->lower;
    } else if (iface->master && iface->master[0]) {
        word = "in ";
        other = iface->master;
    }
    if (!other)
        return;
    word_put(buf, begin, word);
    (void)weir_text_put_safe(buf, other, utf8); /* its width is not needed */
}

static void iface_note(weir_buf_t *buf, const void *record, bool utf8)
{
    const weir_iface_t *iface = record;
    size_t begin = buf->len;
    if (iface->state != WEIR_LINK_UP && iface->state < WEIR_LINK_COUNT)
        word_put(buf, begin, state_word(iface->state));
    if (iface->default_route)
        word_put(buf, begin, "default route");
    relation_put(buf, begin, iface, utf8);
    if (iface->alias && iface->alias[0]) {
        word_put(buf, begin, "");
        (void)weir_text_put_safe(buf, iface->alias, utf8);
    }
}

static bool iface_is_off(const void *record)
{
    return ((const weir_iface_t *)record)->state != WEIR_LINK_UP;
}

static double iface_use(const void *record, bool *ret_known)
{
    const weir_iface_t *iface = record;
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    uint64_t bits =
        weir_column_bit(table, "rx_utilisation") | weir_column_bit(table, "tx_utilisation");
    *ret_known = iface->present & bits;
    return iface->rx_utilisation > iface->tx_utilisation ? iface->rx_utilisation
                                                         : iface->tx_utilisation;
}

/* ---- The opened row -------------------------------------------------------------------------- */

static void addresses_put(weir_buf_t *buf, const weir_iface_t *iface)
{
    weir_buf_puts(buf, "addresses");
    for (size_t i = 0; i < iface->addresses.count; i++) {
        weir_buf_putc(buf, '\t');
        weir_address_put(buf, &iface->addresses.items[i], true);
    }
    if (!iface->addresses.count)
        weir_buf_puts(buf, "\tnone");
    weir_buf_putc(buf, '\n');
}

static void link_put(weir_buf_t *buf, const weir_iface_t *iface, const weir_view_detail_t *detail)
{
    weir_buf_puts(buf, "link");
    if (iface->mac && iface->mac[0]) {
        weir_buf_puts(buf, "\t");
        (void)weir_text_put_safe(buf, iface->mac, detail->utf8);
    }
    weir_buf_puts(buf, "\tmtu ");
    weir_number_put(buf, iface->mtu);
    weir_buf_putc(buf, '\t');
    if (iface->speed_bps)
        weir_quantity_put(buf, detail->units, WEIR_UNIT_BITS_PER_SECOND, (double)iface->speed_bps);
    else
        weir_buf_puts(buf, "speed unknown");
    if (iface->state < WEIR_LINK_COUNT)
        weir_buf_printf(buf, "\t%s", state_word(iface->state));
    weir_buf_puts(buf, iface->counted ? "\tin the headline\n" : "\tnot in the headline\n");
}

static weir_series_summary_t summary_of(const weir_iface_t *iface, const weir_view_detail_t *detail,
                                        weir_series_column_t column, size_t seconds)
{
    weir_series_query_t query = {.object = iface->id,
                                 .column = column,
                                 .to_ns = detail->snapshot->time.boot_ns,
                                 .step_ns = WEIR_NS_PER_S,
                                 .count = seconds};
    weir_series_t series;
    if (weir_client_series(detail->client, &query, &series) < 0)
        return (weir_series_summary_t){0};
    weir_series_summary_t summary = weir_series_summarise(&series);
    weir_series_done(&series);
    return summary;
}

static void rate_put(weir_buf_t *buf, const weir_view_detail_t *detail, bool known, double rate)
{
    if (known)
        weir_quantity_put(buf, detail->units, WEIR_UNIT_BYTES_PER_SECOND, rate);
    else
        weir_buf_puts(buf, detail->utf8 ? "–" : "-");
}

static void direction_put(weir_buf_t *buf, const weir_view_detail_t *detail, size_t column)
{
    static const char *const words[][2] = {{"down ", "up "}, {"↓ ", "↑ "}};
    weir_buf_puts(buf, words[detail->utf8][column]);
}

static void means_put(weir_buf_t *buf, const weir_iface_t *iface, const weir_view_detail_t *detail)
{
    static const size_t spans[] = {10, 60};
    weir_buf_puts(buf, "means");
    for (size_t i = 0; i < WEIR_COUNT(spans); i++) {
        for (weir_series_column_t c = 0; c < WEIR_SERIES_COLUMNS; c++) {
            weir_series_summary_t summary = summary_of(iface, detail, c, spans[i]);
            weir_buf_puts(buf, c == 0 ? "\t" : "  ");
            direction_put(buf, detail, c);
            rate_put(buf, detail, summary.known > 0, summary.mean);
        }
        weir_buf_puts(buf, " over ");
        weir_number_put(buf, spans[i]);
        weir_buf_puts(buf, " s");
    }
    weir_buf_putc(buf, '\n');
}

/* The clock of the wall at a moment that series tell in boot time. */
static void clock_put(weir_buf_t *buf, const weir_snapshot_t *snapshot, uint64_t boot_ns)
{
    weir_text_put_clock(buf, snapshot->time.wall_ns - (int64_t)(snapshot->time.boot_ns - boot_ns));
}

static void peaks_put(weir_buf_t *buf, const weir_iface_t *iface, const weir_view_detail_t *detail)
{
    weir_buf_puts(buf, "peaks");
    for (weir_series_column_t c = 0; c < WEIR_SERIES_COLUMNS; c++) {
        weir_series_summary_t summary = summary_of(iface, detail, c, PEAK_STEPS);
        weir_buf_putc(buf, '\t');
        direction_put(buf, detail, c);
        rate_put(buf, detail, summary.known > 0, summary.max);
        if (!(summary.max > 0))
            continue;
        weir_buf_puts(buf, " at ");
        clock_put(buf, detail->snapshot, summary.max_at_ns);
    }
    weir_buf_puts(buf, "\tin the last 10 min\n");
}

static void count_put(weir_buf_t *buf, uint64_t count, const char *word)
{
    weir_buf_putc(buf, '\t');
    weir_number_put(buf, count);
    weir_buf_puts(buf, word);
}

static void trouble_put(weir_buf_t *buf, const weir_iface_t *iface,
                        const weir_view_detail_t *detail)
{
    weir_buf_puts(buf, "trouble");
    count_put(buf, iface->rx_errors + iface->tx_errors, " errors");
    count_put(buf, iface->rx_dropped + iface->tx_dropped, " dropped");
    uint64_t queue = weir_column_bit(weir_table(WEIR_TABLE_INTERFACES), "queue_backlog_bytes");
    if (!(iface->present & queue)) {
        weir_buf_puts(buf, "\tno queue\n");
        return;
    }
    weir_buf_puts(buf, "\tqueue ");
    weir_quantity_put(buf, detail->units, WEIR_UNIT_BYTES, (double)iface->queue_backlog_bytes);
    weir_buf_puts(buf, " waiting");
    count_put(buf, iface->queue_drops, " dropped there");
    weir_buf_putc(buf, '\n');
}

#define WORDS_WIDTH 34 /* of whose bytes they were */

/* "  ↓   4.21 MB": numbers end and units begin at the same places in all lines. */
static void share_put(weir_buf_t *buf, const weir_view_detail_t *detail, size_t column,
                      double bytes)
{
    weir_quantity_t amount = weir_quantity(detail->units, WEIR_UNIT_BYTES, bytes);
    weir_buf_puts(buf, "  ");
    direction_put(buf, detail, column);
    weir_buf_printf(buf, "%*s %-*s", (int)weir_quantity_number_width(), amount.number,
                    (int)weir_quantity_unit_width(detail->units, WEIR_UNIT_BYTES), amount.unit);
}

/* Whose the bytes were, one line each. */
static void shares_put(weir_buf_t *buf, const weir_iface_t *iface, const weir_view_detail_t *detail)
{
    static const char *const words[WEIR_SHARE_COUNT] = {
        [WEIR_SHARE_PROGRAMS] = "programs on this machine",
        [WEIR_SHARE_KERNEL] = "the kernel itself",
        [WEIR_SHARE_FORWARDED] = "passed through this machine",
        [WEIR_SHARE_NOT_IP] = "not IP",
        [WEIR_SHARE_STACKED] = "for an interface above",
        [WEIR_SHARE_HEADERS] = "frame headers",
        [WEIR_SHARE_EARLIER] = "before Weir looked",
        [WEIR_SHARE_ELSEWHERE] = "other network namespaces, at most",
        [WEIR_SHARE_UNEXPLAINED] = "not explained",
    };
    weir_share_t shares[WEIR_SHARE_COUNT];
    size_t n = weir_shares_read(iface, shares);
    for (size_t i = 0; i < n; i++) {
        weir_buf_printf(buf, "%s\t%-*s", i == 0 ? "books" : "", WORDS_WIDTH, words[shares[i].part]);
        share_put(buf, detail, 0, shares[i].rx);
        share_put(buf, detail, 1, shares[i].tx);
        weir_buf_putc(buf, '\n');
    }
}

static void iface_details(weir_buf_t *buf, const void *record, const weir_view_detail_t *detail)
{
    addresses_put(buf, record);
    link_put(buf, record, detail);
    means_put(buf, record, detail);
    peaks_put(buf, record, detail);
    trouble_put(buf, record, detail);
    shares_put(buf, record, detail);
}

static const char *const COLUMNS[] = {"name",           "kind",           "rx_bytes_per_s",
                                      "tx_bytes_per_s", "rx_utilisation", "history",
                                      "rx_bytes",       "tx_bytes",       NULL};
static const char *const DROPS[] = {"tx_bytes", "kind", "rx_utilisation", "history", NULL};

static const weir_view_title_t TITLES[] = {
    {"rx_utilisation", "Link use", "Link use"},
};

const weir_view_t WEIR_VIEW_INTERFACES = {
    .columns = COLUMNS,
    .drops = DROPS,
    .name_column = "name",
    .titles = TITLES,
    .title_count = WEIR_COUNT(TITLES),
    .group = "idle and virtual interfaces",
    .id = iface_id,
    .was_active = iface_was_active,
    .is_quiet = iface_is_quiet,
    .counters = iface_counters,
    .note = iface_note,
    .is_off = iface_is_off,
    .details = iface_details,
    .use = iface_use,
};
