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

static void news_become_events(void **state)
{
    (void)state;
    static const weir_neighbour_source_ops_t ops = {fake_changes, fake_close};
    fake_t system = {.list = {{.iface = 2, .mac = {2, 0, 0, 0, 0, 1}}}, .count = 1};
    system.list[0].address = (weir_address_t){{10, 0, 0, 1}, WEIR_FAMILY_IPV4, 32};
    weir_part_t part;
    assert_int_equal(weir_neighbours_part((weir_neighbour_source_t){&ops, &system}, &part), 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(news_become_events)};
    return weir_test_run("engine/neighbours", tests);
}
