/*
 * Times what findings add to the reading of a capture:
 *
 *     detect_bench FILE [THREADS [REPEATS]]
 *
 * One line for each repeat: microseconds of processor time until flows, names and summary are there
 * (what `weir read --no-apps` does without findings), those of the detectors after that, and how
 * many flows and findings there are.
 */
#include "detect/detect.h"
#include "packet/capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* The processor's time of all threads, which other programs disturb least. */
static uint64_t now_us(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* the clock is always there */
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static ptrdiff_t file_read(void *context, void *buffer, size_t n)
{
    return read(*(const int *)context, buffer, n);
}

static void briefs_fetch(const weir_snapshot_t *snapshot, size_t from, size_t count,
                         weir_flow_brief_t *ret_briefs)
{
    weir_capture_briefs(snapshot->owner, from, count, ret_briefs);
}

static void owner_keep(void *owner)
{
    (void)owner; /* it is freed by its maker */
}

static int findings_make(weir_capture_t *capture, weir_pool_t *pool, size_t *ret_count)
{
    weir_detect_t *detect = NULL;
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_FILE, pool);
    int r = snapshot ? weir_detect_new(NULL, 1, &detect) : -1;
    if (r == 0) {
        snapshot->owner = capture;
        snapshot->owner_free = owner_keep;
        snapshot->time.wall_ns = weir_capture_totals(capture).last_ns;
        snapshot->rows[WEIR_TABLE_FLOWS] = (weir_rows_t){
            .brief = briefs_fetch, .count = weir_capture_flow_count(capture), .measured = true};
        snapshot->events = weir_capture_events(capture);
        r = weir_detect_snapshot(detect, snapshot);
        *ret_count = snapshot->rows[WEIR_TABLE_FINDINGS].count;
    }
    weir_detect_free(detect);
    weir_snapshot_unref(snapshot);
    return r;
}

static int bench_run(int fd, unsigned workers)
{
    static const char *const names[] = {"capture"};
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(1 << 20);
    uint64_t begin_us = now_us();
    if (!pool || lseek(fd, 0, SEEK_SET) < 0)
        return -1;
    weir_input_t input = {.name = "capture", .read = file_read, .context = &fd};
    weir_capture_options_t options = {.threads = workers, .inspect = true, .traffic = true};
    WEIR_CLEANUP(weir_capture_freep) weir_capture_t *capture = NULL;
    weir_report_t report;
    int r = weir_capture_run(&input, 1, &options, &capture);
    r = r == 0 ? weir_capture_report(capture, pool, names, 10, &report) : r;
    uint64_t read_us = now_us();
    size_t findings = 0;
    r = r == 0 ? findings_make(capture, pool, &findings) : r;
    if (r == 0)
        (void)printf("%llu %llu %zu %zu\n", (unsigned long long)(read_us - begin_us),
                     (unsigned long long)(now_us() - read_us), weir_capture_flow_count(capture),
                     findings);
    return r;
}

int main(int argc, char **argv)
{
    WEIR_CLEANUP(weir_closep) int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    unsigned workers = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
    unsigned repeats = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 1;
    int r = fd < 0 ? -1 : 0;
    for (unsigned i = 0; r == 0 && i < repeats; i++)
        r = bench_run(fd, workers);
    if (r < 0)
        (void)fputs("usage: detect_bench FILE [THREADS [REPEATS]]\n", stderr);
    return r < 0;
}
