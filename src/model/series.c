#include "model/series.h"

weir_series_summary_t weir_series_summarise(const weir_series_t *series)
{
    weir_series_summary_t summary = {0};
    double sum = 0;
    for (size_t i = 0; i < series->count; i++) {
        const weir_point_t *point = &series->points[i];
        if (!point->known)
            continue;
        sum += (double)point->mean;
        summary.known++;
        if ((double)point->max > summary.max || summary.known == 1) {
            summary.max = (double)point->max;
            summary.max_at_ns = series->from_ns + i * series->step_ns + series->step_ns / 2;
        }
    }
    if (summary.known)
        summary.mean = sum / (double)summary.known;
    return summary;
}
