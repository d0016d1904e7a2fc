#include "engine/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

/* Below the mutex: everything that both threads touch. The producer is the thread's own. */
struct weir_runner {
    weir_producer_t producer;
    weir_clock_t clock;
    weir_rings_t *rings;
    bool lossless;
    int pipe[2]; /* a byte is in it while `unread` or `result` has not been told */
    pthread_t thread;
    bool started;

    pthread_mutex_t mutex;
    pthread_cond_t wake; /* on the monotonic clock */
    bool stop;
    bool unread;              /* latest was not taken */
    weir_snapshot_t *latest;  /* a reference */
    int result;               /* 0 while it runs, then -ENODATA or the error */
    uint64_t new_interval_ns; /* 0: unchanged */
    uint32_t new_tables;      /* that are wanted ... */
    bool tables_changed;      /* ... since this was set */
    uint64_t due_ns;          /* [ns] boot time of the next snapshot */
    char error[WEIR_PRODUCER_ERROR_SIZE];
};

static void pipe_signal(const weir_runner_t *runner)
{
    (void)TEMP_FAILURE_RETRY(write(runner->pipe[1], "", 1)); /* full: it is readable already */
}

static void pipe_drain(const weir_runner_t *runner)
{
    char bytes[64];
    while (TEMP_FAILURE_RETRY(read(runner->pipe[0], bytes, sizeof(bytes))) > 0)
        ;
}

/* The interval changed: ask the producer again when it is due. Mutex held. */
static void interval_apply(weir_runner_t *runner)
{
    if (!runner->new_interval_ns)
        return;
    runner->producer.ops->set_interval(runner->producer.context, runner->new_interval_ns);
    runner->new_interval_ns = 0;
    runner->due_ns =
        runner->producer.ops->due(runner->producer.context, weir_clock_now(&runner->clock).boot_ns);
}

/* Mutex held. */
static void want_apply(weir_runner_t *runner)
{
    if (!runner->tables_changed)
        return;
    runner->tables_changed = false;
    if (runner->producer.ops->want)
        runner->producer.ops->want(runner->producer.context, runner->new_tables);
}

/* Returns the time to wait for [ns], 0 when a snapshot is due now, UINT64_MAX until woken. */
static uint64_t wait_ns(weir_runner_t *runner)
{
    interval_apply(runner);
    if (runner->lossless && runner->unread)
        return UINT64_MAX;
    uint64_t now_ns = weir_clock_now(&runner->clock).boot_ns;
    return runner->due_ns > now_ns ? runner->due_ns - now_ns : 0;
}

static void wake_wait(weir_runner_t *runner, uint64_t ns)
{
    if (ns == UINT64_MAX) {
        (void)pthread_cond_wait(&runner->wake, &runner->mutex);
        return;
    }
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at); /* cannot fail */
    uint64_t until = (uint64_t)at.tv_nsec + ns;
    at.tv_sec += (time_t)(until / WEIR_NS_PER_S);
    at.tv_nsec = (long)(until % WEIR_NS_PER_S);
    (void)pthread_cond_timedwait(&runner->wake, &runner->mutex,
                                 &at); /* early or late: checked again */
}

/* Wait, with the mutex held, until a snapshot is due. Returns false when the thread is to end. */
static bool due_wait(weir_runner_t *runner)
{
    while (!runner->stop) {
        uint64_t ns = wait_ns(runner);
        if (ns == 0) {
            want_apply(runner);
            return true;
        }
        wake_wait(runner, ns);
    }
    return false;
}

static void snapshot_publish(weir_runner_t *runner, weir_snapshot_t *snapshot)
{
    weir_snapshot_t *old = runner->latest;
    runner->latest = snapshot;
    if (!runner->unread)
        pipe_signal(runner);
    runner->unread = true;
    weir_snapshot_unref(old);
}

static void result_publish(weir_runner_t *runner, int r, const char *error)
{
    runner->result = r == WEIR_PRODUCER_ENDED ? -ENODATA : r;
    memcpy(runner->error, error, sizeof(runner->error));
    pipe_signal(runner);
}

/* The producer is used without the mutex, so that a reader never waits for it. */
static void *runner_main(void *context)
{
    weir_runner_t *runner = context;
    (void)pthread_mutex_lock(&runner->mutex);
    while (runner->result == 0 && due_wait(runner)) {
        (void)pthread_mutex_unlock(&runner->mutex);
        weir_snapshot_t *snapshot = NULL;
        char error[WEIR_PRODUCER_ERROR_SIZE] = "";
        int r = runner->producer.ops->next(runner->producer.context, &snapshot, error);
        if (r == 0 && !snapshot->series)
            weir_rings_push(runner->rings, snapshot);
        (void)pthread_mutex_lock(&runner->mutex);
        if (r != 0) {
            result_publish(runner, r, error);
            break;
        }
        snapshot_publish(runner, snapshot);
        (void)pthread_mutex_unlock(&runner->mutex);
        uint64_t due_ns = runner->producer.ops->due(runner->producer.context,
                                                    weir_clock_now(&runner->clock).boot_ns);
        (void)pthread_mutex_lock(&runner->mutex);
        runner->due_ns = due_ns;
    }
    (void)pthread_mutex_unlock(&runner->mutex);
    return NULL;
}

/* Signals are for the threads that talk to people. */
static int thread_start(weir_runner_t *runner)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    static const int own[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL}; /* raised by what the thread does */
    for (size_t i = 0; i < WEIR_COUNT(own); i++)
        (void)sigdelset(&all, own[i]);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = pthread_create(&runner->thread, NULL, runner_main, runner);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    runner->started = r == 0;
    return -r;
}

static int sync_init(weir_runner_t *runner)
{
    pthread_condattr_t attributes;
    int r = pthread_condattr_init(&attributes);
    if (r == 0)
        r = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (r == 0)
        r = pthread_cond_init(&runner->wake, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    if (r == 0)
        r = pthread_mutex_init(&runner->mutex, NULL);
    return -r;
}

int weir_runner_start(weir_producer_t producer, const weir_clock_t *clock, bool lossless,
                      weir_runner_t **ret_runner)
{
    weir_runner_t *runner = calloc(1, sizeof(*runner));
    if (!runner) {
        producer.ops->close(producer.context);
        return -ENOMEM;
    }
    *runner = (weir_runner_t){
        .producer = producer, .clock = *clock, .lossless = lossless, .pipe = {-1, -1}};
    int r = sync_init(runner);
    if (r >= 0)
        r = weir_rings_new(&runner->rings);
    if (r >= 0 && pipe2(runner->pipe, O_CLOEXEC | O_NONBLOCK) < 0)
        r = -errno;
    if (r >= 0)
        r = thread_start(runner);
    if (r < 0) {
        weir_runner_stop(runner);
        return r;
    }
    *ret_runner = runner;
    return 0;
}

void weir_runner_stop(weir_runner_t *runner)
{
    if (!runner)
        return;
    if (runner->started) {
        (void)pthread_mutex_lock(&runner->mutex);
        runner->stop = true;
        (void)pthread_cond_signal(&runner->wake);
        (void)pthread_mutex_unlock(&runner->mutex);
        runner->producer.ops->interrupt(runner->producer.context);
        (void)pthread_join(runner->thread, NULL);
    }
    runner->producer.ops->close(runner->producer.context);
    weir_rings_free(runner->rings);
    weir_snapshot_unref(runner->latest);
    weir_closep(&runner->pipe[0]);
    weir_closep(&runner->pipe[1]);
    (void)pthread_cond_destroy(&runner->wake);
    (void)pthread_mutex_destroy(&runner->mutex);
    free(runner);
}

int weir_runner_fd(const weir_runner_t *runner)
{
    return runner->pipe[0];
}

/* The last snapshot is handed out before the end is told. */
int weir_runner_take(weir_runner_t *runner, weir_snapshot_t **ret_snapshot)
{
    (void)pthread_mutex_lock(&runner->mutex);
    int r = runner->result;
    if (runner->unread) {
        *ret_snapshot = weir_snapshot_ref(runner->latest);
        runner->unread = false;
        pipe_drain(runner);
        if (runner->result)
            pipe_signal(runner);
        (void)pthread_cond_signal(&runner->wake);
        r = 1;
    }
    (void)pthread_mutex_unlock(&runner->mutex);
    return r;
}

const char *weir_runner_error(const weir_runner_t *runner)
{
    return runner->error;
}

void weir_runner_set_interval(weir_runner_t *runner, uint64_t interval_ns)
{
    (void)pthread_mutex_lock(&runner->mutex);
    runner->new_interval_ns = interval_ns;
    (void)pthread_cond_signal(&runner->wake);
    (void)pthread_mutex_unlock(&runner->mutex);
}

void weir_runner_want(weir_runner_t *runner, uint32_t tables)
{
    (void)pthread_mutex_lock(&runner->mutex);
    runner->new_tables = tables;
    runner->tables_changed = true;
    (void)pthread_mutex_unlock(&runner->mutex);
}

int weir_runner_series(weir_runner_t *runner, const weir_series_query_t *query,
                       weir_series_t *ret_series)
{
    (void)pthread_mutex_lock(&runner->mutex);
    WEIR_CLEANUP(weir_snapshot_unrefp)
    weir_snapshot_t *latest = runner->latest ? weir_snapshot_ref(runner->latest) : NULL;
    (void)pthread_mutex_unlock(&runner->mutex);
    if (latest && latest->series)
        return latest->series(latest, query, ret_series);
    return weir_rings_query(runner->rings, query, ret_series);
}
