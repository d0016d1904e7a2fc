/*
 * The page of one table: its filter, its rows, or why there are none. What it is made of is made
 * when it is first seen.
 */
#ifndef WEIR_GUI_PAGE_H
#define WEIR_GUI_PAGE_H

#include "gui/filter_bar.h"
#include "gui/gui.h"
#include "gui/table.h"

typedef struct weir_page {
    weir_window_t *window; /* borrowed */
    weir_table_id_t id;
    GtkWidget *box; /* what the window shows */
    GtkWidget *note, *note_words, *note_button;
    GtkWidget *body, *empty, *empty_button;
    char *command;             /* that the note or the empty page names, to be copied; or NULL */
    weir_filter_bar_t *filter; /* owned; NULL: it was not seen yet, as are table and the above */
    weir_table_view_t *table;  /* owned */
} weir_page_t;

void weir_page_init(weir_page_t *page, weir_window_t *window, weir_table_id_t id);
void weir_page_done(weir_page_t *page);
/** Make what it consists of, unless that is there. */
void weir_page_make(weir_page_t *page);
/** Show what the window shows. */
void weir_page_refresh(weir_page_t *page);
/** Why there are no rows, or the note above them; refresh does this, too. */
void weir_page_write_state(weir_page_t *page);
/** "3 of 5 hosts"; the caller's. */
char *weir_page_count_words(const weir_page_t *page);

#endif
