#include "gui/gui.h"

#include "gui/table.h"
#include "gui/words.h"

#include <glib/gi18n.h>

static const uint64_t INTERVALS_MS[] = {200, 500, 1000, 2000, 5000, 10000};

typedef struct choice {
    const char *title, *subtitle;
    const char *words[8]; /* ends with NULL */
} choice_t;

enum { CHOICE_RATES, CHOICE_AMOUNTS, CHOICE_BASE, CHOICE_INTERVAL, CHOICE_SCHEME, CHOICES };

static const choice_t CHOICE[CHOICES] = {
    [CHOICE_RATES] = {N_("Speeds in"), N_("Networks are sold in bits"), {N_("Bits"), N_("Bytes")}},
    [CHOICE_AMOUNTS] = {N_("Amounts in"),
                        N_("Files are counted in bytes"),
                        {N_("Bits"), N_("Bytes")}},
    [CHOICE_BASE] = {N_("Prefixes"), NULL, {N_("k M G, of 1,000"), N_("Ki Mi Gi, of 1,024")}},
    [CHOICE_INTERVAL] = {N_("Refresh every"),
                         NULL,
                         {N_("0.2 seconds"), N_("0.5 seconds"), N_("second"), N_("2 seconds"),
                          N_("5 seconds"), N_("10 seconds")}},
    [CHOICE_SCHEME] = {N_("Style"), NULL, {N_("Like the system"), N_("Light"), N_("Dark")}},
};

static guint interval_index(uint64_t interval_ns)
{
    guint found = 0;
    for (guint i = 0; i < G_N_ELEMENTS(INTERVALS_MS); i++)
        if (INTERVALS_MS[i] * 1000000 <= interval_ns)
            found = i;
    return found;
}

static guint choice_read(const weir_settings_t *settings, int choice)
{
    switch (choice) {
    case CHOICE_RATES:
        return settings->units.rates;
    case CHOICE_AMOUNTS:
        return settings->units.amounts;
    case CHOICE_BASE:
        return settings->units.base;
    case CHOICE_INTERVAL:
        return interval_index(settings->interval_ns);
    default:
        return settings->scheme;
    }
}

static void choice_write(weir_settings_t *settings, int choice, guint value)
{
    switch (choice) {
    case CHOICE_RATES:
        settings->units.rates = (weir_measure_t)value;
        break;
    case CHOICE_AMOUNTS:
        settings->units.amounts = (weir_measure_t)value;
        break;
    case CHOICE_BASE:
        settings->units.base = (weir_base_t)value;
        break;
    case CHOICE_INTERVAL:
        settings->interval_ns = INTERVALS_MS[value % G_N_ELEMENTS(INTERVALS_MS)] * 1000000;
        break;
    default:
        settings->scheme = (weir_scheme_t)value;
        break;
    }
}

static void on_selected(AdwComboRow *row, GParamSpec *property, weir_gui_t *gui)
{
    (void)property;
    int choice = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(row), "choice"));
    guint value = adw_combo_row_get_selected(row);
    if (value == GTK_INVALID_LIST_POSITION || value == choice_read(&gui->settings, choice))
        return;
    choice_write(&gui->settings, choice, value);
    weir_gui_settings_changed(gui);
}

static void choice_add(weir_gui_t *gui, GtkWidget *group, int choice)
{
    GtkWidget *row = adw_combo_row_new();
    g_autoptr(GtkStringList) words = gtk_string_list_new(NULL);
    for (size_t i = 0; CHOICE[choice].words[i]; i++)
        gtk_string_list_append(words, _(CHOICE[choice].words[i]));
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), _(CHOICE[choice].title));
    if (CHOICE[choice].subtitle)
        adw_action_row_set_subtitle(ADW_ACTION_ROW(row), _(CHOICE[choice].subtitle));
    adw_combo_row_set_model(ADW_COMBO_ROW(row), G_LIST_MODEL(words));
    adw_combo_row_set_selected(ADW_COMBO_ROW(row), choice_read(&gui->settings, choice));
    g_object_set_data(G_OBJECT(row), "choice", GINT_TO_POINTER(choice));
    g_signal_connect(row, "notify::selected", G_CALLBACK(on_selected), gui);
    adw_preferences_group_add(ADW_PREFERENCES_GROUP(group), row);
}

static GtkWidget *group_make(GtkWidget *page, const char *title)
{
    GtkWidget *group = adw_preferences_group_new();
    adw_preferences_group_set_title(ADW_PREFERENCES_GROUP(group), title);
    adw_preferences_page_add(ADW_PREFERENCES_PAGE(page), ADW_PREFERENCES_GROUP(group));
    return group;
}

static GtkWidget *page_make(GtkWidget *window, const char *title, const char *icon)
{
    GtkWidget *page = adw_preferences_page_new();
    adw_preferences_page_set_title(ADW_PREFERENCES_PAGE(page), title);
    adw_preferences_page_set_icon_name(ADW_PREFERENCES_PAGE(page), icon);
    adw_preferences_window_add(ADW_PREFERENCES_WINDOW(window), ADW_PREFERENCES_PAGE(page));
    return page;
}

/* ---- Columns --------------------------------------------------------------------------------- */

typedef struct column_choice {
    weir_gui_t *gui;
    weir_table_id_t table;
    const char *id;
} column_choice_t;

static void on_switched(GtkSwitch *button, GParamSpec *property, const column_choice_t *choice)
{
    (void)property;
    weir_settings_t *settings = &choice->gui->settings;
    bool shown = gtk_switch_get_active(button);
    if (shown == weir_settings_has_column(settings, choice->table, choice->id))
        return;
    weir_settings_set_column(settings, choice->table, choice->id, shown);
    weir_gui_columns_changed(choice->gui);
}

static void choice_free(gpointer choice, GClosure *closure)
{
    (void)closure;
    g_free(choice);
}

static void column_add(GtkWidget *group, const column_choice_t *choice, const char *title,
                       const char *help)
{
    GtkWidget *row = adw_action_row_new();
    GtkWidget *button = gtk_switch_new();
    adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(row), FALSE);
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), title);
    adw_action_row_set_subtitle(ADW_ACTION_ROW(row), help);
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_switch_set_active(GTK_SWITCH(button), weir_settings_has_column(&choice->gui->settings,
                                                                       choice->table, choice->id));
    g_signal_connect_data(button, "notify::active", G_CALLBACK(on_switched),
                          g_memdup2(choice, sizeof(*choice)), choice_free, 0);
    adw_action_row_add_suffix(ADW_ACTION_ROW(row), button);
    adw_action_row_set_activatable_widget(ADW_ACTION_ROW(row), button);
    adw_preferences_group_add(ADW_PREFERENCES_GROUP(group), row);
}

static void columns_add(weir_gui_t *gui, GtkWidget *group, weir_table_id_t id)
{
    const weir_table_t *table = weir_table(id);
    column_choice_t choice = {gui, id, NULL};
    for (size_t i = 0; i < table->column_count; i++) {
        const weir_column_t *column = &table->columns[i];
        choice.id = column->id;
        if (g_strcmp0(column->id, gui->settings.tables[id].columns[0]) != 0) /* always there */
            column_add(group, &choice, weir_words_title(column), weir_words_help(column));
    }
    choice.id = WEIR_COLUMN_HISTORY;
    if (id == WEIR_TABLE_INTERFACES || id == WEIR_TABLE_APPS)
        column_add(group, &choice, _("Last minute"), _("Download above, upload below"));
}

static void columns_page_make(weir_gui_t *gui, GtkWidget *window, weir_table_id_t id)
{
    const weir_table_t *table = weir_table(id);
    g_autofree char *title = g_strdup_printf(_("Columns of %s"), _(table->title));
    if (table->column_count)
        columns_add(gui, group_make(page_make(window, _("Columns"), "view-list-symbolic"), title),
                    id);
}

void weir_preferences_show(weir_gui_t *gui, GtkWindow *parent, weir_table_id_t table)
{
    GtkWidget *window = adw_preferences_window_new();
    gtk_window_set_transient_for(GTK_WINDOW(window), parent);
    gtk_window_set_modal(GTK_WINDOW(window), TRUE);
    adw_preferences_window_set_search_enabled(ADW_PREFERENCES_WINDOW(window), FALSE);
    GtkWidget *general = page_make(window, _("General"), "emblem-system-symbolic");
    GtkWidget *units = group_make(general, _("Units"));
    choice_add(gui, units, CHOICE_RATES);
    choice_add(gui, units, CHOICE_AMOUNTS);
    choice_add(gui, units, CHOICE_BASE);
    GtkWidget *view = group_make(general, _("View"));
    choice_add(gui, view, CHOICE_INTERVAL);
    choice_add(gui, view, CHOICE_SCHEME);
    columns_page_make(gui, window, table);
    gtk_window_present(GTK_WINDOW(window));
}
