/*
 * Where the columns of a grid stand.
 */
#ifndef WEIR_GUI_GRID_COLUMNS_H
#define WEIR_GUI_GRID_COLUMNS_H

#include <stdbool.h>

#define WEIR_GRID_COLUMNS_MAX 64

typedef struct weir_grid_span {
    int x, width; /* [px] */
} weir_grid_span_t;

/**
 * Place columns that want `wanted[i]` px beside each other. What is left of `room` is shared out by
 * `weights[i]`; where there is too little room they stand beyond it. mirrored: from right to left.
 * Returns the width of all, at least `room`.
 */
int weir_grid_columns_place(const int *wanted, const unsigned *weights, unsigned count, int room,
                            bool mirrored, weir_grid_span_t *ret_spans);

/** The column whose trailing edge is within `near` px of x, or -1. */
int weir_grid_columns_edge(const weir_grid_span_t *spans, unsigned count, int x, int near,
                           bool mirrored);

#endif
