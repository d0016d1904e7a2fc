#include "base/top.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A heap of the items kept, the last of them at its root. */
typedef struct heap {
    char *items;
    size_t count, size;
    int (*compare)(const void *a, const void *b);
} heap_t;

static char *item_at(const heap_t *heap, size_t i)
{
    return heap->items + i * heap->size;
}

static void items_swap(char *a, char *b, size_t size)
{
    char kept[WEIR_TOP_ITEM];
    memcpy(kept, a, size);
    memcpy(a, b, size);
    memcpy(b, kept, size);
}

static void heap_sink(const heap_t *heap, size_t at)
{
    for (size_t child = 2 * at + 1; child < heap->count; child = 2 * at + 1) {
        if (child + 1 < heap->count &&
            heap->compare(item_at(heap, child), item_at(heap, child + 1)) < 0)
            child++;
        if (heap->compare(item_at(heap, at), item_at(heap, child)) >= 0)
            return;
        items_swap(item_at(heap, at), item_at(heap, child), heap->size);
        at = child;
    }
}

void weir_top_sort(void *items, size_t count, size_t size, size_t most,
                   int (*compare)(const void *a, const void *b))
{
    assert(size <= WEIR_TOP_ITEM);
    heap_t heap = {.items = items, .count = count, .size = size, .compare = compare};
    if (most && most < count) {
        heap.count = most;
        for (size_t i = most / 2; i-- > 0;)
            heap_sink(&heap, i);
        for (size_t i = most; i < count; i++) {
            if (compare(item_at(&heap, i), heap.items) >= 0)
                continue;
            items_swap(item_at(&heap, i), heap.items, size);
            heap_sink(&heap, 0);
        }
    }
    if (heap.count)
        qsort(items, heap.count, size, compare);
}

#define DIGIT_BITS 11u
#define DIGITS ((size_t)1 << DIGIT_BITS)

/* Digit by digit from the highest one: which of its values has the place that is looked for? Takes
 * the same time whatever the values are. */
uint64_t weir_top_nth(const uint64_t *values, size_t count, size_t nth)
{
    uint64_t found = 0, mask = 0;
    for (unsigned shift = 6 * DIGIT_BITS; shift > 0;) {
        shift -= DIGIT_BITS;
        size_t counts[DIGITS] = {0};
        for (size_t i = 0; i < count; i++)
            counts[values[i] >> shift & (DIGITS - 1)] += (values[i] & mask) == found;
        size_t digit = 0;
        for (; nth >= counts[digit]; digit++)
            nth -= counts[digit];
        found |= (uint64_t)digit << shift;
        mask |= (uint64_t)(DIGITS - 1) << shift;
    }
    return found;
}
