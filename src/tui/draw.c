/*
 * The frame around the table: tabs, headline with its graphs, sentence, foot.
 */
#include "base/number.h"
#include "base/text.h"
#include "model/cell.h"
#include "model/sentence.h"
#include "tui/graph.h"
#include "tui/hints.h"
#include "tui/screen.h"
#include "tui/typed.h"

#include <string.h>
#include <time.h>

#define SPAN_S 120     /* of the graphs */
#define SMALL_LINES 10 /* below this, or below SMALL_COLUMNS, only headline and table remain */
#define SMALL_COLUMNS 60
#define USE_COLUMNS 100 /* with so many the link's use stands behind the peak */

/* ---- Tabs ------------------------------------------------------------------------------------ */

static bool days_same(int64_t a_ns, int64_t b_ns)
{
    time_t a = (time_t)(a_ns / (int64_t)WEIR_NS_PER_S), b = (time_t)(b_ns / (int64_t)WEIR_NS_PER_S);
    struct tm x, y;
    return localtime_r(&a, &x) && localtime_r(&b, &y) && x.tm_year == y.tm_year &&
           x.tm_yday == y.tm_yday;
}

int weir_draw_time_width(const weir_snapshot_t *snapshot)
{
    bool capture = snapshot && snapshot->origin == WEIR_ORIGIN_FILE;
    int64_t begin_ns = capture ? snapshot->time.wall_ns - (int64_t)snapshot->window_ns : 0;
    return capture && days_same(begin_ns, snapshot->time.wall_ns) ? 8 : 11;
}

void weir_draw_time_put(weir_buf_t *buf, const weir_snapshot_t *snapshot, int64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / (int64_t)WEIR_NS_PER_S);
    struct tm local;
    if (days_same(wall_ns, snapshot->time.wall_ns))
        weir_text_put_clock(buf, wall_ns);
    else if (localtime_r(&seconds, &local))
        weir_buf_printf(buf, "%02d-%02d %02d:%02d", local.tm_mon + 1, local.tm_mday, local.tm_hour,
                        local.tm_min);
}

/* The time of a live picture; the day on which a capture begins. */
static void time_put(weir_buf_t *buf, const weir_snapshot_t *snapshot)
{
    if (snapshot->origin != WEIR_ORIGIN_FILE) {
        weir_text_put_clock(buf, snapshot->time.wall_ns);
        return;
    }
    int64_t begin_ns = snapshot->time.wall_ns - (int64_t)snapshot->window_ns;
    time_t seconds = (time_t)(begin_ns / (int64_t)WEIR_NS_PER_S);
    struct tm local;
    if (localtime_r(&seconds, &local))
        weir_buf_printf(buf, "%04d-%02d-%02d", local.tm_year + 1900, local.tm_mon + 1,
                        local.tm_mday);
}

static const char *origin_word(const weir_screen_t *screen)
{
    bool capture = screen->options->origin == WEIR_ORIGIN_FILE;
    if (screen->frozen)
        return "frozen";
    if (capture)
        return screen->snapshot ? "capture" : screen->cutting ? "ending" : "reading";
    if (screen->ended)
        return "ended";
    return screen->snapshot ? weir_origin_word(screen->snapshot->origin) : "starting";
}

/* Where the picture comes from; `first` leaves out what stands before that part. */
static const char *origin_text(weir_screen_t *screen, int first)
{
    weir_buf_t *buf = &screen->text;
    const char *dot = weir_paint_word(&screen->paint, " · ", " | ");
    weir_buf_clear(buf);
    if (first <= 0) {
        (void)weir_text_put_safe(buf, screen->options->machine, screen->paint.utf8);
        weir_buf_puts(buf, dot);
    }
    weir_buf_puts(buf, origin_word(screen));
    if (first <= 1 && screen->snapshot) {
        bool live = screen->snapshot->origin == WEIR_ORIGIN_LIVE;
        weir_buf_puts(buf, dot);
        weir_duration_put(buf, live ? screen->choices.interval_ns : screen->snapshot->window_ns);
    }
    if (screen->snapshot) {
        weir_buf_puts(buf, dot);
        time_put(buf, screen->snapshot);
    }
    return weir_buf_text(buf);
}

#define BRAND "Weir  "
#define ORIGIN_LEAST 18 /* columns of "frozen · 12:04:31" with its margins */

/* What a tab says: its name if all have room or it is the present one. */
static const char *tab_text(const weir_screen_t *screen, int tab, bool all, char text[static 32])
{
    bool current = tab == (int)screen->table;
    size_t n = 0;
    if (current)
        text[n++] = ' ';
    text[n++] = (char)('1' + tab);
    if (current || all) {
        const char *title = weir_table((weir_table_id_t)tab)->title;
        text[n++] = ' ';
        for (size_t i = 0; title[i] && n < 30; i++)
            text[n++] = title[i];
    }
    if (current)
        text[n++] = ' ';
    text[n] = '\0';
    return text;
}

static int tabs_width(const weir_screen_t *screen)
{
    char text[32];
    int width = 0;
    for (int i = 0; i < WEIR_TABLE_COUNT; i++)
        width += 1 + (int)strlen(tab_text(screen, i, true, text));
    return width;
}

/* Before the first snapshot nothing is known to be missing. */
static bool tab_is_there(const weir_screen_t *screen, int tab)
{
    if (!weir_table((weir_table_id_t)tab)->column_count)
        return false;
    return !screen->snapshot || screen->snapshot->rows[tab].measured;
}

static int tabs_draw(weir_screen_t *screen, int x, bool all)
{
    char text[32];
    for (int i = 0; i < WEIR_TABLE_COUNT; i++) {
        weir_style_t style = i == (int)screen->table   ? WEIR_STYLE_CHOSEN
                             : tab_is_there(screen, i) ? WEIR_STYLE_PLAIN
                                                       : WEIR_STYLE_DIM;
        screen->places.tab_x[i] = x;
        x = 1 + weir_paint_put(&screen->paint, 0, x, style, tab_text(screen, i, all, text));
    }
    screen->places.tab_x[WEIR_TABLE_COUNT] = x;
    return x;
}

/* The name of the program goes first where there is no room, then the names of the tables. */
static void title_draw(weir_screen_t *screen)
{
    weir_paint_t *paint = &screen->paint;
    int spare = paint->columns - 1 - tabs_width(screen) - ORIGIN_LEAST;
    bool all = spare >= 0;
    int x = 1;
    if (!all || spare >= (int)strlen(BRAND))
        x = weir_paint_put(paint, 0, x, WEIR_STYLE_STRONG, BRAND);
    x = tabs_draw(screen, x, all);
    for (int first = 0; first <= 2; first++) {
        const char *text = origin_text(screen, first);
        int width = (int)weir_text_width(text);
        if (x + width >= paint->columns)
            continue;
        weir_style_t style = screen->frozen || screen->ended ? WEIR_STYLE_STRONG : WEIR_STYLE_PLAIN;
        (void)weir_paint_put(paint, 0, paint->columns - width - 1, style, text);
        return;
    }
}

/* ---- Headline -------------------------------------------------------------------------------- */

typedef struct direction {
    weir_series_column_t column;
    weir_style_t style;
    const char *arrow;
    const weir_meter_t *meter;
    uint64_t capacity_bps;
} direction_t;

static direction_t direction_of(const weir_screen_t *screen, weir_series_column_t column)
{
    const weir_headline_t *headline = &screen->snapshot->headline;
    bool up = column == WEIR_SERIES_TX_RATE;
    return (direction_t){
        .column = column,
        .style = up ? WEIR_STYLE_UP : WEIR_STYLE_DOWN,
        .arrow = up ? weir_paint_word(&screen->paint, "↑", "up  ")
                    : weir_paint_word(&screen->paint, "↓", "down"),
        .meter = up ? &headline->tx : &headline->rx,
        .capacity_bps = up ? headline->tx_capacity_bps : headline->rx_capacity_bps,
    };
}

int weir_draw_rate_width(const weir_screen_t *screen)
{
    return (int)(weir_quantity_number_width() + 1 +
                 weir_quantity_unit_width(&screen->choices.units, WEIR_UNIT_BYTES_PER_SECOND));
}

/* The number right-aligned, then its unit. */
int weir_draw_rate(weir_screen_t *screen, int y, int x, weir_style_t style, double rate)
{
    weir_quantity_t q = weir_quantity(&screen->choices.units, WEIR_UNIT_BYTES_PER_SECOND, rate);
    int number = (int)weir_quantity_number_width();
    (void)weir_paint_right(&screen->paint, y, x, number, style, q.number);
    (void)weir_paint_put(&screen->paint, y, x + number + 1, style, q.unit);
    return x + weir_draw_rate_width(screen);
}

static int meter_draw(weir_screen_t *screen, int y, int x, const direction_t *direction)
{
    int after = weir_paint_put(&screen->paint, y, x, direction->style, direction->arrow) + 1;
    if (direction->meter->state != WEIR_RATE_INIT)
        return weir_draw_rate(screen, y, after, WEIR_STYLE_STRONG, direction->meter->byte_rate);
    (void)weir_paint_right(&screen->paint, y, after, (int)weir_quantity_number_width(),
                           WEIR_STYLE_STRONG, weir_paint_word(&screen->paint, "–", "-"));
    return after + weir_draw_rate_width(screen);
}

static void use_draw(weir_screen_t *screen, int y, int x, const direction_t *direction)
{
    if (!direction->capacity_bps || direction->meter->state == WEIR_RATE_INIT)
        return;
    double share = direction->meter->byte_rate * 8 / (double)direction->capacity_bps;
    weir_buf_t *buf = &screen->text;
    weir_buf_clear(buf);
    weir_quantity_put(buf, &screen->choices.units, WEIR_UNIT_SHARE, share);
    weir_buf_puts(buf, " of ");
    weir_quantity_put(buf, &screen->choices.units, WEIR_UNIT_BITS_PER_SECOND,
                      (double)direction->capacity_bps);
    (void)weir_paint_put(&screen->paint, y, x, share >= 0.9 ? WEIR_STYLE_TROUBLE : WEIR_STYLE_DIM,
                         weir_buf_text(buf));
}

static void graph_draw(weir_screen_t *screen, const int box[4], const direction_t *direction,
                       const weir_series_t *series, double max)
{
    float values[WEIR_GRAPH_MAX];
    size_t cells = (size_t)box[2] < WEIR_GRAPH_MAX / 2 ? (size_t)box[2] : WEIR_GRAPH_MAX / 2;
    bool braille = screen->paint.pictures;
    weir_graph_resample(series, braille ? 2 * cells : cells, values);
    weir_graph_t graph = {.values = values,
                          .cells = cells,
                          .max = max,
                          .lines = (unsigned)box[3],
                          .braille = braille};
    for (int i = 0; i < box[3]; i++) {
        weir_buf_clear(&screen->text);
        weir_graph_put(&screen->text, &graph, (unsigned)i);
        (void)weir_paint_put(&screen->paint, box[0] + i, box[1], direction->style,
                             weir_buf_text(&screen->text));
    }
}

static void direction_draw(weir_screen_t *screen, int y, int lines, weir_series_column_t column)
{
    weir_paint_t *paint = &screen->paint;
    direction_t direction = direction_of(screen, column);
    int x = meter_draw(screen, y, 1, &direction) + 2;
    bool beside = lines == 1 && paint->columns >= USE_COLUMNS;
    int peak_width = 5 + weir_draw_rate_width(screen) + 9;
    int right = paint->columns - 1 - peak_width - (beside ? 20 : 0);
    weir_series_query_t query = {.object = WEIR_SERIES_HEADLINE,
                                 .column = column,
                                 .to_ns = screen->snapshot->time.boot_ns,
                                 .step_ns = WEIR_NS_PER_S,
                                 .count = SPAN_S};
    weir_series_t series;
    if (right - x < 10 || weir_client_series(screen->client, &query, &series) < 0)
        return;
    weir_series_summary_t summary = weir_series_summarise(&series);
    graph_draw(screen, (int[]){y, x, right - x - 2, lines}, &direction, &series, summary.max);
    weir_series_done(&series);
    x = weir_paint_put(paint, y, right, WEIR_STYLE_DIM, "peak ");
    x = weir_draw_rate(screen, y, x, WEIR_STYLE_DIM, summary.max);
    x = weir_paint_put(paint, y, x, WEIR_STYLE_DIM, " in 2 min");
    if (beside)
        use_draw(screen, y, x + 2, &direction);
    else if (lines > 1)
        use_draw(screen, y + 1, right, &direction);
}

/* Returns the line behind the headline. */
static int headline_draw(weir_screen_t *screen, int y, bool small)
{
    if (!screen->snapshot)
        return y + 1;
    int lines = screen->paint.lines >= 40 ? 3 : screen->paint.lines >= 28 ? 2 : 1;
    if (screen->snapshot->origin == WEIR_ORIGIN_FILE) {
        if (small)
            weir_draw_capture_small(screen, y);
        else
            weir_draw_capture(screen, y, 2 * lines);
        return y + (small ? 1 : 2 * lines);
    }
    if (small) {
        int x = 1;
        for (weir_series_column_t c = 0; c < WEIR_SERIES_COLUMNS; c++) {
            direction_t direction = direction_of(screen, c);
            x = meter_draw(screen, y, x, &direction) + 2;
        }
        return y + 1;
    }
    for (weir_series_column_t c = 0; c < WEIR_SERIES_COLUMNS; c++, y += lines)
        direction_draw(screen, y, lines, c);
    return y;
}

static void sentence_draw(weir_screen_t *screen, int y)
{
    weir_buf_clear(&screen->text);
    if (!screen->snapshot)
        return;
    weir_sentence_put(&screen->text, screen->snapshot, &screen->choices.units, screen->paint.utf8);
    (void)weir_paint_cut(&screen->paint, y, 1, screen->paint.columns, WEIR_STYLE_PLAIN,
                         weir_buf_text(&screen->text));
}

/* "12 of 500,000 rows" */
static void count_put(weir_screen_t *screen, weir_buf_t *buf)
{
    const weir_list_t *list = weir_screen_list(screen);
    if (screen->ordering) {
        weir_buf_puts(buf, weir_paint_word(&screen->paint, "sorting …", "sorting ..."));
        return;
    }
    weir_count_put(buf, list->count);
    weir_buf_puts(buf, " of ");
    weir_count_put(buf, list->record_count);
    weir_buf_puts(buf, " rows");
}

static void span_put(weir_screen_t *screen, weir_buf_t *buf)
{
    const int64_t second = (int64_t)WEIR_NS_PER_S;
    weir_text_put_clock(buf, screen->span.from_s * second);
    weir_buf_puts(buf, weir_paint_word(&screen->paint, " – ", " - "));
    weir_text_put_clock(buf, screen->span.to_s * second);
    weir_buf_puts(buf, ", ");
    weir_duration_put(buf, (uint64_t)(screen->span.to_s - screen->span.from_s) * WEIR_NS_PER_S);
}

/* "Hosts › 192.0.2.7 › "; returns the column behind. */
static int trail_draw(weir_screen_t *screen, int y, int x)
{
    weir_paint_t *paint = &screen->paint;
    const char *arrow = weir_paint_word(paint, " › ", " > ");
    for (size_t i = 0; i < screen->trail_count; i++) {
        x = weir_paint_put(paint, y, x, WEIR_STYLE_STRONG,
                           weir_table(screen->trail[i].table)->title);
        x = weir_paint_put(paint, y, x, WEIR_STYLE_DIM, arrow);
        x = weir_paint_put(paint, y, x, WEIR_STYLE_STRONG, screen->trail[i].label);
        x = weir_paint_put(paint, y, x, WEIR_STYLE_DIM, arrow);
    }
    x = weir_paint_put(paint, y, x, WEIR_STYLE_STRONG, weir_table(screen->table)->title);
    screen->places.trail_y = screen->trail_count ? y : -1;
    screen->places.trail_x = x;
    return x;
}

/* Whether the filter says more than the trail does. */
static bool filter_is_told(const weir_screen_t *screen)
{
    size_t n = screen->trail_count;
    return screen->filter_text[0] &&
           (!n || strcmp(screen->trail[n - 1].followed, screen->filter_text) != 0);
}

static void rows_put(weir_screen_t *screen, weir_buf_t *buf)
{
    if (screen->span.on && !screen->filter)
        weir_buf_puts(buf, "these rows are of the whole capture");
    else
        count_put(screen, buf);
}

/* Append what narrows the table, the most telling first, and the key that ends it. */
static void narrow_put(weir_screen_t *screen, weir_buf_t *buf)
{
    const char *dot = weir_paint_word(&screen->paint, " · ", " | ");
    bool trail = screen->trail_count > 0;
    if (filter_is_told(screen)) {
        (void)weir_text_put_safe(buf, screen->filter_text, screen->paint.utf8);
        weir_buf_puts(buf, dot);
    }
    for (int i = 0; i < 2; i++) {
        if ((i == 0) == trail)
            rows_put(screen, buf);
        else if (screen->span.on)
            span_put(screen, buf);
        else
            continue;
        weir_buf_puts(buf, dot);
    }
    weir_buf_puts(buf, trail                    ? "Backspace goes back"
                       : screen->filter_text[0] ? "Esc clears it"
                                                : "\\ shows the whole");
}

static bool is_narrowed(const weir_screen_t *screen)
{
    return screen->filter_text[0] || screen->span.on || screen->trail_count;
}

static void narrow_draw(weir_screen_t *screen, int y)
{
    weir_paint_t *paint = &screen->paint;
    const char *word = screen->filter_text[0] ? "Filter " : "Span ";
    int x = 1;
    if (screen->trail_count)
        x = trail_draw(screen, y, x) + 2;
    else
        x = weir_paint_put(paint, y, x, WEIR_STYLE_STRONG, word);
    weir_buf_clear(&screen->text);
    narrow_put(screen, &screen->text);
    (void)weir_paint_cut(paint, y, x, paint->columns, WEIR_STYLE_PLAIN,
                         weir_buf_text(&screen->text));
}

/*
 * How much of the traffic apps explain; what the origin says about the table where that is more:
 * the books' reason is the note of the tables that are made of sockets.
 */
static void note_draw(weir_screen_t *screen, int y)
{
    const weir_snapshot_t *snapshot = screen->snapshot;
    if (!snapshot || !snapshot->rows[screen->table].measured)
        return;
    const char *note = snapshot->rows[screen->table].note;
    const char *apps = snapshot->rows[WEIR_TABLE_APPS].note;
    bool books = weir_balance_read(snapshot).counted;
    if (!note && !books)
        note = apps;
    weir_buf_clear(&screen->text);
    if (note && !(books && note == apps))
        (void)weir_text_put_safe(&screen->text, note, screen->paint.utf8);
    else
        weir_balance_put(&screen->text, snapshot, &screen->choices.units);
    (void)weir_paint_cut(&screen->paint, y, 1, screen->paint.columns, WEIR_STYLE_DIM,
                         weir_buf_text(&screen->text));
}

/* ---- Foot ------------------------------------------------------------------------------------ */

/* When a hint makes sense. */
enum { ALWAYS = 0, IN_CAPTURE = 1, ELSEWHERE = 2, ON_TRAIL = 4, ON_LIVE_APPS = 8 };

static unsigned hints_now(const weir_screen_t *screen)
{
    weir_origin_t origin = screen->options->origin;
    bool apps = screen->table == WEIR_TABLE_APPS && origin == WEIR_ORIGIN_LIVE;
    return (origin == WEIR_ORIGIN_FILE ? IN_CAPTURE : ELSEWHERE) |
           (screen->trail_count ? ON_TRAIL : 0U) | (apps ? ON_LIVE_APPS : 0U);
}

static void hints_draw(weir_screen_t *screen)
{
    static const weir_hint_t hints[] = {
        {"↑↓", "arrows", "select", ALWAYS},   {"⏎", "Enter", "open", ALWAYS},
        {"⌫", "Backspace", "back", ON_TRAIL}, {"x", "x", "end it", ON_LIVE_APPS},
        {"/", "/", "filter", ALWAYS},         {"< >", "< >", "sort", ALWAYS},
        {"[ ]", "[ ]", "span", IN_CAPTURE},   {"space", "space", "freeze", ELSEWHERE},
        {"u", "u", "units", ALWAYS},          {"t", "t", "totals", ELSEWHERE},
        {"c", "c", "columns", ALWAYS},        {"e", "e", "export", ALWAYS},
        {"?", "?", "help", ALWAYS},           {"q", "q", "quit", ALWAYS},
    };
    weir_hints_draw(&screen->paint, hints, WEIR_COUNT(hints), hints_now(screen));
}

static void filter_line_draw(weir_screen_t *screen)
{
    weir_typed_t typed = {
        .edit = &screen->edit,
        .prompt = "/ ",
        .hint = "Tab completes   Enter keeps   Esc drops   e.g. name~\"^eth\" or rx_bytes_per_s>1M",
        .error = screen->filter_wrong ? &screen->filter_error : NULL,
    };
    weir_typed_draw(&screen->paint, &typed, &screen->text);
}

static void end_question_draw(weir_screen_t *screen, int y)
{
    weir_buf_clear(&screen->text);
    weir_end_put(screen, &screen->text);
    (void)weir_paint_cut(&screen->paint, y, 1, screen->paint.columns, WEIR_STYLE_STRONG,
                         weir_buf_text(&screen->text));
}

static void foot_draw(weir_screen_t *screen, bool small)
{
    weir_paint_t *paint = &screen->paint;
    int y = paint->lines - 1;
    bool message = screen->message_until_ns != 0;
    if (screen->mode == WEIR_MODE_FILTER) {
        filter_line_draw(screen);
        return;
    }
    bool asked = screen->mode == WEIR_MODE_EXPORT || screen->mode == WEIR_MODE_END;
    if (small && !message && !asked)
        return;
    weir_paint_blank(paint, y, 0, paint->columns);
    if (screen->mode == WEIR_MODE_EXPORT)
        (void)weir_paint_put(paint, y, 1, WEIR_STYLE_STRONG,
                             "Export what is seen as   c CSV   j JSON   Esc nothing");
    else if (screen->mode == WEIR_MODE_END)
        end_question_draw(screen, y);
    else if (message)
        (void)weir_paint_cut(paint, y, 1, paint->columns, WEIR_STYLE_STRONG,
                             weir_buf_text(&screen->message));
    else if (screen->mode == WEIR_MODE_TABLE)
        hints_draw(screen);
}

void weir_draw(weir_screen_t *screen)
{
    weir_paint_t *paint = &screen->paint;
    weir_paint_begin(paint);
    screen->places.graph_lines = 0;
    bool small = paint->lines < SMALL_LINES || paint->columns < SMALL_COLUMNS;
    bool tall = paint->lines >= 20;
    int y = 0;
    if (!small)
        title_draw(screen);
    y = headline_draw(screen, small ? 0 : 1, small);
    bool narrowed = is_narrowed(screen);
    screen->places.trail_y = -1;
    if (!small && (tall || !narrowed))
        sentence_draw(screen, y++);
    if (narrowed && !small)
        narrow_draw(screen, y++);
    else if (tall && !small)
        note_draw(screen, y++);
    int lines = paint->lines - y - (small ? 0 : 1);
    if (screen->mode == WEIR_MODE_HELP)
        weir_draw_help(screen, small ? 0 : 1, paint->lines - (small ? 0 : 2));
    else if (screen->mode == WEIR_MODE_COLUMNS)
        weir_draw_columns(screen, small ? 0 : 1, paint->lines - (small ? 0 : 2));
    else
        weir_draw_table(screen, y, lines);
    foot_draw(screen, small);
    weir_paint_end(paint);
}
