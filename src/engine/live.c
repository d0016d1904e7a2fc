/*
 * The live engine: at each tick it reads the source, lets the table meter it and hands out a
 * snapshot.
 */
#include "engine/producer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct live {
    weir_source_t source;
    weir_clock_t clock;
    weir_ifaces_t ifaces;
    weir_part_t parts[WEIR_LIVE_PARTS];
    size_t part_count;
    uint64_t interval_ns;
    uint64_t due_ns;  /* of the next tick; 0: at once */
    uint64_t last_ns; /* of the last tick */
    uint64_t sequence;
} live_t;

/* Ticks keep to a grid from the first one on; what was missed (a stopped process, a sleeping
 * machine) is not made up for. */
static void due_advance(live_t *live, uint64_t now_ns)
{
    if (live->due_ns == 0)
        live->due_ns = now_ns;
    live->due_ns += live->interval_ns;
    if (live->due_ns <= now_ns)
        live->due_ns +=
            (now_ns - live->due_ns) / live->interval_ns * live->interval_ns + live->interval_ns;
}

static int live_next(void *context, weir_snapshot_t **ret_snapshot, char *ret_error)
{
    live_t *live = context;
    int r = weir_ifaces_refresh(&live->ifaces, &live->source, &live->clock);
    if (r < 0 && live->sequence == 0) { /* later failures leave stale rows and pass */
        (void)snprintf(ret_error, WEIR_PRODUCER_ERROR_SIZE,
                       "cannot read the interfaces over netlink: %s; run `weir doctor`",
                       strerror(-r));
        return r;
    }
    weir_snapshot_t *snapshot = weir_ifaces_snapshot(&live->ifaces);
    if (!snapshot) {
        (void)snprintf(ret_error, WEIR_PRODUCER_ERROR_SIZE, "out of memory for %zu interfaces",
                       live->ifaces.count);
        return -ENOMEM;
    }
    weir_instant_t now = weir_clock_now(&live->clock);
    if (r >= 0)
        now.boot_ns = live->ifaces.sample_ns; /* the window ends where the counters were read */
    snapshot->time = now;
    snapshot->sequence = ++live->sequence;
    snapshot->window_ns = live->last_ns ? now.boot_ns - live->last_ns : 0;
    live->last_ns = now.boot_ns;
    for (size_t i = 0; i < live->part_count; i++)
        live->parts[i].ops->fill(live->parts[i].context, snapshot);
    due_advance(live, now.boot_ns);
    *ret_snapshot = snapshot;
    return 0;
}

static uint64_t live_due(void *context, uint64_t now_ns)
{
    const live_t *live = context;
    return live->due_ns ? live->due_ns : now_ns;
}

static void live_set_interval(void *context, uint64_t interval_ns)
{
    live_t *live = context;
    live->interval_ns = interval_ns;
    if (live->last_ns)
        live->due_ns = live->last_ns + interval_ns;
}

static void live_want(void *context, uint32_t tables)
{
    live_t *live = context;
    for (size_t i = 0; i < live->part_count; i++)
        if (live->parts[i].ops->want)
            live->parts[i].ops->want(live->parts[i].context, tables);
}

/* Nothing here waits for input. */
static void live_interrupt(void *context)
{
    (void)context;
}

static void parts_close(const weir_part_t *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        parts[i].ops->close(parts[i].context);
}

static void live_close(void *context)
{
    live_t *live = context;
    parts_close(live->parts, live->part_count);
    weir_ifaces_done(&live->ifaces);
    live->source.ops->close(live->source.context);
    free(live);
}

int weir_live_open(weir_source_t source, const weir_clock_t *clock,
                   const weir_live_options_t *options, weir_producer_t *ret_producer)
{
    static const weir_producer_ops_t ops = {.next = live_next,
                                            .due = live_due,
                                            .set_interval = live_set_interval,
                                            .want = live_want,
                                            .interrupt = live_interrupt,
                                            .close = live_close};
    live_t *live = calloc(1, sizeof(*live));
    if (!live) {
        parts_close(options->parts, options->part_count);
        source.ops->close(source.context);
        return -ENOMEM;
    }
    live->source = source;
    live->clock = *clock;
    live->interval_ns = options->interval_ns;
    live->part_count = options->part_count;
    memcpy(live->parts, options->parts, sizeof(live->parts));
    weir_ifaces_init(&live->ifaces, options->capacities, options->capacity_count);
    *ret_producer = (weir_producer_t){.ops = &ops, .context = live};
    return 0;
}
