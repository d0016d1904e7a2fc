/*
 * How wide each column of a table is, and which ones there is no room for. Widths depend on the
 * terminal and the chosen columns only, never on the rows, so that nothing moves sideways while
 * one scrolls. Pure.
 */
#ifndef WEIR_TUI_LAYOUT_H
#define WEIR_TUI_LAYOUT_H

#include <stddef.h>

#define WEIR_LAYOUT_MAX 64
#define WEIR_LAYOUT_GAP 2

typedef struct weir_slot {
    int least, want, most; /* widths that make sense; equal for numbers */
    int drop;              /* the highest goes first; 0 never goes */
    int width, x;          /* result; width 0: there is no room */
} weir_slot_t;

/** Place `n` slots from column `x` on in `width` columns. */
void weir_layout(weir_slot_t slots[], size_t n, int x, int width);

#endif
