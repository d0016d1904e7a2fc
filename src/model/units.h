/*
 * Numbers as people read them: three significant digits and the unit apart, so that a view can
 * align both. The same in every view.
 */
#ifndef WEIR_MODEL_UNITS_H
#define WEIR_MODEL_UNITS_H

#include "model/columns.h"

typedef enum weir_measure { WEIR_BITS, WEIR_BYTES } weir_measure_t;
typedef enum weir_base { WEIR_SI, WEIR_IEC } weir_base_t;

/** Rates and amounts are set apart; the usual choice is rates in bits, amounts in bytes, SI. */
typedef struct weir_units {
    weir_measure_t rates, amounts;
    weir_base_t base;
} weir_units_t;

#define WEIR_UNITS_DEFAULT                                                                         \
    ((weir_units_t){.rates = WEIR_BITS, .amounts = WEIR_BYTES, .base = WEIR_SI})

/** number "4.21", unit "Mbit/s"; both empty for what is no number or larger than any counter. */
typedef struct weir_quantity {
    char number[24]; /* an int64_t, or a uint64_t, at most */
    char unit[12];
} weir_quantity_t;

/** `value` in the column's raw unit (bytes, bytes per second, ...). */
weir_quantity_t weir_quantity(const weir_units_t *units, weir_unit_t unit, double value);

/** "4.21 Mbit/s"; appends. */
void weir_quantity_put(weir_buf_t *buf, const weir_units_t *units, weir_unit_t unit, double value);

/** "1,234,567": an exact count, digits in groups of three; appends. */
void weir_count_put(weir_buf_t *buf, uint64_t count);

/** Widest number and unit of a quantity of this kind, for a view's layout. */
size_t weir_quantity_number_width(void);
size_t weir_quantity_unit_width(const weir_units_t *units, weir_unit_t unit);

/** "1.5 s", "250 ms", "2 min": a duration; appends. */
void weir_duration_put(weir_buf_t *buf, uint64_t ns);

#endif
