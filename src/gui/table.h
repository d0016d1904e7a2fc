/*
 * The interface table: a GtkColumnView whose columns come from the catalogue. Only the rows in view
 * are written at a refresh; the others are when they come into view.
 */
#ifndef WEIR_GUI_TABLE_H
#define WEIR_GUI_TABLE_H

#include "gui/feed.h"
#include "gui/settings.h"
#include "gui/table_model.h"

#include <gtk/gtk.h>

/** The id of the column that is no row of the catalogue: the last minute as a picture. */
#define WEIR_COLUMN_HISTORY "history"

typedef struct weir_table_calls {
    void (*open)(void *context, uint64_t id); /* Enter, double click */
    void (*sorted)(void *context);            /* settings->sort or descending has changed */
    void *context;
} weir_table_calls_t;

typedef struct weir_table_view weir_table_view_t;

/** settings are borrowed and written to when a header is clicked; menu is the row's. */
weir_table_view_t *weir_table_view_new(weir_settings_t *settings, const weir_table_calls_t *calls,
                                       GMenuModel *menu);
/** After the widget is gone. */
void weir_table_view_free(weir_table_view_t *table);
/** What to put into a window. */
GtkWidget *weir_table_view_widget(weir_table_view_t *table);
GtkWidget *weir_table_view_focus(weir_table_view_t *table);

/** Show a snapshot (NULL: nothing) of `client`, as far as `filter` (borrowed, NULL: all) lets it.
 */
void weir_table_view_refresh(weir_table_view_t *table, weir_client_t *client,
                             weir_snapshot_t *snapshot, const weir_filter_t *filter);
/** The settings' columns, units or sort have changed. */
void weir_table_view_set_up(weir_table_view_t *table);
void weir_table_view_set_sort(weir_table_view_t *table);

WeirTableModel *weir_table_view_model(weir_table_view_t *table);
/** The selected interface's record in the snapshot that is shown, or NULL. */
const weir_iface_t *weir_table_view_selected(weir_table_view_t *table);

#endif
