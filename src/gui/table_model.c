#include "gui/table_model.h"

#include "gui/order.h"
#include "gui/row_key.h"

#include <errno.h>

void weir_table_model_done(weir_table_model_t *model)
{
    weir_snapshot_unref(model->snapshot);
    free(model->rows);
    free(model->keys);
    *model = (weir_table_model_t){.table = model->table};
}

static uint64_t *keys_make(const weir_snapshot_t *snapshot, weir_table_id_t table,
                           const weir_selection_t *selection)
{
    uint64_t *keys = malloc((selection->count + 1) * sizeof(*keys));
    for (size_t i = 0; keys && i < selection->count; i++)
        keys[i] = weir_row_key(snapshot, table, selection->rows[i]);
    return keys;
}

/* Rows keep the order they had; their positions in the new snapshot follow. */
static int order_hold(const weir_table_model_t *model, uint64_t *keys, weir_selection_t *selection)
{
    weir_index_t positions = {0};
    int r = 0;
    for (size_t i = 0; r == 0 && i < selection->count; i++)
        r = weir_index_set(&positions, keys[i], selection->rows[i]);
    if (r == 0 && positions.count == selection->count) /* else two rows are known by one key */
        r = weir_order_hold(model->keys, model->count, keys, (uint32_t)selection->count);
    for (size_t i = 0; r == 0 && i < selection->count; i++)
        selection->rows[i] = weir_index_get(&positions, keys[i]);
    weir_index_done(&positions);
    return r;
}

int weir_table_model_set(weir_table_model_t *model, weir_snapshot_t *snapshot,
                         weir_selection_t *selection, bool hold)
{
    uint64_t *keys = NULL;
    int r = 0;
    if (snapshot && !snapshot->rows[model->table].fetch) {
        keys = keys_make(snapshot, model->table, selection);
        r = keys ? 0 : -ENOMEM;
        if (r == 0 && hold && model->keys)
            r = order_hold(model, keys, selection);
    }
    if (r < 0) {
        free(keys);
        weir_selection_done(selection);
        return r;
    }
    weir_snapshot_t *kept = snapshot ? weir_snapshot_ref(snapshot) : NULL;
    weir_table_model_done(model);
    model->snapshot = kept;
    model->rows = selection->rows;
    model->keys = keys;
    model->count = (uint32_t)selection->count;
    *selection = (weir_selection_t){0};
    return 0;
}

uint64_t weir_table_model_key(const weir_table_model_t *model, uint32_t place)
{
    if (place >= model->count)
        return 0;
    return model->keys ? model->keys[place] : (uint64_t)model->rows[place] + 1;
}

int weir_table_model_place(const weir_table_model_t *model, uint64_t key)
{
    for (uint32_t i = 0; key && i < model->count; i++)
        if (weir_table_model_key(model, i) == key)
            return (int)i;
    return -1;
}

const void *weir_table_model_read(const weir_table_model_t *model, uint32_t place,
                                  weir_record_t *scratch)
{
    return weir_snapshot_read(model->snapshot, model->table, model->rows[place], scratch);
}
