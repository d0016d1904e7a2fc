/*
 * Flows summed up by host and by pair of hosts, at the end and in one go. Sums are a cache line
 * each and found through slots that stand apart from them, like the records of the flow table; what
 * is asked for next is fetched while the flows before it are added.
 */
#ifndef WEIR_PACKET_SUMS_H
#define WEIR_PACKET_SUMS_H

#include "packet/flow_table.h"

/** low: the host, sent by it and received; or low and high as in the flow's key, sent by low and by
 * high. A cache line: a large capture has as many of these as flows. */
typedef struct weir_sum {
    uint64_t low[2], high[2]; /* addresses as in weir_flow_key_t; high 0 for hosts */
    uint64_t bytes[2];        /* sent, received; or sent by low, by high */
    uint32_t packets_low[2];  /* with packets_high above them: weir_sum_packets() */
    uint16_t packets_high[2];
    uint32_t flows : 31, ipv6 : 1;
} weir_sum_t;

/** One thread. */
typedef struct weir_sums {
    uint64_t *slots; /* hash's low half << 32 | position + 1; 0 free */
    size_t mask;
    weir_sum_t *sums;
    size_t count, room;
} weir_sums_t;

static inline uint64_t weir_sum_packets(const weir_sum_t *sum, unsigned way)
{
    return (uint64_t)sum->packets_high[way] << 32 | sum->packets_low[way];
}

static inline uint64_t weir_sum_bytes(const weir_sum_t *sum)
{
    return sum->bytes[0] + sum->bytes[1];
}

#define WEIR_SUMS_BATCH 32u

/** A flow's part of one sum. */
typedef struct weir_sum_part {
    const weir_flow_record_t *record;
    uint64_t hash;
    bool high, both; /* by host: which end it is; whether it talks to itself */
} weir_sum_part_t;

/** Parts on their way into sums: of those that come their slots are being fetched, of those that
 * wait their sums. One thread. */
typedef struct weir_adder {
    weir_sums_t sums;
    bool by_host;
    uint64_t seed;
    weir_sum_part_t coming[WEIR_SUMS_BATCH], waiting[WEIR_SUMS_BATCH];
    size_t coming_count, waiting_count;
} weir_adder_t;

static inline uint64_t weir_host_hash(const uint64_t address[static 2], uint64_t seed)
{
    return weir_hash_fold(address[0] ^ seed, address[1] ^ UINT64_C(0xe7037ed1a0b428db));
}

static inline uint64_t weir_pair_hash(const weir_flow_key_t *key, uint64_t seed)
{
    uint64_t high[2] = {key->high[0] * UINT64_C(0xbf58476d1ce4e5b9),
                        key->high[1] * UINT64_C(0x94d049bb133111eb)};
    return weir_hash_fold(key->low[0] ^ seed ^ high[0],
                          key->low[1] ^ UINT64_C(0xe7037ed1a0b428db) ^ high[1]);
}

/** Ready for at most `flows` flows, to be summed up by host or by pair of hosts, of which some
 * `expected` are likely. `seed` of the hash: any. 0 or -ENOMEM; weir_adder_done() either way. */
WEIR_NODISCARD int weir_adder_init(weir_adder_t *adder, bool by_host, uint64_t flows,
                                   uint64_t expected, uint64_t seed);
/** The record stays where it is until the end. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_adder_add(weir_adder_t *adder, const weir_flow_record_t *record);
/** The sums are the caller's. 0 or -ENOMEM, and nothing is returned. */
WEIR_NODISCARD int weir_adder_end(weir_adder_t *adder, weir_sums_t *ret_sums);
void weir_adder_done(weir_adder_t *adder);
void weir_sums_done(weir_sums_t *sums);

#endif
