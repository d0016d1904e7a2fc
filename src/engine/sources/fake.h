/*
 * A source and a clock that a test sets by hand, for what no kernel does on demand: wraps, resets,
 * readings that lie, steps of the wall clock, failures.
 */
#ifndef WEIR_ENGINE_SOURCES_FAKE_H
#define WEIR_ENGINE_SOURCES_FAKE_H

#include "base/clock.h"
#include "engine/source.h"

#define WEIR_FAKE_LINKS 16

typedef struct weir_fake_link {
    weir_link_t link;
    weir_link_counters_t counters;
    uint64_t speed_bps;
    bool present; /* it exists */
    bool told;    /* changes() has told it as it is */
    bool silent;  /* it exists, but its counters are not told */
} weir_fake_link_t;

typedef struct weir_fake {
    weir_instant_t now;
    weir_fake_link_t links[WEIR_FAKE_LINKS];
    uint32_t gone[WEIR_FAKE_LINKS]; /* indexes to be told as gone */
    size_t gone_count;
    uint32_t default_route;
    uint32_t endpoint_carrier;         /* what any tunnel's endpoint is reached by, 0 none */
    int changes_error, counters_error; /* negative errno to fail with once told */
} weir_fake_t;

weir_source_t weir_fake_source(weir_fake_t *fake);
weir_clock_t weir_fake_clock(weir_fake_t *fake);

/** Let time pass on all clocks. */
void weir_fake_advance(weir_fake_t *fake, uint64_t ns);
/** A new interface that is up; returns it to be adjusted. Slot `at` must be free. */
weir_fake_link_t *weir_fake_add(weir_fake_t *fake, size_t at, uint32_t index, const char *name,
                                uint8_t kind);
/** Take the interface of slot `at` away. */
void weir_fake_remove(weir_fake_t *fake, size_t at);

#endif
