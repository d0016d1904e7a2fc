/*
 * Series as characters: braille graphs, sparklines and bars, with ASCII in place of each. Pure.
 */
#ifndef WEIR_TUI_GRAPH_H
#define WEIR_TUI_GRAPH_H

#include "base/buf.h"
#include "model/series.h"

#define WEIR_GRAPH_UNKNOWN (-1.0F)
#define WEIR_GRAPH_MAX 1024 /* values that a line of a graph has at most */

/**
 * The series in `n` values, oldest first: the highest point of each part, so that a burst stays
 * visible; WEIR_GRAPH_UNKNOWN where nothing was measured.
 */
void weir_graph_resample(const weir_series_t *series, size_t n, float values[]);

/** A graph of `lines` lines; `max` is the value at its top. */
typedef struct weir_graph {
    const float *values; /* with braille two for each cell, in ASCII one */
    size_t cells;
    double max;
    unsigned lines;
    bool braille;
} weir_graph_t;

/** Append line `line` of the graph, 0 at the top. What is known and 0 is drawn as the axis. */
void weir_graph_put(weir_buf_t *buf, const weir_graph_t *graph, unsigned line);

/** Append `n` values as a sparkline, one column each, scaled to `max`. */
void weir_graph_put_spark(weir_buf_t *buf, const float values[], size_t n, double max, bool blocks);

/** Append a bar that fills `share` (0 .. 1) of `cells` columns. */
void weir_graph_put_bar(weir_buf_t *buf, double share, size_t cells, bool blocks);

#endif
