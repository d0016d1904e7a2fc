#include "export/axis.h"

#include "base/clock.h"

#include <math.h>
#include <string.h>

#define LINES_WANTED 4
#define MINUTE_NS (60 * WEIR_NS_PER_S)
#define DAY_NS (86400 * WEIR_NS_PER_S)

weir_axis_t weir_axis_rates(double most, const weir_units_t *units)
{
    static const double nice[] = {1, 2, 5, 10};
    double measure = units->rates == WEIR_BITS ? 8 : 1;
    double base = units->base == WEIR_SI ? 1000 : 1024;
    double shown = most > 0 && isfinite(most) ? most * measure : 1;
    double prefix = 1;
    while (shown >= prefix * base)
        prefix *= base;
    double rough = shown / prefix / LINES_WANTED;
    double power = pow(10, floor(log10(rough)));
    size_t i = 0;
    while (i + 1 < WEIR_COUNT(nice) && nice[i] * power < rough)
        i++;
    double step = nice[i] * power * prefix;
    unsigned lines = (unsigned)ceil(shown / step * (1 - 1e-12));
    return (weir_axis_t){.step = step / measure, .lines = lines};
}

void weir_axis_rate_put(weir_buf_t *buf, const weir_units_t *units, double value)
{
    weir_quantity_t q = weir_quantity(units, WEIR_UNIT_BYTES_PER_SECOND, value);
    size_t n = strlen(q.number);
    if (strchr(q.number, '.')) {
        while (q.number[n - 1] == '0')
            n--;
        n -= q.number[n - 1] == '.';
    }
    weir_buf_put(buf, q.number, n);
    if (value > 0)
        weir_buf_printf(buf, "\u00a0%s", q.unit);
}

uint64_t weir_axis_time_step(uint64_t span_ns, unsigned most)
{
    static const uint32_t nice_ms[] = {
        1,      2,      5,       10,      20,      50,       100,      200,      500,
        1000,   2000,   5000,    10000,   15000,   30000,    60000,    120000,   300000,
        600000, 900000, 1800000, 3600000, 7200000, 10800000, 21600000, 43200000, 86400000};
    for (size_t i = 0; i < WEIR_COUNT(nice_ms); i++)
        if (span_ns / (nice_ms[i] * WEIR_NS_PER_MS) <= most)
            return nice_ms[i] * WEIR_NS_PER_MS;
    static const uint32_t nice_days[] = {2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000};
    for (size_t i = 0; i < WEIR_COUNT(nice_days); i++)
        if (span_ns / (nice_days[i] * DAY_NS) <= most)
            return nice_days[i] * DAY_NS;
    return 10000 * DAY_NS;
}

void weir_axis_time_put(weir_buf_t *buf, int64_t wall_ns, uint64_t step_ns)
{
    char text[WEIR_TIME_TEXT_SIZE];      /* "2026-01-02T03:04:05.678Z" */
    (void)weir_time_text(wall_ns, text); /* of fixed length */
    bool midnight = wall_ns % (int64_t)DAY_NS == 0;
    if (step_ns >= DAY_NS || (step_ns >= MINUTE_NS && midnight))
        weir_buf_put(buf, text, 10);
    else if (step_ns >= MINUTE_NS)
        weir_buf_put(buf, text + 11, 5);
    else if (step_ns >= WEIR_NS_PER_S)
        weir_buf_put(buf, text + 11, 8);
    else
        weir_buf_put(buf, text + 11,
                     step_ns >= 100 * WEIR_NS_PER_MS  ? 10
                     : step_ns >= 10 * WEIR_NS_PER_MS ? 11
                                                      : 12);
}
