/*
 * The engine's table of interfaces: what a source tells is kept here and becomes the rows of each
 * snapshot. Engine thread.
 *
 * What every tick touches (rows and gauges) lies apart from what only a change touches (links), and
 * names and addresses live in a pool that snapshots share until something changes.
 */
#ifndef WEIR_ENGINE_IFACES_H
#define WEIR_ENGINE_IFACES_H

#include "base/index.h"
#include "base/pool.h"
#include "engine/meter.h"
#include "engine/source.h"
#include "model/snapshot.h"

typedef struct weir_iface_gauges {
    weir_gauge_t rx, tx;
} weir_iface_gauges_t;

/* Attributes of an interface that change seldom. */
typedef struct weir_iface_link {
    weir_link_t link;          /* its alias is moved out */
    char *alias;               /* owned, NULL none */
    weir_address_t *addresses; /* owned */
    uint32_t address_count;
    bool gone;      /* to be removed at the end of the changes */
    bool named;     /* seen since the last resync began */
    bool speed_due; /* the driver is to be asked */
} weir_iface_link_t;

/* Bits of `present`, looked up once. */
typedef struct weir_iface_bits {
    uint64_t always, rx_rates, tx_rates, rx_use, tx_use, alias, mac, speed, capacity, master, lower,
        queue, marks;
} weir_iface_bits_t;

typedef struct weir_ifaces {
    weir_iface_t *rows; /* parallel arrays of `count`, room for `size` */
    weir_iface_gauges_t *gauges;
    weir_iface_link_t *links;
    size_t count, size;
    weir_index_t by_index;             /* interface index to position */
    weir_pool_t *pool;                 /* texts of the rows; NULL before the first tick */
    const weir_capacity_t *capacities; /* borrowed */
    size_t capacity_count;
    uint64_t next_id;
    uint64_t sample_ns;     /* of the reading that is under way */
    size_t next_position;   /* where the next counters are expected */
    uint64_t route_due_ns;  /* when the default route is asked for again */
    uint64_t stack_due_ns;  /* when the routes to tunnel endpoints are */
    uint32_t default_route; /* index of the interface that carries it, 0 none */
    uint32_t queues;        /* interfaces with a queue */
    uint32_t endpoints;     /* tunnels with a known endpoint */
    uint32_t ticks;
    weir_iface_bits_t bits;
    bool changed; /* attributes differ from the pool */
    bool failed;  /* no memory for a row: it is missing */
} weir_ifaces_t;

void weir_ifaces_init(weir_ifaces_t *ifaces, const weir_capacity_t *capacities,
                      size_t capacity_count);
void weir_ifaces_done(weir_ifaces_t *ifaces);

/**
 * Read everything that `source` has to tell at the boot time `clock` gives. Returns 0, or the
 * source's error; then the rows are stale and the next call tries again.
 */
WEIR_NODISCARD int weir_ifaces_refresh(weir_ifaces_t *ifaces, const weir_source_t *source,
                                       const weir_clock_t *clock);

/** A snapshot of the rows as they stand, with headline; its times are for the caller to set. NULL:
 * no memory. */
weir_snapshot_t *weir_ifaces_snapshot(const weir_ifaces_t *ifaces);

#endif
