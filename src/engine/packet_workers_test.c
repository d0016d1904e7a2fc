/* Real workers; the packets are those of the test. */
#include "base/testing.h"
#include "engine/packet_workers.h"
#include "packet/craft.h"

#include <semaphore.h>
#include <stdatomic.h>

#define QUEUES 3U
#define PACKETS 1000 /* of each queue, a round */
#define ROUNDS 1000  /* of at most 50 ms, until workers have done what takes them a millisecond */

typedef struct world {
    weir_packet_workers_t *workers;
    weir_buf_t packet;
    sem_t woken[QUEUES];
    atomic_int left[QUEUES];
    atomic_int closed;
    uint64_t frames[QUEUES]; /* that came by the window of each */
} world_t;

/* At most seven at once. */
static int fake_next(void *context, unsigned queue, weir_captured_t *packets, size_t room)
{
    world_t *world = context;
    int left = atomic_load(&world->left[queue]);
    int n = left < 7 ? left : 7;
    assert_true(room >= 7);
    if (!n) {
        (void)sem_wait(&world->woken[queue]);
        return 0;
    }
    for (int i = 0; i < n; i++)
        packets[i] = (weir_captured_t){.data = (const uint8_t *)world->packet.data,
                                       .time_ns = 1000 + queue,
                                       .caplen = (uint32_t)world->packet.len,
                                       .wire_len = (uint32_t)world->packet.len,
                                       .link = WEIR_LINKTYPE_RAW};
    atomic_fetch_sub(&world->left[queue], n);
    return n;
}

static void fake_wake(void *context, unsigned queue)
{
    world_t *world = context;
    (void)sem_post(&world->woken[queue]);
}

static uint64_t fake_lost(void *context)
{
    (void)context;
    return 0;
}

static void fake_close(void *context)
{
    world_t *world = context;
    atomic_fetch_add(&world->closed, 1);
}

static int world_make(void **state)
{
    static const weir_packet_supply_ops_t ops = {
        .next = fake_next, .wake = fake_wake, .lost = fake_lost, .close = fake_close};
    world_t *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    for (unsigned i = 0; i < QUEUES; i++)
        assert_int_equal(sem_init(&world->woken[i], 0, 0), 0);
    weir_buf_init(&world->packet, 4096);
    weir_craft_ipv4(&world->packet, 5, 1, 6, 20);
    weir_craft_tcp(&world->packet, 4000, 443, 1000, 100, WEIR_TCP_ACK);
    const weir_packet_workers_options_t options = {
        .supply = {.ops = &ops, .context = world}, .queues = QUEUES, .seed = 7};
    assert_int_equal(weir_packet_workers_start(&options, &world->workers), 0);
    *state = world;
    return 0;
}

static int world_drop(void **state)
{
    world_t *world = *state;
    weir_packet_workers_stop(world->workers);
    assert_int_equal(world->closed, 1);
    for (unsigned i = 0; i < QUEUES; i++)
        (void)sem_destroy(&world->woken[i]);
    weir_buf_done(&world->packet);
    free(world);
    return 0;
}

static uint64_t tick(world_t *world)
{
    uint64_t sum = 0;
    weir_packet_workers_ask(world->workers);
    for (unsigned i = 0; i < QUEUES; i++) {
        weir_packet_window_t *window = weir_packet_workers_take(world->workers, i);
        if (window) {
            const weir_flow_record_t *record = NULL;
            for (size_t at = 0; (record = weir_flow_table_next(&window->table, &at));)
                sum += weir_record_packets(record, 0) + weir_record_packets(record, 1);
            world->frames[i] += window->frames;
        }
        weir_packet_window_free(window);
    }
    return sum;
}

/* Every queue has packets; they arrive in windows, each of them once. */
static void round_make(world_t *world)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < QUEUES; i++) {
        atomic_store(&world->left[i], PACKETS);
        fake_wake(world, i);
    }
    for (int i = 0; i < ROUNDS && sum < (uint64_t)QUEUES * PACKETS; i++)
        sum += tick(world);
    assert_int_equal(sum, QUEUES * PACKETS);
    assert_int_equal(tick(world), 0);
}

static void at_first_all_share_one_window(void **state)
{
    world_t *world = *state;
    round_make(world);
    assert_int_equal(world->frames[0], QUEUES * PACKETS);
}

static void parted_each_has_its_own(void **state)
{
    world_t *world = *state;
    weir_packet_workers_part(world->workers);
    weir_packet_workers_part(world->workers); /* once is enough */
    for (int i = 0; i < ROUNDS && (!world->frames[1] || !world->frames[2]); i++)
        round_make(world);
    const uint64_t before = world->frames[0];
    round_make(world);
    assert_int_equal(world->frames[0], before + PACKETS);
    assert_true(world->frames[1] >= PACKETS && world->frames[2] >= PACKETS);
}

static void parting_is_no_obstacle_to_the_end(void **state)
{
    world_t *world = *state;
    for (unsigned i = 0; i < QUEUES; i++)
        atomic_store(&world->left[i], PACKETS);
    weir_packet_workers_part(world->workers);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(at_first_all_share_one_window),
        CASE(parted_each_has_its_own),
        CASE(parting_is_no_obstacle_to_the_end),
    };
    return weir_test_run("engine/packet_workers", tests);
}
