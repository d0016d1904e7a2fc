/*
 * A recording of Weir's own JSON lines becomes snapshots again. Rates are taken as they were
 * recorded; keys that this version does not know are passed over, columns that are missing stay
 * unknown.
 */
#include "engine/producer.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define LINE_CEILING ((size_t)256 << 20) /* [byte] a document of a million rows still fits */
#define POOL_CEILING ((size_t)256 << 20)
#define READ_SIZE ((size_t)65536)
#define INTERRUPT_CHECK_MS 200
/* The recording's clock does not begin at 0, so that a day of series fits before its first moment.
 */
#define EPOCH_NS (86400 * WEIR_NS_PER_S)
#define WAIT_MAX_NS (3600 * WEIR_NS_PER_S) /* a gap in the recording is not waited for longer */

typedef struct replay {
    int fd; /* owned, unless it is standard input */
    char *path;
    weir_clock_t clock;
    double speed;
    atomic_bool interrupted; /* set by another thread */
    weir_buf_t line;         /* what was read; the current line is its first line_len bytes */
    size_t line_len;
    bool file_ended;
    uint64_t line_number;
    json_t *next;         /* the document that comes next, owned; NULL: not read yet */
    int64_t next_wall_ns; /* its time */
    int64_t wall_ns;      /* time of the last one */
    weir_instant_t time;  /* of the last one, on the recording's own clock */
    uint64_t shown_ns;    /* boot time at which it was handed out; 0: none was */
    uint64_t sequence;
    weir_index_t ids; /* hash of index and name to an interface's id */
    uint32_t next_id;
} replay_t;

__attribute__((format(printf, 3, 4))) static int
replay_fail(const replay_t *replay, char *ret_error, const char *format, ...)
{
    char what[160];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    (void)snprintf(ret_error, WEIR_PRODUCER_ERROR_SIZE, "%.80s, line %llu: %s", replay->path,
                   (unsigned long long)replay->line_number, what);
    return -EBADMSG;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static weir_value_t addresses_value(weir_pool_t *pool, const json_t *array)
{
    size_t n = json_array_size(array);
    weir_address_t *items = weir_pool_alloc(pool, (n ? n : 1) * sizeof(*items));
    weir_value_t value = {.type = WEIR_VALUE_ADDRESSES, .addresses.items = items};
    for (size_t i = 0; items && i < n; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        if (text && weir_address_parse(text, strlen(text), &items[value.addresses.count]) == 0)
            value.addresses.count++;
    }
    return value;
}

static weir_value_t numbers_value(weir_pool_t *pool, const json_t *array)
{
    size_t n = json_array_size(array);
    uint32_t *items = weir_pool_alloc(pool, (n ? n : 1) * sizeof(*items));
    weir_value_t value = {.type = WEIR_VALUE_NUMBERS, .numbers.items = items};
    for (size_t i = 0; items && i < n; i++) {
        json_int_t number = json_integer_value(json_array_get(array, i));
        if (number >= 0 && number <= UINT32_MAX)
            items[value.numbers.count++] = (uint32_t)number;
    }
    return value;
}

static weir_value_t string_value(weir_pool_t *pool, const weir_column_t *column, const char *text)
{
    weir_value_t value = {.type = WEIR_VALUE_TEXT, .text = text};
    if (column->storage == WEIR_STORE_TEXT)
        value.text = weir_pool_text(pool, text);
    else if (column->storage == WEIR_STORE_ADDRESS &&
             weir_address_parse(text, strlen(text), &value.address) == 0)
        value.type = WEIR_VALUE_ADDRESS;
    if (value.type == WEIR_VALUE_TEXT && !value.text)
        value.type = WEIR_VALUE_NULL; /* no memory: as good as unknown */
    return value;
}

static weir_value_t json_to_value(weir_pool_t *pool, const weir_column_t *column,
                                  const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_TRUE:
    case JSON_FALSE:
        return (weir_value_t){.type = WEIR_VALUE_BOOL, .boolean = json_is_true(json)};
    case JSON_INTEGER:
        return (weir_value_t){.type = WEIR_VALUE_INT, .sint = json_integer_value(json)};
    case JSON_REAL:
        return (weir_value_t){.type = WEIR_VALUE_REAL, .real = json_real_value(json)};
    case JSON_STRING:
        return string_value(pool, column, json_string_value(json));
    case JSON_ARRAY:
        return column->storage == WEIR_STORE_NUMBERS ? numbers_value(pool, json)
                                                     : addresses_value(pool, json);
    case JSON_OBJECT:
    case JSON_NULL:
        break;
    }
    return (weir_value_t){0};
}

/* Without memory the column stays unknown. */
static void room_make(const weir_table_t *table, const weir_column_t *column, weir_pool_t *pool,
                      void *record)
{
    void **apart = weir_column_apart(column, record);
    if (apart && !*apart)
        *apart = weir_pool_alloc(pool, table->apart_size);
}

/* jansson keeps integers in 63 bits; a counter beyond that is read as a real and so loses its last
 * digits, nothing else. */
static void row_read(const weir_table_t *table, weir_pool_t *pool, json_t *object, void *record)
{
    const char *key;
    json_t *json;
    json_object_foreach(object, key, json)
    {
        int column = weir_column_find(table, key);
        if (column < 0)
            continue;
        weir_value_t value = json_to_value(pool, &table->columns[column], json);
        if (value.type == WEIR_VALUE_INT && value.sint >= 0)
            value = (weir_value_t){.type = WEIR_VALUE_UINT, .uint = (uint64_t)value.sint};
        if (value.type == WEIR_VALUE_NULL)
            continue;
        room_make(table, &table->columns[column], pool, record);
        weir_column_write(table, (size_t)column, record, &value);
    }
}

static uint64_t text_hash(const char *text, uint64_t hash)
{
    for (; *text; text++)
        hash = weir_hash_u64(hash ^ (uint8_t)*text);
    return hash;
}

/* What the table's columns do not say of an interface. */
static int iface_complete(replay_t *replay, weir_iface_t *iface)
{
    static const weir_table_id_t id = WEIR_TABLE_INTERFACES;
    uint64_t known = iface->present;
    if (!iface->name)
        iface->name = "";
    uint64_t key = text_hash(iface->name, weir_hash_u64(iface->index));
    uint32_t number = weir_index_get(&replay->ids, key);
    if (number == WEIR_INDEX_NONE) {
        number = ++replay->next_id;
        int r = weir_index_set(&replay->ids, key, number);
        if (r < 0)
            return r;
    }
    iface->id = number;
    bool rx = known & weir_column_bit(weir_table(id), "rx_bytes_per_s");
    bool tx = known & weir_column_bit(weir_table(id), "tx_bytes_per_s");
    uint8_t unknown = iface->rate_state == WEIR_RATE_OK ? WEIR_RATE_STALE : iface->rate_state;
    iface->rx.state = rx ? iface->rate_state : unknown;
    iface->tx.state = tx ? iface->rate_state : unknown;
    iface->capacity_tx_bps = iface->capacity_rx_bps;
    return 0;
}

/* An app's number is not recorded; processes are, and one without any has ended. */
static void app_complete(weir_app_t *app, size_t i)
{
    uint64_t key = weir_hash_u64(1);
    const char *const parts[] = {app->app, app->exe, app->user, app->unit, app->container};
    for (size_t j = 0; j < WEIR_COUNT(parts); j++)
        key = text_hash(parts[j] ? parts[j] : "", weir_hash_u64(key));
    app->id = key ? key : i + 1;
    app->app = app->app ? app->app : "";
    app->ended = app->exe && !app->pids.count &&
                 app->present & weir_column_bit(weir_table(WEIR_TABLE_APPS), "pids");
}

static int rows_read(replay_t *replay, weir_snapshot_t *snapshot, weir_table_id_t id,
                     char *ret_error)
{
    const weir_table_t *table = weir_table(id);
    json_t *rows = json_object_get(replay->next, "rows");
    if (!json_is_array(rows))
        return replay_fail(replay, ret_error, "\"rows\" is missing");
    if (!table->column_count)
        return replay_fail(replay, ret_error, "this version cannot show the table %s", table->id);
    char *records = weir_snapshot_allocate(snapshot, id, json_array_size(rows));
    if (!records)
        return replay_fail(replay, ret_error, "out of memory for %zu rows", json_array_size(rows));
    for (size_t i = 0; i < json_array_size(rows); i++) {
        void *record = records + i * table->record_size;
        row_read(table, snapshot->pool, json_array_get(rows, i), record);
        if (id == WEIR_TABLE_INTERFACES && iface_complete(replay, record) < 0)
            return replay_fail(replay, ret_error, "out of memory");
        if (id == WEIR_TABLE_APPS)
            app_complete(record, i);
    }
    snapshot->rows[id].omitted =
        (uint64_t)json_integer_value(json_object_get(replay->next, "omitted"));
    return 0;
}

/* ---- Documents ------------------------------------------------------------------------------- */

/* A pipe may stay silent for ever, so the wait for it can be interrupted. */
static int more_wait(const replay_t *replay)
{
    struct pollfd poll_fd = {.fd = replay->fd, .events = POLLIN};
    while (!atomic_load(&replay->interrupted)) {
        int n = poll(&poll_fd, 1, INTERRUPT_CHECK_MS);
        if (n > 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return -errno;
    }
    return -EINTR;
}

/* Read another piece. Returns 0 (file_ended may be set now) or a negative errno. */
static int more_read(replay_t *replay)
{
    int r = more_wait(replay);
    if (r < 0)
        return r;
    char *to = weir_buf_reserve(&replay->line, READ_SIZE);
    if (!to)
        return weir_buf_error(&replay->line);
    ssize_t n = TEMP_FAILURE_RETRY(read(replay->fd, to, READ_SIZE));
    if (n < 0)
        return -errno;
    weir_buf_advance(&replay->line, (size_t)n);
    replay->file_ended = n == 0;
    return 0;
}

static void line_drop(replay_t *replay)
{
    if (replay->line_len)
        memmove(replay->line.data, replay->line.data + replay->line_len,
                replay->line.len - replay->line_len);
    replay->line.len -= replay->line_len;
    replay->line_len = 0;
}

/* Make the next line the current one. Returns 1, 0 at the end, or a negative errno. */
static int line_next(replay_t *replay)
{
    line_drop(replay);
    size_t searched = 0;
    for (;;) {
        size_t unsearched = replay->line.len - searched;
        const char *end =
            unsearched ? memchr(replay->line.data + searched, '\n', unsearched) : NULL;
        if (end || (replay->file_ended && replay->line.len)) {
            replay->line_len = end ? (size_t)(end - replay->line.data) + 1 : replay->line.len;
            replay->line_number++;
            return 1;
        }
        if (replay->file_ended)
            return 0;
        searched = replay->line.len;
        int r = more_read(replay);
        if (r < 0)
            return r;
    }
}

static bool line_is_blank(const replay_t *replay)
{
    for (size_t i = 0; i < replay->line_len; i++)
        if (!strchr(" \t\r\n", replay->line.data[i]))
            return false;
    return true;
}

static int document_parse(replay_t *replay, char *ret_error)
{
    bool whole = replay->line.data[replay->line_len - 1] == '\n';
    json_error_t error;
    replay->next = json_loadb(replay->line.data, replay->line_len, 0, &error);
    if (!replay->next && !whole && replay->line_number > 1)
        return WEIR_PRODUCER_ENDED; /* a recording that was cut while it was written */
    if (!replay->next)
        return replay_fail(replay, ret_error, "no JSON (column %d: %.80s)", error.column,
                           error.text);
    const char *time = json_string_value(json_object_get(replay->next, "time"));
    if (!time || weir_time_parse(time, &replay->next_wall_ns) < 0)
        return replay_fail(replay, ret_error,
                           "\"time\" is missing or no time: is this a recording of Weir?");
    return 0;
}

/* Read the next line that is not empty into replay->next. */
static int document_read(replay_t *replay, char *ret_error)
{
    int r = line_next(replay);
    while (r > 0 && line_is_blank(replay))
        r = line_next(replay);
    if (r < 0)
        return replay_fail(replay, ret_error, "%s",
                           r == -EFBIG ? "the line is too long" : strerror(-r));
    return r == 0 ? WEIR_PRODUCER_ENDED : document_parse(replay, ret_error);
}

/* The recording has its own monotonic clock: windows where they are known, else wall time. */
static void time_advance(replay_t *replay, uint64_t window_ns)
{
    int64_t step_ns = replay->next_wall_ns - replay->wall_ns;
    if (replay->sequence == 0)
        replay->time.boot_ns = EPOCH_NS + window_ns;
    else
        replay->time.boot_ns += step_ns > (int64_t)window_ns ? (uint64_t)step_ns : window_ns;
    replay->time.awake_ns = replay->time.boot_ns;
    replay->time.wall_ns = replay->wall_ns = replay->next_wall_ns;
}

static int snapshot_fill(replay_t *replay, weir_snapshot_t *snapshot, char *ret_error)
{
    const char *name = json_string_value(json_object_get(replay->next, "table"));
    int table = name ? weir_table_find(name) : -ENOENT;
    if (table < 0)
        return replay_fail(replay, ret_error,
                           "\"table\" is missing or unknown: is this a recording of Weir?");
    int r = rows_read(replay, snapshot, (weir_table_id_t)table, ret_error);
    if (r < 0)
        return r;
    double window_s = json_number_value(json_object_get(replay->next, "window_s"));
    snapshot->window_ns = window_s > 0 && window_s < 1e6 ? (uint64_t)llround(window_s * 1e9) : 0;
    snapshot->lost = (uint64_t)json_integer_value(json_object_get(replay->next, "lost"));
    time_advance(replay, snapshot->window_ns);
    snapshot->time = replay->time;
    snapshot->sequence = ++replay->sequence;
    weir_headline_sum(snapshot);
    weir_balance_sum(snapshot);
    return 0;
}

static int snapshot_make(replay_t *replay, weir_snapshot_t **ret_snapshot, char *ret_error)
{
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(POOL_CEILING);
    WEIR_CLEANUP(weir_snapshot_unrefp)
    weir_snapshot_t *snapshot = pool ? weir_snapshot_new(WEIR_ORIGIN_REPLAY, pool) : NULL;
    if (!snapshot)
        return replay_fail(replay, ret_error, "out of memory");
    int r = snapshot_fill(replay, snapshot, ret_error);
    if (r < 0)
        return r;
    *ret_snapshot = WEIR_TAKE(snapshot);
    return 0;
}

/* One document is read ahead, to know when it is due. */
static int replay_next(void *context, weir_snapshot_t **ret_snapshot, char *ret_error)
{
    replay_t *replay = context;
    int r = replay->next ? 0 : document_read(replay, ret_error);
    if (r != 0)
        return r;
    r = snapshot_make(replay, ret_snapshot, ret_error);
    json_decref(replay->next);
    replay->next = NULL;
    replay->shown_ns = weir_clock_now(&replay->clock).boot_ns;
    return r;
}

static uint64_t replay_due(void *context, uint64_t now_ns)
{
    replay_t *replay = context;
    char error[WEIR_PRODUCER_ERROR_SIZE];
    if (replay->speed <= 0 || replay->shown_ns == 0)
        return now_ns;
    if (!replay->next && document_read(replay, error) != 0)
        return now_ns; /* next() meets and tells it */
    int64_t gap_ns = replay->next_wall_ns - replay->wall_ns;
    if (gap_ns <= 0)
        return now_ns;
    uint64_t wait_ns = (uint64_t)((double)gap_ns / replay->speed);
    return replay->shown_ns + (wait_ns < WAIT_MAX_NS ? wait_ns : WAIT_MAX_NS);
}

/* The interval is the recording's own. */
static void replay_set_interval(void *context, uint64_t interval_ns)
{
    (void)context;
    (void)interval_ns;
}

static void replay_interrupt(void *context)
{
    replay_t *replay = context;
    atomic_store(&replay->interrupted, true);
}

static void replay_close(void *context)
{
    replay_t *replay = context;
    if (replay->fd != STDIN_FILENO)
        weir_closep(&replay->fd);
    json_decref(replay->next);
    weir_index_done(&replay->ids);
    weir_buf_done(&replay->line);
    free(replay->path);
    free(replay);
}

int weir_replay_open(const char *path, const weir_clock_t *clock, double speed,
                     weir_producer_t *ret_producer)
{
    static const weir_producer_ops_t ops = {.next = replay_next,
                                            .due = replay_due,
                                            .set_interval = replay_set_interval,
                                            .interrupt = replay_interrupt,
                                            .close = replay_close};
    replay_t *replay = calloc(1, sizeof(*replay));
    if (!replay)
        return -ENOMEM;
    bool standard_input = strcmp(path, "-") == 0;
    replay->clock = *clock;
    replay->speed = speed;
    weir_buf_init(&replay->line, LINE_CEILING);
    replay->path = strdup(standard_input ? "standard input" : path);
    replay->fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat status = {0};
    int r = replay->fd < 0 || fstat(replay->fd, &status) < 0 ? -errno : 0;
    if (r == 0 && S_ISDIR(status.st_mode))
        r = -EISDIR;
    if (r == 0 && !replay->path)
        r = -ENOMEM;
    if (r < 0) {
        replay_close(replay);
        return r;
    }
    *ret_producer = (weir_producer_t){.ops = &ops, .context = replay};
    return 0;
}
