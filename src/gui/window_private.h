/*
 * What the files of the main window share.
 */
#ifndef WEIR_GUI_WINDOW_PRIVATE_H
#define WEIR_GUI_WINDOW_PRIVATE_H

#include "gui/detail.h"
#include "gui/gui.h"
#include "gui/headline.h"
#include "gui/page.h"

struct weir_window {
    weir_gui_t *gui; /* borrowed */
    GtkWidget *widget, *titles, *tabs, *title, *back, *freeze, *find, *sort;
    GBinding *found;                                               /* find with the page's filter */
    GtkWidget *notice, *notice_words, *notice_button, *notice_bar; /* above the pages */
    GtkWidget *outer, *stack;          /* outer: overview or details; stack: pages */
    GtkWidget *count, *books, *origin; /* of the foot */
    weir_headline_view_t headline;
    weir_page_t pages[WEIR_TABLE_COUNT];
    weir_page_t *page; /* that is seen, or was before the details */
    weir_detail_t detail;
    bool detail_made, detail_open;
    weir_snapshot_t *shown; /* a reference: what the views show; NULL: nothing yet */
};

/** The record that is open or selected, made in *scratch where need be; NULL: none is. */
const void *weir_window_record(weir_window_t *window, weir_record_t *scratch);
/** Ask whether the app that is open or selected is to end. */
void weir_end_ask(weir_window_t *window);
const char *weir_window_icon(weir_table_id_t table);
void weir_window_actions_add(weir_window_t *window);
/** The actions' states follow the page and its sort. */
void weir_window_page_state(weir_window_t *window);
/** Another page. */
void weir_window_page_show(weir_window_t *window, weir_table_id_t table);
/** The selected row's flows or, where it has none, its details. */
void weir_window_row_open(weir_window_t *window);
void weir_window_flows_open(weir_window_t *window);
void weir_window_detail_open(weir_window_t *window);
void weir_window_detail_close(weir_window_t *window);
/** The settings' sort of the page has changed. */
void weir_window_sorted(weir_window_t *window);
bool weir_window_is_frozen(const weir_window_t *window);

/** The line above the pages and the foot. */
void weir_window_state_make(weir_window_t *window);
/** They and the page's reason for being empty. */
void weir_window_state_write(weir_window_t *window);

#endif
