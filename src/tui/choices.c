#include "tui/choices.h"

#include "base/number.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_CEILING ((size_t)16384) /* [byte] a larger file is none of ours */

#define SORT_NONE "none" /* the table's own order; no column is called so */

static const char *const SINCE_WORDS[] = {"boot", "start", "mark"};
static const char *const MEASURE_WORDS[] = {"bits", "bytes"};
static const char *const BASE_WORDS[] = {"si", "iec"};

static void table_init(weir_table_choices_t *table, weir_table_id_t id, weir_origin_t origin)
{
    const char *sort = weir_view(id)->capture_sort;
    *table = (weir_table_choices_t){.sort = WEIR_SORT_NONE};
    table->column_count = weir_view_default_columns(id, table->columns);
    if (origin == WEIR_ORIGIN_FILE && sort)
        (void)!weir_sort_parse(weir_table(id), sort, &table->sort,
                               &table->descending); /* else its own order */
}

void weir_choices_init(weir_choices_t *choices, weir_origin_t origin)
{
    *choices = (weir_choices_t){.origin = origin,
                                .units = WEIR_UNITS_DEFAULT,
                                .interval_ns = WEIR_NS_PER_S,
                                .packet_columns = WEIR_PACKET_COLUMNS_USUAL};
    for (int i = 0; i < WEIR_TABLE_COUNT; i++)
        table_init(&choices->tables[i], (weir_table_id_t)i, origin);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static int word_find(const char *const words[], size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], text) == 0)
            return (int)i;
    return -ENOENT;
}

static void general_parse(weir_choices_t *choices, const char *key, const char *value)
{
    int word = -ENOENT;
    uint64_t number = 0;
    if (strcmp(key, "rates") == 0 && (word = word_find(MEASURE_WORDS, 2, value)) >= 0)
        choices->units.rates = (weir_measure_t)word;
    else if (strcmp(key, "amounts") == 0 && (word = word_find(MEASURE_WORDS, 2, value)) >= 0)
        choices->units.amounts = (weir_measure_t)word;
    else if (strcmp(key, "prefixes") == 0 && (word = word_find(BASE_WORDS, 2, value)) >= 0)
        choices->units.base = (weir_base_t)word;
    else if (strcmp(key, "totals") == 0 && (word = word_find(SINCE_WORDS, 3, value)) >= 0)
        choices->since = word == WEIR_SINCE_MARK ? WEIR_SINCE_START : (weir_since_t)word;
    else if (strcmp(key, "interval_ms") == 0 && weir_number_parse(value, 3600000, &number) == 0 &&
             number >= 100)
        choices->interval_ns = number * WEIR_NS_PER_MS;
}

static void columns_parse(weir_table_choices_t *table, weir_table_id_t id, char *value)
{
    weir_table_choices_t parsed = *table;
    parsed.column_count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(value, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
        int column = weir_view_column_find(id, word);
        if (column >= 0 && parsed.column_count < WEIR_VIEW_COLUMNS_MAX)
            parsed.columns[parsed.column_count++] = (uint8_t)column;
    }
    if (parsed.column_count)
        *table = parsed;
}

static void packet_columns_parse(weir_choices_t *choices, char *value)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_PACKETS);
    uint32_t columns = 0;
    char *rest = NULL;
    for (char *word = strtok_r(value, ",", &rest); word; word = strtok_r(NULL, ",", &rest))
        for (size_t i = 0; i < table->column_count; i++)
            if (strcmp(table->columns[i].id, word) == 0)
                columns |= UINT32_C(1) << i;
    choices->packet_columns = columns ? columns : choices->packet_columns;
}

static void table_parse(weir_choices_t *choices, const char *name, const char *key, char *value)
{
    int id = weir_table_find(name);
    if (id < 0 || !weir_table((weir_table_id_t)id)->column_count)
        return;
    weir_table_choices_t *table = &choices->tables[id];
    if (strcmp(key, "columns") == 0)
        columns_parse(table, (weir_table_id_t)id, value);
    else if (strcmp(key, "sort") == 0 && strcmp(value, SORT_NONE) == 0)
        table->sort = WEIR_SORT_NONE;
    else if (strcmp(key, "sort") == 0)
        (void)!weir_sort_parse(weir_table((weir_table_id_t)id), value, &table->sort,
                               &table->descending); /* else it stays */
    else if (strcmp(key, "fold") == 0)
        table->unfolded = strcmp(value, "no") == 0;
}

/* Cuts the line into pieces. */
static void line_parse(weir_choices_t *choices, char *line)
{
    char *equals = strchr(line, '=');
    if (!equals)
        return;
    *equals = '\0';
    char *dot = strchr(line, '.');
    if (!dot) {
        general_parse(choices, line, equals + 1);
        return;
    }
    *dot = '\0';
    if (strcmp(line, weir_table(WEIR_TABLE_PACKETS)->id) != 0)
        table_parse(choices, line, dot + 1, equals + 1);
    else if (strcmp(dot + 1, "columns") == 0)
        packet_columns_parse(choices, equals + 1);
}

void weir_choices_parse(weir_choices_t *choices, const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        return;
    char *rest = NULL;
    for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        line_parse(choices, line);
    free(copy);
}

int weir_choices_read(weir_choices_t *choices, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    char text[FILE_CEILING + 1];
    ssize_t n = TEMP_FAILURE_RETRY(read(fd, text, FILE_CEILING));
    int r = n < 0 ? -errno : 0;
    (void)close(fd); /* it was only read */
    if (r < 0)
        return r;
    text[n] = '\0';
    weir_choices_parse(choices, text);
    return 0;
}

/* ---- Writing --------------------------------------------------------------------------------- */

/* What is usual differs between origins, and stays out of the file. */
static void sort_put(weir_buf_t *buf, const weir_table_choices_t *choices,
                     const weir_table_choices_t *usual, const weir_table_t *table)
{
    if (choices->sort == usual->sort && choices->descending == usual->descending)
        return;
    weir_buf_printf(buf, "%s.sort=%s%s\n", table->id,
                    choices->sort >= 0 && choices->descending ? "-" : "",
                    choices->sort >= 0 ? table->columns[choices->sort].id : SORT_NONE);
}

static void columns_put(weir_buf_t *buf, const weir_table_choices_t *choices,
                        const weir_table_choices_t *usual, weir_table_id_t id)
{
    const weir_table_t *table = weir_table(id);
    if (choices->column_count == usual->column_count &&
        memcmp(choices->columns, usual->columns, usual->column_count) == 0)
        return;
    weir_buf_printf(buf, "%s.columns=", table->id);
    for (size_t i = 0; i < choices->column_count; i++)
        weir_buf_printf(buf, "%s%s", i ? "," : "", weir_view_column_id(id, choices->columns[i]));
    weir_buf_putc(buf, '\n');
}

static void table_put(weir_buf_t *buf, const weir_choices_t *choices, weir_table_id_t id)
{
    weir_table_choices_t usual;
    const weir_table_choices_t *table = &choices->tables[id];
    table_init(&usual, id, choices->origin);
    columns_put(buf, table, &usual, id);
    sort_put(buf, table, &usual, weir_table(id));
    if (table->unfolded)
        weir_buf_printf(buf, "%s.fold=no\n", weir_table(id)->id);
}

static void packet_columns_put(weir_buf_t *buf, uint32_t columns)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_PACKETS);
    const char *gap = "";
    if (columns == WEIR_PACKET_COLUMNS_USUAL)
        return;
    weir_buf_printf(buf, "%s.columns=", table->id);
    for (size_t i = 0; i < table->column_count; i++) {
        if (!(columns >> i & 1))
            continue;
        weir_buf_printf(buf, "%s%s", gap, table->columns[i].id);
        gap = ",";
    }
    weir_buf_putc(buf, '\n');
}

void weir_choices_put(weir_buf_t *buf, const weir_choices_t *choices)
{
    weir_buf_printf(buf, "rates=%s\namounts=%s\nprefixes=%s\ntotals=%s\ninterval_ms=",
                    MEASURE_WORDS[choices->units.rates], MEASURE_WORDS[choices->units.amounts],
                    BASE_WORDS[choices->units.base], SINCE_WORDS[choices->since]);
    weir_number_put(buf, choices->interval_ns / WEIR_NS_PER_MS);
    weir_buf_putc(buf, '\n');
    for (int i = 0; i < WEIR_TABLE_COUNT; i++)
        if (weir_table((weir_table_id_t)i)->column_count)
            table_put(buf, choices, (weir_table_id_t)i);
    packet_columns_put(buf, choices->packet_columns);
}

/* `path` is as it was afterwards. */
static int folders_make(char *path)
{
    int r = 0;
    for (char *slash = strchr(path + 1, '/'); slash && r == 0; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0700) < 0 && errno != EEXIST)
            r = -errno;
        *slash = '/';
    }
    return r;
}

static int text_write(const char *path, const char *text, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    ssize_t written = TEMP_FAILURE_RETRY(write(fd, text, n));
    int r = written < 0 ? -errno : (size_t)written == n ? 0 : -ENOSPC;
    if (close(fd) < 0 && r == 0)
        r = -errno;
    return r;
}

/* The old file is replaced in one step, so that it is never half written. */
int weir_choices_write(const weir_choices_t *choices, const char *path)
{
    weir_buf_t text;
    char beside[4096];
    int n = snprintf(beside, sizeof(beside), "%s.new", path);
    if (n < 0 || (size_t)n >= sizeof(beside))
        return -ENAMETOOLONG;
    int r = folders_make(beside);
    weir_buf_init(&text, FILE_CEILING);
    weir_choices_put(&text, choices);
    if (r >= 0)
        r = weir_buf_error(&text);
    if (r >= 0)
        r = text_write(beside, text.data, text.len);
    weir_buf_done(&text);
    if (r >= 0 && rename(beside, path) < 0)
        r = -errno;
    if (r < 0)
        (void)unlink(beside); /* best effort */
    return r;
}
