/*
 * The plain table. Numbers stand right-aligned with their unit in a column of its own, so that the
 * eye compares magnitudes; when the terminal is too narrow the columns with the highest place go
 * first, then the longest text is cut in the middle, never a number.
 */
#include "base/number.h"
#include "base/text.h"
#include "export/export.h"
#include "model/cell.h"
#include "model/sentence.h"

#include <string.h>

#define GAP 2        /* columns between columns */
#define TEXT_LEAST 6 /* a text is never cut below this */

typedef struct layout {
    const weir_export_t *export;
    const weir_table_t *table;
    size_t count;
    uint8_t columns[WEIR_COLUMNS_MAX];
    size_t width[WEIR_COLUMNS_MAX]; /* of a text; of number, space and unit */
    size_t unit[WEIR_COLUMNS_MAX];  /* of the unit with its space, 0 none */
} layout_t;

void weir_export_default_columns(weir_export_t *export, weir_format_t format)
{
    const weir_table_t *table = weir_table(export->table);
    export->column_count = 0;
    if (format != WEIR_FORMAT_TABLE) {
        for (size_t i = 0; i < table->column_count && i < WEIR_COLUMNS_MAX; i++)
            if (!table->columns[i].asked_only)
                export->columns[export->column_count++] = (uint8_t)i;
        return;
    }
    for (uint8_t place = 1; place < WEIR_COLUMNS_MAX; place++)
        for (size_t i = 0; i < table->column_count; i++)
            if (table->columns[i].place == place && export->column_count < WEIR_COLUMNS_MAX)
                export->columns[export->column_count++] = (uint8_t)i;
}

uint64_t weir_export_wanted(const weir_export_t *export)
{
    uint64_t wanted = 0;
    for (size_t i = 0; i < export->column_count; i++)
        wanted |= UINT64_C(1) << export->columns[i];
    return wanted;
}

static const weir_column_t *layout_column(const layout_t *layout, size_t i)
{
    return &layout->table->columns[layout->columns[i]];
}

/* The text of a cell in `buf`, which is cleared first: safe, or the number, or what stands for
 * neither. */
static void cell_text(const layout_t *layout, const weir_cell_t *cell, weir_buf_t *buf)
{
    weir_buf_clear(buf);
    if (cell->unknown && cell->mark)
        weir_buf_putc(buf, cell->mark);
    else if (cell->unknown)
        weir_buf_puts(buf, layout->export->utf8 ? "–" : "-");
    else if (cell->numeric)
        weir_buf_puts(buf, cell->quantity.number);
    else
        weir_cell_put_text(buf, cell, layout->export->utf8);
}

/* The widest text or number of a column. */
static size_t cells_measure(const layout_t *layout, size_t i, const weir_snapshot_t *snapshot,
                            const weir_selection_t *selection, weir_buf_t *scratch)
{
    size_t widest = 0;
    weir_record_t record_room = {.wanted = UINT64_C(1) << layout->columns[i]};
    for (size_t row = 0; row < selection->count; row++) {
        const void *record =
            weir_snapshot_read(snapshot, layout->export->table, selection->rows[row], &record_room);
        weir_cell_t cell =
            weir_cell(layout->table, layout->columns[i], record, &layout->export->units);
        cell_text(layout, &cell, scratch);
        size_t width = weir_text_width(weir_buf_text(scratch));
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void layout_measure(layout_t *layout, const weir_snapshot_t *snapshot,
                           const weir_selection_t *selection)
{
    weir_buf_t scratch;
    weir_buf_init(&scratch, (size_t)1 << 20);
    for (size_t i = 0; i < layout->count; i++) {
        const weir_column_t *column = layout_column(layout, i);
        size_t title = weir_text_width(column->title);
        size_t width = cells_measure(layout, i, snapshot, selection, &scratch);
        if (weir_column_is_numeric(column)) {
            size_t unit = weir_quantity_unit_width(&layout->export->units, column->unit);
            size_t least = weir_quantity_number_width();
            layout->unit[i] = unit ? unit + 1 : 0;
            width = (width > least ? width : least) + layout->unit[i];
        }
        layout->width[i] = width > title ? width : title;
    }
    weir_buf_done(&scratch);
}

static size_t layout_width(const layout_t *layout)
{
    size_t width = layout->count ? (layout->count - 1) * GAP : 0;
    for (size_t i = 0; i < layout->count; i++)
        width += layout->width[i];
    return width;
}

static void column_drop(layout_t *layout, size_t at)
{
    size_t rest = layout->count - at - 1;
    memmove(&layout->columns[at], &layout->columns[at + 1], rest * sizeof(layout->columns[0]));
    memmove(&layout->width[at], &layout->width[at + 1], rest * sizeof(layout->width[0]));
    memmove(&layout->unit[at], &layout->unit[at + 1], rest * sizeof(layout->unit[0]));
    layout->count--;
}

/* What a newcomer misses least goes first: kind, state and use before totals, totals before rates.
 */
static size_t least_wanted(const layout_t *layout)
{
    static const char *const order[] = {"rx_utilisation", "kind", "state", "tx_bytes", "rx_bytes"};
    for (size_t i = 0; i < WEIR_COUNT(order); i++)
        for (size_t j = 0; j < layout->count; j++)
            if (strcmp(layout_column(layout, j)->id, order[i]) == 0)
                return j;
    return layout->count - 1;
}

static void text_shorten(layout_t *layout, size_t limit)
{
    while (layout_width(layout) > limit) {
        size_t longest = 0;
        for (size_t i = 1; i < layout->count; i++)
            if (!layout->unit[i] &&
                (layout->unit[longest] || layout->width[i] > layout->width[longest]))
                longest = i;
        if (layout->unit[longest] || layout->width[longest] <= TEXT_LEAST)
            return;
        layout->width[longest]--;
    }
}

#define NAME_ROOM 16 /* a name longer than this is cut before a column goes */

static void layout_fit(layout_t *layout)
{
    size_t limit = layout->export->width;
    if (!limit)
        return;
    if (layout_width(layout) > limit && layout->count && layout->width[0] > NAME_ROOM &&
        !layout->unit[0]) {
        size_t excess = layout_width(layout) - limit;
        size_t spare = layout->width[0] - NAME_ROOM;
        layout->width[0] -= excess < spare ? excess : spare;
    }
    while (!layout->export->chosen && layout->count > 1 && layout_width(layout) > limit)
        column_drop(layout, least_wanted(layout));
    text_shorten(layout, limit);
}

static void line_end(weir_buf_t *buf)
{
    while (buf->len && buf->data[buf->len - 1] == ' ')
        buf->len--;
    weir_buf_putc(buf, '\n');
}

static void header_put(weir_buf_t *buf, const layout_t *layout)
{
    for (size_t i = 0; i < layout->count; i++) {
        const weir_column_t *column = layout_column(layout, i);
        size_t title = weir_text_width(column->title);
        weir_buf_fill(buf, ' ', i ? GAP : 0);
        if (weir_column_is_numeric(column)) {
            weir_buf_fill(buf, ' ', layout->width[i] - title);
            weir_buf_puts(buf, column->title);
        } else {
            weir_text_put_column(buf, column->title, layout->width[i], layout->export->utf8);
        }
    }
    line_end(buf);
}

static void cell_put(weir_buf_t *buf, const layout_t *layout, size_t i, const weir_cell_t *cell,
                     weir_buf_t *scratch)
{
    cell_text(layout, cell, scratch);
    const char *text = weir_buf_text(scratch);
    if (!cell->numeric) {
        weir_text_put_column(buf, text, layout->width[i], layout->export->utf8);
        return;
    }
    size_t number = layout->width[i] - layout->unit[i];
    size_t width = weir_text_width(text);
    weir_buf_fill(buf, ' ', number > width ? number - width : 0);
    weir_buf_puts(buf, text);
    if (!layout->unit[i])
        return;
    weir_buf_putc(buf, cell->unknown || !cell->mark ? ' ' : cell->mark);
    size_t unit = strlen(cell->quantity.unit);
    weir_buf_fill(buf, ' ', layout->unit[i] - 1 > unit ? layout->unit[i] - 1 - unit : 0);
    weir_buf_puts(buf, cell->quantity.unit);
}

static void row_put(weir_buf_t *buf, const layout_t *layout, const void *record,
                    weir_buf_t *scratch)
{
    for (size_t i = 0; i < layout->count; i++) {
        weir_cell_t cell =
            weir_cell(layout->table, layout->columns[i], record, &layout->export->units);
        weir_buf_fill(buf, ' ', i ? GAP : 0);
        cell_put(buf, layout, i, &cell, scratch);
    }
    line_end(buf);
}

static void rate_put(weir_buf_t *buf, const weir_export_t *export, const weir_meter_t *meter)
{
    if (meter->state == WEIR_RATE_INIT)
        weir_buf_puts(buf, export->utf8 ? "–" : "-");
    else
        weir_quantity_put(buf, &export->units, WEIR_UNIT_BYTES_PER_SECOND, meter->byte_rate);
}

static void headline_put(weir_buf_t *buf, const weir_export_t *export,
                         const weir_snapshot_t *snapshot)
{
    char time[WEIR_TIME_TEXT_SIZE];
    (void)weir_time_text(snapshot->time.wall_ns, time); /* of fixed length */
    weir_buf_puts(buf, export->utf8 ? "↓ " : "down ");
    rate_put(buf, export, &snapshot->headline.rx);
    weir_buf_puts(buf, export->utf8 ? "   ↑ " : "   up ");
    rate_put(buf, export, &snapshot->headline.tx);
    weir_buf_printf(buf, "   %.19sZ\n", time);
    weir_sentence_put(buf, snapshot, &export->units, export->utf8);
    weir_buf_puts(buf, "\n\n");
}

static void rest_put(weir_buf_t *buf, const weir_export_t *export, const weir_snapshot_t *snapshot,
                     const weir_selection_t *selection)
{
    const weir_rows_t *rows = &snapshot->rows[export->table];
    uint64_t hidden = rows->omitted + selection->matched - selection->count;
    size_t before = buf->len;
    bool books = weir_balance_read(snapshot).counted || !rows->note; /* these tell the note, too */
    if (export->table == WEIR_TABLE_APPS && books)
        weir_balance_put(buf, snapshot, &export->units);
    bool said = buf->len > before;
    if (said)
        weir_buf_putc(buf, '\n');
    if (rows->note && !said) {
        weir_buf_putc(buf, '(');
        (void)weir_text_put_safe(buf, rows->note, export->utf8); /* its width is not needed */
        weir_buf_puts(buf, ")\n");
    }
    if (selection->count == 0 && rows->count == 0)
        weir_buf_printf(buf, "(no %s)\n", weir_table(export->table)->id);
    else if (selection->count == 0)
        weir_buf_printf(buf, "(none of %zu rows matches the filter)\n", rows->count);
    else if (hidden)
        weir_buf_printf(buf, "(%llu more%s)\n", (unsigned long long)hidden,
                        export->more_hint ? export->more_hint : "");
}

void weir_export_table(weir_buf_t *buf, const weir_export_t *export,
                       const weir_snapshot_t *snapshot, const weir_selection_t *selection)
{
    layout_t layout = {
        .export = export, .table = weir_table(export->table), .count = export->column_count};
    memcpy(layout.columns, export->columns, export->column_count);
    layout_measure(&layout, snapshot, selection);
    layout_fit(&layout);

    weir_buf_t scratch;
    weir_buf_init(&scratch, (size_t)1 << 20);
    if (snapshot->origin != WEIR_ORIGIN_FILE)
        headline_put(buf, export, snapshot);
    header_put(buf, &layout);
    weir_record_t record_room = {.wanted = weir_export_wanted(export)};
    for (size_t i = 0; i < selection->count; i++) {
        row_put(buf, &layout,
                weir_snapshot_read(snapshot, export->table, selection->rows[i], &record_room),
                &scratch);
        weir_export_flush(export, buf);
    }
    rest_put(buf, export, snapshot, selection);
    weir_buf_done(&scratch);
}
