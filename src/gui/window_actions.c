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
    weir_window_detail_open(data);
}

static void on_flows(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_window_flows_open(data);
}

static void on_end(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_end_ask(data);
}

static void on_page(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    int table = weir_table_find(g_variant_get_string(parameter, NULL));
    if (table >= 0)
        weir_window_page_show(data, (weir_table_id_t)table);
}

static void on_copy(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    const weir_window_t *window = data;
    weir_copy(window->page->table, &window->gui->settings, g_variant_get_string(parameter, NULL));
}

static void on_copy_command(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    const weir_window_t *window = data;
    if (window->page->command)
        weir_copy_words(window->widget, window->page->command);
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
    GtkSearchBar *bar = GTK_SEARCH_BAR(weir_filter_bar_widget(window->page->filter));
    gtk_search_bar_set_search_mode(bar, !gtk_search_bar_get_search_mode(bar));
}

static void on_clear_filter(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    const weir_window_t *window = data;
    gtk_search_bar_set_search_mode(GTK_SEARCH_BAR(weir_filter_bar_widget(window->page->filter)),
                                   FALSE);
}

static weir_table_settings_t *sort_settings(const weir_window_t *window)
{
    return &window->gui->settings.tables[window->page->id];
}

static void on_sort(GSimpleAction *action, GVariant *state, gpointer data)
{
    (void)action;
    weir_window_t *window = data;
    const char *id = g_variant_get_string(state, NULL);
    if (strcmp(id, sort_settings(window)->sort) == 0)
        return;
    weir_settings_sort(&window->gui->settings, window->page->id, id);
    weir_window_sorted(window);
}

/* By the nth column that is shown. */
static void on_sort_nth(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    weir_window_t *window = data;
    const weir_table_t *table = weir_table(window->page->id);
    guint n = g_variant_get_uint32(parameter);
    for (char **id = sort_settings(window)->columns; *id; id++) {
        if (weir_column_find(table, *id) < 0 || --n > 0)
            continue;
        g_autoptr(GVariant) chosen = g_variant_ref_sink(g_variant_new_string(*id));
        on_sort(NULL, chosen, window);
        return;
    }
}

static void on_descending(GSimpleAction *action, GVariant *state, gpointer data)
{
    (void)action;
    weir_window_t *window = data;
    sort_settings(window)->descending = g_variant_get_boolean(state);
    weir_window_sorted(window);
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

void weir_window_page_state(weir_window_t *window)
{
    const weir_table_settings_t *settings = sort_settings(window);
    state_set(window, "sort", g_variant_new_string(settings->sort));
    state_set(window, "descending", g_variant_new_boolean(settings->descending));
    state_set(window, "page", g_variant_new_string(weir_table(window->page->id)->id));
}

void weir_window_actions_add(weir_window_t *window)
{
    static const GActionEntry entries[] = {
        {.name = "back", .activate = on_back},
        {.name = "details", .activate = on_details},
        {.name = "flows", .activate = on_flows},
        {.name = "end", .activate = on_end},
        {.name = "page", .parameter_type = "s", .state = "''", .change_state = on_page},
        {.name = "copy-command", .activate = on_copy_command},
        {.name = "sort-nth", .activate = on_sort_nth, .parameter_type = "u"},
        {.name = "copy", .activate = on_copy, .parameter_type = "s"},
        {.name = "freeze", .activate = on_freeze},
        {.name = "find", .activate = on_find},
        {.name = "clear-filter", .activate = on_clear_filter},
        {.name = "units", .activate = on_units},
        {.name = "sort", .parameter_type = "s", .state = "''", .change_state = on_sort},
        {.name = "descending", .state = "true", .change_state = on_descending},
        {.name = "span", .parameter_type = "u", .state = "uint32 0", .change_state = on_span},
    };
    g_action_map_add_action_entries(G_ACTION_MAP(window->widget), entries, G_N_ELEMENTS(entries),
                                    window);
    state_set(window, "span", g_variant_new_uint32(window->gui->settings.span_s));
}
