/*
 * The ring is the kernel's (BPF_MAP_TYPE_RINGBUF): a page with the reader's position, a page with
 * the writers', and the data, mapped twice in a row, so that no record is cut. A record has a head
 * of 8 bytes with its length and two bits: still being written, and given up.
 *
 * Nobody wakes the reader: it looks ten times a second, which costs less than being woken at each
 * connection.
 */
#include "platform/linux/firsts.h"

#include "base/clock.h"
#include "bpf/abi.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define LOOK_MS 100
#define LINK_RAW 101 /* as capture files number it: IP without a link layer */
#define HEAD 8U
#define LENGTH_MASK (~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT))

struct weir_platform_firsts {
    int wake_fd;
    size_t page, size;              /* [byte]; of the data */
    unsigned long *consumed;        /* mapped */
    const unsigned long *produced;  /* mapped, with the data behind it */
    const uint8_t *data;            /* `size` bytes, twice */
    unsigned long taken;            /* position up to which packets were handed out */
    struct weir_bpf_totals *totals; /* mapped */
    uint64_t lost_before;           /* at the opening */
};

/* NULL: it failed. */
static void *part_map(int fd, int protection, size_t from, size_t size)
{
    void *at = mmap(NULL, size, protection, MAP_SHARED, fd, (off_t)from);
    /* cppcheck-suppress memleak ; part_unmap() gives it back */
    return at == MAP_FAILED ? NULL : at;
}

static void part_unmap(const void *at, size_t size)
{
    if (at)
        (void)munmap((void *)(uintptr_t)at, size);
}

void weir_platform_firsts_close(weir_platform_firsts_t *firsts)
{
    if (!firsts)
        return;
    const size_t page = firsts->page;
    if (firsts->totals)
        __atomic_store_n(&firsts->totals->firsts, 0, __ATOMIC_RELAXED);
    part_unmap(firsts->totals, page);
    part_unmap(firsts->consumed, page);
    part_unmap(firsts->produced, page + 2 * firsts->size);
    weir_closep(&firsts->wake_fd);
    free(firsts);
}

/* What was told for nobody, or for who was here before, is skipped. */
static int all_map(weir_platform_firsts_t *firsts, int ring, int totals)
{
    firsts->consumed = part_map(ring, PROT_READ | PROT_WRITE, 0, firsts->page);
    if (!firsts->consumed)
        return -errno;
    firsts->produced = part_map(ring, PROT_READ, firsts->page, firsts->page + 2 * firsts->size);
    if (!firsts->produced)
        return -errno;
    firsts->totals = part_map(totals, PROT_READ | PROT_WRITE, 0, firsts->page);
    if (!firsts->totals)
        return -errno;
    firsts->data = (const uint8_t *)firsts->produced + firsts->page;
    firsts->taken = __atomic_load_n(firsts->consumed, __ATOMIC_RELAXED);
    firsts->lost_before = __atomic_load_n(&firsts->totals->lost_firsts, __ATOMIC_RELAXED);
    __atomic_store_n(&firsts->totals->firsts, 1, __ATOMIC_RELAXED);
    return 0;
}

int weir_firsts_open(int ring, int totals, weir_platform_firsts_t **ret_firsts)
{
    struct bpf_map_info info;
    uint32_t size = sizeof(info);
    memset(&info, 0, sizeof(info));
    if (bpf_obj_get_info_by_fd(ring, &info, &size) < 0)
        return -errno;
    if (info.max_entries < WEIR_BPF_FIRST_ROOM)
        return -ENOTSUP;
    weir_platform_firsts_t *firsts = calloc(1, sizeof(*firsts));
    if (!firsts)
        return -ENOMEM;
    firsts->page = (size_t)sysconf(_SC_PAGESIZE);
    firsts->size = info.max_entries;
    firsts->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int r = firsts->wake_fd < 0 ? -errno : all_map(firsts, ring, totals);
    if (r < 0) {
        weir_platform_firsts_close(firsts);
        return r;
    }
    *ret_firsts = firsts;
    return 0;
}

/* [ns] from boot time to the time of day. */
static int64_t wall_offset(void)
{
    const weir_clock_t clock = weir_clock_system();
    weir_instant_t now = weir_clock_now(&clock);
    return now.wall_ns - (int64_t)now.boot_ns;
}

static bool record_read(const uint8_t *record, uint32_t length, int64_t offset_ns,
                        weir_captured_t *ret_packet)
{
    struct weir_bpf_first first;
    if (length < sizeof(first))
        return false;
    memcpy(&first, record, sizeof(first));
    if (first.captured > length - sizeof(first))
        return false;
    *ret_packet = (weir_captured_t){.data = record + sizeof(first),
                                    .time_ns = (int64_t)first.time_ns + offset_ns,
                                    .caplen = first.captured,
                                    .wire_len = first.length,
                                    .iface = first.iface,
                                    .link = LINK_RAW,
                                    .direction = first.out ? 2 : 1};
    return true;
}

/* What was handed out before is free now. */
static size_t records_take(weir_platform_firsts_t *firsts, weir_captured_t *packets, size_t room)
{
    size_t n = 0;
    __atomic_store_n(firsts->consumed, firsts->taken, __ATOMIC_RELEASE);
    unsigned long end = __atomic_load_n(firsts->produced, __ATOMIC_ACQUIRE);
    int64_t offset_ns = end != firsts->taken ? wall_offset() : 0;
    while (firsts->taken < end && n < room) {
        const uint8_t *head = firsts->data + (firsts->taken & (firsts->size - 1));
        uint32_t word = __atomic_load_n((const uint32_t *)(const void *)head, __ATOMIC_ACQUIRE);
        uint32_t length = word & LENGTH_MASK;
        if (word & BPF_RINGBUF_BUSY_BIT)
            break;
        if (!(word & BPF_RINGBUF_DISCARD_BIT))
            n += record_read(head + HEAD, length, offset_ns, &packets[n]);
        firsts->taken += ((unsigned long)length + HEAD + 7) / 8 * 8;
    }
    return n;
}

int weir_platform_firsts_next(weir_platform_firsts_t *firsts, weir_captured_t *packets, size_t room)
{
    size_t n = records_take(firsts, packets, room);
    if (n)
        return (int)n;
    struct pollfd wait = {.fd = firsts->wake_fd, .events = POLLIN};
    uint64_t woken = 0;
    if (poll(&wait, 1, LOOK_MS) > 0)
        (void)!read(firsts->wake_fd, &woken, sizeof(woken)); /* how often does not matter */
    return (int)records_take(firsts, packets, room);
}

void weir_platform_firsts_wake(weir_platform_firsts_t *firsts)
{
    static const uint64_t one = 1;
    (void)!write(firsts->wake_fd, &one, sizeof(one)); /* full: it wakes all the same */
}

uint64_t weir_platform_firsts_lost(const weir_platform_firsts_t *firsts)
{
    return __atomic_load_n(&firsts->totals->lost_firsts, __ATOMIC_RELAXED) - firsts->lost_before;
}
