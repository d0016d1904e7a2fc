/*
 * What both generators of captures share: a random stream that is the same everywhere, and frames.
 */
#ifndef WEIR_BENCH_GENERATE_H
#define WEIR_BENCH_GENERATE_H

#include <stdint.h>
#include <stdio.h>

/** SplitMix64: deterministic on every machine. */
static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/** Uniform in 0 .. n-1. */
static inline uint32_t random_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)((random_next(state) >> 32) * n >> 32);
}

/** Skewed popularity: the cube of a uniform variable, so that 1 % of n takes about a fifth of all.
 */
static inline uint32_t random_skewed(uint64_t *state, uint32_t n)
{
    double u = (double)(random_next(state) >> 11) / 9007199254740992.0;
    return (uint32_t)(u * u * u * (double)n);
}

static inline uint8_t *put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static inline uint8_t *put32(uint8_t *at, uint32_t value)
{
    return put16(put16(at, value >> 16), value & 0xffff);
}

/** The host's byte order is a valid one for pcap. */
static inline void pcap_begin(FILE *file, uint32_t link, int nanoseconds)
{
    uint32_t words[] = {nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 4u << 16 | 2, 0, 0, 262144, link};
    (void)fwrite(words, sizeof(words), 1, file);
}

static inline void pcap_record(FILE *file, uint64_t time_us, const uint8_t *frame, uint32_t caplen,
                               uint32_t wire_len)
{
    uint32_t words[] = {(uint32_t)(time_us / 1000000), (uint32_t)(time_us % 1000000), caplen,
                        wire_len};
    (void)fwrite(words, sizeof(words), 1, file);
    (void)fwrite(frame, caplen, 1, file);
}

#endif
