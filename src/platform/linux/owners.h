/*
 * Whose a socket is, from its inode: by /proc/PID/fd, which everyone may read for his own
 * processes. One thread.
 */
#ifndef WEIR_PLATFORM_LINUX_OWNERS_H
#define WEIR_PLATFORM_LINUX_OWNERS_H

#include "base/index.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A zeroed struct knows nobody. */
typedef struct weir_owners {
    weir_index_t inodes; /* to the position of a pid */
    uint32_t *pids;      /* owned */
    size_t count, room;
    bool fresh; /* looked for in this reading */
} weir_owners_t;

void weir_owners_done(weir_owners_t *owners);
/** A reading begins: /proc is read at most once in it. */
void weir_owners_begin(weir_owners_t *owners);
/** The process with the socket `inode`, which `uid` made; 0: it is unknown, or hidden from us. */
uint32_t weir_owners_find(weir_owners_t *owners, uint32_t inode, uint32_t uid);

#endif
