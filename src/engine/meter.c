#include "engine/meter.h"

#include "base/clock.h"

#define WRAP (UINT64_C(1) << 32)
#define PACKET_BYTES_MAX (UINT64_C(512) << 10) /* BIG TCP lets one counted packet be this large */
#define RHYTHM_MIN_NS (300 * WEIR_NS_PER_MS)
#define RHYTHM_MAX_NS (3000 * WEIR_NS_PER_MS)
#define SHORT_INTERVAL_NS (500 * WEIR_NS_PER_MS)
#define STEADY_ENOUGH 3

/* What passed between two samples. */
typedef struct delta {
    uint64_t bytes, packets;
    uint64_t elapsed_ns;
} delta_t;

static delta_t delta_between(const weir_sample_t *from, const weir_sample_t *to)
{
    return (delta_t){to->bytes - from->bytes, to->packets - from->packets,
                     to->time_ns - from->time_ns};
}

static bool sample_fell(const weir_sample_t *from, const weir_sample_t *to)
{
    return to->bytes < from->bytes || to->packets < from->packets;
}

/* Only one of the pair fell, from below 2^32, and the other one makes the wrapped amount possible.
 */
static bool wrap_undo(weir_gauge_t *gauge, const weir_sample_t *sample, delta_t *delta)
{
    const weir_sample_t *last = &gauge->last;
    bool bytes_fell = sample->bytes < last->bytes;
    bool packets_fell = sample->packets < last->packets;
    if (bytes_fell == packets_fell)
        return false;
    if (bytes_fell) {
        uint64_t bytes = sample->bytes + WRAP - last->bytes;
        if (last->bytes >= WRAP || delta->packets == 0 || bytes / delta->packets > PACKET_BYTES_MAX)
            return false;
        delta->bytes = bytes;
        gauge->wrapped_bytes += WRAP;
        return true;
    }
    uint64_t packets = sample->packets + WRAP - last->packets;
    if (last->packets >= WRAP || packets > delta->bytes)
        return false;
    delta->packets = packets;
    gauge->wrapped_packets += WRAP;
    return true;
}

/* After a fall: back at or above the old level while nothing moved in between means that the low
 * reading was the mistake. */
static bool glitch_undo(weir_gauge_t *gauge, const weir_sample_t *sample, delta_t *delta)
{
    if (!gauge->before.time_ns)
        return false;
    bool moved = delta->bytes || delta->packets;
    if (!moved)
        return false; /* still at the low level: keep waiting */
    weir_sample_t before = gauge->before;
    gauge->before.time_ns = 0;
    if (sample_fell(&before, sample))
        return false;
    *delta = delta_between(&before, sample);
    return true;
}

static void rhythm_learn(weir_gauge_t *gauge, uint64_t gap_ns, uint64_t elapsed_ns)
{
    uint64_t difference =
        gap_ns > gauge->rhythm_ns ? gap_ns - gauge->rhythm_ns : gauge->rhythm_ns - gap_ns;
    uint64_t tolerance = gauge->rhythm_ns / 4 > elapsed_ns ? gauge->rhythm_ns / 4 : elapsed_ns;
    bool plausible = gauge->idle && gap_ns >= RHYTHM_MIN_NS && gap_ns <= RHYTHM_MAX_NS;
    if (!plausible)
        gauge->steady = 0;
    else if (difference > tolerance)
        gauge->steady = 1;
    else if (gauge->steady < STEADY_ENOUGH)
        gauge->steady++;
    gauge->rhythm_ns = gap_ns;
}

/* The time that the difference is spread over; 0: nothing moved and the last rate still stands. */
static uint64_t span_ns(weir_gauge_t *gauge, const delta_t *delta, uint64_t now_ns)
{
    uint64_t gap_ns = now_ns - gauge->change_ns;
    bool moved = delta->bytes || delta->packets;
    if (!moved) {
        gauge->idle = true;
        bool held =
            gauge->steady >= STEADY_ENOUGH && gap_ns < gauge->rhythm_ns + gauge->rhythm_ns / 2;
        return held ? 0 : delta->elapsed_ns;
    }
    rhythm_learn(gauge, gap_ns, delta->elapsed_ns);
    bool slow = gauge->idle && gap_ns <= RHYTHM_MAX_NS &&
                (delta->elapsed_ns < SHORT_INTERVAL_NS || gauge->steady >= STEADY_ENOUGH);
    gauge->change_ns = now_ns;
    gauge->idle = false;
    return slow ? gap_ns : delta->elapsed_ns;
}

static void rates_set(weir_meter_t *meter, const delta_t *delta, uint64_t ns)
{
    double per_second = (double)WEIR_NS_PER_S / (double)ns;
    meter->byte_rate = (double)delta->bytes * per_second;
    meter->packet_rate = (double)delta->packets * per_second;
    meter->state = WEIR_RATE_OK;
}

static void rates_clear(weir_meter_t *meter, weir_rate_state_t state)
{
    meter->byte_rate = 0;
    meter->packet_rate = 0;
    meter->state = (uint8_t)state;
}

static void gauge_reset(weir_gauge_t *gauge, weir_meter_t *meter)
{
    gauge->before = gauge->last;
    gauge->wrapped_bytes = 0;
    gauge->wrapped_packets = 0;
    gauge->steady = 0;
    rates_clear(meter, WEIR_RATE_RESET);
}

static void gauge_advance(weir_gauge_t *gauge, const weir_sample_t *sample, bool hardware,
                          weir_meter_t *meter)
{
    delta_t delta = delta_between(&gauge->last, sample);
    if (sample_fell(&gauge->last, sample)) {
        if (!wrap_undo(gauge, sample, &delta)) {
            gauge_reset(gauge, meter);
            return;
        }
    } else {
        (void)glitch_undo(gauge, sample, &delta); /* either way delta says what passed */
    }
    uint64_t ns = hardware ? span_ns(gauge, &delta, sample->time_ns) : delta.elapsed_ns;
    if (ns)
        rates_set(meter, &delta, ns);
}

void weir_gauge_sample(weir_gauge_t *gauge, const weir_sample_t *sample, bool hardware,
                       weir_meter_t *meter)
{
    if (gauge->last.time_ns == 0) {
        gauge->change_ns = sample->time_ns;
        rates_clear(meter, WEIR_RATE_INIT);
    } else if (sample->time_ns <= gauge->last.time_ns) {
        return;
    } else {
        gauge_advance(gauge, sample, hardware, meter);
    }
    gauge->last = *sample;
    meter->bytes = sample->bytes + gauge->wrapped_bytes;
    meter->packets = sample->packets + gauge->wrapped_packets;
}

void weir_gauge_miss(const weir_gauge_t *gauge, weir_meter_t *meter)
{
    rates_clear(meter, gauge->last.time_ns ? WEIR_RATE_STALE : WEIR_RATE_INIT);
}

static double rate_over(uint64_t before, uint64_t now, uint64_t window_ns)
{
    return now > before ? (double)(now - before) * 1e9 / (double)window_ns : 0;
}

void weir_meter_advance(weir_meter_t *meter, uint64_t bytes, uint64_t packets, bool moving,
                        uint64_t window_ns)
{
    meter->state = window_ns ? WEIR_RATE_OK : WEIR_RATE_INIT;
    meter->byte_rate = window_ns ? rate_over(meter->bytes, bytes, window_ns) : 0;
    meter->packet_rate = window_ns ? rate_over(meter->packets, packets, window_ns) : 0;
    if (!moving || bytes > meter->bytes)
        meter->bytes = bytes;
    if (!moving || packets > meter->packets)
        meter->packets = packets;
}
