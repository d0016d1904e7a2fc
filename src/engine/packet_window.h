/*
 * What a capture worker sees between two ticks: its flow table, what the packets told, and what has
 * become known of flows. It belongs to the worker until it is full, then to the engine.
 *
 * A window begins with the flows that may go on from the one before: their counters at zero, what
 * TCP did last and the inspections that are under way as they are. So a handshake or a hello that
 * a tick cuts in two is whole, and the engine still gets each byte once.
 */
#ifndef WEIR_ENGINE_PACKET_WINDOW_H
#define WEIR_ENGINE_PACKET_WINDOW_H

#include "base/pool.h"
#include "packet/events.h"
#include "packet/flow_table.h"
#include "packet/hostnames.h"

/** What is known of the flow whose record begins at `unit`. */
typedef struct weir_labelled {
    uint32_t unit;
    weir_label_t label;
} weir_labelled_t;

/** One thread at a time. */
typedef struct weir_packet_window {
    weir_flow_table_t table;
    weir_decode_counts_t counts;
    weir_events_t events;
    weir_hostnames_t *hostnames; /* owned */
    weir_labelled_t *labels;     /* owned; by unit */
    size_t label_count;
    weir_pool_t *texts; /* of the labels; a reference, NULL until there are some */
    int64_t last_ns;    /* of its latest frame */
    uint64_t frames;    /* that came */
} weir_packet_window_t;

/** NULL: no memory. */
weir_packet_window_t *weir_packet_window_new(void);
void weir_packet_window_free(weir_packet_window_t *window); /* accepts NULL */

/** Let what `inspector` (NULL: none) learns go into the window. */
void weir_packet_window_open(weir_packet_window_t *window, weir_inspector_t *inspector);
/** The worker goes on with `next`, which is new, and `window` is only read from then on. */
void weir_packet_window_pass(weir_packet_window_t *window, weir_packet_window_t *next,
                             weir_inspector_t *inspector);

#endif
