#include "gui/table_model.h"

#include "base/testing.h"
#include "gui/row_key.h"

#define MANY 100000 /* no multiple of 7919 */

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

static void show(weir_table_model_t *model, const uint64_t *ids, const uint64_t *bytes, size_t n,
                 bool hold)
{
    weir_snapshot_t *snapshot = snapshot_make(ids, bytes, n);
    weir_query_t query = by_download();
    weir_selection_t selection = {0};
    assert_int_equal(weir_select(snapshot, &query, &selection), 0);
    assert_int_equal(weir_table_model_set(model, snapshot, &selection, hold), 0);
    weir_snapshot_unref(snapshot);
}

static const weir_iface_t *at(const weir_table_model_t *model, uint32_t place)
{
    weir_record_t scratch;
    return weir_table_model_read(model, place, &scratch);
}

static void test_sizes_are_numbers(void **state)
{
    (void)state;
    weir_table_model_t model = {0};
    show(&model, (const uint64_t[]){11, 12, 13}, (const uint64_t[]){3000, 101000000, 20}, 3, false);
    assert_int_equal(model.count, 3);
    assert_string_equal(at(&model, 0)->name, "b");
    assert_string_equal(at(&model, 1)->name, "a");
    assert_string_equal(at(&model, 2)->name, "c");
    assert_int_equal(weir_table_model_key(&model, 3), 0);
    weir_table_model_done(&model);
}

static void test_rows_are_found_by_their_key(void **state)
{
    (void)state;
    const uint64_t ids[] = {11, 12, 13, 14};
    weir_table_model_t model = {0};
    show(&model, ids, (const uint64_t[]){40, 30, 20, 10}, 4, false);
    assert_int_equal(weir_table_model_place(&model, 12), 1);
    show(&model, ids, (const uint64_t[]){40, 30, 35, 10}, 4, false);
    assert_int_equal(weir_table_model_place(&model, 12), 2);
    assert_int_equal(weir_table_model_place(&model, 99), -1);
    assert_int_equal(weir_table_model_place(&model, 0), -1);
    weir_table_model_done(&model);
}

static void test_held_rows_stay(void **state)
{
    (void)state;
    const uint64_t ids[] = {11, 12, 13};
    weir_table_model_t model = {0};
    show(&model, ids, (const uint64_t[]){3, 2, 1}, 3, false);
    show(&model, ids, (const uint64_t[]){3, 2, 9}, 3, true);
    assert_string_equal(at(&model, 2)->name, "c");
    assert_int_equal(at(&model, 2)->rx.bytes, 9);
    show(&model, ids, (const uint64_t[]){3, 2, 9}, 3, false);
    assert_string_equal(at(&model, 0)->name, "c");
    weir_table_model_done(&model);
}

static void test_vanished_row_is_not_found(void **state)
{
    (void)state;
    weir_table_model_t model = {0};
    weir_selection_t nothing = {0};
    show(&model, (const uint64_t[]){11, 12}, (const uint64_t[]){2, 1}, 2, false);
    show(&model, (const uint64_t[]){11}, (const uint64_t[]){2}, 1, true);
    assert_int_equal(weir_table_model_place(&model, 12), -1);
    assert_int_equal(weir_table_model_set(&model, NULL, &nothing, false), 0);
    assert_int_equal(model.count, 0);
    weir_table_model_done(&model);
}

/* A host is known by its address, however its other columns change. */
static void test_hosts_are_known_by_address(void **state)
{
    (void)state;
    weir_pool_t *pool = weir_pool_new(1000);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    weir_host_t *hosts = weir_snapshot_allocate(snapshot, WEIR_TABLE_HOSTS, 3);
    for (uint8_t i = 0; i < 3; i++)
        hosts[i] = (weir_host_t){.present = UINT64_MAX,
                                 .name = NAMES[i],
                                 .address = {.bytes = {192, 0, 2, i / 2}, .family = 1}};
    assert_true(weir_row_key(snapshot, WEIR_TABLE_HOSTS, 0) ==
                weir_row_key(snapshot, WEIR_TABLE_HOSTS, 1));
    assert_true(weir_row_key(snapshot, WEIR_TABLE_HOSTS, 0) !=
                weir_row_key(snapshot, WEIR_TABLE_HOSTS, 2));
    uint64_t key = weir_row_key(snapshot, WEIR_TABLE_HOSTS, 2);
    assert_int_equal(weir_row_find(snapshot, WEIR_TABLE_HOSTS, key, 0), 2);
    assert_int_equal(weir_row_find(snapshot, WEIR_TABLE_HOSTS, key + 1, 7), -1);
    weir_snapshot_unref(snapshot);
}

static void flow_fetch(const weir_snapshot_t *snapshot, size_t i, weir_record_t *ret_record)
{
    (void)snapshot;
    ret_record->flow =
        (weir_flow_t){.present = UINT64_MAX, .protocol = "tcp", .from_src.bytes = i * 7919 % MANY};
}

static void test_a_hundred_thousand_rows(void **state)
{
    (void)state;
    weir_pool_t *pool = weir_pool_new(1000);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_FILE, pool);
    weir_pool_unref(pool);
    snapshot->rows[WEIR_TABLE_FLOWS] =
        (weir_rows_t){.fetch = flow_fetch, .count = MANY, .measured = true};
    const weir_table_t *table = weir_table(WEIR_TABLE_FLOWS);
    weir_query_t query = {.table = WEIR_TABLE_FLOWS,
                          .sort = weir_column_find(table, "src_bytes"),
                          .descending = true};
    weir_table_model_t model = {.table = WEIR_TABLE_FLOWS};
    weir_selection_t selection = {0};
    assert_int_equal(weir_select(snapshot, &query, &selection), 0);
    assert_int_equal(weir_table_model_set(&model, snapshot, &selection, false), 0);
    assert_int_equal(model.count, MANY);
    assert_null(model.keys); /* a row is four bytes */
    weir_record_t scratch = {.wanted = UINT64_MAX};
    for (uint32_t place = 0; place < MANY; place += 9973) {
        const weir_flow_t *flow = weir_table_model_read(&model, place, &scratch);
        assert_int_equal(flow->from_src.bytes, MANY - 1 - place);
        assert_int_equal(weir_table_model_place(&model, weir_table_model_key(&model, place)),
                         place);
    }
    weir_table_model_done(&model);
    weir_snapshot_unref(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_are_numbers),
        cmocka_unit_test(test_rows_are_found_by_their_key),
        cmocka_unit_test(test_held_rows_stay),
        cmocka_unit_test(test_vanished_row_is_not_found),
        cmocka_unit_test(test_hosts_are_known_by_address),
        cmocka_unit_test(test_a_hundred_thousand_rows),
    };
    return weir_test_run("gui/table_model", tests);
}
