/*
 * The one renderer of all tables.
 */
#include "base/number.h"
#include "base/text.h"
#include "model/catalogue.h"
#include "model/cell.h"
#include "tui/graph.h"
#include "tui/screen.h"

#include <string.h>

#define INDENT 3 /* before the first column: the mark of the selection */
#define SPARK_S 60
#define SPARK_MAX 60
#define TITLE_MOST 11 /* columns that a title widens a number to */
#define FULL 0.9      /* share of a link from which on it is trouble */

/* A row while it is drawn. */
typedef struct line {
    const void *record;
    uint32_t row;
    int y;
    bool selected, off;
} line_t;

/* ---- Layout ---------------------------------------------------------------------------------- */

static bool column_is_name(weir_table_id_t table, uint8_t column)
{
    const char *name = weir_view(table)->name_column;
    return column != WEIR_VIEW_HISTORY && name &&
           strcmp(weir_view_column_id(table, column), name) == 0;
}

/* Shares of a whole are bars; of a link both directions are one bar. */
static bool column_is_bar(weir_table_id_t table, uint8_t column)
{
    if (column == WEIR_VIEW_HISTORY || !weir_view(table)->use)
        return false;
    const char *id = weir_view_column_id(table, column);
    return strcmp(id, "rx_utilisation") == 0 || strcmp(id, "share") == 0;
}

static const char *title_text(const weir_screen_t *screen, uint8_t column)
{
    static const char *const since[][2][2] = {
        [WEIR_SINCE_START] = {{"down", "up"}, {"↓ start", "↑ start"}},
        [WEIR_SINCE_MARK] = {{"down", "up"}, {"↓ mark", "↑ mark"}},
    };
    const char *id = weir_view_column_id(screen->table, column);
    weir_since_t from = screen->choices.since;
    if (from != WEIR_SINCE_BOOT && strcmp(id, "rx_bytes") == 0)
        return since[from][screen->paint.utf8][0];
    if (from != WEIR_SINCE_BOOT && strcmp(id, "tx_bytes") == 0)
        return since[from][screen->paint.utf8][1];
    return weir_view_column_title(screen->table, column, screen->paint.utf8);
}

static weir_slot_t number_slot(const weir_screen_t *screen, uint8_t position)
{
    const weir_column_t *column = &weir_table(screen->table)->columns[position];
    int unit = (int)weir_quantity_unit_width(&screen->choices.units, column->unit);
    int width = (int)weir_quantity_number_width() + (unit ? unit + 1 : 0);
    if (column->unit == WEIR_UNIT_NONE || column->unit == WEIR_UNIT_OCTETS)
        width = column->width ? column->width : 7;
    int title = (int)weir_text_width(title_text(screen, position));
    width = width < title && title <= TITLE_MOST ? title : width;
    return (weir_slot_t){.least = width, .want = width, .most = width};
}

/* Linux's names have 15 characters at most; a small terminal cuts the long ones. */
static int name_least(const weir_screen_t *screen)
{
    return screen->paint.columns < 60 ? 8 : screen->paint.columns < 80 ? 12 : 15;
}

static const weir_view_width_t *width_find(const weir_screen_t *screen, uint8_t column)
{
    const weir_view_t *view = weir_view(screen->table);
    const char *id = weir_view_column_id(screen->table, column);
    for (size_t i = 0; i < view->width_count; i++)
        if (strcmp(view->widths[i].id, id) == 0)
            return &view->widths[i];
    return NULL;
}

static weir_slot_t slot_of(const weir_screen_t *screen, uint8_t column)
{
    if (column == WEIR_VIEW_HISTORY)
        return (weir_slot_t){.least = 10, .want = 16, .most = 31};
    const weir_view_width_t *chosen = width_find(screen, column);
    if (chosen)
        return (weir_slot_t){.least = chosen->least, .want = chosen->want, .most = chosen->most};
    if (column_is_name(screen->table, column))
        return (weir_slot_t){.least = name_least(screen), .want = 19, .most = 40};
    if (column_is_bar(screen->table, column))
        return (weir_slot_t){.least = 10, .want = 10, .most = 13};
    const weir_column_t *what = &weir_table(screen->table)->columns[column];
    if (weir_column_is_numeric(what))
        return number_slot(screen, column);
    int width = what->width ? what->width : 12;
    if (what->unit == WEIR_UNIT_TIME)
        width = weir_draw_time_width(screen->snapshot);
    return (weir_slot_t){.least = width, .want = width, .most = width};
}

/* Which goes first where there is no room. The name and, as long as may be, the rates stay. */
static int slot_drop(const weir_screen_t *screen, uint8_t column, int place)
{
    const char *const *drops = weir_view(screen->table)->drops;
    const char *id = weir_view_column_id(screen->table, column);
    if (place == 0)
        return 0;
    if (strcmp(id, "rx_bytes_per_s") == 0 || strcmp(id, "tx_bytes_per_s") == 0)
        return 1;
    for (size_t i = 0; drops && drops[i]; i++)
        if (strcmp(id, drops[i]) == 0)
            return 100 + (int)i;
    return strcmp(id, "rx_bytes") == 0 ? 2 : 3 + place;
}

/* A capture has no last minute, nor what only a running machine tells. */
static bool column_is_live(const weir_screen_t *screen, uint8_t column)
{
    const char *const *live = weir_view(screen->table)->live;
    if (column == WEIR_VIEW_HISTORY)
        return true;
    for (size_t i = 0; live && live[i]; i++)
        if (strcmp(weir_view_column_id(screen->table, column), live[i]) == 0)
            return true;
    return false;
}

static void slots_fill(weir_screen_t *screen)
{
    const weir_table_choices_t *choices = &screen->choices.tables[screen->table];
    weir_places_t *places = &screen->places;
    places->slot_count = choices->column_count;
    for (size_t i = 0; i < choices->column_count; i++) {
        if (weir_screen_list(screen)->fixed && column_is_live(screen, choices->columns[i])) {
            places->slots[i] = (weir_slot_t){0};
            continue;
        }
        places->slots[i] = slot_of(screen, choices->columns[i]);
        places->slots[i].drop = slot_drop(screen, choices->columns[i], (int)i);
    }
    weir_layout(places->slots, places->slot_count, INDENT, screen->paint.columns - INDENT);
}

/* ---- Titles ---------------------------------------------------------------------------------- */

static bool column_is_right(weir_table_id_t table, uint8_t column)
{
    return column != WEIR_VIEW_HISTORY && !column_is_bar(table, column) &&
           weir_column_is_numeric(&weir_table(table)->columns[column]);
}

static void titles_draw(weir_screen_t *screen, int y)
{
    weir_paint_t *paint = &screen->paint;
    const weir_table_choices_t *choices = &screen->choices.tables[screen->table];
    screen->places.header_y = y;
    for (size_t i = 0; i < screen->places.slot_count; i++) {
        const weir_slot_t *slot = &screen->places.slots[i];
        uint8_t column = choices->columns[i];
        bool sorted = column == choices->sort;
        weir_style_t style = sorted ? WEIR_STYLE_STRONG : WEIR_STYLE_DIM;
        const char *title = title_text(screen, column);
        const char *arrow = choices->descending ? weir_paint_word(paint, "▾", "v")
                                                : weir_paint_word(paint, "▴", "^");
        int width = (int)weir_text_width(title);
        if (!slot->width)
            continue;
        bool right = column_is_right(screen->table, column);
        int x = right && width < slot->width ? slot->x + slot->width - width : slot->x;
        int end =
            weir_paint_field(paint, y, x, width < slot->width ? width : slot->width, style, title);
        if (sorted) /* in the gap, so that the title stays in its place */
            (void)weir_paint_put(paint, y, right ? x - 1 : end, style, arrow);
    }
}

/* ---- Cells ----------------------------------------------------------------------------------- */

static weir_style_t number_style(const weir_cell_t *cell, const weir_column_t *column)
{
    if (cell->zero || cell->unknown)
        return WEIR_STYLE_DIM;
    if (column->unit == WEIR_UNIT_BYTES_PER_SECOND)
        return strncmp(column->id, "rx_", 3) == 0   ? WEIR_STYLE_DOWN
               : strncmp(column->id, "tx_", 3) == 0 ? WEIR_STYLE_UP
                                                    : WEIR_STYLE_PLAIN;
    return WEIR_STYLE_PLAIN;
}

/* The cell as the user wants to see it: totals since what was chosen. */
static weir_cell_t cell_of(const weir_screen_t *screen, uint8_t column, uint32_t row,
                           const void *record)
{
    const weir_table_t *table = weir_table(screen->table);
    weir_cell_t cell = weir_cell(table, column, record, &screen->choices.units);
    const char *id = table->columns[column].id;
    bool rx = strcmp(id, "rx_bytes") == 0;
    if (screen->choices.since == WEIR_SINCE_BOOT || cell.unknown ||
        screen->lists[screen->table].fixed || (!rx && strcmp(id, "tx_bytes") != 0))
        return cell;
    double total = weir_screen_total(screen, row, !rx);
    cell.quantity = weir_quantity(&screen->choices.units, WEIR_UNIT_BYTES, total);
    cell.zero = !(total > 0);
    return cell;
}

static void number_draw(weir_screen_t *screen, const line_t *line, const weir_slot_t *slot,
                        uint8_t column)
{
    weir_paint_t *paint = &screen->paint;
    const weir_column_t *what = &weir_table(screen->table)->columns[column];
    weir_cell_t cell = cell_of(screen, column, line->row, line->record);
    weir_style_t style = line->off ? WEIR_STYLE_DIM : number_style(&cell, what);
    int unit = (int)weir_quantity_unit_width(&screen->choices.units, what->unit);
    int number = slot->width - (unit ? unit + 1 : 0);
    char mark[2] = {cell.mark, '\0'};
    if (cell.unknown) {
        const char *text = cell.mark ? mark : weir_paint_word(paint, "–", "-");
        (void)weir_paint_right(paint, line->y, slot->x, number, style, text);
        return;
    }
    int x = weir_paint_right(paint, line->y, slot->x, number, style, cell.quantity.number);
    if (!unit || cell.zero)
        return;
    (void)weir_paint_put(paint, line->y, x, WEIR_STYLE_STRONG, mark);
    (void)weir_paint_put(paint, line->y, x + 1, style, cell.quantity.unit);
}

static void bar_draw(weir_screen_t *screen, const line_t *line, const weir_slot_t *slot)
{
    weir_paint_t *paint = &screen->paint;
    bool known = false;
    double share = weir_view(screen->table)->use(line->record, &known);
    int bar = slot->width - 7;
    if (!known) {
        (void)weir_paint_right(paint, line->y, slot->x + bar, 5, WEIR_STYLE_DIM,
                               weir_paint_word(paint, "–", "-"));
        return;
    }
    weir_quantity_t q = weir_quantity(&screen->choices.units, WEIR_UNIT_SHARE, share);
    bool link = screen->table == WEIR_TABLE_INTERFACES;
    weir_style_t style = share >= FULL && link ? WEIR_STYLE_TROUBLE
                         : share > 0           ? WEIR_STYLE_PLAIN
                                               : WEIR_STYLE_DIM;
    weir_buf_clear(&screen->text);
    weir_graph_put_bar(&screen->text, share, (size_t)bar, paint->pictures);
    (void)weir_paint_put(paint, line->y, slot->x, style, weir_buf_text(&screen->text));
    (void)weir_paint_right(paint, line->y, slot->x + bar, 5, style, q.number);
    if (share > 0)
        (void)weir_paint_put(paint, line->y, slot->x + bar + 6, style, q.unit);
}

static bool series_ask(const weir_screen_t *screen, uint64_t object, weir_series_column_t column,
                       weir_series_t *ret_series)
{
    weir_series_query_t query = {.table = screen->table,
                                 .object = object,
                                 .column = column,
                                 .to_ns = screen->snapshot->time.boot_ns,
                                 .step_ns = WEIR_NS_PER_S,
                                 .count = SPARK_S};
    return weir_client_series(screen->client, &query, ret_series) >= 0;
}

/* The direction with the higher peak; its arrow and its colour say which. */
static void spark_draw(weir_screen_t *screen, const line_t *line, const weir_slot_t *slot)
{
    uint64_t id = weir_view_id(screen->table, line->record);
    weir_paint_t *paint = &screen->paint;
    weir_series_t series[WEIR_SERIES_COLUMNS] = {{0}, {0}};
    double peak[WEIR_SERIES_COLUMNS] = {0, 0};
    for (weir_series_column_t c = 0; c < WEIR_SERIES_COLUMNS; c++)
        if (series_ask(screen, id, c, &series[c]))
            peak[c] = weir_series_summarise(&series[c]).max;
    size_t c = peak[WEIR_SERIES_TX_RATE] > peak[WEIR_SERIES_RX_RATE];
    if (peak[c] > 0) {
        static const char *const arrows[][2] = {{"v", "^"}, {"↓", "↑"}};
        float values[SPARK_MAX];
        size_t n = (size_t)slot->width - 1 < SPARK_MAX ? (size_t)slot->width - 1 : SPARK_MAX;
        weir_style_t style = c ? WEIR_STYLE_UP : WEIR_STYLE_DOWN;
        weir_graph_resample(&series[c], n, values);
        weir_buf_clear(&screen->text);
        weir_buf_puts(&screen->text, arrows[paint->utf8][c]);
        weir_graph_put_spark(&screen->text, values, n, peak[c], paint->pictures);
        (void)weir_paint_put(paint, line->y, slot->x, style, weir_buf_text(&screen->text));
    }
    for (size_t i = 0; i < WEIR_SERIES_COLUMNS; i++)
        weir_series_done(&series[i]);
}

/* Errors and drops while they grow: what the row most needs to say. */
static bool trouble_put(const weir_screen_t *screen, weir_buf_t *buf, uint32_t row)
{
    const weir_list_t *list = &screen->lists[screen->table];
    const weir_memory_t *memory = list->fixed ? NULL : &list->memory[row];
    if (!memory || !memory->trouble_ns ||
        screen->snapshot->time.boot_ns - memory->trouble_ns > WEIR_VIEW_QUIET_NS)
        return false;
    const uint64_t counts[] = {memory->errors_grown, memory->dropped_grown};
    static const char *const words[] = {" errors", " drops"};
    size_t begin = buf->len;
    for (size_t i = 0; i < WEIR_COUNT(counts); i++) {
        if (!counts[i])
            continue;
        weir_buf_puts(buf, buf->len > begin ? " " : "");
        weir_buf_puts(buf, "+");
        weir_quantity_t q =
            weir_quantity(&screen->choices.units, WEIR_UNIT_COUNT, (double)counts[i]);
        weir_buf_puts(buf, q.number);
        weir_buf_puts(buf, q.unit);
        weir_buf_puts(buf, words[i]);
    }
    return true;
}

static void name_draw(weir_screen_t *screen, const line_t *line, const weir_slot_t *slot)
{
    const weir_view_t *view = weir_view(screen->table);
    weir_paint_t *paint = &screen->paint;
    weir_buf_t *buf = &screen->text;
    weir_buf_clear(buf);
    weir_view_name_put(buf, screen->table, line->record, paint->utf8);
    int width = (int)weir_text_width(weir_buf_text(buf));
    weir_style_t style = line->selected ? WEIR_STYLE_CHOSEN
                         : line->off    ? WEIR_STYLE_DIM
                                        : WEIR_STYLE_STRONG;
    weir_buf_t note;
    weir_buf_init(&note, 4096);
    bool trouble = trouble_put(screen, &note, line->row);
    if (!trouble && view->note)
        view->note(&note, line->record, paint->utf8);
    int wanted = (int)weir_text_width(weir_buf_text(&note));
    int kept = trouble && wanted < slot->width - 8 ? slot->width - wanted - 2 : slot->width;
    int shown = width < kept ? width : kept;
    int x = weir_paint_field(paint, line->y, slot->x, shown, style, weir_buf_text(buf)) + 2;
    int room = slot->x + slot->width - x;
    if (wanted && (room >= wanted || room >= 6))
        (void)weir_paint_cut(paint, line->y, x, room, trouble ? WEIR_STYLE_TROUBLE : WEIR_STYLE_DIM,
                             weir_buf_text(&note));
    weir_buf_done(&note);
}

void weir_draw_cell_text(weir_screen_t *screen, weir_buf_t *buf, uint8_t column, uint32_t row)
{
    bool utf8 = screen->paint.utf8;
    if (column == WEIR_VIEW_HISTORY)
        return;
    weir_record_t scratch = {.wanted = UINT64_C(1) << column};
    const void *record = weir_snapshot_read(screen->snapshot, screen->table, row, &scratch);
    weir_cell_t cell = cell_of(screen, column, row, record);
    if (cell.unknown)
        weir_buf_puts(buf, utf8 ? "–" : "-");
    else if (!cell.numeric)
        weir_cell_put_text(buf, &cell, utf8);
    else
        weir_buf_printf(buf, "%s%s%s", cell.quantity.number, cell.quantity.unit[0] ? " " : "",
                        cell.quantity.unit);
}

/* Red is for trouble: how bad a finding is says its colour, too. */
static weir_style_t text_style(const weir_screen_t *screen, const line_t *line, const char *text)
{
    if (line->off)
        return WEIR_STYLE_DIM;
    if (screen->table != WEIR_TABLE_FINDINGS)
        return WEIR_STYLE_PLAIN;
    if (strcmp(text, WEIR_SEVERITY_WORDS[WEIR_SEVERITY_CRITICAL]) == 0)
        return WEIR_STYLE_TROUBLE;
    return strcmp(text, WEIR_SEVERITY_WORDS[WEIR_SEVERITY_WARNING]) == 0 ? WEIR_STYLE_STRONG
                                                                         : WEIR_STYLE_PLAIN;
}

static void text_draw(weir_screen_t *screen, const line_t *line, const weir_slot_t *slot,
                      uint8_t column)
{
    const weir_view_width_t *chosen = width_find(screen, column);
    weir_cell_t cell = cell_of(screen, column, line->row, line->record);
    weir_buf_clear(&screen->text);
    if (cell.time)
        weir_draw_time_put(&screen->text, screen->snapshot, cell.value.sint);
    else
        weir_draw_cell_text(screen, &screen->text, column, line->row);
    const char *text = weir_buf_text(&screen->text);
    weir_style_t style = text_style(screen, line, text);
    if (chosen && chosen->sentence)
        (void)weir_paint_cut(&screen->paint, line->y, slot->x, slot->width, style, text);
    else
        (void)weir_paint_field(&screen->paint, line->y, slot->x, slot->width, style, text);
}

static void cell_draw(weir_screen_t *screen, const line_t *line, size_t i)
{
    uint8_t column = screen->choices.tables[screen->table].columns[i];
    const weir_slot_t *slot = &screen->places.slots[i];
    if (!slot->width)
        return;
    if (column == WEIR_VIEW_HISTORY)
        spark_draw(screen, line, slot);
    else if (column_is_name(screen->table, column))
        name_draw(screen, line, slot);
    else if (column_is_bar(screen->table, column))
        bar_draw(screen, line, slot);
    else if (column_is_right(screen->table, column))
        number_draw(screen, line, slot, column);
    else
        text_draw(screen, line, slot, column);
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static void row_draw(weir_screen_t *screen, int y, uint32_t row, bool selected)
{
    const weir_view_t *view = weir_view(screen->table);
    weir_record_t scratch = {.wanted = UINT64_MAX};
    line_t line = {.record = weir_snapshot_read(screen->snapshot, screen->table, row, &scratch),
                   .row = row,
                   .y = y,
                   .selected = selected};
    line.off = view->is_off && view->is_off(line.record);
    if (selected)
        (void)weir_paint_put(&screen->paint, y, 1, WEIR_STYLE_STRONG,
                             weir_paint_word(&screen->paint, "▸", ">"));
    for (size_t i = 0; i < screen->places.slot_count; i++)
        cell_draw(screen, &line, i);
}

/* "14 idle and virtual interfaces (docker0, veth1, ...)" */
static void group_draw(weir_screen_t *screen, int y, bool selected)
{
    const weir_list_t *list = weir_screen_list(screen);
    const weir_view_t *view = weir_view(screen->table);
    weir_paint_t *paint = &screen->paint;
    weir_buf_t *buf = &screen->text;
    weir_buf_clear(buf);
    weir_number_put(buf, list->count - list->main);
    weir_buf_printf(buf, " %s", view->group);
    for (size_t i = list->main; list->folded && i < list->count && i < list->main + 3; i++) {
        weir_buf_puts(buf, i == list->main ? " (" : ", ");
        weir_view_name_put(buf, screen->table,
                           weir_snapshot_record(screen->snapshot, screen->table, list->rows[i]),
                           paint->utf8);
    }
    if (list->folded)
        weir_buf_puts(buf,
                      list->count - list->main <= 3 ? ")" : weir_paint_word(paint, " …)", " ...)"));
    const char *mark =
        list->folded ? weir_paint_word(paint, "▹", "+") : weir_paint_word(paint, "▿", "-");
    (void)weir_paint_put(paint, y, 1, WEIR_STYLE_STRONG, mark);
    (void)weir_paint_cut(paint, y, INDENT, paint->columns,
                         selected ? WEIR_STYLE_CHOSEN : WEIR_STYLE_DIM, weir_buf_text(buf));
}

/* ---- The opened row -------------------------------------------------------------------------- */

#define DETAIL_LABEL 11

/** Where the next part of a detail goes. */
typedef struct pen {
    int y; /* < 0: nothing is drawn, lines are only counted */
    int left, x, lines;
} pen_t;

static void sentence_draw(weir_screen_t *screen, pen_t *pen, const char *sentence)
{
    weir_paint_t *paint = &screen->paint;
    weir_buf_t wrapped;
    weir_buf_init(&wrapped, (size_t)1 << 20);
    weir_text_wrap(&wrapped, sentence, 0, (size_t)(paint->columns - pen->left));
    weir_buf_putc(&wrapped, '\0');
    char *rest = weir_buf_error(&wrapped) == 0 ? wrapped.data : NULL;
    bool first = true;
    for (char *line = NULL; (line = strsep(&rest, "\n")) && *line; first = false) {
        pen->lines += !first;
        (void)weir_paint_cut(paint, pen->y < 0 ? -1 : pen->y + pen->lines, pen->left,
                             paint->columns, WEIR_STYLE_PLAIN, line);
    }
    pen->x = paint->columns; /* nothing stands behind it */
    weir_buf_done(&wrapped);
}

static void part_draw(weir_screen_t *screen, pen_t *pen, const char *part)
{
    weir_paint_t *paint = &screen->paint;
    int width = (int)weir_text_width(part);
    if (pen->x > pen->left && pen->x + 3 + width > paint->columns) {
        pen->lines++;
        pen->x = pen->left;
    }
    if (pen->x + width > paint->columns && paint->columns > pen->left) {
        sentence_draw(screen, pen, part);
        return;
    }
    int at = pen->y < 0 ? -1 : pen->y + pen->lines;
    if (pen->x > pen->left) {
        (void)weir_paint_put(paint, at, pen->x, WEIR_STYLE_DIM,
                             weir_paint_word(paint, " · ", " | "));
        pen->x += 3;
    }
    (void)weir_paint_cut(paint, at, pen->x, paint->columns, WEIR_STYLE_PLAIN, part);
    pen->x += width;
}

/* Draw "label\tpart\tpart", parts wrapped to the width; returns the lines it took. With y < 0 they
 * are only counted. */
static int detail_draw(weir_screen_t *screen, int y, const char *text)
{
    weir_paint_t *paint = &screen->paint;
    bool labelled = paint->columns >= 60;
    int left = INDENT + 2 + (labelled ? DETAIL_LABEL : 0);
    pen_t pen = {.y = y, .left = left, .x = left};
    weir_buf_t *part = &screen->text;
    for (bool label = true; *text; label = false) {
        size_t n = strcspn(text, "\t");
        weir_buf_clear(part);
        weir_buf_put(part, text, n);
        text += n + (text[n] == '\t');
        if (!label)
            part_draw(screen, &pen, weir_buf_text(part));
        else if (labelled)
            (void)weir_paint_put(paint, y, INDENT + 2, WEIR_STYLE_DIM, weir_buf_text(part));
    }
    return pen.lines + 1;
}

/* Draw what view functions told, at most `room` lines from `y` on; returns how many there are. */
static int details_lines(weir_screen_t *screen, int y, int room, char *text)
{
    int lines = 0;
    while (*text) {
        size_t n = strcspn(text, "\n");
        bool last = text[n] == '\0';
        text[n] = '\0';
        int taken = detail_draw(screen, -1, text);
        if (y >= 0 && lines + taken <= room)
            (void)detail_draw(screen, y + lines, text);
        lines += taken;
        text += n + !last;
    }
    return lines;
}

static int details_draw(weir_screen_t *screen, int y, int room, uint32_t row)
{
    weir_buf_t text;
    weir_buf_init(&text, (size_t)1 << 20);
    weir_view_detail_t detail = {.client = screen->client,
                                 .snapshot = screen->snapshot,
                                 .units = &screen->choices.units,
                                 .utf8 = screen->paint.utf8};
    weir_record_t scratch = {.wanted = UINT64_MAX};
    weir_view_details_put(&text, screen->table,
                          weir_snapshot_read(screen->snapshot, screen->table, row, &scratch),
                          &detail);
    weir_buf_putc(&text, '\0');
    int lines = weir_buf_error(&text) == 0 ? details_lines(screen, y, room, text.data) : 0;
    weir_buf_done(&text);
    return lines;
}

/* Keep the selection, with what it has open, within `room` lines of the screen. */
static void list_scroll(weir_list_t *list, size_t room, size_t open, size_t details)
{
    size_t lines = weir_list_lines(list);
    if (list->cursor < list->top)
        list->top = list->cursor;
    size_t extra = open >= list->top && open <= list->cursor ? details : 0;
    if (list->cursor + 1 + extra > list->top + room)
        list->top = list->cursor + 1 + extra - room;
    list->top = list->top > list->cursor ? list->cursor : list->top;
    size_t all = lines + (open == SIZE_MAX ? 0 : details);
    if (list->top + room > all)
        list->top = all > room ? all - room : 0;
    list->top = list->top > list->cursor ? list->cursor : list->top;
}

static void rows_draw(weir_screen_t *screen, int y, int room)
{
    weir_list_t *list = weir_screen_list(screen);
    weir_places_t *places = &screen->places;
    size_t open = weir_list_open_line(list);
    int details = open == SIZE_MAX ? 0 : details_draw(screen, -1, 0, weir_list_row(list, open));
    list_scroll(list, (size_t)room, open, (size_t)details);
    size_t line = list->top;
    for (int at = 0; at < room && line < weir_list_lines(list); line++) {
        uint32_t row = weir_list_row(list, line);
        bool selected = line == list->cursor;
        if (at < WEIR_SCREEN_TALL)
            places->line[at] = (uint32_t)line;
        if (row == WEIR_INDEX_NONE)
            group_draw(screen, y + at, selected);
        else
            row_draw(screen, y + at, row, selected);
        at++;
        if (line == open)
            at += details_draw(screen, y + at, room - at, row);
    }
}

void weir_draw_table(weir_screen_t *screen, int y, int lines)
{
    weir_places_t *places = &screen->places;
    places->header_y = -1;
    places->table_lines = 0;
    const weir_table_t *table = weir_table(screen->table);
    const char *empty = weir_screen_emptiness(screen);
    if (lines <= 0)
        return;
    if (!screen->snapshot && screen->options->reading && !screen->ended) {
        weir_draw_reading(screen, y);
        return;
    }
    if (empty) {
        if (screen->table != WEIR_TABLE_INTERFACES)
            (void)weir_paint_cut(&screen->paint, y++, INDENT, screen->paint.columns,
                                 WEIR_STYLE_PLAIN, table->will);
        (void)weir_paint_cut(&screen->paint, y, INDENT, screen->paint.columns, WEIR_STYLE_DIM,
                             empty);
        return;
    }
    slots_fill(screen);
    bool titled = lines >= 3;
    if (titled)
        titles_draw(screen, y);
    places->table_y = y + titled;
    places->table_lines = lines - titled;
    for (size_t i = 0; i < WEIR_SCREEN_TALL; i++)
        places->line[i] = WEIR_INDEX_NONE;
    rows_draw(screen, places->table_y, places->table_lines);
}
