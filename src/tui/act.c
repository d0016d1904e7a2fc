/*
 * What keys and the mouse do, apart from the line where the filter is typed.
 */
#include "tui/screen.h"

#include <stdio.h>
#include <string.h>

static weir_table_choices_t *table_choices(weir_screen_t *screen)
{
    return &screen->choices.tables[screen->table];
}

static uint64_t now_ns(void)
{
    weir_clock_t clock = weir_clock_system();
    return weir_clock_now(&clock).boot_ns;
}

/* ---- Selection ------------------------------------------------------------------------------- */

static void line_select(weir_screen_t *screen, size_t line)
{
    weir_list_t *list = weir_screen_list(screen);
    list->touched = true;
    weir_list_select(list, line);
    screen->moved_ns = now_ns();
}

static void lines_move(weir_screen_t *screen, long by)
{
    const weir_list_t *list = weir_screen_list(screen);
    long line = (long)list->cursor + by;
    line_select(screen, line > 0 ? (size_t)line : 0);
}

static long page_lines(const weir_screen_t *screen)
{
    return screen->places.table_lines > 1 ? screen->places.table_lines - 1 : 1;
}

static void selection_act(weir_screen_t *screen, weir_action_t action)
{
    switch (action) {
    case WEIR_ACTION_UP:
        lines_move(screen, -1);
        break;
    case WEIR_ACTION_DOWN:
        lines_move(screen, 1);
        break;
    case WEIR_ACTION_PAGE_UP:
        lines_move(screen, -page_lines(screen));
        break;
    case WEIR_ACTION_PAGE_DOWN:
        lines_move(screen, page_lines(screen));
        break;
    case WEIR_ACTION_FIRST:
        line_select(screen, 0);
        break;
    default:
        line_select(screen, weir_list_lines(weir_screen_list(screen)));
        break;
    }
}

static void group_fold(weir_screen_t *screen, bool folded)
{
    weir_list_t *list = weir_screen_list(screen);
    list->folded = folded;
    table_choices(screen)->unfolded = !folded;
    line_select(screen, list->main);
}

static void row_open(weir_screen_t *screen)
{
    weir_list_t *list = weir_screen_list(screen);
    if (weir_screen_emptiness(screen))
        return;
    uint32_t row = weir_list_row(list, list->cursor);
    line_select(screen, list->cursor);
    if (row == WEIR_INDEX_NONE && weir_list_has_group(list)) {
        group_fold(screen, !list->folded);
        return;
    }
    if (row == WEIR_INDEX_NONE)
        return;
    bool again = list->open == list->selected;
    list->open = again ? 0 : list->selected;
    weir_record_t scratch = {.wanted = UINT64_MAX};
    weir_buf_t name;
    weir_buf_init(&name, 4096);
    weir_view_name_put(&name, screen->table,
                       weir_snapshot_read(screen->snapshot, screen->table, row, &scratch),
                       screen->paint.utf8);
    (void)snprintf(list->open_name, sizeof(list->open_name), "%s", weir_buf_text(&name));
    weir_buf_done(&name);
}

/* Rows that have flows of their own lead there. */
static void row_enter(weir_screen_t *screen)
{
    if (!weir_drill_enter(screen))
        row_open(screen);
}

static void row_close(weir_screen_t *screen)
{
    weir_list_t *list = weir_screen_list(screen);
    if (list->open)
        list->open = 0;
    else if (weir_list_has_group(list) && !list->folded && list->cursor >= list->main)
        group_fold(screen, true);
}

/* The most recent thing goes first. */
static void cancel(weir_screen_t *screen)
{
    weir_list_t *list = weir_screen_list(screen);
    if (screen->message_until_ns)
        screen->message_until_ns = 0;
    if (list->open)
        list->open = 0;
    else if (weir_drill_back(screen))
        return;
    else if (screen->filter_text[0])
        (void)weir_filter_line_apply(screen, ""); /* an empty filter is valid */
    else if (screen->span.on)
        weir_span_act(screen, WEIR_ACTION_SPAN_CLEAR);
}

static void back(weir_screen_t *screen)
{
    if (!weir_drill_back(screen))
        weir_screen_say(screen, "Backspace goes back from the flows that Enter opened");
}

/* ---- Order ----------------------------------------------------------------------------------- */

static bool can_sort_by(const weir_screen_t *screen, size_t slot)
{
    const weir_table_choices_t *choices = &screen->choices.tables[screen->table];
    return slot < choices->column_count && choices->columns[slot] != WEIR_VIEW_HISTORY &&
           screen->places.slots[slot].width;
}

/* Numbers begin with the largest, texts with A. */
static void sort_set(weir_screen_t *screen, int sort)
{
    weir_table_choices_t *choices = table_choices(screen);
    const weir_table_t *table = weir_table(screen->table);
    choices->sort = sort;
    choices->descending = sort >= 0 && table->columns[sort].storage >= WEIR_STORE_U16 &&
                          table->columns[sort].storage <= WEIR_STORE_REAL;
    screen->moved_ns = 0;
    weir_screen_reorder(screen);
    if (sort >= 0)
        weir_screen_say(screen, "sorted by %s",
                        weir_view_column_title(screen->table, (uint8_t)sort, screen->paint.utf8));
    else
        weir_screen_say(screen, "in the table's own order");
}

/* Through the shown columns and the table's own order, which stands before the first. */
static void sort_step(weir_screen_t *screen, int by)
{
    const weir_table_choices_t *choices = table_choices(screen);
    int n = (int)choices->column_count;
    int at = -1;
    for (int i = 0; i < n; i++)
        if (choices->sort >= 0 && choices->columns[i] == choices->sort)
            at = i;
    for (int tries = 0; tries <= n; tries++) {
        at += by;
        at = at < -1 ? n - 1 : at >= n ? -1 : at;
        if (at == -1 || can_sort_by(screen, (size_t)at))
            break;
    }
    sort_set(screen, at < 0 ? WEIR_SORT_NONE : choices->columns[at]);
}

static void sort_reverse(weir_screen_t *screen)
{
    weir_table_choices_t *choices = table_choices(screen);
    if (choices->sort < 0) {
        weir_screen_say(screen, "< or > sorts by a column first");
        return;
    }
    choices->descending = !choices->descending;
    weir_screen_reorder(screen);
}

/* ---- Settings -------------------------------------------------------------------------------- */

static void units_switch(weir_screen_t *screen, weir_action_t action)
{
    weir_units_t *units = &screen->choices.units;
    if (action == WEIR_ACTION_UNITS)
        units->rates = units->rates == WEIR_BITS ? WEIR_BYTES : WEIR_BITS;
    else
        units->base = units->base == WEIR_SI ? WEIR_IEC : WEIR_SI;
    weir_screen_say(screen, "rates in %s, factor %s", units->rates == WEIR_BITS ? "bits" : "bytes",
                    units->base == WEIR_SI ? "1000 (k M G)" : "1024 (Ki Mi Gi)");
}

static void interval_step(weir_screen_t *screen, bool longer)
{
    static const uint64_t steps_ms[] = {100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000};
    uint64_t now = screen->choices.interval_ns / WEIR_NS_PER_MS;
    uint64_t next = now;
    for (size_t i = 0; i < WEIR_COUNT(steps_ms); i++) {
        uint64_t step = longer ? steps_ms[i] : steps_ms[WEIR_COUNT(steps_ms) - 1 - i];
        if (longer ? step > now : step < now) {
            next = step;
            break;
        }
    }
    if (screen->newest && screen->newest->origin != WEIR_ORIGIN_LIVE) {
        weir_screen_say(screen, screen->newest->origin == WEIR_ORIGIN_FILE
                                    ? "a capture stands still: it has no interval"
                                    : "a recording keeps its own interval");
        return;
    }
    screen->choices.interval_ns = next * WEIR_NS_PER_MS;
    weir_client_set_interval(screen->client, screen->choices.interval_ns);
}

static void totals_switch(weir_screen_t *screen)
{
    static const char *const words[] = {"the interface exists", "Weir started", "the mark (m)"};
    if (weir_screen_list(screen)->fixed || !weir_view_has_counters(screen->table)) {
        weir_screen_say(screen, "these totals have one beginning only");
        return;
    }
    weir_since_t next = screen->choices.since == WEIR_SINCE_MARK
                            ? WEIR_SINCE_BOOT
                            : (weir_since_t)(screen->choices.since + 1);
    screen->choices.since = next;
    weir_screen_say(screen, "totals since %s", words[next]);
}

static void mark_set(weir_screen_t *screen)
{
    if (weir_screen_list(screen)->fixed) {
        weir_screen_say(screen, "a capture stands still: there is nothing to mark");
        return;
    }
    for (int i = 0; i < WEIR_TABLE_COUNT; i++)
        weir_list_mark(&screen->lists[i]);
    screen->choices.since = WEIR_SINCE_MARK;
    weir_screen_say(screen, "marked: totals count from now");
}

static void overlay_open(weir_screen_t *screen, weir_mode_t mode)
{
    if (mode == WEIR_MODE_COLUMNS && !weir_table(screen->table)->column_count)
        return;
    screen->mode = mode;
    screen->overlay_cursor = screen->overlay_top = 0;
}

static void setting_act(weir_screen_t *screen, weir_action_t action)
{
    switch (action) {
    case WEIR_ACTION_UNITS:
    case WEIR_ACTION_BASE:
        units_switch(screen, action);
        break;
    case WEIR_ACTION_SLOWER:
    case WEIR_ACTION_FASTER:
        interval_step(screen, action == WEIR_ACTION_SLOWER);
        break;
    case WEIR_ACTION_TOTALS:
        totals_switch(screen);
        break;
    case WEIR_ACTION_MARK:
        mark_set(screen);
        break;
    case WEIR_ACTION_FREEZE:
        weir_screen_freeze(screen, !screen->frozen);
        break;
    case WEIR_ACTION_REDRAW:
        weir_term_redraw(screen->term);
        break;
    default:
        break;
    }
}

static void table_act(weir_screen_t *screen, weir_action_t action, uint32_t key)
{
    switch (action) {
    case WEIR_ACTION_ENTER:
        row_enter(screen);
        break;
    case WEIR_ACTION_OPEN:
        row_open(screen);
        break;
    case WEIR_ACTION_BACK:
        back(screen);
        break;
    case WEIR_ACTION_CLOSE:
        row_close(screen);
        break;
    case WEIR_ACTION_CANCEL:
        cancel(screen);
        break;
    case WEIR_ACTION_FILTER:
        weir_filter_line_open(screen);
        break;
    case WEIR_ACTION_SORT_LEFT:
    case WEIR_ACTION_SORT_RIGHT:
        sort_step(screen, action == WEIR_ACTION_SORT_LEFT ? -1 : 1);
        break;
    case WEIR_ACTION_REVERSE:
        sort_reverse(screen);
        break;
    case WEIR_ACTION_COPY:
        weir_save_copy(screen);
        break;
    case WEIR_ACTION_END:
        weir_end_open(screen);
        break;
    case WEIR_ACTION_TAB:
        weir_drill_switch(screen, (weir_table_id_t)(key - '1'));
        break;
    default:
        setting_act(screen, action);
        break;
    }
}

/* While a capture is read, the first wish to end is for the reading: what was read is shown. */
static void leave(weir_screen_t *screen)
{
    weir_reading_progress_t *reading = screen->options->reading;
    screen->leaving = !reading || screen->newest || screen->ended || screen->cutting;
    if (screen->leaving)
        return;
    screen->cutting = true;
    atomic_store(&reading->cancel, true);
}

static void key_act(weir_screen_t *screen, uint32_t key)
{
    weir_action_t action = weir_action_of(key);
    if (action >= WEIR_ACTION_UP && action <= WEIR_ACTION_LAST)
        selection_act(screen, action);
    else if (action >= WEIR_ACTION_SPAN_BEGIN_LATER && action <= WEIR_ACTION_SPAN_CLEAR)
        weir_span_act(screen, action);
    else if (action == WEIR_ACTION_QUIT)
        leave(screen);
    else if (action == WEIR_ACTION_HELP)
        overlay_open(screen, WEIR_MODE_HELP);
    else if (action == WEIR_ACTION_COLUMNS)
        overlay_open(screen, WEIR_MODE_COLUMNS);
    else if (action == WEIR_ACTION_EXPORT)
        screen->mode = WEIR_MODE_EXPORT;
    else
        table_act(screen, action, key);
}

/* ---- Overlays -------------------------------------------------------------------------------- */

static void export_key(weir_screen_t *screen, uint32_t key)
{
    screen->mode = WEIR_MODE_TABLE;
    if (key == 'c')
        weir_save_export(screen, WEIR_FORMAT_CSV);
    else if (key == 'j')
        weir_save_export(screen, WEIR_FORMAT_JSON);
}

/* Entry `at` of the chooser: the table's columns, then the sparkline. */
static uint8_t chooser_column(const weir_screen_t *screen, size_t at)
{
    return at < weir_table(screen->table)->column_count ? (uint8_t)at : WEIR_VIEW_HISTORY;
}

static size_t chooser_count(const weir_screen_t *screen)
{
    return weir_table(screen->table)->column_count + (weir_view(screen->table)->columns != NULL);
}

/* A column comes at the end; the last one cannot go. */
static void column_toggle(weir_screen_t *screen)
{
    weir_table_choices_t *choices = table_choices(screen);
    uint8_t column = chooser_column(screen, screen->overlay_cursor);
    for (size_t i = 0; i < choices->column_count; i++) {
        if (choices->columns[i] != column)
            continue;
        if (choices->column_count > 1) {
            memmove(&choices->columns[i], &choices->columns[i + 1], choices->column_count - i - 1);
            choices->column_count--;
        }
        return;
    }
    if (choices->column_count < WEIR_VIEW_COLUMNS_MAX)
        choices->columns[choices->column_count++] = column;
}

static void columns_key(weir_screen_t *screen, uint32_t key)
{
    weir_table_choices_t *choices = table_choices(screen);
    weir_action_t action = weir_action_of(key);
    size_t last = chooser_count(screen) - 1;
    if (action == WEIR_ACTION_UP && screen->overlay_cursor > 0)
        screen->overlay_cursor--;
    else if (action == WEIR_ACTION_DOWN && screen->overlay_cursor < last)
        screen->overlay_cursor++;
    else if (action == WEIR_ACTION_FIRST)
        screen->overlay_cursor = 0;
    else if (action == WEIR_ACTION_LAST)
        screen->overlay_cursor = last;
    else if (key == ' ' || key == WEIR_KEY_ENTER)
        column_toggle(screen);
    else if (key == 'd')
        choices->column_count = weir_view_default_columns(screen->table, choices->columns);
    else if (action == WEIR_ACTION_CANCEL || action == WEIR_ACTION_COLUMNS || key == 'q')
        screen->mode = WEIR_MODE_TABLE;
}

static void help_key(weir_screen_t *screen, uint32_t key)
{
    weir_action_t action = weir_action_of(key);
    if (action == WEIR_ACTION_DOWN)
        screen->overlay_top++; /* drawing keeps it within the text */
    else if (action == WEIR_ACTION_PAGE_DOWN)
        screen->overlay_top += 5;
    else if (action == WEIR_ACTION_UP)
        screen->overlay_top -= screen->overlay_top > 0;
    else if (action == WEIR_ACTION_PAGE_UP)
        screen->overlay_top -= screen->overlay_top > 5 ? 5 : screen->overlay_top;
    else
        screen->mode = WEIR_MODE_TABLE;
}

/* ---- Mouse ----------------------------------------------------------------------------------- */

static void title_click(weir_screen_t *screen, int x)
{
    for (size_t i = 0; i < screen->places.slot_count; i++) {
        const weir_slot_t *slot = &screen->places.slots[i];
        if (!slot->width || x < slot->x - 1 || x > slot->x + slot->width || !can_sort_by(screen, i))
            continue;
        if (table_choices(screen)->sort == table_choices(screen)->columns[i])
            sort_reverse(screen);
        else
            sort_set(screen, table_choices(screen)->columns[i]);
        return;
    }
}

static void table_click(weir_screen_t *screen, int y)
{
    int at = y - screen->places.table_y;
    if (at < 0 || at >= screen->places.table_lines || at >= WEIR_SCREEN_TALL)
        return;
    const weir_list_t *list = weir_screen_list(screen);
    uint32_t line = screen->places.line[at];
    if (line == WEIR_INDEX_NONE)
        return;
    bool again = list->touched && line == list->cursor;
    line_select(screen, line);
    if (again || list->on_group)
        row_enter(screen);
}

static void click(weir_screen_t *screen, int y, int x)
{
    const weir_places_t *places = &screen->places;
    for (int i = 0; y == 0 && i < WEIR_TABLE_COUNT; i++)
        if (x >= places->tab_x[i] && x < places->tab_x[i + 1])
            weir_drill_switch(screen, (weir_table_id_t)i);
    if (y == places->header_y)
        title_click(screen, x);
    else if (y == places->trail_y && x < places->trail_x)
        (void)weir_drill_back(screen);
    else if (!weir_span_click(screen, y, x))
        table_click(screen, y);
}

void weir_screen_act(weir_screen_t *screen, const weir_input_event_t *event)
{
    bool mouse = event->key >= WEIR_KEY_CLICK;
    if (screen->mode == WEIR_MODE_FILTER && !mouse)
        weir_filter_line_key(screen, event->key);
    else if (event->key == WEIR_KEY_CONTROL('c'))
        leave(screen);
    else if (screen->mode == WEIR_MODE_EXPORT)
        export_key(screen, event->key);
    else if (screen->mode == WEIR_MODE_END)
        weir_end_key(screen, event->key);
    else if (screen->mode == WEIR_MODE_COLUMNS)
        columns_key(screen, event->key);
    else if (screen->mode == WEIR_MODE_HELP)
        help_key(screen, event->key);
    else if (event->key == WEIR_KEY_CLICK)
        click(screen, event->y, event->x);
    else if (event->key == WEIR_KEY_WHEEL_UP)
        lines_move(screen, -3);
    else if (event->key == WEIR_KEY_WHEEL_DOWN)
        lines_move(screen, 3);
    else
        key_act(screen, event->key);
}
