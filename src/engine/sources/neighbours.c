#include "engine/sources/neighbours.h"

#include "packet/events.h"

#include <errno.h>
#include <string.h>

#define FINDINGS (UINT32_C(1) << WEIR_TABLE_FINDINGS)
#define EVENTS_MOST ((size_t)65536)

typedef struct neighbours_part {
    weir_neighbour_source_t source;
    bool wanted;
    int64_t now_ns;       /* of the last reading */
    weir_events_t events; /* likewise */
} neighbours_part_t;

static void neighbour_told(void *context, const weir_link_neighbour_t *neighbour)
{
    neighbours_part_t *part = context;
    weir_event_t *event = weir_events_add(&part->events);
    if (!event)
        return;
    event->time_ns = part->now_ns;
    event->kind = WEIR_EVENT_NEIGHBOUR;
    event->src = neighbour->address;
    memcpy(event->neighbour.mac, neighbour->mac, WEIR_MAC_SIZE);
    event->neighbour.resolved = true;
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
    (void)part->source.ops->changes(part->source.context, &sink); /* what failed is told again */
    weir_events_give(&part->events, snapshot);
}

static void part_want(void *context, uint32_t tables)
{
    neighbours_part_t *part = context;
    part->wanted = tables & FINDINGS;
}

static void part_close(void *context)
{
    neighbours_part_t *part = context;
    part->source.ops->close(part->source.context);
    weir_events_done(&part->events);
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
