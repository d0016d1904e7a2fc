/*
 * What a graph computes before it draws: fewer points that keep every peak, round axis ends, times
 * of grid lines.
 */
#ifndef WEIR_GUI_SCALE_H
#define WEIR_GUI_SCALE_H

#include "model/series.h"
#include "model/units.h"

/**
 * Fold the points of a series so that at most `most` + 1 (most > 0) are left; minimum and maximum
 * survive. Folds begin at multiples of the new step, so that they stand still while time goes by.
 * In place.
 */
void weir_scale_fold(weir_series_t *series, size_t most);

/** The round rate [byte/s] at or above `most`, in the units that are shown (1, 2, 5, 10 ...). */
double weir_scale_ceiling(double most, const weir_units_t *units);

/** [s] between grid lines so that at most `lines` of them lie in `span_s`. */
uint32_t weir_scale_time_step(uint32_t span_s, uint32_t lines);

#endif
