#include "gui/graph_view.h"

#include "gui/scale.h"
#include "gui/theme.h"
#include "gui/words.h"

#include <math.h>

#define LABEL_HEIGHT 18 /* [px] for the times below the graph */
#define LINES_EVERY 150 /* [px] at least between two times */
#define PAD 4           /* [px] */

typedef struct area {
    const weir_graph_view_t *view;
    float width, height, axis; /* [px]; axis: distance of the zero line from the top */
} area_t;

void weir_graph_view_done(weir_graph_view_t *view)
{
    for (size_t i = 0; i < WEIR_SERIES_COLUMNS; i++)
        weir_series_done(&view->series[i]);
}

static area_t area_make(const weir_graph_view_t *view, GtkWidget *widget)
{
    float height = (float)gtk_widget_get_height(widget) - (view->small ? 0 : LABEL_HEIGHT);
    float axis = view->single ? height - 1 : floorf(height / 2);
    return (area_t){view, (float)gtk_widget_get_width(widget), height, axis};
}

/* The place of a time: the middle of its point. */
static double time_x(const weir_graph_view_t *view, double width, uint64_t at_ns)
{
    double from = (double)view->to_ns - (double)view->span_ns;
    return ((double)at_ns - from) / (double)view->span_ns * width;
}

static double point_x(const area_t *area, const weir_series_t *series, size_t i)
{
    return time_x(area->view, (double)area->width,
                  series->from_ns + i * series->step_ns + series->step_ns / 2);
}

int weir_graph_view_point(const weir_graph_view_t *view, double x, int width)
{
    const weir_series_t *series = &view->series[0];
    if (x < 0 || width <= 0 || !series->count)
        return -1;
    double from = (double)view->to_ns - (double)view->span_ns;
    double at = from + x / width * (double)view->span_ns - (double)series->from_ns;
    double i = floor(at / (double)series->step_ns);
    if (i < 0)
        return -1;
    size_t found = i >= (double)series->count ? series->count - 1 : (size_t)i;
    return series->points[found].known ? (int)found : -1;
}

/* ---- The two areas --------------------------------------------------------------------------- */

static double rate_y(const area_t *area, weir_series_column_t column, float rate)
{
    double room =
        column == WEIR_SERIES_RX_RATE ? (double)area->axis : (double)(area->height - area->axis);
    double length = MIN((double)rate / area->view->ceiling[column], 1) * (room - PAD);
    return (double)area->axis + (column == WEIR_SERIES_RX_RATE ? -length : length);
}

/* The run of known points from `from`; returns the first after it. */
static size_t run_end(const weir_series_t *series, size_t from)
{
    size_t to = from;
    while (to < series->count && series->points[to].known)
        to++;
    return to;
}

/* The right edge: the newest point reaches up to now. */
static double run_right(const area_t *area, const weir_series_t *series, size_t to)
{
    double half = (double)series->step_ns / (double)area->view->span_ns * (double)area->width / 2;
    double x = point_x(area, series, to - 1) + half;
    return to == series->count ? (double)area->width : x;
}

static void run_path(const area_t *area, cairo_t *cr, weir_series_column_t column, size_t from,
                     size_t to, bool peaks)
{
    const weir_series_t *series = &area->view->series[column];
    double y = 0;
    for (size_t i = from; i < to; i++) {
        const weir_point_t *point = &series->points[i];
        y = rate_y(area, column, peaks ? point->max : point->mean);
        cairo_line_to(cr, point_x(area, series, i), y);
    }
    cairo_line_to(cr, run_right(area, series, to), y);
}

static void run_paint(const area_t *area, cairo_t *cr, weir_series_column_t column, size_t from,
                      size_t to)
{
    const weir_series_t *series = &area->view->series[column];
    GdkRGBA colour = weir_theme_colour(column == WEIR_SERIES_RX_RATE ? WEIR_COLOUR_DOWNLOAD
                                                                     : WEIR_COLOUR_UPLOAD);
    colour.alpha = 0.3F;
    gdk_cairo_set_source_rgba(cr, &colour);
    cairo_move_to(cr, point_x(area, series, from), (double)area->axis);
    run_path(area, cr, column, from, to, false);
    cairo_line_to(cr, run_right(area, series, to), (double)area->axis);
    cairo_close_path(cr);
    cairo_fill(cr);
    colour.alpha = 1;
    gdk_cairo_set_source_rgba(cr, &colour);
    run_path(area, cr, column, from, to, true);
    cairo_stroke(cr);
}

static void series_paint(const area_t *area, cairo_t *cr, weir_series_column_t column)
{
    const weir_series_t *series = &area->view->series[column];
    for (size_t at = 0; at < series->count;) {
        size_t to = run_end(series, at);
        if (to > at)
            run_paint(area, cr, column, at, to);
        at = to + 1;
    }
}

/* ---- Lines and labels ------------------------------------------------------------------------ */

static GdkRGBA ink(GtkWidget *widget, float alpha)
{
    GdkRGBA colour;
    gtk_style_context_get_color(gtk_widget_get_style_context(widget), &colour);
    colour.alpha *= alpha;
    return colour;
}

typedef struct label {
    GtkWidget *widget;
    GtkSnapshot *snapshot;
    const char *text;
} label_t;

/* At x, or ending there; kept within the width. Returns its width. */
static int label_paint(const label_t *label, float x, float y, bool end, const GdkRGBA *colour)
{
    g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(label->widget, label->text);
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_scale_new(0.85));
    pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    int width = 0;
    pango_layout_get_pixel_size(layout, &width, NULL);
    float left = end ? x - (float)width : x;
    left = CLAMP(left, 0, MAX(0, (float)(gtk_widget_get_width(label->widget) - width)));
    gtk_snapshot_save(label->snapshot);
    gtk_snapshot_translate(label->snapshot, &GRAPHENE_POINT_INIT(floorf(left), floorf(y)));
    gtk_snapshot_append_layout(label->snapshot, layout, colour);
    gtk_snapshot_restore(label->snapshot);
    return width;
}

static void line_paint(GtkSnapshot *snapshot, const GdkRGBA *colour, float x, float y, float width,
                       float height)
{
    gtk_snapshot_append_color(snapshot, colour, &GRAPHENE_RECT_INIT(x, y, width, height));
}

static void times_paint(const area_t *area, GtkWidget *widget, GtkSnapshot *snapshot)
{
    const weir_graph_view_t *view = area->view;
    GdkRGBA faint = ink(widget, 0.08F);
    GdkRGBA words = ink(widget, 0.65F);
    uint32_t span_s = (uint32_t)(view->span_ns / 1000000000U);
    uint32_t lines = (uint32_t)MAX(1, area->width / LINES_EVERY);
    int64_t step_ns = weir_scale_time_step(span_s, lines) * INT64_C(1000000000);
    int64_t right = (int64_t)view->to_ns + view->wall_offset_ns;
    for (int64_t at = right - right % step_ns; at > right - (int64_t)view->span_ns; at -= step_ns) {
        float x = (float)time_x(view, (double)area->width, (uint64_t)(at - view->wall_offset_ns));
        line_paint(snapshot, &faint, floorf(x), 0, 1, area->height);
        g_autofree char *text = weir_words_clock(at, step_ns < INT64_C(60000000000));
        if (x > 30 && x < area->width - 30)
            (void)label_paint(&(label_t){widget, snapshot, text}, x - 20, area->height + 2, false,
                              &words); /* its width is not needed */
    }
}

static void scale_paint(const area_t *area, GtkWidget *widget, GtkSnapshot *snapshot)
{
    const weir_graph_view_t *view = area->view;
    GdkRGBA words = ink(widget, 0.65F);
    g_autofree char *top = weir_words_quantity(&view->units, WEIR_UNIT_BYTES_PER_SECOND,
                                               view->ceiling[WEIR_SERIES_RX_RATE]);
    (void)label_paint(&(label_t){widget, snapshot, top}, PAD, PAD, false, &words);
    if (view->single)
        return;
    g_autofree char *bottom = weir_words_quantity(&view->units, WEIR_UNIT_BYTES_PER_SECOND,
                                                  view->ceiling[WEIR_SERIES_TX_RATE]);
    (void)label_paint(&(label_t){widget, snapshot, bottom}, PAD, area->height - LABEL_HEIGHT, false,
                      &words); /* their width is not needed */
}

static void lines_paint(const area_t *area, GtkWidget *widget, GtkSnapshot *snapshot)
{
    GdkRGBA axis = ink(widget, 0.35F);
    GdkRGBA edge = ink(widget, 0.12F);
    line_paint(snapshot, &axis, 0, area->axis, area->width, 1);
    if (area->view->small)
        return;
    line_paint(snapshot, &edge, 0, PAD, area->width, 1);
    if (!area->view->single)
        line_paint(snapshot, &edge, 0, area->height - PAD, area->width, 1);
}

char *weir_graph_view_words(const weir_graph_view_t *view, size_t point)
{
    const weir_series_t *series = &view->series[0];
    uint64_t at_ns = series->from_ns + (uint64_t)point * series->step_ns;
    g_autofree char *clock = weir_words_clock((int64_t)at_ns + view->wall_offset_ns, true);
    g_autofree char *down =
        weir_words_quantity(&view->units, WEIR_UNIT_BYTES_PER_SECOND,
                            (double)view->series[WEIR_SERIES_RX_RATE].points[point].max);
    if (view->single)
        return g_strdup_printf("%s   %s", clock, down);
    g_autofree char *up =
        weir_words_quantity(&view->units, WEIR_UNIT_BYTES_PER_SECOND,
                            (double)view->series[WEIR_SERIES_TX_RATE].points[point].max);
    return g_strdup_printf("%s   ↓ %s   ↑ %s", clock, down, up);
}

static void hover_paint(const area_t *area, GtkWidget *widget, GtkSnapshot *snapshot)
{
    const weir_graph_view_t *view = area->view;
    int i = weir_graph_view_point(view, view->hover, (int)area->width);
    if (i < 0)
        return;
    g_autofree char *text = weir_graph_view_words(view, (size_t)i);
    GdkRGBA line = ink(widget, 0.5F);
    GdkRGBA words = ink(widget, 1);
    line_paint(snapshot, &line, (float)view->hover, 0, 1, area->height);
    bool left = view->hover > (double)area->width / 2;
    float x = (float)view->hover + (left ? -8 : 8);
    (void)label_paint(&(label_t){widget, snapshot, text}, x, PAD, left, &words);
}

void weir_graph_view_paint(const weir_graph_view_t *view, GtkWidget *widget, GtkSnapshot *snapshot)
{
    area_t area = area_make(view, widget);
    if (area.width < 2 || area.height < 2 || !view->span_ns)
        return;
    lines_paint(&area, widget, snapshot);
    if (!view->small)
        times_paint(&area, widget, snapshot);
    graphene_rect_t bounds = GRAPHENE_RECT_INIT(0, 0, area.width, area.height);
    gtk_snapshot_push_clip(snapshot, &bounds);
    cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &bounds);
    cairo_set_line_width(cr, 1.5);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    series_paint(&area, cr, WEIR_SERIES_RX_RATE);
    series_paint(&area, cr, WEIR_SERIES_TX_RATE);
    cairo_destroy(cr);
    gtk_snapshot_pop(snapshot);
    if (!view->small)
        scale_paint(&area, widget, snapshot);
    if (view->hover >= 0)
        hover_paint(&area, widget, snapshot);
}
