#include "model/snapshot.h"

#include <assert.h>
#include <errno.h>

#define POOL_HEAD 4096 /* [byte] beside what a pool is asked for */

const char *weir_origin_word(weir_origin_t origin)
{
    static const char *const words[WEIR_ORIGIN_COUNT] = {"live", "replay", "file"};
    return words[origin];
}

weir_snapshot_t *weir_snapshot_new(weir_origin_t origin, weir_pool_t *pool)
{
    weir_snapshot_t *snapshot = calloc(1, sizeof(*snapshot));
    if (!snapshot)
        return NULL;
    atomic_init(&snapshot->references, 1);
    snapshot->origin = origin;
    snapshot->pool = weir_pool_ref(pool);
    return snapshot;
}

weir_snapshot_t *weir_snapshot_ref(weir_snapshot_t *snapshot)
{
    (void)atomic_fetch_add_explicit(&snapshot->references, 1, memory_order_relaxed);
    return snapshot;
}

void weir_snapshot_unref(weir_snapshot_t *snapshot)
{
    if (!snapshot || atomic_fetch_sub_explicit(&snapshot->references, 1, memory_order_acq_rel) != 1)
        return;
    for (int i = 0; i < WEIR_TABLE_COUNT; i++)
        if (!snapshot->rows[i].borrowed)
            free(snapshot->rows[i].records);
    if (snapshot->owner)
        snapshot->owner_free(snapshot->owner);
    for (size_t i = 0; i < snapshot->held_count; i++)
        weir_pool_unref(snapshot->held[i]);
    weir_pool_unref(snapshot->pool);
    free(snapshot);
}

void weir_snapshot_hold(weir_snapshot_t *snapshot, weir_pool_t *pool)
{
    assert(snapshot->held_count < WEIR_SNAPSHOT_HELD);
    snapshot->held[snapshot->held_count++] = weir_pool_ref(pool);
}

int weir_snapshot_add_events(weir_snapshot_t *snapshot, const weir_event_t *events, size_t count)
{
    const weir_event_batch_t *old = &snapshot->events;
    size_t size = (old->count + count) * sizeof(*events);
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(size + POOL_HEAD);
    weir_event_t *merged = pool ? weir_pool_alloc(pool, size) : NULL;
    if (!merged)
        return -ENOMEM;
    for (size_t i = 0, j = 0; i + j < old->count + count;) {
        bool from_old =
            j == count || (i < old->count && old->events[i].time_ns <= events[j].time_ns);
        merged[i + j] = from_old ? old->events[i] : events[j];
        i += from_old;
        j += !from_old;
    }
    snapshot->events.events = merged;
    snapshot->events.count += count;
    weir_snapshot_hold(snapshot, pool);
    return 0;
}

const void *weir_snapshot_read(const weir_snapshot_t *snapshot, weir_table_id_t table, size_t i,
                               weir_record_t *scratch)
{
    const weir_rows_t *rows = &snapshot->rows[table];
    if (!rows->fetch)
        return weir_snapshot_record(snapshot, table, i);
    rows->fetch(snapshot, i, scratch);
    return &scratch->flow; /* the members of a union begin together */
}

void weir_snapshot_briefs(const weir_snapshot_t *snapshot, size_t from, size_t count,
                          weir_flow_brief_t *ret_briefs)
{
    const weir_rows_t *rows = &snapshot->rows[WEIR_TABLE_FLOWS];
    if (rows->brief) {
        rows->brief(snapshot, from, count, ret_briefs);
        return;
    }
    weir_record_t scratch = {0};
    for (size_t i = 0; i < count; i++)
        weir_brief_from_flow(weir_snapshot_read(snapshot, WEIR_TABLE_FLOWS, from + i, &scratch),
                             &ret_briefs[i]);
}

void *weir_snapshot_allocate(weir_snapshot_t *snapshot, weir_table_id_t table, size_t count)
{
    if (count >= UINT32_MAX)
        return NULL; /* selections address rows with 32 bits */
    void *records = calloc(count ? count : 1, weir_table(table)->record_size);
    if (!records)
        return NULL;
    free(snapshot->rows[table].records);
    snapshot->rows[table] = (weir_rows_t){.records = records, .count = count, .measured = true};
    return records;
}

void *weir_snapshot_extend(weir_snapshot_t *snapshot, weir_table_id_t table, size_t more)
{
    weir_rows_t *rows = &snapshot->rows[table];
    size_t size = weir_table(table)->record_size;
    if (rows->borrowed || rows->fetch || more >= UINT32_MAX - rows->count)
        return NULL;
    void *records = reallocarray(rows->records, rows->count + more + 1, size);
    if (!records)
        return NULL;
    void *added = (char *)records + rows->count * size;
    memset(added, 0, more * size);
    rows->records = records;
    rows->count += more;
    rows->measured = true;
    return added;
}

/* A sum is as trustworthy as its worst part; a part that has just begun only leaves its rate out.
 */
static void meter_add(weir_meter_t *sum, const weir_meter_t *part)
{
    sum->bytes += part->bytes;
    sum->packets += part->packets;
    sum->byte_rate += part->byte_rate;
    sum->packet_rate += part->packet_rate;
    if (part->state != WEIR_RATE_INIT && part->state > sum->state)
        sum->state = part->state;
}

static uint64_t iface_capacity(const weir_iface_t *iface, uint64_t configured)
{
    return configured ? configured : iface->speed_bps;
}

void weir_headline_sum(weir_snapshot_t *snapshot)
{
    weir_headline_t sum = {0};
    uint32_t rx_rated = 0;
    uint32_t tx_rated = 0;
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        const weir_iface_t *iface = weir_snapshot_iface(snapshot, i);
        if (!iface->counted)
            continue;
        sum.counted++;
        rx_rated += iface->rx.state != WEIR_RATE_INIT;
        tx_rated += iface->tx.state != WEIR_RATE_INIT;
        meter_add(&sum.rx, &iface->rx);
        meter_add(&sum.tx, &iface->tx);
        sum.rx_capacity_bps += iface_capacity(iface, iface->capacity_rx_bps);
        sum.tx_capacity_bps += iface_capacity(iface, iface->capacity_tx_bps);
    }
    if (sum.counted && !rx_rated)
        sum.rx.state = WEIR_RATE_INIT;
    if (sum.counted && !tx_rated)
        sum.tx.state = WEIR_RATE_INIT;
    snapshot->headline = sum;
}

void weir_balance_sum(weir_snapshot_t *snapshot)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    uint64_t needed =
        weir_column_bit(table, "rx_explained") | weir_column_bit(table, "tx_explained") |
        weir_column_bit(table, "rx_unexplained") | weir_column_bit(table, "tx_unexplained");
    weir_balance_t *sum = &snapshot->balance;
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        const weir_iface_t *iface = weir_snapshot_iface(snapshot, i);
        if (!iface->counted || (iface->present & needed) != needed)
            continue;
        sum->known = true;
        sum->explained += iface->rx_explained + iface->tx_explained;
        sum->unexplained += iface->rx_unexplained + iface->tx_unexplained;
    }
}
