/*
 * Capture files as a producer of one snapshot. The tables stay in the packet library's compact
 * form: flows become rows when somebody looks at them.
 */
#include "engine/file.h"

#include "base/pool.h"
#include "packet/capture.h"
#include "platform/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define RESOLVED_MOST ((size_t)256) /* hosts and conversations: the largest */
#define TEXTS_CEILING ((size_t)1 << 28)
#define READ_WAIT_MS 100 /* between looks at the wish to end */

typedef struct input {
    int fd; /* -1: closed */
    bool standard_input;
    const atomic_bool *cancel;
} input_t;

typedef struct file {
    weir_reading_t reading;
    weir_lookup_t *lookup;                /* borrowed; NULL: none */
    weir_resolver_t *resolver;            /* likewise */
    weir_reading_progress_t own_progress; /* when the reader of the reading has none */
    weir_clock_t clock;
    char **names; /* owned, for messages */
    input_t *inputs;
    weir_input_t *feeds; /* what the packet library sees of the inputs */
    size_t count;
    bool done;
} file_t;

/* What a snapshot's rows belong to. */
typedef struct owner {
    weir_capture_t *capture;
    weir_report_t report;
    uint64_t community; /* bit of the column that costs a hash */
} owner_t;

static void owner_free(void *context)
{
    owner_t *owner = context;
    weir_capture_free(owner->capture);
    free(owner);
}

/* ---- Inputs ---------------------------------------------------------------------------------- */

/* A pipe can stay silent for long: the wish to end is looked at meanwhile. */
static ptrdiff_t input_read(void *context, void *buffer, size_t n)
{
    const input_t *input = context;
    struct pollfd wait = {.fd = input->fd, .events = POLLIN};
    while (!atomic_load_explicit(input->cancel, memory_order_relaxed)) {
        int r = poll(&wait, 1, READ_WAIT_MS);
        if (r == 0 || (r < 0 && errno == EINTR))
            continue;
        ssize_t got = r < 0 ? -1 : read(input->fd, buffer, n);
        if (got >= 0)
            return got;
        if (errno != EINTR && errno != EAGAIN)
            return -errno;
    }
    return 0;
}

static int input_open(file_t *file, size_t i, const char *path)
{
    input_t *input = &file->inputs[i];
    weir_input_t *feed = &file->feeds[i];
    input->standard_input = strcmp(path, "-") == 0;
    input->cancel = &file->reading.progress->cancel;
    input->fd = input->standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (input->fd < 0 || fstat(input->fd, &status) < 0)
        return -errno;
    if (S_ISDIR(status.st_mode))
        return -EISDIR;
    *feed = (weir_input_t){.name = file->names[i], .read = input_read, .context = input};
    if (S_ISREG(status.st_mode) && status.st_size > 0)
        feed->size = (uint64_t)status.st_size;
    return 0;
}

static void inputs_close(file_t *file)
{
    for (size_t i = 0; file->inputs && i < file->count; i++) {
        if (!file->inputs[i].standard_input)
            weir_closep(&file->inputs[i].fd);
        file->inputs[i].fd = -1;
    }
}

/* ---- The run --------------------------------------------------------------------------------- */

static void progress_note(void *context, const weir_run_progress_t *progress)
{
    weir_reading_progress_t *to = context;
    atomic_store_explicit(&to->packets, progress->packets, memory_order_relaxed);
    atomic_store_explicit(&to->position, progress->position, memory_order_relaxed);
    atomic_store_explicit(&to->size, progress->size, memory_order_relaxed);
}

static int capture_run(const file_t *file, weir_capture_t **ret_capture)
{
    const weir_reading_t *reading = &file->reading;
    weir_capture_options_t options = {
        .threads = reading->threads,
        .inner = reading->inner,
        .inspect = true,
        .applications = !reading->no_apps,
        .traffic = reading->traffic,
        .limits = {.max_flows = reading->max_flows,
                   .idle_ns = (int64_t)reading->idle_ns,
                   .active_ns = (int64_t)reading->active_ns},
        .locals = reading->locals,
        .local_count = reading->local_count,
        .macs = reading->macs,
        .mac_count = reading->mac_count,
        .link_bps = reading->link_bps,
        .lookup = file->lookup,
        .cancel = &reading->progress->cancel,
        .progress = progress_note,
        .progress_context = reading->progress,
    };
    return weir_capture_run(file->feeds, file->count, &options, ret_capture);
}

/* An input that gave nothing is a failure; one that ended in damage is a partial result. */
static int input_judge(const file_t *file, const weir_capture_t *capture, size_t i, char *ret_error)
{
    weir_feed_source_t source = weir_capture_source(capture, i);
    if (source.error == 0 || source.frames > 0)
        return 0;
    if (source.error == -EBADMSG && source.format == WEIR_CAPTURE_FORMAT_UNKNOWN)
        (void)snprintf(
            ret_error, WEIR_PRODUCER_ERROR_SIZE,
            "%.80s is not a capture: %.100s; Weir reads pcap and pcapng, plain or packed "
            "by gzip or zstd",
            file->names[i], source.text);
    else
        (void)snprintf(ret_error, WEIR_PRODUCER_ERROR_SIZE,
                       "cannot read %.80s: %.120s; `capinfos` may say more", file->names[i],
                       source.text);
    return source.error;
}

static void flow_fetch(const weir_snapshot_t *snapshot, size_t i, weir_record_t *ret_record)
{
    const owner_t *owner = snapshot->owner;
    weir_capture_flow(owner->capture, i, ret_record->wanted,
                      ret_record->wanted & owner->community ? ret_record->text : NULL,
                      &ret_record->flow);
}

static void flow_brief(const weir_snapshot_t *snapshot, size_t from, size_t count,
                       weir_flow_brief_t *ret_briefs)
{
    const owner_t *owner = snapshot->owner;
    weir_capture_briefs(owner->capture, from, count, ret_briefs);
}

static int file_series(const weir_snapshot_t *snapshot, const weir_series_query_t *query,
                       weir_series_t *ret_series)
{
    const owner_t *owner = snapshot->owner;
    size_t count = 0;
    const weir_bin_t *bins = weir_capture_bins(owner->capture, &count);
    return weir_bins_series(bins, count, query, ret_series);
}

static void rows_set(weir_snapshot_t *snapshot, weir_table_id_t table, const void *records,
                     size_t count)
{
    snapshot->rows[table] = (weir_rows_t){
        .records = (void *)(uintptr_t)records, .count = count, .borrowed = true, .measured = true};
}

static int hosts_set(weir_snapshot_t *snapshot, weir_capture_t *capture)
{
    const weir_host_t *hosts = NULL;
    size_t count = 0, total = 0;
    int r = weir_capture_hosts(capture, 0, &hosts, &count, &total);
    if (r < 0)
        return r;
    rows_set(snapshot, WEIR_TABLE_HOSTS, hosts, count);
    uint64_t local_by = weir_column_bit(weir_table(WEIR_TABLE_HOSTS), "local_by");
    if (count && (hosts[0].present & local_by) && hosts[0].local_by == WEIR_LOCAL_GUESS)
        snapshot->rows[WEIR_TABLE_HOSTS].note =
            "local is a guess, by who takes part in nearly all traffic; --local NETWORK or --local "
            "MAC says it";
    return 0;
}

static int protocols_set(weir_snapshot_t *snapshot, weir_capture_t *capture)
{
    const weir_protocol_t *protocols = NULL;
    size_t count = 0;
    int r = weir_capture_protocols(capture, &protocols, &count);
    if (r == 0)
        rows_set(snapshot, WEIR_TABLE_PROTOCOLS, protocols, count);
    return r;
}

/* What every table of the capture lacks, and why there are no interfaces. */
static void notes_set(weir_snapshot_t *snapshot, const weir_capture_totals_t *totals)
{
    const char *note = NULL;
    if (totals->cancelled)
        note = "Partial: the reading was ended early";
    else if (totals->omitted.packets)
        note = "Some flows are missing: there were more than --max-flows allows";
    else if (totals->truncated)
        note = "The capture ends in the middle of a packet: it was cut";
    for (int i = 0; i < WEIR_TABLE_COUNT; i++)
        snapshot->rows[i].note = snapshot->rows[i].measured ? note : snapshot->rows[i].note;
    snapshot->rows[WEIR_TABLE_INTERFACES].note = "A capture does not tell about interfaces.";
}

static int tables_set(const file_t *file, weir_snapshot_t *snapshot, weir_capture_t *capture)
{
    uint32_t tables = file->reading.tables;
    int r = tables >> WEIR_TABLE_HOSTS & 1 ? hosts_set(snapshot, capture) : 0;
    if (r == 0 && tables >> WEIR_TABLE_PROTOCOLS & 1)
        r = protocols_set(snapshot, capture);
    weir_capture_totals_t totals = weir_capture_totals(capture);
    rows_set(snapshot, WEIR_TABLE_FLOWS, NULL, weir_capture_flow_count(capture));
    snapshot->rows[WEIR_TABLE_FLOWS].fetch = flow_fetch;
    snapshot->rows[WEIR_TABLE_FLOWS].brief = flow_brief;
    snapshot->rows[WEIR_TABLE_FLOWS].omitted_bytes = totals.omitted.bytes;
    snapshot->window_ns = totals.duration_ns;
    snapshot->time.wall_ns = totals.last_ns;
    snapshot->time.boot_ns = totals.last_ns > 0 ? (uint64_t)totals.last_ns : 0;
    snapshot->series = file_series;
    snapshot->lost = totals.omitted.packets;
    snapshot->events = weir_capture_events(capture);
    notes_set(snapshot, &totals);
    weir_rows_t *flows = &snapshot->rows[WEIR_TABLE_FLOWS];
    if (!flows->note && !file->reading.no_apps && !weir_capture_knows_applications(capture))
        flows->note = "Applications stay unknown without nDPI 4.2: apt-get install libndpi4.2";
    weir_rows_t *hosts = &snapshot->rows[WEIR_TABLE_HOSTS];
    if (hosts->measured && !hosts->note && file->lookup)
        hosts->note = weir_lookup_problem(file->lookup);
    return r;
}

/* Takes the capture. */
static int snapshot_fill(const file_t *file, weir_snapshot_t *snapshot, weir_capture_t *capture)
{
    owner_t *owner = calloc(1, sizeof(*owner));
    if (!owner) {
        weir_capture_free(capture);
        return -ENOMEM;
    }
    owner->capture = capture;
    owner->community = weir_column_bit(weir_table(WEIR_TABLE_FLOWS), "community_id");
    snapshot->owner = owner;
    snapshot->owner_free = owner_free;
    snapshot->sequence = 1;
    int r = tables_set(file, snapshot, capture);
    if (r < 0 || !file->reading.summary)
        return r;
    r = weir_capture_report(capture, snapshot->pool, (const char *const *)file->names,
                            file->reading.most, &owner->report);
    snapshot->report = &owner->report;
    return r;
}

static const char *address_name(void *context, const weir_address_t *address)
{
    return weir_resolver_name(context, address);
}

/* First they are asked for, then set as far as there are answers. */
static void hosts_resolve(const file_t *file, weir_snapshot_t *snapshot)
{
    const weir_namer_t namer = {.name = address_name, .context = file->resolver};
    const owner_t *owner = snapshot->owner;
    weir_capture_name(owner->capture, RESOLVED_MOST, &namer);
    weir_resolver_wait(file->resolver, WEIR_RESOLVE_WAIT_MS);
    weir_capture_name(owner->capture, RESOLVED_MOST, &namer);
    weir_resolver_hold(file->resolver, snapshot);
}

static int snapshot_make(const file_t *file, weir_capture_t *capture,
                         weir_snapshot_t **ret_snapshot)
{
    weir_pool_t *pool = weir_pool_new(TEXTS_CEILING);
    weir_snapshot_t *snapshot = pool ? weir_snapshot_new(WEIR_ORIGIN_FILE, pool) : NULL;
    weir_pool_unref(pool);
    if (!snapshot) {
        weir_capture_free(capture);
        return -ENOMEM;
    }
    int r = snapshot_fill(file, snapshot, capture);
    if (r < 0) {
        weir_snapshot_unref(snapshot);
        return r;
    }
    if (file->resolver)
        hosts_resolve(file, snapshot);
    *ret_snapshot = snapshot;
    return 0;
}

static int file_next(void *context, weir_snapshot_t **ret_snapshot, char *ret_error)
{
    file_t *file = context;
    if (file->done)
        return WEIR_PRODUCER_ENDED;
    file->done = true;
    weir_capture_t *capture = NULL;
    int r = capture_run(file, &capture);
    for (size_t i = 0; r == 0 && i < file->count; i++)
        r = input_judge(file, capture, i, ret_error);
    if (capture)
        inputs_close(file);
    if (r == 0)
        r = snapshot_make(file, WEIR_TAKE(capture), ret_snapshot);
    weir_capture_free(capture);
    if (r < 0 && !ret_error[0])
        (void)snprintf(ret_error, WEIR_PRODUCER_ERROR_SIZE,
                       "cannot analyse the capture: %s; --max-flows bounds the memory",
                       strerror(-r));
    return r;
}

static uint64_t file_due(void *context, uint64_t now_ns)
{
    (void)context;
    return now_ns;
}

static void file_set_interval(void *context, uint64_t interval_ns)
{
    (void)context;
    (void)interval_ns;
}

static void file_interrupt(void *context)
{
    file_t *file = context;
    atomic_store(&file->reading.progress->cancel, true);
}

static void file_close(void *context)
{
    file_t *file = context;
    inputs_close(file);
    for (size_t i = 0; file->names && i < file->reading.path_count; i++)
        free(file->names[i]);
    free(file->names);
    free(file->inputs);
    free(file->feeds);
    free(file);
}

static int inputs_open(file_t *file, char *ret_error)
{
    const weir_reading_t *reading = &file->reading;
    for (size_t i = 0; i < reading->path_count; i++) {
        const char *path = reading->paths[i];
        file->names[i] = strdup(strcmp(path, "-") == 0 ? "standard input" : path);
        if (!file->names[i])
            return -ENOMEM;
        file->count++;
        int r = input_open(file, i, path);
        if (r < 0) {
            (void)snprintf(ret_error, WEIR_PRODUCER_ERROR_SIZE, "cannot open %.160s: %s",
                           file->names[i], strerror(-r));
            return r;
        }
    }
    return 0;
}

int weir_file_open(const weir_reading_t *reading, weir_lookup_t *lookup, weir_resolver_t *resolver,
                   weir_producer_t *ret_producer, char *ret_error)
{
    static const weir_producer_ops_t ops = {.next = file_next,
                                            .due = file_due,
                                            .set_interval = file_set_interval,
                                            .interrupt = file_interrupt,
                                            .close = file_close};
    file_t *file = calloc(1, sizeof(*file));
    if (!file)
        return -ENOMEM;
    file->reading = *reading;
    file->lookup = lookup;
    file->resolver = resolver;
    if (!reading->progress)
        file->reading.progress = &file->own_progress;
    file->names = calloc(reading->path_count + 1, sizeof(*file->names));
    file->inputs = calloc(reading->path_count + 1, sizeof(*file->inputs));
    file->feeds = calloc(reading->path_count + 1, sizeof(*file->feeds));
    int r = file->names && file->inputs && file->feeds ? inputs_open(file, ret_error) : -ENOMEM;
    if (r < 0) {
        file_close(file);
        return r;
    }
    *ret_producer = (weir_producer_t){.ops = &ops, .context = file};
    return 0;
}
