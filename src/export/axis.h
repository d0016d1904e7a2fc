/*
 * Where a graph has its lines: round values and round times, and how they are written.
 */
#ifndef WEIR_EXPORT_AXIS_H
#define WEIR_EXPORT_AXIS_H

#include "model/units.h"

/** Lines at 0, step, 2 * step ... `lines` * step, which is at or above all values. */
typedef struct weir_axis {
    double step; /* in the raw unit of what is shown */
    unsigned lines;
} weir_axis_t;

/** Of rates up to `most` [byte/s]: two to five lines above 0, round in the units that are shown. */
weir_axis_t weir_axis_rates(double most, const weir_units_t *units);
/** "50 Mbit/s"; the value is one of a line. */
void weir_axis_rate_put(weir_buf_t *buf, const weir_units_t *units, double value);

/** [ns] The finest round step of which `span_ns` has at most `most` (> 0). */
uint64_t weir_axis_time_step(uint64_t span_ns, unsigned most);
/** The time of a line [ns since 1970, UTC], as fine as the step: a day, "22:13", "22:13:20.5". */
void weir_axis_time_put(weir_buf_t *buf, int64_t wall_ns, uint64_t step_ns);

#endif
