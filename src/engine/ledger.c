#include "engine/ledger.h"

#define LINES_MAX 65536U
#define ETHERNET_HEADER 14U

void weir_ledger_done(weir_ledger_t *ledger)
{
    free(ledger->lines);
    weir_index_done(&ledger->by_iface);
    *ledger = (weir_ledger_t){0};
}

static weir_ledger_line_t *line_find(weir_ledger_t *ledger, uint32_t iface)
{
    uint32_t at = weir_index_get(&ledger->by_iface, iface);
    if (at != WEIR_INDEX_NONE)
        return &ledger->lines[at];
    if (ledger->count == LINES_MAX)
        return NULL;
    if (ledger->count == ledger->room) {
        size_t room = ledger->room ? ledger->room * 2 : 16;
        weir_ledger_line_t *lines = realloc(ledger->lines, room * sizeof(*lines));
        if (!lines)
            return NULL;
        ledger->lines = lines;
        ledger->room = room;
    }
    if (weir_index_set(&ledger->by_iface, iface, (uint32_t)ledger->count) < 0)
        return NULL;
    ledger->lines[ledger->count] = (weir_ledger_line_t){.iface = iface};
    return &ledger->lines[ledger->count++];
}

void weir_ledger_add(weir_ledger_t *ledger, uint32_t iface, bool rx, weir_carried_t carried,
                     const weir_socket_counts_t *now, const weir_socket_counts_t *before)
{
    weir_ledger_line_t *line = iface ? line_find(ledger, iface) : NULL;
    if (!line)
        return;
    weir_counts_add(rx ? &line->rx : &line->tx, now, before);
    line->carried[carried] += now->bytes - before->bytes;
}

/* [byte] of link header in what the driver counts of each packet. */
static uint64_t header_of(uint8_t kind)
{
    return kind == WEIR_KIND_LOOPBACK || kind == WEIR_KIND_TUNNEL ? 0 : ETHERNET_HEADER;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* counted: the packets that the interface itself counted. */
static uint64_t explained_bytes(const weir_socket_counts_t *counts, uint64_t counted, uint8_t kind)
{
    uint64_t merged = counts->packets - counts->merged_packets;
    if (distance(counts->packets, counted) <= distance(merged, counted))
        return counts->bytes + counts->packets * header_of(kind);
    return counts->bytes - counts->merged_bytes + merged * header_of(kind);
}

static uint64_t ledger_columns(void)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    return weir_column_bit(table, "rx_explained") | weir_column_bit(table, "tx_explained") |
           weir_column_bit(table, "rx_unexplained") | weir_column_bit(table, "tx_unexplained");
}

/* An interface that the books see first, or that was made anew under an old index, begins now. */
static void line_begin(weir_ledger_line_t *line, const weir_iface_t *iface)
{
    line->id = iface->id;
    line->rx_begin = iface->rx.bytes;
    line->tx_begin = iface->tx.bytes;
    line->rx_packets_begin = iface->rx.packets;
    line->tx_packets_begin = iface->tx.packets;
    line->rx = line->tx = (weir_socket_counts_t){0};
    memset(line->carried, 0, sizeof(line->carried));
}

static void iface_fill(weir_ledger_line_t *line, weir_iface_t *iface)
{
    bool reset = iface->rx.bytes < line->rx_begin || iface->tx.bytes < line->tx_begin;
    if (line->id != iface->id || reset)
        line_begin(line, iface);
    iface->rx_explained =
        explained_bytes(&line->rx, iface->rx.packets - line->rx_packets_begin, iface->kind);
    iface->tx_explained =
        explained_bytes(&line->tx, iface->tx.packets - line->tx_packets_begin, iface->kind);
    iface->rx_unexplained = (int64_t)(iface->rx.bytes - line->rx_begin - iface->rx_explained);
    iface->tx_unexplained = (int64_t)(iface->tx.bytes - line->tx_begin - iface->tx_explained);
}

void weir_ledger_fill(weir_ledger_t *ledger, weir_snapshot_t *snapshot)
{
    uint64_t columns = ledger_columns();
    weir_iface_t *ifaces = snapshot->rows[WEIR_TABLE_INTERFACES].records;
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        weir_ledger_line_t *line = line_find(ledger, ifaces[i].index);
        if (!line)
            continue;
        iface_fill(line, &ifaces[i]);
        ifaces[i].present |= columns;
        for (int k = 0; ifaces[i].counted && k < WEIR_CARRIED_COUNT; k++)
            snapshot->balance.carried[k] += line->carried[k];
    }
    weir_balance_sum(snapshot);
}
