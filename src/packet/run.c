#include "packet/run.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#define CHUNK 512u /* frames */
#define PROGRESS_CHUNKS UINT64_C(256)
#define LANES_EACH 4u /* for each worker */

/** A chunk on its way from decoding to the tables. */
typedef struct lane {
    weir_digest_t *digests[WEIR_WORKERS_MOST]; /* for each owner; owned */
    size_t counts[WEIR_WORKERS_MOST];
    atomic_uint_fast64_t decoded; /* number of the chunk + 1, once its digests are there */
    atomic_uint consumed;         /* owners that are done with it */
} lane_t;

typedef struct pipeline {
    const weir_run_options_t *options;
    weir_feed_t *feed;
    weir_fragments_t *fragments;
    unsigned workers;
    size_t lane_count;
    lane_t *lanes;
    pthread_mutex_t lock;        /* guards feed and taken */
    uint64_t taken;              /* chunks */
    uint64_t packets;            /* guarded by lock; for progress */
    atomic_uint_fast64_t chunks; /* in all, once `ended` */
    atomic_bool ended;
    atomic_int error;
} pipeline_t;

/** One worker; nothing of it is shared but through the lanes. */
typedef struct worker {
    pipeline_t *pipeline;
    pthread_t thread;
    unsigned number;
    uint64_t decoding; /* the chunk in hand */
    uint64_t next;     /* the chunk whose digests it adds next */
    weir_flow_table_t *table;
    weir_decoder_t decoder;
    weir_bins_t bins;
    weir_traffic_sums_t traffic;
    weir_events_t events;
    weir_hostnames_t *hostnames; /* owned; NULL unless names are wanted */
    weir_tally_t total;
    int64_t first_ns, last_ns;
    uint64_t timeless;
    bool cancelled;
    weir_frame_t frames[CHUNK];
    weir_digest_t *digests; /* CHUNK of them, or more with inner; owned */
} worker_t;

static size_t chunk_digests(const weir_run_options_t *options)
{
    return (size_t)CHUNK * (options->inner ? WEIR_DEPTH_MOST : 1);
}

static bool run_cancelled(const pipeline_t *pipeline)
{
    const atomic_bool *cancel = pipeline->options->cancel;
    return cancel && atomic_load_explicit(cancel, memory_order_relaxed);
}

static void frames_total(worker_t *worker, size_t count)
{
    worker->total.packets += count;
    for (size_t i = 0; i < count; i++) {
        const weir_frame_t *frame = &worker->frames[i];
        worker->total.bytes += frame->wire_len;
        if (frame->timeless) {
            worker->timeless++;
            continue;
        }
        worker->first_ns = frame->time_ns < worker->first_ns ? frame->time_ns : worker->first_ns;
        worker->last_ns = frame->time_ns > worker->last_ns ? frame->time_ns : worker->last_ns;
        weir_bins_add(&worker->bins, frame->time_ns, frame->wire_len);
    }
}

/* Decode frames, which become `*digests`; returns how many. */
static size_t frames_decode(worker_t *worker, const weir_frame_t *frames, size_t count,
                            weir_digest_t *digests)
{
    size_t n = weir_decode(&worker->decoder, frames, count, digests);
    if (worker->pipeline->options->traffic)
        weir_traffic_add(&worker->traffic, frames, count, digests, n);
    return n;
}

static void progress_tell(const pipeline_t *pipeline, uint64_t packets)
{
    weir_run_progress_t progress = {.packets = packets};
    for (size_t i = 0; i < weir_feed_sources(pipeline->feed); i++) {
        weir_feed_source_t source = weir_feed_source(pipeline->feed, i);
        progress.position += source.position;
        progress.size += source.size;
    }
    pipeline->options->progress(pipeline->options->progress_context, &progress);
}

/* A batch of frames through decoding into the table; the table holds the digests until the next
 * one. */
static void batch_run(worker_t *worker, size_t count, weir_digest_t *digests)
{
    frames_total(worker, count);
    size_t n = frames_decode(worker, worker->frames, count, digests);
    size_t at = 0;
    for (; n - at > WEIR_FLOW_BATCH; at += WEIR_FLOW_BATCH) /* only with inner flows */
        weir_flow_table_push(worker->table, digests + at, WEIR_FLOW_BATCH);
    if (n > at)
        weir_flow_table_push(worker->table, digests + at, n - at);
    else
        weir_flow_table_flush(
            worker->table); /* the batch before last must not be held: its room comes next */
}

/* Alone, there is nobody to share with: frames go through in small batches that stay in the cache.
 */
static int run_alone(worker_t *worker)
{
    pipeline_t *pipeline = worker->pipeline;
    size_t half = chunk_digests(pipeline->options) / 2;
    for (uint64_t i = 1;; i++) {
        int n = weir_feed_next(pipeline->feed, worker->frames, WEIR_FLOW_BATCH);
        if (n > 0)
            batch_run(worker, (size_t)n, worker->digests + (i & 1 ? half : 0));
        bool pause = i % (PROGRESS_CHUNKS * 8) == 0;
        if (n > 0 && pause && pipeline->options->progress)
            progress_tell(pipeline, worker->total.packets);
        worker->cancelled = n > 0 && pause && run_cancelled(pipeline);
        if (n > 0 && !worker->cancelled)
            continue;
        weir_flow_table_flush(worker->table);
        return n < 0 ? n : 0;
    }
}

static void chunk_ended(pipeline_t *pipeline, int error)
{
    if (error < 0)
        atomic_store(&pipeline->error, error);
    atomic_store(&pipeline->chunks, pipeline->taken);
    atomic_store(&pipeline->ended, true);
}

/* The next chunk: its frames' number; 0 when its lane is still in use or nothing is left. */
static size_t chunk_take(worker_t *worker)
{
    pipeline_t *pipeline = worker->pipeline;
    if (pthread_mutex_trylock(&pipeline->lock) != 0)
        return 0; /* somebody reads: to sleep until then would take longer than to look again */
    size_t count = 0;
    lane_t *lane = &pipeline->lanes[pipeline->taken % pipeline->lane_count];
    bool ended = atomic_load_explicit(&pipeline->ended, memory_order_relaxed);
    if (!ended &&
        atomic_load_explicit(&lane->consumed, memory_order_acquire) == pipeline->workers) {
        int n = run_cancelled(pipeline) ? 0 : weir_feed_next(pipeline->feed, worker->frames, CHUNK);
        if (n <= 0) {
            chunk_ended(pipeline, n);
        } else {
            count = (size_t)n;
            worker->decoding = pipeline->taken++;
            pipeline->packets += count;
            atomic_store_explicit(&lane->consumed, 0, memory_order_relaxed);
        }
    }
    if (worker->number == 0 && pipeline->options->progress && count &&
        pipeline->taken % PROGRESS_CHUNKS < pipeline->workers)
        progress_tell(pipeline, pipeline->packets);
    (void)pthread_mutex_unlock(&pipeline->lock);
    return count;
}

/* Fragments are looked up in the order of the capture: wait until all chunks before are decoded.
 * Those more than lane_count back are, or their lane would not have been free for this one. */
static void turn_wait(void *context)
{
    const worker_t *worker = context;
    pipeline_t *pipeline = worker->pipeline;
    for (uint64_t back = 1; back < pipeline->lane_count && back <= worker->decoding; back++) {
        uint64_t chunk = worker->decoding - back;
        lane_t *lane = &pipeline->lanes[chunk % pipeline->lane_count];
        while (atomic_load_explicit(&lane->decoded, memory_order_acquire) < chunk + 1)
            (void)sched_yield();
    }
}

static inline unsigned digest_owner(const weir_digest_t *digest, unsigned workers)
{
    return (unsigned)(((digest->hash >> 32) * workers) >> 32); /* the low half chooses the slot */
}

static void chunk_decode(worker_t *worker, size_t count)
{
    pipeline_t *pipeline = worker->pipeline;
    lane_t *lane = &pipeline->lanes[worker->decoding % pipeline->lane_count];
    memset(lane->counts, 0, sizeof(lane->counts));
    for (size_t at = 0; at < count; at += 32) {
        size_t batch = count - at < 32 ? count - at : 32;
        size_t n = frames_decode(worker, worker->frames + at, batch, worker->digests);
        for (size_t i = 0; i < n; i++) {
            unsigned owner = digest_owner(&worker->digests[i], pipeline->workers);
            lane->digests[owner][lane->counts[owner]++] = worker->digests[i];
        }
    }
    atomic_store_explicit(&lane->decoded, worker->decoding + 1, memory_order_release);
    frames_total(worker, count);
}

/* Add the next chunk's digests that are this worker's own, if they are there. */
static bool chunk_consume(worker_t *worker)
{
    lane_t *lane = &worker->pipeline->lanes[worker->next % worker->pipeline->lane_count];
    if (atomic_load_explicit(&lane->decoded, memory_order_acquire) != worker->next + 1)
        return false;
    weir_flow_table_add(worker->table, lane->digests[worker->number], lane->counts[worker->number]);
    worker->next++;
    atomic_fetch_add_explicit(&lane->consumed, 1, memory_order_release);
    return true;
}

static bool worker_done(const worker_t *worker)
{
    return atomic_load(&worker->pipeline->ended) &&
           worker->next >= atomic_load(&worker->pipeline->chunks);
}

/* The others are soon done, unless what they read from is slow, such as a pipe. */
static void idle_wait(unsigned times)
{
    static const struct timespec nap = {.tv_nsec = 200000};
    if (times < 10000)
        (void)sched_yield();
    else
        (void)nanosleep(&nap, NULL); /* that a signal ends it early does no harm */
}

static void *worker_run(void *context)
{
    worker_t *worker = context;
    for (unsigned idle = 0; !worker_done(worker);) {
        size_t count = chunk_take(worker);
        if (count)
            chunk_decode(worker, count);
        bool consumed = false;
        while (chunk_consume(worker))
            consumed = true;
        idle = count || consumed ? 0 : idle + 1;
        if (idle)
            idle_wait(idle);
    }
    return NULL;
}

/* A chunk is decoded before its lane is free for another: as many calls of the feed, and no more,
 * can pass while somebody looks at its frames. */
static size_t lanes_of(unsigned workers)
{
    return workers == 1 ? 1 : (size_t)workers * LANES_EACH;
}

static int lanes_make(pipeline_t *pipeline)
{
    assert(pipeline->workers > 0);
    pipeline->lane_count = lanes_of(pipeline->workers);
    pipeline->lanes = calloc(pipeline->lane_count, sizeof(*pipeline->lanes));
    if (!pipeline->lanes)
        return -ENOMEM;
    for (size_t i = 0; i < pipeline->lane_count; i++) {
        atomic_init(&pipeline->lanes[i].consumed, pipeline->workers);
        for (unsigned j = 0; j < pipeline->workers; j++) {
            pipeline->lanes[i].digests[j] =
                malloc(chunk_digests(pipeline->options) * sizeof(weir_digest_t));
            if (!pipeline->lanes[i].digests[j])
                return -ENOMEM;
        }
    }
    return 0;
}

static void lanes_free(pipeline_t *pipeline)
{
    for (size_t i = 0; pipeline->lanes && i < pipeline->lane_count; i++)
        for (unsigned j = 0; j < pipeline->workers; j++)
            free(pipeline->lanes[i].digests[j]);
    free(pipeline->lanes);
}

/* The calling thread is worker 0. If a thread cannot be started, its table stays without owner: the
 * run fails. */
static int run_together(pipeline_t *pipeline, worker_t *workers)
{
    int r = lanes_make(pipeline);
    unsigned started = 1;
    for (; r == 0 && started < pipeline->workers; started++) {
        r = -pthread_create(&workers[started].thread, NULL, worker_run, &workers[started]);
        if (r < 0)
            break;
    }
    if (r < 0)
        chunk_ended(pipeline,
                    r); /* nothing was taken or all of it will be consumed: the others end */
    else
        (void)worker_run(&workers[0]);
    for (unsigned i = 1; i < started; i++)
        (void)pthread_join(workers[i].thread, NULL); /* fails only for threads that are none */
    lanes_free(pipeline);
    return r < 0 ? r : atomic_load(&pipeline->error);
}

/* Where what this worker's packets tell goes: kept apart until the end. */
static int worker_learn(worker_t *worker, weir_inspector_t **ret_inspector)
{
    weir_events_init(&worker->events, WEIR_EVENTS_MOST);
    worker->decoder.learnt.events = &worker->events;
    if (!worker->pipeline->options->inspect)
        return 0;
    worker->hostnames = weir_hostnames_new(WEIR_HOSTNAMES_MOST);
    if (!worker->hostnames)
        return -ENOMEM;
    worker->decoder.learnt.hostnames = worker->hostnames;
    weir_inspector_options_t options = {.learnt = worker->decoder.learnt,
                                        .applications = worker->pipeline->options->applications,
                                        .most = WEIR_INSPECTIONS_MOST / worker->pipeline->workers};
    return weir_inspector_new(&options, ret_inspector);
}

static int worker_init(worker_t *worker, pipeline_t *pipeline, unsigned number,
                       weir_flow_table_t *table, weir_inspector_t **ret_inspector)
{
    const weir_run_options_t *options = pipeline->options;
    worker->pipeline = pipeline;
    worker->number = number;
    worker->table = table;
    worker->first_ns = INT64_MAX;
    worker->last_ns = INT64_MIN;
    worker->decoder = (weir_decoder_t){
        .seed = options->seed,
        .inner = options->inner,
        .macs = options->macs,
        .mac_count = options->mac_count,
        .fragments = pipeline->fragments,
        .turn = pipeline->workers > 1 ? turn_wait : NULL,
        .turn_context = worker,
    };
    worker->digests = malloc(chunk_digests(options) * sizeof(*worker->digests));
    if (!worker->digests)
        return -ENOMEM;
    int r = worker_learn(worker, ret_inspector);
    if (r == 0)
        r = weir_flow_table_init(table, &options->limits);
    table->inspector = *ret_inspector;
    return r;
}

static void worker_collect(weir_run_t *run, worker_t *worker)
{
    if (worker->hostnames)
        weir_hostnames_merge(run->hostnames, worker->hostnames);
    weir_decode_counts_add(&run->counts, &worker->decoder.counts);
    weir_bins_merge(&run->bins, &worker->bins);
    weir_traffic_merge(&run->traffic, &worker->traffic);
    run->total.packets += worker->total.packets;
    run->total.bytes += worker->total.bytes;
    run->timeless += worker->timeless;
    run->cancelled |= worker->cancelled;
    run->first_ns = worker->first_ns < run->first_ns ? worker->first_ns : run->first_ns;
    run->last_ns = worker->last_ns > run->last_ns ? worker->last_ns : run->last_ns;
    weir_events_append(&run->events, &worker->events);
}

/* Workers end one after the other here, and the room is for all of them together: what is in excess
 * is cut off when their events stand in the order of time. */
static int workers_collect(weir_run_t *run, worker_t *workers, bool inspect)
{
    run->hostnames = WEIR_TAKE(workers[0].hostnames); /* the others' are added to the first one's */
    for (unsigned i = 0; inspect && i < run->workers; i++)
        weir_inspector_finish(run->inspectors[i]);
    weir_events_init(&run->events, WEIR_EVENTS_MOST * run->workers);
    for (unsigned i = 0; i < run->workers; i++)
        worker_collect(run, &workers[i]);
    int r = weir_events_sort(&run->events);
    r = r == 0 && inspect ? weir_hostnames_seal(run->hostnames) : r;
    weir_events_cut(&run->events, WEIR_EVENTS_MOST);
    return r;
}

static int run_workers(pipeline_t *pipeline, worker_t *workers, weir_run_t *run)
{
    for (unsigned i = 0; i < pipeline->workers; i++) {
        int r = worker_init(&workers[i], pipeline, i, &run->tables[i], &run->inspectors[i]);
        if (r < 0)
            return r;
    }
    int r = pipeline->workers == 1 ? run_alone(&workers[0]) : run_together(pipeline, workers);
    if (r < 0)
        return r;
    run->first_ns = INT64_MAX;
    run->last_ns = INT64_MIN;
    r = workers_collect(run, workers, pipeline->options->inspect);
    run->cancelled |= run_cancelled(pipeline);
    weir_bins_sort(&run->bins);
    if (run->last_ns < run->first_ns)
        run->first_ns = run->last_ns = 0;
    return r;
}

static void workers_free(worker_t *workers, unsigned count)
{
    for (unsigned i = 0; workers && i < count; i++) {
        free(workers[i].digests);
        weir_events_done(&workers[i].events);
        weir_hostnames_free(workers[i].hostnames);
        weir_bins_done(&workers[i].bins);
        weir_traffic_done(&workers[i].traffic);
    }
    free(workers);
}

int weir_run(const weir_input_t *inputs, size_t count, const weir_run_options_t *options,
             weir_run_t *ret_run)
{
    weir_run_t run = {.workers = options->workers};
    int r = weir_feed_new(inputs, count, lanes_of(run.workers), &run.feed);
    if (r < 0)
        return r;
    run.tables = calloc(run.workers, sizeof(*run.tables));
    worker_t *workers = calloc(run.workers, sizeof(*workers));
    pipeline_t pipeline = {
        .options = options,
        .feed = run.feed,
        .workers = run.workers,
        .fragments = weir_fragments_new(),
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
    r = run.tables && workers && pipeline.fragments ? run_workers(&pipeline, workers, &run)
                                                    : -ENOMEM;
    workers_free(workers, run.workers);
    weir_fragments_free(pipeline.fragments);
    if (r < 0)
        weir_run_done(&run);
    else
        *ret_run = run;
    return r;
}

void weir_run_done(weir_run_t *run)
{
    for (unsigned i = 0; run->tables && i < run->workers; i++)
        weir_flow_table_done(&run->tables[i]);
    free(run->tables);
    for (unsigned i = 0; i < run->workers; i++)
        weir_inspector_free(run->inspectors[i]);
    weir_hostnames_free(run->hostnames);
    weir_bins_done(&run->bins);
    weir_traffic_done(&run->traffic);
    weir_events_done(&run->events);
    weir_feed_free(run->feed);
    *run = (weir_run_t){0};
}
