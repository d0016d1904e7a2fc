#include "base/testing.h"
#include "tui/order.h"

#include <poll.h>

#define ROWS 50000

/* A capture of flows, made on demand: flow i has i % 1000 bytes. */
static void flow_fetch(const weir_snapshot_t *snapshot, size_t i, weir_record_t *ret_record)
{
    (void)snapshot;
    ret_record->flow = (weir_flow_t){.present = UINT64_MAX, .bytes = i % 1000};
}

static weir_snapshot_t *snapshot_make(void)
{
    weir_pool_t *pool = weir_pool_new(4096);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_FILE, pool);
    weir_pool_unref(pool);
    snapshot->rows[WEIR_TABLE_FLOWS] =
        (weir_rows_t){.fetch = flow_fetch, .count = ROWS, .measured = true};
    return snapshot;
}

static void by_bytes_ask(weir_order_t *order, weir_snapshot_t *snapshot, const char *filter_text,
                         uint64_t ticket)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_FLOWS);
    weir_filter_error_t error;
    weir_filter_t *filter = NULL;
    if (filter_text)
        assert_int_equal(weir_filter_parse(table, filter_text, &filter, &error), 0);
    weir_query_t query = {.table = WEIR_TABLE_FLOWS,
                          .filter = filter,
                          .sort = weir_column_find(table, "bytes"),
                          .descending = true};
    weir_order_ask(order, snapshot, &query, ticket);
}

static weir_selection_t answer_wait(weir_order_t *order, uint64_t wanted_ticket)
{
    struct pollfd fd = {.fd = weir_order_fd(order), .events = POLLIN};
    weir_selection_t selection = {0};
    uint64_t ticket = 0;
    assert_int_equal(poll(&fd, 1, 30000), 1);
    assert_int_equal(weir_order_take(order, &selection, &ticket), 1);
    assert_true(ticket == wanted_ticket);
    assert_int_equal(poll(&fd, 1, 0), 0);
    assert_int_equal(weir_order_take(order, &selection, &ticket), 0);
    return selection;
}

static void a_question_is_answered_in_order(void **state)
{
    (void)state;
    WEIR_CLEANUP(weir_snapshot_unrefp) weir_snapshot_t *snapshot = snapshot_make();
    weir_order_t *order = NULL;
    assert_int_equal(weir_order_start(&order), 0);
    by_bytes_ask(order, snapshot, NULL, 7);
    weir_selection_t selection = answer_wait(order, 7);
    assert_int_equal(selection.count, ROWS);
    for (size_t i = 1; i < selection.count; i++)
        assert_true(selection.rows[i - 1] % 1000 >= selection.rows[i] % 1000);
    weir_selection_done(&selection);
    weir_order_stop(order);
}

static void the_newest_question_counts(void **state)
{
    (void)state;
    WEIR_CLEANUP(weir_snapshot_unrefp) weir_snapshot_t *snapshot = snapshot_make();
    weir_order_t *order = NULL;
    assert_int_equal(weir_order_start(&order), 0);
    for (uint64_t ticket = 1; ticket < 20; ticket++)
        by_bytes_ask(order, snapshot, ticket % 2 ? NULL : "bytes>500", ticket);
    by_bytes_ask(order, snapshot, "bytes=3", 20);
    weir_selection_t selection = answer_wait(order, 20);
    assert_int_equal(selection.count, ROWS / 1000);
    assert_int_equal(selection.rows[0], 3);
    weir_selection_done(&selection);
    weir_order_stop(order);
}

static void it_ends_in_the_middle_of_a_question(void **state)
{
    (void)state;
    WEIR_CLEANUP(weir_snapshot_unrefp) weir_snapshot_t *snapshot = snapshot_make();
    weir_order_t *order = NULL;
    assert_int_equal(weir_order_start(&order), 0);
    by_bytes_ask(order, snapshot, "bytes<5", 1);
    weir_order_stop(order);
    weir_order_stop(NULL);
    assert_int_equal(atomic_load(&snapshot->references), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_is_answered_in_order),
        cmocka_unit_test(the_newest_question_counts),
        cmocka_unit_test(it_ends_in_the_middle_of_a_question),
    };
    return weir_test_run("tui/order", tests);
}
