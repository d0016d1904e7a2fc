/*
 * The engine's thread on the fake source and on recordings; the only waiting is for the thread
 * itself.
 */
#include "base/testing.h"
#include "engine/runner.h"
#include "engine/sources/fake.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#define PATIENCE_MS 20000

static int wait_take(weir_runner_t *runner, weir_snapshot_t **snapshot)
{
    struct pollfd fd = {.fd = weir_runner_fd(runner), .events = POLLIN};
    assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
    return weir_runner_take(runner, snapshot);
}

/* A recording in a file without a name. */
static weir_runner_t *replay_start(const char *text, char path[static 64])
{
    (void)snprintf(path, 64, "/tmp/weir-runner-test-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(close(fd), 0);
    weir_clock_t clock = weir_clock_system();
    weir_producer_t producer;
    assert_int_equal(weir_replay_open(path, &clock, 0, &producer), 0);
    weir_runner_t *runner = NULL;
    assert_int_equal(weir_runner_start(producer, &clock, true, &runner), 0);
    return runner;
}

#define DOCUMENT(time, rows)                                                                       \
    "{\"table\":\"interfaces\",\"time\":\"" time                                                   \
    "\",\"window_s\":1,\"origin\":\"live\",\"rows\":[" rows "],\"omitted\":2,\"lost\":0}\n"

static void recording_is_handed_out_whole_and_ends(void **state)
{
    (void)state;
    char path[64];
    weir_runner_t *runner = replay_start(
        DOCUMENT(
            "2026-01-01T00:00:00.000Z",
            "{\"name\":\"eth0\",\"kind\":\"veth\",\"state\":\"up\",\"index\":4,\"rx_bytes\":10,"
            "\"rx_bytes_per_s\":null,\"rate_state\":\"INIT\",\"counted\":true,\"later\":{}}")
            DOCUMENT(
                "2026-01-01T00:00:01.000Z",
                "{\"name\":\"eth0\",\"kind\":\"veth\",\"state\":\"up\",\"index\":4,\"rx_bytes\":"
                "110,\"rx_bytes_per_s\":100.5,\"tx_bytes_per_s\":0,\"rate_state\":\"OK\","
                "\"counted\":true,\"addresses\":[\"192.0.2.1/24\"]}"),
        path);
    weir_snapshot_t *snapshot = NULL;
    assert_int_equal(wait_take(runner, &snapshot), 1);
    const weir_iface_t *iface = weir_snapshot_iface(snapshot, 0);
    uint64_t id = iface->id;
    assert_int_equal(iface->rx.state, WEIR_RATE_INIT);
    assert_int_equal(iface->kind, WEIR_KIND_VETH);
    assert_int_equal(snapshot->rows[WEIR_TABLE_INTERFACES].omitted, 2);
    weir_snapshot_unref(snapshot);

    assert_int_equal(wait_take(runner, &snapshot), 1);
    iface = weir_snapshot_iface(snapshot, 0);
    assert_true(iface->id == id);
    assert_true(iface->rx.byte_rate > 100.4 && iface->rx.byte_rate < 100.6);
    assert_int_equal(iface->addresses.count, 1);
    assert_int_equal(snapshot->sequence, 2);
    assert_true(snapshot->headline.rx.byte_rate > 100.4);
    weir_snapshot_unref(snapshot);

    assert_int_equal(wait_take(runner, &snapshot), -ENODATA);
    weir_runner_stop(runner);
    (void)unlink(path);
}

static void expect_error(const char *text, const char *sentence)
{
    char path[64];
    weir_snapshot_t *snapshot = NULL;
    weir_runner_t *runner = replay_start(text, path);
    int r = wait_take(runner, &snapshot);
    if (r != -EBADMSG || !strstr(weir_runner_error(runner), sentence))
        fail_msg("%d: %s", r, weir_runner_error(runner));
    weir_runner_stop(runner);
    (void)unlink(path);
}

static void wrong_recordings_are_named_by_line(void **state)
{
    (void)state;
    expect_error("hello\n", "line 1: no JSON");
    expect_error("\n\n[1,2]\n", "line 3: \"time\" is missing");
    expect_error("{\"time\":\"2026-01-01T00:00:00Z\"}\n", "\"table\" is missing");
    expect_error("{\"time\":\"2026-01-01T00:00:00Z\",\"table\":\"interfaces\"}\n",
                 "\"rows\" is missing");
    expect_error("{\"time\":\"noon\",\"table\":\"interfaces\",\"rows\":[]}\n", "no time");
}

static void recording_cut_in_its_last_line_is_whole_before(void **state)
{
    (void)state;
    char path[64];
    weir_snapshot_t *snapshot = NULL;
    weir_runner_t *runner = replay_start(
        DOCUMENT("2026-01-01T00:00:00.000Z", "") "{\"table\":\"interfaces\",\"ti", path);
    assert_int_equal(wait_take(runner, &snapshot), 1);
    assert_int_equal(snapshot->rows[WEIR_TABLE_INTERFACES].count, 0);
    weir_snapshot_unref(snapshot);
    assert_int_equal(wait_take(runner, &snapshot), -ENODATA);
    weir_runner_stop(runner);
    (void)unlink(path);
}

static void lossless_reader_gets_every_sequence_number(void **state)
{
    (void)state;
    weir_fake_t fake = {.now = {.boot_ns = WEIR_NS_PER_S, .awake_ns = WEIR_NS_PER_S}};
    weir_clock_t fake_clock = weir_fake_clock(&fake);
    weir_clock_t clock = weir_clock_system();
    weir_producer_t producer;
    /* The producer lives in simulated time that stands still, so every tick is due at once. */
    assert_int_equal(weir_live_open(weir_fake_source(&fake), &fake_clock,
                                    &(weir_live_options_t){.interval_ns = 1}, &producer),
                     0);
    weir_runner_t *runner = NULL;
    assert_int_equal(weir_runner_start(producer, &clock, true, &runner), 0);
    for (uint64_t sequence = 1; sequence <= 100; sequence++) {
        weir_snapshot_t *snapshot = NULL;
        assert_int_equal(wait_take(runner, &snapshot), 1);
        assert_int_equal(snapshot->sequence, sequence);
        weir_snapshot_unref(snapshot);
    }
    weir_runner_stop(runner);
}

static void stop_does_not_wait_for_a_silent_pipe(void **state)
{
    (void)state;
    int ends[2];
    char path[64];
    assert_int_equal(pipe(ends), 0);
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
    weir_clock_t clock = weir_clock_system();
    weir_producer_t producer;
    assert_int_equal(weir_replay_open(path, &clock, 1, &producer), 0);
    weir_runner_t *runner = NULL;
    assert_int_equal(weir_runner_start(producer, &clock, true, &runner), 0);
    weir_runner_stop(runner); /* hangs, and times out, when the read cannot be interrupted */
    assert_int_equal(close(ends[0]) + close(ends[1]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recording_is_handed_out_whole_and_ends),
        cmocka_unit_test(wrong_recordings_are_named_by_line),
        cmocka_unit_test(recording_cut_in_its_last_line_is_whole_before),
        cmocka_unit_test(lossless_reader_gets_every_sequence_number),
        cmocka_unit_test(stop_does_not_wait_for_a_silent_pipe),
    };
    return weir_test_run("engine/runner", tests);
}
