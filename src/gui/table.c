#include "gui/table_private.h"

#include <math.h>

#define FIRST_ROWS 40                   /* taken for in sight before the first layout */
#define POINTED_US (2 * G_USEC_PER_SEC) /* rows hold still for so long after the pointer moved */

/* ---- What is in sight ------------------------------------------------------------------------ */

static GtkAdjustment *scroll_position(const weir_table_view_t *table)
{
    return gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(table->scroller));
}

bool weir_table_row_seen(const weir_table_view_t *table, guint position)
{
    GtkAdjustment *scroll = scroll_position(table);
    guint n = g_list_model_get_n_items(G_LIST_MODEL(table->model));
    double page = gtk_adjustment_get_page_size(scroll);
    double all = gtk_adjustment_get_upper(scroll);
    if (page < 1 || n == 0)
        return position < FIRST_ROWS;
    if (all <= page)
        return true;
    double row = all / n;
    double first = floor(gtk_adjustment_get_value(scroll) / row) - 1;
    double last = ceil((gtk_adjustment_get_value(scroll) + page) / row) + 1;
    return position >= first && position <= last;
}

static void cells_write(weir_table_view_t *table)
{
    GHashTableIter iter;
    gpointer key = NULL;
    g_hash_table_iter_init(&iter, table->bound);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const weir_table_cell_t *cell = key;
        weir_table_cell_write(cell,
                              weir_table_row_seen(table, gtk_list_item_get_position(cell->item)));
    }
}

static void on_scrolled(GtkAdjustment *scroll, weir_table_view_t *table)
{
    (void)scroll;
    cells_write(table);
}

/* ---- Refresh --------------------------------------------------------------------------------- */

static void model_update(weir_table_view_t *table, weir_snapshot_t *snapshot, bool hold)
{
    weir_query_t query = {
        .table = WEIR_TABLE_INTERFACES,
        .filter = table->filter,
        .sort = weir_column_find(weir_table(WEIR_TABLE_INTERFACES), table->settings->sort),
        .descending = table->settings->descending};
    GtkAdjustment *scroll = scroll_position(table);
    bool top = gtk_adjustment_get_value(scroll) <= 0 &&
               gtk_adjustment_get_upper(scroll) > gtk_adjustment_get_page_size(scroll) &&
               gtk_adjustment_get_page_size(scroll) > 0;
    weir_table_model_update(table->model, snapshot, &query, hold);
    if (top) /* the view stays at the top instead of going with the row that was there */
        g_signal_emit_by_name(scroll, "value-changed");
}

void weir_table_view_refresh(weir_table_view_t *table, weir_client_t *client,
                             weir_snapshot_t *snapshot, const weir_filter_t *filter)
{
    bool pointed = g_get_monotonic_time() - table->pointed_us < POINTED_US;
    bool hold = pointed && client == table->client && filter == table->filter;
    table->client = client;
    table->filter = filter;
    model_update(table, snapshot, hold);
    cells_write(table);
}

void weir_table_view_set_up(weir_table_view_t *table)
{
    weir_table_columns_make(table);
}

void weir_table_view_set_sort(weir_table_view_t *table)
{
    weir_table_sort_show(table);
    model_update(table, weir_table_model_snapshot(table->model), false);
    gtk_adjustment_set_value(scroll_position(table), 0);
    cells_write(table);
}

/* ---- Input ----------------------------------------------------------------------------------- */

static void on_activate(GtkColumnView *view, guint position, weir_table_view_t *table)
{
    (void)view;
    const weir_iface_t *iface = weir_table_model_at(table->model, position);
    if (iface)
        table->calls.open(table->calls.context, iface->id);
}

static void on_motion(GtkEventControllerMotion *controller, double x, double y,
                      weir_table_view_t *table)
{
    (void)controller;
    (void)x;
    GtkWidget *header = gtk_widget_get_first_child(GTK_WIDGET(table->view));
    if (header && y > gtk_widget_get_height(header))
        table->pointed_us = g_get_monotonic_time();
}

static void menu_show(weir_table_view_t *table, double x, double y)
{
    if (!table->popover) {
        table->popover = gtk_popover_menu_new_from_model(table->menu);
        gtk_popover_set_has_arrow(GTK_POPOVER(table->popover), FALSE);
        gtk_widget_set_halign(table->popover, GTK_ALIGN_START);
        gtk_widget_set_parent(table->popover, table->scroller);
    }
    gtk_popover_set_pointing_to(GTK_POPOVER(table->popover), &(GdkRectangle){(int)x, (int)y, 1, 1});
    gtk_popover_popup(GTK_POPOVER(table->popover));
}

/* The row at a place of the view is selected first. */
static void row_select_at(weir_table_view_t *table, double x, double y)
{
    GtkWidget *widget = gtk_widget_pick(GTK_WIDGET(table->view), x, y, GTK_PICK_DEFAULT);
    for (; widget && widget != GTK_WIDGET(table->view); widget = gtk_widget_get_parent(widget)) {
        GtkListItem *item = g_object_get_data(G_OBJECT(widget), "item");
        if (!item)
            item = g_object_get_data(G_OBJECT(gtk_widget_get_first_child(widget)
                                                  ? gtk_widget_get_first_child(widget)
                                                  : widget),
                                     "item");
        if (!item)
            continue;
        gtk_single_selection_set_selected(table->selection, gtk_list_item_get_position(item));
        return;
    }
}

static void on_pressed(GtkGestureClick *gesture, int n, double x, double y,
                       weir_table_view_t *table)
{
    (void)gesture;
    (void)n;
    row_select_at(table, x, y);
    if (weir_table_view_selected(table))
        menu_show(table, x, y);
}

static gboolean on_key(GtkEventControllerKey *controller, guint key, guint code,
                       GdkModifierType modifiers, weir_table_view_t *table)
{
    (void)controller;
    (void)code;
    bool wanted = key == GDK_KEY_Menu || (key == GDK_KEY_F10 && modifiers & GDK_SHIFT_MASK);
    if (!wanted || !weir_table_view_selected(table))
        return FALSE;
    menu_show(table, 40, 40);
    return TRUE;
}

static void input_add(weir_table_view_t *table)
{
    GtkWidget *view = GTK_WIDGET(table->view);
    g_signal_connect(table->view, "activate", G_CALLBACK(on_activate), table);
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect(motion, "motion", G_CALLBACK(on_motion), table);
    gtk_widget_add_controller(view, motion);
    GtkGesture *click = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), GDK_BUTTON_SECONDARY);
    g_signal_connect(click, "pressed", G_CALLBACK(on_pressed), table);
    gtk_widget_add_controller(view, GTK_EVENT_CONTROLLER(click));
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(on_key), table);
    gtk_widget_add_controller(view, key);
}

/* ---- Life ------------------------------------------------------------------------------------ */

static void on_scroller_destroyed(GtkWidget *scroller, weir_table_view_t *table)
{
    (void)scroller;
    if (table->popover)
        gtk_widget_unparent(table->popover);
    table->popover = NULL;
}

weir_table_view_t *weir_table_view_new(weir_settings_t *settings, const weir_table_calls_t *calls,
                                       GMenuModel *menu)
{
    weir_table_view_t *table = g_new0(weir_table_view_t, 1);
    table->settings = settings;
    table->calls = *calls;
    table->menu = g_object_ref(menu);
    table->bound = g_hash_table_new(NULL, NULL);
    table->pointed_us = -POINTED_US;
    table->model = weir_table_model_new();
    table->selection = gtk_single_selection_new(NULL);
    gtk_single_selection_set_autoselect(table->selection, FALSE);
    gtk_single_selection_set_can_unselect(table->selection, TRUE);
    gtk_single_selection_set_model(table->selection, G_LIST_MODEL(table->model));
    GtkWidget *view = gtk_column_view_new(g_object_ref(GTK_SELECTION_MODEL(table->selection)));
    table->view = GTK_COLUMN_VIEW(view);
    gtk_widget_add_css_class(view, "plain-table");
    table->scroller = g_object_ref_sink(gtk_scrolled_window_new());
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(table->scroller), view);
    gtk_widget_set_vexpand(table->scroller, TRUE);
    g_signal_connect(table->scroller, "destroy", G_CALLBACK(on_scroller_destroyed), table);
    g_signal_connect(scroll_position(table), "value-changed", G_CALLBACK(on_scrolled), table);
    g_signal_connect(scroll_position(table), "changed", G_CALLBACK(on_scrolled), table);
    weir_table_columns_make(table);
    weir_table_sort_watch(table);
    input_add(table);
    return table;
}

void weir_table_view_free(weir_table_view_t *table)
{
    if (!table)
        return;
    g_signal_handlers_disconnect_by_data(scroll_position(table), table);
    on_scroller_destroyed(table->scroller, table);
    gtk_column_view_set_model(table->view, NULL);
    g_object_unref(table->scroller);
    g_object_unref(table->selection);
    g_object_unref(table->model);
    g_object_unref(table->menu);
    g_hash_table_unref(table->bound);
    g_free(table);
}

GtkWidget *weir_table_view_widget(weir_table_view_t *table)
{
    return table->scroller;
}

GtkWidget *weir_table_view_focus(weir_table_view_t *table)
{
    return GTK_WIDGET(table->view);
}

WeirTableModel *weir_table_view_model(weir_table_view_t *table)
{
    return table->model;
}

const weir_iface_t *weir_table_view_selected(weir_table_view_t *table)
{
    WeirRow *row = gtk_single_selection_get_selected_item(table->selection);
    return row ? weir_table_model_find(table->model, weir_row_id(row)) : NULL;
}
