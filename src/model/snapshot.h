/*
 * A snapshot: an immutable picture of the traffic at one instant. Any thread may read one for as
 * long as it holds a reference; views sort, filter and draw it and never compute a rate.
 */
#ifndef WEIR_MODEL_SNAPSHOT_H
#define WEIR_MODEL_SNAPSHOT_H

#include "base/clock.h"
#include "base/pool.h"
#include "model/app.h"
#include "model/brief.h"
#include "model/columns.h"
#include "model/event.h"
#include "model/finding.h"
#include "model/flow.h"
#include "model/report.h"
#include "model/series.h"

#include <stdatomic.h>

typedef enum weir_origin {
    WEIR_ORIGIN_LIVE,
    WEIR_ORIGIN_REPLAY,
    WEIR_ORIGIN_FILE,
    WEIR_ORIGIN_COUNT
} weir_origin_t;

/** "live", "replay", "file". */
const char *weir_origin_word(weir_origin_t origin);

#define WEIR_RECORD_TEXT_SIZE 64

/** Room for one record that is made on demand, of any table. */
typedef struct weir_record {
    uint64_t wanted; /* bits of the columns that will be read: others may be left out */
    union {
        weir_app_t app;
        weir_flow_t flow;
        weir_host_t host;
        weir_protocol_t protocol;
        weir_finding_t finding;
    };
    char text[WEIR_RECORD_TEXT_SIZE]; /* what a text of the record may point to */
} weir_record_t;

#define WEIR_SNAPSHOT_HELD 16

typedef struct weir_snapshot weir_snapshot_t;

/**
 * The rows of one table: `count` records of the table's record_size. Rows of a capture can be too
 * many for that: then `fetch` makes one at a time, in any thread.
 */
typedef struct weir_rows {
    void *records; /* written only before the snapshot is published; NULL with `fetch` */
    void (*fetch)(const weir_snapshot_t *snapshot, size_t i, weir_record_t *ret_record);
    /** Flows only: as many briefs from row `from` on, in any thread. NULL: made from whole rows. */
    void (*brief)(const weir_snapshot_t *snapshot, size_t from, size_t count,
                  weir_flow_brief_t *ret_briefs);
    bool borrowed; /* the records belong to the snapshot's owner */
    size_t count;
    uint64_t omitted;       /* rows that a ceiling left out */
    uint64_t omitted_bytes; /* and their traffic */
    bool measured;          /* false: this origin knows nothing of the table */
    const char *note;       /* one line for views: how exact the table is, or what is hidden, why
                               and the command that shows it; NULL: nothing to say */
} weir_rows_t;

/** Sums over the interfaces that count no byte twice. */
typedef struct weir_headline {
    weir_meter_t rx, tx;
    uint64_t rx_capacity_bps,
        tx_capacity_bps; /* [bit/s] of the counted interfaces that are known, 0 none */
    uint32_t counted;    /* interfaces */
} weir_headline_t;

/** Of whom explained bytes are. */
typedef enum weir_carried {
    WEIR_CARRIED_PROGRAMS,
    WEIR_CARRIED_KERNEL,    /* the kernel itself sent or received them */
    WEIR_CARRIED_FORWARDED, /* they came by one interface and left by another */
    WEIR_CARRIED_NOT_IP,
    WEIR_CARRIED_COUNT
} weir_carried_t;

/**
 * How well apps are measured, and how much of what the counted interfaces carried since the books
 * were opened they explain.
 */
typedef struct weir_balance {
    bool measured;       /* apps are, with this accuracy */
    uint8_t accuracy;    /* weir_accuracy_t */
    bool known;          /* what follows is */
    uint64_t explained;  /* [byte] of both directions, as the interfaces' drivers count */
    int64_t unexplained; /* [byte] signed: what was read at different moments may differ either way
                          */
    uint64_t carried[WEIR_CARRIED_COUNT]; /* [byte] of it, without link headers, by who it is of */
    const char *reason;                   /* why something may be missing; NULL: nothing known */
} weir_balance_t;

struct weir_snapshot {
    uint64_t sequence;   /* 1 for the first of its origin */
    weir_instant_t time; /* when it was taken; of a capture its end, since 1970 on both clocks */
    uint64_t window_ns;  /* that the rates are means over; 0 for the first */
    weir_origin_t origin;
    weir_rows_t rows[WEIR_TABLE_COUNT];
    weir_headline_t headline;
    weir_balance_t balance;
    uint64_t lost;                         /* events that the sources lost in this window */
    weir_event_batch_t events;             /* of this window; they live as long as the snapshot */
    weir_brief_batch_t briefs;             /* likewise; of live origins */
    weir_pool_t *pool;                     /* texts and lists of the records; a reference */
    weir_pool_t *held[WEIR_SNAPSHOT_HELD]; /* further pools of that kind; references */
    size_t held_count;
    weir_report_t *report; /* of a capture, when it was asked for; else NULL. Written only before
                              the snapshot is published */
    /** Answers from the snapshot's own memory, in any thread. NULL: its engine has rings. */
    int (*series)(const weir_snapshot_t *snapshot, const weir_series_query_t *query,
                  weir_series_t *ret_series);
    void *owner; /* what records and report belong to, NULL: nothing */
    void (*owner_free)(void *owner);
    atomic_uint references;
};

/** An empty snapshot with one reference that will hold a reference to `pool`. NULL: no memory. */
weir_snapshot_t *weir_snapshot_new(weir_origin_t origin, weir_pool_t *pool);
weir_snapshot_t *weir_snapshot_ref(weir_snapshot_t *snapshot);
void weir_snapshot_unref(weir_snapshot_t *snapshot); /* accepts NULL */
static inline void weir_snapshot_unrefp(weir_snapshot_t **snapshot)
{
    weir_snapshot_unref(*snapshot);
}

/** Keep a reference to `pool` for the snapshot's life; at most WEIR_SNAPSHOT_HELD. Before
 * publishing. */
void weir_snapshot_hold(weir_snapshot_t *snapshot, weir_pool_t *pool);

/**
 * Merge further events, in the order of their times, into the snapshot's. Their texts must live as
 * long as the snapshot. 0 or -ENOMEM. Before publishing.
 */
WEIR_NODISCARD int weir_snapshot_add_events(weir_snapshot_t *snapshot, const weir_event_t *events,
                                            size_t count);

/** Zeroed records for `count` rows of `table`. Returns the records, or NULL. */
void *weir_snapshot_allocate(weir_snapshot_t *snapshot, weir_table_id_t table, size_t count);
/** `more` zeroed records behind those that a table has, which may move. Returns the first of them,
 * or NULL: no memory, or the table's records are not the snapshot's own. Before publishing. */
void *weir_snapshot_extend(weir_snapshot_t *snapshot, weir_table_id_t table, size_t more);

/**
 * Record `i` of `table`; i < rows[table].count. The one way that works for rows made on demand:
 * these are made in *scratch and live until its next use.
 */
const void *weir_snapshot_read(const weir_snapshot_t *snapshot, weir_table_id_t table, size_t i,
                               weir_record_t *scratch);

/** Briefs of the flows [from, from + count), which must be there. */
void weir_snapshot_briefs(const weir_snapshot_t *snapshot, size_t from, size_t count,
                          weir_flow_brief_t *ret_briefs);

/** Record `i` of a table whose rows are all there (no `fetch`). */
static inline const void *weir_snapshot_record(const weir_snapshot_t *snapshot,
                                               weir_table_id_t table, size_t i)
{
    return (const char *)snapshot->rows[table].records + i * weir_table(table)->record_size;
}

static inline const weir_iface_t *weir_snapshot_iface(const weir_snapshot_t *snapshot, size_t i)
{
    return (const weir_iface_t *)snapshot->rows[WEIR_TABLE_INTERFACES].records + i;
}

/** Sum the counted interfaces into the snapshot's headline; for who makes a snapshot. */
void weir_headline_sum(weir_snapshot_t *snapshot);
/** Sum what is explained of the counted interfaces, where that is known, into the balance. */
void weir_balance_sum(weir_snapshot_t *snapshot);

#endif
