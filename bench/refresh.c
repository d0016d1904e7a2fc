/*
 * CPU time of one refresh of the interface table, in the network namespace it is started in.
 *
 *     bench-refresh REFRESHES
 *
 * Prints one line of JSON: milliseconds of CPU (user and system) per refresh for a bare
 * RTM_GETSTATS dump whose answers are received and thrown away, for Weir's refresh up to the
 * finished snapshot, and for the same with all columns of all rows as JSON in memory. The three run
 * in turn, so that drift of the machine's speed meets all of them.
 */
#include "base/number.h"
#include "engine/producer.h"
#include "export/export.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define BUFFER_SIZE ((size_t)65536)

typedef struct bench {
    struct mnl_socket *socket;
    char *buffer;
    weir_producer_t live;
    weir_buf_t json;
    size_t rows;
} bench_t;

static double cpu_ms(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* cannot fail */
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int bare_dump(bench_t *bench)
{
    struct nlmsghdr *request = mnl_nlmsg_put_header(bench->buffer);
    request->nlmsg_type = RTM_GETSTATS;
    request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    struct if_stats_msg *stats = mnl_nlmsg_put_extra_header(request, sizeof(*stats));
    stats->filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
    if (mnl_socket_sendto(bench->socket, request, request->nlmsg_len) < 0)
        return -errno;
    for (;;) {
        ssize_t n = mnl_socket_recvfrom(bench->socket, bench->buffer, BUFFER_SIZE);
        if (n < 0)
            return -errno;
        if (((const struct nlmsghdr *)(void *)bench->buffer)->nlmsg_type == NLMSG_DONE)
            return 0;
        /* A dump's last datagram may carry its end behind other messages: look at the last one. */
        int left = (int)n;
        for (const struct nlmsghdr *m = (const void *)bench->buffer; mnl_nlmsg_ok(m, left);
             m = mnl_nlmsg_next(m, &left))
            if (m->nlmsg_type == NLMSG_DONE)
                return 0;
    }
}

static int snapshot_make(bench_t *bench, bool json)
{
    char error[WEIR_PRODUCER_ERROR_SIZE];
    WEIR_CLEANUP(weir_snapshot_unrefp) weir_snapshot_t *snapshot = NULL;
    int r = bench->live.ops->next(bench->live.context, &snapshot, error);
    if (r != 0)
        return r;
    bench->rows = snapshot->rows[WEIR_TABLE_INTERFACES].count;
    if (!json)
        return 0;
    weir_export_t export = {.table = WEIR_TABLE_INTERFACES, .units = WEIR_UNITS_DEFAULT};
    weir_export_default_columns(&export, WEIR_FORMAT_JSON);
    const weir_query_t query = {.table = WEIR_TABLE_INTERFACES, .sort = WEIR_SORT_NONE};
    weir_selection_t selection;
    r = weir_select(snapshot, &query, &selection);
    if (r < 0)
        return r;
    weir_buf_clear(&bench->json);
    weir_export_json(&bench->json, &export, snapshot, &selection);
    weir_selection_done(&selection);
    return weir_buf_error(&bench->json);
}

static int bench_open(bench_t *bench)
{
    weir_clock_t clock = weir_clock_system();
    weir_source_t source;
    bench->buffer = malloc(BUFFER_SIZE);
    bench->socket = mnl_socket_open(NETLINK_ROUTE);
    if (!bench->buffer || !bench->socket ||
        mnl_socket_bind(bench->socket, 0, MNL_SOCKET_AUTOPID) < 0)
        return -errno;
    weir_buf_init(&bench->json, (size_t)1 << 30);
    int r = weir_source_open_kernel(&source);
    return r < 0
               ? r
               : weir_live_open(source, &clock,
                                &(weir_live_options_t){.interval_ns = WEIR_NS_PER_S}, &bench->live);
}

static int bench_run(bench_t *bench, unsigned refreshes)
{
    double ms[3] = {0};
    for (unsigned i = 0; i < refreshes; i++) {
        double begin = cpu_ms();
        int r = bare_dump(bench);
        double bare = cpu_ms();
        r = r < 0 ? r : snapshot_make(bench, false);
        double refresh = cpu_ms();
        r = r < 0 ? r : snapshot_make(bench, true);
        double json = cpu_ms();
        if (r < 0)
            return r;
        if (i == 0)
            continue; /* the first reads names and addresses too */
        ms[0] += bare - begin;
        ms[1] += refresh - bare;
        ms[2] += json - refresh;
    }
    double n = refreshes > 1 ? refreshes - 1 : 1;
    (void)printf("{\"rows\":%zu,\"bare_ms\":%.4f,\"refresh_ms\":%.4f,\"json_ms\":%.4f}\n",
                 bench->rows, ms[0] / n, ms[1] / n, ms[2] / n);
    return 0;
}

int main(int argc, char **argv)
{
    bench_t bench = {0};
    uint64_t refreshes = 0;
    if (argc != 2 || weir_number_parse(argv[1], 1000000, &refreshes) < 0) {
        (void)fprintf(stderr, "usage: bench-refresh REFRESHES\n");
        return 2;
    }
    int r = bench_open(&bench);
    if (r >= 0 && bench.live.ops)
        r = bench_run(&bench, (unsigned)refreshes);
    if (r < 0)
        (void)fprintf(stderr, "bench-refresh: %s\n", strerror(-r));
    if (bench.live.ops)
        bench.live.ops->close(bench.live.context);
    if (bench.socket)
        (void)mnl_socket_close(bench.socket);
    weir_buf_done(&bench.json);
    free(bench.buffer);
    return r < 0;
}
