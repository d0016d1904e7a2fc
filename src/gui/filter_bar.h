/*
 * The filter entry: the common language, the character where it goes wrong underlined. A single
 * word is looked for where a person would expect it.
 */
#ifndef WEIR_GUI_FILTER_BAR_H
#define WEIR_GUI_FILTER_BAR_H

#include "model/filter.h"

#include <gtk/gtk.h>

/** A filter that several hold, in any thread (an atomic GRcBox). */
typedef struct weir_filter_ref {
    weir_filter_t *filter; /* owned */
} weir_filter_ref_t;

weir_filter_ref_t *weir_filter_ref_keep(weir_filter_ref_t *ref); /* accepts NULL */
void weir_filter_ref_drop(weir_filter_ref_t *ref);               /* likewise */

typedef struct weir_filter_bar weir_filter_bar_t;

/** changed(context) is called when weir_filter_bar_filter() gives another one. */
weir_filter_bar_t *weir_filter_bar_new(weir_table_id_t table, void (*changed)(void *context),
                                       void *context);
/** After its widget is gone. */
void weir_filter_bar_free(weir_filter_bar_t *bar);
/** A GtkSearchBar. */
GtkWidget *weir_filter_bar_widget(weir_filter_bar_t *bar);
/** Borrowed until the next change; NULL: everything is shown. */
weir_filter_ref_t *weir_filter_bar_filter(weir_filter_bar_t *bar);
void weir_filter_bar_set_text(weir_filter_bar_t *bar, const char *text);

#endif
