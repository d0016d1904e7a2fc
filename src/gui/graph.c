#include "gui/graph.h"

#include "gui/graph_view.h"
#include "gui/scale.h"
#include "gui/words.h"

#include <glib/gi18n.h>
#include <math.h>

#define FINE_STEP_NS UINT64_C(1000000000)
#define COARSE_STEP_NS UINT64_C(10000000000)
#define FINE_SPAN_NS UINT64_C(600000000000) /* as far back as single seconds are kept */
#define POINTS_MAX 640                      /* more than that nobody sees */

const guint WEIR_GRAPH_SPAN_S[WEIR_GRAPH_SPANS] = {60, 120, 300, 600, 3600, 10800, 43200, 86400};

struct _WeirGraph {
    GtkWidget parent_instance;
    weir_client_t *client; /* borrowed */
    weir_table_id_t table;
    uint64_t object;
    uint64_t latest_ns; /* [ns] boot time of the newest snapshot */
    uint64_t held_ns;   /* right edge while it is not now, else 0 */
    uint64_t span_ns;   /* that was chosen, while a capture is shown */
    uint64_t drag_ns;   /* right edge when the dragging began */
    weir_graph_view_t view;
};

G_DEFINE_FINAL_TYPE(WeirGraph, weir_graph, GTK_TYPE_WIDGET)

/* ---- Reading --------------------------------------------------------------------------------- */

static void series_read(WeirGraph *graph, weir_series_column_t column, uint64_t step_ns)
{
    weir_graph_view_t *view = &graph->view;
    weir_series_t series = {0};
    weir_series_query_t query = {.table = graph->table,
                                 .object = graph->object,
                                 .column = column,
                                 .to_ns = view->to_ns,
                                 .step_ns = step_ns,
                                 .count = (size_t)(view->span_ns / step_ns) + 1};
    if (weir_client_series(graph->client, &query, &series) < 0)
        return; /* no memory: what was there stays */
    weir_series_summary_t summary = weir_series_summarise(&series);
    int width = gtk_widget_get_width(GTK_WIDGET(graph));
    weir_scale_fold(&series, (size_t)CLAMP(width, 60, POINTS_MAX));
    weir_series_done(&view->series[column]);
    view->series[column] = series;
    view->peak[column] = summary.max;
    view->ceiling[column] = weir_scale_ceiling(summary.max, &view->units);
}

static void name_update(WeirGraph *graph)
{
    const weir_graph_view_t *view = &graph->view;
    g_autofree char *down = weir_words_quantity(&view->units, WEIR_UNIT_BYTES_PER_SECOND,
                                                view->peak[WEIR_SERIES_RX_RATE]);
    g_autofree char *up = weir_words_quantity(&view->units, WEIR_UNIT_BYTES_PER_SECOND,
                                              view->peak[WEIR_SERIES_TX_RATE]);
    g_autofree char *name = g_strdup_printf(_("Graph of %u seconds: peak of the download %s, peak "
                                              "of the upload %s"),
                                            weir_graph_span(graph), down, up);
    gtk_accessible_update_property(GTK_ACCESSIBLE(graph), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void traffic_tell(WeirGraph *graph)
{
    const weir_graph_view_t *view = &graph->view;
    g_autofree char *peak = weir_words_quantity(&view->units, WEIR_UNIT_BYTES_PER_SECOND,
                                                view->peak[WEIR_SERIES_RX_RATE]);
    g_autofree char *name = g_strdup_printf(_("Graph of the capture: peak %s"), peak);
    gtk_accessible_update_property(GTK_ACCESSIBLE(graph), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void graph_read(WeirGraph *graph)
{
    weir_graph_view_t *view = &graph->view;
    if (view->single || !graph->client || !graph->latest_ns)
        return;
    view->to_ns = graph->held_ns ? graph->held_ns : graph->latest_ns;
    bool fine = graph->latest_ns - view->to_ns + view->span_ns <= FINE_SPAN_NS;
    uint64_t step_ns = fine ? FINE_STEP_NS : COARSE_STEP_NS;
    series_read(graph, WEIR_SERIES_RX_RATE, step_ns);
    series_read(graph, WEIR_SERIES_TX_RATE, step_ns);
    if (!view->small)
        name_update(graph);
    gtk_widget_queue_draw(GTK_WIDGET(graph));
}

/* Long spans move by a pixel only now and then. */
static bool pixel_passed(WeirGraph *graph)
{
    const weir_graph_view_t *view = &graph->view;
    uint64_t moved_ns = graph->latest_ns - view->to_ns;
    uint64_t width = (uint64_t)MAX(1, gtk_widget_get_width(GTK_WIDGET(graph)));
    return !view->series[0].count || moved_ns >= view->span_ns / width ||
           graph->latest_ns < view->to_ns;
}

void weir_graph_refresh(WeirGraph *graph, const weir_snapshot_t *snapshot,
                        const weir_units_t *units)
{
    weir_graph_view_t *view = &graph->view;
    graph->latest_ns = snapshot->time.boot_ns;
    view->wall_offset_ns = snapshot->time.wall_ns - (int64_t)snapshot->time.boot_ns;
    bool same_units = view->units.rates == units->rates && view->units.base == units->base;
    view->units = *units;
    if (same_units && (graph->held_ns || !pixel_passed(graph)))
        return;
    graph_read(graph);
}

void weir_graph_set_object(WeirGraph *graph, weir_client_t *client, weir_table_id_t table,
                           uint64_t object)
{
    graph->client = client;
    graph->table = table;
    graph->object = object;
    graph->latest_ns = graph->held_ns = 0;
    if (graph->view.single)
        graph->view.span_ns = graph->span_ns;
    graph->view.single = false;
    weir_graph_view_done(&graph->view);
    gtk_widget_queue_draw(GTK_WIDGET(graph));
}

/* ---- A capture ------------------------------------------------------------------------------- */

static weir_point_t traffic_point(const weir_traffic_t *traffic, size_t i)
{
    const weir_traffic_step_t *step = &traffic->steps[i];
    double step_s = (double)traffic->step_ns / 1e9, bin_s = (double)traffic->bin_ns / 1e9;
    uint64_t bytes = 0;
    for (size_t part = 0; part < WEIR_TRAFFIC_PARTS; part++)
        bytes += step->bytes[part];
    return (weir_point_t){.mean = (float)((double)bytes / step_s),
                          .min = (float)((double)step->low_bytes / bin_s),
                          .max = (float)((double)step->peak_bytes / bin_s),
                          .known = true};
}

void weir_graph_show_traffic(WeirGraph *graph, const weir_traffic_t *traffic,
                             const weir_units_t *units)
{
    weir_graph_view_t *view = &graph->view;
    weir_graph_view_done(view);
    if (!view->single)
        graph->span_ns = view->span_ns;
    weir_series_t *series = &view->series[WEIR_SERIES_RX_RATE];
    series->points = calloc(traffic->count + 1, sizeof(*series->points));
    if (!series->points)
        return; /* the graph stays empty */
    for (size_t i = 0; i < traffic->count; i++)
        series->points[i] = traffic_point(traffic, i);
    series->count = traffic->count;
    series->step_ns = traffic->step_ns;
    series->from_ns = (uint64_t)traffic->begin_ns;
    view->single = true;
    view->units = *units;
    view->wall_offset_ns = 0;
    view->span_ns = traffic->step_ns * MAX(traffic->count, 1);
    view->to_ns = series->from_ns + view->span_ns;
    view->peak[WEIR_SERIES_RX_RATE] = weir_series_summarise(series).max;
    view->ceiling[WEIR_SERIES_RX_RATE] =
        weir_scale_ceiling(view->peak[WEIR_SERIES_RX_RATE], &view->units);
    traffic_tell(graph);
    gtk_widget_queue_draw(GTK_WIDGET(graph));
}

/* ---- Moving ---------------------------------------------------------------------------------- */

static void moved_emit(WeirGraph *graph)
{
    graph_read(graph);
    g_signal_emit_by_name(graph, "moved");
}

void weir_graph_set_span(WeirGraph *graph, guint span_s)
{
    if (graph->view.single) {
        graph->span_ns = span_s * FINE_STEP_NS;
        return;
    }
    if (span_s == weir_graph_span(graph))
        return;
    graph->view.span_ns = span_s * FINE_STEP_NS;
    moved_emit(graph);
}

guint weir_graph_span(WeirGraph *graph)
{
    return (guint)(graph->view.span_ns / FINE_STEP_NS);
}

gboolean weir_graph_is_live(WeirGraph *graph)
{
    return graph->held_ns == 0;
}

void weir_graph_go_live(WeirGraph *graph)
{
    if (graph->view.single)
        return;
    graph->held_ns = 0;
    moved_emit(graph);
}

/* Set the right edge; at the present the graph follows it again. */
static void edge_set(WeirGraph *graph, double to_ns)
{
    if (graph->view.single)
        return; /* all of it is in view */
    const uint64_t day_ns = 86400 * FINE_STEP_NS;
    double oldest = graph->latest_ns > day_ns ? (double)(graph->latest_ns - day_ns) : 0;
    oldest += (double)graph->view.span_ns;
    double newest = (double)graph->latest_ns;
    to_ns = to_ns < oldest ? oldest : to_ns;
    graph->held_ns = to_ns >= newest ? 0 : (uint64_t)to_ns;
    moved_emit(graph);
}

static void graph_pan(WeirGraph *graph, double share)
{
    double at = (double)(graph->held_ns ? graph->held_ns : graph->latest_ns);
    edge_set(graph, at + share * (double)graph->view.span_ns);
}

static void graph_zoom(WeirGraph *graph, int direction)
{
    guint span_s = weir_graph_span(graph);
    for (int i = 0; i < WEIR_GRAPH_SPANS && !graph->view.single; i++) {
        int to = i + direction;
        if (WEIR_GRAPH_SPAN_S[i] == span_s && to >= 0 && to < WEIR_GRAPH_SPANS) {
            weir_graph_set_span(graph, WEIR_GRAPH_SPAN_S[to]);
            return;
        }
    }
}

/* ---- Input ----------------------------------------------------------------------------------- */

/* What is read under the pointer is what a screen reader hears of the graph. */
static void hover_tell(WeirGraph *graph)
{
    const weir_graph_view_t *view = &graph->view;
    int i = weir_graph_view_point(view, view->hover, gtk_widget_get_width(GTK_WIDGET(graph)));
    g_autofree char *words = i >= 0 ? weir_graph_view_words(view, (size_t)i) : g_strdup("");
    gtk_accessible_update_property(GTK_ACCESSIBLE(graph), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                   words, -1);
}

static void hover_set(WeirGraph *graph, double x)
{
    if (floor(x) <= graph->view.hover && floor(x) >= graph->view.hover)
        return;
    graph->view.hover = floor(x);
    hover_tell(graph);
    gtk_widget_queue_draw(GTK_WIDGET(graph));
}

static void on_motion(GtkEventControllerMotion *controller, double x, double y, WeirGraph *graph)
{
    (void)controller;
    (void)y;
    hover_set(graph, x);
}

static void on_leave(GtkEventControllerMotion *controller, WeirGraph *graph)
{
    (void)controller;
    hover_set(graph, -1);
}

static gboolean on_scroll(GtkEventControllerScroll *controller, double dx, double dy,
                          WeirGraph *graph)
{
    (void)controller;
    if (fabs(dx) > fabs(dy))
        graph_pan(graph, dx / 10);
    else
        graph_zoom(graph, dy > 0 ? 1 : -1);
    return TRUE;
}

static void on_drag_begin(GtkGestureDrag *gesture, double x, double y, WeirGraph *graph)
{
    (void)gesture;
    (void)x;
    (void)y;
    graph->drag_ns = graph->held_ns ? graph->held_ns : graph->latest_ns;
    gtk_widget_grab_focus(GTK_WIDGET(graph));
}

static void on_drag(GtkGestureDrag *gesture, double x, double y, WeirGraph *graph)
{
    (void)gesture;
    (void)y;
    int width = MAX(1, gtk_widget_get_width(GTK_WIDGET(graph)));
    if (fabs(x) > 3)
        edge_set(graph, (double)graph->drag_ns - x / width * (double)graph->view.span_ns);
}

static gboolean on_key(GtkEventControllerKey *controller, guint key, guint code,
                       GdkModifierType modifiers, WeirGraph *graph)
{
    (void)controller;
    (void)code;
    if (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK))
        return FALSE;
    if (key == GDK_KEY_Left)
        graph_pan(graph, -0.1);
    else if (key == GDK_KEY_Right)
        graph_pan(graph, 0.1);
    else if (key == GDK_KEY_plus || key == GDK_KEY_KP_Add)
        graph_zoom(graph, -1);
    else if (key == GDK_KEY_minus || key == GDK_KEY_KP_Subtract)
        graph_zoom(graph, 1);
    else if (key == GDK_KEY_End)
        weir_graph_go_live(graph);
    else
        return FALSE;
    return TRUE;
}

static void input_add(WeirGraph *graph)
{
    GtkWidget *widget = GTK_WIDGET(graph);
    GtkEventController *motion = gtk_event_controller_motion_new();
    g_signal_connect(motion, "motion", G_CALLBACK(on_motion), graph);
    g_signal_connect(motion, "leave", G_CALLBACK(on_leave), graph);
    gtk_widget_add_controller(widget, motion);
    GtkEventController *scroll =
        gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
    g_signal_connect(scroll, "scroll", G_CALLBACK(on_scroll), graph);
    gtk_widget_add_controller(widget, scroll);
    GtkGesture *drag = gtk_gesture_drag_new();
    g_signal_connect(drag, "drag-begin", G_CALLBACK(on_drag_begin), graph);
    g_signal_connect(drag, "drag-update", G_CALLBACK(on_drag), graph);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(on_key), graph);
    gtk_widget_add_controller(widget, key);
    gtk_widget_set_focusable(widget, TRUE);
}

/* ---- The widget ------------------------------------------------------------------------------ */

static void graph_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    weir_graph_view_paint(&WEIR_GRAPH(widget)->view, widget, snapshot);
}

/* Another width is another number of points. */
static void graph_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    (void)width;
    (void)height;
    (void)baseline;
    graph_read(WEIR_GRAPH(widget));
}

static void graph_finalize(GObject *object)
{
    weir_graph_view_done(&WEIR_GRAPH(object)->view);
    G_OBJECT_CLASS(weir_graph_parent_class)->finalize(object);
}

static void weir_graph_class_init(WeirGraphClass *class)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->finalize = graph_finalize;
    widget->snapshot = graph_snapshot;
    widget->size_allocate = graph_allocate;
    gtk_widget_class_set_css_name(widget, "weirgraph");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
    (void)g_signal_new("moved", WEIR_TYPE_GRAPH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 0); /* it is found by its name */
}

static void weir_graph_init(WeirGraph *graph)
{
    graph->view.span_ns = 120 * FINE_STEP_NS;
    graph->view.hover = -1;
    graph->view.units = WEIR_UNITS_DEFAULT;
}

GtkWidget *weir_graph_new(gboolean small)
{
    WeirGraph *graph = g_object_new(WEIR_TYPE_GRAPH, NULL);
    graph->view.small = small;
    if (!small)
        input_add(graph);
    return GTK_WIDGET(graph);
}
