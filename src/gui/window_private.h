/*
 * What the files of the main window share.
 */
#ifndef WEIR_GUI_WINDOW_PRIVATE_H
#define WEIR_GUI_WINDOW_PRIVATE_H

#include "gui/detail.h"
#include "gui/filter_bar.h"
#include "gui/gui.h"
#include "gui/headline.h"
#include "gui/table.h"

struct weir_window {
    weir_gui_t *gui; /* borrowed */
    GtkWidget *widget, *title, *back, *freeze;
    GtkWidget *notice, *notice_words, *notice_button, *notice_busy; /* above the pages */
    GtkWidget *pages, *body, *empty, *empty_button, *count, *origin;
    weir_headline_view_t headline;
    weir_filter_bar_t *filter;
    weir_table_view_t *table;
    weir_detail_t detail;
    bool detail_made, detail_open;
    weir_snapshot_t *shown; /* a reference: what the views show; NULL: nothing yet */
};

void weir_window_actions_add(weir_window_t *window);
void weir_window_detail_open(weir_window_t *window, uint64_t id);
void weir_window_detail_close(weir_window_t *window);
bool weir_window_is_frozen(const weir_window_t *window);

/** The line above the pages, the page for an empty table, and the foot. */
void weir_window_state_make(weir_window_t *window);
void weir_window_state_write(weir_window_t *window);

#endif
