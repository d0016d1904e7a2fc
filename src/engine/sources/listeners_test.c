#include "engine/sources/listeners.h"

#include "base/testing.h"

#include <errno.h>
#include <stdio.h>

#define PROGRAM 77
#define MOST 4

/* The system, as a test sets it. */
typedef struct fake {
    weir_listener_t list[MOST];
    size_t count;
    int error; /* of the next reading, behind what is listed */
} fake_t;

static int fake_read(void *context, const weir_listener_sink_t *sink)
{
    const fake_t *system = context;
    for (size_t i = 0; i < system->count; i++)
        sink->listener(sink->context, &system->list[i]);
    return system->error;
}

static uint32_t fake_program(void *context, const weir_listener_t *listener,
                             weir_program_t *ret_program)
{
    (void)context;
    (void)snprintf(ret_program->name, sizeof(ret_program->name), "server-%u", listener->port);
    return PROGRAM;
}

static void fake_close(void *context)
{
    (void)context;
}

static weir_listener_t at_port(uint16_t port)
{
    return (weir_listener_t){.address = {.family = WEIR_FAMILY_IPV4}, .port = port, .protocol = 6};
}

/* A snapshot with one event of packets, which comes first, and what the part adds. */
static weir_snapshot_t *tick(const weir_part_t *part)
{
    static const weir_event_t packets[] = {{.time_ns = 5, .kind = WEIR_EVENT_DNS}};
    weir_pool_t *pool = weir_pool_new(4096);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    assert_non_null(snapshot);
    snapshot->time.wall_ns = 10;
    snapshot->events = (weir_event_batch_t){packets, 1, 0};
    part->ops->fill(part->context, snapshot);
    assert_int_equal(snapshot->events.events[0].kind, WEIR_EVENT_DNS);
    return snapshot;
}

static weir_part_t part_make(fake_t *system)
{
    static const weir_listener_source_ops_t ops = {fake_read, fake_program, fake_close};
    weir_part_t part;
    assert_int_equal(weir_listeners_part((weir_listener_source_t){&ops, system}, &part), 0);
    part.ops->want(part.context, UINT32_C(1) << WEIR_TABLE_FINDINGS);
    return part;
}

static void comings_and_goings(void **state)
{
    (void)state;
    fake_t fake = {.list = {at_port(22), at_port(22), at_port(80)}, .count = 3};
    weir_part_t part = part_make(&fake);
    weir_snapshot_t *snapshot = tick(&part);
    assert_int_equal(snapshot->events.count, 3);
    assert_true(snapshot->events.events[1].listen.before);
    assert_null(snapshot->events.events[1].listen.program.app);
    weir_snapshot_unref(snapshot);
    snapshot = tick(&part);
    assert_int_equal(snapshot->events.count, 1);
    weir_snapshot_unref(snapshot);
    fake.list[0] = fake.list[1] = at_port(443);
    snapshot = tick(&part);
    assert_int_equal(snapshot->events.count, 3);
    const weir_event_t *opened = &snapshot->events.events[1], *ended = opened + 1;
    assert_int_equal(opened->listen.port, 443);
    assert_false(opened->listen.before || opened->listen.ended);
    assert_string_equal(opened->listen.program.app, "server-443");
    assert_int_equal(opened->listen.program.pid, PROGRAM);
    assert_int_equal(ended->listen.port, 22);
    assert_true(ended->listen.ended);
    weir_snapshot_unref(snapshot);
    part.ops->close(part.context);
}

static void a_reading_that_breaks_off_ends_nothing(void **state)
{
    (void)state;
    fake_t fake = {.list = {at_port(22), at_port(80)}, .count = 1, .error = -EAGAIN};
    weir_part_t part = part_make(&fake);
    weir_snapshot_unref(tick(&part));
    fake.count = 2; /* the first that is whole */
    fake.error = 0;
    weir_snapshot_t *snapshot = tick(&part);
    assert_int_equal(snapshot->events.count, 2);
    assert_true(snapshot->events.events[1].listen.before);
    weir_snapshot_unref(snapshot);
    fake.count = 0;
    fake.error = -EAGAIN;
    snapshot = tick(&part);
    assert_int_equal(snapshot->events.count, 1);
    weir_snapshot_unref(snapshot);
    part.ops->close(part.context);
}

static void nobody_wants_nothing_is_read(void **state)
{
    (void)state;
    fake_t fake = {.list = {at_port(22)}, .count = 1};
    weir_part_t part = part_make(&fake);
    part.ops->want(part.context, UINT32_C(1) << WEIR_TABLE_INTERFACES);
    weir_snapshot_t *snapshot = tick(&part);
    assert_int_equal(snapshot->events.count, 1);
    weir_snapshot_unref(snapshot);
    part.ops->close(part.context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comings_and_goings),
        cmocka_unit_test(a_reading_that_breaks_off_ends_nothing),
        cmocka_unit_test(nobody_wants_nothing_is_read),
    };
    return weir_test_run("engine/listeners", tests);
}
