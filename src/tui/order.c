#include "tui/order.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

typedef struct question {
    weir_snapshot_t *snapshot; /* a reference; NULL: there is none */
    weir_query_t query;
    weir_filter_t *filter; /* owned; that of the query */
    uint64_t ticket;
} question_t;

/* Below the mutex: everything that both threads touch. */
struct weir_order {
    pthread_t thread;
    bool started;
    int pipe[2];        /* a byte is in it while an answer waits */
    atomic_bool cancel; /* the running question is out of date */

    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stop;
    question_t next;
    bool answered;
    int result; /* of the answer: 1 or a negative errno */
    uint64_t ticket;
    weir_selection_t selection;
};

static void question_done(question_t *question)
{
    weir_snapshot_unref(question->snapshot);
    weir_filter_free(question->filter);
    *question = (question_t){0};
}

/* Mutex held. */
static void answer_drop(weir_order_t *order)
{
    char byte = 0;
    if (order->answered)
        (void)!read(order->pipe[0], &byte, 1); /* it is there */
    order->answered = false;
    weir_selection_done(&order->selection);
}

/* Mutex held; takes the selection. What nobody waits for any more is dropped. */
static void answer_give(weir_order_t *order, int result, weir_selection_t *selection,
                        uint64_t ticket)
{
    if (atomic_load(&order->cancel)) {
        weir_selection_done(selection);
        return;
    }
    order->selection = *selection;
    order->result = result;
    order->ticket = ticket;
    order->answered = true;
    (void)!write(order->pipe[1], "", 1); /* there is room: one byte at a time */
}

static void question_answer(weir_order_t *order, question_t *question)
{
    weir_selection_t selection = {0};
    question->query.filter = question->filter;
    question->query.cancel = &order->cancel;
    int r = weir_select(question->snapshot, &question->query, &selection);
    (void)pthread_mutex_lock(&order->mutex);
    answer_give(order, r < 0 ? r : 1, &selection, question->ticket);
    (void)pthread_mutex_unlock(&order->mutex);
}

/* The next question, or one without a snapshot when the thread is to end. */
static question_t question_wait(weir_order_t *order)
{
    (void)pthread_mutex_lock(&order->mutex);
    while (!order->stop && !order->next.snapshot)
        (void)pthread_cond_wait(&order->wake, &order->mutex);
    question_t question = {0};
    if (!order->stop) {
        question = order->next;
        order->next = (question_t){0};
        atomic_store(&order->cancel, false);
    }
    (void)pthread_mutex_unlock(&order->mutex);
    return question;
}

static void *order_main(void *context)
{
    weir_order_t *order = context;
    for (question_t question = question_wait(order); question.snapshot;
         question = question_wait(order)) {
        question_answer(order, &question);
        question_done(&question);
    }
    return NULL;
}

/* Signals are for the thread that talks to people. */
static int thread_start(weir_order_t *order)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    static const int own[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL}; /* raised by what the thread does */
    for (size_t i = 0; i < WEIR_COUNT(own); i++)
        (void)sigdelset(&all, own[i]);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = pthread_create(&order->thread, NULL, order_main, order);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    order->started = r == 0;
    return -r;
}

int weir_order_start(weir_order_t **ret_order)
{
    weir_order_t *order = calloc(1, sizeof(*order));
    if (!order)
        return -ENOMEM;
    order->pipe[0] = order->pipe[1] = -1;
    (void)pthread_mutex_init(&order->mutex, NULL); /* neither fails on Linux */
    (void)pthread_cond_init(&order->wake, NULL);
    int r = pipe2(order->pipe, O_CLOEXEC | O_NONBLOCK) < 0 ? -errno : thread_start(order);
    if (r < 0) {
        weir_order_stop(order);
        return r;
    }
    *ret_order = order;
    return 0;
}

void weir_order_stop(weir_order_t *order)
{
    if (!order)
        return;
    (void)pthread_mutex_lock(&order->mutex);
    order->stop = true;
    atomic_store(&order->cancel, true);
    (void)pthread_cond_signal(&order->wake);
    (void)pthread_mutex_unlock(&order->mutex);
    if (order->started)
        (void)pthread_join(order->thread, NULL);
    question_done(&order->next);
    weir_selection_done(&order->selection);
    weir_closep(&order->pipe[0]);
    weir_closep(&order->pipe[1]);
    (void)pthread_cond_destroy(&order->wake);
    (void)pthread_mutex_destroy(&order->mutex);
    free(order);
}

int weir_order_fd(const weir_order_t *order)
{
    return order->pipe[0];
}

void weir_order_ask(weir_order_t *order, weir_snapshot_t *snapshot, const weir_query_t *query,
                    uint64_t ticket)
{
    (void)pthread_mutex_lock(&order->mutex);
    question_done(&order->next);
    answer_drop(order);
    order->next = (question_t){.snapshot = weir_snapshot_ref(snapshot),
                               .query = *query,
                               .filter = (weir_filter_t *)(uintptr_t)query->filter, /* ours now */
                               .ticket = ticket};
    atomic_store(&order->cancel, true);
    (void)pthread_cond_signal(&order->wake);
    (void)pthread_mutex_unlock(&order->mutex);
}

int weir_order_take(weir_order_t *order, weir_selection_t *ret_selection, uint64_t *ret_ticket)
{
    (void)pthread_mutex_lock(&order->mutex);
    int r = order->answered ? order->result : 0;
    if (r == 1) {
        *ret_selection = order->selection;
        *ret_ticket = order->ticket;
        order->selection = (weir_selection_t){0};
    }
    answer_drop(order);
    (void)pthread_mutex_unlock(&order->mutex);
    return r;
}
