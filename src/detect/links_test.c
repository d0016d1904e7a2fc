#include "base/testing.h"

#include "detect/testing.h"

#include <stdio.h>

/* Let one interface live for `seconds`; `change` says what a second adds. */
typedef struct bench {
    weir_detect_t *detect;
    weir_iface_t iface;
    int64_t second;
} bench_t;

static bench_t bench_make(void)
{
    return (bench_t){.detect = weir_testing_detect(NULL),
                     .iface = {.id = 7, .name = "eth0", .state = WEIR_LINK_UP}};
}

/* One snapshot, a second later; with the findings until then. */
static weir_snapshot_t *bench_step(bench_t *bench)
{
    weir_pool_t *pool = weir_pool_new(4096);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    assert_non_null(snapshot);
    weir_iface_t *row = weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, 1);
    assert_non_null(row);
    *row = bench->iface;
    snapshot->time.boot_ns = (uint64_t)((1000 + bench->second) * SECOND);
    snapshot->time.wall_ns = BEGIN + bench->second * SECOND;
    bench->second++;
    assert_int_equal(weir_detect_snapshot(bench->detect, snapshot), 0);
    return snapshot;
}

/* `packets`, `errors`, `drops` of what is received and `queue` drops of what is sent, a second. */
static weir_snapshot_t *bench_run(bench_t *bench, int seconds, const uint64_t adds[static 4])
{
    weir_snapshot_t *found = bench_step(bench);
    for (int i = 0; i < seconds; i++) {
        bench->iface.rx.packets += adds[0];
        bench->iface.tx.packets += adds[0];
        bench->iface.rx_errors += adds[1];
        bench->iface.rx_dropped += adds[2];
        bench->iface.queue_drops += adds[3];
        weir_snapshot_unref(found);
        found = bench_step(bench);
    }
    return found;
}

static void bench_end(bench_t *bench, weir_snapshot_t *found)
{
    weir_snapshot_unref(found);
    weir_detect_free(bench->detect);
}

static void test_losses(void **state)
{
    (void)state;
    bench_t bench = bench_make();
    weir_snapshot_t *found = bench_run(&bench, 65, (const uint64_t[4]){100, 2, 4, 10});
    assert_int_equal(weir_testing_count(found), 3);
    weir_finding_t finding =
        weir_testing_expect(found, "interface-errors", "eth0", "receives have errors");
    assert_int_equal(finding.count, 120);
    assert_int_equal(finding.since, BEGIN);
    assert_int_equal(finding.last_seen, BEGIN + 60 * SECOND);
    assert_true(finding.observed > 0.019 && finding.observed < 0.02);
    (void)weir_testing_expect(found, "interface-drops", "eth0", "3.8 % of the packets");
    (void)weir_testing_expect(found, "queue-drops", "eth0", "9.1 % of the packets for its queue");
    bench_end(&bench, found);
}

/* Under 1 %, or a few on an idle link; and counters that begin again. */
static void test_few_losses(void **state)
{
    (void)state;
    bench_t bench = bench_make();
    weir_snapshot_t *found = bench_run(&bench, 65, (const uint64_t[4]){1000, 5, 5, 9});
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    bench.iface.rx.packets = bench.iface.rx_errors = bench.iface.rx_dropped = 0;
    found = bench_run(&bench, 65, (const uint64_t[4]){3, 0, 1, 0});
    assert_int_equal(weir_testing_count(found), 0);
    bench_end(&bench, found);
}

static void test_flapping(void **state)
{
    (void)state;
    bench_t bench = bench_make();
    bench.iface.carrier_changes = 40;
    weir_snapshot_unref(bench_step(&bench));
    bench.iface.carrier_changes = 44; /* a cable was moved, twice */
    weir_snapshot_t *found = bench_step(&bench);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    bench.iface.carrier_changes = 48;
    found = bench_step(&bench);
    weir_finding_t finding = weir_testing_expect(found, "link-flapping", "eth0",
                                                 "its carrier went or came 8 times in 2 s");
    assert_int_equal(finding.since, BEGIN);
    weir_snapshot_unref(found);
    bench.second += 700; /* long ago */
    weir_snapshot_unref(bench_step(&bench));
    bench.iface.carrier_changes += 2;
    found = bench_step(&bench);
    finding = weir_testing_expect(found, "link-flapping", "eth0", "8 times");
    assert_int_equal(finding.last_seen, BEGIN + 2 * SECOND);
    bench_end(&bench, found);
}

static void test_saturation(void **state)
{
    (void)state;
    const uint64_t quiet[4] = {0};
    bench_t bench = bench_make();
    bench.iface.tx.state = WEIR_RATE_OK;
    bench.iface.tx_utilisation = 0.97;
    bench.iface.tx.byte_rate = 121e6;
    weir_snapshot_t *found = bench_run(&bench, 20, quiet);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    bench.iface.tx_utilisation = 0.5; /* a pause */
    weir_snapshot_unref(bench_step(&bench));
    bench.iface.tx_utilisation = 0.97;
    found = bench_run(&bench, 29, quiet);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    found = bench_run(&bench, 5, quiet);
    weir_finding_t finding = weir_testing_expect(found, "saturation", "eth0",
                                                 "eth0 is full: it sends 97 % of its capacity");
    assert_int_equal(finding.since, BEGIN + 22 * SECOND);
    assert_true(finding.observed > 0.96);
    bench_end(&bench, found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_few_losses),
        cmocka_unit_test(test_flapping),
        cmocka_unit_test(test_saturation),
    };
    return weir_test_run("detect/links", tests);
}
