/*
 * The page of one interface: speeds, graph, and what else is known of it.
 */
#ifndef WEIR_GUI_DETAIL_H
#define WEIR_GUI_DETAIL_H

#include "client/client.h"
#include "gui/headline.h"

#include <gtk/gtk.h>

#define WEIR_DETAIL_FACTS 32

typedef struct weir_detail {
    GtkWidget *page; /* a scrolled window */
    weir_headline_view_t headline;
    GtkWidget *facts[WEIR_DETAIL_FACTS]; /* labels */
    int columns[WEIR_DETAIL_FACTS];      /* what they show */
    guint fact_count;
    uint64_t id;     /* of the interface; 0: none */
    char *name;      /* safe */
    int64_t seen_ns; /* wall time at which it was last there */
} weir_detail_t;

void weir_detail_init(weir_detail_t *detail);
void weir_detail_done(weir_detail_t *detail);
void weir_detail_open(weir_detail_t *detail, weir_client_t *client, const weir_iface_t *iface);
void weir_detail_refresh(weir_detail_t *detail, const weir_snapshot_t *snapshot,
                         const weir_units_t *units);

#endif
