#include "base/index.h"

#include "base/memory.h"

#include <errno.h>

#define LEAST_SIZE ((size_t)16)

void weir_index_done(weir_index_t *index)
{
    free(index->slots);
    *index = (weir_index_t){0};
}

void weir_index_clear(weir_index_t *index)
{
    for (size_t i = 0; i < index->size; i++)
        index->slots[i].position = WEIR_INDEX_NONE;
    index->count = 0;
}

/* The slot of `key`, or the free one where it would go. The table is never full. */
static size_t slot_find(const weir_index_t *index, uint64_t key)
{
    size_t mask = index->size - 1;
    size_t slot = (size_t)weir_hash_u64(key) & mask;
    while (index->slots[slot].position != WEIR_INDEX_NONE && index->slots[slot].key != key)
        slot = (slot + 1) & mask;
    return slot;
}

static void slot_put(weir_index_t *index, uint64_t key, uint32_t position)
{
    size_t slot = slot_find(index, key);
    index->count += index->slots[slot].position == WEIR_INDEX_NONE;
    index->slots[slot].key = key;
    index->slots[slot].position = position;
}

static int index_resize(weir_index_t *index, size_t size)
{
    weir_index_t larger = {.slots = weir_memory_alloc(size * sizeof(*larger.slots)), .size = size};
    if (!larger.slots)
        return -ENOMEM;
    weir_index_clear(&larger);
    for (size_t i = 0; i < index->size; i++)
        if (index->slots[i].position != WEIR_INDEX_NONE)
            slot_put(&larger, index->slots[i].key, index->slots[i].position);
    weir_index_t old = *index;
    *index = larger;
    weir_index_done(&old);
    return 0;
}

int weir_index_set(weir_index_t *index, uint64_t key, uint32_t position)
{
    if ((index->count + 1) * 2 > index->size) {
        int r = index_resize(index, index->size ? index->size * 2 : LEAST_SIZE);
        if (r < 0)
            return r;
    }
    slot_put(index, key, position);
    return 0;
}

void weir_index_reserve(weir_index_t *index, size_t count)
{
    size_t size = index->size ? index->size : LEAST_SIZE;
    while (size < count * 2)
        size *= 2;
    if (size > index->size)
        (void)!index_resize(index, size);
}

uint32_t weir_index_get(const weir_index_t *index, uint64_t key)
{
    return index->size ? index->slots[slot_find(index, key)].position : WEIR_INDEX_NONE;
}

/* Linear probing leaves no tombstones: what follows in the same run moves up (Knuth, vol. 3, 6.4,
 * R). */
void weir_index_remove(weir_index_t *index, uint64_t key)
{
    if (!index->size)
        return;
    size_t mask = index->size - 1;
    size_t hole = slot_find(index, key);
    if (index->slots[hole].position == WEIR_INDEX_NONE)
        return;
    index->count--;
    for (size_t next = (hole + 1) & mask; index->slots[next].position != WEIR_INDEX_NONE;
         next = (next + 1) & mask) {
        size_t home = (size_t)weir_hash_u64(index->slots[next].key) & mask;
        if (((next - home) & mask) < ((next - hole) & mask))
            continue;
        index->slots[hole] = index->slots[next];
        hole = next;
    }
    index->slots[hole].position = WEIR_INDEX_NONE;
}
