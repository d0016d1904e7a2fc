#include "base/testing.h"
#include "engine/ledger.h"

#include <string.h>

typedef struct world {
    weir_ledger_t ledger;
    weir_iface_t iface;
} world_t;

/* A snapshot with the interface as it stands; the filled row is left in world->iface. */
static weir_balance_t filled(world_t *world)
{
    weir_pool_t *pool = weir_pool_new(64);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_iface_t *row = weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, 1);
    *row = world->iface;
    weir_ledger_fill(&world->ledger, snapshot);
    world->iface = *row;
    weir_balance_t balance = snapshot->balance;
    weir_snapshot_unref(snapshot);
    weir_pool_unref(pool);
    return balance;
}

static world_t opened(uint8_t kind)
{
    world_t world = {.iface = {.id = 1,
                               .index = 3,
                               .kind = kind,
                               .counted = true,
                               .rx = {.bytes = 5000, .packets = 10}}};
    (void)filled(&world); /* opens the line */
    return world;
}

/* 4 packets of 1,500 bytes that came as one super-frame with one header of 52. */
static void carry(world_t *world)
{
    static const weir_socket_counts_t nothing;
    const weir_socket_counts_t counts = {
        .bytes = 6000, .packets = 4, .merged_bytes = UINT64_C(3) * 52, .merged_packets = 3};
    weir_ledger_add(&world->ledger, 3, true, WEIR_CARRIED_PROGRAMS, &counts, &nothing);
}

static void frames_count_as_the_driver_counts_them(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_VETH);
    carry(&world);
    world.iface.rx = (weir_meter_t){.bytes = 5000 + 6000 - 156 + 14, .packets = 11};
    weir_balance_t balance = filled(&world);
    assert_int_equal(world.iface.rx_explained, 6000 - 156 + 14);
    assert_int_equal(world.iface.rx_unexplained, 0);
    assert_true(balance.known);
    assert_int_equal(balance.explained, 6000 - 156 + 14);
    weir_ledger_done(&world.ledger);

    world = opened(WEIR_KIND_ETHERNET); /* or a veth whose offloads are switched off */
    carry(&world);
    world.iface.rx = (weir_meter_t){.bytes = 5000 + 6000 + 4 * 14, .packets = 14};
    (void)filled(&world);
    assert_int_equal(world.iface.rx_explained, 6000 + 4 * 14);
    assert_int_equal(world.iface.rx_unexplained, 0);
    weir_ledger_done(&world.ledger);
}

static void what_is_missing_keeps_its_sign(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_TUNNEL);
    static const weir_socket_counts_t nothing;
    const weir_socket_counts_t counts = {.bytes = 700, .packets = 1};
    weir_ledger_add(&world.ledger, 3, true, WEIR_CARRIED_PROGRAMS, &counts, &nothing);
    world.iface.rx.bytes += 600; /* read a moment before */
    world.iface.tx.bytes += 90;
    weir_balance_t balance = filled(&world);
    assert_int_equal(world.iface.rx_unexplained, -100);
    assert_int_equal(world.iface.tx_unexplained, 90);
    assert_int_equal(balance.unexplained, -10);
    weir_ledger_done(&world.ledger);
}

static void it_is_known_of_whom_it_is(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_VETH);
    static const weir_socket_counts_t nothing;
    const weir_socket_counts_t counts = {.bytes = 700, .packets = 1};
    const weir_socket_counts_t fewer = {.bytes = 100, .packets = 1};
    carry(&world);
    weir_ledger_add(&world.ledger, 3, true, WEIR_CARRIED_FORWARDED, &counts, &nothing);
    weir_ledger_add(&world.ledger, 3, false, WEIR_CARRIED_FORWARDED, &counts, &fewer);
    weir_balance_t balance = filled(&world);
    assert_int_equal(balance.carried[WEIR_CARRIED_PROGRAMS], 6000);
    assert_int_equal(balance.carried[WEIR_CARRIED_FORWARDED], 1300);
    assert_int_equal(balance.carried[WEIR_CARRIED_KERNEL], 0);
    world.iface.id = 2;
    balance = filled(&world);
    assert_int_equal(balance.carried[WEIR_CARRIED_FORWARDED], 0);
    weir_ledger_done(&world.ledger);
}

static void a_new_interface_begins_anew(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_VETH);
    carry(&world);
    world.iface.id = 2; /* deleted, and made again under the same number */
    world.iface.rx = (weir_meter_t){.bytes = 40, .packets = 1};
    (void)filled(&world);
    assert_int_equal(world.iface.rx_explained, 0);
    assert_int_equal(world.iface.rx_unexplained, 0);
    weir_ledger_done(&world.ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_count_as_the_driver_counts_them),
        cmocka_unit_test(what_is_missing_keeps_its_sign),
        cmocka_unit_test(it_is_known_of_whom_it_is),
        cmocka_unit_test(a_new_interface_begins_anew),
    };
    return weir_test_run("engine/ledger", tests);
}
