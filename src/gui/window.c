#include "gui/window_private.h"

#include "gui/graph.h"
#include "gui/menus.h"
#include "gui/text.h"
#include "gui/words.h"

#include <glib/gi18n.h>
#include <string.h>

GtkWindow *weir_window_widget(weir_window_t *window)
{
    return GTK_WINDOW(window->widget);
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
    g_autofree char *sentence = weir_words_sentence(window->shown, units);
    weir_headline_view_refresh(&window->headline, window->shown, units, meters, sentence);
    weir_table_view_refresh(window->table, window->gui->feed.client, window->shown,
                            weir_filter_bar_filter(window->filter));
}

static void views_refresh(weir_window_t *window)
{
    if (window->shown && window->detail_open)
        weir_detail_refresh(&window->detail, window->shown, &window->gui->settings.units);
    else if (window->shown)
        overview_refresh(window);
    else
        weir_table_view_refresh(window->table, NULL, NULL, NULL);
    weir_window_state_write(window);
}

void weir_window_refresh(weir_window_t *window, bool force)
{
    weir_snapshot_t *newest = window->gui->feed.snapshot;
    if (window_is_hidden(window) && !force)
        return;
    if (newest && newest != window->shown && !(weir_window_is_frozen(window) && window->shown)) {
        weir_snapshot_unref(window->shown);
        window->shown = weir_snapshot_ref(newest);
        force = true;
    }
    if (force)
        views_refresh(window);
    else
        weir_window_state_write(window);
}

void weir_window_feed_changed(weir_window_t *window)
{
    weir_client_t *client = window->gui->feed.client;
    weir_snapshot_unref(window->shown);
    window->shown = NULL;
    weir_window_detail_close(window);
    weir_graph_set_object(WEIR_GRAPH(window->headline.graph), client, WEIR_SERIES_HEADLINE);
    if (window->detail_made)
        weir_graph_set_object(WEIR_GRAPH(window->detail.headline.graph), NULL, 1);
    views_refresh(window);
}

void weir_window_settings_changed(weir_window_t *window, bool columns)
{
    (void)columns; /* units change the width of columns, too */
    weir_table_view_set_up(window->table);
    weir_window_refresh(window, true);
}

/* ---- Pages ----------------------------------------------------------------------------------- */

static void detail_make(weir_window_t *window)
{
    if (window->detail_made)
        return;
    weir_detail_init(&window->detail);
    weir_graph_set_span(WEIR_GRAPH(window->detail.headline.graph), window->gui->settings.span_s);
    gtk_stack_add_named(GTK_STACK(window->pages), window->detail.page, "detail");
    window->detail_made = true;
}

static void page_show(weir_window_t *window, const char *page, const char *title)
{
    window->detail_open = strcmp(page, "detail") == 0;
    gtk_stack_set_visible_child_name(GTK_STACK(window->pages), page);
    gtk_widget_set_visible(window->back, window->detail_open);
    adw_window_title_set_title(ADW_WINDOW_TITLE(window->title), title);
    views_refresh(window);
}

void weir_window_detail_open(weir_window_t *window, uint64_t id)
{
    const weir_iface_t *iface = weir_table_model_find(weir_table_view_model(window->table), id);
    if (!iface)
        return;
    detail_make(window);
    weir_detail_open(&window->detail, window->gui->feed.client, iface);
    page_show(window, "detail", window->detail.name);
    gtk_widget_grab_focus(window->back);
}

void weir_window_detail_close(weir_window_t *window)
{
    if (!window->detail_open)
        return;
    page_show(window, "overview", "Weir");
    gtk_widget_grab_focus(weir_table_view_focus(window->table));
}

static void on_open(void *context, uint64_t id)
{
    weir_window_detail_open(context, id);
}

static void on_sorted(void *context)
{
    weir_window_t *window = context;
    const weir_settings_t *settings = &window->gui->settings;
    GActionMap *map = G_ACTION_MAP(window->widget);
    g_simple_action_set_state(G_SIMPLE_ACTION(g_action_map_lookup_action(map, "sort")),
                              g_variant_new_string(settings->sort));
    g_simple_action_set_state(G_SIMPLE_ACTION(g_action_map_lookup_action(map, "descending")),
                              g_variant_new_boolean(settings->descending));
    weir_table_view_set_sort(window->table);
    weir_settings_save(settings);
}

static void on_filtered(void *context)
{
    weir_window_t *window = context;
    if (window->shown)
        weir_window_refresh(window, true);
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

static GtkWidget *header_make(weir_window_t *window)
{
    GtkWidget *bar = adw_header_bar_new();
    window->title = adw_window_title_new("Weir", "");
    adw_header_bar_set_title_widget(ADW_HEADER_BAR(bar), window->title);
    window->back = icon_button(gtk_button_new(), "go-previous-symbolic", _("Back"));
    gtk_actionable_set_action_name(GTK_ACTIONABLE(window->back), "win.back");
    gtk_widget_set_visible(window->back, FALSE);
    adw_header_bar_pack_start(ADW_HEADER_BAR(bar), window->back);
    GtkWidget *menu = icon_button(gtk_menu_button_new(), "open-menu-symbolic", _("Main Menu"));
    gtk_menu_button_set_primary(GTK_MENU_BUTTON(menu), TRUE);
    gtk_menu_button_set_create_popup_func(GTK_MENU_BUTTON(menu), weir_menus_main, NULL, NULL);
    GtkWidget *sort =
        icon_button(gtk_menu_button_new(), "view-sort-descending-symbolic", _("Sort"));
    gtk_menu_button_set_create_popup_func(GTK_MENU_BUTTON(sort), weir_menus_sort, NULL, NULL);
    GtkWidget *find = icon_button(gtk_toggle_button_new(), "edit-find-symbolic", _("Filter"));
    g_object_bind_property(find, "active", weir_filter_bar_widget(window->filter),
                           "search-mode-enabled", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
    window->freeze =
        icon_button(gtk_toggle_button_new(), "media-playback-pause-symbolic", _("Freeze"));
    g_signal_connect(window->freeze, "toggled", G_CALLBACK(on_freeze), window);
    adw_header_bar_pack_end(ADW_HEADER_BAR(bar), menu);
    adw_header_bar_pack_end(ADW_HEADER_BAR(bar), sort);
    adw_header_bar_pack_end(ADW_HEADER_BAR(bar), find);
    adw_header_bar_pack_end(ADW_HEADER_BAR(bar), window->freeze);
    return bar;
}

static GtkWidget *overview_make(weir_window_t *window)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    weir_headline_view_init(&window->headline, false);
    weir_graph_set_span(WEIR_GRAPH(window->headline.graph), window->gui->settings.span_s);
    weir_graph_set_object(WEIR_GRAPH(window->headline.graph), window->gui->feed.client,
                          WEIR_SERIES_HEADLINE);
    gtk_box_append(GTK_BOX(box), window->headline.box);
    gtk_box_append(GTK_BOX(box), weir_filter_bar_widget(window->filter));
    gtk_box_append(GTK_BOX(box), gtk_separator_new(GTK_ORIENTATION_HORIZONTAL));
    window->body = gtk_stack_new();
    gtk_stack_add_named(GTK_STACK(window->body), weir_table_view_widget(window->table), "table");
    gtk_box_append(GTK_BOX(box), window->body);
    return box;
}

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
    weir_filter_bar_free(window->filter);
    weir_table_view_free(window->table);
    weir_detail_done(&window->detail);
    weir_snapshot_unref(window->shown);
    g_free(window);
}

static void content_make(weir_window_t *window)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    weir_window_state_make(window);
    window->pages = gtk_stack_new();
    gtk_widget_set_vexpand(window->pages, TRUE);
    gtk_stack_add_named(GTK_STACK(window->pages), overview_make(window), "overview");
    gtk_stack_add_named(GTK_STACK(window->body), window->empty, "empty");
    gtk_box_append(GTK_BOX(box), header_make(window));
    gtk_box_append(GTK_BOX(box), window->notice);
    gtk_box_append(GTK_BOX(box), window->pages);
    GtkWidget *foot = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    gtk_widget_add_css_class(foot, "foot");
    gtk_widget_add_css_class(foot, "caption");
    gtk_widget_set_hexpand(window->count, TRUE);
    gtk_box_append(GTK_BOX(foot), window->count);
    gtk_box_append(GTK_BOX(foot), window->origin);
    gtk_box_append(GTK_BOX(box), foot);
    adw_application_window_set_content(ADW_APPLICATION_WINDOW(window->widget), box);
}

weir_window_t *weir_window_new(weir_gui_t *gui)
{
    weir_window_t *window = g_new0(weir_window_t, 1);
    const weir_table_calls_t calls = {.open = on_open, .sorted = on_sorted, .context = window};
    g_autoptr(GMenuModel) menu = weir_menus_row();
    window->gui = gui;
    window->widget = adw_application_window_new(GTK_APPLICATION(gui->app));
    gtk_window_set_title(GTK_WINDOW(window->widget), "Weir");
    gtk_window_set_default_size(GTK_WINDOW(window->widget), gui->settings.width,
                                gui->settings.height);
    window->filter = weir_filter_bar_new(on_filtered, window);
    window->table = weir_table_view_new(&gui->settings, &calls, menu);
    content_make(window);
    weir_window_actions_add(window);
    weir_drop_accept(gui, GTK_WINDOW(window->widget));
    g_signal_connect(window->widget, "destroy", G_CALLBACK(on_destroyed), window);
    g_signal_connect(window->widget, "map", G_CALLBACK(on_mapped), window);
    g_signal_connect(window->widget, "realize", G_CALLBACK(on_realized), window);
    g_signal_connect(window->widget, "unrealize", G_CALLBACK(on_unrealized), window);
    if (gui->filter)
        weir_filter_bar_set_text(window->filter, gui->filter);
    return window;
}
