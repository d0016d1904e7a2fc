#include "gui/window_private.h"

#include "gui/drill.h"
#include "gui/graph.h"
#include "gui/menus.h"
#include "gui/tabs.h"
#include "gui/words.h"

#include <glib/gi18n.h>
#include <string.h>

GtkWindow *weir_window_widget(weir_window_t *window)
{
    return GTK_WINDOW(window->widget);
}

weir_table_id_t weir_window_table(const weir_window_t *window)
{
    return window->page->id;
}

bool weir_window_is_frozen(const weir_window_t *window)
{
    return gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(window->freeze));
}

/* ---- Refresh --------------------------------------------------------------------------------- */

static bool window_is_hidden(const weir_window_t *window)
{
    GtkNative *native = GTK_NATIVE(window->widget);
    GdkSurface *surface = gtk_native_get_surface(native);
    if (!gtk_widget_get_mapped(window->widget) || !GDK_IS_TOPLEVEL(surface))
        return gtk_widget_get_realized(window->widget);
    return gdk_toplevel_get_state(GDK_TOPLEVEL(surface)) & GDK_TOPLEVEL_STATE_MINIMIZED;
}

static void overview_refresh(weir_window_t *window)
{
    const weir_units_t *units = &window->gui->settings.units;
    const weir_headline_t *sum = &window->shown->headline;
    const weir_meter_t *const meters[2] = {&sum->rx, &sum->tx};
    if (window->shown->report) {
        weir_headline_view_show_report(&window->headline, window->shown, units);
        return;
    }
    g_autofree char *sentence = weir_words_sentence(window->shown, units);
    weir_headline_view_refresh(&window->headline, window->shown, units, meters, sentence);
}

static void views_refresh(weir_window_t *window)
{
    if (window->shown && window->detail_open) {
        weir_detail_refresh(&window->detail, window->shown, &window->gui->settings.units);
    } else {
        if (window->shown)
            overview_refresh(window);
        weir_page_refresh(window->page);
    }
    weir_window_state_write(window);
}

/* A file that holds no interfaces opens on its hosts, and this machine on its interfaces. */
static void page_follow(weir_window_t *window)
{
    const weir_rows_t *rows = window->shown->rows;
    weir_table_id_t table = window->page->id;
    if (rows[table].measured)
        return;
    if (table == WEIR_TABLE_INTERFACES && rows[WEIR_TABLE_HOSTS].measured)
        weir_window_page_show(window, WEIR_TABLE_HOSTS);
    else if (window->shown->sequence == 1 && rows[WEIR_TABLE_INTERFACES].measured)
        weir_window_page_show(window, WEIR_TABLE_INTERFACES);
}

/* Arrow keys move among the rows, unless a filter is being written. */
static void table_focus(weir_window_t *window)
{
    GtkWidget *filter = weir_filter_bar_widget(window->page->filter);
    if (!window->detail_open && !gtk_search_bar_get_search_mode(GTK_SEARCH_BAR(filter)))
        (void)gtk_widget_grab_focus(weir_table_view_focus(window->page->table)); /* or no rows */
}

void weir_window_refresh(weir_window_t *window, bool force)
{
    weir_snapshot_t *newest = window->gui->feed.snapshot;
    if (window_is_hidden(window) && !force)
        return;
    bool first = newest && !window->shown;
    if (newest && newest != window->shown && !(weir_window_is_frozen(window) && window->shown)) {
        weir_snapshot_unref(window->shown);
        window->shown = weir_snapshot_ref(newest);
        force = true;
        if (first)
            page_follow(window);
    }
    if (force)
        views_refresh(window);
    else
        weir_window_state_write(window);
    if (first)
        table_focus(window);
}

void weir_window_feed_changed(weir_window_t *window)
{
    weir_client_t *client = window->gui->feed.client;
    weir_snapshot_unref(window->shown);
    window->shown = NULL;
    weir_window_detail_close(window);
    weir_graph_set_object(WEIR_GRAPH(window->headline.graph), client, WEIR_TABLE_INTERFACES,
                          WEIR_SERIES_HEADLINE);
    if (window->detail_made)
        weir_graph_set_object(WEIR_GRAPH(window->detail.headline.graph), NULL,
                              WEIR_TABLE_INTERFACES, 1);
    for (weir_table_id_t id = 0; id < WEIR_TABLE_COUNT; id++)
        if (window->pages[id].table)
            weir_page_refresh(&window->pages[id]); /* none of them shows what is gone */
    weir_gui_want(window->gui, window->page->id);
    weir_window_state_write(window);
}

void weir_window_settings_changed(weir_window_t *window, bool columns)
{
    (void)columns; /* units change the width of columns, too */
    for (weir_table_id_t id = 0; id < WEIR_TABLE_COUNT; id++)
        if (window->pages[id].table)
            weir_table_view_set_up(window->pages[id].table);
    weir_window_refresh(window, true);
}

/* ---- Pages ----------------------------------------------------------------------------------- */

/* These are GTK's own; see weir_theme_load(). */
const char *weir_window_icon(weir_table_id_t table)
{
    static const char *const icons[WEIR_TABLE_COUNT] = {
        [WEIR_TABLE_INTERFACES] = "network-server-symbolic",
        [WEIR_TABLE_APPS] = "application-x-executable-symbolic",
        [WEIR_TABLE_HOSTS] = "network-workgroup-symbolic",
        [WEIR_TABLE_FLOWS] = "media-playlist-repeat-symbolic",
        [WEIR_TABLE_PROTOCOLS] = "view-list-symbolic",
        [WEIR_TABLE_FINDINGS] = "dialog-warning-symbolic",
    };
    return icons[table];
}

static void page_enter(weir_window_t *window, weir_table_id_t table)
{
    gtk_widget_set_visible(window->pages[table].box, TRUE);
    gtk_stack_set_visible_child(GTK_STACK(window->stack), window->pages[table].box);
    if (window->page != &window->pages[table])
        gtk_widget_set_visible(window->page->box, FALSE); /* for screen readers, too */
    window->page = &window->pages[table];
    weir_page_make(window->page);
    if (window->found)
        g_binding_unbind(window->found);
    window->found = g_object_bind_property(weir_filter_bar_widget(window->page->filter),
                                           "search-mode-enabled", window->find, "active",
                                           G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
    weir_window_page_state(window);
    weir_tabs_set(window->tabs, table);
    weir_gui_want(window->gui, table);
}

void weir_window_page_show(weir_window_t *window, weir_table_id_t table)
{
    weir_window_detail_close(window);
    if (window->page == &window->pages[table])
        return;
    page_enter(window, table);
    views_refresh(window);
    table_focus(window);
}

static void detail_make(weir_window_t *window)
{
    if (window->detail_made)
        return;
    weir_detail_init(&window->detail);
    weir_graph_set_span(WEIR_GRAPH(window->detail.headline.graph), window->gui->settings.span_s);
    gtk_stack_add_named(GTK_STACK(window->outer), window->detail.page, "detail");
    window->detail_made = true;
}

static void outer_show(weir_window_t *window, bool detail)
{
    window->detail_open = detail;
    gtk_stack_set_visible_child_name(GTK_STACK(window->outer), detail ? "detail" : "overview");
    gtk_widget_set_visible(window->back, detail);
    gtk_widget_set_visible(window->find, !detail);
    gtk_widget_set_visible(window->sort, !detail);
    adw_window_title_set_title(ADW_WINDOW_TITLE(window->title), detail ? window->detail.name : "");
    gtk_stack_set_visible_child(GTK_STACK(window->titles), detail ? window->title : window->tabs);
    views_refresh(window);
}

void weir_window_detail_open(weir_window_t *window)
{
    const weir_table_model_t *model = weir_table_view_model(window->page->table);
    int place = weir_table_view_selected(window->page->table);
    if (place < 0 || window->detail_open)
        return;
    detail_make(window);
    weir_detail_open(&window->detail, window->gui->feed.client, model->snapshot, window->page->id,
                     model->rows[place]);
    outer_show(window, true);
    gtk_widget_grab_focus(window->back);
}

void weir_window_detail_close(weir_window_t *window)
{
    if (!window->detail_open)
        return;
    outer_show(window, false);
    gtk_widget_grab_focus(weir_table_view_focus(window->page->table));
}

const void *weir_window_record(weir_window_t *window, weir_record_t *scratch)
{
    const weir_table_model_t *model = weir_table_view_model(window->page->table);
    if (window->detail_open)
        return window->shown ? weir_detail_record(&window->detail, window->shown, scratch) : NULL;
    int place = weir_table_view_selected(window->page->table);
    return place < 0 ? NULL : weir_table_model_read(model, (uint32_t)place, scratch);
}

void weir_window_flows_open(weir_window_t *window)
{
    weir_record_t scratch = {.wanted = UINT64_MAX};
    const void *record = weir_window_record(window, &scratch);
    g_autofree char *filter = record ? weir_drill_filter(window->page->id, record) : NULL;
    if (!filter)
        return;
    weir_window_page_show(window, WEIR_TABLE_FLOWS);
    weir_filter_bar_set_text(window->page->filter, filter);
    (void)gtk_widget_grab_focus(weir_table_view_focus(window->page->table)); /* or no rows */
}

void weir_window_row_open(weir_window_t *window)
{
    bool flows = weir_drill_is_possible(window->page->id) && window->shown &&
                 window->shown->rows[WEIR_TABLE_FLOWS].measured;
    if (flows)
        weir_window_flows_open(window);
    else
        weir_window_detail_open(window);
}

void weir_window_sorted(weir_window_t *window)
{
    weir_window_page_state(window);
    weir_table_view_set_sort(window->page->table);
    weir_settings_save(&window->gui->settings);
    weir_window_state_write(window);
}

static void on_freeze(GtkToggleButton *button, weir_window_t *window)
{
    (void)button;
    weir_window_refresh(window, true);
}

/* ---- Making ---------------------------------------------------------------------------------- */

static GtkWidget *icon_button(GtkWidget *button, const char *icon, const char *tip)
{
    if (GTK_IS_MENU_BUTTON(button))
        gtk_menu_button_set_icon_name(GTK_MENU_BUTTON(button), icon);
    else
        gtk_button_set_icon_name(GTK_BUTTON(button), icon);
    gtk_widget_set_tooltip_text(button, tip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
    return button;
}

static void on_sort_menu(GtkMenuButton *button, gpointer data)
{
    weir_window_t *window = data;
    weir_menus_sort(button, &window->page->id);
}

static GtkWidget *title_make(weir_window_t *window)
{
    window->title = adw_window_title_new("", "");
    window->tabs = weir_tabs_new();
    window->titles = gtk_stack_new();
    gtk_stack_set_hhomogeneous(GTK_STACK(window->titles), FALSE);
    gtk_stack_add_child(GTK_STACK(window->titles), window->tabs);
    gtk_stack_add_child(GTK_STACK(window->titles), window->title);
    return window->titles;
}

static GtkWidget *header_make(weir_window_t *window)
{
    GtkWidget *bar = adw_header_bar_new();
    adw_header_bar_set_title_widget(ADW_HEADER_BAR(bar),
                                    gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0));
    window->back = icon_button(gtk_button_new(), "go-previous-symbolic", _("Back"));
    gtk_actionable_set_action_name(GTK_ACTIONABLE(window->back), "win.back");
    gtk_widget_set_visible(window->back, FALSE);
    adw_header_bar_pack_start(ADW_HEADER_BAR(bar), window->back);
    adw_header_bar_pack_start(ADW_HEADER_BAR(bar), title_make(window));
    GtkWidget *menu = icon_button(gtk_menu_button_new(), "open-menu-symbolic", _("Main Menu"));
    gtk_menu_button_set_primary(GTK_MENU_BUTTON(menu), TRUE);
    gtk_menu_button_set_create_popup_func(GTK_MENU_BUTTON(menu), weir_menus_main, NULL, NULL);
    window->sort = icon_button(gtk_menu_button_new(), "view-list-symbolic", _("Sort"));
    gtk_menu_button_set_create_popup_func(GTK_MENU_BUTTON(window->sort), on_sort_menu, window,
                                          NULL);
    window->find = icon_button(gtk_toggle_button_new(), "edit-find-symbolic", _("Filter"));
    window->freeze =
        icon_button(gtk_toggle_button_new(), "media-playback-pause-symbolic", _("Freeze"));
    g_signal_connect(window->freeze, "toggled", G_CALLBACK(on_freeze), window);
    adw_header_bar_pack_end(ADW_HEADER_BAR(bar), menu);
    adw_header_bar_pack_end(ADW_HEADER_BAR(bar), window->sort);
    adw_header_bar_pack_end(ADW_HEADER_BAR(bar), window->find);
    adw_header_bar_pack_end(ADW_HEADER_BAR(bar), window->freeze);
    return bar;
}

static void pages_make(weir_window_t *window)
{
    window->stack = gtk_stack_new();
    gtk_stack_set_vhomogeneous(GTK_STACK(window->stack), FALSE);
    gtk_widget_set_vexpand(window->stack, TRUE);
    for (weir_table_id_t id = 0; id < WEIR_TABLE_COUNT; id++) {
        weir_page_init(&window->pages[id], window, id);
        gtk_widget_set_visible(window->pages[id].box, FALSE);
        gtk_stack_add_child(GTK_STACK(window->stack), window->pages[id].box);
    }
}

static GtkWidget *overview_make(weir_window_t *window)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    weir_headline_view_init(&window->headline, false);
    weir_graph_set_span(WEIR_GRAPH(window->headline.graph), window->gui->settings.span_s);
    weir_graph_set_object(WEIR_GRAPH(window->headline.graph), window->gui->feed.client,
                          WEIR_TABLE_INTERFACES, WEIR_SERIES_HEADLINE);
    gtk_box_append(GTK_BOX(box), window->headline.box);
    gtk_box_append(GTK_BOX(box), gtk_separator_new(GTK_ORIENTATION_HORIZONTAL));
    gtk_box_append(GTK_BOX(box), window->stack);
    return box;
}

/* A quarter of the window is the graph's, within reason. */
static void on_height(GtkWindow *widget, GParamSpec *property, weir_window_t *window)
{
    (void)property;
    int width = 0, height = 0; /* it wants both */
    gtk_window_get_default_size(widget, &width, &height);
    gtk_widget_set_size_request(window->headline.graph, -1, CLAMP(height / 4, 150, 320));
}

/* ---- Events of the window -------------------------------------------------------------------- */

static void on_mapped(GtkWidget *widget, weir_window_t *window)
{
    (void)widget;
    weir_window_refresh(window, true);
}

/* Shown again: at once, not at the next snapshot. */
static void on_state(GdkToplevel *surface, GParamSpec *property, weir_window_t *window)
{
    (void)property;
    if (!(gdk_toplevel_get_state(surface) & GDK_TOPLEVEL_STATE_MINIMIZED))
        weir_window_refresh(window, false);
}

static void on_realized(GtkWidget *widget, weir_window_t *window)
{
    g_signal_connect(gtk_native_get_surface(GTK_NATIVE(widget)), "notify::state",
                     G_CALLBACK(on_state), window);
}

static void on_unrealized(GtkWidget *widget, weir_window_t *window)
{
    (void)g_signal_handlers_disconnect_by_data(gtk_native_get_surface(GTK_NATIVE(widget)), window);
}

static void on_destroyed(GtkWidget *widget, weir_window_t *window)
{
    weir_gui_t *gui = window->gui;
    gtk_window_get_default_size(GTK_WINDOW(widget), &gui->settings.width, &gui->settings.height);
    gui->window = NULL;
    weir_settings_save(&gui->settings);
    for (weir_table_id_t id = 0; id < WEIR_TABLE_COUNT; id++)
        weir_page_done(&window->pages[id]);
    weir_detail_done(&window->detail);
    weir_snapshot_unref(window->shown);
    g_free(window);
}

static GtkWidget *foot_make(weir_window_t *window)
{
    GtkWidget *foot = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    gtk_widget_add_css_class(foot, "foot");
    gtk_widget_add_css_class(foot, "caption");
    gtk_widget_set_hexpand(window->books, TRUE);
    gtk_box_append(GTK_BOX(foot), window->count);
    gtk_box_append(GTK_BOX(foot), window->books);
    gtk_box_append(GTK_BOX(foot), window->origin);
    return foot;
}

static void content_make(weir_window_t *window)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    weir_window_state_make(window);
    pages_make(window);
    gtk_box_append(GTK_BOX(box), header_make(window));
    window->outer = gtk_stack_new();
    gtk_stack_set_vhomogeneous(GTK_STACK(window->outer), FALSE);
    gtk_widget_set_vexpand(window->outer, TRUE);
    gtk_stack_add_named(GTK_STACK(window->outer), overview_make(window), "overview");
    gtk_box_append(GTK_BOX(box), window->notice);
    gtk_box_append(GTK_BOX(box), window->outer);
    gtk_box_append(GTK_BOX(box), foot_make(window));
    adw_application_window_set_content(ADW_APPLICATION_WINDOW(window->widget), box);
}

weir_window_t *weir_window_new(weir_gui_t *gui)
{
    weir_window_t *window = g_new0(weir_window_t, 1);
    window->gui = gui;
    window->page = &window->pages[WEIR_TABLE_INTERFACES];
    window->widget = adw_application_window_new(GTK_APPLICATION(gui->app));
    gtk_window_set_title(GTK_WINDOW(window->widget), "Weir");
    gtk_window_set_default_size(GTK_WINDOW(window->widget), gui->settings.width,
                                gui->settings.height);
    content_make(window);
    weir_window_actions_add(window);
    page_enter(window, WEIR_TABLE_INTERFACES);
    on_height(GTK_WINDOW(window->widget), NULL, window);
    g_signal_connect(window->widget, "notify::default-height", G_CALLBACK(on_height), window);
    weir_drop_accept(gui, GTK_WINDOW(window->widget));
    g_signal_connect(window->widget, "destroy", G_CALLBACK(on_destroyed), window);
    g_signal_connect(window->widget, "map", G_CALLBACK(on_mapped), window);
    g_signal_connect(window->widget, "realize", G_CALLBACK(on_realized), window);
    g_signal_connect(window->widget, "unrealize", G_CALLBACK(on_unrealized), window);
    if (gui->filter)
        weir_filter_bar_set_text(window->page->filter, gui->filter);
    return window;
}
