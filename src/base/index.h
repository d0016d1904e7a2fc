/*
 * A map from 64-bit keys to 32-bit positions: open addressing, linear probing, at most half full.
 * One thread.
 */
#ifndef WEIR_BASE_INDEX_H
#define WEIR_BASE_INDEX_H

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

#define WEIR_INDEX_NONE UINT32_MAX

/** Key and position side by side: a look-up that misses the cache misses it once. */
typedef struct weir_index_slot {
    uint64_t key;
    uint32_t position; /* WEIR_INDEX_NONE: the slot is free */
} weir_index_slot_t;

typedef struct weir_index {
    weir_index_slot_t *slots; /* owned */
    size_t size;              /* a power of two, or 0 */
    size_t count;
} weir_index_t;

/** A zeroed struct is an empty index. */
void weir_index_done(weir_index_t *index);
void weir_index_clear(weir_index_t *index);
/** Set the position of `key` (below WEIR_INDEX_NONE). Returns 0 or -ENOMEM. */
WEIR_NODISCARD int weir_index_set(weir_index_t *index, uint64_t key, uint32_t position);
/** Make room for `count` keys at once, if there is memory; else it comes bit by bit, as ever. */
void weir_index_reserve(weir_index_t *index, size_t count);
/** The position of `key`, or WEIR_INDEX_NONE. */
uint32_t weir_index_get(const weir_index_t *index, uint64_t key);
/** Forget `key`, if it is there. */
void weir_index_remove(weir_index_t *index, uint64_t key);

/** A well-mixed hash of `value` (the finaliser of SplitMix64). */
static inline uint64_t weir_hash_u64(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

/** Ask for the memory at which a look-up of `key` begins. */
static inline void weir_index_prefetch(const weir_index_t *index, uint64_t key)
{
    if (index->size)
        __builtin_prefetch(&index->slots[(size_t)weir_hash_u64(key) & (index->size - 1)]);
}

#endif
