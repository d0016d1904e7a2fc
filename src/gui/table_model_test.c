#include "gui/table_model.h"

#include "base/testing.h"

#include <stdio.h>

static const char *const NAMES[] = {"a", "b", "c", "d", "e", "f", "g", "h"};

static weir_snapshot_t *snapshot_make(const uint64_t *ids, const uint64_t *bytes, size_t n)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    weir_pool_t *pool = weir_pool_new(1000);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_REPLAY, pool);
    weir_pool_unref(pool);
    weir_iface_t *records = weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, n);
    for (size_t i = 0; i < n; i++) {
        records[i].id = ids[i];
        records[i].name = NAMES[i];
        records[i].rx.bytes = bytes[i];
        records[i].present = weir_column_bit(table, "rx_bytes") | weir_column_bit(table, "name");
    }
    return snapshot;
}

static weir_query_t by_download(void)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    return (weir_query_t){.table = WEIR_TABLE_INTERFACES,
                          .sort = weir_column_find(table, "rx_bytes"),
                          .descending = true};
}

static void change_note(GListModel *list, guint first, guint removed, guint added, gpointer text)
{
    (void)list;
    (void)snprintf(text, 64, "%u -%u +%u", first, removed, added);
}

static void show(WeirTableModel *model, const uint64_t *ids, const uint64_t *bytes, size_t n,
                 bool hold)
{
    weir_snapshot_t *snapshot = snapshot_make(ids, bytes, n);
    weir_query_t query = by_download();
    weir_table_model_update(model, snapshot, &query, hold);
    weir_snapshot_unref(snapshot);
}

static void test_sizes_are_numbers(void **state)
{
    (void)state;
    g_autoptr(WeirTableModel) model = weir_table_model_new();
    show(model, (const uint64_t[]){11, 12, 13}, (const uint64_t[]){3000, 101000000, 20}, 3, false);
    assert_string_equal(weir_table_model_at(model, 0)->name, "b");
    assert_string_equal(weir_table_model_at(model, 1)->name, "a");
    assert_string_equal(weir_table_model_at(model, 2)->name, "c");
    assert_null(weir_table_model_at(model, 3));
}

static void test_rows_keep_their_object(void **state)
{
    (void)state;
    char seen[64] = "";
    const uint64_t ids[] = {11, 12, 13, 14};
    g_autoptr(WeirTableModel) model = weir_table_model_new();
    g_signal_connect(model, "items-changed", G_CALLBACK(change_note), seen);
    show(model, ids, (const uint64_t[]){40, 30, 20, 10}, 4, false);
    assert_string_equal(seen, "0 -0 +4");
    g_autoptr(WeirRow) second = g_list_model_get_item(G_LIST_MODEL(model), 1);
    show(model, ids, (const uint64_t[]){40, 30, 35, 10}, 4, false);
    assert_string_equal(seen, "1 -2 +2");
    g_autoptr(WeirRow) third = g_list_model_get_item(G_LIST_MODEL(model), 2);
    assert_ptr_equal(second, third);
    assert_int_equal(weir_row_id(third), 12);
    seen[0] = '\0';
    show(model, ids, (const uint64_t[]){41, 31, 36, 11}, 4, false);
    assert_string_equal(seen, "");
}

static void test_held_rows_stay(void **state)
{
    (void)state;
    const uint64_t ids[] = {11, 12, 13};
    g_autoptr(WeirTableModel) model = weir_table_model_new();
    show(model, ids, (const uint64_t[]){3, 2, 1}, 3, false);
    show(model, ids, (const uint64_t[]){3, 2, 9}, 3, true);
    assert_string_equal(weir_table_model_at(model, 2)->name, "c");
    assert_int_equal(weir_table_model_at(model, 2)->rx.bytes, 9);
    show(model, ids, (const uint64_t[]){3, 2, 9}, 3, false);
    assert_string_equal(weir_table_model_at(model, 0)->name, "c");
}

static void test_vanished_row_is_not_found(void **state)
{
    (void)state;
    g_autoptr(WeirTableModel) model = weir_table_model_new();
    show(model, (const uint64_t[]){11, 12}, (const uint64_t[]){2, 1}, 2, false);
    g_autoptr(WeirRow) row = g_list_model_get_item(G_LIST_MODEL(model), 1);
    show(model, (const uint64_t[]){11}, (const uint64_t[]){2}, 1, false);
    assert_null(weir_table_model_find(model, weir_row_id(row)));
    weir_query_t query = by_download();
    weir_table_model_update(model, NULL, &query, false);
    assert_int_equal(g_list_model_get_n_items(G_LIST_MODEL(model)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_are_numbers),
        cmocka_unit_test(test_rows_keep_their_object),
        cmocka_unit_test(test_held_rows_stay),
        cmocka_unit_test(test_vanished_row_is_not_found),
    };
    return weir_test_run("gui/table_model", tests);
}
