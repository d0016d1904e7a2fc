/*
 * What the files of the table share.
 */
#ifndef WEIR_GUI_TABLE_PRIVATE_H
#define WEIR_GUI_TABLE_PRIVATE_H

#include "client/client.h"
#include "gui/grid.h"
#include "gui/table.h"

#define WEIR_POSITION_HISTORY (-1)

typedef struct weir_order_job weir_order_job_t;

struct weir_table_view {
    weir_table_id_t id;
    weir_settings_t *settings; /* borrowed */
    weir_table_calls_t calls;
    GMenuModel *menu; /* a reference */
    weir_table_model_t model;
    WeirGrid *grid; /* owned by the scroller */
    GtkWidget *scroller;
    GtkWidget *popover;                    /* NULL until asked for */
    int positions[WEIR_COLUMNS_SHOWN_MAX]; /* in the catalogue, or WEIR_POSITION_HISTORY */
    guint column_count;
    uint64_t wanted;           /* bits of the columns that are shown */
    uint64_t selected;         /* key, 0: none */
    weir_client_t *client;     /* borrowed, of the last refresh */
    weir_snapshot_t *snapshot; /* a reference: what was asked to be shown last */
    weir_filter_ref_t *filter; /* a reference, likewise */
    GCancellable *job;         /* of the order that is being made; NULL: none is */
};

/** A cell of a column, and what it shows of a record. */
GtkWidget *weir_table_cell_new(const weir_table_view_t *table, guint column);
void weir_table_cell_write(const weir_table_view_t *table, guint column, GtkWidget *cell,
                           const void *record);
const char *weir_table_column_title(const weir_table_view_t *table, guint column);

/** Select and sort what was asked for last; at once, or, for many rows, in the background. */
void weir_table_order_make(weir_table_view_t *table, bool hold);
void weir_table_order_cancel(weir_table_view_t *table);
/** Show `selection` (taken) of `snapshot`. */
void weir_table_order_show(weir_table_view_t *table, weir_snapshot_t *snapshot,
                           weir_selection_t *selection, bool hold);

#endif
