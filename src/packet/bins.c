#include "packet/bins.h"

#include <errno.h>

#define SECOND_NS UINT64_C(1000000000)
#define NS_PER_S INT64_C(1000000000)

void weir_bins_done(weir_bins_t *bins)
{
    weir_index_done(&bins->index);
    free(bins->bins);
    *bins = (weir_bins_t){0};
}

static bool bins_reserve(weir_bins_t *bins)
{
    if (bins->count < bins->room)
        return true;
    size_t room = bins->room ? bins->room * 2 : 64;
    if (room > WEIR_BINS_MOST)
        return false;
    weir_bin_t *larger = realloc(bins->bins, room * sizeof(*larger));
    if (!larger)
        return false;
    bins->bins = larger;
    bins->room = room;
    return true;
}

/* The position of a second's bin, or WEIR_INDEX_NONE. */
static uint32_t bin_obtain(weir_bins_t *bins, int64_t second)
{
    uint32_t at = weir_index_get(&bins->index, (uint64_t)second);
    if (at != WEIR_INDEX_NONE)
        return at;
    if (!bins_reserve(bins) ||
        weir_index_set(&bins->index, (uint64_t)second, (uint32_t)bins->count) < 0)
        return WEIR_INDEX_NONE;
    bins->bins[bins->count] = (weir_bin_t){.second = second};
    return (uint32_t)bins->count++;
}

static void tally_add(weir_tally_t *sum, weir_tally_t part)
{
    sum->packets += part.packets;
    sum->bytes += part.bytes;
}

void weir_bins_add_slow(weir_bins_t *bins, int64_t time_ns, weir_tally_t tally)
{
    int64_t second = time_ns / NS_PER_S;
    uint32_t at = bin_obtain(bins, second);
    if (at == WEIR_INDEX_NONE) {
        tally_add(&bins->omitted, tally);
        return;
    }
    tally_add(&bins->bins[at].tally, tally);
    bins->current = at;
    bins->begin_ns = second * NS_PER_S;
    bins->end_ns = second < INT64_MAX / NS_PER_S ? bins->begin_ns + NS_PER_S : INT64_MAX;
}

void weir_bins_merge(weir_bins_t *sum, const weir_bins_t *part)
{
    for (size_t i = 0; i < part->count; i++)
        weir_bins_add_slow(sum, part->bins[i].second * NS_PER_S, part->bins[i].tally);
    tally_add(&sum->omitted, part->omitted);
}

static int bin_compare(const void *a, const void *b)
{
    const weir_bin_t *x = a, *y = b;
    return (x->second > y->second) - (x->second < y->second);
}

void weir_bins_sort(weir_bins_t *bins)
{
    if (bins->count)
        qsort(bins->bins, bins->count, sizeof(*bins->bins), bin_compare);
}

/* ---- As a series ----------------------------------------------------------------------------- */

/* The first bin at or after `second`. */
static size_t bin_seek(const weir_bin_t *bins, size_t count, int64_t second)
{
    size_t low = 0;
    while (count) {
        size_t half = count / 2;
        if (bins[low + half].second < second) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

static int64_t later_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Point of the seconds [from, to); *at is its first bin and moves on to the next point's. */
static weir_point_t point_make(const weir_bin_t *bins, size_t count, int64_t from, int64_t to,
                               size_t *at)
{
    int64_t begin = later_of(from, bins[0].second);
    int64_t end = bins[count - 1].second < to ? bins[count - 1].second + 1 : to;
    if (begin >= end)
        return (weir_point_t){0};
    double sum = 0;
    double least = (double)bins[*at].tally.bytes;
    double most = 0;
    int64_t busy = 0;
    for (; *at < count && bins[*at].second < end; ++*at, busy++) {
        double bytes = (double)bins[*at].tally.bytes;
        sum += bytes;
        least = bytes < least ? bytes : least;
        most = bytes > most ? bytes : most;
    }
    int64_t seconds = end - begin;
    return (weir_point_t){.min = busy == seconds ? (float)least : 0,
                          .mean = (float)(sum / (double)seconds),
                          .max = (float)most,
                          .known = true};
}

int weir_bins_series(const weir_bin_t *bins, size_t count, const weir_series_query_t *query,
                     weir_series_t *ret_series)
{
    if (query->step_ns == 0 || query->step_ns % SECOND_NS != 0 ||
        query->count > WEIR_SERIES_POINTS_MAX)
        return -EINVAL;
    bool told = count && query->object == WEIR_SERIES_HEADLINE &&
                query->column == WEIR_SERIES_RATE && bins[count - 1].second >= 0;
    uint64_t last_ns = told ? (uint64_t)bins[count - 1].second * SECOND_NS + 1 : 0;
    uint64_t to_ns = query->to_ns ? query->to_ns : last_ns;
    uint64_t end = to_ns ? (to_ns - 1) / query->step_ns + 1 : 0; /* the step that contains to_ns */
    uint64_t first = end > query->count ? end - query->count : 0;
    weir_series_t series = {
        .from_ns = first * query->step_ns, .step_ns = query->step_ns, .count = query->count};
    series.points = calloc(query->count + 1, sizeof(*series.points));
    if (!series.points)
        return -ENOMEM;
    int64_t step = (int64_t)(query->step_ns / SECOND_NS);
    int64_t from = (int64_t)(series.from_ns / SECOND_NS);
    size_t at = told ? bin_seek(bins, count, from) : 0;
    for (size_t i = 0; told && i < series.count; i++, from += step)
        series.points[i] = point_make(bins, count, from, from + step, &at);
    *ret_series = series;
    return 0;
}
