#include "platform/linux/owners.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OWNERS_MAX 1000000U

void weir_owners_done(weir_owners_t *owners)
{
    weir_index_done(&owners->inodes);
    free(owners->pids);
    *owners = (weir_owners_t){0};
}

void weir_owners_begin(weir_owners_t *owners)
{
    owners->fresh = false;
}

static int pid_add(weir_owners_t *owners, uint32_t pid)
{
    if (owners->count == owners->room) {
        size_t room = owners->room ? owners->room * 2 : 64;
        uint32_t *pids = realloc(owners->pids, room * sizeof(*pids));
        if (!pids)
            return -ENOMEM;
        owners->pids = pids;
        owners->room = room;
    }
    owners->pids[owners->count++] = pid;
    return 0;
}

static void process_scan(weir_owners_t *owners, uint32_t pid)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%u/fd", pid);
    DIR *folder = opendir(path);
    bool added = false;
    for (struct dirent *entry = folder ? readdir(folder) : NULL; entry; entry = readdir(folder)) {
        char target[64];
        ssize_t n = readlinkat(dirfd(folder), entry->d_name, target, sizeof(target) - 1);
        if (n <= 0)
            continue;
        target[n] = '\0';
        if (strncmp(target, "socket:[", 8) != 0)
            continue;
        unsigned long long inode = strtoull(target + 8, NULL, 10);
        if (!added && pid_add(owners, pid) < 0)
            break;
        added = true;
        if (owners->inodes.count < OWNERS_MAX &&
            weir_index_set(&owners->inodes, inode, (uint32_t)owners->count - 1) < 0)
            break;
    }
    if (folder)
        (void)closedir(folder); /* nothing was written */
}

static void owners_scan(weir_owners_t *owners)
{
    weir_index_clear(&owners->inodes);
    owners->count = 0;
    DIR *folder = opendir("/proc");
    for (struct dirent *entry = folder ? readdir(folder) : NULL; entry; entry = readdir(folder)) {
        char *end = NULL;
        unsigned long pid = strtoul(entry->d_name, &end, 10);
        if (pid && pid <= UINT32_MAX && *end == '\0')
            process_scan(owners, (uint32_t)pid);
    }
    if (folder)
        (void)closedir(folder); /* nothing was written */
    owners->fresh = true;
}

/* A socket of another user stays without owner; one of ours that is new lets us look again. */
uint32_t weir_owners_find(weir_owners_t *owners, uint32_t inode, uint32_t uid)
{
    if (!inode)
        return 0;
    uint32_t at = weir_index_get(&owners->inodes, inode);
    if (at == WEIR_INDEX_NONE && !owners->fresh && (geteuid() == 0 || uid == geteuid())) {
        owners_scan(owners);
        at = weir_index_get(&owners->inodes, inode);
    }
    return at == WEIR_INDEX_NONE ? 0 : owners->pids[at];
}
