/*
 * Pictures as SVG inside of HTML: without script, in the colours that the page's style gives their
 * classes, and as wide as the page lets them be. Only lines and areas stretch, never a letter.
 */
#ifndef WEIR_EXPORT_CHART_H
#define WEIR_EXPORT_CHART_H

#include "model/report.h"
#include "model/units.h"

/** "TCP", "no IP": what a part is called, and the class that gives it its colour. */
const char *weir_chart_part_name(weir_traffic_part_t part);
const char *weir_chart_part_class(weir_traffic_part_t part);

/**
 * Traffic over time, stacked; traffic->count > 0. A line above the stack is the busiest bin of each
 * step, where a step has more than one. Between the two calls comes, as markup, what the graph says
 * to who does not see it.
 */
void weir_chart_begin(weir_buf_t *buf);
void weir_chart_traffic(weir_buf_t *buf, const weir_traffic_t *traffic, const weir_units_t *units);

/** One part of a bar, and the class of its colour. */
typedef struct weir_chart_piece {
    const char *class_name;
    double value;
} weir_chart_piece_t;

/** A bar of `whole`, which its pieces fill from the left. It says nothing that is not beside it. */
void weir_chart_bar(weir_buf_t *buf, const weir_chart_piece_t *pieces, size_t count, double whole);

#endif
