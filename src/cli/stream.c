/*
 * `show` and `live` in line mode: snapshots become documents on standard output.
 */
#include "base/text.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "platform/platform.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define ROWS_USUAL 50
#define OUTPUT_CEILING ((size_t)4 << 30) /* [byte] of one document */

typedef struct stream {
    weir_context_t *context;
    weir_export_t export;
    weir_query_t query;
    weir_filter_t *filter; /* owned */
    char *filter_text;     /* owned; NULL: none */
    weir_client_t *client; /* owned */
    weir_buf_t out;
    weir_progress_t progress; /* of a capture */
    const char *paths[1];     /* its path */
    uint64_t printed;         /* documents */
    int status;               /* of writing */
    bool closed;              /* the reader has gone */
    bool show;                /* wait for rates; an unknown interface is an error */
    bool fullscreen;          /* the terminal view takes over */
} stream_t;

static void stream_done(stream_t *stream)
{
    weir_progress_clear(&stream->progress);
    weir_client_close(stream->client);
    weir_filter_free(stream->filter);
    free(stream->filter_text);
    weir_buf_done(&stream->out);
}

/* ---- What is asked for ----------------------------------------------------------------------- */

static int column_fail(const weir_table_t *table, const char *option, const char *typed)
{
    const char *nearest = weir_column_nearest(table, typed);
    if (nearest)
        return weir_say(WEIR_EXIT_USAGE,
                        "--%s: the table %s has no column '%s'; did you mean '%s'?", option,
                        table->id, typed, nearest);
    return weir_say(WEIR_EXIT_USAGE,
                    "--%s: the table %s has no column '%s'; `weir help columns` lists them", option,
                    table->id, typed);
}

/* Cuts `list` into pieces. */
static int columns_parse(stream_t *stream, char *list)
{
    const weir_table_t *table = weir_table(stream->export.table);
    weir_export_t *export = &stream->export;
    char *rest = NULL;
    for (char *id = strtok_r(list, ", ", &rest); id; id = strtok_r(NULL, ", ", &rest)) {
        int column = weir_column_find(table, id);
        if (column < 0)
            return column_fail(table, "columns", id);
        if (export->column_count == WEIR_COLUMNS_MAX)
            return weir_say(WEIR_EXIT_USAGE, "--columns: more than %d columns", WEIR_COLUMNS_MAX);
        export->columns[export->column_count++] = (uint8_t)column;
    }
    if (!export->column_count)
        return weir_say(WEIR_EXIT_USAGE,
                        "--columns: no column is named; `weir help columns` lists them");
    return WEIR_EXIT_OK;
}

static int columns_choose(stream_t *stream, const char *list)
{
    weir_export_default_columns(&stream->export, stream->context->invocation.format);
    if (!list)
        return WEIR_EXIT_OK;
    char *copy = strdup(list);
    if (!copy)
        return weir_say(WEIR_EXIT_FAILED, "out of memory for the columns");
    stream->export.chosen = true;
    stream->export.column_count = 0;
    int r = columns_parse(stream, copy);
    free(copy);
    return r;
}

static int sort_choose(stream_t *stream, const char *text)
{
    const weir_table_t *table = weir_table(stream->export.table);
    if (text && weir_sort_parse(table, text, &stream->query.sort, &stream->query.descending) < 0)
        return column_fail(table, "sort", text + (text[0] == '-'));
    return WEIR_EXIT_OK;
}

/* -i is one more condition. */
static char *filter_join(const char *expression, const char *iface)
{
    bool both = expression && expression[strspn(expression, " ")];
    weir_buf_t text;
    weir_buf_init(&text, (size_t)1 << 16);
    weir_buf_printf(&text, both ? "(%s) and name=\"" : "%.0sname=\"", both ? expression : "");
    for (const char *c = iface; *c; c++)
        weir_buf_printf(&text, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    weir_buf_putc(&text, '"');
    char *joined = strdup(weir_buf_text(&text));
    weir_buf_done(&text);
    return joined;
}

/* The user's own filter is parsed alone first, so that positions are right. */
static int filter_choose(stream_t *stream, const char *expression, const char *iface)
{
    const weir_table_t *table = weir_table(stream->export.table);
    weir_filter_error_t error;
    bool joined = iface && stream->export.table == WEIR_TABLE_INTERFACES;
    int r = weir_filter_parse(table, expression ? expression : "", &stream->filter, &error);
    if (r == -EINVAL)
        return weir_say(WEIR_EXIT_USAGE, "--filter, character %zu: %s", error.at + 1,
                        error.message);
    if (joined)
        stream->filter_text = filter_join(expression, iface);
    else if (expression)
        stream->filter_text = strdup(expression);
    if (r >= 0 && joined && stream->filter_text) {
        weir_filter_t *filter = NULL;
        r = weir_filter_parse(table, stream->filter_text, &filter, &error);
        weir_filter_free(stream->filter);
        stream->filter = filter;
        if (r == -EINVAL)
            return weir_say(WEIR_EXIT_USAGE, "--interface: '%s' is no name of an interface", iface);
    }
    if (r < 0 || ((joined || expression) && !stream->filter_text))
        return weir_say(WEIR_EXIT_FAILED, "out of memory for the filter");
    stream->query.filter = stream->filter;
    return WEIR_EXIT_OK;
}

static int table_choose(stream_t *stream)
{
    const weir_invocation_t *invocation = &stream->context->invocation;
    const char *usual = invocation->file ? "flows" : "interfaces";
    const char *name = invocation->operand_count ? invocation->operands[0] : usual;
    if (invocation->operand_count > 1)
        return weir_say(WEIR_EXIT_USAGE, "one table at a time; '%s' is too much",
                        invocation->operands[1]);
    int table = weir_table_find(name);
    if (table < 0) {
        const char *names[WEIR_TABLE_COUNT];
        for (int i = 0; i < WEIR_TABLE_COUNT; i++)
            names[i] = weir_table((weir_table_id_t)i)->id;
        const char *nearest = weir_text_nearest(name, names, WEIR_TABLE_COUNT);
        if (nearest)
            return weir_say(WEIR_EXIT_USAGE, "there is no table '%s'; did you mean '%s'?", name,
                            nearest);
        return weir_say(
            WEIR_EXIT_USAGE,
            "there is no table '%s'; tables are interfaces apps hosts flows protocols findings",
            name);
    }
    bool no_rows = table == WEIR_TABLE_INTERFACES || table == WEIR_TABLE_APPS;
    if (invocation->file && no_rows && !stream->fullscreen)
        return weir_say(WEIR_EXIT_FAILED,
                        "a capture has no table %s; it has flows, hosts, protocols and findings",
                        name);
    stream->export.table = stream->query.table = (weir_table_id_t)table;
    return WEIR_EXIT_OK;
}

/* A plain table of a capture can have millions of rows: unless asked, only the first are shown. */
static void limit_choose(stream_t *stream)
{
    const weir_invocation_t *invocation = &stream->context->invocation;
    bool given = invocation->given & WEIR_OPTION_BIT(WEIR_OPTION_LIMIT);
    if (!invocation->file || given || invocation->format != WEIR_FORMAT_TABLE)
        return;
    stream->query.limit = ROWS_USUAL;
    stream->export.more_hint = "; --limit 0 shows all";
}

static void origin_choose(stream_t *stream, weir_client_options_t *options)
{
    const weir_invocation_t *invocation = &stream->context->invocation;
    if (!invocation->file)
        return;
    options->origin = WEIR_ORIGIN_FILE;
    options->reading = invocation->reading;
    options->reading.paths = stream->paths;
    options->reading.path_count = 1;
    options->reading.tables = UINT32_C(1) << stream->query.table;
    if (stream->fullscreen)
        options->reading.tables = UINT32_MAX; /* one can go from tab to tab */
    options->reading.locals = invocation->locals;
    options->reading.local_count = invocation->local_count;
    options->reading.macs = invocation->macs;
    options->reading.mac_count = invocation->mac_count;
    stream->paths[0] = invocation->file;
    weir_progress_begin(&stream->progress, &options->reading);
    stream->progress.visible &= !stream->fullscreen; /* which draws its own */
}

/* Who asks for the ledger wants the apps, that explain. */
static uint32_t tables_wanted(const stream_t *stream)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    int first = weir_column_find(table, "rx_explained");
    uint32_t tables = UINT32_C(1) << stream->query.table;
    bool interfaces = stream->export.table == WEIR_TABLE_INTERFACES && stream->export.chosen;
    for (size_t i = 0; interfaces && i < stream->export.column_count; i++)
        if (stream->export.columns[i] >= first)
            tables |= UINT32_C(1) << WEIR_TABLE_APPS;
    return tables;
}

static int client_open(stream_t *stream)
{
    const weir_invocation_t *invocation = &stream->context->invocation;
    if (invocation->file && invocation->replay)
        return weir_say(WEIR_EXIT_USAGE, "--file and --replay exclude each other");
    weir_client_options_t options = {
        .origin = invocation->replay ? WEIR_ORIGIN_REPLAY : WEIR_ORIGIN_LIVE,
        .reading = {.no_apps = invocation->reading.no_apps},
        .path = invocation->replay,
        .speed = invocation->speed,
        .interval_ns = invocation->interval_ns,
        .tables = tables_wanted(stream) | UINT32_C(1) << WEIR_TABLE_INTERFACES,
        .iface = invocation->iface,
        .lossless = !stream->fullscreen || invocation->replay, /* a live screen shows the newest */
        .capacities = stream->context->config.capacities,
        .capacity_count = stream->context->config.capacity_count,
        .findings = &stream->context->config.findings,
        .geoip = invocation->geoip,
        .geoip_count = invocation->geoip_count,
        .no_geoip = invocation->no_geoip,
        .resolve = invocation->resolve,
    };
    origin_choose(stream, &options);
    if (options.origin == WEIR_ORIGIN_LIVE)
        weir_platform_memory_spare(); /* it may stay for long; a capture is read, and done */
    char error[WEIR_CLIENT_ERROR_SIZE];
    if (weir_client_open(&options, &stream->client, error) < 0)
        return weir_say(WEIR_EXIT_FAILED, "%s", error);
    return WEIR_EXIT_OK;
}

static void out_flush(void *context, weir_buf_t *buf)
{
    stream_t *stream = context;
    if (stream->status == WEIR_EXIT_OK && !stream->closed)
        stream->status = weir_print(buf, &stream->closed);
    weir_buf_clear(buf);
}

static int stream_prepare(stream_t *stream)
{
    const weir_invocation_t *invocation = &stream->context->invocation;
    stream->query = (weir_query_t){.sort = WEIR_SORT_NONE, .limit = invocation->limit};
    weir_buf_init(&stream->out, OUTPUT_CEILING);
    int r = table_choose(stream);
    limit_choose(stream);
    stream->export.flush = out_flush;
    stream->export.flush_context = stream;
    stream->export.units = invocation->units;
    stream->export.utf8 = stream->context->utf8;
    if (r == WEIR_EXIT_OK)
        r = columns_choose(stream, invocation->columns);
    if (r == WEIR_EXIT_OK)
        r = sort_choose(stream, invocation->sort);
    if (r == WEIR_EXIT_OK)
        r = filter_choose(stream, invocation->filter, invocation->iface);
    return r == WEIR_EXIT_OK ? client_open(stream) : r;
}

/* ---- Documents ------------------------------------------------------------------------------- */

static void document_put(stream_t *stream, const weir_snapshot_t *snapshot,
                         const weir_selection_t *selection)
{
    switch (stream->context->invocation.format) {
    case WEIR_FORMAT_JSON:
        weir_export_json(&stream->out, &stream->export, snapshot, selection);
        break;
    case WEIR_FORMAT_CSV:
        if (stream->printed == 0)
            weir_export_csv_header(&stream->out, &stream->export);
        weir_export_csv(&stream->out, &stream->export, snapshot, selection);
        break;
    case WEIR_FORMAT_HTML: /* was refused */
        break;
    case WEIR_FORMAT_TABLE:
        stream->export.width = weir_terminal_width(stream->context);
        if (stream->printed)
            weir_buf_putc(&stream->out, '\n');
        weir_export_table(&stream->out, &stream->export, snapshot, selection);
        break;
    }
}

static int iface_fail(const stream_t *stream, const weir_snapshot_t *snapshot)
{
    const char *typed = stream->context->invocation.iface;
    size_t n = snapshot->rows[WEIR_TABLE_INTERFACES].count;
    WEIR_CLEANUP(weir_freep) const char **names = calloc(n + 1, sizeof(*names));
    for (size_t i = 0; names && i < n; i++)
        names[i] = weir_snapshot_iface(snapshot, i)->name;
    const char *nearest = names ? weir_text_nearest(typed, names, n) : NULL;
    if (nearest && strcmp(nearest, typed) != 0)
        return weir_say(WEIR_EXIT_FAILED, "there is no interface '%s'; did you mean '%s'?", typed,
                        nearest);
    return weir_say(WEIR_EXIT_FAILED, "there is no interface '%s'; `weir show` lists them", typed);
}

static bool iface_is_missing(const stream_t *stream, const weir_snapshot_t *snapshot)
{
    const char *name = stream->context->invocation.iface;
    if (!name || !stream->show || stream->export.table != WEIR_TABLE_INTERFACES)
        return false;
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++)
        if (strcmp(weir_snapshot_iface(snapshot, i)->name, name) == 0)
            return false;
    return true;
}

static int document_print(stream_t *stream, const weir_snapshot_t *snapshot)
{
    if (iface_is_missing(stream, snapshot))
        return iface_fail(stream, snapshot);
    weir_selection_t selection;
    if (weir_select(snapshot, &stream->query, &selection) < 0)
        return weir_say(WEIR_EXIT_FAILED, "out of memory for %zu rows",
                        snapshot->rows[stream->query.table].count);
    weir_buf_clear(&stream->out);
    document_put(stream, snapshot, &selection);
    weir_selection_done(&selection);
    stream->printed++;
    out_flush(stream, &stream->out);
    return stream->status;
}

/* The first live snapshot has no rates yet: `show` waits for the second. */
static bool is_wanted(const stream_t *stream, const weir_snapshot_t *snapshot)
{
    if (!snapshot->rows[stream->query.table].measured)
        return false;
    return !(stream->show && snapshot->origin == WEIR_ORIGIN_LIVE && snapshot->sequence == 1);
}

/* A live table that says why it is not measured will not be measured later. */
static bool is_denied(const stream_t *stream, const weir_snapshot_t *snapshot)
{
    const weir_rows_t *rows = &snapshot->rows[stream->query.table];
    return snapshot->origin == WEIR_ORIGIN_LIVE && !rows->measured && rows->note;
}

/* Returns 1 to go on, 0 at the end, or the negative weir_exit_t. */
static int snapshot_take(stream_t *stream)
{
    WEIR_CLEANUP(weir_snapshot_unrefp) weir_snapshot_t *snapshot = NULL;
    weir_progress_clear(&stream->progress);
    int r = weir_client_take(stream->client, &snapshot);
    if (r == -ENODATA)
        return 0;
    if (r < 0)
        return -weir_say(WEIR_EXIT_FAILED, "%s", weir_client_error(stream->client));
    if (r > 0 && is_denied(stream, snapshot))
        return -weir_say(WEIR_EXIT_DENIED, "%s", snapshot->rows[stream->query.table].note);
    if (r == 0 || !is_wanted(stream, snapshot))
        return 1;
    int status = document_print(stream, snapshot);
    if (status != WEIR_EXIT_OK)
        return -status;
    uint64_t count = stream->context->invocation.count;
    return !stream->closed && !(count && stream->printed >= count);
}

/* A reader that closes the pipe is noticed at once, not at the next document. */
static int stream_run(stream_t *stream)
{
    struct pollfd fds[] = {{.fd = weir_client_fd(stream->client), .events = POLLIN},
                           {.fd = stream->context->terminal ? -1 : STDOUT_FILENO}};
    for (;;) {
        if (*stream->context->signal)
            return WEIR_EXIT_SIGNAL + *stream->context->signal;
        int ready = ppoll(fds, WEIR_COUNT(fds), weir_progress_wait(&stream->progress),
                          &stream->context->wait_mask);
        if (ready == 0)
            weir_progress_draw(&stream->progress);
        if (ready <= 0)
            continue; /* a signal, or time to tell how far it is */
        if (fds[1].revents & (POLLERR | POLLHUP))
            return WEIR_EXIT_OK;
        if (fds[1].revents & POLLNVAL)
            return weir_say(WEIR_EXIT_FAILED, "cannot write to standard output: it is closed");
        int r = fds[0].revents ? snapshot_take(stream) : 1;
        if (r <= 0)
            return -r;
    }
}

static int stream_main(weir_context_t *context, bool show)
{
    stream_t stream = {
        .context = context, .show = show, .fullscreen = !show && weir_fullscreen_wanted(context)};
    int status = stream_prepare(&stream);
    if (status == WEIR_EXIT_OK && stream.fullscreen)
        status = weir_fullscreen_run(context, stream.client, &stream.export, stream.filter_text,
                                     &stream.progress.reading);
    else if (status == WEIR_EXIT_OK)
        status = stream_run(&stream);
    stream_done(&stream);
    return status;
}

int weir_show_run(weir_context_t *context)
{
    if (!context->invocation.count_given)
        context->invocation.count = 1;
    return stream_main(context, true);
}

int weir_live_run(weir_context_t *context)
{
    return stream_main(context, false);
}
