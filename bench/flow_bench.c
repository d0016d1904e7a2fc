/*
 * Times the flow table on a capture, in the page cache or not as it is, or with "report" all that
 * the summary of ten hosts and conversations needs; with "names" packets are inspected, too,
 * with "apps" applications are recognised:
 *
 *     flow_bench FILE [THREADS [REPEATS [names|apps|report]]]
 *
 * Prints one line for each repeat: packets/s, seconds, packets, flows, bytes of table for each
 * flow. The time runs from the file's first byte to the finished table.
 */
#include "base/clock.h"
#include "packet/capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
    weir_clock_t clock = weir_clock_system();
    return weir_clock_now(&clock).boot_ns;
}

static void result_print(const weir_run_t *run, uint64_t elapsed_ns)
{
    uint64_t flows = 0;
    size_t memory = 0;
    for (unsigned i = 0; i < run->workers; i++) {
        flows += run->tables[i].flows;
        memory += weir_flow_table_memory(&run->tables[i]);
    }
    uint64_t rate = run->total.packets * 100000 / (elapsed_ns / 10000 + 1);
    (void)printf("%llu.%02llu Mpps  %llu us  %llu packets  %llu flows  %llu byte/flow  %s\n",
                 (unsigned long long)(rate / 1000000), (unsigned long long)(rate % 1000000 / 10000),
                 (unsigned long long)(elapsed_ns / 1000), (unsigned long long)run->total.packets,
                 (unsigned long long)flows, (unsigned long long)(flows ? memory / flows : 0),
                 weir_feed_source(run->feed, 0).text);
}

static ptrdiff_t file_read(void *context, void *buffer, size_t n)
{
    return read(*(const int *)context, buffer, n);
}

static int table_run(int fd, unsigned workers, const char *mode)
{
    uint64_t begin_ns = now_ns();
    if (lseek(fd, 0, SEEK_SET) < 0)
        return -1;
    weir_input_t input = {.name = "capture", .read = file_read, .context = &fd};
    weir_run_options_t options = {.workers = workers,
                                  .inspect = *mode,
                                  .applications = strcmp(mode, "apps") == 0,
                                  .seed = UINT64_C(0x5eed)};
    weir_run_t run;
    int r = weir_run(&input, 1, &options, &run);
    if (r == 0) {
        result_print(&run, now_ns() - begin_ns);
        weir_run_done(&run);
    }
    return r;
}

static int report_run(int fd, unsigned workers)
{
    static const char *const names[] = {"capture"};
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(1 << 20);
    uint64_t begin_ns = now_ns();
    if (!pool || lseek(fd, 0, SEEK_SET) < 0)
        return -1;
    weir_input_t input = {.name = "capture", .read = file_read, .context = &fd};
    weir_capture_options_t options = {.threads = workers};
    WEIR_CLEANUP(weir_capture_freep) weir_capture_t *capture = NULL;
    weir_report_t report;
    int r = weir_capture_run(&input, 1, &options, &capture);
    r = r == 0 ? weir_capture_report(capture, pool, names, 10, &report) : r;
    if (r == 0)
        (void)printf("%llu us\n", (unsigned long long)((now_ns() - begin_ns) / 1000));
    return r;
}

int main(int argc, char **argv)
{
    WEIR_CLEANUP(weir_closep) int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) {
        (void)fprintf(stderr, "usage: flow_bench FILE [THREADS [REPEATS [names|apps|report]]]\n");
        return 2;
    }
    unsigned workers = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
    unsigned repeats = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 1;
    workers = workers < 1 ? 1 : workers > WEIR_WORKERS_MOST ? WEIR_WORKERS_MOST : workers;
    const char *mode = argc > 4 ? argv[4] : "";
    int r = 0;
    for (unsigned i = 0; r == 0 && i < repeats; i++)
        r = strcmp(mode, "report") == 0 ? report_run(fd, workers) : table_run(fd, workers, mode);
    return r == 0 ? 0 : 1;
}
