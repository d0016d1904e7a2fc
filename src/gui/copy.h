/*
 * Rows of the table to the clipboard.
 */
#ifndef WEIR_GUI_COPY_H
#define WEIR_GUI_COPY_H

#include "gui/table.h"

/** how: "text" (as shown, tabs between columns), "csv" or "json": the selected row, or all rows. */
void weir_copy(weir_table_view_t *table, const weir_settings_t *settings, const char *how);
/** A text, such as a command that a line names. */
void weir_copy_words(GtkWidget *widget, const char *words);

#endif
