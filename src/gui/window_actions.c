#include "gui/window_private.h"

#include "gui/copy.h"
#include "gui/graph.h"

#include <string.h>

static void on_back(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_window_detail_close(data);
}

static void on_details(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_window_t *window = data;
    const weir_iface_t *iface = weir_table_view_selected(window->table);
    if (iface && !window->detail_open)
        weir_window_detail_open(window, iface->id);
}

static void on_copy(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    const weir_window_t *window = data;
    weir_copy(window->table, &window->gui->settings, g_variant_get_string(parameter, NULL));
}

static void on_freeze(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_window_t *window = data;
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(window->freeze), !weir_window_is_frozen(window));
}

static void on_find(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_window_t *window = data;
    weir_window_detail_close(window);
    GtkSearchBar *bar = GTK_SEARCH_BAR(weir_filter_bar_widget(window->filter));
    gtk_search_bar_set_search_mode(bar, !gtk_search_bar_get_search_mode(bar));
}

static void on_clear_filter(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    const weir_window_t *window = data;
    gtk_search_bar_set_search_mode(GTK_SEARCH_BAR(weir_filter_bar_widget(window->filter)), FALSE);
}

static void on_sort(GSimpleAction *action, GVariant *state, gpointer data)
{
    weir_window_t *window = data;
    weir_settings_t *settings = &window->gui->settings;
    const char *id = g_variant_get_string(state, NULL);
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    int position = weir_column_find(table, id);
    if (position < 0)
        return;
    if (strcmp(id, settings->sort) != 0)
        settings->descending = table->columns[position].storage >= WEIR_STORE_U16 &&
                               table->columns[position].storage <= WEIR_STORE_REAL;
    g_free(settings->sort);
    settings->sort = g_strdup(id);
    g_simple_action_set_state(action, state);
    g_simple_action_set_state(
        G_SIMPLE_ACTION(g_action_map_lookup_action(G_ACTION_MAP(window->widget), "descending")),
        g_variant_new_boolean(settings->descending));
    weir_table_view_set_sort(window->table);
    weir_settings_save(settings);
}

static void on_descending(GSimpleAction *action, GVariant *state, gpointer data)
{
    const weir_window_t *window = data;
    window->gui->settings.descending = g_variant_get_boolean(state);
    g_simple_action_set_state(action, state);
    weir_table_view_set_sort(window->table);
    weir_settings_save(&window->gui->settings);
}

static void on_span(GSimpleAction *action, GVariant *state, gpointer data)
{
    weir_window_t *window = data;
    guint span_s = g_variant_get_uint32(state);
    window->gui->settings.span_s = span_s;
    weir_graph_set_span(WEIR_GRAPH(window->headline.graph), span_s);
    if (window->detail_made)
        weir_graph_set_span(WEIR_GRAPH(window->detail.headline.graph), span_s);
    g_simple_action_set_state(action, state);
    weir_settings_save(&window->gui->settings);
}

static void on_units(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    const weir_window_t *window = data;
    weir_measure_t *rates = &window->gui->settings.units.rates;
    *rates = *rates == WEIR_BITS ? WEIR_BYTES : WEIR_BITS;
    weir_gui_settings_changed(window->gui);
}

static void state_set(weir_window_t *window, const char *name, GVariant *state)
{
    GAction *action = g_action_map_lookup_action(G_ACTION_MAP(window->widget), name);
    g_simple_action_set_state(G_SIMPLE_ACTION(action), state);
}

void weir_window_actions_add(weir_window_t *window)
{
    static const GActionEntry entries[] = {
        {.name = "back", .activate = on_back},
        {.name = "details", .activate = on_details},
        {.name = "copy", .activate = on_copy, .parameter_type = "s"},
        {.name = "freeze", .activate = on_freeze},
        {.name = "find", .activate = on_find},
        {.name = "clear-filter", .activate = on_clear_filter},
        {.name = "units", .activate = on_units},
        {.name = "sort", .parameter_type = "s", .state = "''", .change_state = on_sort},
        {.name = "descending", .state = "true", .change_state = on_descending},
        {.name = "span", .parameter_type = "u", .state = "uint32 0", .change_state = on_span},
    };
    const weir_settings_t *settings = &window->gui->settings;
    g_action_map_add_action_entries(G_ACTION_MAP(window->widget), entries, G_N_ELEMENTS(entries),
                                    window);
    state_set(window, "sort", g_variant_new_string(settings->sort));
    state_set(window, "descending", g_variant_new_boolean(settings->descending));
    state_set(window, "span", g_variant_new_uint32(settings->span_s));
}
