#include "packet/decode_private.h"

#include "base/index.h"

#define ENTRIES 4096 /* a power of two; 192 kB */

typedef struct entry {
    fragment_key_t key;
    fragment_ports_t ports;
    bool used;
} entry_t;

struct weir_fragments {
    entry_t entries[ENTRIES];
};

weir_fragments_t *weir_fragments_new(void)
{
    return calloc(1, sizeof(weir_fragments_t));
}

void weir_fragments_free(weir_fragments_t *fragments)
{
    free(fragments);
}

static size_t entry_of(const fragment_key_t *key)
{
    uint64_t words[5];
    _Static_assert(sizeof(words) == sizeof(*key), "hashed as words");
    memcpy(words, key, sizeof(words));
    uint64_t hash = 0;
    for (size_t i = 0; i < WEIR_COUNT(words); i++)
        hash = weir_hash_u64(hash ^ words[i]);
    return (size_t)hash & (ENTRIES - 1);
}

void weir_fragments_put(weir_fragments_t *fragments, const fragment_key_t *key,
                        fragment_ports_t ports)
{
    fragments->entries[entry_of(key)] = (entry_t){.key = *key, .ports = ports, .used = true};
}

bool weir_fragments_get(const weir_fragments_t *fragments, const fragment_key_t *key,
                        fragment_ports_t *ret_ports)
{
    const entry_t *entry = &fragments->entries[entry_of(key)];
    if (!entry->used || memcmp(&entry->key, key, sizeof(*key)) != 0)
        return false;
    *ret_ports = entry->ports;
    return true;
}
