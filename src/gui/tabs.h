/*
 * The pages' names in the header, one beside the other; where there is no room for them, a menu.
 */
#ifndef WEIR_GUI_TABS_H
#define WEIR_GUI_TABS_H

#include "model/columns.h"

#include <gtk/gtk.h>

/** They do the action win.page. */
GtkWidget *weir_tabs_new(void);
/** The page that is seen. */
void weir_tabs_set(GtkWidget *tabs, weir_table_id_t table);

#endif
