/*
 * What a table shows beyond its columns: data where that will do, else functions over its records.
 * One renderer draws all tables; ids of columns that the catalogue does not have are passed over.
 */
#ifndef WEIR_TUI_VIEW_H
#define WEIR_TUI_VIEW_H

#include "client/client.h"
#include "model/units.h"

#define WEIR_VIEW_HISTORY 255 /* the sparkline, in place of a column's position */
#define WEIR_VIEW_COLUMNS_MAX 64
#define WEIR_VIEW_QUIET_NS (60 * WEIR_NS_PER_S) /* idle is who was silent for so long */

/** Title of a column where the catalogue's is not the best on a terminal. */
typedef struct weir_view_title {
    const char *id, *utf8, *ascii;
} weir_view_title_t;

/** How wide a text column is, where the catalogue's width is not the best on a terminal. */
typedef struct weir_view_width {
    const char *id;
    int least, want, most;
    bool sentence; /* cut at its end, not in the middle */
} weir_view_width_t;

/** Counters of a record that a view watches. */
typedef struct weir_view_counters {
    uint64_t rx_bytes, tx_bytes, errors, dropped;
} weir_view_counters_t;

typedef struct weir_view_detail {
    weir_client_t *client;
    const weir_snapshot_t *snapshot;
    const weir_units_t *units;
    bool utf8;
} weir_view_detail_t;

/** A line of an opened row: what it is about, and ids of its columns with spaces between them. */
typedef struct weir_view_line {
    const char *label, *columns;
} weir_view_line_t;

typedef struct weir_view {
    const char *const *columns; /* ids in their order, "history" is the sparkline; NULL at the end;
                                   NULL: as the catalogue places them */
    const char *const *drops;   /* ids that go where there is no room, the last one first; NULL at
                                   the end; they all go before others do */
    const char *const *live;    /* ids that a capture cannot tell, NULL at the end */
    const char *name_column;    /* which column names the row */
    const char *const *keys;    /* ids of the columns that name a record across snapshots, NULL at
                                   the end; `id` stands before them */
    const char *capture_sort;   /* usual order in a capture, "-bytes"; NULL: the table's own */
    const weir_view_title_t *titles;
    size_t title_count;
    const weir_view_width_t *widths;
    size_t width_count;
    const weir_view_line_t *lines; /* of an opened row; known columns in none of them come last */
    size_t line_count;
    const char *group; /* what the group at the end holds; NULL: rows are not grouped */
    /** Names the record across snapshots. */
    uint64_t (*id)(const void *record);
    /** Whether it carried traffic before the first look. NULL: no. */
    bool (*was_active)(const void *record);
    /** Whether it belongs to the group at the end. */
    bool (*is_quiet)(const void *record, bool active);
    /** NULL: rx_bytes and tx_bytes, if the table has them. */
    void (*counters)(const void *record, weir_view_counters_t *ret_counters);
    /** Append what stands beside the name, safe for a terminal. NULL: nothing. */
    void (*note)(weir_buf_t *buf, const void *record, bool utf8);
    /** Whether the row is drawn dim: switched off. */
    bool (*is_off)(const void *record);
    /**
     * Append what the opened row tells: lines of "label\tpart\tpart...", safe for a terminal. NULL:
     * `lines`.
     */
    void (*details)(weir_buf_t *buf, const void *record, const weir_view_detail_t *detail);
    /** The larger of two shares, for bars. */
    double (*use)(const void *record, bool *ret_known);
    /**
     * Append the filter that selects the record's flows. Returns NULL, or why there are none.
     * NULL: such records have no flows.
     */
    const char *(*flows)(weir_buf_t *filter, const void *record);
} weir_view_t;

const weir_view_t *weir_view(weir_table_id_t table);
extern const weir_view_t WEIR_VIEW_INTERFACES, WEIR_VIEW_APPS, WEIR_VIEW_HOSTS, WEIR_VIEW_FLOWS,
    WEIR_VIEW_PROTOCOLS, WEIR_VIEW_FINDINGS;

/** Names a record across snapshots; never 0. */
uint64_t weir_view_id(weir_table_id_t table, const void *record);
/** Append what to call a record, safe for a terminal. */
void weir_view_name_put(weir_buf_t *buf, weir_table_id_t table, const void *record, bool utf8);
/** Append a text as the filter language quotes it. */
void weir_view_quote(weir_buf_t *filter, const char *text);
/** Zero where the table has none. */
weir_view_counters_t weir_view_counters(weir_table_id_t table, const void *record);
/** Whether totals of the table can be counted from a later moment on. */
bool weir_view_has_counters(weir_table_id_t table);
void weir_view_details_put(weir_buf_t *buf, weir_table_id_t table, const void *record,
                           const weir_view_detail_t *detail);

/** Position of a column, or WEIR_VIEW_HISTORY, or -ENOENT. */
int weir_view_column_find(weir_table_id_t table, const char *id);
const char *weir_view_column_id(weir_table_id_t table, uint8_t column);
const char *weir_view_column_title(weir_table_id_t table, uint8_t column, bool utf8);
/** The usual columns; returns how many. */
size_t weir_view_default_columns(weir_table_id_t table,
                                 uint8_t columns[static WEIR_VIEW_COLUMNS_MAX]);

#endif
