#include "gui/table_private.h"

#include "gui/spark.h"
#include "gui/text.h"
#include "gui/words.h"
#include "model/cell.h"

#include <glib/gi18n.h>
#include <string.h>

#define POINTED_US ((gint64)2 * G_USEC_PER_SEC) /* rows hold still that long after the pointer */

/* ---- Showing an order ------------------------------------------------------------------------ */

/* What stays where it is in the view while rows change places. */
typedef struct anchor {
    uint64_t key;  /* 0: the view stays where it is */
    int place;     /* of the key before */
    bool selected; /* followed however far it goes */
} anchor_t;

static anchor_t anchor_find(const weir_table_view_t *table)
{
    int first = (int)weir_grid_first(table->grid);
    int seen = (int)weir_grid_seen(table->grid);
    if (first == 0)
        return (anchor_t){0};
    int place = weir_table_model_place(&table->model, table->selected);
    if (place >= first && place < first + seen)
        return (anchor_t){table->selected, place, true};
    return (anchor_t){weir_table_model_key(&table->model, (uint32_t)first), first, false};
}

static void anchor_hold(const weir_table_view_t *table, const anchor_t *anchor)
{
    int place = weir_table_model_place(&table->model, anchor->key);
    int step = place - anchor->place;
    if (place < 0 || step == 0)
        return;
    if (anchor->selected || ABS(step) <= (int)weir_grid_seen(table->grid))
        weir_grid_shift(table->grid, step);
}

static void rows_show(weir_table_view_t *table)
{
    weir_grid_set_rows(table->grid, table->model.count,
                       weir_table_model_place(&table->model, table->selected));
}

void weir_table_order_show(weir_table_view_t *table, weir_snapshot_t *snapshot,
                           weir_selection_t *selection, bool hold)
{
    anchor_t anchor = anchor_find(table);
    if (weir_table_model_set(&table->model, snapshot, selection, hold) < 0)
        return; /* what was shown stays */
    anchor_hold(table, &anchor);
    rows_show(table);
}

void weir_table_view_refresh(weir_table_view_t *table, weir_client_t *client,
                             weir_snapshot_t *snapshot, weir_filter_ref_t *filter)
{
    gint64 pointed_us = weir_grid_pointed(table->grid);
    bool pointed = pointed_us >= 0 && g_get_monotonic_time() - pointed_us < POINTED_US;
    bool hold = pointed && client == table->client && filter == table->filter;
    bool same = snapshot == table->snapshot && filter == table->filter;
    table->client = client;
    if (same) {
        if (!table->job)
            rows_show(table);
        return;
    }
    weir_snapshot_t *old = table->snapshot;
    table->snapshot = snapshot ? weir_snapshot_ref(snapshot) : NULL;
    weir_snapshot_unref(old);
    weir_filter_ref_t *old_filter = table->filter;
    table->filter = weir_filter_ref_keep(filter);
    weir_filter_ref_drop(old_filter);
    weir_table_order_make(table, hold);
}

/* ---- Columns --------------------------------------------------------------------------------- */

/* Who gets the room that is left: sentences before names, names before numbers. */
static unsigned column_weight(const weir_column_t *column, bool first)
{
    if (column->width >= WEIR_TEXT_SENTENCE)
        return 12;
    if (column->storage == WEIR_STORE_U8_WORD)
        return 1;
    bool wide = column->unit == WEIR_UNIT_SHARE || !weir_column_is_numeric(column);
    return first ? 3 : wide ? 2 : 1;
}

static void column_add(weir_table_view_t *table, const char *id, weir_grid_column_t *columns)
{
    const weir_table_t *described = weir_table(table->id);
    int position = weir_column_find(described, id);
    bool series = table->id == WEIR_TABLE_INTERFACES || table->id == WEIR_TABLE_APPS;
    bool history = series && strcmp(id, WEIR_COLUMN_HISTORY) == 0;
    if ((position < 0 && !history) || table->column_count >= WEIR_COLUMNS_SHOWN_MAX)
        return;
    guint i = table->column_count++;
    table->positions[i] = history ? WEIR_POSITION_HISTORY : position;
    columns[i] = (weir_grid_column_t){.title = weir_table_column_title(table, i), .weight = 1};
    if (history) {
        columns[i].help = _("Download above, upload below");
        return;
    }
    const weir_column_t *column = &described->columns[position];
    columns[i].help = weir_words_help(column);
    columns[i].sortable = true;
    columns[i].end = weir_column_is_numeric(column);
    columns[i].weight = column_weight(column, i == 0);
    table->wanted |= UINT64_C(1) << position;
}

void weir_table_view_set_up(weir_table_view_t *table)
{
    weir_grid_column_t columns[WEIR_COLUMNS_SHOWN_MAX];
    table->column_count = 0;
    table->wanted = 0;
    for (char **id = table->settings->tables[table->id].columns; *id; id++)
        column_add(table, *id, columns);
    weir_grid_set_columns(table->grid, columns, table->column_count);
    weir_table_view_set_sort(table);
}

static void sort_show(weir_table_view_t *table)
{
    const weir_table_settings_t *settings = &table->settings->tables[table->id];
    int sort = weir_column_find(weir_table(table->id), settings->sort);
    int found = WEIR_GRID_NONE;
    for (guint i = 0; sort >= 0 && i < table->column_count; i++)
        if (table->positions[i] == sort)
            found = (int)i;
    weir_grid_set_sort(table->grid, found, settings->descending);
}

void weir_table_view_set_sort(weir_table_view_t *table)
{
    sort_show(table);
    weir_grid_scroll_to_top(table->grid);
    weir_table_order_make(table, false);
}

/* ---- What the grid asks and tells ------------------------------------------------------------ */

static GtkWidget *on_cell(void *context, guint column)
{
    return weir_table_cell_new(context, column);
}

static void on_write(void *context, guint row, GtkWidget *first)
{
    const weir_table_view_t *table = context;
    if (row >= table->model.count)
        return;
    weir_record_t scratch = {.wanted = table->wanted};
    const void *record = weir_table_model_read(&table->model, row, &scratch);
    GtkWidget *cell = first;
    for (guint i = 0; cell && i < table->column_count;
         i++, cell = gtk_widget_get_next_sibling(cell))
        weir_table_cell_write(table, i, cell, record);
}

/* A column that is new as the first: numbers begin with the largest. */
static void on_sort(void *context, guint column)
{
    weir_table_view_t *table = context;
    const weir_column_t *pressed = &weir_table(table->id)->columns[table->positions[column]];
    weir_settings_sort(table->settings, table->id, pressed->id);
    table->calls.sorted(table->calls.context);
}

static void on_select(void *context, int row)
{
    weir_table_view_t *table = context;
    table->selected = row < 0 ? 0 : weir_table_model_key(&table->model, (uint32_t)row);
}

static void on_open(void *context, guint row)
{
    (void)row; /* it is the selected one */
    const weir_table_view_t *table = context;
    table->calls.open(table->calls.context);
}

static void on_menu(void *context, guint row, const GdkRectangle *at)
{
    (void)row;
    weir_table_view_t *table = context;
    if (!table->popover) {
        table->popover = gtk_popover_menu_new_from_model(table->menu);
        gtk_popover_set_has_arrow(GTK_POPOVER(table->popover), FALSE);
        gtk_widget_set_halign(table->popover, GTK_ALIGN_START);
        gtk_widget_set_parent(table->popover, table->scroller);
    }
    gtk_popover_set_pointing_to(GTK_POPOVER(table->popover), at);
    gtk_popover_popup(GTK_POPOVER(table->popover));
}

/* ---- Life ------------------------------------------------------------------------------------ */

static void on_scroller_destroyed(GtkWidget *scroller, weir_table_view_t *table)
{
    (void)scroller;
    if (table->popover)
        gtk_widget_unparent(table->popover);
    table->popover = NULL;
}

weir_table_view_t *weir_table_view_new(weir_table_id_t id, weir_settings_t *settings,
                                       const weir_table_calls_t *calls, GMenuModel *menu)
{
    static const weir_grid_calls_t grid_calls = {.cell = on_cell,
                                                 .write = on_write,
                                                 .sort = on_sort,
                                                 .select = on_select,
                                                 .open = on_open,
                                                 .menu = on_menu};
    weir_table_view_t *table = g_new0(weir_table_view_t, 1);
    table->id = table->model.table = id;
    table->settings = settings;
    table->calls = *calls;
    table->menu = g_object_ref(menu);
    table->grid = WEIR_GRID(weir_grid_new(&grid_calls, table));
    gtk_accessible_update_property(GTK_ACCESSIBLE(table->grid), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _(weir_table(id)->title), -1);
    table->scroller = g_object_ref_sink(gtk_scrolled_window_new());
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(table->scroller), GTK_WIDGET(table->grid));
    gtk_widget_set_vexpand(table->scroller, TRUE);
    g_signal_connect(table->scroller, "destroy", G_CALLBACK(on_scroller_destroyed), table);
    weir_table_view_set_up(table);
    return table;
}

void weir_table_view_free(weir_table_view_t *table)
{
    if (!table)
        return;
    weir_table_order_cancel(table);
    on_scroller_destroyed(table->scroller, table);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(table->scroller), NULL);
    g_object_unref(table->scroller);
    weir_table_model_done(&table->model);
    weir_snapshot_unref(table->snapshot);
    weir_filter_ref_drop(table->filter);
    g_object_unref(table->menu);
    g_free(table);
}

GtkWidget *weir_table_view_widget(weir_table_view_t *table)
{
    return table->scroller;
}

GtkWidget *weir_table_view_focus(weir_table_view_t *table)
{
    return GTK_WIDGET(table->grid);
}

const weir_table_model_t *weir_table_view_model(const weir_table_view_t *table)
{
    return &table->model;
}

bool weir_table_view_is_busy(const weir_table_view_t *table)
{
    return table->job != NULL;
}

int weir_table_view_selected(const weir_table_view_t *table)
{
    return weir_table_model_place(&table->model, table->selected);
}
