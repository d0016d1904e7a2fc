#include "detect/sketch.h"

#include <math.h>

double weir_sketch_count(const weir_sketch_t *sketch)
{
    const double m = WEIR_SKETCH_REGISTERS;
    double sum = 0;
    unsigned empty = 0;
    for (unsigned i = 0; i < WEIR_SKETCH_REGISTERS; i++) {
        sum += ldexp(1, -sketch->rank[i]);
        empty += sketch->rank[i] == 0;
    }
    double estimate = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    if (estimate <= 2.5 * m && empty > 0)
        return m * log(m / empty);
    return estimate;
}
