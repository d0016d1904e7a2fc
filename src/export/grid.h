/*
 * Columns of text for reports: two looks at every cell, one to measure and one to print.
 */
#ifndef WEIR_EXPORT_GRID_H
#define WEIR_EXPORT_GRID_H

#include "export/export.h"

#define WEIR_GRID_COLUMNS 8

typedef struct weir_grid {
    size_t rows, columns;
    unsigned right; /* bits of the columns that are aligned at the right; the others can be cut */
    /** Append the cell's text, safe for a terminal. */
    void (*cell)(const void *context, size_t row, size_t column, weir_buf_t *buf);
    const void *context;
} weir_grid_t;

/** Append the grid, indented by two; of `export` width, utf8 and flush are used. */
void weir_grid_put(weir_buf_t *buf, const weir_export_t *export, const weir_grid_t *grid);

#endif
