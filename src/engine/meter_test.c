#include "base/clock.h"
#include "base/testing.h"
#include "engine/meter.h"

#include <math.h>

#define GB UINT64_C(1000000000)

typedef struct run {
    weir_gauge_t gauge;
    weir_meter_t meter;
    uint64_t now_ns;
    bool hardware;
} run_t;

/* A sample `seconds` after the last one. */
static void take(run_t *run, double seconds, uint64_t bytes, uint64_t packets)
{
    run->now_ns += (uint64_t)llround(seconds * 1e9);
    const weir_sample_t sample = {bytes, packets, run->now_ns};
    weir_gauge_sample(&run->gauge, &sample, run->hardware, &run->meter);
}

static void expect_rate(const run_t *run, double byte_rate)
{
    assert_int_equal(run->meter.state, WEIR_RATE_OK);
    assert_true(fabs(run->meter.byte_rate - byte_rate) <= 1e-6 * byte_rate + 1e-9);
}

static run_t run_start(void)
{
    return (run_t){.now_ns = 5 * GB};
}

static void first_sample_has_no_rate(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 7 * GB, 70);
    assert_int_equal(run.meter.state, WEIR_RATE_INIT);
    assert_true(run.meter.bytes == 7 * GB);
    assert_true(run.meter.byte_rate <= 0);
}

static void rate_uses_the_real_time(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 1000, 1);
    take(&run, 1.25, 1000 + 5000, 6);
    expect_rate(&run, 4000);
    assert_true(fabs(run.meter.packet_rate - 4) < 1e-9);
    take(&run, 30, 6000 + 300000, 300); /* stopped for 30 s during a transfer */
    expect_rate(&run, 10000);
}

static void fall_from_3_gb_to_0_is_a_reset(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 3 * GB - 1000, 3000000);
    take(&run, 1, 3 * GB, 3000001);
    take(&run, 1, 0, 0);
    assert_int_equal(run.meter.state, WEIR_RATE_RESET);
    assert_true(run.meter.bytes == 0);
    assert_true(run.meter.byte_rate <= 0);
    take(&run, 1, 500, 5);
    expect_rate(&run, 500);
    assert_true(run.meter.bytes == 500);
}

static void reset_of_bytes_alone_is_no_wrap(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 3 * GB, 3000000);
    take(&run, 1, 0, 3000000); /* no packet could have carried 1.29 GB */
    assert_int_equal(run.meter.state, WEIR_RATE_RESET);
    assert_true(run.meter.bytes == 0);
}

static void wrap_of_32_bits_is_counted_once(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 4294967296 - 1000, 3000000);
    take(&run, 1, 500, 3000002);
    expect_rate(&run, 1500);
    assert_true(run.meter.bytes == 4294967296 + 500);
    take(&run, 1, 700, 3000003);
    expect_rate(&run, 200);
    assert_true(run.meter.bytes == 4294967296 + 700);
}

static void wrap_of_the_packet_counter(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 400 * GB, 4294967295);
    take(&run, 1, 400 * GB + 100000, 99);
    expect_rate(&run, 100000);
    assert_true(run.meter.packets == 4294967296 + 99);
}

static void counter_beyond_32_bits_never_wraps(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 5 * GB, 5000000);
    take(&run, 1, 4 * GB, 5000001);
    assert_int_equal(run.meter.state, WEIR_RATE_RESET);
}

static void one_reading_of_0_makes_no_spike(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 3 * GB, 3000000);
    take(&run, 1, 0, 0);
    take(&run, 1, 3 * GB + 2000, 3000002);
    expect_rate(&run, 1000);
    take(&run, 1, 3 * GB + 3000, 3000003);
    expect_rate(&run, 1000);
}

static void several_readings_of_0_make_no_spike(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 3 * GB, 3000000);
    take(&run, 1, 0, 0);
    take(&run, 1, 0, 0);
    take(&run, 1, 3 * GB + 3000, 3000003);
    expect_rate(&run, 1000);
}

static void growth_past_the_old_level_after_a_reset_is_a_rate(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 1000, 10);
    take(&run, 1, 0, 0);
    take(&run, 1, 900, 9);
    expect_rate(&run, 900);
    take(&run, 1, 1800, 18); /* passes the 1000 of before: nothing special */
    expect_rate(&run, 900);
}

static void missing_sample_is_stale_and_made_up_for(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 1000, 10);
    take(&run, 1, 2000, 20);
    weir_gauge_miss(&run.gauge, &run.meter);
    assert_int_equal(run.meter.state, WEIR_RATE_STALE);
    assert_true(run.meter.bytes == 2000);
    take(&run, 2, 6000, 60);
    expect_rate(&run, 2000);
}

static void sample_without_time_changes_nothing(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 1, 1000, 10);
    take(&run, 1, 3000, 20);
    take(&run, 0, 9000, 90);
    expect_rate(&run, 2000);
    assert_true(run.meter.bytes == 3000);
}

/* A device that refreshes its counters every two seconds, read ten times a second. */
static void slow_device_shows_no_spikes(void **state)
{
    (void)state;
    run_t run = run_start();
    run.hardware = true;
    double highest = 0;
    double lowest = 1e300;
    for (int i = 0; i < 300; i++) {
        uint64_t refreshes = (uint64_t)i / 20;
        take(&run, 0.1, refreshes * 2000000, refreshes * 2000);
        if (i >= 20)
            highest = fmax(highest, run.meter.byte_rate);
        if (i >= 120)
            lowest = fmin(lowest, run.meter.byte_rate);
    }
    assert_true(highest <= 1000000 * 1.06); /* one reading more or less of twenty */
    assert_true(lowest >= 1000000 * 0.94);
}

static void slow_device_that_falls_silent_goes_to_0(void **state)
{
    (void)state;
    run_t run = run_start();
    run.hardware = true;
    for (int i = 0; i < 100; i++)
        take(&run, 0.1, (uint64_t)i / 10 * 1000, (uint64_t)i / 10);
    for (int i = 0; i < 20; i++)
        take(&run, 0.1, 9000, 9);
    assert_true(run.meter.byte_rate <= 0);
    assert_int_equal(run.meter.state, WEIR_RATE_OK);
}

static void virtual_device_is_taken_at_its_word(void **state)
{
    (void)state;
    run_t run = run_start();
    take(&run, 0.1, 0, 0);
    take(&run, 0.1, 0, 0);
    take(&run, 0.1, 1000, 1);
    expect_rate(&run, 10000);
    take(&run, 0.1, 1000, 1);
    expect_rate(&run, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_sample_has_no_rate),
        cmocka_unit_test(rate_uses_the_real_time),
        cmocka_unit_test(fall_from_3_gb_to_0_is_a_reset),
        cmocka_unit_test(reset_of_bytes_alone_is_no_wrap),
        cmocka_unit_test(wrap_of_32_bits_is_counted_once),
        cmocka_unit_test(wrap_of_the_packet_counter),
        cmocka_unit_test(counter_beyond_32_bits_never_wraps),
        cmocka_unit_test(one_reading_of_0_makes_no_spike),
        cmocka_unit_test(several_readings_of_0_make_no_spike),
        cmocka_unit_test(growth_past_the_old_level_after_a_reset_is_a_rate),
        cmocka_unit_test(missing_sample_is_stale_and_made_up_for),
        cmocka_unit_test(sample_without_time_changes_nothing),
        cmocka_unit_test(slow_device_shows_no_spikes),
        cmocka_unit_test(slow_device_that_falls_silent_goes_to_0),
        cmocka_unit_test(virtual_device_is_taken_at_its_word),
    };
    return weir_test_run("engine/meter", tests);
}
