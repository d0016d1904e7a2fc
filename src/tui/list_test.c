#include "base/testing.h"

#include "tui/list.h"

/* A snapshot of interfaces: ids with a download rate each, ended by id 0. */
typedef struct made {
    uint64_t id;
    double rate;
} made_t;

static weir_snapshot_t *snapshot_make(const made_t made[], uint64_t second)
{
    static const char *const names[] = {"zero", "one", "two", "three", "four", "five", "six"};
    weir_pool_t *pool = weir_pool_new(4096);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    size_t n = 0;
    while (made[n].id)
        n++;
    weir_iface_t *ifaces = weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, n);
    for (size_t i = 0; i < n; i++)
        ifaces[i] = (weir_iface_t){
            .present = UINT64_MAX,
            .id = made[i].id,
            .name = names[made[i].id],
            .kind = made[i].id < 3 ? WEIR_KIND_ETHERNET : WEIR_KIND_VETH,
            .counted = made[i].id < 3,
            .rx = {.bytes = (uint64_t)(made[i].rate * (double)second), .byte_rate = made[i].rate}};
    snapshot->time.boot_ns = second * WEIR_NS_PER_S;
    return snapshot;
}

static weir_query_t by_rate(void)
{
    return (weir_query_t){.table = WEIR_TABLE_INTERFACES,
                          .sort =
                              weir_column_find(weir_table(WEIR_TABLE_INTERFACES), "rx_bytes_per_s"),
                          .descending = true};
}

static void snapshot_order(weir_list_t *list, const made_t made[], uint64_t second, bool grouped)
{
    weir_query_t query = by_rate();
    weir_snapshot_t *snapshot = snapshot_make(made, second);
    assert_int_equal(weir_list_learn(list, snapshot), 0);
    assert_int_equal(weir_list_order(list, snapshot, &query, grouped), 0);
    weir_list_follow(list);
    weir_snapshot_unref(snapshot);
}

static void snapshot_hold(weir_list_t *list, const made_t made[], uint64_t second)
{
    weir_snapshot_t *snapshot = snapshot_make(made, second);
    assert_int_equal(weir_list_learn(list, snapshot), 0);
    assert_int_equal(weir_list_hold(list, snapshot, NULL), 0);
    weir_list_follow(list);
    weir_snapshot_unref(snapshot);
}

static void ids_check(const weir_list_t *list, const uint64_t ids[], size_t n)
{
    assert_int_equal(list->count, n);
    for (size_t i = 0; i < n; i++) {
        assert_true(list->ids[i] == ids[i]);
        assert_true(list->memory[list->rows[i]].id == ids[i]);
    }
}

static void test_the_selection_follows_its_record(void **state)
{
    (void)state;
    weir_list_t list;
    weir_list_init(&list, WEIR_TABLE_INTERFACES);
    snapshot_order(&list, (made_t[]){{1, 10}, {2, 20}, {3, 30}, {0}}, 1, false);
    ids_check(&list, (uint64_t[]){3, 2, 1}, 3);
    list.touched = true;
    weir_list_select(&list, 1);
    for (uint64_t second = 2; second < 62; second++) { /* two of nearly the same rate */
        double more = second % 2 ? 20.1 : 19.9;
        snapshot_order(&list, (made_t[]){{1, 20}, {2, more}, {3, 30}, {0}}, second, false);
        assert_true(list.selected == 2);
        assert_true(list.ids[list.cursor] == 2);
    }
    weir_list_done(&list);
}

static void test_before_the_first_key_the_first_line_is_selected(void **state)
{
    (void)state;
    weir_list_t list;
    weir_list_init(&list, WEIR_TABLE_INTERFACES);
    snapshot_order(&list, (made_t[]){{1, 10}, {2, 20}, {0}}, 1, false);
    snapshot_order(&list, (made_t[]){{1, 30}, {2, 20}, {0}}, 2, false);
    assert_int_equal(list.cursor, 0);
    weir_list_done(&list);
}

static void test_holding_keeps_the_order(void **state)
{
    (void)state;
    weir_list_t list;
    weir_list_init(&list, WEIR_TABLE_INTERFACES);
    snapshot_order(&list, (made_t[]){{1, 10}, {2, 20}, {3, 30}, {0}}, 1, false);
    snapshot_hold(&list, (made_t[]){{1, 99}, {2, 50}, {3, 0}, {0}}, 2);
    ids_check(&list, (uint64_t[]){3, 2, 1}, 3);
    /* 2 goes, 4 comes, and the records change their places */
    snapshot_hold(&list, (made_t[]){{4, 7}, {3, 0}, {1, 99}, {0}}, 3);
    ids_check(&list, (uint64_t[]){3, 1, 4}, 3);
    weir_list_done(&list);
}

static void test_a_selected_record_that_goes_leaves_its_line(void **state)
{
    (void)state;
    weir_list_t list;
    weir_list_init(&list, WEIR_TABLE_INTERFACES);
    snapshot_order(&list, (made_t[]){{1, 10}, {2, 20}, {3, 30}, {0}}, 1, false);
    list.touched = true;
    weir_list_select(&list, 1);
    snapshot_order(&list, (made_t[]){{1, 10}, {3, 30}, {0}}, 2, false);
    assert_int_equal(list.cursor, 1);
    assert_true(list.selected == 1);
    snapshot_order(&list, (made_t[]){{0}}, 3, false);
    assert_int_equal(weir_list_lines(&list), 0);
    assert_int_equal(list.cursor, 0);
    assert_true(list.selected == 0);
    snapshot_order(&list, (made_t[]){{5, 1}, {0}}, 4, false);
    assert_true(list.ids[list.cursor] == 5);
    weir_list_done(&list);
}

static void test_quiet_rows_fold(void **state)
{
    (void)state;
    weir_list_t list;
    weir_list_init(&list, WEIR_TABLE_INTERFACES);
    const made_t made[] = {{1, 10}, {2, 0}, {3, 0}, {4, 0}, {5, 7}, {0}};
    snapshot_order(&list, made, 1, true);
    snapshot_order(&list, made, 2, true);
    ids_check(&list, (uint64_t[]){1, 5, 2, 3, 4}, 5);
    assert_int_equal(list.main, 3);
    assert_int_equal(weir_list_lines(&list), 4);
    assert_int_equal(weir_list_row(&list, 3), WEIR_INDEX_NONE);
    list.touched = true;
    weir_list_select(&list, 99);
    assert_true(list.on_group);
    list.folded = false;
    assert_int_equal(weir_list_lines(&list), 6);
    weir_list_select(&list, 5);
    assert_true(list.selected == 4);
    weir_list_done(&list);
}

/* What the user looks at is not folded away under the eyes. */
static void test_the_selected_row_stays_unfolded(void **state)
{
    (void)state;
    weir_list_t list;
    weir_list_init(&list, WEIR_TABLE_INTERFACES);
    const made_t busy[] = {{1, 10}, {3, 5}, {4, 6}, {5, 7}, {0}};
    const made_t quiet[] = {{1, 10}, {3, 0}, {4, 0}, {5, 0}, {0}};
    snapshot_order(&list, busy, 1, true);
    snapshot_order(&list, busy, 2, true);
    assert_int_equal(list.main, 4);
    list.touched = true;
    weir_list_select(&list, 1);
    uint64_t selected = list.selected;
    snapshot_order(&list, quiet, 200, true); /* the totals fell, too: a change */
    snapshot_order(&list, quiet, 300, true);
    assert_int_equal(list.main, 2);
    assert_true(list.ids[1] == selected);
    weir_list_done(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_selection_follows_its_record),
        cmocka_unit_test(test_before_the_first_key_the_first_line_is_selected),
        cmocka_unit_test(test_holding_keeps_the_order),
        cmocka_unit_test(test_a_selected_record_that_goes_leaves_its_line),
        cmocka_unit_test(test_quiet_rows_fold),
        cmocka_unit_test(test_the_selected_row_stays_unfolded),
    };
    return weir_test_run("tui/list", tests);
}
