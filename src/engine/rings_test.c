#include "base/testing.h"
#include "engine/rings.h"

#include <errno.h>
#include <math.h>

#define START_NS (1000 * WEIR_NS_PER_S)
#define ETH0 7

typedef struct feed {
    weir_rings_t *rings;
    weir_pool_t *pool;
    weir_instant_t now;
} feed_t;

static feed_t feed_open(void)
{
    feed_t feed = {.pool = weir_pool_new(4096), .now = {.boot_ns = START_NS, .awake_ns = START_NS}};
    assert_int_equal(weir_rings_new(&feed.rings), 0);
    return feed;
}

static void feed_close(feed_t *feed)
{
    weir_rings_free(feed->rings);
    weir_pool_unref(feed->pool);
}

static void feed_push(feed_t *feed, uint64_t window_ns, double rate)
{
    feed->now.boot_ns += window_ns;
    feed->now.awake_ns += window_ns;
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, feed->pool);
    weir_iface_t *iface = weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, 1);
    iface->id = ETH0;
    iface->counted = true;
    iface->rx.byte_rate = rate;
    weir_app_t *app = weir_snapshot_allocate(snapshot, WEIR_TABLE_APPS, 1);
    app->id = ETH0; /* the same number as the interface's */
    app->rx.byte_rate = rate / 2;
    snapshot->time = feed->now;
    snapshot->window_ns = window_ns;
    weir_headline_sum(snapshot);
    weir_rings_push(feed->rings, snapshot);
    weir_snapshot_unref(snapshot);
}

static weir_series_t ask(feed_t *feed, uint64_t object, uint64_t step_s, size_t count)
{
    weir_series_t series = {0};
    const weir_series_query_t query = {.object = object,
                                       .column = WEIR_SERIES_RX_RATE,
                                       .step_ns = step_s * WEIR_NS_PER_S,
                                       .count = count};
    assert_int_equal(weir_rings_query(feed->rings, &query, &series), 0);
    return series;
}

static void each_second_has_its_rate(void **state)
{
    (void)state;
    feed_t feed = feed_open();
    for (int i = 1; i <= 100; i++)
        feed_push(&feed, WEIR_NS_PER_S, i);
    weir_series_t series = ask(&feed, ETH0, 1, 60);
    assert_int_equal(series.count, 60);
    for (size_t i = 0; i < 60; i++) {
        assert_true(series.points[i].known);
        assert_true(fabsf(series.points[i].mean - (float)(41 + i)) < 0.01F);
    }
    weir_series_done(&series);
    feed_close(&feed);
}

static void an_app_has_its_own_series(void **state)
{
    (void)state;
    feed_t feed = feed_open();
    for (int i = 1; i <= 10; i++)
        feed_push(&feed, WEIR_NS_PER_S, 100);
    const weir_series_query_t query = {.table = WEIR_TABLE_APPS,
                                       .object = ETH0,
                                       .column = WEIR_SERIES_RX_RATE,
                                       .step_ns = WEIR_NS_PER_S,
                                       .count = 10};
    weir_series_t series = {0};
    assert_int_equal(weir_rings_query(feed.rings, &query, &series), 0);
    assert_true(series.points[9].known);
    assert_true(fabsf(series.points[9].mean - 50) < 0.01F);
    weir_series_done(&series);
    feed_close(&feed);
}

/* The same traffic at 0.1, 1, 2 and 10 s intervals: same mean in each ten seconds. */
static void interval_does_not_change_the_graph(void **state)
{
    (void)state;
    static const uint64_t windows_ms[] = {100, 1000, 2000, 10000};
    for (size_t w = 0; w < WEIR_COUNT(windows_ms); w++) {
        feed_t feed = feed_open();
        for (uint64_t ms = 0; ms < 60000; ms += windows_ms[w])
            feed_push(&feed, windows_ms[w] * WEIR_NS_PER_MS, ms < 30000 ? 500 : 1500);
        weir_series_t series = ask(&feed, WEIR_SERIES_HEADLINE, 10, 6);
        for (size_t i = 0; i < 6; i++)
            assert_true(fabsf(series.points[i].mean - (i < 3 ? 500.0F : 1500.0F)) < 0.5F);
        weir_series_done(&series);
        feed_close(&feed);
    }
}

/* A burst of one second, drawn an hour later in steps of ten minutes, is still as high. */
static void burst_survives_in_the_long_view(void **state)
{
    (void)state;
    feed_t feed = feed_open();
    for (int i = 0; i < 3600; i++)
        feed_push(&feed, WEIR_NS_PER_S, i == 600 ? 900e6 / 8 : 1000);
    weir_series_t series = ask(&feed, ETH0, 600, 7);
    weir_series_summary_t summary = weir_series_summarise(&series);
    assert_true(fabs(summary.max - 900e6 / 8) < 10);
    weir_series_done(&series);
    feed_close(&feed);
}

static void sleep_is_a_gap_and_a_stop_is_a_mean(void **state)
{
    (void)state;
    feed_t feed = feed_open();
    for (int i = 0; i < 10; i++)
        feed_push(&feed, WEIR_NS_PER_S, 100);
    feed_push(&feed, 20 * WEIR_NS_PER_S, 700); /* stopped: the mean of 20 s is known */
    feed.now.boot_ns += 30 * WEIR_NS_PER_S;    /* asleep */
    feed_push(&feed, WEIR_NS_PER_S, 5);
    feed_push(&feed, WEIR_NS_PER_S, 100);
    weir_series_t series = ask(&feed, ETH0, 1, 62);
    assert_true(series.points[61].known);
    for (size_t i = 30; i < 61; i++)
        assert_false(series.points[i].known);
    for (size_t i = 10; i < 30; i++)
        assert_true(fabsf(series.points[i].mean - 700) < 0.1F);
    assert_true(fabsf(series.points[9].mean - 100) < 0.1F);
    weir_series_done(&series);
    feed_close(&feed);
}

static void idle_interface_is_0_and_takes_no_ring(void **state)
{
    (void)state;
    feed_t feed = feed_open();
    for (int i = 0; i < 5; i++)
        feed_push(&feed, WEIR_NS_PER_S, 0);
    weir_series_t series = ask(&feed, ETH0, 1, 10);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(series.points[i].known, i >= 5);
    weir_series_done(&series);
    assert_int_equal(weir_rings_refused(feed.rings), 0);
    feed_close(&feed);
}

static void wrong_questions_are_refused(void **state)
{
    (void)state;
    feed_t feed = feed_open();
    weir_series_t series = {0};
    weir_series_query_t query = {.step_ns = WEIR_NS_PER_S / 2, .count = 1};
    assert_int_equal(weir_rings_query(feed.rings, &query, &series), -EINVAL);
    query = (weir_series_query_t){.step_ns = WEIR_NS_PER_S, .count = SIZE_MAX};
    assert_int_equal(weir_rings_query(feed.rings, &query, &series), -EINVAL);
    series = ask(&feed, 99, 1, 5); /* nothing was pushed yet */
    assert_int_equal(weir_series_summarise(&series).known, 0);
    weir_series_done(&series);
    feed_close(&feed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_second_has_its_rate),
        cmocka_unit_test(an_app_has_its_own_series),
        cmocka_unit_test(interval_does_not_change_the_graph),
        cmocka_unit_test(burst_survives_in_the_long_view),
        cmocka_unit_test(sleep_is_a_gap_and_a_stop_is_a_mean),
        cmocka_unit_test(idle_interface_is_0_and_takes_no_ring),
        cmocka_unit_test(wrong_questions_are_refused),
    };
    return weir_test_run("engine/rings", tests);
}
