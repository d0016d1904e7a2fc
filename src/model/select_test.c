#include "base/testing.h"
#include "model/select.h"

#include <errno.h>

enum { ROWS = 6 };

/* Six interfaces; wg0's totals and alias are unknown. */
static weir_snapshot_t *snapshot_make(void)
{
    static const struct {
        const char *name;
        uint64_t bytes;
        bool known, counted, default_route;
        weir_link_state_t state;
    } rows[ROWS] = {
        {"lo", 3000, true, false, false, WEIR_LINK_UP},
        {"ifb0", 0, true, false, false, WEIR_LINK_DOWN},
        {"wg0", 0, false, false, false, WEIR_LINK_UP},
        {"eth1", 500, true, true, false, WEIR_LINK_UP},
        {"eth0", 101000000, true, true, true, WEIR_LINK_UP},
        {"eth2", 500, true, true, false, WEIR_LINK_UP},
    };
    weir_pool_t *pool = weir_pool_new(4096);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    weir_iface_t *ifaces = weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, ROWS);
    assert_non_null(ifaces);
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    for (size_t i = 0; i < ROWS; i++) {
        ifaces[i].present = weir_column_bit(table, "name") | weir_column_bit(table, "state");
        if (rows[i].known)
            ifaces[i].present |= weir_column_bit(table, "rx_bytes");
        ifaces[i].name = rows[i].name;
        ifaces[i].rx.bytes = rows[i].bytes;
        ifaces[i].counted = rows[i].counted;
        ifaces[i].default_route = rows[i].default_route;
        ifaces[i].state = (uint8_t)rows[i].state;
    }
    return snapshot;
}

/* `sort` as on the command line, NULL for none. `wanted`: the names in order, a space behind each.
 */
static void expect_rows(const char *sort, const char *filter_text, size_t limit, const char *wanted,
                        uint64_t matched)
{
    WEIR_CLEANUP(weir_snapshot_unrefp) weir_snapshot_t *snapshot = snapshot_make();
    WEIR_CLEANUP(weir_filter_freep) weir_filter_t *filter = NULL;
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    weir_filter_error_t error;
    weir_query_t query = {.table = WEIR_TABLE_INTERFACES, .sort = WEIR_SORT_NONE, .limit = limit};
    if (sort)
        assert_int_equal(weir_sort_parse(table, sort, &query.sort, &query.descending), 0);
    if (filter_text)
        assert_int_equal(weir_filter_parse(table, filter_text, &filter, &error), 0);
    query.filter = filter;

    weir_selection_t selection = {0};
    assert_int_equal(weir_select(snapshot, &query, &selection), 0);
    weir_buf_t names;
    weir_buf_init(&names, 256);
    for (size_t i = 0; i < selection.count; i++)
        weir_buf_printf(&names, "%s ", weir_snapshot_iface(snapshot, selection.rows[i])->name);
    assert_string_equal(weir_buf_text(&names), wanted);
    assert_int_equal(selection.matched, matched);
    weir_buf_done(&names);
    weir_selection_done(&selection);
    assert_null(selection.rows);
}

static void the_default_route_comes_first_then_what_counts_then_what_is_up(void **state)
{
    (void)state;
    expect_rows(NULL, NULL, 0, "eth0 eth1 eth2 lo wg0 ifb0 ", ROWS);
}

/* Sorted as text, 3000 would stand above 101000000. */
static void numbers_sort_as_numbers(void **state)
{
    (void)state;
    expect_rows("-rx_bytes", "rx_bytes>0", 0, "eth0 lo eth1 eth2 ", 4);
    expect_rows("rx_bytes", "rx_bytes>0", 0, "eth1 eth2 lo eth0 ", 4);
}

static void unknown_comes_last_in_both_directions(void **state)
{
    (void)state;
    expect_rows("rx_bytes", NULL, 0, "ifb0 eth1 eth2 lo eth0 wg0 ", ROWS);
    expect_rows("-rx_bytes", NULL, 0, "eth0 lo eth1 eth2 ifb0 wg0 ", ROWS);
}

static void equal_rows_keep_the_tables_order_in_both_directions(void **state)
{
    (void)state;
    expect_rows("state", NULL, 0, "ifb0 eth0 eth1 eth2 lo wg0 ", ROWS);
    expect_rows("-state", NULL, 0, "eth0 eth1 eth2 lo wg0 ifb0 ", ROWS);
    expect_rows("alias", NULL, 0, "eth0 eth1 eth2 lo wg0 ifb0 ", ROWS);
    expect_rows("-alias", NULL, 0, "eth0 eth1 eth2 lo wg0 ifb0 ", ROWS);
}

static void texts_sort_by_their_bytes(void **state)
{
    (void)state;
    expect_rows("name", NULL, 0, "eth0 eth1 eth2 ifb0 lo wg0 ", ROWS);
    expect_rows("-name", NULL, 0, "wg0 lo ifb0 eth2 eth1 eth0 ", ROWS);
}

static void the_limit_cuts_after_sorting_and_says_what_matched(void **state)
{
    (void)state;
    expect_rows("-rx_bytes", NULL, 2, "eth0 lo ", ROWS);
    expect_rows("-rx_bytes", "name~\"^eth\"", 1, "eth0 ", 3);
    expect_rows(NULL, NULL, ROWS, "eth0 eth1 eth2 lo wg0 ifb0 ", ROWS);
    expect_rows(NULL, NULL, ROWS + 1, "eth0 eth1 eth2 lo wg0 ifb0 ", ROWS);
    expect_rows("name", "name=none", 3, "", 0);
}

/* FIELD, pitfall 29. A table that was never measured is as good. */
static void an_empty_table_gives_an_empty_selection(void **state)
{
    (void)state;
    weir_pool_t *pool = weir_pool_new(64);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    for (int table = 0; table < WEIR_TABLE_COUNT; table++) {
        weir_query_t query = {.table = (weir_table_id_t)table, .sort = WEIR_SORT_NONE, .limit = 5};
        weir_selection_t selection = {.count = 9, .matched = 9};
        assert_int_equal(weir_select(snapshot, &query, &selection), 0);
        assert_int_equal(selection.count, 0);
        assert_int_equal(selection.matched, 0);
        weir_selection_done(&selection);
    }
    weir_snapshot_unref(snapshot);
}

static void a_sort_is_a_column_with_or_without_minus(void **state)
{
    (void)state;
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    int sort = -7;
    bool descending = false;
    assert_int_equal(weir_sort_parse(table, "-rx_bytes", &sort, &descending), 0);
    assert_int_equal(sort, weir_column_find(table, "rx_bytes"));
    assert_true(descending);
    assert_int_equal(weir_sort_parse(table, "name", &sort, &descending), 0);
    assert_int_equal(sort, 0);
    assert_false(descending);
    static const char *const bad[] = {"", "-", "--name", "+name", "Name", "name "};
    for (size_t i = 0; i < WEIR_COUNT(bad); i++)
        assert_int_equal(weir_sort_parse(table, bad[i], &sort, &descending), -ENOENT);
    assert_int_equal(sort, 0);
}

/* Flows of these byte counts and sources, for orders that interfaces do not have. */
static void expect_flows(const char *sort, const uint32_t wanted[static 4])
{
    static const weir_flow_t made[] = {
        {.loss = -1.5, .first_seen = -5, .server_name = "cdn.example.net"},
        {.loss = 0.25, .first_seen = 3, .server_name = "cdn.example.com"},
        {.loss = -0.5, .first_seen = -7, .server_name = "cdn"},
        {.loss = 3, .first_seen = 4, .server_name = "a"},
    };
    static const uint8_t last[] = {9, 8, 200, 10}; /* bytes of 10.0.0.0/24 */
    weir_pool_t *pool = weir_pool_new(4096);
    WEIR_CLEANUP(weir_snapshot_unrefp)
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_FILE, pool);
    weir_pool_unref(pool);
    weir_flow_t *flows = weir_snapshot_allocate(snapshot, WEIR_TABLE_FLOWS, WEIR_COUNT(made));
    for (size_t i = 0; i < WEIR_COUNT(made); i++) {
        flows[i] = made[i];
        flows[i].present = UINT64_MAX;
        flows[i].src = (weir_address_t){{10, 0, 0, last[i]}, WEIR_FAMILY_IPV4, 32};
    }
    weir_query_t query = {.table = WEIR_TABLE_FLOWS};
    weir_selection_t selection = {0};
    assert_int_equal(
        weir_sort_parse(weir_table(WEIR_TABLE_FLOWS), sort, &query.sort, &query.descending), 0);
    assert_int_equal(weir_select(snapshot, &query, &selection), 0);
    for (size_t i = 0; i < WEIR_COUNT(made); i++)
        assert_int_equal(selection.rows[i], wanted[i]);
    weir_selection_done(&selection);
}

static void every_type_sorts_by_its_value(void **state)
{
    (void)state;
    expect_flows("loss", (uint32_t[]){0, 2, 1, 3});
    expect_flows("-loss", (uint32_t[]){3, 1, 2, 0});
    expect_flows("first_seen", (uint32_t[]){2, 0, 1, 3});
    expect_flows("server_name", (uint32_t[]){3, 2, 1, 0});
    expect_flows("src", (uint32_t[]){1, 0, 3, 2});
}

static void another_thread_ends_it(void **state)
{
    (void)state;
    WEIR_CLEANUP(weir_snapshot_unrefp) weir_snapshot_t *snapshot = snapshot_make();
    atomic_bool cancel = true;
    weir_query_t query = {
        .table = WEIR_TABLE_INTERFACES, .sort = WEIR_SORT_NONE, .cancel = &cancel};
    weir_selection_t selection = {0};
    assert_int_equal(weir_select(snapshot, &query, &selection), -ECANCELED);
    assert_null(selection.rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_route_comes_first_then_what_counts_then_what_is_up),
        cmocka_unit_test(numbers_sort_as_numbers),
        cmocka_unit_test(unknown_comes_last_in_both_directions),
        cmocka_unit_test(equal_rows_keep_the_tables_order_in_both_directions),
        cmocka_unit_test(texts_sort_by_their_bytes),
        cmocka_unit_test(the_limit_cuts_after_sorting_and_says_what_matched),
        cmocka_unit_test(an_empty_table_gives_an_empty_selection),
        cmocka_unit_test(a_sort_is_a_column_with_or_without_minus),
        cmocka_unit_test(every_type_sorts_by_its_value),
        cmocka_unit_test(another_thread_ends_it),
    };
    return weir_test_run("model/select", tests);
}
