#include "packet/leaders.h"

#include "base/memory.h"
#include "base/top.h"
#include "packet/capture_private.h"

#include <assert.h>

#define BATCH 32u
#define SLOTS_LEAST ((size_t)1024)
#define BITS ((size_t)1 << 16) /* 16 for each leader at least */

typedef struct slot {
    uint32_t hash; /* high half */
    uint32_t row;  /* of its first flow, + 1; 0 free */
    uint64_t bytes;
} slot_t;

/** A flow whose slot is being fetched. */
typedef struct coming {
    uint64_t hash, bytes;
    size_t row;
} coming_t;

struct weir_leaders {
    const weir_capture_t *capture; /* borrowed */
    uint64_t seed;
    slot_t *slots; /* room for all flows */
    size_t mask, count;
    coming_t coming[BATCH];
    size_t coming_count;
    uint64_t chosen[BITS / 64]; /* by the high half of the hash */
};

weir_leaders_t *weir_leaders_new(const weir_capture_t *capture, uint64_t seed)
{
    weir_leaders_t *leaders = calloc(1, sizeof(*leaders));
    if (!leaders)
        return NULL;
    size_t slots = SLOTS_LEAST;
    while (slots < capture->row_count + capture->row_count / 4)
        slots *= 2;
    leaders->capture = capture;
    leaders->seed = seed;
    leaders->mask = slots - 1;
    leaders->slots = weir_memory_map(slots * sizeof(*leaders->slots));
    if (!leaders->slots) {
        free(leaders);
        return NULL;
    }
    return leaders;
}

void weir_leaders_free(weir_leaders_t *leaders)
{
    if (leaders)
        weir_memory_unmap(leaders->slots, (leaders->mask + 1) * sizeof(*leaders->slots));
    free(leaders);
}

static bool pairs_equal(const weir_flow_key_t *a, const weir_flow_key_t *b)
{
    return memcmp(a->low, b->low, sizeof(a->low)) == 0 &&
           memcmp(a->high, b->high, sizeof(a->high)) == 0 && weir_key_ipv6(a) == weir_key_ipv6(b);
}

static bool slot_is(const weir_leaders_t *leaders, const slot_t *slot, const coming_t *flow)
{
    return slot->hash == flow->hash >> 32 &&
           pairs_equal(&weir_capture_record(leaders->capture, slot->row - 1)->key,
                       &weir_capture_record(leaders->capture, flow->row)->key);
}

static void flow_add(weir_leaders_t *leaders, const coming_t *flow)
{
    size_t at = (size_t)flow->hash & leaders->mask;
    while (leaders->slots[at].row && !slot_is(leaders, &leaders->slots[at], flow))
        at = (at + 1) & leaders->mask;
    slot_t *slot = &leaders->slots[at];
    if (!slot->row) {
        slot->hash = (uint32_t)(flow->hash >> 32);
        slot->row = (uint32_t)flow->row + 1;
        leaders->count++;
    }
    slot->bytes += flow->bytes;
}

static void batch_finish(weir_leaders_t *leaders)
{
    for (size_t i = 0; i < leaders->coming_count; i++)
        flow_add(leaders, &leaders->coming[i]);
    leaders->coming_count = 0;
}

void weir_leaders_add(weir_leaders_t *leaders, size_t row)
{
    const weir_flow_record_t *record = weir_capture_record(leaders->capture, row);
    uint64_t hash = weir_pair_hash(&record->key, leaders->seed);
    __builtin_prefetch(&leaders->slots[hash & leaders->mask], 1);
    leaders->coming[leaders->coming_count++] =
        (coming_t){hash, record->side[0].bytes + record->side[1].bytes, row};
    if (leaders->coming_count == BATCH)
        batch_finish(leaders);
}

static int slot_compare(const void *a, const void *b)
{
    const slot_t *x = a, *y = b;
    return (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

size_t weir_leaders_choose(weir_leaders_t *leaders, size_t most)
{
    assert(most > 0);
    batch_finish(leaders);
    size_t slots = leaders->mask + 1;
    uint64_t least = 0; /* [byte] */
    if (most < leaders->count) {
        weir_top_sort(leaders->slots, slots, sizeof(*leaders->slots), most, slot_compare);
        least = leaders->slots[most - 1].bytes;
    }
    for (size_t i = 0; i < slots; i++) {
        const slot_t *slot = &leaders->slots[i];
        if (slot->row && slot->bytes >= least)
            leaders->chosen[slot->hash % BITS / 64] |= UINT64_C(1) << slot->hash % 64;
    }
    return leaders->count;
}

bool weir_leaders_may_have(const weir_leaders_t *leaders, const weir_flow_record_t *record)
{
    uint64_t hash = weir_pair_hash(&record->key, leaders->seed) >> 32;
    return leaders->chosen[hash % BITS / 64] >> hash % 64 & 1;
}
