/*
 * What the files of the grid share.
 */
#ifndef WEIR_GUI_GRID_PRIVATE_H
#define WEIR_GUI_GRID_PRIVATE_H

#include "gui/grid.h"

struct _WeirGrid {
    GtkWidget parent_instance;
    const weir_grid_calls_t *calls;
    void *context;
    weir_grid_column_t columns[WEIR_GRID_COLUMNS_MAX];
    int chosen[WEIR_GRID_COLUMNS_MAX]; /* [px] widths that a person dragged, 0: none */
    weir_grid_span_t spans[WEIR_GRID_COLUMNS_MAX];
    guint column_count;
    int total;                /* [px] width of all columns */
    GtkWidget *header, *body; /* body's children are the rows in view, from the top */
    GtkAdjustment *across, *down;
    guint policies[2];
    guint rows, slots; /* there are; are in view */
    guint first;       /* row of the first slot as it was last written */
    int selected;
    int row_height; /* [px]; 0: not known yet */
    int dragged;    /* column whose edge is dragged, or WEIR_GRID_NONE */
    int drag_width; /* [px] its width when that began */
    bool settling;  /* the adjustments' changes are ours */
    gint64 pointed_us;
};

/** A row of cells, or the header: its children stand where the columns do. */
GtkWidget *weir_grid_row_new(const char *css_name);
/** A layout of any width, as high as the highest child. */
GtkLayoutManager *weir_grid_layout_new(GtkCustomAllocateFunc allocate);
/** The width that a column's title and cells want. */
int weir_grid_column_wanted(WeirGrid *grid, guint column);

void weir_grid_header_make(WeirGrid *grid);
void weir_grid_header_fill(WeirGrid *grid);
void weir_grid_input_add(WeirGrid *grid);

/** As many rows as fit; write what they show. */
void weir_grid_slots_fit(WeirGrid *grid, int height);
void weir_grid_slots_write(WeirGrid *grid);
/** Select a row and bring it into view; focus: it takes the focus. */
void weir_grid_select(WeirGrid *grid, int row, bool focus);
/** The row that keys act on: the selected one, or the one with the focus; or WEIR_GRID_NONE. */
int weir_grid_cursor(WeirGrid *grid);
/** Give the focus to a row in view. */
bool weir_grid_row_focus(WeirGrid *grid);
bool weir_grid_has_row_focus(WeirGrid *grid);

#endif
