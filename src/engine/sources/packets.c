/*
 * Packets of a capture, in windows (engine/packet_workers.h), and the books that add them up.
 *
 * Of all interfaces only those count that the headline counts, so that no byte stands twice in the
 * table of flows; loopback is one of the others. With one interface named, all of it counts.
 */
#include "engine/sources/packets.h"

#include "engine/packet_books.h"
#include "engine/packet_workers.h"
#include "packet/events.h"
#include "platform/capture.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TABLES                                                                                     \
    (UINT32_C(1) << WEIR_TABLE_HOSTS | UINT32_C(1) << WEIR_TABLE_FLOWS |                           \
     UINT32_C(1) << WEIR_TABLE_PROTOCOLS | UINT32_C(1) << WEIR_TABLE_FINDINGS)
#define SNAPLEN UINT32_C(2048) /* headers, and messages such as DNS whole */
#define QUEUE_BYTES ((uint32_t)2 << 20)
#define ALONE_MOST 100000.0         /* [packet/s] that one worker's window is for */
#define EVENTS_MOST ((size_t)65536) /* of one window, all workers */
#define WORKERS_MOST 4u
#define IFACES_MOST ((size_t)4096)

/* The interfaces that count, ascending; of another thread a copy, as old as its turn. */
typedef struct chosen {
    uint32_t ifaces[IFACES_MOST]; /* indices */
    size_t count;
    uint64_t turn;
} chosen_t;

typedef struct packets {
    const char *iface;
    bool applications;                /* are to be recognised */
    weir_platform_capture_t *capture; /* the workers'; NULL: not captured now */
    weir_packet_workers_t *workers;   /* owned; NULL likewise */
    unsigned count;                   /* of their queues */
    uint64_t seed;
    uint32_t wanted;
    bool tried;       /* since somebody wanted it */
    uint64_t last_ns; /* [ns] boot time of the last window's end */
    uint64_t last_lost;
    weir_packet_books_t books;
    weir_events_t events; /* of the last window, all workers */
    char error[WEIR_CAPTURE_ERROR_SIZE];
    chosen_t *copies;      /* `count`, each its worker's alone */
    pthread_mutex_t mutex; /* over what the next one holds */
    chosen_t chosen;       /* the engine's */
    _Atomic uint64_t turn; /* of `chosen` */
} packets_t;

/* ---- The supply ------------------------------------------------------------------------------ */

static int index_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static const chosen_t *chosen_renew(packets_t *part, unsigned queue)
{
    chosen_t *copy = &part->copies[queue];
    if (copy->turn == atomic_load_explicit(&part->turn, memory_order_relaxed))
        return copy;
    (void)pthread_mutex_lock(&part->mutex);
    *copy = part->chosen;
    (void)pthread_mutex_unlock(&part->mutex);
    return copy;
}

static int supply_next(void *context, unsigned queue, weir_captured_t *packets, size_t room)
{
    packets_t *part = context;
    int n = weir_platform_capture_next(part->capture, queue, -1, packets, room);
    if (n <= 0 || part->iface)
        return n;
    const chosen_t *chosen = chosen_renew(part, queue);
    int kept = 0;
    for (int i = 0; i < n; i++)
        if (bsearch(&packets[i].iface, chosen->ifaces, chosen->count, sizeof(*chosen->ifaces),
                    index_compare))
            packets[kept++] = packets[i];
    return kept;
}

static void supply_wake(void *context, unsigned queue)
{
    const packets_t *part = context;
    weir_platform_capture_wake(part->capture, queue);
}

static uint64_t supply_lost(void *context)
{
    const packets_t *part = context;
    return weir_platform_capture_counts(part->capture).dropped;
}

static void supply_close(void *context)
{
    packets_t *part = context;
    weir_platform_capture_close(part->capture);
    free(part->copies);
    part->capture = NULL;
    part->copies = NULL;
}

/* ---- The part -------------------------------------------------------------------------------- */

static void ifaces_choose(packets_t *part, const weir_snapshot_t *snapshot)
{
    chosen_t *chosen = &part->chosen;
    (void)pthread_mutex_lock(&part->mutex);
    chosen->count = 0;
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        const weir_iface_t *iface = weir_snapshot_iface(snapshot, i);
        if (iface->counted && chosen->count < IFACES_MOST)
            chosen->ifaces[chosen->count++] = iface->index;
    }
    qsort(chosen->ifaces, chosen->count, sizeof(*chosen->ifaces), index_compare);
    chosen->turn++;
    atomic_store(&part->turn, chosen->turn);
    (void)pthread_mutex_unlock(&part->mutex);
}

static unsigned queues_choose(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > (long)WORKERS_MOST ? WORKERS_MOST : (unsigned)cores;
}

static int workers_start(packets_t *part)
{
    static const weir_packet_supply_ops_t ops = {
        .next = supply_next, .wake = supply_wake, .lost = supply_lost, .close = supply_close};
    part->count = weir_platform_capture_queues(part->capture);
    part->copies = calloc(part->count, sizeof(*part->copies));
    const weir_packet_workers_options_t options = {.supply = {.ops = &ops, .context = part},
                                                   .queues = part->count,
                                                   .seed = part->seed,
                                                   .applications = part->applications};
    if (part->copies)
        return weir_packet_workers_start(&options, &part->workers);
    supply_close(part);
    return -ENOMEM;
}

static void capture_stop(packets_t *part)
{
    weir_packet_workers_stop(part->workers);
    part->workers = NULL;
    part->count = 0;
}

/* Stays untried until somebody wants it anew, so that a refusal costs once. */
static void capture_start(packets_t *part)
{
    unsigned queues = queues_choose();
    weir_capture_request_t request = {
        .iface = part->iface, .snaplen = SNAPLEN, .queue_bytes = QUEUE_BYTES, .queues = queues};
    part->tried = true;
    part->error[0] = '\0';
    part->last_ns = 0;
    part->last_lost = 0;
    if (weir_platform_capture_open(&request, &part->capture, part->error) < 0)
        return;
    int r = workers_start(part);
    if (r < 0)
        (void)snprintf(part->error, sizeof(part->error), "cannot capture packets: %s",
                       strerror(-r));
}

/* One window for all while that is enough: a second one costs 6 MB. */
static void workers_part(packets_t *part, uint64_t packets, uint64_t lost, uint64_t window_ns)
{
    double rate = window_ns ? (double)packets / ((double)window_ns / 1e9) : 0;
    if (lost || rate > ALONE_MOST)
        weir_packet_workers_part(part->workers);
}

static void windows_take(packets_t *part, weir_snapshot_t *snapshot)
{
    uint64_t lost_sum = weir_packet_workers_lost(part->workers);
    uint64_t lost = lost_sum - part->last_lost;
    uint64_t now_ns = snapshot->time.boot_ns;
    part->last_lost = lost_sum;
    snapshot->lost += lost;
    weir_events_done(&part->events);
    weir_events_init(&part->events, EVENTS_MOST);
    uint64_t packets = 0, window_ns = part->last_ns ? now_ns - part->last_ns : 0;
    weir_packet_books_begin(&part->books, now_ns, window_ns, lost > 0);
    part->last_ns = now_ns;
    for (unsigned i = 0; i < part->count; i++) {
        weir_packet_window_t *window = weir_packet_workers_take(part->workers, i);
        if (!window)
            continue;
        if (part->books.hostnames)
            weir_hostnames_merge(part->books.hostnames, window->hostnames);
        weir_packet_books_add(&part->books, window);
        weir_events_append(&part->events, &window->events);
        packets += window->frames;
        weir_packet_window_free(window);
    }
    weir_event_batch_t events = {.events = part->events.events, .count = part->events.count};
    weir_neighbours_learn(&part->books.neighbours, &events);
    weir_packet_books_end(&part->books);
    workers_part(part, packets, lost, window_ns);
}

static const char *note_make(const packets_t *part, char *text, size_t size, uint64_t lost)
{
    int trouble = weir_packet_workers_trouble(part->workers);
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
        if (part->workers || tables[i] >= WEIR_TABLE_PROTOCOLS)
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
    if (!part->workers && !part->tried)
        capture_start(part);
    if (!part->workers) {
        denied_note(part, snapshot);
        return;
    }
    uint64_t before = part->last_lost;
    weir_packet_workers_ask(part->workers);
    windows_take(part, snapshot);
    if (weir_packet_books_fill(&part->books, part->wanted, snapshot) < 0)
        return; /* without memory a table is missing from this snapshot */
    weir_events_give(&part->events, snapshot);
    char note[160];
    note_put(part, snapshot, note_make(part, note, sizeof(note), part->last_lost - before));
}

static void part_want(void *context, uint32_t tables)
{
    packets_t *part = context;
    part->wanted = tables;
    if (tables & TABLES)
        return;
    capture_stop(part);
    part->tried = false;
}

static void part_close(void *context)
{
    packets_t *part = context;
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
