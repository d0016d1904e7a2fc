/*
 * The rows of a table in order: positions in the snapshot, and what each row is known by, so that
 * selection and scroll position stay with their row. Nothing is made for a row that is not shown:
 * 100,000 rows are two arrays.
 */
#ifndef WEIR_GUI_TABLE_MODEL_H
#define WEIR_GUI_TABLE_MODEL_H

#include "model/select.h"

/** A zeroed struct, but for its table, is an empty model. */
typedef struct weir_table_model {
    weir_table_id_t table;
    weir_snapshot_t *snapshot; /* a reference: what is shown, or NULL */
    uint32_t *rows;            /* owned: positions in the snapshot, in order */
    uint64_t *keys;            /* owned: of the rows in order; NULL: those on demand */
    uint32_t count;
} weir_table_model_t;

void weir_table_model_done(weir_table_model_t *model);

/**
 * Show the rows of `selection` (taken) of `snapshot` (NULL: nothing). hold: rows that were there
 * keep their order. Returns 0, or -ENOMEM: then what was shown stays.
 */
WEIR_NODISCARD int weir_table_model_set(weir_table_model_t *model, weir_snapshot_t *snapshot,
                                        weir_selection_t *selection, bool hold);

/** The key of the row at a place of the list, 0 beyond its end. */
uint64_t weir_table_model_key(const weir_table_model_t *model, uint32_t place);
/** The place of a key, or -1. */
int weir_table_model_place(const weir_table_model_t *model, uint64_t key);
/** The record at a place of the list, which must exist; see weir_snapshot_read(). */
const void *weir_table_model_read(const weir_table_model_t *model, uint32_t place,
                                  weir_record_t *scratch);

#endif
