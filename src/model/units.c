#include "model/units.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

#define NUMBER_WIDTH 4 /* "1023", "4.21" */

/* Three significant digits: 4.21, 42.1, 421. What rounding carries over the edge counts as above.
 */
static unsigned decimals_for(double size)
{
    return round(size * 100) < 1000 ? 2 : round(size * 10) < 1000 ? 1 : 0;
}

static void text_set(char *to, size_t size, const char *from, size_t n)
{
    n = n < size - 1 ? n : size - 1;
    memcpy(to, from, n);
    to[n] = '\0';
}

/* `value` with exactly `decimals` (0 to 2) digits after the point; left empty above 64 bits. */
static void number_set(weir_quantity_t *q, double value, unsigned decimals)
{
    static const uint64_t powers[] = {1, 10, 100};
    double scaled = round(fabs(value) * (double)powers[decimals]);
    if (!(scaled <= 0x1p64))
        return;
    uint64_t all = scaled < 0x1p64 ? (uint64_t)scaled : UINT64_MAX; /* 2^64 - 1 as a double */
    char digits[WEIR_NUMBER_TEXT_SIZE];
    size_t n = weir_number_digits(all / powers[decimals], digits);
    char *to = q->number;
    if (value < 0 && all)
        *to++ = '-';
    memcpy(to, digits, n);
    to += n;
    if (decimals)
        *to++ = '.';
    uint64_t rest = all % powers[decimals];
    for (unsigned place = decimals; place-- > 0; rest %= powers[place])
        *to++ = (char)('0' + (char)(rest / powers[place]));
    *to = '\0';
}

static const char *const SI_PREFIXES[] = {"", "k", "M", "G", "T", "P", "E", "Z"};
static const char *const IEC_PREFIXES[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi"};

/* `whole`: below the first prefix the value is a count and has no decimals. */
static void scaled_set(weir_quantity_t *q, double value, weir_base_t base, bool whole,
                       const char *suffix)
{
    const char *const *prefixes = base == WEIR_SI ? SI_PREFIXES : IEC_PREFIXES;
    double step = base == WEIR_SI ? 1000.0 : 1024.0;
    double size = fabs(value);
    size_t power = 0;
    while (size >= step - 0.5 && power + 1 < WEIR_COUNT(SI_PREFIXES)) {
        size /= step;
        power++;
    }
    if (size >= step - 0.5)
        return; /* no prefix is large enough */
    unsigned decimals = decimals_for(size);
    if (power == 0 && (whole || size <= floor(size)))
        decimals = 0;
    number_set(q, value < 0 ? -size : size, decimals);
    size_t n = strlen(prefixes[power]);
    text_set(q->unit, sizeof(q->unit), prefixes[power], n);
    text_set(q->unit + n, sizeof(q->unit) - n, suffix, strlen(suffix));
}

static void traffic_set(weir_quantity_t *q, const weir_units_t *units, double value, bool rate)
{
    weir_measure_t measure = rate ? units->rates : units->amounts;
    if (measure == WEIR_BITS)
        scaled_set(q, value * 8, units->base, !rate, rate ? "bit/s" : "bit");
    else
        scaled_set(q, value, units->base, !rate, rate ? "B/s" : "B");
}

/* Speeds of links are round by nature: 1 Gbit/s, 2.5 Gbit/s. */
static void zeros_trim(weir_quantity_t *q)
{
    if (!strchr(q->number, '.'))
        return;
    size_t n = strlen(q->number);
    while (q->number[n - 1] == '0')
        n--;
    if (q->number[n - 1] == '.')
        n--;
    q->number[n] = '\0';
}

/* One decimal below ten, so that a busy-ish link is no "0 %". */
static void share_set(weir_quantity_t *q, double value)
{
    double percent = value * 100;
    bool small = fabs(percent) > 0 && round(fabs(percent) * 10) < 100;
    number_set(q, percent, small ? 1 : 0);
    text_set(q->unit, sizeof(q->unit), "%", 1);
}

weir_quantity_t weir_quantity(const weir_units_t *units, weir_unit_t unit, double value)
{
    weir_quantity_t q = {0};
    if (!isfinite(value))
        return q;
    switch (unit) {
    case WEIR_UNIT_BYTES:
        traffic_set(&q, units, value, false);
        break;
    case WEIR_UNIT_BYTES_PER_SECOND:
        traffic_set(&q, units, value, true);
        break;
    case WEIR_UNIT_BITS_PER_SECOND:
        scaled_set(&q, value, WEIR_SI, true, "bit/s");
        zeros_trim(&q);
        break;
    case WEIR_UNIT_COUNT:
        scaled_set(&q, value, WEIR_SI, true, "");
        break;
    case WEIR_UNIT_COUNT_PER_SECOND:
        scaled_set(&q, value, WEIR_SI, false, "/s");
        break;
    case WEIR_UNIT_SHARE:
        share_set(&q, value);
        break;
    case WEIR_UNIT_MILLISECONDS:
        number_set(&q, value, fabs(value) > 0 ? decimals_for(fabs(value)) : 0);
        text_set(q.unit, sizeof(q.unit), "ms", 2);
        break;
    case WEIR_UNIT_OCTETS:
        number_set(&q, value, 0);
        text_set(q.unit, sizeof(q.unit), "B", 1);
        break;
    case WEIR_UNIT_NONE:
    case WEIR_UNIT_TIME:
        number_set(&q, value, 0);
        break;
    }
    return q.number[0] ? q : (weir_quantity_t){0};
}

void weir_quantity_put(weir_buf_t *buf, const weir_units_t *units, weir_unit_t unit, double value)
{
    weir_quantity_t q = weir_quantity(units, unit, value);
    weir_buf_puts(buf, q.number);
    if (q.unit[0]) {
        weir_buf_putc(buf, ' ');
        weir_buf_puts(buf, q.unit);
    }
}

void weir_count_put(weir_buf_t *buf, uint64_t count)
{
    char digits[WEIR_NUMBER_TEXT_SIZE];
    size_t n = weir_number_digits(count, digits);
    for (size_t i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            weir_buf_putc(buf, ',');
        weir_buf_putc(buf, digits[i]);
    }
}

size_t weir_quantity_number_width(void)
{
    return NUMBER_WIDTH;
}

size_t weir_quantity_unit_width(const weir_units_t *units, weir_unit_t unit)
{
    size_t prefix = units->base == WEIR_IEC ? 2 : 1;
    switch (unit) {
    case WEIR_UNIT_BYTES:
        return prefix + (units->amounts == WEIR_BITS ? 3 : 1);
    case WEIR_UNIT_BYTES_PER_SECOND:
        return prefix + (units->rates == WEIR_BITS ? 5 : 3);
    case WEIR_UNIT_BITS_PER_SECOND:
        return 6;
    case WEIR_UNIT_COUNT:
    case WEIR_UNIT_SHARE:
    case WEIR_UNIT_OCTETS:
        return 1;
    case WEIR_UNIT_COUNT_PER_SECOND:
        return 3;
    case WEIR_UNIT_MILLISECONDS:
        return 2;
    case WEIR_UNIT_NONE:
    case WEIR_UNIT_TIME:
        break;
    }
    return 0;
}

void weir_duration_put(weir_buf_t *buf, uint64_t ns)
{
    if (ns < 999500000) { /* no "1000 ms" */
        weir_number_put_real(buf, (double)ns / 1e6, ns < 10000000 ? 1 : 0);
        weir_buf_puts(buf, " ms");
    } else if (ns < UINT64_C(120000000000)) {
        weir_number_put_real(buf, (double)ns / 1e9, 1);
        weir_buf_puts(buf, " s");
    } else if (ns < UINT64_C(7200000000000)) {
        weir_number_put_real(buf, (double)ns / 60e9, 1);
        weir_buf_puts(buf, " min");
    } else if (ns < UINT64_C(172800000000000)) {
        weir_number_put_real(buf, (double)ns / 3600e9, 1);
        weir_buf_puts(buf, " h");
    } else {
        weir_number_put_real(buf, (double)ns / 86400e9, 1);
        weir_buf_puts(buf, " days");
    }
}
