#include "engine/sources/sockets.h"

#include "base/testing.h"
#include "model/app.h"

#include <stdio.h>
#include <string.h>

#define PEERS 40U
#define TICKS 50

static uint8_t fake_accuracy(void *context, const char **ret_reason)
{
    (void)context;
    *ret_reason = "";
    return WEIR_ACCURACY_EXACT;
}

static uint64_t fake_number(void *context)
{
    (void)context;
    return 0;
}

/* One program, connected to some hosts, and another one to one of them. */
static int fake_read(void *context, const weir_socket_sink_t *sink)
{
    (void)context;
    for (uint32_t i = 0; i <= PEERS; i++) {
        weir_socket_t socket = {.id = 1 + i,
                                .pid = i < PEERS ? 50 : 51,
                                .start_ns = 100,
                                .local = {.bytes = {10, 0, 0, 1}, .family = WEIR_FAMILY_IPV4},
                                .peer = {.bytes = {10, 0, 1}, .family = WEIR_FAMILY_IPV4},
                                .local_port = (uint16_t)(1000 + i),
                                .peer_port = 443,
                                .protocol = 6,
                                .state = WEIR_FLOW_ESTABLISHED,
                                .rx = {.bytes = 100, .packets = 1},
                                .tx = {.bytes = 100, .packets = 1}};
        socket.peer.bytes[3] = (uint8_t)(i % PEERS);
        sink->socket(sink->context, &socket);
    }
    return 0;
}

static int fake_program(void *context, const weir_socket_t *socket, weir_program_t *ret_program)
{
    (void)context;
    *ret_program = (weir_program_t){.start_ns = socket->start_ns};
    (void)snprintf(ret_program->name, sizeof(ret_program->name), "app-%u", socket->pid);
    return 0;
}

static bool fake_lives(void *context, uint32_t pid, uint64_t start_ns)
{
    (void)context;
    (void)pid;
    (void)start_ns;
    return true;
}

static void fake_close(void *context)
{
    (void)context;
}

static int fake_open(weir_socket_source_t *ret_source)
{
    static const weir_socket_source_ops_t ops = {.accuracy = fake_accuracy,
                                                 .network = fake_number,
                                                 .read = fake_read,
                                                 .lost = fake_number,
                                                 .program = fake_program,
                                                 .lives = fake_lives,
                                                 .close = fake_close};
    *ret_source = (weir_socket_source_t){.ops = &ops};
    return 0;
}

static weir_snapshot_t *tick(const weir_part_t *part, uint64_t seconds)
{
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(1 << 20);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    assert_non_null(snapshot);
    snapshot->time = (weir_instant_t){.boot_ns = seconds * WEIR_NS_PER_S,
                                      .wall_ns = (int64_t)(seconds * WEIR_NS_PER_S)};
    part->ops->want(part->context, UINT32_C(1) << WEIR_TABLE_APPS);
    part->ops->fill(part->context, snapshot);
    return snapshot;
}

/* However long it runs: an app has as many hosts as it has, and lists each of them once. */
static void an_apps_hosts_are_those_of_now(void **state)
{
    (void)state;
    weir_part_t part;
    assert_int_equal(weir_sockets_part(fake_open, false, false, &part), 0);
    for (uint64_t i = 1; i <= TICKS; i++) {
        WEIR_CLEANUP(weir_snapshot_unrefp) weir_snapshot_t *snapshot = tick(&part, i);
        const weir_rows_t *rows = &snapshot->rows[WEIR_TABLE_APPS];
        const weir_app_t *apps = rows->records;
        assert_int_equal(rows->count, 2);
        for (size_t k = 0; k < 2; k++) {
            bool many = strcmp(apps[k].app, "app-50") == 0;
            size_t hosts = many ? PEERS : 1;
            size_t listed = hosts < WEIR_APP_PEERS_MAX ? hosts : WEIR_APP_PEERS_MAX;
            assert_int_equal(apps[k].hosts, hosts);
            assert_int_equal(apps[k].flows, many ? PEERS : 1);
            assert_int_equal(apps[k].peers.count, listed);
            for (size_t at = 1; at < listed; at++)
                assert_int_not_equal(
                    weir_address_compare(&apps[k].peers.items[at - 1], &apps[k].peers.items[at]),
                    0);
        }
    }
    part.ops->close(part.context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_apps_hosts_are_those_of_now),
    };
    return weir_test_run("engine/sockets", tests);
}
