#include "model/report.h"

#include "model/units.h"

#include <math.h>

/* "42 %, 3.41 M packets, 5.10 M/s, 2.0 s left" */
void weir_reading_put(weir_buf_t *buf, const weir_reading_progress_t *progress, uint64_t passed_ns)
{
    double packets = (double)atomic_load(&progress->packets);
    double position = (double)atomic_load(&progress->position);
    double size = (double)atomic_load(&progress->size);
    double passed_s = (double)passed_ns / 1e9;
    bool share_known = size > 0 && position <= size;
    if (share_known) {
        weir_quantity_put(buf, &WEIR_UNITS_DEFAULT, WEIR_UNIT_SHARE, position / size);
        weir_buf_puts(buf, ", ");
    }
    weir_quantity_put(buf, &WEIR_UNITS_DEFAULT, WEIR_UNIT_COUNT, packets);
    weir_buf_puts(buf, " packets, ");
    if (passed_s > 0)
        weir_quantity_put(buf, &WEIR_UNITS_DEFAULT, WEIR_UNIT_COUNT_PER_SECOND, packets / passed_s);
    if (!share_known || position <= 0)
        return;
    weir_buf_puts(buf, ", ");
    weir_duration_put(buf, (uint64_t)llround((size - position) / position * (double)passed_ns));
    weir_buf_puts(buf, " left");
}
