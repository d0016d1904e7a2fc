/*
 * What a row of a table is known by from one snapshot to the next.
 */
#ifndef WEIR_GUI_ROW_KEY_H
#define WEIR_GUI_ROW_KEY_H

#include "model/snapshot.h"

/**
 * The key of row `i`: the interface's id, a mixture of what identifies it in other tables, and its
 * position where rows are made on demand, as those never change. Never 0.
 */
uint64_t weir_row_key(const weir_snapshot_t *snapshot, weir_table_id_t table, size_t i);

/** The row with that key, or -1. Where it is likely to be is looked at first. */
int64_t weir_row_find(const weir_snapshot_t *snapshot, weir_table_id_t table, uint64_t key,
                      size_t likely);

#endif
