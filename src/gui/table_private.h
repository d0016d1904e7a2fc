/*
 * What the files of the table share.
 */
#ifndef WEIR_GUI_TABLE_PRIVATE_H
#define WEIR_GUI_TABLE_PRIVATE_H

#include "gui/table.h"

typedef struct weir_table_column {
    weir_table_view_t *table;
    int position;              /* in the catalogue; negative: the picture of the last minute */
    GtkColumnViewColumn *view; /* owned by the GtkColumnView */
} weir_table_column_t;

/** One cell that GTK has made; its row changes as GTK reuses it. */
typedef struct weir_table_cell {
    const weir_table_column_t *column;
    GtkListItem *item; /* borrowed; it owns the cell */
    GtkWidget *widget;
} weir_table_cell_t;

struct weir_table_view {
    weir_settings_t *settings; /* borrowed */
    weir_table_calls_t calls;
    GMenuModel *menu; /* a reference */
    WeirTableModel *model;
    GtkSingleSelection *selection;
    GtkColumnView *view;
    GtkWidget *scroller;
    GtkWidget *popover; /* NULL until asked for */
    GHashTable *bound;  /* a set of weir_table_cell_t that show a row */
    weir_table_column_t columns[WEIR_COLUMNS_SHOWN_MAX];
    guint column_count;
    weir_client_t *client;             /* borrowed, of the last refresh */
    const weir_filter_t *filter;       /* borrowed, likewise */
    const weir_table_column_t *probed; /* see table_sort.c */
    bool quiet;                        /* the sorter's changes are ours */
    gint64 pointed_us;                 /* when the pointer last moved over the rows */
};

/** Make the columns that the settings want, instead of those that there are. */
void weir_table_columns_make(weir_table_view_t *table);
/** Write a bound cell anew, or mark it as out of sight. */
void weir_table_cell_write(const weir_table_cell_t *cell, bool seen);
/** Whether the row at `position` is in sight, or nearly. */
bool weir_table_row_seen(const weir_table_view_t *table, guint position);

/** Let header clicks sort; once, when the view exists. */
void weir_table_sort_watch(weir_table_view_t *table);
/** What a column needs for that. */
void weir_table_sort_prepare(weir_table_column_t *column);
/** Show the settings' sort in the header. */
void weir_table_sort_show(weir_table_view_t *table);

#endif
