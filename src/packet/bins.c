#include "packet/bins.h"

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
