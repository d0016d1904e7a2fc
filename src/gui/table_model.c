#include "gui/table_model.h"

#include "gui/order.h"

struct _WeirRow {
    GObject parent_instance;
    uint64_t id;
    GHashTable *known; /* a reference: id (within the row) to row; the row leaves it when it dies */
};

struct _WeirTableModel {
    GObject parent_instance;
    weir_snapshot_t *snapshot; /* a reference */
    weir_index_t records;      /* id to position in the snapshot, for all of its rows */
    uint64_t *ids;             /* in order */
    uint32_t *rows;            /* positions in the snapshot, in order */
    uint32_t count;
    GHashTable *known;
};

G_DEFINE_FINAL_TYPE(WeirRow, weir_row, G_TYPE_OBJECT)

static void weir_row_init(WeirRow *row)
{
    row->id = 0;
}

static void row_finalize(GObject *object)
{
    WeirRow *row = WEIR_ROW(object);
    g_hash_table_remove(row->known, &row->id);
    g_hash_table_unref(row->known);
    G_OBJECT_CLASS(weir_row_parent_class)->finalize(object);
}

static void weir_row_class_init(WeirRowClass *class)
{
    G_OBJECT_CLASS(class)->finalize = row_finalize;
}

uint64_t weir_row_id(WeirRow *row)
{
    return row->id;
}

/* ---- GListModel ------------------------------------------------------------------------------ */

static GType model_item_type(GListModel *list)
{
    (void)list;
    return WEIR_TYPE_ROW;
}

static guint model_n_items(GListModel *list)
{
    return WEIR_TABLE_MODEL(list)->count;
}

static gpointer model_item(GListModel *list, guint position)
{
    WeirTableModel *model = WEIR_TABLE_MODEL(list);
    if (position >= model->count)
        return NULL;
    WeirRow *row = g_hash_table_lookup(model->known, &model->ids[position]);
    if (row)
        return g_object_ref(row);
    row = g_object_new(WEIR_TYPE_ROW, NULL);
    row->id = model->ids[position];
    row->known = g_hash_table_ref(model->known);
    g_hash_table_insert(model->known, &row->id, row);
    return row;
}

static void list_init(GListModelInterface *interface)
{
    interface->get_item_type = model_item_type;
    interface->get_n_items = model_n_items;
    interface->get_item = model_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE(WeirTableModel, weir_table_model, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, list_init))

static void weir_table_model_init(WeirTableModel *model)
{
    model->known = g_hash_table_new(g_int64_hash, g_int64_equal);
}

static void model_finalize(GObject *object)
{
    WeirTableModel *model = WEIR_TABLE_MODEL(object);
    weir_snapshot_unref(model->snapshot);
    weir_index_done(&model->records);
    free(model->ids);
    free(model->rows);
    g_hash_table_unref(model->known);
    G_OBJECT_CLASS(weir_table_model_parent_class)->finalize(object);
}

static void weir_table_model_class_init(WeirTableModelClass *class)
{
    G_OBJECT_CLASS(class)->finalize = model_finalize;
}

WeirTableModel *weir_table_model_new(void)
{
    return g_object_new(WEIR_TYPE_TABLE_MODEL, NULL);
}

/* ---- Updates --------------------------------------------------------------------------------- */

static uint64_t *ids_make(const weir_snapshot_t *snapshot, const weir_selection_t *selection)
{
    uint64_t *ids = g_new(uint64_t, selection->count + 1);
    for (size_t i = 0; i < selection->count; i++)
        ids[i] = weir_snapshot_iface(snapshot, selection->rows[i])->id;
    return ids;
}

static int records_fill(weir_index_t *records, const weir_snapshot_t *snapshot)
{
    weir_index_clear(records);
    int r = 0;
    for (size_t i = 0; r == 0 && snapshot && i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++)
        r = weir_index_set(records, weir_snapshot_iface(snapshot, i)->id, (uint32_t)i);
    return r;
}

/* Rows keep their order: the positions follow the ids again. */
static void order_hold(WeirTableModel *model, uint64_t *ids, weir_selection_t *selection)
{
    if (weir_order_hold(model->ids, model->count, ids, (uint32_t)selection->count) < 0)
        return;
    for (size_t i = 0; i < selection->count; i++)
        selection->rows[i] = weir_index_get(&model->records, ids[i]);
}

void weir_table_model_update(WeirTableModel *model, weir_snapshot_t *snapshot,
                             const weir_query_t *query, bool hold)
{
    weir_selection_t selection = {0};
    if (snapshot && weir_select(snapshot, query, &selection) < 0)
        return; /* no memory: what was shown stays */
    if (records_fill(&model->records, snapshot) < 0)
        g_error("out of memory"); /* as GLib does */
    uint64_t *ids = ids_make(snapshot, &selection);
    if (hold)
        order_hold(model, ids, &selection);
    weir_change_t change =
        weir_order_change(model->ids, model->count, ids, (uint32_t)selection.count);

    weir_snapshot_t *old = model->snapshot;
    model->snapshot = snapshot ? weir_snapshot_ref(snapshot) : NULL;
    weir_snapshot_unref(old);
    free(model->ids);
    free(model->rows);
    model->ids = ids;
    model->rows = selection.rows;
    model->count = (uint32_t)selection.count;
    if (change.removed || change.added)
        g_list_model_items_changed(G_LIST_MODEL(model), change.first, change.removed, change.added);
}

const weir_iface_t *weir_table_model_find(WeirTableModel *model, uint64_t id)
{
    uint32_t at = weir_index_get(&model->records, id);
    return at == WEIR_INDEX_NONE ? NULL : weir_snapshot_iface(model->snapshot, at);
}

const weir_iface_t *weir_table_model_at(WeirTableModel *model, guint position)
{
    return position < model->count ? weir_snapshot_iface(model->snapshot, model->rows[position])
                                   : NULL;
}

weir_snapshot_t *weir_table_model_snapshot(WeirTableModel *model)
{
    return model->snapshot;
}

weir_selection_t weir_table_model_selection(WeirTableModel *model)
{
    return (weir_selection_t){model->rows, model->count, model->count};
}
