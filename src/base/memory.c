#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

static void *pages_map(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    /* cppcheck-suppress memleak ; it is returned */
    return memory == MAP_FAILED ? NULL : memory;
}

void *weir_memory_map(size_t size)
{
    if (size < WEIR_MEMORY_HUGE)
        return pages_map(size ? size : 1);
    if (size > SIZE_MAX - WEIR_MEMORY_HUGE)
        return NULL;
    uint8_t *memory = pages_map(size + WEIR_MEMORY_HUGE);
    if (!memory)
        return NULL;
    size_t before = -(uintptr_t)memory & (WEIR_MEMORY_HUGE - 1);
    if (before)
        (void)munmap(memory,
                     before); /* what is too much goes back; failing, it stays mapped and unused */
    (void)munmap(memory + before + size, WEIR_MEMORY_HUGE - before);
    (void)madvise(memory + before, size, MADV_HUGEPAGE); /* a hint */
    /* cppcheck-suppress deallocret ; what was released stands before and behind it */
    return memory + before;
}

void *weir_memory_alloc(size_t size)
{
    if (size < WEIR_MEMORY_HUGE || size > SIZE_MAX - WEIR_MEMORY_HUGE)
        return malloc(size);
    size_t whole = (size + WEIR_MEMORY_HUGE - 1) & ~(WEIR_MEMORY_HUGE - 1);
    void *memory = aligned_alloc(WEIR_MEMORY_HUGE, whole);
    if (memory)
        (void)madvise(memory, whole, MADV_HUGEPAGE); /* a hint */
    return memory;
}

void weir_memory_unmap(void *memory, size_t size)
{
    if (memory)
        (void)munmap(memory, size ? size : 1); /* fails only for what was never mapped */
}
