#include "detect/shelf.h"

#include "base/memory.h"

#include <errno.h>
#include <string.h>

int weir_shelf_init(weir_shelf_t *shelf, size_t sets, size_t entry_size, int64_t stale_ns)
{
    size_t places = sets * WEIR_SHELF_WAYS;
    *shelf = (weir_shelf_t){.sets = sets, .entry_size = entry_size, .stale_ns = stale_ns};
    shelf->tags = calloc(places, sizeof(*shelf->tags));
    shelf->entries = weir_memory_map(places * entry_size);
    return shelf->tags && shelf->entries ? 0 : -ENOMEM;
}

void weir_shelf_done(weir_shelf_t *shelf)
{
    free(shelf->tags);
    weir_memory_unmap(shelf->entries, shelf->sets * WEIR_SHELF_WAYS * shelf->entry_size);
    *shelf = (weir_shelf_t){0};
}

static inline size_t set_of(const weir_shelf_t *shelf, uint64_t key)
{
    return ((size_t)key & (shelf->sets - 1)) * WEIR_SHELF_WAYS;
}

static inline uint32_t tag_of(uint64_t key)
{
    uint32_t tag = (uint32_t)(key >> 32);
    return tag ? tag : 1;
}

static inline weir_shelf_entry_t *entry_at(const weir_shelf_t *shelf, size_t place)
{
    return (weir_shelf_entry_t *)(void *)(shelf->entries + place * shelf->entry_size);
}

void weir_shelf_expect(const weir_shelf_t *shelf, uint64_t key)
{
    size_t set = set_of(shelf, key);
    for (size_t i = set; i < set + WEIR_SHELF_WAYS; i++)
        if (shelf->tags[i])
            __builtin_prefetch(entry_at(shelf, i));
}

void *weir_shelf_find(const weir_shelf_t *shelf, uint64_t key)
{
    size_t set = set_of(shelf, key);
    for (size_t i = set; i < set + WEIR_SHELF_WAYS; i++)
        if (shelf->tags[i] == tag_of(key) && entry_at(shelf, i)->key == key)
            return entry_at(shelf, i);
    return NULL;
}

static uint32_t entry_weight(const weir_shelf_t *shelf, size_t place, int64_t now_ns)
{
    const weir_shelf_entry_t *entry = entry_at(shelf, place);
    return now_ns - entry->last_ns > shelf->stale_ns ? 0 : entry->weight;
}

/* The place of the set that is free, or else the one that weighs least. */
static size_t place_choose(weir_shelf_t *shelf, size_t set, int64_t now_ns)
{
    size_t least = set;
    for (size_t i = set; i < set + WEIR_SHELF_WAYS; i++) {
        if (!shelf->tags[i]) {
            shelf->used++;
            return i;
        }
        if (entry_weight(shelf, i, now_ns) < entry_weight(shelf, least, now_ns))
            least = i;
    }
    shelf->pushed_out += entry_weight(shelf, least, now_ns) > 0;
    if (shelf->leave)
        shelf->leave(shelf->context, entry_at(shelf, least));
    return least;
}

void *weir_shelf_obtain(weir_shelf_t *shelf, uint64_t key, int64_t now_ns)
{
    void *found = weir_shelf_find(shelf, key);
    if (found)
        return found;
    size_t place = place_choose(shelf, set_of(shelf, key), now_ns);
    weir_shelf_entry_t *entry = entry_at(shelf, place);
    memset(entry, 0, shelf->entry_size);
    entry->key = key;
    entry->last_ns = now_ns;
    shelf->tags[place] = tag_of(key);
    return entry;
}

void *weir_shelf_next(const weir_shelf_t *shelf, size_t *at)
{
    if (!shelf->used)
        return NULL;
    for (; *at < shelf->sets * WEIR_SHELF_WAYS; ++*at)
        if (shelf->tags[*at])
            return entry_at(shelf, (*at)++);
    return NULL;
}
