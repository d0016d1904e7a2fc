/* First packets by a real worker; sockets and packets are those of the test. */
#include "base/testing.h"
#include "engine/first_packets.h"
#include "packet/craft.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>

#define ROUNDS 1000 /* of at most 50 ms, until a worker has done what takes it a millisecond */
#define HELLO                                                                                      \
    "16 0301 0046 01000042 0303 0000000000000000000000000000000000000000000000000000000000000000"  \
    "00 0004 1301 1302 01 00 0015 0000 000b 0009 00 0006 612e74657374 002b 0002 00 00"
#define HELLO_BYTES 75

typedef struct world {
    weir_books_t books;
    weir_first_packets_t firsts;
    weir_socket_t sockets[4]; /* `count` are told at the next reading */
    size_t count;
    weir_instant_t now;
    weir_buf_t packet; /* the supply gives it once */
    bool given;
    sem_t woken;
    atomic_int opened, closed; /* supplies */
} world_t;

/* ---- A supply -------------------------------------------------------------------------------- */

static int fake_next(void *context, unsigned queue, weir_captured_t *packets, size_t room)
{
    world_t *world = context;
    assert_int_equal(queue, 0);
    assert_true(room > 0);
    if (world->given) {
        (void)sem_wait(&world->woken);
        return 0;
    }
    world->given = true;
    packets[0] = (weir_captured_t){.data = (const uint8_t *)world->packet.data,
                                   .time_ns = 1000,
                                   .caplen = (uint32_t)world->packet.len,
                                   .wire_len = (uint32_t)world->packet.len,
                                   .link = WEIR_LINKTYPE_RAW};
    return 1;
}

static void fake_wake(void *context, unsigned queue)
{
    world_t *world = context;
    (void)queue;
    (void)sem_post(&world->woken);
}

static uint64_t fake_lost(void *context)
{
    (void)context;
    return 5;
}

static void supply_close(void *context)
{
    ((world_t *)context)->closed++;
}

static int fake_firsts(void *context, weir_packet_supply_t *ret_supply)
{
    static const weir_packet_supply_ops_t ops = {
        .next = fake_next, .wake = fake_wake, .lost = fake_lost, .close = supply_close};
    world_t *world = context;
    world->opened++;
    *ret_supply = (weir_packet_supply_t){.ops = &ops, .context = world};
    return 0;
}

/* ---- A source of sockets --------------------------------------------------------------------- */

static uint64_t fake_network(void *context)
{
    (void)context;
    return 7;
}

static int fake_read(void *context, const weir_socket_sink_t *sink)
{
    world_t *world = context;
    for (size_t i = 0; i < world->count; i++)
        sink->socket(sink->context, &world->sockets[i]);
    return 0;
}

static int fake_program(void *context, const weir_socket_t *socket, weir_program_t *ret_program)
{
    (void)context;
    *ret_program = (weir_program_t){0};
    (void)snprintf(ret_program->name, sizeof(ret_program->name), "app%u", socket->pid / 10);
    return 0;
}

static bool fake_lives(void *context, uint32_t pid, uint64_t start_ns)
{
    (void)context;
    (void)pid;
    (void)start_ns;
    return true;
}

static const weir_socket_source_ops_t OPS = {.network = fake_network,
                                             .read = fake_read,
                                             .program = fake_program,
                                             .lives = fake_lives,
                                             .firsts = fake_firsts};

static int world_make(void **state)
{
    world_t *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    assert_int_equal(sem_init(&world->woken, 0, 0), 0);
    weir_buf_init(&world->packet, 4096);
    weir_craft_ipv4(&world->packet, 5, 1, 6, 20 + HELLO_BYTES);
    weir_craft_tcp(&world->packet, 4000, 443, 1000, 100, WEIR_TCP_ACK);
    weir_craft_hex(&world->packet, HELLO);
    *state = world;
    return 0;
}

static int world_drop(void **state)
{
    world_t *world = *state;
    weir_first_packets_done(&world->firsts);
    weir_books_done(&world->books);
    weir_buf_done(&world->packet);
    (void)sem_destroy(&world->woken);
    free(world);
    return 0;
}

/* One end of 10.0.0.5:4000 to 10.0.0.1:443. */
static void end_open(world_t *world, uint64_t id, uint32_t pid, bool client)
{
    const weir_address_t near = {.bytes = {10, 0, 0, 5}, .family = WEIR_FAMILY_IPV4, .prefix = 32};
    const weir_address_t far = {.bytes = {10, 0, 0, 1}, .family = WEIR_FAMILY_IPV4, .prefix = 32};
    world->sockets[world->count++] = (weir_socket_t){.id = id,
                                                     .network = 7,
                                                     .pid = pid,
                                                     .local = client ? near : far,
                                                     .peer = client ? far : near,
                                                     .local_port = client ? 4000 : 443,
                                                     .peer_port = client ? 443 : 4000,
                                                     .protocol = 6,
                                                     .state = WEIR_FLOW_ESTABLISHED,
                                                     .opened_here = client,
                                                     .rx = {.bytes = 60 * id, .packets = id},
                                                     .tx = {.bytes = 60 * id, .packets = id}};
}

static void reading(world_t *world)
{
    const weir_socket_source_t source = {.ops = &OPS, .context = world};
    world->now.boot_ns += WEIR_NS_PER_S;
    assert_int_equal(weir_books_read(&world->books, &source, world->now, WEIR_NS_PER_S, false), 0);
    world->count = 0;
}

/* Until the worker has handed over what it was given. */
static void tell(world_t *world)
{
    const weir_socket_source_t source = {.ops = &OPS, .context = world};
    weir_first_packets_want(&world->firsts, &source, true, false);
    for (int i = 0; i < ROUNDS && !world->firsts.window; i++)
        (void)weir_first_packets_take(&world->firsts);
    assert_non_null(world->firsts.window);
    weir_first_packets_tell(&world->firsts, &world->books);
}

static const weir_live_flow_t *flow_of(const world_t *world, uint32_t pid)
{
    for (size_t i = 0; i < world->books.flow_count; i++)
        if (world->books.flows[i].used && world->books.flows[i].pid == pid)
            return &world->books.flows[i];
    return NULL;
}

/* "" unknown; "?" there is no flow of the process. */
static const char *server_of(const world_t *world, uint32_t pid)
{
    const weir_live_flow_t *flow = flow_of(world, pid);
    return !flow ? "?" : flow->texts && flow->texts->server_name ? flow->texts->server_name : "";
}

static void both_ends_and_the_host_are_named(void **state)
{
    world_t *world = *state;
    end_open(world, 1, 50, true);
    end_open(world, 2, 60, false);
    reading(world);
    tell(world);
    assert_string_equal(server_of(world, 50), "a.test");
    assert_string_equal(server_of(world, 60), "a.test");
    const weir_live_flow_t *flow = flow_of(world, 50);
    assert_true(flow && flow->texts && flow->texts->ja4);
    assert_string_equal(weir_first_packets_name(&world->firsts, &world->sockets[0].peer), "a.test");
    assert_null(weir_first_packets_name(&world->firsts, &world->sockets[0].local));
}

static void a_flow_that_ended_before_stays_as_it_was(void **state)
{
    world_t *world = *state;
    end_open(world, 1, 50, true);
    world->sockets[0].news = WEIR_SOCKET_ENDED;
    world->sockets[0].state = WEIR_FLOW_CLOSED;
    reading(world);
    end_open(world, 3, 51, true);
    reading(world);
    tell(world);
    assert_string_equal(server_of(world, 50), "");
    assert_string_equal(server_of(world, 51), "a.test");
}

static void a_flow_that_is_forgotten_leaves_its_twins(void **state)
{
    world_t *world = *state;
    end_open(world, 1, 50, true);
    world->sockets[0].news = WEIR_SOCKET_ENDED;
    end_open(world, 2, 60, false);
    reading(world);
    world->now.boot_ns += 100 * WEIR_NS_PER_S;
    end_open(world, 2, 60, false);
    reading(world);
    assert_string_equal(server_of(world, 50), "?");
    tell(world);
    assert_string_equal(server_of(world, 60), "a.test");
}

static void what_was_lost_is_told_once(void **state)
{
    world_t *world = *state;
    const weir_socket_source_t source = {.ops = &OPS, .context = world};
    weir_first_packets_want(&world->firsts, &source, true, false);
    assert_int_equal(weir_first_packets_take(&world->firsts), 5);
    assert_int_equal(weir_first_packets_take(&world->firsts), 0);
}

static void nobody_wants_them_any_more(void **state)
{
    world_t *world = *state;
    const weir_socket_source_t source = {.ops = &OPS, .context = world};
    weir_first_packets_want(&world->firsts, &source, true, false);
    weir_first_packets_want(&world->firsts, &source, true, false);
    assert_int_equal(world->opened, 1);
    weir_first_packets_want(&world->firsts, &source, false, false);
    assert_int_equal(world->closed, 1);
    assert_int_equal(weir_first_packets_take(&world->firsts), 0);
}

static void a_source_may_have_none(void **state)
{
    world_t *world = *state;
    static const weir_socket_source_ops_t nothing = {.network = fake_network};
    const weir_socket_source_t source = {.ops = &nothing, .context = world};
    weir_first_packets_want(&world->firsts, &source, true, true);
    assert_true(world->firsts.refused);
    assert_int_equal(weir_first_packets_take(&world->firsts), 0);
    weir_first_packets_tell(&world->firsts, &world->books);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(both_ends_and_the_host_are_named),
        CASE(a_flow_that_ended_before_stays_as_it_was),
        CASE(a_flow_that_is_forgotten_leaves_its_twins),
        CASE(what_was_lost_is_told_once),
        CASE(nobody_wants_them_any_more),
        CASE(a_source_may_have_none),
    };
    return weir_test_run("engine/first_packets", tests);
}
