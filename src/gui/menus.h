/*
 * Menus; made when they are first opened.
 */
#ifndef WEIR_GUI_MENUS_H
#define WEIR_GUI_MENUS_H

#include "model/columns.h"

#include <gtk/gtk.h>

void weir_menus_span(GtkMenuButton *button, gpointer data);
/** data: the table's weir_table_id_t, as a pointer to it. */
void weir_menus_sort(GtkMenuButton *button, gpointer data);
void weir_menus_main(GtkMenuButton *button, gpointer data);
/** Of a table's row; the caller's. */
GMenuModel *weir_menus_row(weir_table_id_t table);

#endif
