/*
 * A pool of texts that live and die together. Pointers into it stay valid until the last reference
 * is gone. Filled by one thread; afterwards read by any.
 */
#ifndef WEIR_BASE_POOL_H
#define WEIR_BASE_POOL_H

#include "base/cleanup.h"

#include <stddef.h>

typedef struct weir_pool weir_pool_t;

/** A pool that will hold at most `ceiling` bytes, with one reference. NULL when memory is short. */
weir_pool_t *weir_pool_new(size_t ceiling);
weir_pool_t *weir_pool_ref(weir_pool_t *pool);
void weir_pool_unref(weir_pool_t *pool); /* accepts NULL */

/** `n` bytes, aligned for any type, zeroed; NULL when the ceiling or memory is reached. */
void *weir_pool_alloc(weir_pool_t *pool, size_t n);
/** A copy of `text` (an empty text is shared). NULL when the ceiling or memory is reached. */
const char *weir_pool_text(weir_pool_t *pool, const char *text);

static inline void weir_pool_unrefp(weir_pool_t **pool)
{
    weir_pool_unref(*pool);
}

#endif
