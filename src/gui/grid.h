/*
 * A table with as many row widgets as fit into view, whatever the number of rows: each shows the
 * row that is now at its place. A refresh writes their cells and moves nothing, so neither order
 * nor number of rows costs a layout; GtkColumnView keeps some 200 rows of widgets and lays all of
 * them out again whenever the order changes.
 *
 * The header is made of buttons: they take the focus and are pressed by keys and screen readers.
 */
#ifndef WEIR_GUI_GRID_H
#define WEIR_GUI_GRID_H

#include "gui/grid_columns.h"

#include <gtk/gtk.h>

#define WEIR_TYPE_GRID (weir_grid_get_type())
G_DECLARE_FINAL_TYPE(WeirGrid, weir_grid, WEIR, GRID, GtkWidget)

#define WEIR_GRID_NONE (-1)

typedef struct weir_grid_column {
    const char *title, *help; /* borrowed: static */
    unsigned weight;          /* of the room that is left over */
    bool end;                 /* numbers: title and cells stand at the end */
    bool sortable;
} weir_grid_column_t;

typedef struct weir_grid_calls {
    GtkWidget *(*cell)(void *context, guint column);                /* make one, floating */
    void (*write)(void *context, guint row, GtkWidget *first);      /* write the cells of a row;
                                                                       they are siblings */
    void (*sort)(void *context, guint column);                      /* a title was pressed */
    void (*select)(void *context, int row);                         /* WEIR_GRID_NONE: none */
    void (*open)(void *context, guint row);                         /* Enter, double click */
    void (*menu)(void *context, guint row, const GdkRectangle *at); /* in the grid */
} weir_grid_calls_t;

/** calls are borrowed: static. */
GtkWidget *weir_grid_new(const weir_grid_calls_t *calls, void *context);
/** Replace all columns. */
void weir_grid_set_columns(WeirGrid *grid, const weir_grid_column_t *columns, guint count);
/** The column whose title has the arrow, or WEIR_GRID_NONE. */
void weir_grid_set_sort(WeirGrid *grid, int column, bool descending);
/** There are `rows` rows, `selected` of them or WEIR_GRID_NONE is selected, and what is in view is
 * written anew. */
void weir_grid_set_rows(WeirGrid *grid, guint rows, int selected);
/** Rows in view: the first one, and how many. */
guint weir_grid_first(WeirGrid *grid);
guint weir_grid_seen(WeirGrid *grid);
/** Move the view by whole rows: what was written stays until the next weir_grid_set_rows(). */
void weir_grid_shift(WeirGrid *grid, int rows);
void weir_grid_scroll_to_top(WeirGrid *grid);
/** When the pointer last moved over rows [us], monotonic time; negative: never. */
gint64 weir_grid_pointed(WeirGrid *grid);

#endif
