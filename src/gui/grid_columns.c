#include "gui/grid_columns.h"

#include <stdlib.h>

int weir_grid_columns_place(const int *wanted, const unsigned *weights, unsigned count, int room,
                            bool mirrored, weir_grid_span_t *ret_spans)
{
    int all = 0;
    unsigned weight = 0;
    for (unsigned i = 0; i < count; i++) {
        all += wanted[i];
        weight += weights[i];
    }
    int spare = room > all ? room - all : 0;
    int total = all + spare;
    int x = 0;
    for (unsigned i = 0; i < count; i++) {
        /* of what is still there, so that nothing is lost to rounding */
        int part = weight ? (int)((long long)spare * weights[i] / weight) : 0;
        spare -= part;
        weight -= weights[i];
        int width = wanted[i] + part;
        ret_spans[i] = (weir_grid_span_t){mirrored ? total - x - width : x, width};
        x += width;
    }
    return total;
}

int weir_grid_columns_edge(const weir_grid_span_t *spans, unsigned count, int x, int near,
                           bool mirrored)
{
    for (unsigned i = 0; i < count; i++) {
        int edge = spans[i].x + (mirrored ? 0 : spans[i].width);
        if (abs(edge - x) <= near)
            return (int)i;
    }
    return -1;
}
