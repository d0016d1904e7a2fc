/*
 * Scope cleanup. A local that owns something carries WEIR_CLEANUP(destructor); ownership leaves the
 * scope only through WEIR_TAKE, which empties the local.
 */
#ifndef WEIR_BASE_CLEANUP_H
#define WEIR_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#define WEIR_NODISCARD __attribute__((warn_unused_result))
#define WEIR_CLEANUP(destructor) __attribute__((cleanup(destructor)))

/** The pointer's value; the pointer itself becomes NULL, so that its cleanup frees nothing. */
#define WEIR_TAKE(pointer)                                                                         \
    __extension__({                                                                                \
        __typeof__(pointer) taken_ = (pointer);                                                    \
        (pointer) = NULL;                                                                          \
        taken_;                                                                                    \
    })

#define WEIR_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** Cleanup for any pointer from malloc. `p` points to the pointer. */
static inline void weir_freep(void *p)
{
    free(*(void **)p);
}

/** Cleanup for a file descriptor; -1 is none. */
static inline void weir_closep(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* nothing useful is left to do with a failed close */
}

#endif
