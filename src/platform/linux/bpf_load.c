#include "platform/linux/bpf_load.h"
#include "platform/linux/sockets.h"
#include "platform/load.h"

#include "bpf/abi.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>

/* bpftool's code has warnings of its own. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Woverlength-strings"
#include "bpf/skeleton.h"
#pragma GCC diagnostic pop

#define IFACES_MAX 512
#define TCX_INGRESS 46 /* enum bpf_attach_type since 6.6 */
#define TCX_EGRESS 47

typedef enum feature {
    FEATURE_BASE,
    FEATURE_NAMES,
    FEATURE_TCX,
    FEATURE_RECEIVERS,
    FEATURE_SENDERS,
    FEATURE_EXEC,
    FEATURE_OLDER,
    FEATURE_WIRE,
    FEATURE_REFUSED,
    FEATURE_TUNNELS,
    FEATURES
} feature_t;

typedef struct wire {
    uint32_t iface;
    int in_fd, out_fd; /* links, -1 none */
    bool seen;         /* in the last listing */
} wire_t;

struct weir_bpf_loaded {
    struct weir_programs *skeleton;
    struct bpf_link *links[16]; /* `link_count`, owned */
    size_t link_count;
    bool senders_attached;
    wire_t *wires; /* `wire_count` of IFACES_MAX */
    size_t wire_count;
    weir_bpf_feature_t features[FEATURES];
};

static const weir_bpf_feature_t FEATURE_LIST[FEATURES] = {
    [FEATURE_BASE] = {.name = "sockets", .what = "packets of each socket, and who made it"},
    [FEATURE_NAMES] = {.name = "names",
                       .what = "names that the first packets of each flow tell (ring buffer)",
                       .without = "flows and hosts have names only where packets are captured"},
    [FEATURE_TCX] = {.name = "tcx",
                     .what = "programs on each interface (Linux 6.6)",
                     .without = "tracepoints do its work",
                     .spare = true},
    [FEATURE_RECEIVERS] = {.name = "receivers",
                           .what = "programs that only receive (sock_recv_length, Linux 6.3)",
                           .without = "what a child only receives on a socket that it inherited "
                                      "counts for its parent"},
    [FEATURE_SENDERS] = {.name = "senders",
                         .what = "AF_PACKET and SCTP senders (sock_send_length, Linux 6.3)",
                         .without = "who sends SCTP is known by what made the socket"},
    [FEATURE_EXEC] = {.name = "exec",
                      .what = "paths of programs that run for a moment (sched_process_exec)",
                      .without = "programs that end within one interval have a short name only"},
    [FEATURE_OLDER] = {.name = "older",
                       .what = "sockets that are older than Weir (iter/task_file)",
                       .without = "sockets that are older than Weir are counted from their next "
                                  "reading on"},
    [FEATURE_WIRE] = {.name = "wire",
                      .what = "forwarded, kernel's own and other packets",
                      .without = "what reaches no socket stays unexplained, and so do frames that "
                                 "programs write"},
    [FEATURE_REFUSED] = {.name = "refused",
                         .what = "packets for nobody, or for the firewall (kfree_skb, Linux 5.17)",
                         .without = "what arrives and is refused stays unexplained"},
    [FEATURE_TUNNELS] = {.name = "tunnels",
                         .what = "the kernel's own UDP ports: VXLAN, WireGuard (iter/udp)",
                         .without = "what tunnels of the kernel receive stays unexplained"},
};

/* ---- Features -------------------------------------------------------------------------------- */

static bool word_in(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',')
        if (strncmp(at, word, n) == 0 && (at[n] == ',' || at[n] == '\0'))
            return true;
    return false;
}

static void feature_refuse(weir_bpf_loaded_t *loaded, feature_t feature, const char *why)
{
    loaded->features[feature].used = false;
    (void)snprintf(loaded->features[feature].why, WEIR_BPF_REASON_SIZE, "%s", why);
}

static bool tracepoint_exists(const struct btf *kernel, const char *name)
{
    char type[64];
    (void)snprintf(type, sizeof(type), "btf_trace_%s", name);
    return btf__find_by_name_kind(kernel, type, BTF_KIND_TYPEDEF) >= 0;
}

static void features_choose(weir_bpf_loaded_t *loaded, const struct btf *kernel,
                            const char *without)
{
    static const struct {
        feature_t feature;
        const char *tracepoint;
    } traced[] = {{FEATURE_RECEIVERS, "sock_recv_length"},
                  {FEATURE_SENDERS, "sock_send_length"},
                  {FEATURE_EXEC, "sched_process_exec"}};
    for (size_t i = 0; i < FEATURES; i++) {
        loaded->features[i] = FEATURE_LIST[i];
        loaded->features[i].used = true;
        if (word_in(without, loaded->features[i].name))
            feature_refuse(loaded, (feature_t)i, "switched off");
    }
    if (loaded->features[FEATURE_TCX].used &&
        btf__find_by_name_kind(kernel, "tcx_link", BTF_KIND_STRUCT) < 0)
        feature_refuse(loaded, FEATURE_TCX, "this kernel does not have it");
    static const feature_t parts_of_wire[] = {FEATURE_TCX, FEATURE_REFUSED, FEATURE_TUNNELS};
    for (size_t i = 0; i < WEIR_COUNT(parts_of_wire); i++)
        if (!loaded->features[FEATURE_WIRE].used)
            feature_refuse(loaded, parts_of_wire[i], "wire is switched off");
    for (size_t i = 0; i < WEIR_COUNT(traced); i++)
        if (!tracepoint_exists(kernel, traced[i].tracepoint))
            feature_refuse(loaded, traced[i].feature, "this kernel does not have it");
}

static void autoload_set(weir_bpf_loaded_t *loaded)
{
    const weir_bpf_feature_t *f = loaded->features;
    struct weir_programs *s = loaded->skeleton;
    s->rodata->receivers_told = f[FEATURE_RECEIVERS].used;
    s->rodata->firsts_told = f[FEATURE_NAMES].used;
    if (!f[FEATURE_NAMES].used) /* a page takes the place of what is never used */
        (void)bpf_map__set_max_entries(s->maps.firsts, (uint32_t)sysconf(_SC_PAGESIZE));
    /* Refusals are met at loading. */
    (void)bpf_program__set_autoload(s->progs.recv_length, f[FEATURE_RECEIVERS].used);
    (void)bpf_program__set_autoload(s->progs.send_length, f[FEATURE_SENDERS].used);
    (void)bpf_program__set_autoload(s->progs.process_exec, f[FEATURE_EXEC].used);
    (void)bpf_program__set_autoload(s->progs.label_older, f[FEATURE_OLDER].used);
    bool wire = f[FEATURE_WIRE].used;
    bool tcx = f[FEATURE_TCX].used;
    s->rodata->own_network = weir_sockets_network();
    (void)bpf_program__set_autoload(s->progs.wire_in, wire && tcx);
    (void)bpf_program__set_autoload(s->progs.wire_out, wire && tcx);
    (void)bpf_program__set_autoload(s->progs.trace_in, wire && !tcx);
    (void)bpf_program__set_autoload(s->progs.trace_out, wire && !tcx);
    (void)bpf_program__set_autoload(s->progs.refuse, f[FEATURE_REFUSED].used);
    (void)bpf_program__set_autoload(s->progs.list_kernel_ports, f[FEATURE_TUNNELS].used);
}

/* ---- Loading --------------------------------------------------------------------------------- */

static int skeleton_load(weir_bpf_loaded_t *loaded)
{
    loaded->skeleton = weir_programs__open();
    if (!loaded->skeleton)
        return -errno;
    autoload_set(loaded);
    int r = weir_programs__load(loaded->skeleton);
    if (r < 0) {
        weir_programs__destroy(loaded->skeleton);
        loaded->skeleton = NULL;
    }
    return r;
}

/* Which optional feature the kernel refuses is found by leaving them out one after the other. */
static int programs_load(weir_bpf_loaded_t *loaded)
{
    int r = skeleton_load(loaded);
    for (size_t i = FEATURES - 1; r < 0 && i >= 1; i--) {
        if (!loaded->features[i].used)
            continue;
        feature_refuse(loaded, (feature_t)i, strerror(-r));
        r = skeleton_load(loaded);
    }
    return r;
}

/* The root where it is mounted. */
static int group_mounted(void)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    int fd = -ENOENT;
    struct mntent entry;
    char room[4096];
    while (mounts && fd < 0 && getmntent_r(mounts, &entry, room, sizeof(room)))
        if (strcmp(entry.mnt_type, "cgroup2") == 0)
            fd = open(entry.mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (mounts)
        (void)endmntent(mounts); /* always 1 */
    return fd < 0 ? -ENOENT : fd;
}

/* `ip netns exec` hides it behind a /sys of its own: a mount that stands nowhere is enough. */
static int group_open(void)
{
    int found = group_mounted();
    if (found >= 0)
        return found;
    WEIR_CLEANUP(weir_closep) int context = fsopen("cgroup2", FSOPEN_CLOEXEC);
    if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return found;
    WEIR_CLEANUP(weir_closep) int mounted = fsmount(context, FSMOUNT_CLOEXEC, 0);
    int root = mounted < 0 ? -1 : openat(mounted, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return root < 0 ? found : root;
}

static int link_keep(weir_bpf_loaded_t *loaded, struct bpf_link *link)
{
    if (!link)
        return -errno;
    loaded->links[loaded->link_count++] = link;
    return 0;
}

static int group_attach(weir_bpf_loaded_t *loaded)
{
    struct weir_programs *s = loaded->skeleton;
    struct bpf_program *const programs[] = {s->progs.sock_create, s->progs.sock_release,
                                            s->progs.egress, s->progs.ingress};
    WEIR_CLEANUP(weir_closep) int group = group_open();
    int r = group < 0 ? group : 0;
    for (size_t i = 0; r >= 0 && i < WEIR_COUNT(programs); i++)
        r = link_keep(loaded, bpf_program__attach_cgroup(programs[i], group));
    return r;
}

static int trace_attach(weir_bpf_loaded_t *loaded)
{
    struct weir_programs *s = loaded->skeleton;
    const struct {
        struct bpf_program *program;
        feature_t feature;
    } traced[] = {{s->progs.set_state, FEATURE_BASE},
                  {s->progs.tcp_end, FEATURE_BASE},
                  {s->progs.recv_length, FEATURE_RECEIVERS},
                  {s->progs.process_exec, FEATURE_EXEC}};
    for (size_t i = 0; i < WEIR_COUNT(traced); i++) {
        if (!loaded->features[traced[i].feature].used)
            continue;
        int r = link_keep(loaded, bpf_program__attach(traced[i].program));
        if (r < 0 && traced[i].feature == FEATURE_BASE)
            return r;
        if (r < 0)
            feature_refuse(loaded, traced[i].feature, strerror(-r));
    }
    return 0;
}

/* A program that each packet would run is attached when there is a socket that needs it. */
static void senders_follow(weir_bpf_loaded_t *loaded)
{
    struct weir_programs *s = loaded->skeleton;
    bool needed = s->bss->totals.senders || !loaded->features[FEATURE_WIRE].used;
    if (!needed || loaded->senders_attached || !loaded->features[FEATURE_SENDERS].used)
        return;
    int r = link_keep(loaded, bpf_program__attach(s->progs.send_length));
    if (r < 0)
        feature_refuse(loaded, FEATURE_SENDERS, strerror(-r));
    loaded->senders_attached = r >= 0;
}

/* ---- Iterators ------------------------------------------------------------------------------- */

/* What the program tells of all that it visits. Returns [byte], or a negative errno. */
static ssize_t iterator_read(const struct bpf_program *program, void *told, size_t room)
{
    struct bpf_link *link = bpf_program__attach_iter(program, NULL);
    if (!link)
        return -errno;
    WEIR_CLEANUP(weir_closep) int fd = bpf_iter_create(bpf_link__fd(link));
    ssize_t n = fd < 0 ? -errno : 1;
    size_t got = 0;
    while (n > 0) {
        n = TEMP_FAILURE_RETRY(read(fd, (char *)told + got, room - got));
        n = n < 0 ? -errno : n;
        got += n > 0 ? (size_t)n : 0;
    }
    (void)bpf_link__destroy(link); /* its process keeps nothing of it */
    return n < 0 ? n : (ssize_t)got;
}

/* Visits every open file once, and tells nothing. */
static int older_label(const weir_bpf_loaded_t *loaded)
{
    char nothing;
    return (int)iterator_read(loaded->skeleton->progs.label_older, &nothing, sizeof(nothing));
}

#define KERNEL_PORTS_MAX 1024

static void ports_follow(weir_bpf_loaded_t *loaded)
{
    struct weir_programs *s = loaded->skeleton;
    uint16_t ports[KERNEL_PORTS_MAX] = {0};
    uint64_t bits[WEIR_COUNT(s->data_ports->kernel_ports)] = {0};
    if (!loaded->features[FEATURE_TUNNELS].used)
        return;
    ssize_t n = iterator_read(s->progs.list_kernel_ports, ports, sizeof(ports));
    if (n < 0) {
        feature_refuse(loaded, FEATURE_TUNNELS, strerror((int)-n));
        return;
    }
    for (size_t i = 0; i < (size_t)n / sizeof(*ports); i++)
        bits[ports[i] / 64] |= UINT64_C(1) << ports[i] % 64;
    memcpy(s->data_ports->kernel_ports, bits, sizeof(bits));
}

/* ---- Interfaces ------------------------------------------------------------------------------ */

/* libbpf 1.1 is older than tcx. */
static int wire_link(int program, uint32_t iface, uint32_t type)
{
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof(attributes));
    attributes.link_create.prog_fd = (uint32_t)program;
    attributes.link_create.target_ifindex = iface;
    attributes.link_create.attach_type = type;
    long fd = syscall(SYS_bpf, BPF_LINK_CREATE, &attributes, sizeof(attributes));
    return fd < 0 ? -errno : (int)fd;
}

static void wire_close(wire_t *wire)
{
    weir_closep(&wire->in_fd);
    weir_closep(&wire->out_fd);
}

static wire_t *wire_find(weir_bpf_loaded_t *loaded, uint32_t iface)
{
    for (size_t i = 0; i < loaded->wire_count; i++)
        if (loaded->wires[i].iface == iface)
            return &loaded->wires[i];
    return NULL;
}

static int wire_add(weir_bpf_loaded_t *loaded, uint32_t iface)
{
    struct weir_programs *s = loaded->skeleton;
    if (loaded->wire_count == IFACES_MAX)
        return -ENOSPC;
    wire_t wire = {.iface = iface, .in_fd = -1, .out_fd = -1, .seen = true};
    wire.in_fd = wire_link(bpf_program__fd(s->progs.wire_in), iface, TCX_INGRESS);
    if (wire.in_fd < 0)
        return wire.in_fd == -ENODEV ? 0 : wire.in_fd; /* gone in the meantime */
    wire.out_fd = wire_link(bpf_program__fd(s->progs.wire_out), iface, TCX_EGRESS);
    int r = wire.out_fd < 0 && wire.out_fd != -ENODEV ? wire.out_fd : 0;
    if (wire.out_fd < 0)
        wire_close(&wire);
    else
        loaded->wires[loaded->wire_count++] = wire;
    return r;
}

static void wires_drop_unseen(weir_bpf_loaded_t *loaded)
{
    for (size_t i = loaded->wire_count; i-- > 0;) {
        if (loaded->wires[i].seen)
            continue;
        wire_close(&loaded->wires[i]);
        loaded->wires[i] = loaded->wires[--loaded->wire_count];
    }
}

static void wires_follow(weir_bpf_loaded_t *loaded)
{
    if (!loaded->features[FEATURE_WIRE].used || !loaded->features[FEATURE_TCX].used)
        return;
    struct if_nameindex *ifaces = if_nameindex();
    for (size_t i = 0; i < loaded->wire_count; i++)
        loaded->wires[i].seen = false;
    for (size_t i = 0; ifaces && ifaces[i].if_index; i++) {
        wire_t *wire = wire_find(loaded, ifaces[i].if_index);
        if (wire)
            wire->seen = true;
        int r = wire ? 0 : wire_add(loaded, ifaces[i].if_index);
        if (r < 0) {
            feature_refuse(loaded, FEATURE_WIRE, strerror(-r));
            break;
        }
    }
    if (ifaces)
        if_freenameindex(ifaces);
    wires_drop_unseen(loaded);
}

void weir_bpf_follow(weir_bpf_loaded_t *loaded)
{
    wires_follow(loaded);
    senders_follow(loaded);
    ports_follow(loaded);
}

/* Where programs cannot stand on interfaces, tracepoints meet the packets of all of them. */
static void wire_attach(weir_bpf_loaded_t *loaded)
{
    struct weir_programs *s = loaded->skeleton;
    const struct {
        struct bpf_program *program;
        bool used;
        feature_t feature;
    } traced[] = {
        {s->progs.trace_out, !loaded->features[FEATURE_TCX].used, FEATURE_WIRE},
        {s->progs.trace_in, !loaded->features[FEATURE_TCX].used, FEATURE_WIRE},
        {s->progs.refuse, loaded->features[FEATURE_REFUSED].used, FEATURE_REFUSED},
    };
    for (size_t i = 0; i < WEIR_COUNT(traced); i++) {
        if (!traced[i].used || !loaded->features[FEATURE_WIRE].used)
            continue;
        int r = link_keep(loaded, bpf_program__attach(traced[i].program));
        if (r < 0)
            feature_refuse(loaded, traced[i].feature, strerror(-r));
    }
    weir_bpf_follow(loaded);
}

/* ---- All ------------------------------------------------------------------------------------- */

static int programs_attach(weir_bpf_loaded_t *loaded, char *ret_reason)
{
    int r = group_attach(loaded);
    if (r == -ENOENT)
        (void)snprintf(ret_reason, WEIR_BPF_REASON_SIZE,
                       "there is no cgroup2 hierarchy to attach to");
    else if (r < 0)
        (void)snprintf(ret_reason, WEIR_BPF_REASON_SIZE,
                       "the kernel refuses programs on the cgroup2 root (%s)", strerror(-r));
    if (r < 0)
        return r;
    r = trace_attach(loaded);
    if (r < 0)
        (void)snprintf(ret_reason, WEIR_BPF_REASON_SIZE,
                       "the kernel refuses programs on tracepoints (%s)", strerror(-r));
    if (r < 0)
        return r;
    int older = loaded->features[FEATURE_OLDER].used ? older_label(loaded) : 0;
    if (older < 0)
        feature_refuse(loaded, FEATURE_OLDER, strerror(-older));
    wire_attach(loaded);
    return 0;
}

static int silence(enum libbpf_print_level level, const char *format, va_list arguments)
{
    (void)level;
    (void)format;
    (void)arguments;
    return 0;
}

static int all_load(weir_bpf_loaded_t *loaded, const char *without, char *ret_reason)
{
    (void)libbpf_set_print(silence); /* what it has to say, the errno and the doctor say */
    struct btf *kernel = btf__load_vmlinux_btf();
    if (!kernel) {
        (void)snprintf(ret_reason, WEIR_BPF_REASON_SIZE,
                       "the kernel has no type information (CONFIG_DEBUG_INFO_BTF)");
        return -ENOENT;
    }
    features_choose(loaded, kernel, without);
    btf__free(kernel);
    if (!loaded->features[FEATURE_BASE].used) {
        (void)snprintf(ret_reason, WEIR_BPF_REASON_SIZE, "eBPF is switched off (WEIR_WITHOUT)");
        return -ECANCELED;
    }
    loaded->wires = calloc(IFACES_MAX, sizeof(*loaded->wires));
    int r = loaded->wires ? programs_load(loaded) : -ENOMEM;
    if (r < 0) {
        (void)snprintf(ret_reason, WEIR_BPF_REASON_SIZE, "the kernel refuses eBPF programs (%s)",
                       strerror(-r));
        return r;
    }
    return programs_attach(loaded, ret_reason);
}

int weir_bpf_load(const char *without, weir_bpf_loaded_t **ret_loaded,
                  char ret_reason[static WEIR_BPF_REASON_SIZE])
{
    weir_bpf_loaded_t *loaded = calloc(1, sizeof(*loaded));
    if (!loaded)
        return -ENOMEM;
    int r = all_load(loaded, without, ret_reason);
    if (r < 0) {
        weir_bpf_unload(loaded);
        return r;
    }
    *ret_loaded = loaded;
    return 0;
}

void weir_bpf_unload(weir_bpf_loaded_t *loaded)
{
    if (!loaded)
        return;
    for (size_t i = 0; i < loaded->wire_count; i++)
        wire_close(&loaded->wires[i]);
    for (size_t i = 0; i < loaded->link_count; i++)
        (void)bpf_link__destroy(loaded->links[i]); /* nothing is left to do about a failure */
    weir_programs__destroy(loaded->skeleton);
    free(loaded->wires);
    free(loaded);
}

int weir_bpf_map_fd(const weir_bpf_loaded_t *loaded, weir_bpf_map_t map)
{
    const struct weir_programs *s = loaded->skeleton;
    const struct bpf_map *const maps[WEIR_BPF_MAPS] = {
        [WEIR_BPF_MAP_SLOTS] = s->maps.slots,       [WEIR_BPF_MAP_FREE_SLOTS] = s->maps.free_slots,
        [WEIR_BPF_MAP_REST] = s->maps.rest,         [WEIR_BPF_MAP_CROWD] = s->maps.crowd,
        [WEIR_BPF_MAP_PROGRAMS] = s->maps.programs, [WEIR_BPF_MAP_TOTALS] = s->maps.bss,
        [WEIR_BPF_MAP_FIRSTS] = s->maps.firsts};
    return bpf_map__fd(maps[map]);
}

const weir_bpf_feature_t *weir_bpf_features(const weir_bpf_loaded_t *loaded, size_t *ret_count)
{
    *ret_count = FEATURES;
    return loaded->features;
}

/* ---- For weir-load --------------------------------------------------------------------------- */

int weir_load_apps_begin(void **ret_apps)
{
    char reason[WEIR_BPF_REASON_SIZE]; /* the errno alone crosses to the other process */
    weir_bpf_loaded_t *loaded = NULL;
    int r = weir_bpf_load(NULL, &loaded, reason);
    if (r >= 0)
        *ret_apps = loaded;
    return r;
}

int weir_load_apps_maps(void *apps, int *fds, size_t room)
{
    size_t n = 0;
    for (; n < WEIR_BPF_MAPS && n < room; n++) {
        fds[n] = fcntl(weir_bpf_map_fd(apps, (weir_bpf_map_t)n), F_DUPFD_CLOEXEC, 3);
        if (fds[n] < 0)
            break;
    }
    if (n == WEIR_BPF_MAPS)
        return (int)n;
    int r = room < WEIR_BPF_MAPS ? -ENOSPC : -errno;
    while (n-- > 0)
        (void)close(fds[n]); /* none of them was handed out */
    return r;
}

void weir_load_apps_follow(void *apps)
{
    if (apps)
        weir_bpf_follow(apps);
}
