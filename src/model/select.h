/*
 * Which rows of a table a view shows, and in which order.
 */
#ifndef WEIR_MODEL_SELECT_H
#define WEIR_MODEL_SELECT_H

#include "model/filter.h"
#include "model/snapshot.h"

#define WEIR_SORT_NONE (-1)

typedef struct weir_query {
    weir_table_id_t table;
    const weir_filter_t *filter; /* NULL: all rows */
    int sort;                    /* a column's position, or WEIR_SORT_NONE: the table's own order */
    bool descending;
    size_t limit;              /* 0: no limit */
    const atomic_bool *cancel; /* another thread sets it to end early; NULL: nobody does */
} weir_query_t;

typedef struct weir_selection {
    uint32_t *rows; /* owned: positions in the snapshot's table, in order */
    size_t count;
    uint64_t matched; /* rows that the filter let through, before the limit */
} weir_selection_t;

/**
 * Select from `snapshot`. Equal rows keep the table's own order, in which the interface with the
 * default route comes first; unknown values come last in either direction. Returns 0, -ENOMEM or
 * -ECANCELED. Any thread.
 */
WEIR_NODISCARD int weir_select(const weir_snapshot_t *snapshot, const weir_query_t *query,
                               weir_selection_t *ret_selection);
static inline void weir_selection_done(weir_selection_t *selection)
{
    free(selection->rows);
    *selection = (weir_selection_t){0};
}

/**
 * A sort as people write it: "rx_bytes", "-rx_bytes" (descending). Returns 0 with the column's
 * position, or -ENOENT.
 */
WEIR_NODISCARD int weir_sort_parse(const weir_table_t *table, const char *text, int *ret_sort,
                                   bool *ret_descending);

#endif
