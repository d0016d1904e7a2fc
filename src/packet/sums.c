#include "packet/sums.h"

#include "base/memory.h"

#include <assert.h>
#include <errno.h>

#define BATCH WEIR_SUMS_BATCH
#define SLOTS_LEAST ((size_t)1024)

static_assert(sizeof(weir_sum_t) == 64, "a sum is a cache line");

typedef weir_sum_part_t part_t;
typedef weir_adder_t adder_t;

void weir_sums_done(weir_sums_t *sums)
{
    weir_memory_unmap(sums->slots, (sums->mask + 1) * sizeof(*sums->slots));
    weir_memory_unmap(sums->sums, sums->room * sizeof(*sums->sums));
    *sums = (weir_sums_t){0};
}

/* Room for as many sums as there can be, of which only what is used costs memory. */
int weir_adder_init(weir_adder_t *adder, bool by_host, uint64_t flows, uint64_t expected,
                    uint64_t seed)
{
    size_t slots = SLOTS_LEAST;
    while (slots < expected)
        slots *= 2;
    adder->by_host = by_host;
    adder->seed = seed;
    adder->coming_count = adder->waiting_count = 0;
    adder->sums = (weir_sums_t){.mask = slots - 1, .room = flows * (by_host ? 2 : 1) + 1};
    adder->sums.slots = weir_memory_map(slots * sizeof(*adder->sums.slots));
    adder->sums.sums = weir_memory_map(adder->sums.room * sizeof(*adder->sums.sums));
    return adder->sums.slots && adder->sums.sums ? 0 : -ENOMEM;
}

static int slots_grow(weir_sums_t *sums)
{
    size_t mask = sums->mask * 2 + 1;
    uint64_t *slots = weir_memory_map((mask + 1) * sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i <= sums->mask; i++) {
        if (!sums->slots[i])
            continue;
        size_t at = (size_t)(sums->slots[i] >> 32) & mask;
        while (slots[at])
            at = (at + 1) & mask;
        slots[at] = sums->slots[i];
    }
    weir_memory_unmap(sums->slots, (sums->mask + 1) * sizeof(*sums->slots));
    sums->slots = slots;
    sums->mask = mask;
    return 0;
}

static const uint64_t *part_low(const part_t *part)
{
    return part->high ? part->record->key.high : part->record->key.low;
}

static bool sum_is(const weir_sum_t *sum, const part_t *part, bool by_host)
{
    const weir_flow_key_t *key = &part->record->key;
    const uint64_t *low = part_low(part);
    uint64_t differs = (sum->low[0] ^ low[0]) | (sum->low[1] ^ low[1]);
    if (!by_host)
        differs |= (sum->high[0] ^ key->high[0]) | (sum->high[1] ^ key->high[1]);
    return !differs && sum->ipv6 == (weir_key_ipv6(key) != 0);
}

static weir_sum_t *sum_new(adder_t *adder, const part_t *part, size_t at)
{
    weir_sums_t *sums = &adder->sums;
    const weir_flow_key_t *key = &part->record->key;
    const uint64_t *low = part_low(part);
    weir_sum_t *sum = &sums->sums[sums->count++]; /* all zero */
    memcpy(sum->low, low, sizeof(sum->low));
    if (!adder->by_host)
        memcpy(sum->high, key->high, sizeof(sum->high));
    sum->ipv6 = weir_key_ipv6(key) != 0;
    sums->slots[at] = part->hash << 32 | sums->count;
    return sum;
}

static weir_sum_t *sum_obtain(adder_t *adder, const part_t *part)
{
    const weir_sums_t *sums = &adder->sums;
    size_t at = (size_t)part->hash & sums->mask;
    for (; sums->slots[at]; at = (at + 1) & sums->mask) {
        if (sums->slots[at] >> 32 != (part->hash & UINT32_MAX))
            continue;
        weir_sum_t *sum = &sums->sums[(uint32_t)sums->slots[at] - 1];
        if (sum_is(sum, part, adder->by_host))
            return sum;
    }
    return sum_new(adder, part, at);
}

static void side_add(weir_sum_t *sum, unsigned way, const weir_flow_record_t *record, unsigned side)
{
    uint64_t packets = weir_sum_packets(sum, way) + weir_record_packets(record, side);
    sum->packets_low[way] = (uint32_t)packets;
    sum->packets_high[way] = (uint16_t)(packets >> 32);
    sum->bytes[way] += record->side[side].bytes;
}

static void part_add(adder_t *adder, const part_t *part)
{
    weir_sum_t *sum = sum_obtain(adder, part);
    side_add(sum, 0, part->record, part->high);
    side_add(sum, 1, part->record, !part->high);
    if (part->both) {
        side_add(sum, 0, part->record, !part->high);
        side_add(sum, 1, part->record, part->high);
    }
    sum->flows++;
}

/* What waited is added, what came waits. */
static int batch_advance(adder_t *adder)
{
    const weir_sums_t *sums = &adder->sums;
    for (size_t i = 0; i < adder->coming_count; i++) {
        uint64_t slot = sums->slots[(size_t)adder->coming[i].hash & sums->mask];
        if (slot)
            __builtin_prefetch(&sums->sums[(uint32_t)slot - 1], 1);
    }
    for (size_t i = 0; i < adder->waiting_count; i++)
        part_add(adder, &adder->waiting[i]);
    memcpy(adder->waiting, adder->coming, adder->coming_count * sizeof(adder->coming[0]));
    adder->waiting_count = adder->coming_count;
    adder->coming_count = 0;
    return (sums->count + BATCH) * 5 > (sums->mask + 1) * 4 ? slots_grow(&adder->sums) : 0;
}

static int part_put(adder_t *adder, part_t part)
{
    const weir_flow_key_t *key = &part.record->key;
    part.hash = adder->by_host ? weir_host_hash(part_low(&part), adder->seed)
                               : weir_pair_hash(key, adder->seed);
    __builtin_prefetch(&adder->sums.slots[part.hash & adder->sums.mask]);
    adder->coming[adder->coming_count++] = part;
    return adder->coming_count == BATCH ? batch_advance(adder) : 0;
}

int weir_adder_add(weir_adder_t *adder, const weir_flow_record_t *record)
{
    const weir_flow_key_t *key = &record->key;
    if (!adder->by_host)
        return part_put(adder, (part_t){.record = record});
    bool both = ((key->low[0] ^ key->high[0]) | (key->low[1] ^ key->high[1])) == 0;
    int r = part_put(adder, (part_t){.record = record, .both = both});
    return r < 0 || both ? r : part_put(adder, (part_t){.record = record, .high = true});
}

int weir_adder_end(weir_adder_t *adder, weir_sums_t *ret_sums)
{
    int r = batch_advance(adder); /* what came waits then */
    r = r == 0 ? batch_advance(adder) : r;
    if (r < 0)
        return r;
    *ret_sums = adder->sums;
    adder->sums = (weir_sums_t){0};
    return 0;
}

void weir_adder_done(weir_adder_t *adder)
{
    weir_sums_done(&adder->sums);
}
