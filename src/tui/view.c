#include "tui/view.h"

#include "base/index.h"
#include "base/text.h"
#include "model/cell.h"

#include <errno.h>
#include <string.h>

const weir_view_t *weir_view(weir_table_id_t table)
{
    static const weir_view_t *const views[WEIR_TABLE_COUNT] = {
        [WEIR_TABLE_INTERFACES] = &WEIR_VIEW_INTERFACES,
        [WEIR_TABLE_APPS] = &WEIR_VIEW_APPS,
        [WEIR_TABLE_HOSTS] = &WEIR_VIEW_HOSTS,
        [WEIR_TABLE_FLOWS] = &WEIR_VIEW_FLOWS,
        [WEIR_TABLE_PROTOCOLS] = &WEIR_VIEW_PROTOCOLS,
        [WEIR_TABLE_FINDINGS] = &WEIR_VIEW_FINDINGS,
    };
    return views[table];
}

/* ---- Records --------------------------------------------------------------------------------- */

/* FNV-1a (Fowler, Noll, Vo), then mixed. */
static uint64_t bytes_hash(uint64_t hash, const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t value_hash(uint64_t hash, const weir_value_t *value)
{
    switch (value->type) {
    case WEIR_VALUE_UINT:
    case WEIR_VALUE_INT:
        return bytes_hash(hash, &value->uint, sizeof(value->uint));
    case WEIR_VALUE_TEXT:
        return bytes_hash(hash, value->text, strlen(value->text) + 1);
    case WEIR_VALUE_ADDRESS:
        hash = bytes_hash(hash, value->address.bytes, sizeof(value->address.bytes));
        return bytes_hash(hash, &value->address.family, 1);
    default: /* unknown, or a kind that names nothing */
        return bytes_hash(hash, "", 1);
    }
}

uint64_t weir_view_id(weir_table_id_t table, const void *record)
{
    const weir_view_t *view = weir_view(table);
    if (view->id)
        return view->id(record);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; view->keys && view->keys[i]; i++) {
        int column = weir_column_find(weir_table(table), view->keys[i]);
        weir_value_t value = {.type = WEIR_VALUE_NULL};
        if (column >= 0)
            value = weir_column_read(weir_table(table), (size_t)column, record);
        hash = value_hash(hash, &value);
    }
    hash = weir_hash_u64(hash);
    return hash ? hash : 1;
}

void weir_view_name_put(weir_buf_t *buf, weir_table_id_t table, const void *record, bool utf8)
{
    const weir_view_t *view = weir_view(table);
    int column =
        view->name_column ? weir_column_find(weir_table(table), view->name_column) : -ENOENT;
    if (column < 0)
        return;
    weir_cell_t cell = weir_cell(weir_table(table), (size_t)column, record, &WEIR_UNITS_DEFAULT);
    if (cell.unknown)
        weir_buf_puts(buf, utf8 ? "–" : "-");
    else
        weir_cell_put_text(buf, &cell, utf8);
}

void weir_view_quote(weir_buf_t *filter, const char *text)
{
    weir_buf_putc(filter, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            weir_buf_putc(filter, '\\');
        weir_buf_putc(filter, *text);
    }
    weir_buf_putc(filter, '"');
}

static uint64_t bytes_read(const weir_table_t *table, const char *id, const void *record)
{
    int column = weir_column_find(table, id);
    weir_value_t value = {.type = WEIR_VALUE_NULL};
    if (column >= 0)
        value = weir_column_read(table, (size_t)column, record);
    return value.type == WEIR_VALUE_UINT ? value.uint : 0;
}

bool weir_view_has_counters(weir_table_id_t table)
{
    return weir_view(table)->counters || weir_column_find(weir_table(table), "rx_bytes") >= 0;
}

weir_view_counters_t weir_view_counters(weir_table_id_t table, const void *record)
{
    weir_view_counters_t counters = {0};
    if (weir_view(table)->counters) {
        weir_view(table)->counters(record, &counters);
    } else if (weir_view_has_counters(table)) {
        counters.rx_bytes = bytes_read(weir_table(table), "rx_bytes", record);
        counters.tx_bytes = bytes_read(weir_table(table), "tx_bytes", record);
    }
    return counters;
}

/* ---- The opened row -------------------------------------------------------------------------- */

/* What a part belongs to. */
typedef struct part_of {
    weir_table_id_t table;
    const void *record;
    const weir_view_detail_t *detail;
    bool untitled; /* the line's label says what it is */
} part_of_t;

/* "Packets out 14", or nothing where that is unknown. Returns whether there was something. */
static bool part_put(weir_buf_t *buf, const part_of_t *of, size_t column)
{
    const weir_table_t *table = weir_table(of->table);
    const weir_view_detail_t *detail = of->detail;
    weir_cell_t cell = weir_cell(table, column, of->record, detail->units);
    bool empty = cell.value.type == WEIR_VALUE_TEXT && !cell.value.text[0];
    if (cell.unknown || empty)
        return false;
    weir_buf_putc(buf, '\t');
    if (!of->untitled)
        weir_buf_printf(buf, "%s ",
                        weir_view_column_title(of->table, (uint8_t)column, detail->utf8));
    if (!cell.numeric)
        weir_cell_put_text(buf, &cell, detail->utf8);
    else if (table->columns[column].unit == WEIR_UNIT_COUNT && cell.value.type == WEIR_VALUE_UINT)
        weir_count_put(buf, cell.value.uint);
    else
        weir_buf_printf(buf, "%s%s%s", cell.quantity.number, cell.quantity.unit[0] ? " " : "",
                        cell.quantity.unit);
    return true;
}

/* Take the label back if nothing stands behind it. */
static void line_end(weir_buf_t *buf, size_t begin, bool any)
{
    if (any)
        weir_buf_putc(buf, '\n');
    else
        buf->len = begin;
}

static uint64_t line_put(weir_buf_t *buf, const weir_view_line_t *line, const part_of_t *whole)
{
    part_of_t of = *whole;
    of.untitled = !strchr(line->columns, ' ');
    uint64_t done = 0;
    size_t begin = buf->len;
    bool any = false;
    weir_buf_puts(buf, line->label);
    for (const char *at = line->columns; *at;) {
        char id[32] = "";
        size_t n = strcspn(at, " ");
        memcpy(id, at, n < sizeof(id) ? n : sizeof(id) - 1);
        at += n + (at[n] == ' ');
        int column = weir_column_find(weir_table(of.table), id);
        if (column < 0)
            continue;
        done |= UINT64_C(1) << column;
        any |= part_put(buf, &of, (size_t)column);
    }
    line_end(buf, begin, any);
    return done;
}

void weir_view_details_put(weir_buf_t *buf, weir_table_id_t table, const void *record,
                           const weir_view_detail_t *detail)
{
    const weir_view_t *view = weir_view(table);
    if (view->details) {
        view->details(buf, record, detail);
        return;
    }
    const part_of_t of = {.table = table, .record = record, .detail = detail};
    uint64_t done = 0;
    for (size_t i = 0; i < view->line_count; i++)
        done |= line_put(buf, &view->lines[i], &of);
    size_t begin = buf->len;
    bool any = false;
    weir_buf_puts(buf, "more");
    for (size_t i = 0; i < weir_table(table)->column_count; i++)
        if (!(done >> i & 1))
            any |= part_put(buf, &of, i);
    line_end(buf, begin, any);
}

/* ---- Columns --------------------------------------------------------------------------------- */

int weir_view_column_find(weir_table_id_t table, const char *id)
{
    if (strcmp(id, "history") == 0)
        return weir_view(table)->columns ? WEIR_VIEW_HISTORY : -ENOENT;
    return weir_column_find(weir_table(table), id);
}

const char *weir_view_column_id(weir_table_id_t table, uint8_t column)
{
    return column == WEIR_VIEW_HISTORY ? "history" : weir_table(table)->columns[column].id;
}

/* Rates and totals are called the same in each table, unless its view has another word. */
static const weir_view_title_t TITLES[] = {
    {"rx_bytes_per_s", "↓ rate", "down rate"},
    {"tx_bytes_per_s", "↑ rate", "up rate"},
    {"rx_bytes", "↓ total", "down"},
    {"tx_bytes", "↑ total", "up"},
};

static const char *title_find(const weir_view_title_t *titles, size_t n, const char *id, bool utf8)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(titles[i].id, id) == 0)
            return utf8 ? titles[i].utf8 : titles[i].ascii;
    return NULL;
}

const char *weir_view_column_title(weir_table_id_t table, uint8_t column, bool utf8)
{
    const weir_view_t *view = weir_view(table);
    const char *id = weir_view_column_id(table, column);
    const char *title = title_find(view->titles, view->title_count, id, utf8);
    if (!title)
        title = title_find(TITLES, WEIR_COUNT(TITLES), id, utf8);
    if (title)
        return title;
    return column == WEIR_VIEW_HISTORY ? "Last 60 s" : weir_table(table)->columns[column].title;
}

static size_t placed_columns(const weir_table_t *table, uint8_t columns[])
{
    size_t n = 0;
    for (uint8_t place = 1; place < WEIR_VIEW_COLUMNS_MAX; place++)
        for (size_t i = 0; i < table->column_count && n < WEIR_VIEW_COLUMNS_MAX; i++)
            if (table->columns[i].place == place)
                columns[n++] = (uint8_t)i;
    return n;
}

size_t weir_view_default_columns(weir_table_id_t table,
                                 uint8_t columns[static WEIR_VIEW_COLUMNS_MAX])
{
    const weir_view_t *view = weir_view(table);
    size_t n = 0;
    if (!view->columns)
        return placed_columns(weir_table(table), columns);
    for (size_t i = 0; view->columns[i] && n < WEIR_VIEW_COLUMNS_MAX; i++) {
        int column = weir_view_column_find(table, view->columns[i]);
        if (column >= 0)
            columns[n++] = (uint8_t)column;
    }
    return n;
}
