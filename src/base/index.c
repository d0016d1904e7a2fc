#include "base/index.h"

#include <errno.h>
#include <string.h>

#define LEAST_SIZE ((size_t)16)

void weir_index_done(weir_index_t *index)
{
    free(index->keys);
    free(index->positions);
    *index = (weir_index_t){0};
}

void weir_index_clear(weir_index_t *index)
{
    if (index->size)
        memset(index->positions, 0xff, index->size * sizeof(*index->positions));
    index->count = 0;
}

/* The slot of `key`, or the free one where it would go. The table is never full. */
static size_t slot_find(const weir_index_t *index, uint64_t key)
{
    size_t mask = index->size - 1;
    size_t slot = (size_t)weir_hash_u64(key) & mask;
    while (index->positions[slot] != WEIR_INDEX_NONE && index->keys[slot] != key)
        slot = (slot + 1) & mask;
    return slot;
}

static void slot_put(weir_index_t *index, uint64_t key, uint32_t position)
{
    size_t slot = slot_find(index, key);
    index->count += index->positions[slot] == WEIR_INDEX_NONE;
    index->keys[slot] = key;
    index->positions[slot] = position;
}

static int index_grow(weir_index_t *index)
{
    size_t size = index->size ? index->size * 2 : LEAST_SIZE;
    weir_index_t larger = {
        .keys = malloc(size * sizeof(*larger.keys)),
        .positions = malloc(size * sizeof(*larger.positions)),
        .size = size,
    };
    if (!larger.keys || !larger.positions) {
        weir_index_done(&larger);
        return -ENOMEM;
    }
    weir_index_clear(&larger);
    for (size_t i = 0; i < index->size; i++)
        if (index->positions[i] != WEIR_INDEX_NONE)
            slot_put(&larger, index->keys[i], index->positions[i]);
    weir_index_t old = *index;
    *index = larger;
    weir_index_done(&old);
    return 0;
}

int weir_index_set(weir_index_t *index, uint64_t key, uint32_t position)
{
    if ((index->count + 1) * 2 > index->size) {
        int r = index_grow(index);
        if (r < 0)
            return r;
    }
    slot_put(index, key, position);
    return 0;
}

uint32_t weir_index_get(const weir_index_t *index, uint64_t key)
{
    return index->size ? index->positions[slot_find(index, key)] : WEIR_INDEX_NONE;
}

/* Linear probing leaves no tombstones: what follows in the same run moves up (Knuth, vol. 3, 6.4,
 * R). */
void weir_index_remove(weir_index_t *index, uint64_t key)
{
    if (!index->size)
        return;
    size_t mask = index->size - 1;
    size_t hole = slot_find(index, key);
    if (index->positions[hole] == WEIR_INDEX_NONE)
        return;
    index->count--;
    for (size_t next = (hole + 1) & mask; index->positions[next] != WEIR_INDEX_NONE;
         next = (next + 1) & mask) {
        size_t home = (size_t)weir_hash_u64(index->keys[next]) & mask;
        if (((next - home) & mask) < ((next - hole) & mask))
            continue;
        index->keys[hole] = index->keys[next];
        index->positions[hole] = index->positions[next];
        hole = next;
    }
    index->positions[hole] = WEIR_INDEX_NONE;
}
