/*
 * Reading a span from its begin to its end, with every bound checked. A read beyond the end gives
 * zeros (an empty span) and makes the scan `bad` for good, so that a parser can read a whole header
 * and look once.
 */
#ifndef WEIR_PACKET_SCAN_H
#define WEIR_PACKET_SCAN_H

#include "packet/bytes.h"

typedef struct weir_scan {
    const uint8_t *at, *end;
    bool bad;
} weir_scan_t;

static inline weir_scan_t weir_scan(weir_span_t span)
{
    static const uint8_t nothing[1] = {0};
    const uint8_t *at = span.data ? span.data : nothing;
    return (weir_scan_t){.at = at, .end = at + (span.data ? span.len : 0)};
}

static inline size_t weir_scan_left(const weir_scan_t *scan)
{
    return (size_t)(scan->end - scan->at);
}

/** The next `n` bytes. */
static inline weir_span_t weir_scan_span(weir_scan_t *scan, size_t n)
{
    if (scan->bad || n > weir_scan_left(scan)) {
        scan->bad = true;
        return (weir_span_t){scan->end, 0};
    }
    weir_span_t span = {scan->at, n};
    scan->at += n;
    return span;
}

static inline void weir_scan_skip(weir_scan_t *scan, size_t n)
{
    (void)weir_scan_span(scan, n);
}

static inline uint8_t weir_scan_u8(weir_scan_t *scan)
{
    weir_span_t span = weir_scan_span(scan, 1);
    return span.len ? span.data[0] : 0;
}

static inline uint16_t weir_scan_be16(weir_scan_t *scan)
{
    weir_span_t span = weir_scan_span(scan, 2);
    return span.len ? weir_be16(span.data) : 0;
}

static inline uint32_t weir_scan_be24(weir_scan_t *scan)
{
    uint32_t high = weir_scan_u8(scan);
    return high << 16 | weir_scan_be16(scan);
}

static inline uint32_t weir_scan_be32(weir_scan_t *scan)
{
    weir_span_t span = weir_scan_span(scan, 4);
    return span.len ? weir_be32(span.data) : 0;
}

/** A scan over the next `n` bytes; bad when they are not there. */
static inline weir_scan_t weir_scan_within(weir_scan_t *scan, size_t n)
{
    weir_scan_t inner = weir_scan(weir_scan_span(scan, n));
    inner.bad = scan->bad;
    return inner;
}

#endif
