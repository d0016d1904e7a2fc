/*
 * Counters to rates.
 *
 * A rate is the difference of two samples over the time that really passed between them. What a
 * counter can do to that is handled here and nowhere else:
 *
 * - it falls: a device was reset (state RESET, no rate), unless a 32-bit counter wrapped. A wrap is
 *   told from a reset by the other counter of the pair: at a reset bytes and packets fall together,
 *   at a wrap one falls while the other explains the difference;
 * - it reads low in one sample and then goes on from where it was: the rate spans the gap;
 * - it stands still because the device refreshes it only every second or two: at short intervals
 * the rate spans the time since the last change, and once the rhythm is known it is held in
 * between.
 */
#ifndef WEIR_ENGINE_METER_H
#define WEIR_ENGINE_METER_H

#include "model/meter.h"

#include <stdbool.h>

typedef struct weir_sample {
    uint64_t bytes, packets; /* raw counters */
    uint64_t time_ns;        /* [ns] boot time of the reading */
} weir_sample_t;

/** The memory of one direction of one interface. A zeroed struct has seen nothing. */
typedef struct weir_gauge {
    weir_sample_t last;   /* newest sample; time 0: none */
    weir_sample_t before; /* the sample before the counter fell; time 0: it did not */
    uint64_t wrapped_bytes, wrapped_packets; /* what wraps have taken from the raw counters */
    uint64_t change_ns;                      /* [ns] when the counters last moved */
    uint64_t rhythm_ns;                      /* [ns] between the last two movements */
    uint8_t steady; /* how often in a row the rhythm was the same, up to a few */
    bool idle;      /* the newest sample brought no movement */
} weir_gauge_t;

/**
 * Take a sample. hardware: the device may refresh its counters slowly. Totals, rates and state of
 * *meter are set; a sample that is no later than the last one changes nothing.
 */
void weir_gauge_sample(weir_gauge_t *gauge, const weir_sample_t *sample, bool hardware,
                       weir_meter_t *meter);

/**
 * The totals of a meter whose counts are our own sums, so that only time has to be minded.
 * moving: parts of the sum were read at different moments; then less than before changes nothing.
 * window_ns: [ns] since the last call, 0 at the first.
 */
void weir_meter_advance(weir_meter_t *meter, uint64_t bytes, uint64_t packets, bool moving,
                        uint64_t window_ns);

/** This tick brought no sample: the totals stay, the rate is unknown. */
void weir_gauge_miss(const weir_gauge_t *gauge, weir_meter_t *meter);

#endif
