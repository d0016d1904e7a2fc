/*
 * What accounting costs, in rounds of short slices: nothing attached, empty programs at the same
 * hooks, Weir's programs, in turn, so that what else the machine does hits all alike. All stay
 * loaded.
 *
 *     apps_bench udp|connect|names|bulk ROUNDS     between the namespaces weir-bench-a and
 * weir-bench-b apps_bench read SOCKETS                one reading of that many open sockets
 *     apps_bench switch                      attach at a line "a", detach at "d", from stdin
 */
#include "engine/books.h"
/* its parts that are private: programs are taken off and put on again while they stay loaded */
#include "platform/linux/bpf_load.c"    /* NOLINT(bugprone-suspicious-include) */
#include "platform/linux/sockets_bpf.c" /* NOLINT(bugprone-suspicious-include) */

#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#define SLICE_NS (60 * 1000000ULL)
#define ADDRESS_B "10.99.0.2"
#define PORT 7777

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* [ns] that this thread really ran: what others take of the machine is no cost of ours. */
static uint64_t work_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

/* A socket in a namespace, made from this one process. */
static int socket_in(const char *space, int type)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "/run/netns/%s", space);
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int there = open(path, O_RDONLY | O_CLOEXEC);
    if (there < 0 || setns(there, CLONE_NEWNET) < 0)
        fail(path);
    int fd = socket(AF_INET, type, 0);
    if (setns(home, CLONE_NEWNET) < 0 || fd < 0)
        fail("setns");
    close(home);
    close(there);
    return fd;
}

static struct sockaddr_in address_b(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    inet_pton(AF_INET, ADDRESS_B, &address.sin_addr);
    return address;
}

/* ---- Work: each returns how much was done within a slice ----------------------------------- */

typedef struct work {
    int send_fd, take_fd, listen_fd;
    bool names;                     /* first packets are told */
    weir_platform_firsts_t *firsts; /* then: who takes them */
    atomic_bool stop;
    atomic_ullong bytes;
} work_t;

static double udp_slice(work_t *w)
{
    char data[64] = {0};
    uint64_t begin = work_ns(), end = begin + SLICE_NS, n = 0;
    while (work_ns() < end)
        for (int i = 0; i < 16; i++, n++)
            if (send(w->send_fd, data, sizeof(data), 0) < 0 ||
                recv(w->take_fd, data, sizeof(data), 0) < 0)
                fail("udp");
    return (double)(work_ns() - begin) / (double)n; /* [ns] a packet, sent and received */
}

static double connect_slice(work_t *w)
{
    const struct linger reset = {.l_onoff = 1};
    struct sockaddr_in to = address_b();
    uint64_t begin = work_ns(), end = begin + SLICE_NS, n = 0;
    for (; work_ns() < end; n++) {
        int fd = socket_in("weir-bench-a", SOCK_STREAM);
        if (connect(fd, (void *)&to, sizeof(to)) < 0)
            fail("connect");
        int taken = accept(w->listen_fd, NULL, NULL);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        close(fd);
        close(taken);
    }
    return (double)(work_ns() - begin) / (double)n;
}

/* A connection with a request and an answer, whose first packets are told. */
static double exchange_slice(work_t *w)
{
    const struct linger reset = {.l_onoff = 1};
    struct sockaddr_in to = address_b();
    char data[150] = {0};
    uint64_t begin = work_ns(), end = begin + SLICE_NS, n = 0;
    for (; work_ns() < end; n++) {
        int fd = socket_in("weir-bench-a", SOCK_STREAM);
        if (connect(fd, (void *)&to, sizeof(to)) < 0)
            fail("connect");
        int taken = accept(w->listen_fd, NULL, NULL);
        if (send(fd, data, sizeof(data), 0) < 0 || recv(taken, data, sizeof(data), 0) < 0 ||
            send(taken, data, sizeof(data), 0) < 0 || recv(fd, data, sizeof(data), 0) < 0)
            fail("exchange");
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        close(fd);
        close(taken);
    }
    return (double)(work_ns() - begin) / (double)n;
}

/* The ring is empty when a slice begins; its reader is another thread elsewhere. */
static void firsts_drain(work_t *w)
{
    weir_captured_t packets[64];
    do
        weir_platform_firsts_wake(w->firsts);
    while (weir_platform_firsts_next(w->firsts, packets, WEIR_COUNT(packets)) > 0);
}

static void *bulk_take(void *context)
{
    work_t *w = context;
    static char data[1 << 17];
    ssize_t n;
    while ((n = recv(w->take_fd, data, sizeof(data), 0)) > 0)
        atomic_fetch_add(&w->bytes, (unsigned long long)n);
    return NULL;
}

static double bulk_slice(work_t *w)
{
    static char data[1 << 17];
    uint64_t begin = now_ns(), end = begin + SLICE_NS;
    unsigned long long before = atomic_load(&w->bytes);
    while (now_ns() < end)
        if (send(w->send_fd, data, sizeof(data), 0) < 0)
            fail("bulk");
    return (double)(now_ns() - begin) * 1e6 / (double)(atomic_load(&w->bytes) - before);
}

/* ---- Empty programs at the same hooks: the part of the cost that is not ours --------------------
 */

static int empty_load(enum bpf_prog_type type, enum bpf_attach_type attach, const char *tracepoint)
{
    const struct bpf_insn body[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K,
                                     .imm = type == BPF_PROG_TYPE_SCHED_CLS ? -1
                                            : type == BPF_PROG_TYPE_TRACING ? 0
                                                                            : 1},
                                    {.code = BPF_JMP | BPF_EXIT}};
    struct bpf_prog_load_opts options = {.sz = sizeof(options), .expected_attach_type = attach};
    if (tracepoint)
        options.attach_btf_id = (unsigned)libbpf_find_vmlinux_btf_id(tracepoint, BPF_TRACE_RAW_TP);
    int fd = bpf_prog_load(type, "empty", "GPL", body, WEIR_COUNT(body), &options);
    if (fd < 0)
        fail("an empty program");
    return fd;
}

#define HOOKS 8

typedef struct empty {
    int programs[HOOKS], links[HOOKS], group;
} empty_t;

static const struct {
    enum bpf_prog_type type;
    enum bpf_attach_type attach;
    const char *tracepoint;
} HOOK_LIST[HOOKS] = {
    {BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS, NULL},
    {BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS, NULL},
    {BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE, NULL},
    {BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_RELEASE, NULL},
    {BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "sock_recv_length"},
    {BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "inet_sock_set_state"},
    {BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "tcp_destroy_sock"},
    {BPF_PROG_TYPE_SCHED_CLS, (enum bpf_attach_type)TCX_EGRESS, NULL},
};

static void empty_make(empty_t *empty)
{
    empty->group = group_open();
    for (int i = 0; i < HOOKS; i++)
        empty->programs[i] = empty_load(HOOK_LIST[i].type, i == HOOKS - 1 ? 0 : HOOK_LIST[i].attach,
                                        HOOK_LIST[i].tracepoint);
}

static void empty_attach(empty_t *empty)
{
    for (int i = 0; i < HOOKS; i++) {
        int at = i == HOOKS - 1 ? (int)if_nametoindex("e0") : empty->group;
        empty->links[i] =
            HOOK_LIST[i].type == BPF_PROG_TYPE_SCHED_CLS
                ? wire_link(empty->programs[i], (uint32_t)at, TCX_EGRESS)
                : bpf_link_create(empty->programs[i], HOOK_LIST[i].tracepoint ? 0 : at,
                                  HOOK_LIST[i].attach, NULL);
        if (empty->links[i] < 0)
            fail("an empty program's link");
    }
}

static void empty_detach(empty_t *empty)
{
    for (int i = 0; i < HOOKS; i++)
        close(empty->links[i]);
}

/* ---- Pairs --------------------------------------------------------------------------------- */

static void detach(weir_bpf_loaded_t *loaded)
{
    for (size_t i = 0; i < loaded->wire_count; i++)
        wire_close(&loaded->wires[i]);
    loaded->wire_count = 0;
    for (size_t i = 0; i < loaded->link_count; i++)
        bpf_link__destroy(loaded->links[i]);
    loaded->link_count = 0;
}

static void attach(weir_bpf_loaded_t *loaded)
{
    char reason[WEIR_BPF_REASON_SIZE];
    if (loaded->link_count == 0 && programs_attach(loaded, reason) < 0)
        fail(reason);
}

static int double_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void told(const char *what, const char *unit, double *more, double base, int rounds)
{
    qsort(more, (size_t)rounds, sizeof(double), double_compare);
    printf("%-10s %+9.0f %s (quartiles %+.0f .. %+.0f) on %.0f, %+.1f %%, %d rounds\n", what,
           more[rounds / 2], unit, more[rounds / 4], more[rounds * 3 / 4], base,
           100 * more[rounds / 2] / base, rounds);
}

/* The programs' own time, as the kernel measures it, that measuring (50 to 100 ns) included. */
static void shares_tell(weir_bpf_loaded_t *loaded, work_t *w, double (*slice)(work_t *))
{
    struct bpf_program *program;
    int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
    uint64_t begin = now_ns();
    attach(loaded);
    double each = slice(w);
    double count = (double)(now_ns() - begin) / each;
    detach(loaded);
    close(stats);
    bpf_object__for_each_program(program, loaded->skeleton->obj)
    {
        struct bpf_prog_info info = {0};
        uint32_t size = sizeof(info);
        if (bpf_program__fd(program) < 0 ||
            bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) < 0 ||
            (double)info.run_cnt < count / 4)
            continue;
        printf("           %-12s %4.0f ns, %.1f times each\n", bpf_program__name(program),
               (double)info.run_time_ns / (double)info.run_cnt, (double)info.run_cnt / count);
    }
}

static void nothing_told(void *context, const weir_socket_t *socket)
{
    (void)context;
    (void)socket;
}

/* Between two slices what the kernel counted is read, as each second does in `weir live`: slots
 * are given back, the ring of first packets is empty. */
static void reading(weir_sockets_way_t *way, work_t *w)
{
    const weir_socket_sink_t sink = {.socket = nothing_told};
    if (way->ops->read(way->context, &sink) < 0)
        fail("reading");
    if (w->firsts)
        firsts_drain(w);
}

/* Three slices a round, in turn: nothing, empty programs, Weir's. */
static void rounds_run(const char *what, const char *unit, int rounds, work_t *w,
                       double (*slice)(work_t *))
{
    weir_sockets_way_t way;
    char reason[WEIR_REASON_SIZE];
    if (weir_sockets_bpf_open(&way, reason) < 0)
        fail(reason);
    weir_bpf_loaded_t *loaded = ((bpf_way_t *)way.context)->loaded;
    detach(loaded);
    if (w->names && weir_firsts_open(weir_bpf_map_fd(loaded, WEIR_BPF_MAP_FIRSTS),
                                     weir_bpf_map_fd(loaded, WEIR_BPF_MAP_TOTALS), &w->firsts) < 0)
        fail("first packets");
    empty_t empty;
    empty_make(&empty);
    double *values[3];
    for (int k = 0; k < 3; k++)
        values[k] = calloc((size_t)rounds, sizeof(double));
    slice(w);
    for (int i = 0; i < rounds; i++) {
        double took[3];
        for (int turn = 0; turn < 3; turn++) {
            int k = (turn + i) % 3;
            if (k == 1)
                empty_attach(&empty);
            else if (k == 2)
                attach(loaded);
            reading(&way, w);
            took[k] = slice(w);
            if (k == 1)
                empty_detach(&empty);
            else if (k == 2)
                detach(loaded);
        }
        values[0][i] = took[0];
        values[1][i] = took[1] - took[0];
        values[2][i] = took[2] - took[0];
    }
    qsort(values[0], (size_t)rounds, sizeof(double), double_compare);
    told(what, unit, values[2], values[0][rounds / 2], rounds);
    told("  empty", unit, values[1], values[0][rounds / 2], rounds);
    shares_tell(loaded, w, slice);
    if (w->firsts && weir_platform_firsts_lost(w->firsts))
        printf("           %llu first packets found no room\n",
               (unsigned long long)weir_platform_firsts_lost(w->firsts));
    weir_platform_firsts_close(w->firsts);
    way.ops->close(way.context);
}

static void pair_of_sockets(work_t *w, int type)
{
    struct sockaddr_in to = address_b();
    int on = 1;
    w->send_fd = socket_in("weir-bench-a", type);
    int fd = socket_in("weir-bench-b", type);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (void *)&to, sizeof(to)) < 0)
        fail("bind");
    if (type == SOCK_STREAM && listen(fd, 4096) < 0)
        fail("listen");
    w->listen_fd = w->take_fd = fd;
}

static int measure(const char *what, int rounds)
{
    work_t w = {0};
    if (strcmp(what, "udp") == 0) {
        struct sockaddr_in to = address_b();
        pair_of_sockets(&w, SOCK_DGRAM);
        if (connect(w.send_fd, (void *)&to, sizeof(to)) < 0)
            fail("connect");
        rounds_run(what, "ns/packet", rounds, &w, udp_slice);
    } else if (strcmp(what, "connect") == 0) {
        pair_of_sockets(&w, SOCK_STREAM);
        rounds_run(what, "ns/connection", rounds, &w, connect_slice);
    } else if (strcmp(what, "names") == 0) {
        w.names = true;
        pair_of_sockets(&w, SOCK_STREAM);
        rounds_run(what, "ns/connection", rounds, &w, exchange_slice);
    } else {
        struct sockaddr_in to = address_b();
        pthread_t taker;
        pair_of_sockets(&w, SOCK_STREAM);
        if (connect(w.send_fd, (void *)&to, sizeof(to)) < 0)
            fail("connect");
        w.take_fd = accept(w.listen_fd, NULL, NULL);
        pthread_create(&taker, NULL, bulk_take, &w);
        rounds_run(what, "ns/MB", rounds, &w, bulk_slice);
    }
    return 0;
}

/* ---- Readings ------------------------------------------------------------------------------ */

#define PAIRS_EACH 9000 /* of one process, within its limit of descriptors */

/* Connections on the loopback, held by a child until this process ends. */
static void pairs_hold(int child, int pairs, int ready)
{
    struct rlimit limit;
    struct sockaddr_in to = {.sin_family = AF_INET};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    socklen_t n = sizeof(to);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    to.sin_addr.s_addr = htonl((127u << 24) + 1 + (unsigned)child);
    if (bind(listener, (void *)&to, sizeof(to)) < 0 || listen(listener, 4096) < 0)
        fail("listen");
    getsockname(listener, (void *)&to, &n);
    for (int i = 0; i < pairs; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0 || connect(fd, (void *)&to, sizeof(to)) < 0 ||
            accept(listener, NULL, NULL) < 0 || send(fd, "x", 1, 0) < 0)
            fail("connect");
    }
    write(ready, "", 1);
    pause();
}

static void sockets_make(int count)
{
    int ends[2];
    char byte;
    if (pipe(ends) < 0)
        fail("pipe");
    for (int child = 0; child * PAIRS_EACH * 2 < count; child++) {
        int pairs = count / 2 - child * PAIRS_EACH;
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            pairs_hold(child, pairs < PAIRS_EACH ? pairs : PAIRS_EACH, ends[1]);
        }
        if (read(ends[0], &byte, 1) != 1)
            fail("child");
    }
}

static int readings(int count)
{
    weir_socket_source_t source;
    weir_books_t books = {0};
    const weir_clock_t clock = weir_clock_system();
    if (weir_socket_source_open_kernel(&source) < 0)
        fail("source");
    const char *reason = NULL;
    source.ops->accuracy(source.context, &reason);
    sockets_make(count);
    for (int i = 0; i < 4; i++) {
        uint64_t begin = work_ns();
        if (weir_books_read(&books, &source, weir_clock_now(&clock), i ? 1 : 0, false) < 0)
            fail("read");
        printf("read       %9.1f ms of a processor, reading %d of %zu sockets with traffic%s%s%s\n",
               (double)(work_ns() - begin) / 1e6, i + 1, books.socket_count,
               i ? ", none changed" : ", all new", reason[0] ? "; " : "", reason);
    }
    return 0;
}

static int switching(void)
{
    weir_bpf_loaded_t *loaded = NULL;
    char reason[WEIR_BPF_REASON_SIZE];
    char line[16];
    if (weir_bpf_load(NULL, &loaded, reason) < 0)
        fail(reason);
    detach(loaded);
    while (fgets(line, sizeof(line), stdin)) {
        if (line[0] == 'a')
            attach(loaded);
        else
            detach(loaded);
        puts("done");
        (void)fflush(stdout);
    }
    weir_bpf_unload(loaded);
    return 0;
}

int main(int argc, char **argv)
{
    int count = argc == 3 ? (int)strtol(argv[2], NULL, 10) : 0;
    if (argc == 3 && strcmp(argv[1], "read") == 0)
        return readings(count);
    if (argc == 3)
        return measure(argv[1], count);
    return switching();
}
