#include "gui/tabs.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static GtkWidget *row_make(void)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 2);
    gtk_widget_add_css_class(row, "tabs");
    for (weir_table_id_t id = 0; id < WEIR_TABLE_COUNT; id++) {
        GtkWidget *tab = gtk_toggle_button_new_with_label(_(weir_table(id)->title));
        gtk_widget_add_css_class(tab, "flat");
        gtk_widget_set_valign(tab, GTK_ALIGN_CENTER);
        gtk_actionable_set_action_target(GTK_ACTIONABLE(tab), "s", weir_table(id)->id);
        gtk_actionable_set_action_name(GTK_ACTIONABLE(tab), "win.page");
        gtk_box_append(GTK_BOX(row), tab);
    }
    return row;
}

static GtkWidget *menu_make(void)
{
    g_autoptr(GMenu) menu = g_menu_new();
    for (weir_table_id_t id = 0; id < WEIR_TABLE_COUNT; id++) {
        g_autofree char *action = g_strdup_printf("win.page::%s", weir_table(id)->id);
        g_menu_append(menu, _(weir_table(id)->title), action);
    }
    GtkWidget *button = gtk_menu_button_new();
    gtk_menu_button_set_menu_model(GTK_MENU_BUTTON(button), G_MENU_MODEL(menu));
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_widget_set_halign(button, GTK_ALIGN_START);
    return button;
}

GtkWidget *weir_tabs_new(void)
{
    GtkWidget *squeezer = adw_squeezer_new();
    GtkWidget *menu = menu_make();
    adw_squeezer_set_homogeneous(ADW_SQUEEZER(squeezer), FALSE);
    (void)adw_squeezer_add(ADW_SQUEEZER(squeezer), row_make()); /* the squeezer's pages */
    (void)adw_squeezer_add(ADW_SQUEEZER(squeezer), menu);       /* are not needed */
    g_object_set_data(G_OBJECT(squeezer), "menu", menu);
    return squeezer;
}

void weir_tabs_set(GtkWidget *tabs, weir_table_id_t table)
{
    GtkMenuButton *menu = GTK_MENU_BUTTON(g_object_get_data(G_OBJECT(tabs), "menu"));
    gtk_menu_button_set_label(menu, _(weir_table(table)->title));
}
