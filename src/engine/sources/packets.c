/*
 * One worker for each queue of the capture. It owns a window that holds what it saw since it was
 * last asked (engine/packet_window.h); at a tick the engine raises its flag, and the worker begins
 * a new one and hands the full one over (a semaphore tells that it is there). So nobody reads a
 * table that another thread writes, a window's bytes are exactly what the table holds, and memory
 * follows the traffic of one window. The engine waits for a busy worker only briefly: what comes
 * late is taken at the next tick.
 *
 * Of all interfaces only those count that the headline counts, so that no byte stands twice in the
 * table of flows; loopback is one of the others. With one interface named, all of it counts.
 */
#include "engine/sources/packets.h"

#include "engine/packet_books.h"
#include "packet/events.h"
#include "platform/capture.h"
#include "platform/platform.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TABLES                                                                                     \
    (UINT32_C(1) << WEIR_TABLE_HOSTS | UINT32_C(1) << WEIR_TABLE_FLOWS |                           \
     UINT32_C(1) << WEIR_TABLE_PROTOCOLS | UINT32_C(1) << WEIR_TABLE_FINDINGS)
#define BATCH 256
#define SNAPLEN UINT32_C(2048)           /* headers, and messages such as DNS whole */
#define QUEUE_BYTES ((uint32_t)16 << 20) /* over all queues */
#define INSPECTIONS_MOST ((size_t)4096)  /* of one worker */
#define EVENTS_MOST ((size_t)65536)      /* of one window, all workers */
#define HANDOVER_NS (UINT64_C(50) * WEIR_NS_PER_MS)
#define WORKERS_MOST 4u
#define IFACES_MOST ((size_t)4096)
#define DOWN_MS 100

typedef struct packets packets_t;

typedef struct worker {
    packets_t *part;
    unsigned queue;
    pthread_t thread;
    bool started;
    weir_packet_window_t *own;          /* the worker's alone */
    weir_packet_window_t *_Atomic full; /* handed over, until the engine takes it */
    weir_inspector_t *inspector;        /* the worker's alone; NULL: without ciphers, or memory */
    atomic_bool asked;                  /* the engine wants it */
    sem_t given;
    weir_fragments_t *fragments;
} worker_t;

struct packets {
    const char *iface;
    bool applications;                /* are to be recognised */
    weir_platform_capture_t *capture; /* NULL: not captured now */
    worker_t workers[WORKERS_MOST];
    unsigned count;
    atomic_bool stop;
    atomic_int trouble; /* 0, or why packets stopped coming */
    uint64_t seed;
    uint32_t wanted;
    bool tried;       /* since somebody wanted it */
    uint64_t last_ns; /* [ns] boot time of the last window's end */
    weir_capture_counts_t last_counts;
    weir_packet_books_t books;
    weir_events_t events; /* of the last window, all workers */
    char error[WEIR_CAPTURE_ERROR_SIZE];
    pthread_mutex_t mutex;        /* over what stands below */
    uint32_t ifaces[IFACES_MOST]; /* indices that count, ascending */
    size_t iface_count;
};

/* ---- Workers --------------------------------------------------------------------------------- */

/* A copy of the interfaces that count. */
typedef struct chosen {
    uint32_t ifaces[IFACES_MOST];
    size_t count;
} chosen_t;

static int index_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void chosen_renew(packets_t *part, chosen_t *chosen)
{
    (void)pthread_mutex_lock(&part->mutex);
    chosen->count = part->iface_count;
    memcpy(chosen->ifaces, part->ifaces, part->iface_count * sizeof(*chosen->ifaces));
    (void)pthread_mutex_unlock(&part->mutex);
}

static bool is_chosen(const packets_t *part, const chosen_t *chosen, uint32_t iface)
{
    return part->iface ||
           bsearch(&iface, chosen->ifaces, chosen->count, sizeof(iface), index_compare) != NULL;
}

/* A worker's place for one batch. */
typedef struct batch {
    weir_captured_t captured[BATCH];
    weir_frame_t frames[BATCH];
    weir_digest_t digests[BATCH];
    chosen_t chosen;
} batch_t;

static size_t frames_choose(const packets_t *part, batch_t *batch, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const weir_captured_t *packet = &batch->captured[i];
        if (!is_chosen(part, &batch->chosen, packet->iface))
            continue;
        batch->frames[count++] = (weir_frame_t){.data = packet->data,
                                                .time_ns = packet->time_ns,
                                                .caplen = packet->caplen,
                                                .wire_len = packet->wire_len,
                                                .link = packet->link,
                                                .direction = packet->direction};
    }
    return count;
}

static void batch_take(worker_t *worker, batch_t *batch, size_t n)
{
    weir_packet_window_t *window = worker->own;
    weir_decoder_t decoder = {
        .seed = worker->part->seed,
        .fragments = worker->fragments,
        .learnt = {.events = &window->events, .hostnames = window->hostnames}};
    size_t frames = frames_choose(worker->part, batch, n);
    if (frames)
        window->last_ns = batch->frames[frames - 1].time_ns;
    size_t digests = weir_decode(&decoder, batch->frames, frames, batch->digests);
    weir_decode_counts_add(&window->counts, &decoder.counts);
    if (digests)
        weir_flow_table_add(&window->table, batch->digests, digests);
}

/* Without memory for another window this one goes on. */
static void window_give(worker_t *worker, batch_t *batch)
{
    weir_packet_window_t *next = atomic_load(&worker->full) ? NULL : weir_packet_window_new();
    if (next) {
        weir_packet_window_pass(worker->own, next, worker->inspector);
        atomic_store(&worker->full, worker->own);
        worker->own = next;
    }
    atomic_store(&worker->asked, false);
    chosen_renew(worker->part, &batch->chosen);
    (void)sem_post(&worker->given);
}

static void trouble_note(worker_t *worker, int r)
{
    static const struct timespec pause = {.tv_nsec = DOWN_MS * 1000000L};
    atomic_store(&worker->part->trouble, r);
    (void)nanosleep(&pause, NULL); /* an interface that is down is asked again */
}

/* Packets are read without privilege, and no foreign dissector sees one with it. */
static void privilege_leave(worker_t *worker)
{
    packets_t *part = worker->part;
    bool renounced = weir_platform_thread_renounce() == 0;
    if (!renounced || !part->applications || !worker->inspector)
        return;
    (void)pthread_mutex_lock(&part->mutex);
    weir_inspector_load(worker->inspector);
    (void)pthread_mutex_unlock(&part->mutex);
}

static void worker_run(worker_t *worker, batch_t *batch)
{
    packets_t *part = worker->part;
    chosen_renew(part, &batch->chosen);
    while (!atomic_load(&part->stop)) {
        int n =
            weir_platform_capture_next(part->capture, worker->queue, -1, batch->captured, BATCH);
        if (n > 0)
            batch_take(worker, batch, (size_t)n);
        else if (n < 0)
            trouble_note(worker, n);
        if (n > 0 && atomic_load_explicit(&part->trouble, memory_order_relaxed))
            atomic_store(&part->trouble, 0);
        if (atomic_load(&worker->asked))
            window_give(worker, batch);
    }
}

static void *worker_main(void *context)
{
    worker_t *worker = context;
    privilege_leave(worker);
    batch_t *batch = calloc(1, sizeof(*batch));
    if (batch)
        worker_run(worker, batch);
    free(batch);
    return NULL;
}

static int worker_start(packets_t *part, unsigned queue)
{
    worker_t *worker = &part->workers[queue];
    *worker = (worker_t){.part = part, .queue = queue};
    worker->own = weir_packet_window_new();
    worker->fragments = weir_fragments_new();
    if (!worker->own || !worker->fragments || sem_init(&worker->given, 0, 0) < 0)
        return -ENOMEM;
    const weir_inspector_options_t options = {.live = true, .most = INSPECTIONS_MOST};
    if (weir_inspector_new(&options, &worker->inspector) < 0)
        worker->inspector = NULL; /* without ciphers, or memory, nothing is inspected */
    weir_packet_window_open(worker->own, worker->inspector);
    sigset_t all, before;
    (void)sigfillset(&all); /* signals are for the main thread */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = pthread_create(&worker->thread, NULL, worker_main, worker);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    worker->started = r == 0;
    return -r;
}

static void capture_stop(packets_t *part)
{
    atomic_store(&part->stop, true);
    for (unsigned i = 0; i < part->count; i++) {
        worker_t *worker = &part->workers[i];
        if (worker->started) {
            weir_platform_capture_wake(part->capture, i);
            (void)pthread_join(worker->thread, NULL);
            (void)sem_destroy(&worker->given);
        }
        weir_inspector_free(worker->inspector);
        weir_packet_window_free(worker->own);
        weir_packet_window_free(atomic_load(&worker->full));
        weir_fragments_free(worker->fragments);
    }
    part->count = 0;
    weir_platform_capture_close(part->capture);
    part->capture = NULL;
}

/* ---- The part -------------------------------------------------------------------------------- */

static void ifaces_choose(packets_t *part, const weir_snapshot_t *snapshot)
{
    (void)pthread_mutex_lock(&part->mutex);
    part->iface_count = 0;
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        const weir_iface_t *iface = weir_snapshot_iface(snapshot, i);
        if (iface->counted && part->iface_count < IFACES_MOST)
            part->ifaces[part->iface_count++] = iface->index;
    }
    qsort(part->ifaces, part->iface_count, sizeof(*part->ifaces), index_compare);
    (void)pthread_mutex_unlock(&part->mutex);
}

static unsigned queues_choose(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > (long)WORKERS_MOST ? WORKERS_MOST : (unsigned)cores;
}

/* Stays untried until somebody wants it anew, so that a refusal costs once. */
static void capture_start(packets_t *part)
{
    unsigned queues = queues_choose();
    weir_capture_request_t request = {.iface = part->iface,
                                      .snaplen = SNAPLEN,
                                      .queue_bytes = QUEUE_BYTES / queues,
                                      .queues = queues};
    part->tried = true;
    atomic_store(&part->stop, false);
    atomic_store(&part->trouble, 0);
    part->error[0] = '\0';
    part->last_ns = 0;
    part->last_counts = (weir_capture_counts_t){0};
    int r = weir_platform_capture_open(&request, &part->capture, part->error);
    if (r < 0)
        return;
    unsigned count = weir_platform_capture_queues(part->capture);
    for (unsigned i = 0; r == 0 && i < count && i < WORKERS_MOST; i++) {
        part->count++;
        r = worker_start(part, i);
    }
    if (r < 0) {
        (void)snprintf(part->error, sizeof(part->error), "cannot capture packets: %s",
                       strerror(-r));
        capture_stop(part);
    }
}

/* Raise every flag, then wait for each, all together for HANDOVER_NS. */
static void windows_ask(packets_t *part)
{
    for (unsigned i = 0; i < part->count; i++) {
        while (sem_trywait(&part->workers[i].given) == 0)
            ; /* an answer to the tick before, which came late */
        atomic_store(&part->workers[i].asked, true);
        weir_platform_capture_wake(part->capture, i);
    }
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until); /* sem_timedwait's clock; a step only delays */
    until.tv_nsec += (long)HANDOVER_NS;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    for (unsigned i = 0; i < part->count; i++)
        (void)TEMP_FAILURE_RETRY(sem_timedwait(&part->workers[i].given, &until)); /* or later */
}

static void windows_take(packets_t *part, weir_snapshot_t *snapshot)
{
    weir_capture_counts_t counts = weir_platform_capture_counts(part->capture);
    uint64_t lost = counts.dropped - part->last_counts.dropped;
    uint64_t now_ns = snapshot->time.boot_ns;
    part->last_counts = counts;
    snapshot->lost += lost;
    weir_events_done(&part->events);
    weir_events_init(&part->events, EVENTS_MOST);
    weir_packet_books_begin(&part->books, now_ns, part->last_ns ? now_ns - part->last_ns : 0,
                            lost > 0);
    part->last_ns = now_ns;
    for (unsigned i = 0; i < part->count; i++) {
        weir_packet_window_t *window = atomic_exchange(&part->workers[i].full, NULL);
        if (!window)
            continue;
        if (part->books.hostnames)
            weir_hostnames_merge(part->books.hostnames, window->hostnames);
        weir_packet_books_add(&part->books, window);
        weir_events_append(&part->events, &window->events);
        weir_packet_window_free(window);
    }
    weir_event_batch_t events = {.events = part->events.events, .count = part->events.count};
    weir_neighbours_learn(&part->books.neighbours, &events);
    weir_packet_books_end(&part->books);
}

static const char *note_make(const packets_t *part, char *text, size_t size, uint64_t lost)
{
    int trouble = atomic_load(&part->trouble);
    if (trouble == -ENETDOWN)
        (void)snprintf(text, size, "%s is down: no packets", part->iface);
    else if (trouble < 0)
        (void)snprintf(text, size, "%s has gone: no more packets",
                       part->iface ? part->iface : "an interface");
    else if (lost)
        (void)snprintf(text, size,
                       "%llu packets were lost for want of room: rates are lower bounds",
                       (unsigned long long)lost);
    else if (!part->iface)
        (void)snprintf(text, size,
                       "packets of the interfaces in the headline; of another one: -i NAME");
    else
        return NULL;
    return text;
}

static void note_put(const packets_t *part, weir_snapshot_t *snapshot, const char *note)
{
    if (!note)
        return;
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(4096);
    const char *text = pool ? weir_pool_text(pool, note) : NULL;
    if (!text)
        return;
    weir_snapshot_hold(snapshot, pool);
    static const weir_table_id_t tables[] = {WEIR_TABLE_HOSTS, WEIR_TABLE_FLOWS,
                                             WEIR_TABLE_PROTOCOLS, WEIR_TABLE_FINDINGS};
    for (size_t i = 0; i < WEIR_COUNT(tables); i++)
        if (part->capture || tables[i] >= WEIR_TABLE_PROTOCOLS)
            snapshot->rows[tables[i]].note = text;
}

static void denied_note(const packets_t *part, weir_snapshot_t *snapshot)
{
    char text[WEIR_CAPTURE_ERROR_SIZE + 64];
    (void)snprintf(text, sizeof(text), "%s; run: sudo weir", part->error);
    note_put(part, snapshot, text);
}

static void part_fill(void *context, weir_snapshot_t *snapshot)
{
    packets_t *part = context;
    if (!(part->wanted & TABLES))
        return;
    ifaces_choose(part, snapshot);
    if (!part->capture && !part->tried)
        capture_start(part);
    if (!part->capture) {
        denied_note(part, snapshot);
        return;
    }
    uint64_t before = part->last_counts.dropped;
    windows_ask(part);
    windows_take(part, snapshot);
    if (weir_packet_books_fill(&part->books, part->wanted, snapshot) < 0)
        return; /* without memory a table is missing from this snapshot */
    weir_events_give(&part->events, snapshot);
    char note[160];
    note_put(part, snapshot,
             note_make(part, note, sizeof(note), part->last_counts.dropped - before));
}

static void part_want(void *context, uint32_t tables)
{
    packets_t *part = context;
    part->wanted = tables;
    if (tables & TABLES)
        return;
    if (part->capture)
        capture_stop(part);
    part->tried = false;
}

static void part_close(void *context)
{
    packets_t *part = context;
    if (part->capture)
        capture_stop(part);
    weir_packet_books_done(&part->books);
    weir_events_done(&part->events);
    (void)pthread_mutex_destroy(&part->mutex);
    free(part);
}

int weir_packets_part(const char *iface, bool applications, weir_part_t *ret_part)
{
    static const weir_part_ops_t ops = {.fill = part_fill, .want = part_want, .close = part_close};
    packets_t *part = calloc(1, sizeof(*part));
    if (!part)
        return -ENOMEM;
    part->iface = iface;
    part->applications = applications;
    part->seed = UINT64_C(0x9e3779b97f4a7c15);
    (void)getentropy(&part->seed, sizeof(part->seed)); /* without it keys are foreseeable */
    if (pthread_mutex_init(&part->mutex, NULL) != 0) {
        free(part);
        return -ENOMEM;
    }
    weir_packet_books_init(&part->books, part->seed);
    weir_events_init(&part->events, EVENTS_MOST);
    *ret_part = (weir_part_t){.ops = &ops, .context = part};
    return 0;
}
