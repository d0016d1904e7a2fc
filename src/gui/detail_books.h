/*
 * On the page of an interface: whose its bytes were. It is not there as long as that is unknown.
 */
#ifndef WEIR_GUI_DETAIL_BOOKS_H
#define WEIR_GUI_DETAIL_BOOKS_H

#include "model/shares.h"
#include "model/units.h"

#include <gtk/gtk.h>

typedef struct weir_detail_books {
    GtkWidget *box;                                         /* heading and list */
    GtkWidget *rows[WEIR_SHARE_COUNT];                      /* of the list, by part */
    GtkWidget *rx[WEIR_SHARE_COUNT], *tx[WEIR_SHARE_COUNT]; /* labels */
} weir_detail_books_t;

/** `box` is the one that holds `list`, which is empty. */
void weir_detail_books_init(weir_detail_books_t *books, GtkWidget *box, GtkWidget *list);
void weir_detail_books_write(weir_detail_books_t *books, const weir_iface_t *iface,
                             const weir_units_t *units);

#endif
