#include "packet/traffic.h"

#include <errno.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)
#define FOLD 10
#define SECONDS_MOST ((size_t)1 << 20) /* bins of 1 s */

void weir_traffic_done(weir_traffic_sums_t *sums)
{
    weir_index_done(&sums->index);
    free(sums->bins);
    *sums = (weir_traffic_sums_t){0};
}

static void bin_add(weir_traffic_bin_t *sum, const weir_traffic_bin_t *part)
{
    sum->packets += part->packets;
    sum->bytes += part->bytes;
    for (size_t i = 0; i < WEIR_COUNT(sum->parts); i++)
        sum->parts[i] += part->parts[i];
}

static size_t bins_most(const weir_traffic_sums_t *sums)
{
    return sums->width_ns < NS_PER_S ? WEIR_TRAFFIC_STEPS_MOST : SECONDS_MOST;
}

static bool bins_reserve(weir_traffic_sums_t *sums)
{
    if (sums->count < sums->room)
        return true;
    size_t room = sums->room ? sums->room * 2 : 64;
    if (room > bins_most(sums) * 2)
        return false;
    weir_traffic_bin_t *larger = realloc(sums->bins, room * sizeof(*larger));
    if (!larger)
        return false;
    sums->bins = larger;
    sums->room = room;
    return true;
}

/* The bin of that number, or NULL. */
static weir_traffic_bin_t *bin_obtain(weir_traffic_sums_t *sums, int64_t number)
{
    uint32_t at = weir_index_get(&sums->index, (uint64_t)number);
    if (at != WEIR_INDEX_NONE)
        return &sums->bins[at];
    if (sums->count >= SECONDS_MOST || !bins_reserve(sums) ||
        weir_index_set(&sums->index, (uint64_t)number, (uint32_t)sums->count) < 0)
        return NULL;
    sums->bins[sums->count] = (weir_traffic_bin_t){.number = number};
    return &sums->bins[sums->count++];
}

/* Ten bins become one. */
static void bins_fold(weir_traffic_sums_t *sums)
{
    size_t count = sums->count;
    sums->width_ns *= FOLD;
    sums->count = 0;
    sums->end_ns = sums->begin_ns; /* no bin is the current one */
    weir_index_clear(&sums->index);
    for (size_t i = 0; i < count; i++) {
        weir_traffic_bin_t old = sums->bins[i]; /* new ones take the places of those before it */
        weir_traffic_bin_t *bin = bin_obtain(sums, old.number / FOLD);
        if (bin)
            bin_add(bin, &old);
    }
}

/* The bin for a time, which is the current one then, or NULL. */
static weir_traffic_bin_t *bin_at(weir_traffic_sums_t *sums, int64_t time_ns)
{
    if (__builtin_expect(time_ns >= sums->begin_ns && time_ns < sums->end_ns, 1))
        return &sums->bins[sums->current];
    sums->width_ns = sums->width_ns ? sums->width_ns : NS_PER_MS;
    weir_traffic_bin_t *bin = bin_obtain(sums, time_ns / sums->width_ns);
    while (sums->count > bins_most(sums)) {
        bins_fold(sums);
        bin = bin_obtain(sums, time_ns / sums->width_ns);
    }
    if (!bin)
        return NULL;
    sums->current = (size_t)(bin - sums->bins);
    sums->begin_ns = bin->number * sums->width_ns;
    sums->end_ns =
        sums->begin_ns < INT64_MAX - sums->width_ns ? sums->begin_ns + sums->width_ns : INT64_MAX;
    return bin;
}

static weir_traffic_part_t part_of(const weir_digest_t *digest)
{
    switch (weir_key_protocol(&digest->key)) {
    case WEIR_IP_TCP:
        return WEIR_TRAFFIC_TCP;
    case WEIR_IP_UDP:
    case WEIR_IP_UDPLITE:
        return WEIR_TRAFFIC_UDP;
    case WEIR_IP_ICMP:
    case WEIR_IP_ICMPV6:
        return WEIR_TRAFFIC_ICMP;
    default:
        return WEIR_TRAFFIC_OTHER_IP;
    }
}

void weir_traffic_add(weir_traffic_sums_t *sums, const weir_frame_t *frames, size_t frame_count,
                      const weir_digest_t *digests, size_t count)
{
    for (size_t i = 0; i < frame_count; i++) {
        weir_traffic_bin_t *bin = bin_at(sums, frames[i].time_ns);
        if (bin) {
            bin->packets++;
            bin->bytes += frames[i].wire_len;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (weir_key_depth(&digests[i].key) > 0)
            continue; /* its outside is there */
        weir_traffic_bin_t *bin = bin_at(sums, digests[i].time_ns);
        if (bin)
            bin->parts[part_of(&digests[i])] += digests[i].frame_bytes;
    }
}

void weir_traffic_merge(weir_traffic_sums_t *sum, const weir_traffic_sums_t *part)
{
    if (sum->width_ns == 0)
        sum->width_ns = part->width_ns;
    while (sum->width_ns < part->width_ns)
        bins_fold(sum);
    for (size_t i = 0; i < part->count; i++) {
        weir_traffic_bin_t *bin = bin_at(sum, part->bins[i].number * part->width_ns);
        if (bin)
            bin_add(bin, &part->bins[i]);
    }
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static int bin_compare(const void *a, const void *b)
{
    const weir_traffic_bin_t *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* Bins that a step takes so that at most WEIR_TRAFFIC_STEPS_MOST cover `span` bins. */
static int64_t step_bins(int64_t span)
{
    static const int64_t nice[] = {1,   2,   5,   10,   15,   20,   30,    60,    120,
                                   300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200};
    for (size_t i = 0; i < WEIR_COUNT(nice); i++)
        if (span / nice[i] < WEIR_TRAFFIC_STEPS_MOST)
            return nice[i];
    int64_t day = 86400;
    return (span / WEIR_TRAFFIC_STEPS_MOST / day + 1) * day;
}

static void step_add(weir_traffic_step_t *step, const weir_traffic_bin_t *bin)
{
    uint64_t rest = bin->bytes;
    for (size_t i = 0; i < WEIR_COUNT(bin->parts); i++) {
        step->bytes[i] += bin->parts[i];
        rest -= bin->parts[i] < rest ? bin->parts[i] : rest;
    }
    step->bytes[WEIR_TRAFFIC_NO_IP] += rest;
    step->packets += bin->packets;
    step->peak_bytes = bin->bytes > step->peak_bytes ? bin->bytes : step->peak_bytes;
    step->low_bytes = bin->bytes < step->low_bytes ? bin->bytes : step->low_bytes;
}

static void steps_fill(const weir_traffic_sums_t *sums, int64_t bins, int64_t begin,
                       weir_traffic_step_t *steps)
{
    for (size_t i = 0, next = 0; i < sums->count; i = next) {
        int64_t number = sums->bins[i].number / bins;
        weir_traffic_step_t *step = &steps[number - begin];
        step->low_bytes = UINT64_MAX;
        for (; next < sums->count && sums->bins[next].number / bins == number; next++)
            step_add(step, &sums->bins[next]);
        if ((int64_t)(next - i) < bins)
            step->low_bytes = 0; /* bins without traffic are not there */
    }
}

int weir_traffic_steps(weir_traffic_sums_t *sums, weir_pool_t *pool, weir_traffic_t *ret_traffic)
{
    if (sums->count == 0)
        return 0;
    qsort(sums->bins, sums->count, sizeof(*sums->bins), bin_compare);
    while (sums->width_ns < NS_PER_S &&
           sums->bins[sums->count - 1].number - sums->bins[0].number >= WEIR_TRAFFIC_STEPS_MOST)
        bins_fold(sums); /* keeps the order */
    int64_t first = sums->bins[0].number, last = sums->bins[sums->count - 1].number;
    int64_t bins = step_bins(last - first);
    size_t count = (size_t)(last / bins - first / bins + 1);
    weir_traffic_step_t *steps = weir_pool_alloc(pool, count * sizeof(*steps));
    if (!steps)
        return -ENOMEM;
    steps_fill(sums, bins, first / bins, steps);
    *ret_traffic = (weir_traffic_t){
        .steps = steps,
        .count = count,
        .begin_ns = first / bins * bins * sums->width_ns,
        .step_ns = (uint64_t)bins * (uint64_t)sums->width_ns,
        .bin_ns = (uint64_t)sums->width_ns,
    };
    return 0;
}
