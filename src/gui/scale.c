#include "gui/scale.h"

static void point_fold(weir_point_t *sum, const weir_point_t *point)
{
    if (!sum->known) {
        *sum = *point;
        return;
    }
    sum->min = point->min < sum->min ? point->min : sum->min;
    sum->max = point->max > sum->max ? point->max : sum->max;
}

/* The points of one fold; their mean is the mean of those known. */
static weir_point_t points_fold(const weir_point_t *points, size_t n)
{
    weir_point_t sum = {0};
    double total = 0;
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        if (!points[i].known)
            continue;
        point_fold(&sum, &points[i]);
        total += (double)points[i].mean;
        known++;
    }
    if (known)
        sum.mean = (float)(total / (double)known);
    return sum;
}

void weir_scale_fold(weir_series_t *series, size_t most)
{
    if (series->count <= most)
        return;
    size_t stride = (series->count + most - 1) / most;
    uint64_t step_ns = series->step_ns * stride;
    size_t lead = (size_t)(series->from_ns % step_ns / series->step_ns); /* missing in the first */
    size_t n = 0;
    for (size_t at = 0; at < series->count; n++) {
        size_t length = n ? stride : stride - lead;
        if (length > series->count - at)
            length = series->count - at;
        series->points[n] = points_fold(series->points + at, length); /* n <= at */
        at += length;
    }
    series->from_ns -= lead * series->step_ns;
    series->step_ns = step_ns;
    series->count = n;
}

double weir_scale_ceiling(double most, const weir_units_t *units)
{
    static const double steps[] = {1, 2, 5, 10, 20, 50, 100, 200, 500};
    double measure = units->rates == WEIR_BITS ? 8 : 1;
    double base = units->base == WEIR_SI ? 1000 : 1024;
    double value = most * measure;
    double prefix = base; /* below 1 k there is nothing worth a line */
    while (value > prefix * base && prefix < 1e21)
        prefix *= base;
    for (size_t i = 0; i < WEIR_COUNT(steps); i++)
        if (value <= steps[i] * prefix)
            return steps[i] * prefix / measure;
    return prefix * base / measure;
}

uint32_t weir_scale_time_step(uint32_t span_s, uint32_t lines)
{
    static const uint32_t steps[] = {5,   10,   15,   30,   60,    120,   300,  600,
                                     900, 1800, 3600, 7200, 10800, 21600, 43200};
    for (size_t i = 0; i < WEIR_COUNT(steps); i++)
        if (span_s / steps[i] <= lines)
            return steps[i];
    return 86400;
}
