/*
 * A series: one column of one object over time. Sparklines, graphs, means and peaks read series.
 */
#ifndef WEIR_MODEL_SERIES_H
#define WEIR_MODEL_SERIES_H

#include "model/columns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Which column; the headline is the object WEIR_SERIES_HEADLINE. */
typedef enum weir_series_column {
    WEIR_SERIES_RX_RATE, /* [byte/s] */
    WEIR_SERIES_TX_RATE, /* [byte/s] */
    WEIR_SERIES_COLUMNS
} weir_series_column_t;

#define WEIR_SERIES_HEADLINE UINT64_C(0)

typedef struct weir_series_query {
    weir_table_id_t table; /* that the object is a row of */
    uint64_t object;       /* weir_iface_t.id and the like, or WEIR_SERIES_HEADLINE */
    weir_series_column_t column;
    uint64_t to_ns;   /* [ns] boot time; the last point ends here; 0 = now */
    uint64_t step_ns; /* [ns] of one point, a multiple of 1 s */
    size_t count;     /* points wanted */
} weir_series_query_t;

typedef struct weir_point {
    float min, mean, max; /* in the column's unit */
    bool known;           /* false: nothing was measured in this step */
} weir_point_t;

typedef struct weir_series {
    uint64_t from_ns, step_ns; /* [ns] boot time of the first point's begin */
    size_t count;
    weir_point_t *points; /* owned */
} weir_series_t;

static inline void weir_series_done(weir_series_t *series)
{
    free(series->points);
    *series = (weir_series_t){0};
}

/** What a view writes beside a graph. */
typedef struct weir_series_summary {
    double mean, max;   /* over the known points */
    uint64_t max_at_ns; /* [ns] boot time of the middle of the highest point */
    size_t known;       /* points that are known; 0: all else is 0 */
} weir_series_summary_t;

weir_series_summary_t weir_series_summarise(const weir_series_t *series);

#endif
