/*
 * A short text, or a number with its unit, whose size depends on its font and its width in digits
 * alone, never on what it says: a refresh repaints it and lays nothing out again. What it says is
 * its accessible name.
 */
#ifndef WEIR_GUI_TEXT_H
#define WEIR_GUI_TEXT_H

#include "model/cell.h"

#include <gtk/gtk.h>

#define WEIR_TYPE_TEXT (weir_text_get_type())
G_DECLARE_FINAL_TYPE(WeirText, weir_text, WEIR, TEXT, GtkWidget)

#define WEIR_TEXT_SENTENCE 40 /* as wide as this, a text is a sentence: it is cut at its end */

/** digits: how wide it wants to be. end: aligned at the end of the line. */
GtkWidget *weir_text_new(guint digits, gboolean end);
/** A number with its unit; the unit stands in a column as wide as `unit_sample`. */
GtkWidget *weir_text_new_number(guint digits, const char *unit_sample, gboolean end);
void weir_text_set_sample(WeirText *text, const char *unit_sample);

/** A text that is safe to show; dim for what is less important. */
void weir_text_set(WeirText *text, const char *words, gboolean dim);
void weir_text_set_number(WeirText *text, const char *number, const char *unit, gboolean dim);
typedef enum weir_bar {
    WEIR_BAR_NONE,
    WEIR_BAR_SHARE, /* of a whole */
    WEIR_BAR_LOAD   /* of what can be borne: nearly full is trouble */
} weir_bar_t;

/** Whether it wants room for a bar beside the number. */
void weir_text_set_bar(WeirText *text, weir_bar_t bar);
/** The bar: 0 .. 1, negative for none. */
void weir_text_set_share(WeirText *text, double share);
/** The space before a number is its own part of the accessible name: "Download 4.21 Mbit/s". */
void weir_text_set_prefix(WeirText *text, const char *prefix);
#endif
