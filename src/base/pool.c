#include "base/pool.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <string.h>

#define CHUNK_SIZE ((size_t)4096)

typedef struct pool_chunk {
    struct pool_chunk *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
} pool_chunk_t;

struct weir_pool {
    atomic_uint references;
    size_t total, ceiling; /* [byte] */
    pool_chunk_t *chunks;  /* the newest first */
};

weir_pool_t *weir_pool_new(size_t ceiling)
{
    weir_pool_t *pool = calloc(1, sizeof(*pool));
    if (!pool)
        return NULL;
    atomic_init(&pool->references, 1);
    pool->ceiling = ceiling;
    return pool;
}

weir_pool_t *weir_pool_ref(weir_pool_t *pool)
{
    (void)atomic_fetch_add_explicit(&pool->references, 1, memory_order_relaxed);
    return pool;
}

void weir_pool_unref(weir_pool_t *pool)
{
    if (!pool || atomic_fetch_sub_explicit(&pool->references, 1, memory_order_acq_rel) != 1)
        return;
    for (pool_chunk_t *chunk = pool->chunks; chunk;) {
        pool_chunk_t *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    free(pool);
}

static pool_chunk_t *chunk_with_room(weir_pool_t *pool, size_t n)
{
    pool_chunk_t *chunk = pool->chunks;
    if (chunk && chunk->size - chunk->used >= n)
        return chunk;
    size_t size = n > CHUNK_SIZE ? n : CHUNK_SIZE;
    chunk = calloc(1, sizeof(*chunk) + size);
    if (!chunk)
        return NULL;
    chunk->size = size;
    chunk->next = pool->chunks;
    pool->chunks = chunk;
    return chunk;
}

void *weir_pool_alloc(weir_pool_t *pool, size_t n)
{
    size_t aligned = (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (aligned < n || aligned > pool->ceiling - pool->total)
        return NULL;
    pool_chunk_t *chunk = chunk_with_room(pool, aligned);
    if (!chunk)
        return NULL;
    void *at = chunk->bytes + chunk->used;
    chunk->used += aligned;
    pool->total += aligned;
    return at;
}

const char *weir_pool_text(weir_pool_t *pool, const char *text)
{
    if (!*text)
        return "";
    size_t n = strlen(text) + 1;
    char *copy = weir_pool_alloc(pool, n);
    if (copy)
        memcpy(copy, text, n);
    return copy;
}
