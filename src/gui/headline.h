/*
 * The answer in large type: download and upload speed, their graph, and one line below it.
 */
#ifndef WEIR_GUI_HEADLINE_H
#define WEIR_GUI_HEADLINE_H

#include "client/client.h"
#include "model/units.h"

#include <gtk/gtk.h>

typedef struct weir_headline_view {
    GtkWidget *box;
    GtkWidget *captions[2];       /* labels above the figures */
    GtkWidget *download, *upload; /* WeirText */
    GtkWidget *graph, *line, *now;
    GtkWidget *span; /* menu button */
    bool report;     /* it shows a capture's */
} weir_headline_view_t;

/** small: speeds and graph only. */
void weir_headline_view_init(weir_headline_view_t *view, bool small);
/** What a new snapshot says: both meters and the line, which may be NULL. */
void weir_headline_view_refresh(weir_headline_view_t *view, const weir_snapshot_t *snapshot,
                                const weir_units_t *units, const weir_meter_t *const meters[2],
                                const char *line);
/** Of a capture: its traffic, its mean rate and what it is. */
void weir_headline_view_show_report(weir_headline_view_t *view, const weir_snapshot_t *snapshot,
                                    const weir_units_t *units);
/** "2 min", "24 h"; the caller's. */
char *weir_headline_span_words(guint span_s);

#endif
