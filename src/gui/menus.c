#include "gui/menus.h"

#include "gui/drill.h"
#include "gui/graph.h"
#include "gui/headline.h"
#include "gui/words.h"
#include "model/columns.h"

#include <glib/gi18n.h>

void weir_menus_span(GtkMenuButton *button, gpointer data)
{
    (void)data;
    if (gtk_menu_button_get_menu_model(button))
        return;
    g_autoptr(GMenu) menu = g_menu_new();
    for (size_t i = 0; i < WEIR_GRAPH_SPANS; i++) {
        g_autofree char *words = weir_headline_span_words(WEIR_GRAPH_SPAN_S[i]);
        g_autofree char *action = g_strdup_printf("win.span(uint32 %u)", WEIR_GRAPH_SPAN_S[i]);
        g_menu_append(menu, words, action);
    }
    gtk_menu_button_set_menu_model(button, G_MENU_MODEL(menu));
}

/* The columns that have a place, and for interfaces some more. */
static bool is_offered(const weir_table_t *table, const weir_column_t *column)
{
    static const char *const more[] = {"rx_bytes", "tx_bytes", "state", "kind", NULL};
    return column->place > 0 ||
           (table == weir_table(WEIR_TABLE_INTERFACES) && g_strv_contains(more, column->id));
}

void weir_menus_sort(GtkMenuButton *button, gpointer data)
{
    const weir_table_t *table = weir_table(*(const weir_table_id_t *)data);
    g_autoptr(GMenu) menu = g_menu_new();
    g_autoptr(GMenu) columns = g_menu_new();
    g_autoptr(GMenu) direction = g_menu_new();
    for (size_t i = 0; i < table->column_count; i++) {
        g_autofree char *action = g_strdup_printf("win.sort::%s", table->columns[i].id);
        if (is_offered(table, &table->columns[i]))
            g_menu_append(columns, weir_words_title(&table->columns[i]), action);
    }
    g_menu_append(direction, _("Largest First"), "win.descending");
    g_menu_append_section(menu, _("Sort by"), G_MENU_MODEL(columns));
    g_menu_append_section(menu, NULL, G_MENU_MODEL(direction));
    gtk_menu_button_set_menu_model(button, G_MENU_MODEL(menu));
}

typedef struct entry {
    const char *label, *action;
} entry_t;

static void section_add(GMenu *menu, const entry_t *entries, size_t n)
{
    g_autoptr(GMenu) section = g_menu_new();
    for (size_t i = 0; i < n; i++)
        g_menu_append(section, _(entries[i].label), entries[i].action);
    g_menu_append_section(menu, NULL, G_MENU_MODEL(section));
}

static const entry_t COPIES[] = {{N_("Copy as _Text"), "win.copy::text"},
                                 {N_("Copy as _CSV"), "win.copy::csv"},
                                 {N_("Copy as _JSON"), "win.copy::json"}};

void weir_menus_main(GtkMenuButton *button, gpointer data)
{
    static const entry_t files[] = {{N_("_Open File…"), "app.open"},
                                    {N_("_Live View"), "app.live"},
                                    {N_("_Export Report…"), "app.export-report"},
                                    {N_("_Small Window"), "app.small"}};
    static const entry_t general[] = {{N_("_Preferences"), "app.preferences"},
                                      {N_("_Keyboard Shortcuts"), "app.shortcuts"},
                                      {N_("_About Weir"), "app.about"}};
    (void)data;
    if (gtk_menu_button_get_menu_model(button))
        return;
    g_autoptr(GMenu) menu = g_menu_new();
    section_add(menu, files, G_N_ELEMENTS(files));
    section_add(menu, COPIES, G_N_ELEMENTS(COPIES));
    section_add(menu, general, G_N_ELEMENTS(general));
    gtk_menu_button_set_menu_model(button, G_MENU_MODEL(menu));
}

GMenuModel *weir_menus_row(weir_table_id_t table)
{
    static const entry_t open[] = {{N_("_Details"), "win.details"},
                                   {N_("Show Its _Flows"), "win.flows"}};
    static const entry_t end[] = {{N_("_End Program…"), "win.end"}};
    GMenu *menu = g_menu_new();
    section_add(menu, open, weir_drill_is_possible(table) ? 2 : 1);
    section_add(menu, COPIES, G_N_ELEMENTS(COPIES));
    if (table == WEIR_TABLE_APPS)
        section_add(menu, end, G_N_ELEMENTS(end));
    return G_MENU_MODEL(menu);
}
