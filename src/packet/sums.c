#include "packet/sums.h"

#include "base/memory.h"

#include <errno.h>

#define BATCH 64u
#define SLOTS_LEAST ((size_t)1024)

/** A flow's part of one sum. */
typedef struct part {
    const weir_flow_record_t *record;
    uint64_t hash;
    bool high, both; /* by host: which end it is; whether it talks to itself */
} part_t;

typedef struct batch {
    weir_sums_by_t by;
    part_t parts[BATCH];
    size_t count;
} batch_t;

void weir_sums_done(weir_sums_t *sums)
{
    weir_memory_unmap(sums->slots, (sums->mask + 1) * sizeof(*sums->slots));
    weir_memory_unmap(sums->sums, sums->room * sizeof(*sums->sums));
    *sums = (weir_sums_t){0};
}

/* Room for as many sums as there can be, of which only what is used costs memory. */
static int sums_init(weir_sums_t *sums, weir_sums_by_t by, uint64_t flows, uint64_t seed)
{
    size_t slots = SLOTS_LEAST;
    while (slots < flows)
        slots *= 2;
    *sums = (weir_sums_t){
        .mask = slots - 1, .room = flows * (by == WEIR_SUMS_BY_HOST ? 2 : 1) + 1, .seed = seed};
    sums->slots = weir_memory_map(slots * sizeof(*sums->slots));
    sums->sums = weir_memory_map(sums->room * sizeof(*sums->sums));
    return sums->slots && sums->sums ? 0 : -ENOMEM;
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

static bool sum_is(const weir_sum_t *sum, const part_t *part, weir_sums_by_t by)
{
    const weir_flow_key_t *key = &part->record->key;
    const uint64_t *low = part_low(part);
    if (((sum->low[0] ^ low[0]) | (sum->low[1] ^ low[1])) || sum->ipv6 != (weir_key_ipv6(key) != 0))
        return false;
    return by == WEIR_SUMS_BY_HOST ||
           ((sum->high[0] ^ key->high[0]) | (sum->high[1] ^ key->high[1])) == 0;
}

static weir_sum_t *sum_new(weir_sums_t *sums, const part_t *part, weir_sums_by_t by, size_t at)
{
    const weir_flow_key_t *key = &part->record->key;
    const uint64_t *low = part_low(part);
    weir_sum_t *sum = &sums->sums[sums->count++];
    *sum = (weir_sum_t){.low = {low[0], low[1]}, .ipv6 = weir_key_ipv6(key) != 0};
    if (by == WEIR_SUMS_BY_PAIR)
        memcpy(sum->high, key->high, sizeof(sum->high));
    sums->slots[at] = part->hash << 32 | sums->count;
    return sum;
}

static weir_sum_t *sum_obtain(weir_sums_t *sums, const part_t *part, weir_sums_by_t by)
{
    size_t at = (size_t)part->hash & sums->mask;
    for (; sums->slots[at]; at = (at + 1) & sums->mask) {
        if (sums->slots[at] >> 32 != (part->hash & UINT32_MAX))
            continue;
        weir_sum_t *sum = &sums->sums[(uint32_t)sums->slots[at] - 1];
        if (sum_is(sum, part, by))
            return sum;
    }
    return sum_new(sums, part, by, at);
}

static void tally_add(weir_tally_t *tally, const weir_flow_record_t *record, unsigned side)
{
    tally->packets += weir_record_packets(record, side);
    tally->bytes += record->side[side].bytes;
}

static void part_add(weir_sums_t *sums, const part_t *part, weir_sums_by_t by)
{
    weir_sum_t *sum = sum_obtain(sums, part, by);
    const weir_flow_record_t *record = part->record;
    tally_add(&sum->there, record, part->high);
    tally_add(&sum->back, record, !part->high);
    if (part->both) {
        tally_add(&sum->there, record, !part->high);
        tally_add(&sum->back, record, part->high);
    }
    sum->flows++;
}

/* Slots are asked for when parts are put in, sums here. */
static int batch_finish(weir_sums_t *sums, batch_t *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        uint64_t slot = sums->slots[(size_t)batch->parts[i].hash & sums->mask];
        if (slot)
            __builtin_prefetch(&sums->sums[(uint32_t)slot - 1], 1);
    }
    for (size_t i = 0; i < batch->count; i++)
        part_add(sums, &batch->parts[i], batch->by);
    batch->count = 0;
    return (sums->count + BATCH) * 5 > (sums->mask + 1) * 4 ? slots_grow(sums) : 0;
}

static void part_put(const weir_sums_t *sums, batch_t *batch, part_t part)
{
    const weir_flow_key_t *key = &part.record->key;
    const uint64_t *low = part_low(&part);
    uint64_t a = low[0] ^ sums->seed, b = low[1] ^ UINT64_C(0xe7037ed1a0b428db);
    if (batch->by == WEIR_SUMS_BY_PAIR) {
        a ^= key->high[0] * UINT64_C(0xbf58476d1ce4e5b9);
        b ^= key->high[1] * UINT64_C(0x94d049bb133111eb);
    }
    part.hash = weir_hash_fold(a, b);
    __builtin_prefetch(&sums->slots[part.hash & sums->mask]);
    batch->parts[batch->count++] = part;
}

static int record_put(weir_sums_t *sums, batch_t *batch, const weir_flow_record_t *record)
{
    if (weir_key_depth(&record->key) > 0)
        return 0; /* its outside is there */
    const weir_flow_key_t *key = &record->key;
    bool both = ((key->low[0] ^ key->high[0]) | (key->low[1] ^ key->high[1])) == 0;
    bool by_host = batch->by == WEIR_SUMS_BY_HOST;
    part_put(sums, batch, (part_t){.record = record, .both = by_host && both});
    if (by_host && !both)
        part_put(sums, batch, (part_t){.record = record, .high = true});
    return batch->count + 2 > BATCH ? batch_finish(sums, batch) : 0;
}

int weir_sums_make(const weir_run_t *run, uint64_t seed, weir_sums_by_t by, weir_sums_t *ret_sums)
{
    weir_sums_t sums;
    batch_t batch = {.by = by};
    uint64_t flows = 0;
    for (unsigned i = 0; i < run->workers; i++)
        flows += run->tables[i].flows;
    int r = sums_init(&sums, by, flows, seed);
    for (unsigned i = 0; r == 0 && i < run->workers; i++) {
        const weir_flow_record_t *record = NULL;
        for (size_t unit = 0; r == 0 && (record = weir_flow_table_next(&run->tables[i], &unit));)
            r = record_put(&sums, &batch, record);
    }
    r = r == 0 ? batch_finish(&sums, &batch) : r;
    if (r < 0)
        weir_sums_done(&sums);
    else
        *ret_sums = sums;
    return r;
}
