#include "tui/graph.h"

#include "base/text.h"

#include <math.h>

void weir_graph_resample(const weir_series_t *series, size_t n, float values[])
{
    for (size_t i = 0; i < n; i++) {
        size_t from = i * series->count / n;
        size_t to = (i + 1) * series->count / n;
        values[i] = WEIR_GRAPH_UNKNOWN;
        for (size_t j = from; j < (to > from ? to : from + 1) && j < series->count; j++)
            if (series->points[j].known && series->points[j].max > values[i])
                values[i] = series->points[j].max;
    }
}

/* Height of a value in `levels` steps: 0 for nothing, at least 1 for anything. */
static unsigned level_of(float value, double max, unsigned levels)
{
    if (!(value > 0) || !(max > 0))
        return 0;
    double level = ceil((double)value / max * levels - 1e-6);
    return level < 1 ? 1 : level > levels ? levels : (unsigned)level;
}

/* Bits of a braille cell (U+2800) from the bottom up; left and right column. */
static uint32_t braille_column(unsigned dots, bool right)
{
    static const uint32_t bits[2][4] = {{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}};
    uint32_t cell = 0;
    for (unsigned i = 0; i < dots && i < 4; i++)
        cell |= bits[right][i];
    return cell;
}

/* Dots of one value in a line whose bottom is `base` dots above the axis. */
static unsigned dots_in_line(const weir_graph_t *graph, float value, unsigned base)
{
    unsigned level = level_of(value, graph->max, graph->lines * 4);
    if (level == 0 && value >= 0)
        level = 1; /* the axis */
    return level > base ? level - base : 0;
}

static void point_put(weir_buf_t *buf, uint32_t point)
{
    char text[4] = "";
    size_t n = weir_utf8_encode(point, text);
    weir_buf_put(buf, text, n);
}

static void braille_put(weir_buf_t *buf, const weir_graph_t *graph, unsigned line)
{
    unsigned base = (graph->lines - 1 - line) * 4;
    for (size_t i = 0; i < graph->cells; i++) {
        uint32_t cell = 0x2800;
        cell |= braille_column(dots_in_line(graph, graph->values[2 * i], base), false);
        cell |= braille_column(dots_in_line(graph, graph->values[2 * i + 1], base), true);
        point_put(buf, cell);
    }
}

static void ascii_put(weir_buf_t *buf, const weir_graph_t *graph, unsigned line)
{
    static const char levels[] = " .:#";
    unsigned base = (graph->lines - 1 - line) * 3;
    for (size_t i = 0; i < graph->cells; i++) {
        unsigned level = level_of(graph->values[i], graph->max, graph->lines * 3);
        unsigned here = level > base ? level - base : 0;
        char axis = base == 0 && graph->values[i] >= 0 ? '_' : ' ';
        weir_buf_putc(buf, here ? levels[here < 3 ? here : 3] : axis);
    }
}

void weir_graph_put(weir_buf_t *buf, const weir_graph_t *graph, unsigned line)
{
    if (graph->braille)
        braille_put(buf, graph, line);
    else
        ascii_put(buf, graph, line);
}

void weir_graph_put_spark(weir_buf_t *buf, const float values[], size_t n, double max, bool blocks)
{
    static const char ascii[] = " _.:-=+*#";
    for (size_t i = 0; i < n; i++) {
        unsigned level = level_of(values[i], max, 8);
        if (level == 0 || !blocks) {
            weir_buf_putc(buf, ascii[level]);
            continue;
        }
        point_put(buf, 0x2580 + level);
    }
}

void weir_graph_put_bar(weir_buf_t *buf, double share, size_t cells, bool blocks)
{
    share = share > 1 ? 1 : share;
    size_t eighths = share > 0 ? (size_t)ceil(share * (double)cells * 8 - 1e-6) : 0;
    for (size_t i = 0; i < cells; i++) {
        size_t here = eighths > i * 8 ? eighths - i * 8 : 0;
        if (here == 0 || !blocks) {
            weir_buf_putc(buf, here >= 4 || (here && i == 0) ? '#' : blocks ? ' ' : '.');
            continue;
        }
        /* U+2588 full, U+2589 seven eighths ... U+258F one eighth */
        point_put(buf, 0x2590 - (uint32_t)(here < 8 ? here : 8));
    }
}
