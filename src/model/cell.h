/*
 * A cell as people read it: the same in the plain table, the terminal and the window.
 */
#ifndef WEIR_MODEL_CELL_H
#define WEIR_MODEL_CELL_H

#include "model/units.h"

typedef struct weir_cell {
    bool time;    /* the value is a moment; else */
    bool numeric; /* number and unit are set and belong right-aligned; else it is text */
    bool zero;    /* a number that is exactly 0: views dim it */
    bool unknown; /* views show a dash, or the mark */
    char mark;    /* '~' first sample, '!' counter reset, '?' lost events, 0 trusted */
    weir_quantity_t quantity;
    weir_value_t value; /* borrowed from the record */
} weir_cell_t;

/** Column `position` of `record`. */
weir_cell_t weir_cell(const weir_table_t *table, size_t position, const void *record,
                      const weir_units_t *units);

/** Whether the column's cells are numeric. */
bool weir_column_is_numeric(const weir_column_t *column);

/** Append a text cell, safe for a terminal. */
void weir_cell_put_text(weir_buf_t *buf, const weir_cell_t *cell, bool utf8);

#endif
