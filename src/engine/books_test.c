#include "base/testing.h"
#include "engine/books.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SOCKETS ((size_t)4096)

/* A source that tells what a test has put down, and processes that live as long as it says. */
typedef struct world {
    weir_books_t books;
    weir_socket_t told[SOCKETS];
    size_t count, expected;
    bool complete;
    uint32_t dead; /* pid, 0 none */
    const char *exe;
    weir_instant_t now;
} world_t;

static uint8_t fake_accuracy(void *context, const char **ret_reason)
{
    (void)context;
    *ret_reason = "";
    return WEIR_ACCURACY_EXACT;
}

static uint64_t fake_network(void *context)
{
    (void)context;
    return 7;
}

static int fake_read(void *context, const weir_socket_sink_t *sink)
{
    world_t *world = context;
    sink->expect(sink->context, world->expected);
    for (size_t i = 0; i < world->count; i++)
        sink->socket(sink->context, &world->told[i]);
    if (world->complete)
        sink->complete(sink->context);
    return 0;
}

static uint64_t fake_lost(void *context)
{
    (void)context;
    return 0;
}

static int fake_program(void *context, const weir_socket_t *socket, weir_program_t *ret_program)
{
    const world_t *world = context;
    *ret_program = (weir_program_t){.start_ns = socket->start_ns};
    (void)snprintf(ret_program->exe, sizeof(ret_program->exe), "%s", world->exe);
    (void)snprintf(ret_program->name, sizeof(ret_program->name), "%s",
                   strrchr(world->exe, '/') + 1);
    return 0;
}

static bool fake_lives(void *context, uint32_t pid, uint64_t start_ns)
{
    (void)start_ns;
    return ((const world_t *)context)->dead != pid;
}

static void fake_close(void *context)
{
    (void)context;
}

static const weir_socket_source_ops_t FAKE_OPS = {.accuracy = fake_accuracy,
                                                  .network = fake_network,
                                                  .read = fake_read,
                                                  .lost = fake_lost,
                                                  .program = fake_program,
                                                  .lives = fake_lives,
                                                  .close = fake_close};

static void tick(world_t *world, size_t count)
{
    const weir_socket_source_t source = {.ops = &FAKE_OPS, .context = world};
    uint64_t window_ns = world->now.boot_ns ? WEIR_NS_PER_S : 0;
    world->now.boot_ns += WEIR_NS_PER_S;
    world->now.wall_ns += (int64_t)WEIR_NS_PER_S;
    world->count = count;
    assert_int_equal(weir_books_read(&world->books, &source, world->now, window_ns, false), 0);
}

static weir_socket_t a_socket(uint64_t id, uint32_t pid, uint64_t rx, uint64_t tx)
{
    return (weir_socket_t){.id = id,
                           .network = 7,
                           .pid = pid,
                           .start_ns = 100,
                           .local = {.bytes = {10, 0, 0, 1}, .family = WEIR_FAMILY_IPV4},
                           .peer = {.bytes = {10, 0, 0, 2}, .family = WEIR_FAMILY_IPV4},
                           .local_port = 1000,
                           .peer_port = 80,
                           .protocol = 6,
                           .state = WEIR_FLOW_ESTABLISHED,
                           .rx_iface = 3,
                           .tx_iface = 3,
                           .rx = {.bytes = rx, .packets = 1},
                           .tx = {.bytes = tx, .packets = 2}};
}

static const weir_app_entry_t *app_named(const world_t *world, const char *name)
{
    for (size_t i = 0; i < world->books.apps.count; i++)
        if (world->books.apps.entries[i].used &&
            strcmp(world->books.apps.entries[i].name, name) == 0)
            return &world->books.apps.entries[i];
    fail_msg("no app %s", name);
    return NULL;
}

static void differences_reach_app_host_flow_and_ledger(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/curl"};
    world.told[0] = a_socket(1, 50, 1000, 100);
    tick(&world, 1);
    world.told[0] = a_socket(1, 50, 5000, 300);
    tick(&world, 1);
    const weir_app_entry_t *app = app_named(&world, "curl");
    assert_int_equal(app->rx_meter.bytes, 5000);
    assert_int_equal(app->tx_meter.bytes, 300);
    assert_true(app->rx_meter.byte_rate > 3999.9 && app->rx_meter.byte_rate < 4000.1);
    assert_int_equal(world.books.flow_count, 1);
    assert_int_equal(world.books.flows[0].rx.bytes, 5000);
    assert_int_equal(world.books.hosts[1].tx_meter.bytes, 5000); /* the peer sent it */
    assert_int_equal(world.books.ledger.lines[0].side[WEIR_LEDGER_RX].own[0].bytes, 5000);
    weir_books_done(&world.books);
}

/* Owner, peer or interface of a socket changed: its counters begin anew, what they held moves. */
static void counters_that_move_are_counted_once(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/named"};
    world.told[0] = a_socket(1, 50, 0, 1000);
    tick(&world, 1);
    world.told[0] = a_socket(2, 50, 0, 1500); /* what was moved, whole */
    world.told[1] = a_socket(1, 50, 0, 200);
    world.told[1].peer.bytes[3] = 9;
    tick(&world, 2);
    assert_int_equal(app_named(&world, "named")->tx_meter.bytes, 1700);
    assert_int_equal(world.books.ledger.lines[0].side[WEIR_LEDGER_TX].own[0].bytes, 1700);
    weir_books_done(&world.books);
}

static void what_is_shown_never_falls(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/named"};
    world.told[0] = a_socket(1, 50, 0, 1000);
    tick(&world, 1);
    world.told[0] = a_socket(3, 50, 0, 300);
    world.told[1] =
        (weir_socket_t){.id = 1, .news = WEIR_SOCKET_MOVED}; /* not told elsewhere yet */
    tick(&world, 2);
    assert_int_equal(app_named(&world, "named")->tx_meter.bytes, 1000);
    assert_int_equal(world.books.flows[0].window_tx.bytes, 0);
    assert_true(app_named(&world, "named")->tx_meter.byte_rate < 0.1);
    world.told[1] = a_socket(2, 50, 0, 1100);
    tick(&world, 2);
    assert_int_equal(app_named(&world, "named")->tx_meter.bytes, 1400);
    weir_books_done(&world.books);
}

static void an_exec_is_another_app_and_the_first_has_ended(void **state)
{
    (void)state;
    world_t world = {.exe = "/bin/sh"};
    world.told[0] = a_socket(1, 50, 0, 10);
    tick(&world, 1);
    world.exe = "/usr/bin/curl";
    world.told[1] = a_socket(2, 50, 0, 70);
    world.told[1].exec_id = 1;
    tick(&world, 2);
    assert_int_equal(app_named(&world, "sh")->tx_meter.bytes, 10);
    assert_int_equal(app_named(&world, "sh")->processes, 0);
    assert_int_equal(app_named(&world, "curl")->tx_meter.bytes, 70);
    assert_int_equal(app_named(&world, "curl")->processes, 1);
    weir_books_done(&world.books);
}

static void processes_of_one_program_are_one_app_until_the_last_ends(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/ssh"};
    world.told[0] = a_socket(1, 50, 0, 10);
    world.told[1] = a_socket(2, 51, 0, 20);
    world.told[1].local_port = 1001;
    tick(&world, 2);
    const weir_app_entry_t *app = app_named(&world, "ssh");
    assert_int_equal(world.books.apps.used, 1);
    assert_int_equal(app->processes, 2);
    assert_int_equal(app->flows, 2);
    assert_int_equal(app->tx_meter.bytes, 30);
    world.dead = 51;
    tick(&world, 0);
    assert_int_equal(app->processes, 1);
    assert_true(app->ended_ns == 0);
    world.dead = 50;
    tick(&world, 0);
    assert_int_equal(app->processes, 0);
    assert_true(app->ended_ns != 0);
    assert_int_equal(app->tx_meter.bytes, 30); /* the row stays */
    weir_books_done(&world.books);
}

static void a_number_that_is_used_again_is_another_process(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/a"};
    world.told[0] = a_socket(1, 50, 0, 10);
    tick(&world, 1);
    world.exe = "/usr/bin/b";
    world.told[0] = a_socket(2, 50, 0, 20);
    world.told[0].start_ns = 999;
    tick(&world, 1);
    assert_int_equal(app_named(&world, "a")->tx_meter.bytes, 10);
    assert_int_equal(app_named(&world, "b")->tx_meter.bytes, 20);
    weir_books_done(&world.books);
}

static void sockets_that_a_whole_reading_does_not_tell_have_ended(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/a", .complete = true};
    world.told[0] = a_socket(1, 50, 0, 10);
    tick(&world, 1);
    assert_int_equal(world.books.socket_count, 1);
    tick(&world, 0);
    assert_int_equal(world.books.socket_count, 0);
    assert_int_equal(world.books.flows[0].state, WEIR_FLOW_CLOSED);
    for (int i = 0; i < 20; i++)
        tick(&world, 0);
    assert_false(world.books.flows[0].used); /* and are forgotten */
    assert_int_equal(app_named(&world, "a")->tx_meter.bytes, 10);
    weir_books_done(&world.books);
}

static void traffic_of_no_program_is_named_for_what_it_is(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/a"};
    world.told[0] = a_socket(1, 0, 0, 84);
    world.told[0].kind = WEIR_TRAFFIC_KERNEL;
    world.told[0].protocol = 1;
    world.told[1] = a_socket(2, 0, 500, 500);
    world.told[1].kind = WEIR_TRAFFIC_FORWARDED;
    world.told[2] = a_socket(3, 0, 60, 60);
    world.told[2].kind = WEIR_TRAFFIC_NOT_IP;
    tick(&world, 3);
    assert_int_equal(app_named(&world, "kernel: icmp")->tx_meter.bytes, 84);
    assert_int_equal(app_named(&world, "forwarded")->rx_meter.bytes, 500);
    assert_int_equal(app_named(&world, "kernel: not IP")->rx_meter.bytes, 60);
    weir_books_done(&world.books);
}

static void ends_that_are_used_again_are_another_flow(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/a"};
    world.told[0] = a_socket(1, 50, 0, 10);
    world.told[0].news = WEIR_SOCKET_ENDED;
    tick(&world, 1);
    world.told[0] = a_socket(2, 50, 0, 20);
    tick(&world, 1);
    assert_int_equal(world.books.flow_count, 2);
    assert_int_equal(world.books.flows[1].tx.bytes, 20);
    weir_books_done(&world.books);
}

/* A socket whose owner changed: the connection is one flow, and goes on. */
static void what_moves_is_no_end(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/a"};
    world.told[0] = a_socket(1, 50, 10, 10);
    tick(&world, 1);
    world.told[0] = a_socket(2, 50, 20, 20);
    world.told[1] = (weir_socket_t){.id = 1, .news = WEIR_SOCKET_MOVED};
    tick(&world, 2);
    assert_int_equal(world.books.flow_count, 1);
    assert_int_equal(world.books.flows[0].state, WEIR_FLOW_ESTABLISHED);
    assert_int_equal(app_named(&world, "a")->rx_meter.bytes, 20);
    world.exe = "/usr/bin/b";
    world.told[0] = a_socket(3, 51, 30, 30);
    world.told[1].id = 2;
    tick(&world, 2);
    assert_false(world.books.flows[0].used); /* nothing is left of it */
    assert_true(world.books.flows[1].used);
    assert_int_equal(app_named(&world, "b")->rx_meter.bytes, 30);
    tick(&world, 1);
    assert_int_equal(app_named(&world, "a")->rx_meter.bytes, 0); /* nor is it counted twice */
    weir_books_done(&world.books);
}

/* Only flows that changed, or ended, are looked at; what is counted of the others stands. */
static void flows_that_rest_are_still_counted(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/a"};
    world.told[0] = a_socket(1, 50, 10, 10);
    world.told[1] = a_socket(2, 50, 20, 20);
    world.told[1].local_port = 1001;
    tick(&world, 2);
    assert_int_equal(world.books.flows[0].window_rx.bytes, 10);
    for (int i = 0; i < 20; i++)
        tick(&world, 0);
    assert_int_equal(world.books.flows[0].window_rx.bytes, 0);
    assert_int_equal(app_named(&world, "a")->flows, 2);
    assert_int_equal(world.books.hosts[0].flows, 2);
    world.told[1].news = WEIR_SOCKET_ENDED;
    tick(&world, 2);
    assert_int_equal(app_named(&world, "a")->flows, 1);
    assert_int_equal(world.books.hosts[1].flows, 2); /* it is shown a while */
    for (int i = 0; i < 20; i++)
        tick(&world, 0);
    assert_true(world.books.flows[0].used);
    assert_false(world.books.flows[1].used);
    assert_int_equal(world.books.hosts[1].flows, 1);
    weir_books_done(&world.books);
}

static void a_flow_that_is_open_again_stays(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/a"};
    world.told[0] = a_socket(1, 50, 10, 10);
    world.told[0].protocol = 17;
    world.told[0].news = WEIR_SOCKET_ENDED;
    tick(&world, 1);
    world.told[0].id = 2;
    world.told[0].news = WEIR_SOCKET_OPEN;
    tick(&world, 1);
    assert_int_equal(world.books.flows[0].rx.bytes, 20);
    for (int i = 0; i < 20; i++)
        tick(&world, 0);
    assert_true(world.books.flows[0].used);
    assert_int_equal(world.books.flow_count, 1);
    weir_books_done(&world.books);
}

/* Both ends on this machine, and two programs that share one of them. */
static void flows_with_the_same_ends_are_told_apart(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/a"};
    world.told[0] = a_socket(1, 50, 1, 0);
    world.told[1] = a_socket(2, 50, 2, 0);
    world.told[1].local = world.told[0].peer;
    world.told[1].peer = world.told[0].local;
    world.told[1].local_port = world.told[0].peer_port;
    world.told[1].peer_port = world.told[0].local_port;
    world.told[2] = a_socket(3, 50, 4, 0);
    world.told[2].network = 8;
    tick(&world, 3);
    world.exe = "/usr/bin/b";
    world.told[3] = a_socket(4, 51, 8, 0);
    world.told[4] = a_socket(5, 50, 16, 0); /* the first one's, by another socket */
    tick(&world, 5);
    static const uint64_t sums[] = {17, 2, 4, 8};
    assert_int_equal(world.books.flow_count, WEIR_COUNT(sums));
    for (size_t i = 0; i < WEIR_COUNT(sums); i++)
        assert_int_equal(world.books.flows[i].rx.bytes, sums[i]);
    const weir_ends_t ends = {.one = world.told[0].local,
                              .other = world.told[0].peer,
                              .one_port = 1000,
                              .other_port = 80,
                              .protocol = 6};
    size_t twins = 0;
    for (uint32_t at = weir_books_find(&world.books, &ends); at != WEIR_FLOW_NONE;
         at = world.books.flows[at].twin)
        twins++;
    assert_int_equal(twins, WEIR_COUNT(sums));
    weir_books_done(&world.books);
}

/* Nobody asked for it: it takes no memory. A slot that is used again begins anew. */
static void what_detectors_know_is_kept_when_they_ask(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/a"};
    world.told[0] = a_socket(1, 50, 10, 10);
    world.told[0].news = WEIR_SOCKET_ENDED;
    tick(&world, 1);
    assert_null(world.books.told);
    weir_told_t *told = weir_books_told(&world.books);
    assert_int_equal(told[0].at_ns, world.now.boot_ns);
    told[0].before = true;
    for (int i = 0; i < 20; i++)
        tick(&world, 0);
    world.told[0].id = 2;
    tick(&world, 1);
    assert_int_equal(world.books.flow_count, 1);
    told = weir_books_told(&world.books);
    assert_false(told[0].before);
    assert_int_equal(told[0].at_ns, world.now.boot_ns);
    weir_books_done(&world.books);
}

/* One new process and 50 flows a second, for an hour. */
static void a_long_run_keeps_its_size(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/curl"};
    uint64_t id = 0;
    size_t flows = 0, processes = 0, apps = 0;
    for (uint32_t second = 1; second <= 3600; second++) {
        for (uint32_t i = 0; i < 50; i++) {
            world.told[i] = a_socket(++id, second, 100, 100);
            world.told[i].local_port = (uint16_t)id;
            world.told[i].news = WEIR_SOCKET_ENDED;
        }
        world.dead = second - 1;
        tick(&world, 50);
        if (second == 60) {
            flows = world.books.flow_room;
            processes = world.books.apps.process_room;
            apps = world.books.apps.used;
        }
    }
    assert_int_equal(world.books.flow_room, flows);
    assert_int_equal(world.books.apps.process_room, processes);
    assert_int_equal(world.books.apps.used, apps);
    assert_int_equal(world.books.socket_count, 0);
    assert_int_equal(app_named(&world, "curl")->rx_meter.bytes, 3600 * 50 * 100);
    weir_books_done(&world.books);
}

/* A server whose clients never come twice. */
static void hosts_without_a_flow_are_forgotten(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/nginx"};
    uint32_t address = 0;
    for (int second = 0; second < 100; second++) {
        for (size_t k = 0; k < 1000; k++) {
            world.told[k] = a_socket(++address, 50, 10, 10);
            world.told[k].news = WEIR_SOCKET_ENDED;
            memcpy(world.told[k].peer.bytes, &address, sizeof(address));
        }
        tick(&world, 1000);
    }
    assert_true(world.books.host_count <= 16384 + 1001);
    const weir_live_flow_t *last = &world.books.flows[world.books.flow_count - 1];
    const weir_live_host_t *host = &world.books.hosts[last->peer_host];
    assert_int_equal(weir_address_compare(&host->address, &last->peer), 0);
    assert_int_equal(app_named(&world, "nginx")->rx_meter.bytes, 100 * 1000 * 10);
    weir_books_done(&world.books);
}

static void many_that_are_expected_find_room(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/curl"};
    world.told[0] = a_socket(1, 50, 1000, 100);
    tick(&world, 1);
    for (size_t k = 0; k < SOCKETS; k++) {
        world.told[k] = a_socket(1 + k, 50, 1000, 100);
        world.told[k].local_port = (uint16_t)(1000 + k);
    }
    world.expected = 2 * SOCKETS;
    tick(&world, SOCKETS);
    assert_int_equal(world.books.flow_count, SOCKETS);
    assert_int_equal(world.books.flow_room, 2 * SOCKETS);
    assert_int_equal(app_named(&world, "curl")->rx_meter.bytes, SOCKETS * 1000);
    const weir_ends_t ends = {.one = world.told[0].peer,
                              .other = world.told[0].local,
                              .one_port = 80,
                              .other_port = 1000 + 77,
                              .protocol = 6};
    assert_int_equal(world.books.flows[weir_books_find(&world.books, &ends)].local_port, 1077);
    weir_books_done(&world.books);
}

/* Above the ceiling flows of an app are one; its bytes are whole. */
static void what_finds_no_room_is_a_crowd(void **state)
{
    (void)state;
    world_t world = {.exe = "/usr/bin/curl"};
    uint64_t id = 0;
    for (size_t i = 0; i < WEIR_FLOWS_LIVE_MAX / SOCKETS + 1; i++) {
        for (size_t k = 0; k < SOCKETS; k++) {
            world.told[k] = a_socket(++id, 50, 100, 100);
            world.told[k].local_port = (uint16_t)id;
            world.told[k].peer_port = (uint16_t)(id >> 16);
        }
        world.now.boot_ns -= WEIR_NS_PER_S; /* all in one second */
        tick(&world, SOCKETS);
    }
    assert_int_equal(world.books.flow_count, WEIR_FLOWS_LIVE_MAX + 1);
    const weir_live_flow_t *crowd = &world.books.flows[WEIR_FLOWS_LIVE_MAX];
    assert_int_equal(crowd->peer.family, WEIR_FAMILY_NONE);
    assert_int_equal(crowd->rx.bytes, SOCKETS * 100);
    assert_int_equal(app_named(&world, "curl")->rx_meter.bytes, id * 100);
    assert_int_equal(world.books.refused, 0);
    weir_books_done(&world.books);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_reach_app_host_flow_and_ledger),
        cmocka_unit_test(counters_that_move_are_counted_once),
        cmocka_unit_test(what_is_shown_never_falls),
        cmocka_unit_test(an_exec_is_another_app_and_the_first_has_ended),
        cmocka_unit_test(processes_of_one_program_are_one_app_until_the_last_ends),
        cmocka_unit_test(a_number_that_is_used_again_is_another_process),
        cmocka_unit_test(sockets_that_a_whole_reading_does_not_tell_have_ended),
        cmocka_unit_test(traffic_of_no_program_is_named_for_what_it_is),
        cmocka_unit_test(ends_that_are_used_again_are_another_flow),
        cmocka_unit_test(what_moves_is_no_end),
        cmocka_unit_test(flows_that_rest_are_still_counted),
        cmocka_unit_test(a_flow_that_is_open_again_stays),
        cmocka_unit_test(flows_with_the_same_ends_are_told_apart),
        cmocka_unit_test(what_detectors_know_is_kept_when_they_ask),
        cmocka_unit_test(a_long_run_keeps_its_size),
        cmocka_unit_test(hosts_without_a_flow_are_forgotten),
        cmocka_unit_test(many_that_are_expected_find_room),
        cmocka_unit_test(what_finds_no_room_is_a_crowd),
    };
    return weir_test_run("engine/books", tests);
}
