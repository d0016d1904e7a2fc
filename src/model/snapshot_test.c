#include "base/testing.h"
#include "model/snapshot.h"

#include <math.h>

static weir_snapshot_t *snapshot_make(size_t count)
{
    weir_pool_t *pool = weir_pool_new(4096);
    assert_non_null(pool);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    assert_non_null(snapshot);
    assert_non_null(weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, count));
    return snapshot;
}

static weir_iface_t *iface_at(weir_snapshot_t *snapshot, size_t i)
{
    return (weir_iface_t *)snapshot->rows[WEIR_TABLE_INTERFACES].records + i;
}

static weir_meter_t meter(uint64_t bytes, double rate, weir_rate_state_t rate_state)
{
    return (weir_meter_t){.bytes = bytes,
                          .packets = bytes / 10,
                          .byte_rate = rate,
                          .packet_rate = rate / 10,
                          .state = (uint8_t)rate_state};
}

static void iface_set(weir_snapshot_t *snapshot, size_t i, bool counted, weir_meter_t rx)
{
    *iface_at(snapshot, i) =
        (weir_iface_t){.counted = counted, .rx = rx, .tx = meter(rx.bytes + 1, 1, rx.state)};
}

static void expect_near(double value, double wanted)
{
    assert_true(fabs(value - wanted) <= 1e-9);
}

/* The address sanitizer sees a reference that is missing or one too many. */
static void texts_live_as_long_as_a_reference(void **state)
{
    (void)state;
    weir_pool_t *pool = weir_pool_new(4096);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_REPLAY, pool);
    const char *name = weir_pool_text(pool, "eth0");
    weir_pool_unref(pool);
    assert_ptr_equal(weir_snapshot_ref(snapshot), snapshot);
    weir_snapshot_unref(snapshot);
    assert_string_equal(name, "eth0");
    assert_string_equal(weir_origin_word(snapshot->origin), "replay");
    weir_snapshot_unref(snapshot);
    weir_snapshot_unref(NULL);
}

static void tables_are_unmeasured_until_they_are_allocated(void **state)
{
    (void)state;
    weir_snapshot_t *snapshot = snapshot_make(0);
    assert_true(snapshot->rows[WEIR_TABLE_INTERFACES].measured);
    assert_int_equal(snapshot->rows[WEIR_TABLE_INTERFACES].count, 0);
    assert_false(snapshot->rows[WEIR_TABLE_APPS].measured);
    weir_snapshot_unref(snapshot);
}

static void records_begin_empty_and_can_be_allocated_again(void **state)
{
    (void)state;
    weir_snapshot_t *snapshot = snapshot_make(3);
    iface_at(snapshot, 2)->present = 7;
    weir_iface_t *again = weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, 5);
    assert_non_null(again);
    assert_int_equal(snapshot->rows[WEIR_TABLE_INTERFACES].count, 5);
    assert_int_equal(again[2].present, 0);
    assert_ptr_equal(weir_snapshot_record(snapshot, WEIR_TABLE_INTERFACES, 4), again + 4);
    assert_ptr_equal(weir_snapshot_iface(snapshot, 4), again + 4);
    weir_snapshot_unref(snapshot);
}

static void too_many_records_leave_the_old_ones(void **state)
{
    (void)state;
    weir_snapshot_t *snapshot = snapshot_make(1);
    void *before = snapshot->rows[WEIR_TABLE_INTERFACES].records;
    assert_null(weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, SIZE_MAX));
    assert_ptr_equal(snapshot->rows[WEIR_TABLE_INTERFACES].records, before);
    assert_int_equal(snapshot->rows[WEIR_TABLE_INTERFACES].count, 1);
    weir_snapshot_unref(snapshot);
}

/* FIELD, pitfall 10: what rides on another interface is not counted a second time. */
static void the_headline_sums_only_what_is_counted(void **state)
{
    (void)state;
    weir_snapshot_t *snapshot = snapshot_make(4);
    iface_set(snapshot, 0, true, meter(100, 10, WEIR_RATE_OK));
    iface_set(snapshot, 1, false, meter(100, 10, WEIR_RATE_LOST));
    iface_set(snapshot, 2, true, meter(1000, 5, WEIR_RATE_OK));
    iface_set(snapshot, 3, false, meter(7, 7, WEIR_RATE_RESET));
    weir_headline_sum(snapshot);
    weir_headline_sum(snapshot); /* is no running total */
    const weir_headline_t *sum = &snapshot->headline;
    assert_int_equal(sum->counted, 2);
    assert_int_equal(sum->rx.bytes, 1100);
    assert_int_equal(sum->tx.bytes, 1102);
    assert_int_equal(sum->rx.packets, 110);
    expect_near(sum->rx.byte_rate, 15);
    expect_near(sum->rx.packet_rate, 1.5);
    assert_int_equal(sum->rx.state, WEIR_RATE_OK);
    weir_snapshot_unref(snapshot);
}

static weir_rate_state_t state_of_two(weir_rate_state_t first, weir_rate_state_t second)
{
    weir_snapshot_t *snapshot = snapshot_make(2);
    iface_set(snapshot, 0, true, meter(1, 1, first));
    iface_set(snapshot, 1, true, meter(1, 1, second));
    weir_headline_sum(snapshot);
    weir_rate_state_t found = snapshot->headline.rx.state;
    assert_int_equal(snapshot->headline.tx.state, found);
    weir_snapshot_unref(snapshot);
    return found;
}

static void the_headline_is_as_trustworthy_as_its_worst_part(void **state)
{
    (void)state;
    assert_int_equal(state_of_two(WEIR_RATE_OK, WEIR_RATE_OK), WEIR_RATE_OK);
    assert_int_equal(state_of_two(WEIR_RATE_OK, WEIR_RATE_LOST), WEIR_RATE_LOST);
    assert_int_equal(state_of_two(WEIR_RATE_LOST, WEIR_RATE_RESET), WEIR_RATE_LOST);
    assert_int_equal(state_of_two(WEIR_RATE_RESET, WEIR_RATE_STALE), WEIR_RATE_RESET);
    assert_int_equal(state_of_two(WEIR_RATE_INIT, WEIR_RATE_OK), WEIR_RATE_OK);
    assert_int_equal(state_of_two(WEIR_RATE_INIT, WEIR_RATE_STALE), WEIR_RATE_STALE);
    assert_int_equal(state_of_two(WEIR_RATE_INIT, WEIR_RATE_INIT), WEIR_RATE_INIT);
}

static void a_new_direction_does_not_hide_the_other(void **state)
{
    (void)state;
    weir_snapshot_t *snapshot = snapshot_make(1);
    iface_set(snapshot, 0, true, meter(1, 0, WEIR_RATE_INIT));
    iface_at(snapshot, 0)->tx.state = WEIR_RATE_LOST;
    weir_headline_sum(snapshot);
    assert_int_equal(snapshot->headline.rx.state, WEIR_RATE_INIT);
    assert_int_equal(snapshot->headline.tx.state, WEIR_RATE_LOST);
    weir_snapshot_unref(snapshot);
}

static void capacity_stands_before_speed(void **state)
{
    (void)state;
    weir_snapshot_t *snapshot = snapshot_make(3);
    *iface_at(snapshot, 0) = (weir_iface_t){
        .counted = true, .speed_bps = 1000, .capacity_rx_bps = 100, .capacity_tx_bps = 20};
    *iface_at(snapshot, 1) = (weir_iface_t){.counted = true, .speed_bps = 1000};
    *iface_at(snapshot, 2) = (weir_iface_t){.counted = false, .speed_bps = 5000};
    weir_headline_sum(snapshot);
    assert_int_equal(snapshot->headline.rx_capacity_bps, 1100);
    assert_int_equal(snapshot->headline.tx_capacity_bps, 1020);
    weir_snapshot_unref(snapshot);
}

static void nothing_counted_is_an_empty_headline(void **state)
{
    (void)state;
    weir_snapshot_t *snapshot = snapshot_make(1);
    iface_set(snapshot, 0, false, meter(9, 9, WEIR_RATE_OK));
    weir_headline_sum(snapshot);
    assert_int_equal(snapshot->headline.counted, 0);
    assert_int_equal(snapshot->headline.rx.bytes, 0);
    assert_int_equal(snapshot->headline.rx.state, WEIR_RATE_OK);
    weir_snapshot_unref(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_live_as_long_as_a_reference),
        cmocka_unit_test(tables_are_unmeasured_until_they_are_allocated),
        cmocka_unit_test(records_begin_empty_and_can_be_allocated_again),
        cmocka_unit_test(too_many_records_leave_the_old_ones),
        cmocka_unit_test(the_headline_sums_only_what_is_counted),
        cmocka_unit_test(the_headline_is_as_trustworthy_as_its_worst_part),
        cmocka_unit_test(a_new_direction_does_not_hide_the_other),
        cmocka_unit_test(capacity_stands_before_speed),
        cmocka_unit_test(nothing_counted_is_an_empty_headline),
    };
    return weir_test_run("model/snapshot", tests);
}
