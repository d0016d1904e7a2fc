/*
 * The headline of a capture: how much, when, and which part of it is looked at; and how far its
 * reading is. A capture does not tell directions, so that there is one graph.
 */
#include "base/text.h"
#include "tui/graph.h"
#include "tui/screen.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_S ((int64_t)WEIR_NS_PER_S)
#define GRAPH_LEAST 16      /* columns that make sense */
#define SECONDS_MOST 100000 /* that are summed up one by one */
#define BAR_COLUMNS 40      /* of the progress */

typedef struct headline {
    weir_series_t series;
    weir_series_summary_t whole, part; /* of everything, of the span */
    size_t cells;                      /* that the series fills */
} headline_t;

/* Seconds of a point, so that `points` hold the capture. */
static uint64_t step_find(uint64_t seconds, size_t points)
{
    uint64_t step = (seconds + points - 1) / points;
    return step ? step : 1;
}

static uint64_t capture_seconds(const weir_snapshot_t *snapshot)
{
    uint64_t end = (uint64_t)snapshot->time.wall_ns;
    uint64_t begin = end - snapshot->window_ns;
    return end / WEIR_NS_PER_S - begin / WEIR_NS_PER_S + 1;
}

/* Sum up seconds [from_s, to_s), one by one as long as they are not too many. */
static weir_series_summary_t seconds_summarise(const weir_screen_t *screen, int64_t from_s,
                                               int64_t to_s)
{
    uint64_t seconds = (uint64_t)(to_s - from_s);
    uint64_t step = seconds / SECONDS_MOST + 1;
    weir_series_query_t query = {.object = WEIR_SERIES_HEADLINE,
                                 .column = WEIR_SERIES_RATE,
                                 .to_ns = (uint64_t)to_s * WEIR_NS_PER_S,
                                 .step_ns = step * WEIR_NS_PER_S,
                                 .count = (seconds + step - 1) / step};
    weir_series_t series;
    if (weir_client_series(screen->client, &query, &series) < 0)
        return (weir_series_summary_t){0};
    weir_series_summary_t summary = weir_series_summarise(&series);
    weir_series_done(&series);
    return summary;
}

/* The mean is over the capture's duration, as in its report, not over the seconds that it touches.
 */
static weir_series_summary_t whole_summarise(const weir_screen_t *screen)
{
    const weir_snapshot_t *snapshot = screen->snapshot;
    int64_t end_s = snapshot->time.wall_ns / NS_PER_S + 1;
    uint64_t seconds = capture_seconds(snapshot);
    weir_series_summary_t summary = seconds_summarise(screen, end_s - (int64_t)seconds, end_s);
    if (snapshot->window_ns)
        summary.mean *= (double)seconds * 1e9 / (double)snapshot->window_ns;
    return summary;
}

/* Ask for the whole capture in at most `points` points that begin with it. */
static bool headline_ask(weir_screen_t *screen, size_t points, headline_t *ret_headline)
{
    const weir_snapshot_t *snapshot = screen->snapshot;
    if (snapshot->time.wall_ns <= 0)
        return false;
    uint64_t seconds = capture_seconds(snapshot);
    uint64_t begin = (uint64_t)snapshot->time.wall_ns / WEIR_NS_PER_S + 1 - seconds;
    uint64_t step = step_find(seconds, points);
    if (begin % step + seconds > step * points) /* steps lie on multiples of themselves */
        step = step_find(seconds, points - 1);
    weir_series_query_t query = {.object = WEIR_SERIES_HEADLINE,
                                 .column = WEIR_SERIES_RATE,
                                 .to_ns = (uint64_t)snapshot->time.wall_ns,
                                 .step_ns = step * WEIR_NS_PER_S,
                                 .count = (begin % step + seconds + step - 1) / step};
    if (weir_client_series(screen->client, &query, &ret_headline->series) < 0)
        return false;
    ret_headline->whole = whole_summarise(screen);
    if (screen->span.on)
        ret_headline->part = seconds_summarise(screen, screen->span.from_s, screen->span.to_s);
    return true;
}

/* The column of a moment. */
static int moment_column(const weir_places_t *places, int64_t second)
{
    uint64_t ns = (uint64_t)(second * NS_PER_S);
    uint64_t at = ns > places->graph_from_ns ? (ns - places->graph_from_ns) / places->cell_ns : 0;
    uint64_t last = (uint64_t)places->graph_cells;
    return places->graph_x + (int)(at < last ? at : last);
}

/* ---- The graph ------------------------------------------------------------------------------- */

/* Stretched over all cells; what lies outside of the span is dim. */
static void graph_draw(weir_screen_t *screen, const headline_t *headline)
{
    weir_places_t *places = &screen->places;
    float values[WEIR_GRAPH_MAX];
    bool braille = screen->paint.pictures;
    size_t cells = (size_t)places->graph_cells;
    weir_graph_resample(&headline->series, braille ? 2 * cells : cells, values);
    weir_graph_t graph = {.values = values,
                          .cells = cells,
                          .max = headline->whole.max,
                          .lines = (unsigned)places->graph_lines,
                          .braille = braille};
    int from = screen->span.on ? moment_column(places, screen->span.from_s) - places->graph_x : 0;
    int to = screen->span.on ? moment_column(places, screen->span.to_s) - places->graph_x
                             : places->graph_cells;
    to = to > from ? to : from + 1;
    const int edges[] = {0, from, to, places->graph_cells};
    for (int line = 0; line < places->graph_lines; line++) {
        for (size_t i = 0; i + 1 < WEIR_COUNT(edges); i++) {
            weir_graph_t part = graph;
            part.values += (size_t)edges[i] * (braille ? 2 : 1);
            part.cells = edges[i + 1] > edges[i] ? (size_t)(edges[i + 1] - edges[i]) : 0;
            weir_buf_clear(&screen->text);
            weir_graph_put(&screen->text, &part, (unsigned)line);
            (void)weir_paint_put(&screen->paint, places->graph_y + line, places->graph_x + edges[i],
                                 i == 1 ? WEIR_STYLE_STRONG : WEIR_STYLE_DIM,
                                 weir_buf_text(&screen->text));
        }
    }
}

/* The span between brackets on the line of the axis. */
static void span_draw(weir_screen_t *screen, int y)
{
    weir_paint_t *paint = &screen->paint;
    const weir_places_t *places = &screen->places;
    int from = moment_column(places, screen->span.from_s);
    int to = moment_column(places, screen->span.to_s) - 1;
    to = to > from ? to : from;
    for (int x = from; x <= to; x++)
        (void)weir_paint_put(paint, y, x, WEIR_STYLE_STRONG, weir_paint_word(paint, "━", "="));
    (void)weir_paint_put(paint, y, from, WEIR_STYLE_STRONG, "[");
    (void)weir_paint_put(paint, y, to, WEIR_STYLE_STRONG, "]");
}

/* Begin and end of the capture stand at the ends of the axis, unless the span covers them. */
static void axis_draw(weir_screen_t *screen, int y)
{
    weir_paint_t *paint = &screen->paint;
    const weir_places_t *places = &screen->places;
    const weir_snapshot_t *snapshot = screen->snapshot;
    int end = places->graph_x + places->graph_cells;
    weir_buf_t *buf = &screen->text;
    for (int x = places->graph_x; x < end; x++)
        (void)weir_paint_put(paint, y, x, WEIR_STYLE_DIM, weir_paint_word(paint, "─", "-"));
    weir_buf_clear(buf);
    weir_text_put_clock(buf, snapshot->time.wall_ns - (int64_t)snapshot->window_ns);
    int width = (int)weir_text_width(weir_buf_text(buf));
    bool covered = screen->span.on;
    if (!covered || moment_column(places, screen->span.from_s) >= places->graph_x + width)
        (void)weir_paint_put(paint, y, places->graph_x, WEIR_STYLE_DIM, weir_buf_text(buf));
    weir_buf_clear(buf);
    weir_text_put_clock(buf, snapshot->time.wall_ns);
    if (!covered || moment_column(places, screen->span.to_s) <= end - width)
        (void)weir_paint_put(paint, y, end - width, WEIR_STYLE_DIM, weir_buf_text(buf));
    if (screen->span.on)
        span_draw(screen, y);
}

/* ---- Figures --------------------------------------------------------------------------------- */

/* Columns of "mean 48.2 Mbit/s" and of "peak 61.0 Mbit/s at 12:04:31", with their margins. */
static int left_width(const weir_screen_t *screen)
{
    return 1 + 5 + weir_draw_rate_width(screen) + 2;
}

static int right_width(const weir_screen_t *screen)
{
    return 2 + 5 + weir_draw_rate_width(screen) + 12 + 1;
}

static void peak_draw(weir_screen_t *screen, int y, const weir_series_summary_t *summary)
{
    weir_paint_t *paint = &screen->paint;
    int x = paint->columns - right_width(screen) + 2;
    x = weir_paint_put(paint, y, x, WEIR_STYLE_DIM, "peak ");
    x = weir_draw_rate(screen, y, x, WEIR_STYLE_STRONG, summary->max);
    if (!(summary->max > 0))
        return;
    weir_buf_clear(&screen->text);
    weir_buf_puts(&screen->text, "at ");
    weir_text_put_clock(&screen->text, (int64_t)summary->max_at_ns);
    (void)weir_paint_put(paint, y, x + 1, WEIR_STYLE_DIM, weir_buf_text(&screen->text));
}

static void figures_draw(weir_screen_t *screen, int y, const headline_t *headline, bool peak)
{
    weir_paint_t *paint = &screen->paint;
    int x = weir_paint_put(paint, y, 1, WEIR_STYLE_DIM, "mean ");
    (void)weir_draw_rate(screen, y, x, WEIR_STYLE_STRONG, headline->whole.mean);
    if (peak)
        peak_draw(screen, y, &headline->whole);
    if (!screen->span.on)
        return;
    x = weir_paint_put(paint, y + 1, 1, WEIR_STYLE_DIM, "span ");
    (void)weir_draw_rate(screen, y + 1, x, WEIR_STYLE_STRONG, headline->part.mean);
    if (peak)
        peak_draw(screen, y + 1, &headline->part);
}

void weir_draw_capture(weir_screen_t *screen, int y, int lines)
{
    const int left = left_width(screen);
    const int right = right_width(screen);
    weir_places_t *places = &screen->places;
    headline_t headline = {0};
    int columns = screen->paint.columns;
    bool peak = columns - left - right >= GRAPH_LEAST;
    int cells = columns - left - (peak ? right : 2);
    int most = WEIR_GRAPH_MAX / 2;
    cells = cells < most ? cells : most;
    if (cells < GRAPH_LEAST ||
        !headline_ask(screen, (size_t)cells * (screen->paint.pictures ? 2 : 1), &headline))
        return;
    places->graph_x = left;
    places->graph_y = y;
    places->graph_lines = lines - 1;
    places->graph_cells = cells;
    places->graph_from_ns = headline.series.from_ns;
    places->cell_ns = headline.series.step_ns * headline.series.count / (uint64_t)cells;
    graph_draw(screen, &headline);
    axis_draw(screen, y + lines - 1);
    figures_draw(screen, y, &headline, peak);
    weir_series_done(&headline.series);
}

void weir_draw_capture_small(weir_screen_t *screen, int y)
{
    headline_t headline = {0};
    if (!headline_ask(screen, 60, &headline))
        return;
    const weir_series_summary_t *summary = screen->span.on ? &headline.part : &headline.whole;
    int x =
        weir_paint_put(&screen->paint, y, 1, WEIR_STYLE_DIM, screen->span.on ? "span " : "mean ");
    x = weir_draw_rate(screen, y, x, WEIR_STYLE_STRONG, summary->mean);
    x = weir_paint_put(&screen->paint, y, x + 2, WEIR_STYLE_DIM, "peak ");
    (void)weir_draw_rate(screen, y, x, WEIR_STYLE_STRONG, summary->max);
    weir_series_done(&headline.series);
}

/* ---- Reading --------------------------------------------------------------------------------- */

void weir_draw_reading(weir_screen_t *screen, int y)
{
    weir_paint_t *paint = &screen->paint;
    weir_reading_progress_t *reading = screen->options->reading;
    weir_clock_t clock = weir_clock_system();
    uint64_t passed_ns = weir_clock_now(&clock).boot_ns - screen->begun_ns;
    double size = (double)atomic_load(&reading->size);
    double share = size > 0 ? (double)atomic_load(&reading->position) / size : 0;
    weir_buf_t *buf = &screen->text;
    weir_buf_clear(buf);
    weir_buf_puts(buf, screen->cutting ? "Ending with what was read: " : "Reading: ");
    weir_reading_put(buf, reading, passed_ns);
    (void)weir_paint_cut(paint, y, 3, paint->columns, WEIR_STYLE_STRONG, weir_buf_text(buf));
    if (size > 0) {
        weir_buf_clear(buf);
        weir_graph_put_bar(buf, share, BAR_COLUMNS, paint->pictures);
        (void)weir_paint_put(paint, y + 1, 3, WEIR_STYLE_PLAIN, weir_buf_text(buf));
    }
    (void)weir_paint_cut(paint, y + 2, 3, paint->columns, WEIR_STYLE_DIM,
                         screen->cutting ? "q once more leaves without it"
                                         : "q ends the reading and shows what there is by then");
}
