/*
 * The first few of many in order, without ordering the many.
 */
#ifndef WEIR_BASE_TOP_H
#define WEIR_BASE_TOP_H

#include <stddef.h>
#include <stdint.h>

/**
 * Put the `most` items that come first by `compare` (as for qsort) in order at the begin of
 * `items`; the others follow in any order. most 0, or `count` or more: all are ordered. An item has
 * at most WEIR_TOP_ITEM bytes.
 */
void weir_top_sort(void *items, size_t count, size_t size, size_t most,
                   int (*compare)(const void *a, const void *b));

/** The value that would stand at `nth` (below `count`) in ascending order. */
uint64_t weir_top_nth(const uint64_t *values, size_t count, size_t nth);

#define WEIR_TOP_ITEM 256 /* [byte] */

#endif
