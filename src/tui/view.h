/*
 * What a table shows beyond its columns, as functions over its records. One renderer draws all
 * tables; a table without a view of its own gets the plain one.
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

typedef struct weir_view {
    const char *const *columns; /* ids in their order, "history" is the sparkline; NULL at the end;
                                   NULL: as the catalogue places them */
    const weir_view_title_t *titles;
    size_t title_count;
    const char *group; /* what the group at the end holds; NULL: rows are not grouped */
    /** Names the record across snapshots. */
    uint64_t (*id)(const void *record);
    /** What to call it; not safe for a terminal. */
    const char *(*name)(const void *record);
    /** Whether it carried traffic before the first look. NULL: no. */
    bool (*was_active)(const void *record);
    /** Whether it belongs to the group at the end. */
    bool (*is_quiet)(const void *record, bool active);
    /** NULL: none. */
    void (*counters)(const void *record, weir_view_counters_t *ret_counters);
    /** Append what stands beside the name, safe for a terminal. NULL: nothing. */
    void (*note)(weir_buf_t *buf, const void *record, bool utf8);
    /** Whether the row is drawn dim: switched off. */
    bool (*is_off)(const void *record);
    /**
     * Append what the opened row tells: lines of "label\tpart\tpart...", safe for a terminal.
     */
    void (*details)(weir_buf_t *buf, const void *record, const weir_view_detail_t *detail);
    /** The larger of two shares, for bars. */
    double (*use)(const void *record, bool *ret_known);
} weir_view_t;

const weir_view_t *weir_view(weir_table_id_t table);
extern const weir_view_t WEIR_VIEW_INTERFACES;

/** Position of a column, or WEIR_VIEW_HISTORY, or -ENOENT. */
int weir_view_column_find(weir_table_id_t table, const char *id);
const char *weir_view_column_id(weir_table_id_t table, uint8_t column);
const char *weir_view_column_title(weir_table_id_t table, uint8_t column, bool utf8);
/** The usual columns; returns how many. */
size_t weir_view_default_columns(weir_table_id_t table,
                                 uint8_t columns[static WEIR_VIEW_COLUMNS_MAX]);

#endif
