#include "engine/sources/neighbours.h"

#include "packet/events.h"
#include "packet/neighbours.h"

#include <errno.h>
#include <string.h>

#define FINDINGS (UINT32_C(1) << WEIR_TABLE_FINDINGS)
#define HOSTS (UINT32_C(1) << WEIR_TABLE_HOSTS)
#define EVENTS_MOST ((size_t)65536)
#define TEXTS_CEILING ((size_t)4 << 20) /* [byte] */

typedef struct neighbours_part {
    weir_neighbour_source_t source;
    uint32_t wanted;
    bool retell; /* detectors have not heard what is in `known` */
    weir_neighbours_t known;
    int64_t now_ns;       /* of the last reading */
    weir_events_t events; /* likewise */
} neighbours_part_t;

static void event_add(neighbours_part_t *part, const weir_address_t *address,
                      const uint8_t mac[static WEIR_MAC_SIZE])
{
    weir_event_t *event = weir_events_add(&part->events);
    if (!event)
        return;
    event->time_ns = part->now_ns;
    event->kind = WEIR_EVENT_NEIGHBOUR;
    event->src = *address;
    memcpy(event->neighbour.mac, mac, WEIR_MAC_SIZE);
    event->neighbour.resolved = true;
}

static void neighbour_told(void *context, const weir_link_neighbour_t *neighbour)
{
    event_add(context, &neighbour->address, neighbour->mac);
}

static void known_retell(neighbours_part_t *part)
{
    for (size_t i = 0; part->retell && i < part->known.count; i++) {
        weir_address_t address;
        uint8_t mac[WEIR_MAC_SIZE];
        weir_neighbours_at(&part->known, i, &address, mac);
        event_add(part, &address, mac);
    }
    part->retell = false;
}

/* Rows that packets have not told a hardware address for. */
static void hosts_complete(const neighbours_part_t *part, weir_snapshot_t *snapshot)
{
    const weir_rows_t *rows = &snapshot->rows[WEIR_TABLE_HOSTS];
    weir_host_t *hosts = rows->records;
    uint64_t mac_bit = weir_column_bit(weir_table(WEIR_TABLE_HOSTS), "mac");
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(TEXTS_CEILING);
    if (!pool)
        return;
    weir_snapshot_hold(snapshot, pool);
    for (size_t i = 0; hosts && i < rows->count; i++) {
        const char *mac =
            hosts[i].mac ? NULL : weir_neighbours_find(&part->known, &hosts[i].address);
        hosts[i].mac = mac ? weir_pool_text(pool, mac) : hosts[i].mac;
        hosts[i].present |= hosts[i].mac ? mac_bit : 0;
    }
}

/* What goes says nothing: a card is known for good. */
static void resync_ignore(void *context)
{
    (void)context;
}

static void gone_ignore(void *context, uint32_t iface, const weir_address_t *address)
{
    (void)context;
    (void)iface;
    (void)address;
}

static void part_fill(void *context, weir_snapshot_t *snapshot)
{
    neighbours_part_t *part = context;
    if (!part->wanted)
        return;
    weir_neighbour_sink_t sink = {.context = part,
                                  .resync_begin = resync_ignore,
                                  .resync_end = resync_ignore,
                                  .neighbour = neighbour_told,
                                  .gone = gone_ignore};
    part->now_ns = snapshot->time.wall_ns;
    weir_events_done(&part->events);
    weir_events_init(&part->events, EVENTS_MOST);
    known_retell(part);
    (void)part->source.ops->changes(part->source.context, &sink); /* what failed is told again */
    weir_event_batch_t told = {.events = part->events.events, .count = part->events.count};
    weir_neighbours_learn(&part->known, &told);
    weir_events_give(&part->events, snapshot);
    if (part->wanted & HOSTS)
        hosts_complete(part, snapshot);
}

static void part_want(void *context, uint32_t tables)
{
    neighbours_part_t *part = context;
    part->retell |= tables & ~part->wanted & FINDINGS;
    part->wanted = tables & (FINDINGS | HOSTS);
}

static void part_close(void *context)
{
    neighbours_part_t *part = context;
    part->source.ops->close(part->source.context);
    weir_events_done(&part->events);
    weir_neighbours_done(&part->known);
    free(part);
}

int weir_neighbours_part(weir_neighbour_source_t source, weir_part_t *ret_part)
{
    static const weir_part_ops_t ops = {.fill = part_fill, .want = part_want, .close = part_close};
    neighbours_part_t *part = calloc(1, sizeof(*part));
    if (!part) {
        source.ops->close(source.context);
        return -ENOMEM;
    }
    part->source = source;
    *ret_part = (weir_part_t){.ops = &ops, .context = part};
    return 0;
}
