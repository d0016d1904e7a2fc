/*
 * The page of one row of any table: what is known of it, and for interfaces their speeds and graph.
 */
#ifndef WEIR_GUI_DETAIL_H
#define WEIR_GUI_DETAIL_H

#include "client/client.h"
#include "gui/detail_books.h"
#include "gui/headline.h"

#include <gtk/gtk.h>

#define WEIR_DETAIL_FACTS 64

typedef struct weir_detail {
    GtkWidget *page; /* a scrolled window */
    weir_headline_view_t headline;
    GtkWidget *heading, *note, *body;    /* name; why values are old; holds the facts */
    GtkWidget *flows, *end;              /* buttons */
    GtkWidget *facts[WEIR_DETAIL_FACTS]; /* labels */
    int columns[WEIR_DETAIL_FACTS];      /* what they show */
    guint fact_count;
    weir_detail_books_t books; /* of an interface */
    weir_table_id_t table;
    uint64_t key;    /* of the row; 0: none */
    size_t likely;   /* where it was last */
    char *name;      /* safe */
    int64_t seen_ns; /* wall time at which it was last there */
} weir_detail_t;

void weir_detail_init(weir_detail_t *detail);
void weir_detail_done(weir_detail_t *detail);
/** Show row `at` of the snapshot's table. */
void weir_detail_open(weir_detail_t *detail, weir_client_t *client, const weir_snapshot_t *snapshot,
                      weir_table_id_t table, size_t at);
void weir_detail_refresh(weir_detail_t *detail, const weir_snapshot_t *snapshot,
                         const weir_units_t *units);
/** The record in the snapshot, made in *scratch where rows are made on demand; NULL: gone. */
const void *weir_detail_record(weir_detail_t *detail, const weir_snapshot_t *snapshot,
                               weir_record_t *scratch);

#endif
