/*
 * The rows of the interface table as a GListModel. The order is a sorted list of ids; a row object
 * is made when GTK asks for it, is the same one for as long as anyone holds it, and is found again
 * by its interface's id, so that selection and scroll position stay with their row.
 */
#ifndef WEIR_GUI_TABLE_MODEL_H
#define WEIR_GUI_TABLE_MODEL_H

#include "model/select.h"

#include <gio/gio.h>

#define WEIR_TYPE_ROW (weir_row_get_type())
G_DECLARE_FINAL_TYPE(WeirRow, weir_row, WEIR, ROW, GObject)
#define WEIR_TYPE_TABLE_MODEL (weir_table_model_get_type())
G_DECLARE_FINAL_TYPE(WeirTableModel, weir_table_model, WEIR, TABLE_MODEL, GObject)

/** The interface's id. */
uint64_t weir_row_id(WeirRow *row);

WeirTableModel *weir_table_model_new(void);

/**
 * Show `snapshot` (NULL: nothing) in the order of `query`. hold: rows keep the order they have.
 * One items-changed is emitted for the window that changed, none when the order is the same.
 */
void weir_table_model_update(WeirTableModel *model, weir_snapshot_t *snapshot,
                             const weir_query_t *query, bool hold);

/** The record of an interface in the snapshot that is shown, NULL when it is not in it. */
const weir_iface_t *weir_table_model_find(WeirTableModel *model, uint64_t id);
/** The record at a position of the list, NULL beyond its end. */
const weir_iface_t *weir_table_model_at(WeirTableModel *model, guint position);
/** The snapshot that is shown, borrowed, or NULL. */
weir_snapshot_t *weir_table_model_snapshot(WeirTableModel *model);
/** The rows in order, for exports: positions in the snapshot; borrowed until the next update. */
weir_selection_t weir_table_model_selection(WeirTableModel *model);

#endif
