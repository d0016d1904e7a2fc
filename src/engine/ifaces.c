#include "engine/ifaces.h"

#include "engine/counted.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LINKS_MAX ((size_t)1 << 20)      /* a ceiling: ten times what a kernel bears */
#define ADDRESSES_MAX 4096U              /* of one interface */
#define POOL_CEILING ((size_t)512 << 20) /* [byte] */
#define SPEEDS_PER_TICK 64U /* drivers answer slowly; the rest is asked in later ticks */
#define QUEUES_EVERY_TICK ((size_t)512) /* above this many interfaces a dump costs too much ... */
#define QUEUES_SELDOM 10U               /* ... and is made every so many ticks */
#define ROUTE_EVERY_NS (2 * WEIR_NS_PER_S)
#define ENDPOINTS_EVERY_NS (10 * WEIR_NS_PER_S)

static uint64_t bits_of(const char *const ids[], size_t n)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++)
        bits |= weir_column_bit(table, ids[i]);
    return bits;
}

#define BITS(...)                                                                                  \
    bits_of((const char *const[]){__VA_ARGS__}, WEIR_COUNT(((const char *const[]){__VA_ARGS__})))

static weir_iface_bits_t bits_all(void)
{
    return (weir_iface_bits_t){
        .always = BITS("name", "kind", "state", "index", "mtu", "addresses", "rx_bytes", "tx_bytes",
                       "rx_packets", "tx_packets", "rx_errors", "tx_errors", "rx_dropped",
                       "tx_dropped", "rate_state", "counted"),
        .rx_rates = BITS("rx_bytes_per_s", "rx_packets_per_s"),
        .tx_rates = BITS("tx_bytes_per_s", "tx_packets_per_s"),
        .rx_use = BITS("rx_utilisation"),
        .tx_use = BITS("tx_utilisation"),
        .alias = BITS("alias"),
        .mac = BITS("mac"),
        .speed = BITS("speed_bps"),
        .capacity = BITS("capacity_bps"),
        .master = BITS("master"),
        .lower = BITS("lower"),
        .queue = BITS("queue_backlog_bytes", "queue_drops"),
        .marks = BITS("queue_marks"),
    };
}

/* ---- Rows come and go ------------------------------------------------------------------------ */

static int arrays_grow(weir_ifaces_t *ifaces)
{
    size_t size = ifaces->size ? ifaces->size * 2 : 16;
    if (size > LINKS_MAX)
        return -ENOSPC;
    weir_iface_t *rows = realloc(ifaces->rows, size * sizeof(*rows));
    if (!rows)
        return -ENOMEM;
    ifaces->rows = rows;
    weir_iface_gauges_t *gauges = realloc(ifaces->gauges, size * sizeof(*gauges));
    if (!gauges)
        return -ENOMEM;
    ifaces->gauges = gauges;
    weir_iface_link_t *links = realloc(ifaces->links, size * sizeof(*links));
    if (!links)
        return -ENOMEM;
    ifaces->links = links;
    ifaces->size = size;
    return 0;
}

static int row_add(weir_ifaces_t *ifaces, uint32_t index)
{
    if (ifaces->count == ifaces->size) {
        int r = arrays_grow(ifaces);
        if (r < 0)
            return r;
    }
    size_t at = ifaces->count;
    int r = weir_index_set(&ifaces->by_index, index, (uint32_t)at);
    if (r < 0)
        return r;
    ifaces->rows[at] = (weir_iface_t){.id = ++ifaces->next_id,
                                      .index = index,
                                      .rx.state = WEIR_RATE_INIT,
                                      .tx.state = WEIR_RATE_INIT};
    ifaces->gauges[at] = (weir_iface_gauges_t){0};
    ifaces->links[at] = (weir_iface_link_t){0};
    ifaces->count++;
    return 0;
}

static void link_release(weir_iface_link_t *link)
{
    free(link->alias);
    free(link->addresses);
}

/* Close the gaps that removed interfaces left; the others keep their order. */
static void rows_compact(weir_ifaces_t *ifaces)
{
    size_t kept = 0;
    for (size_t i = 0; i < ifaces->count; i++) {
        if (ifaces->links[i].gone) {
            link_release(&ifaces->links[i]);
            continue;
        }
        if (kept != i) {
            ifaces->rows[kept] = ifaces->rows[i];
            ifaces->gauges[kept] = ifaces->gauges[i];
            ifaces->links[kept] = ifaces->links[i];
        }
        kept++;
    }
    if (kept == ifaces->count)
        return;
    ifaces->count = kept;
    weir_index_clear(&ifaces->by_index);
    for (size_t i = 0; i < kept; i++)
        ifaces->failed |= weir_index_set(&ifaces->by_index, ifaces->rows[i].index, (uint32_t)i) < 0;
}

static weir_iface_link_t *link_find(weir_ifaces_t *ifaces, uint32_t index)
{
    uint32_t at = weir_index_get(&ifaces->by_index, index);
    return at == WEIR_INDEX_NONE ? NULL : &ifaces->links[at];
}

/* ---- What the source tells ------------------------------------------------------------------- */

static void on_resync_begin(void *context)
{
    weir_ifaces_t *ifaces = context;
    for (size_t i = 0; i < ifaces->count; i++) {
        ifaces->links[i].named = false;
        ifaces->links[i].address_count = 0;
    }
}

static void on_resync_end(void *context)
{
    weir_ifaces_t *ifaces = context;
    for (size_t i = 0; i < ifaces->count; i++)
        ifaces->links[i].gone |= !ifaces->links[i].named;
    ifaces->changed = true;
}

static void on_link(void *context, const weir_link_t *link)
{
    weir_ifaces_t *ifaces = context;
    weir_iface_link_t *own = link_find(ifaces, link->index);
    if (!own || own->gone) { /* gone and back under the same index in one tick: another interface */
        if (row_add(ifaces, link->index) < 0) {
            ifaces->failed = true;
            return;
        }
        own = &ifaces->links[ifaces->count - 1];
    }
    free(own->alias);
    own->alias = link->alias[0] ? strdup(link->alias) : NULL;
    own->link = *link;
    own->named = true;
    own->speed_due = true;
    ifaces->changed = true;
}

static void on_link_gone(void *context, uint32_t index)
{
    weir_ifaces_t *ifaces = context;
    weir_iface_link_t *link = link_find(ifaces, index);
    if (!link)
        return;
    link->gone = true;
    ifaces->changed = true;
}

static uint32_t address_find(const weir_iface_link_t *link, const weir_address_t *address)
{
    uint32_t i = 0;
    while (i < link->address_count && weir_address_compare(&link->addresses[i], address) != 0)
        i++;
    return i;
}

static void address_remove(weir_iface_link_t *link, uint32_t at)
{
    if (at == link->address_count)
        return;
    link->address_count--;
    memmove(&link->addresses[at], &link->addresses[at + 1],
            (link->address_count - at) * sizeof(*link->addresses));
}

static void on_address(void *context, uint32_t index, const weir_address_t *address, bool added)
{
    weir_ifaces_t *ifaces = context;
    weir_iface_link_t *link = link_find(ifaces, index);
    if (!link)
        return;
    ifaces->changed = true;
    uint32_t at = address_find(link, address);
    if (!added) {
        address_remove(link, at);
        return;
    }
    if (at < link->address_count || at >= ADDRESSES_MAX)
        return;
    weir_address_t *addresses = realloc(link->addresses, (at + 1) * sizeof(*addresses));
    if (!addresses) {
        ifaces->failed = true;
        return;
    }
    addresses[at] = *address;
    link->addresses = addresses;
    link->address_count = at + 1;
}

static bool is_hardware(const weir_iface_t *row)
{
    return row->kind == WEIR_KIND_ETHERNET || row->kind == WEIR_KIND_WIFI;
}

/* The kernel tells the interfaces in the same order each time, so the next position is a good
 * guess. */
static size_t position_of(weir_ifaces_t *ifaces, uint32_t index)
{
    size_t guess = ifaces->next_position;
    if (guess >= ifaces->count || ifaces->rows[guess].index != index)
        guess = weir_index_get(&ifaces->by_index, index);
    ifaces->next_position = guess + 1;
    return guess;
}

static void on_counters(void *context, uint32_t index, const weir_link_counters_t *c)
{
    weir_ifaces_t *ifaces = context;
    size_t at = position_of(ifaces, index);
    if (at >= ifaces->count)
        return; /* it appeared after the changes were read: next tick */
    weir_iface_t *row = &ifaces->rows[at];
    bool hardware = is_hardware(row);
    const weir_sample_t rx = {c->rx_bytes, c->rx_packets, ifaces->sample_ns};
    const weir_sample_t tx = {c->tx_bytes, c->tx_packets, ifaces->sample_ns};
    weir_gauge_sample(&ifaces->gauges[at].rx, &rx, hardware, &row->rx);
    weir_gauge_sample(&ifaces->gauges[at].tx, &tx, hardware, &row->tx);
    row->rx_errors = c->rx_errors;
    row->tx_errors = c->tx_errors;
    row->rx_dropped = c->rx_dropped;
    row->tx_dropped = c->tx_dropped;
}

static void on_queue(void *context, uint32_t index, const weir_link_queue_t *queue)
{
    weir_ifaces_t *ifaces = context;
    uint32_t at = weir_index_get(&ifaces->by_index, index);
    if (at == WEIR_INDEX_NONE)
        return;
    weir_iface_t *row = &ifaces->rows[at];
    row->queue_backlog_bytes = queue->backlog_bytes;
    row->queue_drops = queue->drops;
    row->queue_marks = queue->marks;
    row->present |= ifaces->bits.queue | (queue->marks_known ? ifaces->bits.marks : 0);
}

static weir_link_sink_t sink_of(weir_ifaces_t *ifaces)
{
    return (weir_link_sink_t){
        .context = ifaces,
        .resync_begin = on_resync_begin,
        .resync_end = on_resync_end,
        .link = on_link,
        .link_gone = on_link_gone,
        .address = on_address,
        .counters = on_counters,
        .queue = on_queue,
    };
}

/* ---- Attributes to rows ---------------------------------------------------------------------- */

static const char *mac_text(weir_pool_t *pool, const weir_link_t *link)
{
    static const char digits[] = "0123456789abcdef";
    char text[WEIR_LINK_MAC_SIZE * 3 + 1] = {0};
    if (!link->mac_len)
        return NULL;
    for (size_t i = 0; i < link->mac_len; i++) {
        text[i * 3] = digits[link->mac[i] >> 4];
        text[i * 3 + 1] = digits[link->mac[i] & 15];
        text[i * 3 + 2] = i + 1 < link->mac_len ? ':' : '\0';
    }
    return weir_pool_text(pool, text);
}

static weir_address_list_t addresses_copy(weir_pool_t *pool, const weir_iface_link_t *link)
{
    size_t n = link->address_count * sizeof(*link->addresses);
    weir_address_t *items = n ? weir_pool_alloc(pool, n) : NULL;
    if (!items)
        return (weir_address_list_t){0};
    memcpy(items, link->addresses, n);
    return (weir_address_list_t){.items = items, .count = link->address_count};
}

static const char *name_of(const weir_ifaces_t *ifaces, uint32_t index)
{
    uint32_t at = index ? weir_index_get(&ifaces->by_index, index) : WEIR_INDEX_NONE;
    return at == WEIR_INDEX_NONE ? NULL : ifaces->rows[at].name;
}

static void capacity_set(const weir_ifaces_t *ifaces, weir_iface_t *row)
{
    row->capacity_rx_bps = row->capacity_tx_bps = 0;
    for (size_t i = 0; i < ifaces->capacity_count; i++) {
        if (strcmp(ifaces->capacities[i].name, row->name) != 0)
            continue;
        row->capacity_rx_bps = ifaces->capacities[i].rx_bps;
        row->capacity_tx_bps = ifaces->capacities[i].tx_bps;
    }
}

static void row_describe(const weir_ifaces_t *ifaces, weir_pool_t *pool, size_t at)
{
    weir_iface_t *row = &ifaces->rows[at];
    const weir_iface_link_t *link = &ifaces->links[at];
    const char *name = weir_pool_text(pool, link->link.name);
    row->name = name ? name : "";
    row->alias = link->alias ? weir_pool_text(pool, link->alias) : NULL;
    row->mac = mac_text(pool, &link->link);
    row->addresses = addresses_copy(pool, link);
    row->mtu = link->link.mtu;
    row->kind = link->link.kind;
    row->state = link->link.state;
    row->carrier_changes = link->link.carrier_changes;
    capacity_set(ifaces, row);
}

static void rows_describe(weir_ifaces_t *ifaces)
{
    weir_pool_t *pool = weir_pool_new(POOL_CEILING);
    if (!pool) {
        ifaces->failed = true;
        return;
    }
    for (size_t i = 0; i < ifaces->count; i++)
        row_describe(ifaces, pool, i);
    weir_pool_unref(ifaces->pool);
    ifaces->pool = pool;
}

/* A tunnel with a known endpoint rides on whatever the route to it leaves by. */
static void stack_fill(const weir_ifaces_t *ifaces, const weir_source_t *source, size_t at,
                       weir_stack_t *stack)
{
    const weir_link_t *link = &ifaces->links[at].link;
    *stack = (weir_stack_t){
        .index = link->index,
        .master = link->master,
        .lower = link->lower,
        .kind = link->kind,
        .up = link->state == WEIR_LINK_UP,
        .mirror = link->mirror,
        .lower_elsewhere = link->lower_elsewhere,
        .has_endpoint = link->endpoint.family != WEIR_FAMILY_NONE,
    };
    uint32_t carrier = 0;
    if (stack->has_endpoint && source->ops->route(source->context, &link->endpoint, &carrier) >= 0)
        stack->carrier = carrier;
}

static void row_stack(weir_ifaces_t *ifaces, size_t at, const weir_stack_t *stack)
{
    weir_iface_t *row = &ifaces->rows[at];
    uint32_t lower = stack->lower ? stack->lower : stack->carrier;
    row->counted = stack->counted;
    row->master_index = stack->master;
    row->master = name_of(ifaces, stack->master);
    row->lower_index = lower == row->index ? 0 : lower;
    row->lower = name_of(ifaces, row->lower_index);
    row->default_route = ifaces->default_route == row->index;
}

static void rows_stack(weir_ifaces_t *ifaces, const weir_source_t *source)
{
    WEIR_CLEANUP(weir_freep) weir_stack_t *stacks = malloc((ifaces->count + 1) * sizeof(*stacks));
    if (!stacks) {
        ifaces->failed = true;
        return;
    }
    for (size_t i = 0; i < ifaces->count; i++)
        stack_fill(ifaces, source, i, &stacks[i]);
    weir_counted_judge(stacks, ifaces->count, ifaces->default_route);
    for (size_t i = 0; i < ifaces->count; i++)
        row_stack(ifaces, i, &stacks[i]);
}

static void links_count(weir_ifaces_t *ifaces)
{
    ifaces->queues = 0;
    ifaces->endpoints = 0;
    for (size_t i = 0; i < ifaces->count; i++) {
        ifaces->queues += ifaces->links[i].link.queue;
        ifaces->endpoints += ifaces->links[i].link.endpoint.family != WEIR_FAMILY_NONE;
    }
}

static void attributes_refresh(weir_ifaces_t *ifaces)
{
    ifaces->failed = false;
    rows_compact(ifaces);
    rows_describe(ifaces);
    links_count(ifaces);
    ifaces->route_due_ns = 0;
    ifaces->stack_due_ns = 0;
    ifaces->changed = ifaces->failed; /* what memory refused is tried again */
}

/* Routes change without a change of links; routers announce thousands a second, so they are asked
 * for now and then instead. */
static void routes_refresh(weir_ifaces_t *ifaces, const weir_source_t *source, uint64_t now_ns)
{
    if (now_ns < ifaces->route_due_ns)
        return;
    uint32_t route = source->ops->default_route(source->context);
    bool due = now_ns >= ifaces->stack_due_ns && (ifaces->endpoints || !ifaces->stack_due_ns);
    if (due || route != ifaces->default_route) {
        ifaces->default_route = route;
        rows_stack(ifaces, source);
        ifaces->stack_due_ns = now_ns + ENDPOINTS_EVERY_NS;
    }
    ifaces->route_due_ns = now_ns + ROUTE_EVERY_NS;
}

/* A tun or tap device reports a constant that says nothing of any link. */
static bool speed_means_something(const weir_iface_t *row)
{
    return row->kind != WEIR_KIND_TUNNEL && row->kind != WEIR_KIND_TAP &&
           row->kind != WEIR_KIND_LOOPBACK;
}

static void speeds_refresh(weir_ifaces_t *ifaces, const weir_source_t *source)
{
    uint32_t asked = 0;
    for (size_t i = 0; i < ifaces->count && asked < SPEEDS_PER_TICK; i++) {
        if (!ifaces->links[i].speed_due)
            continue;
        ifaces->links[i].speed_due = false;
        ifaces->rows[i].speed_bps = 0;
        if (ifaces->rows[i].state != WEIR_LINK_UP || !speed_means_something(&ifaces->rows[i]))
            continue;
        ifaces->rows[i].speed_bps = source->ops->speed(source->context, ifaces->links[i].link.name);
        asked++;
    }
}

/* ---- Each tick ------------------------------------------------------------------------------- */

static double utilisation(const weir_meter_t *meter, uint64_t bps)
{
    return bps ? meter->byte_rate * 8 / (double)bps : 0;
}

static void row_finish(weir_iface_t *row, const weir_iface_bits_t *bits)
{
    uint64_t rx_bps = row->capacity_rx_bps ? row->capacity_rx_bps : row->speed_bps;
    uint64_t tx_bps = row->capacity_tx_bps ? row->capacity_tx_bps : row->speed_bps;
    bool rx_known = weir_rate_is_known(row->rx.state);
    bool tx_known = weir_rate_is_known(row->tx.state);
    row->rx_utilisation = utilisation(&row->rx, rx_bps);
    row->tx_utilisation = utilisation(&row->tx, tx_bps);
    row->rate_state = row->rx.state > row->tx.state ? row->rx.state : row->tx.state;
    row->present = (row->present & (bits->queue | bits->marks)) | bits->always |
                   (rx_known ? bits->rx_rates : 0) | (tx_known ? bits->tx_rates : 0) |
                   (rx_known && rx_bps ? bits->rx_use : 0) |
                   (tx_known && tx_bps ? bits->tx_use : 0) | (row->alias ? bits->alias : 0) |
                   (row->mac ? bits->mac : 0) | (row->speed_bps ? bits->speed : 0) |
                   (row->capacity_rx_bps ? bits->capacity : 0) | (row->master ? bits->master : 0) |
                   (row->lower ? bits->lower : 0);
}

static void rows_finish(weir_ifaces_t *ifaces)
{
    for (size_t i = 0; i < ifaces->count; i++) {
        weir_iface_t *row = &ifaces->rows[i];
        if (ifaces->gauges[i].rx.last.time_ns != ifaces->sample_ns) {
            weir_gauge_miss(&ifaces->gauges[i].rx, &row->rx);
            weir_gauge_miss(&ifaces->gauges[i].tx, &row->tx);
        }
        row_finish(row, &ifaces->bits);
    }
}

static int queues_read(weir_ifaces_t *ifaces, const weir_source_t *source,
                       const weir_link_sink_t *sink)
{
    bool due = ifaces->count <= QUEUES_EVERY_TICK || ifaces->ticks % QUEUES_SELDOM == 0;
    if (!ifaces->queues || !due)
        return 0;
    for (size_t i = 0; i < ifaces->count; i++)
        ifaces->rows[i].present =
            0; /* queues that are not told are unknown; the rest is set again */
    return source->ops->queues(source->context, sink);
}

int weir_ifaces_refresh(weir_ifaces_t *ifaces, const weir_source_t *source,
                        const weir_clock_t *clock)
{
    weir_link_sink_t sink = sink_of(ifaces);
    int r = source->ops->changes(source->context, &sink);
    if (r >= 0) {
        if (ifaces->changed)
            attributes_refresh(ifaces);
        routes_refresh(ifaces, source, weir_clock_now(clock).boot_ns);
        speeds_refresh(ifaces, source);
        ifaces->next_position = 0;
        ifaces->sample_ns = weir_clock_now(clock).boot_ns; /* right before the kernel reads them */
        r = source->ops->counters(source->context, &sink);
    }
    if (r >= 0)
        (void)queues_read(ifaces, source, &sink); /* without them the queue columns are unknown */
    rows_finish(ifaces);
    ifaces->ticks++;
    return r;
}

weir_snapshot_t *weir_ifaces_snapshot(const weir_ifaces_t *ifaces)
{
    weir_pool_t *empty = ifaces->pool ? NULL : weir_pool_new(1);
    weir_pool_t *pool = ifaces->pool ? ifaces->pool : empty;
    weir_snapshot_t *snapshot = pool ? weir_snapshot_new(WEIR_ORIGIN_LIVE, pool) : NULL;
    weir_pool_unref(empty);
    if (!snapshot)
        return NULL;
    weir_iface_t *rows = weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, ifaces->count);
    if (!rows) {
        weir_snapshot_unref(snapshot);
        return NULL;
    }
    if (ifaces->count)
        memcpy(rows, ifaces->rows, ifaces->count * sizeof(*rows));
    weir_headline_sum(snapshot);
    return snapshot;
}

void weir_ifaces_init(weir_ifaces_t *ifaces, const weir_capacity_t *capacities,
                      size_t capacity_count)
{
    *ifaces = (weir_ifaces_t){
        .capacities = capacities, .capacity_count = capacity_count, .bits = bits_all()};
}

void weir_ifaces_done(weir_ifaces_t *ifaces)
{
    for (size_t i = 0; i < ifaces->count; i++)
        link_release(&ifaces->links[i]);
    free(ifaces->rows);
    free(ifaces->gauges);
    free(ifaces->links);
    weir_index_done(&ifaces->by_index);
    weir_pool_unref(ifaces->pool);
    *ifaces = (weir_ifaces_t){0};
}
