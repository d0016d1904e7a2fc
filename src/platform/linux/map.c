/*
 * A whole file as memory. A file may shrink while it is mapped, and a disk may fail: touching a
 * page that is gone raises SIGBUS. The handler puts a page of zeros in its place, so that the
 * reader goes on, and weir_platform_map_intact() tells afterwards that this happened. The handler
 * needs no state: only pages of mapped files give BUS_ADRERR.
 */
#include "platform/platform.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

static void bus_error(int number, siginfo_t *info, void *context)
{
    (void)context;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t at = (uintptr_t)info->si_addr & ~(page - 1);
    void *zeros = MAP_FAILED;
    if (info->si_code == BUS_ADRERR)
        zeros = mmap((void *)at, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (zeros != MAP_FAILED)
        return;                    /* cppcheck-suppress memleak ; it stays a part of the map */
    (void)signal(number, SIG_DFL); /* what raised it does so again, and dies */
}

static void bus_error_prepare(void)
{
    struct sigaction action = {.sa_sigaction = bus_error, .sa_flags = SA_SIGINFO};
    (void)sigaction(SIGBUS, &action, NULL); /* fails for bad arguments only */
}

int weir_platform_map_open(int fd, weir_platform_map_t *ret_map)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode) || status.st_size <= 0 || (uint64_t)status.st_size > SIZE_MAX)
        return -ENOTSUP;
    size_t size = (size_t)status.st_size;
    void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED)
        return errno == ENODEV ? -ENOTSUP : -errno;
    bus_error_prepare();
    (void)madvise(data, size, MADV_SEQUENTIAL); /* hints */
    (void)madvise(data, size, MADV_WILLNEED);
    *ret_map = (weir_platform_map_t){.data = data, .size = size};
    return 0;
}

/* Whether a line of /proc/self/maps, "BEGIN-END PERMISSIONS OFFSET DEVICE INODE ...", is memory
 * without a file inside of the map. */
static bool line_is_hole(const char *line, const weir_platform_map_t *map)
{
    uintptr_t map_begin = (uintptr_t)map->data;
    char *rest = NULL;
    uintptr_t begin = strtoull(line, &rest, 16);
    if (*rest != '-' || begin < map_begin || begin >= map_begin + map->size)
        return false;
    for (int fields = 0; fields < 4; fields++) {
        rest = strchr(rest, ' ');
        if (!rest)
            return false;
        rest += strspn(rest, " ");
    }
    return strtoull(rest, NULL, 10) == 0;
}

bool weir_platform_map_intact(const weir_platform_map_t *map, int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0 || (uint64_t)status.st_size < map->size)
        return false;
    FILE *maps = fopen("/proc/self/maps", "re");
    if (!maps)
        return true; /* a failing disk would go unseen; a shorter file does not */
    char line[512];
    bool intact = true;
    while (intact && fgets(line, sizeof(line), maps))
        intact = !line_is_hole(line, map);
    (void)fclose(maps); /* was only read */
    return intact;
}

void weir_platform_map_close(weir_platform_map_t *map)
{
    if (map->data)
        (void)munmap((void *)(uintptr_t)map->data, map->size);
    *map = (weir_platform_map_t){0};
}
