/*
 * Large blocks straight from the system, in huge pages where it has them: a table of many megabytes
 * read at random spends most of its time on address translation otherwise, and on page faults while
 * it grows.
 */
#ifndef WEIR_BASE_MEMORY_H
#define WEIR_BASE_MEMORY_H

#include "base/cleanup.h"

#include <stddef.h>

/** [byte] What a huge page holds on the usual machines. */
#define WEIR_MEMORY_HUGE ((size_t)2 << 20)

/** `size` zeroed bytes; from WEIR_MEMORY_HUGE on aligned to it. NULL when memory is short. */
void *weir_memory_map(size_t size);
/** As malloc(), for free() and realloc(); from WEIR_MEMORY_HUGE on aligned to it. */
void *weir_memory_alloc(size_t size);
/** `size` as it was asked for; accepts NULL. */
void weir_memory_unmap(void *memory, size_t size);

#endif
