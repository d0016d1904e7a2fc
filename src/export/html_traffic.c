/*
 * Traffic over time: the graph, its legend, what it says in words, and the same in numbers.
 */
#include "export/html_private.h"

#include "export/axis.h"
#include "export/chart.h"
#include "export/markup.h"

#define NUMBERS_MOST 24 /* rows of the table */

typedef struct sums {
    uint64_t parts[WEIR_TRAFFIC_PARTS], all; /* [byte] */
} sums_t;

static sums_t steps_sum(const weir_traffic_t *traffic, size_t from, size_t to)
{
    sums_t sums = {0};
    for (size_t i = from; i < to; i++) {
        for (size_t part = 0; part < WEIR_TRAFFIC_PARTS; part++) {
            sums.parts[part] += traffic->steps[i].bytes[part];
            sums.all += traffic->steps[i].bytes[part];
        }
    }
    return sums;
}

static bool has_bins(const weir_traffic_t *traffic)
{
    return traffic->step_ns > traffic->bin_ns;
}

static void amount_put(const weir_html_t *html, uint64_t bytes)
{
    weir_markup_quantity(html->buf, &html->export->units, WEIR_UNIT_BYTES, (double)bytes);
}

static void rate_put(const weir_html_t *html, uint64_t bytes, uint64_t ns)
{
    weir_markup_quantity(html->buf, &html->export->units, WEIR_UNIT_BYTES_PER_SECOND,
                         (double)bytes / ((double)ns / 1e9));
}

static void legend_put(const weir_html_t *html, const sums_t *sums)
{
    weir_buf_t *buf = html->buf;
    weir_buf_puts(buf, "<ul class=legend>\n");
    for (size_t part = 0; part < WEIR_TRAFFIC_PARTS; part++) {
        if (!sums->parts[part])
            continue;
        weir_buf_printf(buf, "<li><i class=\"key %s\"></i>%s <span>",
                        weir_chart_part_class((weir_traffic_part_t)part),
                        weir_chart_part_name((weir_traffic_part_t)part));
        weir_markup_quantity(buf, &html->export->units, WEIR_UNIT_SHARE,
                             (double)sums->parts[part] / (double)sums->all);
        weir_buf_puts(buf, ", ");
        amount_put(html, sums->parts[part]);
        weir_buf_puts(buf, "</span></li>\n");
    }
    if (has_bins(&html->report->traffic))
        weir_buf_puts(buf, "<li><i class=\"key peaks\"></i>busiest second of each step</li>\n");
    weir_buf_puts(buf, "</ul>\n");
}

static size_t busiest_step(const weir_traffic_t *traffic)
{
    size_t best = 0;
    for (size_t i = 1; i < traffic->count; i++)
        if (traffic->steps[i].peak_bytes > traffic->steps[best].peak_bytes)
            best = i;
    return best;
}

/* "The most, 51.9 Mbit/s, at 22:13:57.2." */
static void most_put(const weir_html_t *html)
{
    const weir_traffic_t *traffic = &html->report->traffic;
    size_t best = busiest_step(traffic);
    weir_buf_puts(html->buf, "The most, ");
    rate_put(html, traffic->steps[best].peak_bytes, traffic->bin_ns);
    weir_buf_puts(html->buf, ", at ");
    weir_axis_time_put(html->buf, traffic->begin_ns + (int64_t)(best * traffic->step_ns),
                       traffic->step_ns);
    weir_buf_putc(html->buf, '.');
}

/* What the graph says to who cannot see it. */
static void description_put(const weir_html_t *html, const sums_t *sums)
{
    const weir_traffic_t *traffic = &html->report->traffic;
    weir_buf_puts(html->buf, "The rates of ");
    weir_duration_put(html->buf, traffic->count * traffic->step_ns);
    weir_buf_puts(html->buf, " in steps of ");
    weir_duration_put(html->buf, traffic->step_ns);
    weir_buf_puts(html->buf, ", stacked by what the packets carry:");
    for (size_t part = 0; part < WEIR_TRAFFIC_PARTS; part++) {
        if (!sums->parts[part])
            continue;
        weir_buf_printf(html->buf, " %s ", weir_chart_part_name((weir_traffic_part_t)part));
        weir_markup_quantity(html->buf, &html->export->units, WEIR_UNIT_SHARE,
                             (double)sums->parts[part] / (double)sums->all);
        weir_buf_putc(html->buf, ';');
    }
    weir_buf_putc(html->buf, ' ');
    most_put(html);
}

/* ---- In numbers ------------------------------------------------------------------------------ */

static void numbers_row(const weir_html_t *html, size_t from, size_t to, const sums_t *whole)
{
    const weir_traffic_t *traffic = &html->report->traffic;
    const weir_units_t *units = &html->export->units;
    sums_t sums = steps_sum(traffic, from, to);
    uint64_t peak = 0;
    for (size_t i = from; i < to; i++)
        peak = traffic->steps[i].peak_bytes > peak ? traffic->steps[i].peak_bytes : peak;
    double seconds = (double)((to - from) * traffic->step_ns) / 1e9;
    weir_buf_puts(html->buf, "<tr><th scope=row>");
    weir_axis_time_put(html->buf, traffic->begin_ns + (int64_t)(from * traffic->step_ns),
                       traffic->step_ns);
    weir_buf_puts(html->buf, "</th>");
    weir_markup_quantity_cell(html->buf, units, WEIR_UNIT_BYTES_PER_SECOND,
                              (double)sums.all / seconds);
    weir_markup_quantity_cell(html->buf, units, WEIR_UNIT_BYTES_PER_SECOND,
                              (double)peak / ((double)traffic->bin_ns / 1e9));
    for (size_t part = 0; part < WEIR_TRAFFIC_PARTS; part++)
        if (whole->parts[part])
            weir_markup_quantity_cell(html->buf, units, WEIR_UNIT_BYTES, (double)sums.parts[part]);
    weir_buf_puts(html->buf, "</tr>\n");
}

/* Steps that a row of the table takes: a round number of them. */
static size_t numbers_stride(size_t count)
{
    static const size_t nice[] = {1, 2, 5, 10, 20, 50};
    size_t i = 0;
    while (i + 1 < WEIR_COUNT(nice) && count > nice[i] * NUMBERS_MOST)
        i++;
    return nice[i];
}

static void numbers_put(const weir_html_t *html, const sums_t *whole)
{
    const weir_traffic_t *traffic = &html->report->traffic;
    weir_html_column_t columns[3 + WEIR_TRAFFIC_PARTS] = {
        {"", "From", NULL}, {"n", "Mean", NULL}, {"n", "Most", NULL}};
    size_t count = 3;
    for (size_t part = 0; part < WEIR_TRAFFIC_PARTS; part++)
        if (whole->parts[part])
            columns[count++] =
                (weir_html_column_t){"n", weir_chart_part_name((weir_traffic_part_t)part), NULL};
    size_t stride = numbers_stride(traffic->count);
    weir_buf_puts(html->buf, "<details><summary>The same in numbers</summary>\n");
    weir_html_table_begin(html, "traffic", columns, count);
    for (size_t i = 0; i < traffic->count; i += stride)
        numbers_row(html, i, i + stride < traffic->count ? i + stride : traffic->count, whole);
    weir_html_table_end(html);
    weir_buf_puts(html->buf, "</details>\n");
}

void weir_html_traffic(const weir_html_t *html)
{
    const weir_traffic_t *traffic = &html->report->traffic;
    if (traffic->count == 0)
        return;
    sums_t sums = steps_sum(traffic, 0, traffic->count);
    weir_html_begin(html, "traffic", "Traffic over time");
    weir_buf_puts(html->buf, "<figure>\n");
    legend_put(html, &sums);
    weir_buf_puts(html->buf, "<div class=plot>\n");
    weir_chart_begin(html->buf);
    description_put(html, &sums);
    weir_chart_traffic(html->buf, traffic, &html->export->units);
    weir_buf_puts(html->buf, "</div>\n<figcaption>Means of ");
    weir_duration_put(html->buf, traffic->step_ns);
    weir_buf_puts(html->buf, " each. ");
    most_put(html);
    weir_buf_puts(html->buf, "</figcaption>\n</figure>\n");
    numbers_put(html, &sums);
    weir_html_end(html);
}
