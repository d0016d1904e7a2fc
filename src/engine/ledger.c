#include "engine/ledger.h"

#include "engine/ledger_pairs.h"
#include "engine/ledger_stack.h"

#include <string.h>

#define LINES_MAX 65536U
#define POOL_SLACK 64U
#define LINES_KEPT 1024U /* above this, those of interfaces that are gone make room */

void weir_ledger_done(weir_ledger_t *ledger)
{
    free(ledger->lines);
    free(ledger->pairs);
    weir_index_done(&ledger->by_iface);
    weir_index_done(&ledger->by_ends);
    weir_index_done(&ledger->own_addresses);
    weir_pool_unref(ledger->addresses_of);
    *ledger = (weir_ledger_t){0};
}

/* ---- Lines ----------------------------------------------------------------------------------- */

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
    ledger->lines[ledger->count] =
        (weir_ledger_line_t){.iface = iface, .master = WEIR_INDEX_NONE, .lower = WEIR_INDEX_NONE};
    return &ledger->lines[ledger->count++];
}

static void lines_forget(weir_ledger_t *ledger)
{
    size_t kept = 0;
    weir_index_clear(&ledger->by_iface);
    for (size_t i = 0; i < ledger->count; i++) {
        const weir_ledger_line_t line = ledger->lines[i];
        if (line.present && weir_index_set(&ledger->by_iface, line.iface, (uint32_t)kept) >= 0)
            ledger->lines[kept++] = line;
    }
    ledger->count = kept;
    weir_ledger_pairs_forget(ledger);
}

/* ---- Entries --------------------------------------------------------------------------------- */

static weir_carried_t carried_of(uint8_t kind)
{
    static const weir_carried_t carried[] = {[WEIR_TRAFFIC_PROGRAM] = WEIR_CARRIED_PROGRAMS,
                                             [WEIR_TRAFFIC_KERNEL] = WEIR_CARRIED_KERNEL,
                                             [WEIR_TRAFFIC_FORWARDED] = WEIR_CARRIED_FORWARDED,
                                             [WEIR_TRAFFIC_NOT_IP] = WEIR_CARRIED_NOT_IP,
                                             [WEIR_TRAFFIC_REFUSED] = WEIR_CARRIED_KERNEL};
    return kind < WEIR_COUNT(carried) ? carried[kind] : WEIR_CARRIED_PROGRAMS;
}

/* What the kernel would answer were it meant is only passing: it is told when it leaves. */
static bool is_passing(const weir_ledger_t *ledger, const weir_ledger_entry_t *entry)
{
    return entry->kind == WEIR_TRAFFIC_KERNEL && ledger->addresses_of &&
           entry->local->family != WEIR_FAMILY_NONE && !weir_ledger_is_to_many(entry->local) &&
           weir_index_get(&ledger->own_addresses, weir_address_hash(entry->local)) ==
               WEIR_INDEX_NONE;
}

static weir_socket_counts_t *sum_find(weir_ledger_t *ledger, uint32_t iface, int way, uint8_t kind)
{
    weir_ledger_line_t *line = iface ? line_find(ledger, iface) : NULL;
    return line ? &line->side[way].own[carried_of(kind)] : NULL;
}

void weir_ledger_add(weir_ledger_t *ledger, const weir_ledger_entry_t *entry)
{
    if (entry->away) {
        ledger->away[WEIR_LEDGER_RX] += entry->rx_now->bytes - entry->rx_before->bytes;
        ledger->away[WEIR_LEDGER_TX] += entry->tx_now->bytes - entry->tx_before->bytes;
        return;
    }
    weir_socket_counts_t *tx = sum_find(ledger, entry->tx_iface, WEIR_LEDGER_TX, entry->kind);
    if (tx)
        weir_counts_add(tx, entry->tx_now, entry->tx_before);
    if (entry->kind == WEIR_TRAFFIC_FORWARDED && entry->rx_iface) {
        weir_ledger_pair_add(ledger, entry);
        return;
    }
    weir_socket_counts_t *rx = NULL;
    if (entry->rx_iface && !is_passing(ledger, entry))
        rx = sum_find(ledger, entry->rx_iface, WEIR_LEDGER_RX, entry->kind);
    if (rx)
        weir_counts_add(rx, entry->rx_now, entry->rx_before);
}

/* ---- A snapshot ------------------------------------------------------------------------------ */

/* Which addresses are this machine's, where they have changed. */
static void addresses_read(weir_ledger_t *ledger, const weir_snapshot_t *snapshot)
{
    if (ledger->addresses_of == snapshot->pool)
        return;
    weir_pool_unref(ledger->addresses_of);
    ledger->addresses_of = weir_pool_ref(snapshot->pool);
    weir_index_clear(&ledger->own_addresses);
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        const weir_address_list_t *list = &weir_snapshot_iface(snapshot, i)->addresses;
        for (size_t k = 0; k < list->count; k++) /* without memory: it counts as passing */
            (void)!weir_index_set(&ledger->own_addresses, weir_address_hash(&list->items[k]), 0);
    }
}

/* The position of an interface of the snapshot; a good guess saves the look-up. */
static uint32_t position_of(const weir_ledger_t *ledger, uint32_t iface, size_t guess)
{
    const weir_ledger_line_t *lines = ledger->lines;
    if (iface == 0 || !lines)
        return WEIR_INDEX_NONE;
    uint32_t at = (uint32_t)guess;
    if (guess >= ledger->count || lines[guess].iface != iface)
        at = weir_index_get(&ledger->by_iface, iface);
    return at != WEIR_INDEX_NONE && lines[at].present ? at : WEIR_INDEX_NONE;
}

/* On what carries the same frames: not a veth on its peer, nor a tunnel on what carries it. */
static bool rides(const weir_iface_t *iface)
{
    return iface->kind == WEIR_KIND_VLAN || iface->kind == WEIR_KIND_MACVLAN;
}

/* Lines for all rows, and who stands on whom among them. */
static void lines_note(weir_ledger_t *ledger, const weir_iface_t *ifaces, size_t n)
{
    for (size_t i = 0; i < ledger->count; i++) {
        ledger->lines[i].present = false;
        ledger->lines[i].master = ledger->lines[i].lower = WEIR_INDEX_NONE;
    }
    for (size_t i = 0; i < n; i++) {
        weir_ledger_line_t *line = line_find(ledger, ifaces[i].index);
        if (!line)
            continue;
        line->present = true;
        line->kind = ifaces[i].kind;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t at = position_of(ledger, ifaces[i].index, i);
        if (at == WEIR_INDEX_NONE)
            continue;
        ledger->lines[at].master = position_of(ledger, ifaces[i].master_index, 0);
        if (rides(&ifaces[i]))
            ledger->lines[at].lower = position_of(ledger, ifaces[i].lower_index, 0);
    }
}

/* An interface that the books see first, or that was made anew under an old index, begins now. */
static void line_begin(weir_ledger_line_t *line, const weir_iface_t *iface)
{
    line->id = iface->id;
    line->side[WEIR_LEDGER_RX] =
        (weir_ledger_side_t){.bytes_begin = iface->rx.bytes, .packets_begin = iface->rx.packets};
    line->side[WEIR_LEDGER_TX] =
        (weir_ledger_side_t){.bytes_begin = iface->tx.bytes, .packets_begin = iface->tx.packets};
}

static void line_count(weir_ledger_line_t *line, const weir_iface_t *iface)
{
    const weir_ledger_side_t *rx = &line->side[WEIR_LEDGER_RX];
    const weir_ledger_side_t *tx = &line->side[WEIR_LEDGER_TX];
    bool reset = iface->rx.bytes < rx->bytes_begin || iface->tx.bytes < tx->bytes_begin;
    if (line->id != iface->id || reset)
        line_begin(line, iface);
    line->counted[WEIR_LEDGER_RX] = (weir_driver_count_t){iface->rx.bytes - rx->bytes_begin,
                                                          iface->rx.packets - rx->packets_begin};
    line->counted[WEIR_LEDGER_TX] = (weir_driver_count_t){iface->tx.bytes - tx->bytes_begin,
                                                          iface->tx.packets - tx->packets_begin};
}

/* What one direction explains, by kind, and in which unit its driver counts. */
typedef struct side {
    weir_socket_counts_t own[WEIR_CARRIED_COUNT], above[WEIR_CARRIED_COUNT];
    weir_socket_counts_t whole, tags;
    weir_driver_unit_t unit;
} side_t;

static side_t side_read(const weir_ledger_line_t *line, const weir_ledger_gift_t *above, int way)
{
    side_t side = {0};
    if (above)
        side.tags = above->tags;
    for (int k = 0; k < WEIR_CARRIED_COUNT; k++) {
        side.own[k] = line->side[way].own[k];
        if (above)
            side.above[k] = above->carried[k];
        weir_counts_plus(&side.whole, &side.own[k]);
        weir_counts_plus(&side.whole, &side.above[k]);
    }
    side.unit = weir_driver_unit_guess(weir_driver_header(line->kind, way == WEIR_LEDGER_RX),
                                       &side.whole, &side.tags, &line->counted[way]);
    return side;
}

/* [byte] without the link's headers. */
static uint64_t bare(const side_t *side, const weir_socket_counts_t *counts)
{
    const weir_driver_unit_t unit = {.merged = side->unit.merged};
    return weir_driver_bytes(&unit, counts);
}

/* Of one direction. Returns what is explained. */
static uint64_t share_fill(const weir_ledger_t *ledger, const weir_ledger_line_t *line, int way,
                           const side_t *side, weir_iface_share_t *ret_share)
{
    uint64_t explained = weir_driver_bytes(&side->unit, &side->whole) +
                         weir_driver_packets(&side->unit, &side->tags) * side->unit.tag;
    int64_t unexplained = (int64_t)(line->counted[way].bytes - explained);
    uint64_t left = unexplained > 0 ? (uint64_t)unexplained : 0;
    uint64_t away = (int64_t)ledger->away[way] > 0 ? ledger->away[way] : 0;
    *ret_share = (weir_iface_share_t){
        .programs = bare(side, &side->own[WEIR_CARRIED_PROGRAMS]),
        .kernel = bare(side, &side->own[WEIR_CARRIED_KERNEL]),
        .forwarded = bare(side, &side->own[WEIR_CARRIED_FORWARDED]),
        .not_ip = bare(side, &side->own[WEIR_CARRIED_NOT_IP]),
        .headers = explained - bare(side, &side->whole),
        .elsewhere = left < away ? left : away,
        .earlier = line->side[way].bytes_begin,
    };
    for (int k = 0; k < WEIR_CARRIED_COUNT; k++)
        ret_share->stacked += bare(side, &side->above[k]);
    return explained;
}

/* The ledger's columns are the last ones. */
static uint64_t ledger_columns(void)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    uint64_t first = weir_column_bit(table, "rx_explained");
    return weir_column_bit(table, "lost_packets") * 2 - first;
}

static void iface_fill(const weir_ledger_t *ledger, const weir_ledger_line_t *line,
                       const weir_ledger_above_t *above, weir_iface_t *iface,
                       weir_balance_t *balance)
{
    const side_t rx = side_read(line, above ? &above->way[WEIR_LEDGER_RX] : NULL, WEIR_LEDGER_RX);
    const side_t tx = side_read(line, above ? &above->way[WEIR_LEDGER_TX] : NULL, WEIR_LEDGER_TX);
    iface->rx_explained = share_fill(ledger, line, WEIR_LEDGER_RX, &rx, &iface->books->rx);
    iface->tx_explained = share_fill(ledger, line, WEIR_LEDGER_TX, &tx, &iface->books->tx);
    iface->rx_unexplained = (int64_t)(line->counted[WEIR_LEDGER_RX].bytes - iface->rx_explained);
    iface->tx_unexplained = (int64_t)(line->counted[WEIR_LEDGER_TX].bytes - iface->tx_explained);
    for (int k = 0; iface->counted && k < WEIR_CARRIED_COUNT; k++)
        balance->carried[k] +=
            rx.own[k].bytes + rx.above[k].bytes + tx.own[k].bytes + tx.above[k].bytes;
}

/* NULL: nobody stands on anybody, or no memory. */
static weir_ledger_above_t *above_make(const weir_ledger_t *ledger, weir_ledger_stack_t *stack)
{
    weir_ledger_above_t *above = stack->edges ? calloc(ledger->count, sizeof(*above)) : NULL;
    if (above)
        weir_ledger_stack_share(ledger, stack, above);
    return above;
}

/* Room for what the interfaces carried for whom; NULL: no memory. */
static weir_iface_books_t *books_make(weir_snapshot_t *snapshot)
{
    size_t size = snapshot->rows[WEIR_TABLE_INTERFACES].count * sizeof(weir_iface_books_t);
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(size + POOL_SLACK);
    if (!pool)
        return NULL;
    weir_snapshot_hold(snapshot, pool);
    return weir_pool_alloc(pool, size);
}

static void ifaces_fill(const weir_ledger_t *ledger, const weir_ledger_above_t *above,
                        weir_snapshot_t *snapshot, uint64_t lost)
{
    uint64_t columns = ledger_columns();
    weir_iface_t *ifaces = snapshot->rows[WEIR_TABLE_INTERFACES].records;
    weir_iface_books_t *books = books_make(snapshot);
    for (size_t i = 0; books && i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        uint32_t at = position_of(ledger, ifaces[i].index, i);
        if (at == WEIR_INDEX_NONE)
            continue;
        ifaces[i].books = &books[i];
        ifaces[i].books->lost_packets = lost;
        ifaces[i].present |= columns;
        iface_fill(ledger, &ledger->lines[at], above ? &above[at] : NULL, &ifaces[i],
                   &snapshot->balance);
    }
}

void weir_ledger_fill(weir_ledger_t *ledger, weir_snapshot_t *snapshot, uint64_t lost)
{
    size_t n = snapshot->rows[WEIR_TABLE_INTERFACES].count;
    weir_iface_t *ifaces = snapshot->rows[WEIR_TABLE_INTERFACES].records;
    weir_ledger_stack_t stack = {0};
    addresses_read(ledger, snapshot);
    lines_note(ledger, ifaces, n);
    if (ledger->count > 2 * n + LINES_KEPT) {
        lines_forget(ledger);
        lines_note(ledger, ifaces, n);
    }
    (void)!weir_ledger_stack_make(ledger, &stack); /* without memory nobody stands on anybody */
    weir_ledger_pairs_settle(ledger, &stack);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = position_of(ledger, ifaces[i].index, i);
        if (at != WEIR_INDEX_NONE)
            line_count(&ledger->lines[at], &ifaces[i]);
    }
    weir_ledger_above_t *above = above_make(ledger, &stack);
    ifaces_fill(ledger, above, snapshot, lost);
    free(above);
    weir_ledger_stack_done(&stack);
    weir_balance_sum(snapshot);
}
