/*
 * What a graph shows, and its painting: download above the axis, upload below, each with its own
 * scale, whose end is written on it.
 */
#ifndef WEIR_GUI_GRAPH_VIEW_H
#define WEIR_GUI_GRAPH_VIEW_H

#include "model/series.h"
#include "model/units.h"

#include <gtk/gtk.h>

typedef struct weir_graph_view {
    weir_series_t series[WEIR_SERIES_COLUMNS]; /* owned */
    double ceiling[WEIR_SERIES_COLUMNS];       /* [byte/s] end of the scale */
    double peak[WEIR_SERIES_COLUMNS];          /* [byte/s] highest point */
    uint64_t to_ns, span_ns;                   /* [ns] boot time of the right edge; width */
    int64_t wall_offset_ns;                    /* wall time minus boot time */
    weir_units_t units;
    bool single;  /* one series above an axis at the bottom: no directions */
    bool small;   /* no labels */
    double hover; /* [px] from the left, negative: the pointer is elsewhere */
} weir_graph_view_t;

void weir_graph_view_done(weir_graph_view_t *view);
/** The point below `x` [px] of `width`; -1: none is known there. */
int weir_graph_view_point(const weir_graph_view_t *view, double x, int width);
/** "12:03:58   ↓ 4.21 Mbit/s   ↑ 1.1 Mbit/s" of a point; the caller's. */
char *weir_graph_view_words(const weir_graph_view_t *view, size_t point);
void weir_graph_view_paint(const weir_graph_view_t *view, GtkWidget *widget, GtkSnapshot *snapshot);

#endif
