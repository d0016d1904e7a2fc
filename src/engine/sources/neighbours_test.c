#include "engine/sources/neighbours.h"

#include "base/testing.h"

/* The system, as a test sets it. */
typedef struct fake {
    weir_link_neighbour_t list[2];
    size_t count; /* that are news */
    unsigned asked;
} fake_t;

static int fake_changes(void *context, const weir_neighbour_sink_t *sink)
{
    fake_t *system = context;
    system->asked++;
    sink->resync_begin(sink->context);
    for (size_t i = 0; i < system->count; i++)
        sink->neighbour(sink->context, &system->list[i]);
    sink->resync_end(sink->context);
    sink->gone(sink->context, 2, &system->list[0].address);
    return 0;
}

static void fake_close(void *context)
{
    (void)context;
}

static weir_snapshot_t *tick(const weir_part_t *part)
{
    weir_pool_t *pool = weir_pool_new(4096);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    assert_non_null(snapshot);
    snapshot->time.wall_ns = 10;
    part->ops->fill(part->context, snapshot);
    return snapshot;
}

/* The part over a system that has one neighbour, 10.0.0.1. */
static weir_part_t part_of(fake_t *system)
{
    static const weir_neighbour_source_ops_t ops = {fake_changes, fake_close};
    weir_part_t part;
    *system = (fake_t){.list = {{.iface = 2, .mac = {2, 0, 0, 0, 0, 1}}}, .count = 1};
    system->list[0].address = (weir_address_t){{10, 0, 0, 1}, WEIR_FAMILY_IPV4, 32};
    assert_int_equal(weir_neighbours_part((weir_neighbour_source_t){&ops, system}, &part), 0);
    return part;
}

static void news_become_events(void **state)
{
    (void)state;
    fake_t system;
    weir_part_t part = part_of(&system);
    weir_snapshot_unref(tick(&part));
    assert_int_equal(system.asked, 0); /* nobody wants findings */
    part.ops->want(part.context, UINT32_C(1) << WEIR_TABLE_FINDINGS);
    weir_snapshot_t *snapshot = tick(&part);
    assert_int_equal(snapshot->events.count, 1);
    const weir_event_t *event = &snapshot->events.events[0];
    assert_int_equal(event->kind, WEIR_EVENT_NEIGHBOUR);
    assert_int_equal(event->time_ns, 10);
    assert_int_equal(weir_address_compare(&event->src, &system.list[0].address), 0);
    assert_memory_equal(event->neighbour.mac, system.list[0].mac, WEIR_MAC_SIZE);
    assert_true(event->neighbour.resolved);
    weir_snapshot_unref(snapshot);
    system.count = 0;
    snapshot = tick(&part);
    assert_int_equal(snapshot->events.count, 0);
    weir_snapshot_unref(snapshot);
    part.ops->close(part.context);
}

/* Hosts that were looked at first do not keep a card from who looks for new ones; packets' word on
 * a host stands. */
static void hosts_get_their_cards(void **state)
{
    (void)state;
    fake_t system;
    weir_part_t part = part_of(&system);
    part.ops->want(part.context, UINT32_C(1) << WEIR_TABLE_HOSTS);
    weir_snapshot_unref(tick(&part));
    system.count = 0;
    weir_pool_t *pool = weir_pool_new(1 << 20);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    weir_host_t *hosts = weir_snapshot_allocate(snapshot, WEIR_TABLE_HOSTS, 3);
    assert_non_null(hosts);
    hosts[0] = (weir_host_t){.address = system.list[0].address};
    hosts[1] = (weir_host_t){.address = {{10, 0, 0, 2}, WEIR_FAMILY_IPV4, 32}};
    hosts[2] = (weir_host_t){.address = system.list[0].address, .mac = "02:00:00:00:00:09"};
    part.ops->fill(part.context, snapshot);
    assert_string_equal(hosts[0].mac, "02:00:00:00:00:01");
    assert_true(hosts[0].present & weir_column_bit(weir_table(WEIR_TABLE_HOSTS), "mac"));
    assert_null(hosts[1].mac);
    assert_string_equal(hosts[2].mac, "02:00:00:00:00:09");
    assert_int_equal(snapshot->events.count, 0);
    weir_snapshot_unref(snapshot);
    part.ops->want(part.context, UINT32_C(1) << WEIR_TABLE_FINDINGS);
    snapshot = tick(&part);
    assert_int_equal(snapshot->events.count, 1);
    weir_snapshot_unref(snapshot);
    part.ops->close(part.context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(news_become_events),
                                       cmocka_unit_test(hosts_get_their_cards)};
    return weir_test_run("engine/neighbours", tests);
}
