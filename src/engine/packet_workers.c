#include "engine/packet_workers.h"

#include "base/clock.h"
#include "platform/platform.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>

#define BATCH 256
#define INSPECTIONS_MOST ((size_t)4096) /* of one worker */
#define HANDOVER_NS (UINT64_C(50) * WEIR_NS_PER_MS)
#define DOWN_MS 100

/* A worker's place for one batch. */
typedef struct batch {
    weir_captured_t captured[BATCH];
    weir_frame_t frames[BATCH];
    weir_digest_t digests[BATCH];
} batch_t;

typedef struct worker {
    weir_packet_workers_t *all;
    unsigned queue;
    pthread_t thread;
    bool started;
    struct worker *_Atomic target; /* into whose window its packets go */
    pthread_mutex_t mutex;         /* over the next three */
    weir_packet_window_t *own;
    weir_inspector_t *inspector; /* NULL: without ciphers, or memory */
    weir_fragments_t *fragments;
    weir_packet_window_t *_Atomic full; /* handed over, until the engine takes it */
    atomic_bool asked;                  /* the engine wants it */
    sem_t given;
    batch_t *batch; /* owned */
} worker_t;

struct weir_packet_workers {
    weir_packet_workers_options_t options;
    atomic_bool stop;
    atomic_int trouble; /* 0, or why packets stopped coming */
    sem_t ready;        /* the first worker has its library, or will have none */
    pthread_t parter;
    bool parting; /* `parter` was started */
    unsigned count;
    worker_t workers[WEIR_CAPTURE_QUEUES_MOST];
};

static void batch_take(worker_t *target, batch_t *batch, size_t n)
{
    weir_packet_window_t *window = target->own;
    weir_decoder_t decoder = {
        .seed = target->all->options.seed,
        .fragments = target->fragments,
        .learnt = {.events = &window->events, .hostnames = window->hostnames}};
    for (size_t i = 0; i < n; i++) {
        const weir_captured_t *packet = &batch->captured[i];
        batch->frames[i] = (weir_frame_t){.data = packet->data,
                                          .time_ns = packet->time_ns,
                                          .caplen = packet->caplen,
                                          .wire_len = packet->wire_len,
                                          .link = packet->link,
                                          .direction = packet->direction};
    }
    if (window->last_ns < batch->frames[n - 1].time_ns) /* of several queues */
        window->last_ns = batch->frames[n - 1].time_ns;
    window->frames += n;
    size_t digests = weir_decode(&decoder, batch->frames, n, batch->digests);
    weir_decode_counts_add(&window->counts, &decoder.counts);
    if (digests)
        weir_flow_table_add(&window->table, batch->digests, digests);
}

/* Without memory for another window this one goes on. */
static void window_give(worker_t *worker)
{
    (void)pthread_mutex_lock(&worker->mutex);
    weir_packet_window_t *next = atomic_load(&worker->full) ? NULL : weir_packet_window_new();
    if (next) {
        weir_packet_window_pass(worker->own, next, worker->inspector);
        atomic_store(&worker->full, worker->own);
        worker->own = next;
    }
    (void)pthread_mutex_unlock(&worker->mutex);
    atomic_store(&worker->asked, false);
    (void)sem_post(&worker->given);
}

static void trouble_note(worker_t *worker, int r)
{
    static const struct timespec pause = {.tv_nsec = DOWN_MS * 1000000L};
    atomic_store(&worker->all->trouble, r);
    (void)nanosleep(&pause, NULL); /* an interface that is down is asked again */
}

/* No foreign dissector sees a packet with privilege: the calling thread has none. */
static void library_load(worker_t *worker)
{
    if (worker->all->options.applications && worker->inspector)
        weir_inspector_load(worker->inspector);
}

/* Packets are read without privilege. Whoever keeps one has a window of its own, and no library. */
static void privilege_leave(worker_t *worker)
{
    weir_packet_workers_t *all = worker->all;
    bool renounced = weir_platform_thread_renounce() == 0;
    if (!renounced)
        atomic_store(&worker->target, worker);
    else if (worker->queue == 0)
        library_load(worker);
    if (worker->queue > 0)
        (void)TEMP_FAILURE_RETRY(sem_wait(&all->ready));
    (void)sem_post(&all->ready);
}

static void *part_main(void *context)
{
    weir_packet_workers_t *all = context;
    if (weir_platform_thread_renounce() < 0)
        return NULL;
    for (unsigned i = 1; i < all->count && !atomic_load(&all->stop); i++) {
        worker_t *worker = &all->workers[i];
        if (atomic_load(&worker->target) == worker)
            continue;
        library_load(worker);
        atomic_store(&worker->target, worker);
    }
    return NULL;
}

static void packets_put(worker_t *worker, size_t n)
{
    worker_t *target = atomic_load(&worker->target);
    (void)pthread_mutex_lock(&target->mutex);
    batch_take(target, worker->batch, n);
    (void)pthread_mutex_unlock(&target->mutex);
}

static void *worker_main(void *context)
{
    worker_t *worker = context;
    weir_packet_workers_t *all = worker->all;
    const weir_packet_supply_t *supply = &all->options.supply;
    privilege_leave(worker);
    while (!atomic_load(&all->stop)) {
        int n = supply->ops->next(supply->context, worker->queue, worker->batch->captured, BATCH);
        if (n > 0)
            packets_put(worker, (size_t)n);
        else if (n < 0)
            trouble_note(worker, n);
        if (n > 0 && atomic_load_explicit(&all->trouble, memory_order_relaxed))
            atomic_store(&all->trouble, 0);
        if (atomic_load(&worker->asked))
            window_give(worker);
    }
    return NULL;
}

/* Signals are for the main thread. */
static int thread_start(pthread_t *thread, void *(*main)(void *), void *context)
{
    sigset_t every, before;
    (void)sigfillset(&every);
    (void)pthread_sigmask(SIG_SETMASK, &every, &before);
    int r = pthread_create(thread, NULL, main, context);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -r;
}

static int worker_start(weir_packet_workers_t *all, unsigned queue)
{
    worker_t *worker = &all->workers[queue];
    *worker = (worker_t){.all = all, .queue = queue, .target = &all->workers[0]};
    worker->own = weir_packet_window_new();
    worker->fragments = weir_fragments_new();
    worker->batch = calloc(1, sizeof(*worker->batch));
    if (!worker->own || !worker->fragments || !worker->batch)
        return -ENOMEM;
    const weir_inspector_options_t options = {.live = true, .most = INSPECTIONS_MOST};
    if (weir_inspector_new(&options, &worker->inspector) < 0)
        worker->inspector = NULL; /* without ciphers, or memory, nothing is inspected */
    weir_packet_window_open(worker->own, worker->inspector);
    int r = -pthread_mutex_init(&worker->mutex, NULL);
    if (r == 0)
        r = sem_init(&worker->given, 0, 0) < 0 ? -errno : 0;
    if (r == 0)
        r = thread_start(&worker->thread, worker_main, worker);
    worker->started = r == 0;
    return r;
}

int weir_packet_workers_start(const weir_packet_workers_options_t *options,
                              weir_packet_workers_t **ret_workers)
{
    weir_packet_workers_t *all = calloc(1, sizeof(*all));
    int r = !all ? -ENOMEM : sem_init(&all->ready, 0, 0) < 0 ? -errno : 0;
    if (r < 0) {
        options->supply.ops->close(options->supply.context);
        free(all);
        return r;
    }
    all->options = *options;
    for (unsigned i = 0; r == 0 && i < options->queues && i < WEIR_CAPTURE_QUEUES_MOST; i++) {
        all->count++;
        r = worker_start(all, i);
    }
    if (r < 0) {
        weir_packet_workers_stop(all);
        return r;
    }
    *ret_workers = all;
    return 0;
}

void weir_packet_workers_stop(weir_packet_workers_t *workers)
{
    if (!workers)
        return;
    const weir_packet_supply_t *supply = &workers->options.supply;
    atomic_store(&workers->stop, true);
    if (workers->parting)
        (void)pthread_join(workers->parter, NULL);
    for (unsigned i = 0; i < workers->count; i++) {
        worker_t *worker = &workers->workers[i];
        if (worker->started) {
            supply->ops->wake(supply->context, i);
            (void)pthread_join(worker->thread, NULL);
        }
    }
    for (unsigned i = 0; i < workers->count; i++) {
        worker_t *worker = &workers->workers[i];
        if (worker->started) {
            (void)sem_destroy(&worker->given);
            (void)pthread_mutex_destroy(&worker->mutex);
        }
        weir_inspector_free(worker->inspector);
        weir_packet_window_free(worker->own);
        weir_packet_window_free(atomic_load(&worker->full));
        weir_fragments_free(worker->fragments);
        free(worker->batch);
    }
    supply->ops->close(supply->context);
    (void)sem_destroy(&workers->ready);
    free(workers);
}

void weir_packet_workers_part(weir_packet_workers_t *workers)
{
    if (!workers->parting && workers->count > 1)
        workers->parting = thread_start(&workers->parter, part_main, workers) == 0;
}

/* All together for HANDOVER_NS. */
void weir_packet_workers_ask(weir_packet_workers_t *workers)
{
    const weir_packet_supply_t *supply = &workers->options.supply;
    bool asked[WEIR_CAPTURE_QUEUES_MOST] = {false};
    for (unsigned i = 0; i < workers->count; i++) {
        worker_t *worker = &workers->workers[i];
        asked[i] = i == 0 || atomic_load(&worker->target) == worker;
        if (!asked[i])
            continue; /* nothing goes into its window */
        while (sem_trywait(&worker->given) == 0)
            ; /* an answer to the tick before, which came late */
        atomic_store(&worker->asked, true);
        supply->ops->wake(supply->context, i);
    }
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until); /* sem_timedwait's clock; a step only delays */
    until.tv_nsec += (long)HANDOVER_NS;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    for (unsigned i = 0; i < workers->count; i++)
        if (asked[i]) /* or it comes later */
            (void)TEMP_FAILURE_RETRY(sem_timedwait(&workers->workers[i].given, &until));
}

weir_packet_window_t *weir_packet_workers_take(weir_packet_workers_t *workers, unsigned queue)
{
    return queue < workers->count ? atomic_exchange(&workers->workers[queue].full, NULL) : NULL;
}

uint64_t weir_packet_workers_lost(weir_packet_workers_t *workers)
{
    return workers->options.supply.ops->lost(workers->options.supply.context);
}

int weir_packet_workers_trouble(const weir_packet_workers_t *workers)
{
    return atomic_load(&workers->trouble);
}
