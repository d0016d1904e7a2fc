/*
 * How many different things were seen, in 256 bytes: HyperLogLog (Flajolet and others, 2007) with
 * linear counting where few were seen. Standard error 6.5 %, less below some 500.
 */
#ifndef WEIR_DETECT_SKETCH_H
#define WEIR_DETECT_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

#define WEIR_SKETCH_REGISTERS 256

/** Zeroed: nothing was seen. */
typedef struct weir_sketch {
    uint8_t rank[WEIR_SKETCH_REGISTERS];
} weir_sketch_t;

/** Count what has this well-mixed hash. Returns whether the sketch changed. */
static inline bool weir_sketch_add(weir_sketch_t *sketch, uint64_t hash)
{
    uint8_t *rank = &sketch->rank[hash >> 56];
    uint8_t r = (uint8_t)(__builtin_clzll(hash << 8 | 0xff) + 1);
    if (r <= *rank)
        return false;
    *rank = r;
    return true;
}

double weir_sketch_count(const weir_sketch_t *sketch);

#endif
