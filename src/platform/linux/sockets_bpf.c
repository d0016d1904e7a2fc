/*
 * Sockets as the BPF programs count them. Slots are mapped memory, read without a system call; the
 * table of what belongs to no open socket is read in batches, and only what changed is told on.
 *
 * Order of a reading: the table first, then the slots. Counters move from slots to the table; when
 * that happens in between, they are missing for one reading, never twice there.
 *
 * Programs write while this reads. A slot whose epoch is odd, or another one after the copy, is
 * about to belong to something else. What it holds may have been told of the table already: so all
 * that was told of the slot is taken back until the next reading. Single counters may be copied
 * apart from each other; none of them falls within an epoch, so their sum differs as long as one of
 * them has not been told.
 */
#include "platform/linux/bpf_load.h"
#include "platform/linux/firsts.h"
#include "platform/linux/netlink.h"
#include "platform/linux/sockets.h"
#include "platform/load.h"

#include "base/clock.h"
#include "base/index.h"
#include "bpf/abi.h"
#include "model/flow.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define BATCH 256U
#define WINDOW ((size_t)1 << 20) /* of the slots, mapped at once when the first of it is used */
#define SLOTS_BYTES ((size_t)WEIR_BPF_SLOTS * sizeof(struct weir_bpf_slot))
#define IDLE_NS (30 * WEIR_NS_PER_S) /* then an entry of the table is taken out */
#define READINGS_UNASKED 10U         /* then the helper is asked whether it is there */
#define REST_BIT (UINT64_C(1) << 63)

/* What was told of a slot; sum: of all its counters. */
typedef struct told_slot {
    uint64_t id, sum;
} told_slot_t;

typedef struct told_rest {
    uint64_t id, sum, changed_ns;
    weir_bpf_map_t map;
    struct weir_bpf_rest_key key;
} told_rest_t;

typedef struct rest_batch {
    struct weir_bpf_rest_key keys[BATCH];
    struct weir_bpf_rest values[BATCH];
} rest_batch_t;

typedef struct bpf_way {
    weir_bpf_loaded_t *loaded;            /* owned; NULL: another process keeps the programs */
    weir_loader_t *loader;                /* owned; that process, NULL: this one keeps them */
    int fds[WEIR_BPF_MAPS];               /* borrowed of `loaded`, owned with a `loader` */
    const struct weir_bpf_totals *totals; /* mapped */
    char *slots;                          /* address space for all, `mapped` bytes of it usable */
    size_t mapped;
    told_slot_t *told_slots; /* WEIR_BPF_SLOTS */
    told_rest_t *told_rest;
    size_t rest_count, rest_room;
    weir_index_t rest_index;
    rest_batch_t *batch;
    weir_netlink_t links; /* tells of interfaces that come and go */
    bool links_open;
    bool senders_followed;
    unsigned unasked; /* readings since the helper was asked */
    uint64_t now_ns;
    const weir_socket_sink_t *sink; /* of the reading that is under way */
} bpf_way_t;

/* ---- Records --------------------------------------------------------------------------------- */

static weir_address_t address_of(uint8_t family, const uint32_t words[4])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    weir_address_t address = {0};
    const uint8_t *bytes = (const uint8_t *)words;
    static const uint8_t nothing[16];
    bool v4 = family == AF_INET;
    if ((!v4 && family != AF_INET6) || memcmp(bytes, nothing, sizeof(nothing)) == 0)
        return address;
    if (!v4 && memcmp(bytes, mapped, sizeof(mapped)) == 0) {
        bytes += sizeof(mapped);
        v4 = true;
    }
    address.family = v4 ? WEIR_FAMILY_IPV4 : WEIR_FAMILY_IPV6;
    address.prefix = v4 ? 32 : 128;
    memcpy(address.bytes, bytes, v4 ? 4 : 16);
    return address;
}

static weir_socket_counts_t counts_of(const struct weir_bpf_counts *counts)
{
    return (weir_socket_counts_t){.bytes = counts->bytes,
                                  .packets = counts->packets,
                                  .payload = counts->payload,
                                  .merged_bytes = counts->merged_bytes,
                                  .merged_packets = counts->merged_packets};
}

static uint64_t counts_sum(const struct weir_bpf_counts *counts)
{
    return counts->bytes + counts->packets + counts->payload + counts->merged_bytes +
           counts->merged_packets;
}

static void path_fill(weir_socket_t *socket, const struct weir_bpf_path *path)
{
    socket->network = path->network;
    socket->local = address_of(path->family, path->local);
    socket->peer = address_of(path->family, path->peer);
    socket->local_port = path->local_port;
    socket->peer_port = path->peer_port;
    socket->rx_iface = path->rx_iface;
    socket->tx_iface = path->tx_iface;
    socket->protocol = path->protocol;
    socket->kind = path->kind; /* enum weir_bpf_kind has the order of weir_traffic_kind_t */
}

static void owner_fill(weir_socket_t *socket, const struct weir_bpf_owner *owner)
{
    socket->pid = owner->pid;
    socket->parent = owner->parent;
    socket->uid = owner->uid;
    socket->start_ns = owner->start_ns;
    socket->exec_id = owner->exec_id;
    memcpy(socket->name, owner->name, sizeof(socket->name));
    socket->name[sizeof(socket->name) - 1] = '\0';
}

/* ---- The table ------------------------------------------------------------------------------- */

static uint64_t key_hash(weir_bpf_map_t map, const struct weir_bpf_rest_key *key)
{
    uint64_t words[sizeof(*key) / sizeof(uint64_t)];
    uint64_t hash = map;
    memcpy(words, key, sizeof(words));
    for (size_t i = 0; i < WEIR_COUNT(words); i++)
        hash = weir_hash_u64(hash ^ words[i]);
    return hash | REST_BIT;
}

static told_rest_t *rest_find(bpf_way_t *way, weir_bpf_map_t map,
                              const struct weir_bpf_rest_key *key)
{
    uint64_t id = key_hash(map, key);
    uint32_t at = weir_index_get(&way->rest_index, id);
    if (at != WEIR_INDEX_NONE)
        return &way->told_rest[at];
    if (way->rest_count == way->rest_room) {
        size_t room = way->rest_room ? way->rest_room * 2 : 256;
        told_rest_t *grown = realloc(way->told_rest, room * sizeof(*grown));
        if (!grown)
            return NULL;
        way->told_rest = grown;
        way->rest_room = room;
    }
    if (weir_index_set(&way->rest_index, id, (uint32_t)way->rest_count) < 0)
        return NULL;
    way->told_rest[way->rest_count] = (told_rest_t){.id = id, .map = map, .key = *key};
    return &way->told_rest[way->rest_count++];
}

static void rest_tell(const bpf_way_t *way, const struct weir_bpf_rest_key *key, uint64_t id,
                      const struct weir_bpf_rest *value, uint8_t news)
{
    weir_socket_t socket = {.id = id,
                            .news = news,
                            .rx = counts_of(&value->rx),
                            .tx = counts_of(&value->tx),
                            .state = WEIR_FLOW_ESTABLISHED,
                            .opened_here = value->flags & WEIR_BPF_OUT};
    path_fill(&socket, &key->path);
    owner_fill(&socket, &value->owner);
    way->sink->socket(way->sink->context, &socket);
}

static void rest_take(bpf_way_t *way, weir_bpf_map_t map, const struct weir_bpf_rest_key *key,
                      const struct weir_bpf_rest *value)
{
    told_rest_t *told = rest_find(way, map, key);
    uint64_t sum = counts_sum(&value->rx) + counts_sum(&value->tx);
    if (!told || told->sum == sum)
        return;
    told->sum = sum;
    told->changed_ns = way->now_ns;
    rest_tell(way, key, told->id, value, WEIR_SOCKET_OPEN);
}

/* map: that of single peers, or the one for want of room. */
static int rest_read(bpf_way_t *way, weir_bpf_map_t map)
{
    uint32_t at = 0, next = 0;
    bool first = true;
    for (;;) {
        uint32_t n = BATCH;
        const struct bpf_map_batch_opts options = {.sz = sizeof(options)};
        int r = bpf_map_lookup_batch(way->fds[map], first ? NULL : &at, &next, way->batch->keys,
                                     way->batch->values, &n, &options);
        if (r < 0 && r != -ENOENT)
            return r;
        for (uint32_t i = 0; i < n; i++)
            rest_take(way, map, &way->batch->keys[i], &way->batch->values[i]);
        if (r == -ENOENT)
            return 0;
        at = next;
        first = false;
    }
}

static void rest_forget(bpf_way_t *way, size_t at)
{
    weir_index_remove(&way->rest_index, way->told_rest[at].id);
    way->told_rest[at] = way->told_rest[--way->rest_count];
    if (at < way->rest_count) /* the key is there already: this takes no memory */
        (void)!weir_index_set(&way->rest_index, way->told_rest[at].id, (uint32_t)at);
}

/* Entries that stand still make room; what they hold at that moment is told. */
static void rest_expire(bpf_way_t *way)
{
    for (size_t i = way->rest_count; i-- > 0;) {
        const told_rest_t *told = &way->told_rest[i];
        struct weir_bpf_rest value;
        if (told->changed_ns + IDLE_NS > way->now_ns)
            continue;
        if (bpf_map_lookup_and_delete_elem(way->fds[told->map], &told->key, &value) < 0)
            continue;
        rest_tell(way, &told->key, told->id, &value, WEIR_SOCKET_ENDED);
        rest_forget(way, i);
    }
}

/* ---- Slots ----------------------------------------------------------------------------------- */

/* Make the slots up to `count` readable. Returns how many are. */
static size_t slots_map(bpf_way_t *way, size_t count)
{
    const size_t whole = (SLOTS_BYTES + WINDOW - 1) / WINDOW * WINDOW;
    while (way->mapped < count * sizeof(struct weir_bpf_slot) && way->mapped < whole) {
        size_t left = SLOTS_BYTES - way->mapped;
        void *at =
            mmap(way->slots + way->mapped, left < WINDOW ? left : WINDOW, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_FIXED, way->fds[WEIR_BPF_MAP_SLOTS], (off_t)way->mapped);
        if (at == MAP_FAILED)
            break;
        way->mapped += WINDOW;
    }
    size_t readable = way->mapped / sizeof(struct weir_bpf_slot);
    return count < readable ? count : readable;
}

static uint64_t slot_id(const struct weir_bpf_slot *slot)
{
    return (slot->cookie << 20 | (slot->epoch / 2 & 0xfffffU)) & ~REST_BIT;
}

static void slot_tell(const bpf_way_t *way, const struct weir_bpf_slot *slot, bool ended)
{
    weir_socket_t socket = {.id = slot_id(slot),
                            .news = ended ? WEIR_SOCKET_ENDED : WEIR_SOCKET_OPEN,
                            .rx = counts_of(&slot->rx),
                            .tx = counts_of(&slot->tx),
                            .state = weir_sockets_tcp_state(slot->state),
                            .opened_here = slot->flags & WEIR_BPF_OUT,
                            .rtt_us = slot->rtt_us,
                            .rtt_known = slot->rtt_us != 0,
                            .retransmits = slot->retransmits,
                            .retransmits_known = slot->rtt_us != 0};
    path_fill(&socket, &slot->path);
    owner_fill(&socket, &slot->owner);
    way->sink->socket(way->sink->context, &socket);
}

/* The counters belong to something else now: what was told of them here is taken back. */
static void slot_moved(const bpf_way_t *way, told_slot_t *told)
{
    weir_socket_t socket = {.id = told->id, .news = WEIR_SOCKET_MOVED};
    if (told->id)
        way->sink->socket(way->sink->context, &socket);
    *told = (told_slot_t){0};
}

static void slot_free(const bpf_way_t *way, struct weir_bpf_slot *slot, uint32_t at)
{
    memset(slot, 0, sizeof(*slot));
    /* The stack has room for all slots; one that is lost here is lost for good, no more. */
    (void)bpf_map_update_elem(way->fds[WEIR_BPF_MAP_FREE_SLOTS], NULL, &at, BPF_ANY);
}

/* False: it is about to change. */
static bool slot_copy(const struct weir_bpf_slot *slot, struct weir_bpf_slot *ret_copy)
{
    uint32_t epoch = __atomic_load_n(&slot->epoch, __ATOMIC_ACQUIRE);
    struct weir_bpf_slot copy = *slot;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (epoch % 2 || __atomic_load_n(&slot->epoch, __ATOMIC_RELAXED) != epoch)
        return false;
    copy.epoch = epoch;
    *ret_copy = copy;
    return true;
}

static void slot_take(bpf_way_t *way, struct weir_bpf_slot *slot, uint32_t at)
{
    told_slot_t *told = &way->told_slots[at];
    struct weir_bpf_slot copy;
    uint32_t use = __atomic_load_n(&slot->use, __ATOMIC_ACQUIRE);
    bool ended = use == WEIR_BPF_ENDED;
    if (use == WEIR_BPF_FREE)
        return;
    uint64_t sum = counts_sum(&slot->rx) + counts_sum(&slot->tx);
    if (told->id == slot_id(slot) && told->sum == sum && !ended)
        return;
    if (!slot_copy(slot, &copy)) {
        slot_moved(way, told);
        return;
    }
    uint64_t id = slot_id(&copy);
    sum = counts_sum(&copy.rx) + counts_sum(&copy.tx);
    if (sum)
        slot_tell(way, &copy, ended);
    if (told->id != id)
        slot_moved(way, told);
    *told = (told_slot_t){.id = ended || !sum ? 0 : id, .sum = sum};
    if (ended)
        slot_free(way, slot, at);
}

static void slots_read(bpf_way_t *way)
{
    size_t used = __atomic_load_n(&way->totals->used_slots, __ATOMIC_ACQUIRE);
    size_t count = slots_map(way, used + 1 < WEIR_BPF_SLOTS ? used + 1 : WEIR_BPF_SLOTS);
    struct weir_bpf_slot *slots = (void *)way->slots;
    if (way->sink->expect)
        way->sink->expect(way->sink->context, count);
    for (uint32_t i = 1; i < count; i++)
        slot_take(way, &slots[i], i);
}

/* ---- The way --------------------------------------------------------------------------------- */

static int link_changed(const struct nlmsghdr *message, void *context)
{
    (void)message;
    *(bool *)context = true;
    return 0;
}

/* maps: how many descriptors are asked for; 0: only that interfaces have changed. */
static int loader_ask(bpf_way_t *way, uint32_t maps)
{
    const weir_load_request_t request = {
        .version = WEIR_LOAD_VERSION, .kind = WEIR_LOAD_APPS, .count = maps};
    int r = weir_loader_ask(way->loader, &request, way->fds, maps);
    return r >= 0 && r != (int)maps ? -EPROTO : r;
}

/* Attach for what is new: interfaces, kinds of sockets. -EPIPE: the helper has gone, and the
 * programs with it. */
static int links_follow(bpf_way_t *way)
{
    bool changed = way->totals->senders && !way->senders_followed;
    int r = way->links_open ? weir_netlink_notifications(&way->links, link_changed, &changed) : 0;
    changed |= r < 0; /* notifications were lost */
    way->senders_followed |= changed && way->totals->senders;
    if (way->loaded && changed)
        weir_bpf_follow(way->loaded);
    if (way->loaded || (!changed && ++way->unasked < READINGS_UNASKED))
        return 0;
    way->unasked = 0;
    return loader_ask(way, 0);
}

static int bpf_way_read(void *context, const weir_socket_sink_t *sink)
{
    bpf_way_t *way = context;
    const weir_clock_t clock = weir_clock_system();
    way->now_ns = weir_clock_now(&clock).boot_ns;
    way->sink = sink;
    int gone = links_follow(way);
    int r = rest_read(way, WEIR_BPF_MAP_REST);
    int crowd = rest_read(way, WEIR_BPF_MAP_CROWD);
    slots_read(way);
    rest_expire(way);
    way->sink = NULL;
    return gone < 0 ? -EPIPE : r < 0 ? r : crowd;
}

static bool owner_began(const struct weir_bpf_owner *owner, const weir_socket_t *socket)
{
    return owner->start_ns == socket->start_ns && owner->exec_id == socket->exec_id;
}

/* A child that never became another program is what its parent is. */
static bool program_find(const bpf_way_t *way, const weir_socket_t *socket,
                         struct weir_bpf_program *ret_program)
{
    int fd = way->fds[WEIR_BPF_MAP_PROGRAMS];
    if (bpf_map_lookup_elem(fd, &socket->pid, ret_program) == 0)
        return owner_began(&ret_program->owner, socket);
    return bpf_map_lookup_elem(fd, &socket->parent, ret_program) == 0 &&
           ret_program->owner.exec_id == socket->exec_id;
}

static void user_name(uint32_t uid, weir_program_t *program)
{
    char room[1024];
    struct passwd entry;
    struct passwd *found = NULL;
    if (getpwuid_r(uid, &entry, room, sizeof(room), &found) == 0 && found)
        (void)snprintf(program->user, sizeof(program->user), "%.63s", found->pw_name);
    else
        (void)snprintf(program->user, sizeof(program->user), "%u", uid);
}

/* A relative path is looked for in the folder of the parent, a shell more often than not. */
static void exe_resolve(const weir_socket_t *socket, const char *path, weir_program_t *program)
{
    char full[WEIR_BPF_PATH_SIZE + 64];
    if (path[0] == '/')
        (void)snprintf(full, sizeof(full), "%s", path);
    else
        (void)snprintf(full, sizeof(full), "/proc/%u/cwd/%s", socket->parent, path);
    char *real = realpath(full, NULL);
    if (real || path[0] == '/')
        (void)snprintf(program->exe, sizeof(program->exe), "%.255s", real ? real : path);
    free(real);
}

/* /proc tells of what lives; of what has ended, and of what the process was before an exec, the
 * kernel's own notes. */
static void bpf_way_program(void *context, const weir_socket_t *socket, weir_program_t *program)
{
    const bpf_way_t *way = context;
    struct weir_bpf_program noted;
    struct weir_bpf_program now;
    bool current = bpf_map_lookup_elem(way->fds[WEIR_BPF_MAP_PROGRAMS], &socket->pid, &now) != 0 ||
                   now.owner.start_ns != socket->start_ns || now.owner.exec_id == socket->exec_id;
    if (!current)
        program->exe[0] = program->name[0] = '\0';
    if (!program->exe[0] && program_find(way, socket, &noted)) {
        noted.path[sizeof(noted.path) - 1] = '\0';
        exe_resolve(socket, noted.path, program);
    }
    if (!program->user[0])
        user_name(socket->uid, program);
}

static uint64_t bpf_way_lost(void *context)
{
    return ((bpf_way_t *)context)->totals->lost_packets;
}

static int bpf_way_firsts(void *context, weir_platform_firsts_t **ret_firsts)
{
    const bpf_way_t *way = context;
    return weir_firsts_open(way->fds[WEIR_BPF_MAP_FIRSTS], way->fds[WEIR_BPF_MAP_TOTALS],
                            ret_firsts);
}

static void bpf_way_close(void *context)
{
    bpf_way_t *way = context;
    if (way->slots)
        (void)munmap(way->slots, SLOTS_BYTES + WINDOW);
    if (way->totals)
        (void)munmap((void *)(uintptr_t)way->totals, (size_t)sysconf(_SC_PAGESIZE));
    if (way->links_open)
        weir_netlink_close(&way->links);
    for (int i = 0; way->loader && i < WEIR_BPF_MAPS; i++)
        weir_closep(&way->fds[i]);
    weir_loader_close(way->loader);
    weir_bpf_unload(way->loaded);
    weir_index_done(&way->rest_index);
    free(way->told_rest);
    free(way->told_slots);
    free(way->batch);
    free(way);
}

static int way_map(bpf_way_t *way)
{
    void *totals = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED,
                        way->fds[WEIR_BPF_MAP_TOTALS], 0);
    if (totals == MAP_FAILED)
        return -errno;
    way->totals = totals;
    void *slots = mmap(NULL, SLOTS_BYTES + WINDOW, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (slots == MAP_FAILED)
        return -errno;
    way->slots = slots;
    way->told_slots = calloc(WEIR_BPF_SLOTS, sizeof(*way->told_slots));
    way->batch = calloc(1, sizeof(*way->batch));
    way->links_open = weir_netlink_open(&way->links, NETLINK_ROUTE, RTMGRP_LINK) == 0;
    return way->told_slots && way->batch ? 0 : -ENOMEM;
}

/* What is missing although the programs run: the gravest comes last in the list. */
static void missing_tell(const bpf_way_t *way, char ret_reason[static WEIR_REASON_SIZE])
{
    size_t count = 0;
    const weir_bpf_feature_t *features =
        way->loaded ? weir_bpf_features(way->loaded, &count) : NULL;
    ret_reason[0] = '\0';
    for (size_t i = 0; i < count; i++)
        if (!features[i].used && features[i].without && !features[i].spare)
            (void)snprintf(ret_reason, WEIR_REASON_SIZE, "%s (%.60s)", features[i].without,
                           features[i].why);
}

static int loader_start(bpf_way_t *way)
{
    for (int i = 0; i < WEIR_BPF_MAPS; i++)
        way->fds[i] = -1;
    int r = weir_loader_open(WEIR_LOAD_APPS, &way->loader);
    return r < 0 ? r : loader_ask(way, WEIR_BPF_MAPS);
}

/* By this process, or else by the helper that has the privileges. */
static int programs_obtain(bpf_way_t *way, char ret_reason[static WEIR_REASON_SIZE])
{
    const char *without = getenv("WEIR_WITHOUT");
    int r = weir_bpf_load(without, &way->loaded, ret_reason);
    if ((r == -EPERM || r == -EACCES) && !(without && without[0]))
        return loader_start(way);
    for (int i = 0; r >= 0 && i < WEIR_BPF_MAPS; i++)
        way->fds[i] = weir_bpf_map_fd(way->loaded, (weir_bpf_map_t)i);
    return r;
}

int weir_sockets_bpf_open(weir_sockets_way_t *ret_way, char ret_reason[static WEIR_REASON_SIZE])
{
    static const weir_sockets_ops_t ops = {.read = bpf_way_read,
                                           .program = bpf_way_program,
                                           .lost = bpf_way_lost,
                                           .firsts = bpf_way_firsts,
                                           .close = bpf_way_close};
    bpf_way_t *way = calloc(1, sizeof(*way));
    if (!way)
        return -ENOMEM;
    int r = programs_obtain(way, ret_reason);
    if (r >= 0) {
        r = way_map(way);
        if (r < 0)
            (void)snprintf(ret_reason, WEIR_REASON_SIZE, "the BPF maps cannot be mapped (%s)",
                           strerror(-r));
    }
    if (r < 0) {
        bpf_way_close(way);
        return r;
    }
    missing_tell(way, ret_reason);
    *ret_way = (weir_sockets_way_t){.ops = &ops, .context = way};
    return 0;
}
