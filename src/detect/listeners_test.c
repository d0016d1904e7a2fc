#include "base/testing.h"
#include "detect/testing.h"

#define PROGRAM 321

/* A snapshot at `seconds` with these events; returns it with its findings. */
static weir_snapshot_t *look(weir_detect_t *detect, int64_t seconds, const weir_event_t *events,
                             size_t count)
{
    weir_pool_t *pool = weir_pool_new(4096);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    assert_non_null(snapshot);
    snapshot->time = (weir_instant_t){.boot_ns = (uint64_t)((seconds + 1000) * SECOND),
                                      .wall_ns = BEGIN + seconds * SECOND};
    snapshot->events = (weir_event_batch_t){events, count, 0};
    assert_int_equal(weir_detect_snapshot(detect, snapshot), 0);
    return snapshot;
}

static void pass(weir_detect_t *detect, int64_t seconds, const weir_event_t *events, size_t count)
{
    weir_snapshot_unref(look(detect, seconds, events, count));
}

static weir_event_t listener(const char *address, uint16_t port, uint8_t protocol, int64_t seconds)
{
    weir_event_t event = {.kind = WEIR_EVENT_LISTEN,
                          .time_ns = BEGIN + seconds * SECOND,
                          .listen = {.program = {.app = "nc", .exe = "/bin/nc", .pid = PROGRAM},
                                     .port = port,
                                     .protocol = protocol}};
    assert_int_equal(weir_address_parse(address, strlen(address), &event.src), 0);
    return event;
}

static void a_port_that_opens_late_is_found(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    weir_event_t before = listener("0.0.0.0", 22, 6, 0), early = listener("::", 80, 6, 59);
    before.listen.before = true;
    pass(detect, 0, &before, 1);
    pass(detect, 59, &early, 1);
    const weir_event_t late[] = {listener("0.0.0.0", 4444, 6, 70), listener("::", 4444, 6, 70),
                                 listener("10.0.0.5", 53, 17, 70), listener("10.0.0.5", 80, 6, 70)};
    pass(detect, 70, late, WEIR_COUNT(late));
    weir_snapshot_t *found = look(detect, 79, NULL, 0);
    assert_int_equal(weir_testing_count(found), 0); /* it may be short */
    weir_snapshot_unref(found);
    found = look(detect, 80, NULL, 0);
    weir_finding_t all =
        weir_testing_expect(found, "new-listener", "* port 4444/tcp",
                            "nc (pid 321) has begun to listen on TCP port 4444 of every address");
    assert_int_equal(all.since, BEGIN + 70 * SECOND);
    assert_string_equal(all.evidence, "/bin/nc; 5 ports are known, opened 2 times");
    (void)weir_testing_expect(found, "new-listener", "10.0.0.5 port 53/udp",
                              "on UDP port 53 of 10.0.0.5");
    assert_int_equal(weir_testing_count(found), 2);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static void what_closes_and_opens_again_is_known(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    weir_event_t port = listener("0.0.0.0", 22, 6, 0);
    port.listen.before = true;
    pass(detect, 0, &port, 1);
    port.listen.before = false;
    port.listen.ended = true;
    pass(detect, 100, &port, 1);
    port.listen.ended = false;
    pass(detect, 4000, &port, 1);
    weir_snapshot_t *found = look(detect, 8000, NULL, 0);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static void loopback_and_short_ones_are_none_until_they_open(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    pass(detect, 0, NULL, 0);
    weir_event_t events[] = {listener("127.0.0.1", 6010, 6, 100), listener("::1", 6010, 6, 100),
                             listener("0.0.0.0", 50123, 6, 100)};
    pass(detect, 100, events, 3);
    events[2].listen.ended = true; /* data of FTP */
    pass(detect, 105, &events[2], 1);
    weir_snapshot_t *found = look(detect, 200, NULL, 0);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    const weir_event_t opens = listener("10.0.0.5", 6010, 6, 200);
    pass(detect, 200, &opens, 1);
    found = look(detect, 210, NULL, 0);
    (void)weir_testing_expect(found, "new-listener", "10.0.0.5 port 6010/tcp", "of 10.0.0.5");
    assert_int_equal(weir_testing_count(found), 1);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

static void without_room_nothing_is_new(void **state)
{
    (void)state;
    weir_detect_t *detect = weir_testing_detect(NULL);
    pass(detect, 0, NULL, 0);
    for (uint16_t port = 1; port <= 20000; port++) {
        const weir_event_t one = listener("0.0.0.0", port, 6, 100);
        weir_detect_events(detect, &(weir_event_batch_t){&one, 1, 0});
    }
    weir_snapshot_t *found = look(detect, 200, NULL, 0);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_that_opens_late_is_found),
        cmocka_unit_test(what_closes_and_opens_again_is_known),
        cmocka_unit_test(loopback_and_short_ones_are_none_until_they_open),
        cmocka_unit_test(without_room_nothing_is_new),
    };
    return weir_test_run("detect/listeners", tests);
}
