/*
 * A series: one column of one object over time. Sparklines, graphs, means and peaks read series.
 */
#ifndef WEIR_MODEL_SERIES_H
#define WEIR_MODEL_SERIES_H

#include "model/columns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Which column; the headline is the object WEIR_SERIES_HEADLINE. Rings keep the two directions,
 * captures tell both together.
 */
typedef enum weir_series_column {
    WEIR_SERIES_RX_RATE,                   /* [byte/s] */
    WEIR_SERIES_TX_RATE,                   /* [byte/s] */
    WEIR_SERIES_COLUMNS,                   /* directions */
    WEIR_SERIES_RATE = WEIR_SERIES_COLUMNS /* [byte/s] of both directions */
} weir_series_column_t;

#define WEIR_SERIES_HEADLINE UINT64_C(0)

#define WEIR_SERIES_POINTS_MAX ((size_t)1 << 20)

typedef struct weir_series_query {
    weir_table_id_t table; /* that the object is a row of */
    uint64_t object;       /* weir_iface_t.id and the like, or WEIR_SERIES_HEADLINE */
    weir_series_column_t column;
    uint64_t to_ns;   /* [ns] boot time, of a capture since 1970; the last point holds it; 0 = now,
                         or the end of the capture */
    uint64_t step_ns; /* [ns] of one point, a multiple of 1 s */
    size_t count;     /* points wanted, at most WEIR_SERIES_POINTS_MAX */
} weir_series_query_t;

typedef struct weir_point {
    float min, mean, max; /* in the column's unit */
    bool known;           /* false: nothing was measured in this step */
} weir_point_t;

typedef struct weir_series {
    uint64_t from_ns, step_ns; /* [ns] of the first point's begin, in the query's time */
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
    uint64_t max_at_ns; /* [ns] the middle of the highest point, in the series' time */
    size_t known;       /* points that are known; 0: all else is 0 */
} weir_series_summary_t;

weir_series_summary_t weir_series_summarise(const weir_series_t *series);

#endif
