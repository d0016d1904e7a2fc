/*
 * One table of the catalogue as a grid: any of them, from any origin.
 */
#ifndef WEIR_GUI_TABLE_H
#define WEIR_GUI_TABLE_H

#include "client/client.h"
#include "gui/filter_bar.h"
#include "gui/settings.h"
#include "gui/table_model.h"

#include <gtk/gtk.h>

/** The id of the column that is no row of the catalogue: the last minute as a picture. */
#define WEIR_COLUMN_HISTORY "history"

typedef struct weir_table_calls {
    void (*open)(void *context);   /* Enter, double click: on the selected row */
    void (*sorted)(void *context); /* the settings' sort or descending has changed */
    void (*shown)(void *context);  /* rows that took long to sort are there now */
    void *context;
} weir_table_calls_t;

typedef struct weir_table_view weir_table_view_t;

/** settings are borrowed and written to when a title is pressed; menu is the row's. */
weir_table_view_t *weir_table_view_new(weir_table_id_t id, weir_settings_t *settings,
                                       const weir_table_calls_t *calls, GMenuModel *menu);
/** After the widget is gone. */
void weir_table_view_free(weir_table_view_t *table);
/** What to put into a window. */
GtkWidget *weir_table_view_widget(weir_table_view_t *table);
/** What takes the focus. */
GtkWidget *weir_table_view_focus(weir_table_view_t *table);

/** Show a snapshot (NULL: nothing) of `client`, as far as `filter` (a reference is kept; NULL: all)
 * lets it. */
void weir_table_view_refresh(weir_table_view_t *table, weir_client_t *client,
                             weir_snapshot_t *snapshot, weir_filter_ref_t *filter);
/** The settings' columns, units or sort have changed. */
void weir_table_view_set_up(weir_table_view_t *table);
void weir_table_view_set_sort(weir_table_view_t *table);

const weir_table_model_t *weir_table_view_model(const weir_table_view_t *table);
/** Whether rows are being sorted in the background. */
bool weir_table_view_is_busy(const weir_table_view_t *table);
/** The place of the selected row in the model, or -1. */
int weir_table_view_selected(const weir_table_view_t *table);

#endif
