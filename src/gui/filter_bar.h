/*
 * The filter entry: the common language, the character where it goes wrong underlined. A single
 * word is looked for in names.
 */
#ifndef WEIR_GUI_FILTER_BAR_H
#define WEIR_GUI_FILTER_BAR_H

#include "model/filter.h"

#include <gtk/gtk.h>

typedef struct weir_filter_bar weir_filter_bar_t;

/** changed(context) is called when weir_filter_bar_filter() gives another one. */
weir_filter_bar_t *weir_filter_bar_new(void (*changed)(void *context), void *context);
/** After its widget is gone. */
void weir_filter_bar_free(weir_filter_bar_t *bar);
/** A GtkSearchBar. */
GtkWidget *weir_filter_bar_widget(weir_filter_bar_t *bar);
/** Borrowed until the next change; NULL: everything is shown. */
const weir_filter_t *weir_filter_bar_filter(weir_filter_bar_t *bar);
void weir_filter_bar_set_text(weir_filter_bar_t *bar, const char *text);

#endif
