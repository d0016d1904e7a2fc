#include "export/chart.h"

#include "export/axis.h"
#include "export/markup.h"

#include <math.h>

#define HEIGHT 1000 /* units of a picture's own space */
#define BAR_WIDTH 1000
#define BAR_LEAST 4 /* of what is more than nothing */
#define TIME_LABELS 8

static const struct {
    const char *name, *class_name;
} PARTS[WEIR_TRAFFIC_PARTS] = {
    [WEIR_TRAFFIC_TCP] = {"TCP", "tcp"},        [WEIR_TRAFFIC_UDP] = {"UDP", "udp"},
    [WEIR_TRAFFIC_ICMP] = {"ICMP", "icmp"},     [WEIR_TRAFFIC_OTHER_IP] = {"other IP", "ip"},
    [WEIR_TRAFFIC_NO_IP] = {"not IP", "no-ip"},
};

const char *weir_chart_part_name(weir_traffic_part_t part)
{
    return PARTS[part].name;
}

const char *weir_chart_part_class(weir_traffic_part_t part)
{
    return PARTS[part].class_name;
}

/** A graph of traffic while it is drawn. */
typedef struct graph {
    weir_buf_t *buf;
    const weir_traffic_t *traffic;
    const weir_units_t *units;
    weir_axis_t axis;
    double step_s, bin_s;
} graph_t;

/* [byte] of the parts up to and with `part`. */
static uint64_t stack_bytes(const weir_traffic_step_t *step, size_t part)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i <= part; i++)
        bytes += step->bytes[i];
    return bytes;
}

static double step_rate(const graph_t *graph, size_t i)
{
    return (double)stack_bytes(&graph->traffic->steps[i], WEIR_TRAFFIC_PARTS - 1) / graph->step_s;
}

static double peak_rate(const graph_t *graph, size_t i)
{
    return (double)graph->traffic->steps[i].peak_bytes / graph->bin_s;
}

/* Where a rate is, from the top; what is more than nothing is seen. */
static unsigned rate_y(const graph_t *graph, double rate)
{
    double share = rate / (graph->axis.step * graph->axis.lines);
    return HEIGHT - (unsigned)fmin(ceil(share * HEIGHT), HEIGHT);
}

/* ---- Areas ----------------------------------------------------------------------------------- */

/* The line of one part, or of the peaks: steps where it is nothing have none. */
typedef struct outline {
    const graph_t *graph;
    bool peaks;
    size_t part;
} outline_t;

static bool outline_is_there(const outline_t *outline, size_t i)
{
    const weir_traffic_step_t *step = &outline->graph->traffic->steps[i];
    return outline->peaks ? step->peak_bytes > 0 : step->bytes[outline->part] > 0;
}

static unsigned outline_y(const outline_t *outline, size_t i)
{
    const graph_t *graph = outline->graph;
    const weir_traffic_step_t *step = &graph->traffic->steps[i];
    double rate = outline->peaks ? peak_rate(graph, i)
                                 : (double)stack_bytes(step, outline->part) / graph->step_s;
    return rate_y(graph, rate);
}

/* From step `i` on, as long as there is something; returns where it ends. */
static size_t run_put(const outline_t *outline, size_t i)
{
    weir_buf_t *buf = outline->graph->buf;
    weir_buf_printf(buf, "M%zu %d", i, HEIGHT);
    unsigned y = HEIGHT + 1;
    size_t flat = 0; /* steps since the last change */
    for (; i < outline->graph->traffic->count && outline_is_there(outline, i); i++, flat++) {
        unsigned next = outline_y(outline, i);
        if (next == y)
            continue;
        if (flat)
            weir_buf_printf(buf, "h%zu", flat);
        weir_buf_printf(buf, "V%u", next);
        y = next;
        flat = 0;
    }
    weir_buf_printf(buf, "h%zuV%dz", flat, HEIGHT);
    return i;
}

static void area_put(const outline_t *outline, const char *class_name)
{
    weir_buf_t *buf = outline->graph->buf;
    bool begun = false;
    for (size_t i = 0; i < outline->graph->traffic->count;) {
        if (!outline_is_there(outline, i)) {
            i++;
            continue;
        }
        if (!begun)
            weir_buf_printf(buf, "<path class=%s d=\"", class_name);
        begun = true;
        i = run_put(outline, i);
    }
    if (begun)
        weir_buf_puts(buf, "\"/>\n");
}

/* What a pointer finds: the rates of one step. */
static void tip_put(const graph_t *graph, size_t i)
{
    weir_buf_t *buf = graph->buf;
    const weir_traffic_t *traffic = graph->traffic;
    weir_buf_printf(buf, "<rect x=%zu width=1 height=%d><title>", i, HEIGHT);
    weir_axis_time_put(buf, traffic->begin_ns + (int64_t)(i * traffic->step_ns), traffic->step_ns);
    weir_buf_puts(buf, "  ");
    weir_markup_quantity(buf, graph->units, WEIR_UNIT_BYTES_PER_SECOND, step_rate(graph, i));
    for (size_t part = 0; part < WEIR_TRAFFIC_PARTS; part++) {
        if (!traffic->steps[i].bytes[part])
            continue;
        weir_buf_printf(buf, "\n%s ", PARTS[part].name);
        weir_markup_quantity(buf, graph->units, WEIR_UNIT_BYTES_PER_SECOND,
                             (double)traffic->steps[i].bytes[part] / graph->step_s);
    }
    if (traffic->step_ns > traffic->bin_ns) {
        weir_buf_puts(buf, "\nbusiest second ");
        weir_markup_quantity(buf, graph->units, WEIR_UNIT_BYTES_PER_SECOND, peak_rate(graph, i));
    }
    weir_buf_puts(buf, "</title></rect>\n");
}

static void areas_put(const graph_t *graph)
{
    weir_buf_printf(graph->buf,
                    "<svg viewBox=\"0 0 %zu %d\" preserveAspectRatio=none width=\"100%%\" "
                    "height=\"100%%\">\n",
                    graph->traffic->count, HEIGHT);
    if (graph->traffic->step_ns > graph->traffic->bin_ns)
        area_put(&(outline_t){.graph = graph, .peaks = true}, "peaks");
    for (size_t part = WEIR_TRAFFIC_PARTS; part-- > 0;) /* the lower ones cover the higher */
        area_put(&(outline_t){.graph = graph, .part = part}, PARTS[part].class_name);
    weir_buf_puts(graph->buf, "<g class=tips>\n");
    for (size_t i = 0; i < graph->traffic->count; i++)
        if (graph->traffic->steps[i].packets)
            tip_put(graph, i);
    weir_buf_puts(graph->buf, "</g></svg>\n");
}

/* ---- Axes ------------------------------------------------------------------------------------ */

/* [%] with two decimals, in every locale. */
static void percent_put(weir_buf_t *buf, double share)
{
    unsigned hundredths = (unsigned)lround(share * 10000);
    weir_buf_printf(buf, "%u.%02u%%", hundredths / 100, hundredths % 100);
}

static void rates_put(const graph_t *graph)
{
    weir_buf_t *buf = graph->buf;
    weir_buf_puts(buf, "<g class=rates>\n");
    for (unsigned i = 0; i <= graph->axis.lines; i++) {
        double share = 1 - (double)i / graph->axis.lines;
        weir_buf_puts(buf, "<line x2=\"100%\" y1=\"");
        percent_put(buf, share);
        weir_buf_puts(buf, "\" y2=\"");
        percent_put(buf, share);
        weir_buf_puts(buf, "\"/><text dx=\"-.6em\" dy=\".35em\" y=\"");
        percent_put(buf, share);
        weir_buf_puts(buf, "\">");
        weir_axis_rate_put(buf, graph->units, i * graph->axis.step);
        weir_buf_puts(buf, "</text>\n");
    }
    weir_buf_puts(buf, "</g>\n");
}

/* Every second time is left out where the page is narrow. */
static void times_put(const graph_t *graph)
{
    weir_buf_t *buf = graph->buf;
    const weir_traffic_t *traffic = graph->traffic;
    uint64_t span_ns = traffic->count * traffic->step_ns;
    int64_t step_ns = (int64_t)weir_axis_time_step(span_ns, TIME_LABELS);
    int64_t first = (traffic->begin_ns + step_ns - 1) / step_ns * step_ns;
    unsigned i = 0;
    weir_buf_puts(buf, "<g class=times>\n");
    for (int64_t at = first; at - traffic->begin_ns <= (int64_t)span_ns; at += step_ns, i++) {
        double share = (double)(at - traffic->begin_ns) / (double)span_ns;
        weir_buf_printf(buf, "<g%s><line y1=\"100%%\" y2=\"100%%\" x1=\"",
                        i % 2 ? " class=second" : "");
        percent_put(buf, share);
        weir_buf_puts(buf, "\" x2=\"");
        percent_put(buf, share);
        weir_buf_puts(buf, "\"/><text dy=\"1.5em\" y=\"100%\" x=\"");
        percent_put(buf, share);
        weir_buf_puts(buf, "\">");
        weir_axis_time_put(buf, at, (uint64_t)step_ns);
        weir_buf_puts(buf, "</text></g>\n");
    }
    weir_buf_puts(buf, "</g>\n");
}

static double rates_most(const graph_t *graph)
{
    double most = 0;
    for (size_t i = 0; i < graph->traffic->count; i++)
        most = fmax(most, peak_rate(graph, i)); /* no mean is above its peak */
    return most;
}

void weir_chart_begin(weir_buf_t *buf)
{
    weir_buf_puts(buf, "<svg class=graph role=img aria-labelledby=\"graph-title graph-words\">\n"
                       "<title id=graph-title>Traffic over time</title><desc id=graph-words>");
}

void weir_chart_traffic(weir_buf_t *buf, const weir_traffic_t *traffic, const weir_units_t *units)
{
    graph_t graph = {.buf = buf,
                     .traffic = traffic,
                     .units = units,
                     .step_s = (double)traffic->step_ns / 1e9,
                     .bin_s = (double)traffic->bin_ns / 1e9};
    graph.axis = weir_axis_rates(rates_most(&graph), units);
    weir_buf_puts(buf, "</desc>\n");
    rates_put(&graph);
    areas_put(&graph);
    times_put(&graph);
    weir_buf_puts(buf, "</svg>\n");
}

void weir_chart_bar(weir_buf_t *buf, const weir_chart_piece_t *pieces, size_t count, double whole)
{
    double at = 0;
    weir_buf_printf(buf,
                    "<svg class=bar viewBox=\"0 0 %d 1\" preserveAspectRatio=none "
                    "aria-hidden=true>",
                    BAR_WIDTH);
    for (size_t i = 0; i < count; i++) {
        unsigned from = (unsigned)lround(at * BAR_WIDTH);
        at = whole > 0 ? fmin(at + pieces[i].value / whole, 1) : 0;
        unsigned to = (unsigned)lround(at * BAR_WIDTH);
        if (pieces[i].value > 0 && to < from + BAR_LEAST)
            to = from + BAR_LEAST;
        if (to > from)
            weir_buf_printf(buf, "<rect class=%s x=%u width=%u height=1 />", pieces[i].class_name,
                            from, to - from);
    }
    weir_buf_puts(buf, "</svg>");
}
