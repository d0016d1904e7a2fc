/*
 * A table of fixed size for what attackers choose the keys of: sets of four places, found by a tag.
 * When a set is full, what is stale or weighs least makes room. So a flood of new keys pushes out
 * other new keys, not what has gathered weight.
 */
#ifndef WEIR_DETECT_SHELF_H
#define WEIR_DETECT_SHELF_H

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

#define WEIR_SHELF_WAYS 4

/** Begins each entry. The rest of a new one is zero. */
typedef struct weir_shelf_entry {
    uint64_t key;     /* a well-mixed hash; two of the same are one thing */
    int64_t last_ns;  /* set by the user, as is */
    uint32_t weight;  /* this */
    uint32_t context; /* the user's own */
} weir_shelf_entry_t;

/** One thread. */
typedef struct weir_shelf {
    uint32_t *tags; /* WEIR_SHELF_WAYS a set; 0: free */
    uint8_t *entries;
    size_t sets, entry_size;
    int64_t stale_ns; /* an entry that was not touched for that long weighs nothing */
    size_t used;
    uint64_t pushed_out;                             /* for want of room, that were not stale */
    void (*leave)(void *context, const void *entry); /* before one makes room; NULL */
    void *context;
} weir_shelf_t;

/** sets: a power of two. Returns 0 or -ENOMEM. Memory is taken as it is used. */
WEIR_NODISCARD int weir_shelf_init(weir_shelf_t *shelf, size_t sets, size_t entry_size,
                                   int64_t stale_ns);
void weir_shelf_done(weir_shelf_t *shelf);

/** Fetch what find() and obtain() will need, while others are looked at. */
void weir_shelf_expect(const weir_shelf_t *shelf, uint64_t key);
/** The entry, or NULL. */
void *weir_shelf_find(const weir_shelf_t *shelf, uint64_t key);
/** The entry, a new one if need be. */
void *weir_shelf_obtain(weir_shelf_t *shelf, uint64_t key, int64_t now_ns);
/** The next entry from place *at on, or NULL; *at moves on. */
void *weir_shelf_next(const weir_shelf_t *shelf, size_t *at);

#endif
