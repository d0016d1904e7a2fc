/*
 * Time as a value that is passed in, so that tests can make their own.
 */
#ifndef WEIR_BASE_CLOCK_H
#define WEIR_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define WEIR_NS_PER_S UINT64_C(1000000000)
#define WEIR_NS_PER_MS UINT64_C(1000000)

/** One reading of all clocks. Only boot_ns may be used to compute with. */
typedef struct weir_instant {
    uint64_t boot_ns;  /* [ns] monotonic, runs on while the machine sleeps */
    uint64_t awake_ns; /* [ns] monotonic, stands still while the machine sleeps */
    int64_t wall_ns;   /* [ns] since 1970-01-01 UTC; for display only, may be stepped */
} weir_instant_t;

typedef struct weir_clock {
    void (*read)(void *context, weir_instant_t *ret_now);
    void *context;
} weir_clock_t;

/** The kernel's clocks. Any thread. */
weir_clock_t weir_clock_system(void);

static inline weir_instant_t weir_clock_now(const weir_clock_t *clock)
{
    weir_instant_t now = {0};
    clock->read(clock->context, &now);
    return now;
}

#define WEIR_TIME_TEXT_SIZE 32
/**
 * Wall time as "2026-01-02T03:04:05.678Z" (RFC 3339, UTC, milliseconds; years 0000 to 9999, others
 * are clamped). Returns its length.
 */
size_t weir_time_text(int64_t wall_ns, char ret_text[static WEIR_TIME_TEXT_SIZE]);
/**
 * The reverse, with 0 to 9 decimals. Returns 0, or -EINVAL when `text` is no such time or lies
 * outside of what 64 bits hold (the years 1678 to 2261 fit).
 */
int weir_time_parse(const char *text, int64_t *ret_wall_ns);

#endif
