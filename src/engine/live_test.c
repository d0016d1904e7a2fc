/*
 * The engine on the fake source: simulated time, so that a day passes in no time.
 */
#include "base/testing.h"
#include "engine/producer.h"
#include "engine/sources/fake.h"

#include <errno.h>
#include <math.h>

#define DAY_NS (86400 * WEIR_NS_PER_S)

typedef struct world {
    weir_fake_t fake;
    weir_producer_t live;
    weir_snapshot_t *snapshot; /* the newest */
} world_t;

static void world_open(world_t *world, const weir_capacity_t *capacities, size_t n)
{
    *world = (world_t){
        .fake.now = {.boot_ns = DAY_NS, .awake_ns = DAY_NS, .wall_ns = 1790000000000000000}};
    weir_clock_t clock = weir_fake_clock(&world->fake);
    weir_live_options_t options = {
        .interval_ns = WEIR_NS_PER_S, .capacities = capacities, .capacity_count = n};
    assert_int_equal(weir_live_open(weir_fake_source(&world->fake), &clock, &options, &world->live),
                     0);
}

static void world_close(world_t *world)
{
    weir_snapshot_unref(world->snapshot);
    world->live.ops->close(world->live.context);
}

static void tick(world_t *world, uint64_t ns)
{
    char error[WEIR_PRODUCER_ERROR_SIZE] = "";
    weir_fake_advance(&world->fake, ns);
    weir_snapshot_unref(world->snapshot);
    world->snapshot = NULL;
    if (world->live.ops->next(world->live.context, &world->snapshot, error) != 0)
        fail_msg("%s", error);
}

static size_t rows(const world_t *world)
{
    return world->snapshot->rows[WEIR_TABLE_INTERFACES].count;
}

static const weir_iface_t *row_find(const world_t *world, const char *name)
{
    for (size_t i = 0; i < rows(world); i++)
        if (strcmp(weir_snapshot_iface(world->snapshot, i)->name, name) == 0)
            return weir_snapshot_iface(world->snapshot, i);
    return NULL;
}

/* The row of an interface that must be there. */
static const weir_iface_t *row(const world_t *world, const char *name)
{
    const weir_iface_t *found = row_find(world, name);
    if (!found) {
        fail_msg("there is no interface %s", name);
        abort();
    }
    return found;
}

static void totals_and_rates(void **state)
{
    (void)state;
    world_t world;
    world_open(&world, NULL, 0);
    weir_fake_link_t *eth0 = weir_fake_add(&world.fake, 0, 2, "eth0", WEIR_KIND_VETH);
    world.fake.default_route = 2;
    tick(&world, 0);
    assert_int_equal(row(&world, "eth0")->rate_state, WEIR_RATE_INIT);
    assert_int_equal(world.snapshot->window_ns, 0);
    assert_int_equal(world.snapshot->headline.rx.state, WEIR_RATE_INIT);

    double sum = 0;
    for (int i = 0; i < 50; i++) { /* exactly 100,000,000 bytes in uneven ticks */
        eth0->counters.rx_bytes += 2000000;
        eth0->counters.rx_packets += 1500;
        tick(&world, (uint64_t)(80 + i * 7) * WEIR_NS_PER_MS);
        const weir_iface_t *iface = row(&world, "eth0");
        assert_true(iface->rx.bytes == eth0->counters.rx_bytes);
        sum += iface->rx.byte_rate * (double)world.snapshot->window_ns / 1e9;
    }
    assert_true(fabs(sum - 100000000) < 1);
    assert_true(row(&world, "eth0")->default_route);
    assert_true(world.snapshot->headline.rx.bytes == 100000000);
    world_close(&world);
}

static void wall_clock_stepped_by_a_day_changes_no_rate(void **state)
{
    (void)state;
    world_t world;
    world_open(&world, NULL, 0);
    weir_fake_link_t *eth0 = weir_fake_add(&world.fake, 0, 2, "eth0", WEIR_KIND_VETH);
    tick(&world, 0);
    for (int i = 0; i < 4; i++) {
        eth0->counters.rx_bytes += 1000;
        world.fake.now.wall_ns += i % 2 ? (int64_t)DAY_NS : -2 * (int64_t)DAY_NS;
        tick(&world, WEIR_NS_PER_S);
        assert_true(fabs(row(&world, "eth0")->rx.byte_rate - 1000) < 1e-6);
        assert_int_equal(world.snapshot->window_ns, WEIR_NS_PER_S);
    }
    world_close(&world);
}

static void stopped_for_30_s_the_rate_is_the_mean(void **state)
{
    (void)state;
    world_t world;
    world_open(&world, NULL, 0);
    weir_fake_link_t *eth0 = weir_fake_add(&world.fake, 0, 2, "eth0", WEIR_KIND_VETH);
    tick(&world, 0);
    eth0->counters.rx_bytes = 30000;
    tick(&world, 30 * WEIR_NS_PER_S);
    assert_true(fabs(row(&world, "eth0")->rx.byte_rate - 1000) < 1e-6);
    /* The missed ticks are not made up for, and the next one keeps to the second. */
    assert_int_equal(world.live.ops->due(world.live.context, 0),
                     world.fake.now.boot_ns + WEIR_NS_PER_S);
    world_close(&world);
}

static void vanishing_and_coming_back_is_a_new_interface(void **state)
{
    (void)state;
    world_t world;
    world_open(&world, NULL, 0);
    weir_fake_link_t *eth0 = weir_fake_add(&world.fake, 0, 2, "eth0", WEIR_KIND_VETH);
    eth0->counters.rx_bytes = 5000000000;
    tick(&world, 0);
    tick(&world, WEIR_NS_PER_S);
    uint64_t id = row(&world, "eth0")->id;

    weir_fake_remove(&world.fake, 0);
    tick(&world, WEIR_NS_PER_S);
    assert_int_equal(rows(&world), 0);

    eth0 = weir_fake_add(&world.fake, 0, 3, "eth0", WEIR_KIND_VETH);
    eth0->counters.rx_bytes = 9000000000;
    tick(&world, WEIR_NS_PER_S);
    assert_int_equal(row(&world, "eth0")->rate_state, WEIR_RATE_INIT);
    assert_true(row(&world, "eth0")->id != id);
    eth0->counters.rx_bytes += 10;
    tick(&world, WEIR_NS_PER_S);
    assert_true(fabs(row(&world, "eth0")->rx.byte_rate - 10) < 1e-6);
    world_close(&world);
}

static void replaced_within_one_tick_under_the_same_index(void **state)
{
    (void)state;
    world_t world;
    world_open(&world, NULL, 0);
    weir_fake_link_t *eth0 = weir_fake_add(&world.fake, 0, 2, "eth0", WEIR_KIND_VETH);
    eth0->counters.rx_bytes = 1000;
    tick(&world, 0);
    tick(&world, WEIR_NS_PER_S);
    weir_fake_remove(&world.fake, 0);
    eth0 = weir_fake_add(&world.fake, 0, 2, "eth0", WEIR_KIND_VETH);
    eth0->counters.rx_bytes = 4000000000;
    tick(&world, WEIR_NS_PER_S);
    assert_int_equal(rows(&world), 1);
    assert_int_equal(row(&world, "eth0")->rate_state, WEIR_RATE_INIT);
    assert_true(row(&world, "eth0")->rx.bytes == 4000000000);
    world_close(&world);
}

static void rename_keeps_the_interface(void **state)
{
    (void)state;
    world_t world;
    world_open(&world, NULL, 0);
    weir_fake_link_t *link = weir_fake_add(&world.fake, 0, 2, "eth0", WEIR_KIND_VETH);
    tick(&world, 0);
    uint64_t id = row(&world, "eth0")->id;
    memcpy(link->link.name, "lan0", 5);
    link->told = false;
    link->counters.tx_bytes += 500;
    tick(&world, WEIR_NS_PER_S);
    assert_null(row_find(&world, "eth0"));
    assert_true(row(&world, "lan0")->id == id);
    assert_true(fabs(row(&world, "lan0")->tx.byte_rate - 500) < 1e-6);
    world_close(&world);
}

static void failure_leaves_stale_rows_and_passes(void **state)
{
    (void)state;
    world_t world;
    world_open(&world, NULL, 0);
    weir_fake_link_t *eth0 = weir_fake_add(&world.fake, 0, 2, "eth0", WEIR_KIND_VETH);
    tick(&world, 0);
    eth0->counters.rx_bytes = 1000;
    tick(&world, WEIR_NS_PER_S);
    world.fake.counters_error = -EBUSY;
    tick(&world, WEIR_NS_PER_S);
    assert_int_equal(row(&world, "eth0")->rate_state, WEIR_RATE_STALE);
    assert_true(row(&world, "eth0")->rx.bytes == 1000);
    uint64_t rate_bit = weir_column_bit(weir_table(WEIR_TABLE_INTERFACES), "rx_bytes_per_s");
    assert_false(row(&world, "eth0")->present & rate_bit);
    world.fake.counters_error = 0;
    eth0->counters.rx_bytes = 5000;
    tick(&world, WEIR_NS_PER_S);
    assert_true(fabs(row(&world, "eth0")->rx.byte_rate - 2000) < 1e-6);
    world_close(&world);
}

static void failure_at_the_start_is_told(void **state)
{
    (void)state;
    world_t world;
    char error[WEIR_PRODUCER_ERROR_SIZE] = "";
    world_open(&world, NULL, 0);
    world.fake.changes_error = -EPERM;
    assert_int_equal(world.live.ops->next(world.live.context, &world.snapshot, error), -EPERM);
    assert_non_null(strstr(error, "weir doctor"));
    world_close(&world);
}

static void capacity_stands_before_the_speed(void **state)
{
    (void)state;
    const weir_capacity_t capacities[] = {{"eth0", 80000, 8000}};
    world_t world;
    world_open(&world, capacities, 1);
    weir_fake_link_t *eth0 = weir_fake_add(&world.fake, 0, 2, "eth0", WEIR_KIND_VETH);
    weir_fake_link_t *eth1 = weir_fake_add(&world.fake, 1, 3, "eth1", WEIR_KIND_VETH);
    eth0->speed_bps = eth1->speed_bps = 1000000000;
    tick(&world, 0);
    eth0->counters.rx_bytes = eth0->counters.tx_bytes = eth1->counters.rx_bytes = 1000;
    tick(&world, WEIR_NS_PER_S);
    assert_true(fabs(row(&world, "eth0")->rx_utilisation - 0.1) < 1e-9);
    assert_true(fabs(row(&world, "eth0")->tx_utilisation - 1.0) < 1e-9);
    assert_true(fabs(row(&world, "eth1")->rx_utilisation - 8e-6) < 1e-12);
    world_close(&world);
}

static void tunnel_rides_on_its_carrier(void **state)
{
    (void)state;
    world_t world;
    world_open(&world, NULL, 0);
    (void)weir_fake_add(&world.fake, 0, 2, "eth0", WEIR_KIND_ETHERNET);
    weir_fake_link_t *vpn = weir_fake_add(&world.fake, 1, 3, "vx0", WEIR_KIND_TUNNEL);
    vpn->link.endpoint =
        (weir_address_t){.family = WEIR_FAMILY_IPV4, .prefix = 32, .bytes = {192, 0, 2, 1}};
    world.fake.default_route = 3;
    world.fake.endpoint_carrier = 2;
    tick(&world, 0);
    assert_string_equal(row(&world, "vx0")->lower, "eth0");
    assert_false(row(&world, "vx0")->counted);
    assert_true(row(&world, "eth0")->counted);
    assert_int_equal(world.snapshot->headline.counted, 1);
    world_close(&world);
}

static void interval_change_moves_the_next_tick(void **state)
{
    (void)state;
    world_t world;
    world_open(&world, NULL, 0);
    tick(&world, 0);
    uint64_t now_ns = world.fake.now.boot_ns;
    assert_int_equal(world.live.ops->due(world.live.context, now_ns), now_ns + WEIR_NS_PER_S);
    world.live.ops->set_interval(world.live.context, WEIR_NS_PER_S / 10);
    assert_int_equal(world.live.ops->due(world.live.context, now_ns), now_ns + WEIR_NS_PER_S / 10);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_and_rates),
        cmocka_unit_test(wall_clock_stepped_by_a_day_changes_no_rate),
        cmocka_unit_test(stopped_for_30_s_the_rate_is_the_mean),
        cmocka_unit_test(vanishing_and_coming_back_is_a_new_interface),
        cmocka_unit_test(replaced_within_one_tick_under_the_same_index),
        cmocka_unit_test(rename_keeps_the_interface),
        cmocka_unit_test(failure_leaves_stale_rows_and_passes),
        cmocka_unit_test(failure_at_the_start_is_told),
        cmocka_unit_test(capacity_stands_before_the_speed),
        cmocka_unit_test(tunnel_rides_on_its_carrier),
        cmocka_unit_test(interval_change_moves_the_next_tick),
    };
    return weir_test_run("engine/live", tests);
}
