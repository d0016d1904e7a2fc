#include "packet/flow_table.h"

#include "base/memory.h"
#include "packet/tcp.h"

#include <errno.h>
#include <string.h>

#define SLOTS_LEAST ((size_t)1024)
#define UNITS_MOST ((size_t)UINT32_MAX - 1)
#define NOWHERE UINT32_MAX

#define UNITS_PLAIN (sizeof(weir_flow_record_t) / WEIR_FLOW_UNIT)
#define UNITS_UDP (UNITS_PLAIN + sizeof(weir_udp_record_t) / WEIR_FLOW_UNIT)
#define UNITS_TCP (UNITS_PLAIN + sizeof(weir_tcp_record_t) / WEIR_FLOW_UNIT)
#define NS_PER_S INT64_C(1000000000)

static inline size_t record_units(uint8_t protocol)
{
    return protocol == WEIR_IP_TCP ? UNITS_TCP : protocol == WEIR_IP_UDP ? UNITS_UDP : UNITS_PLAIN;
}

static inline weir_flow_record_t *record_at(const weir_flow_table_t *table, size_t unit)
{
    uint8_t *chunk = table->chunks[unit >> WEIR_FLOW_CHUNK_SHIFT];
    return (weir_flow_record_t *)(void *)(chunk + (unit & (WEIR_FLOW_CHUNK - 1)) * WEIR_FLOW_UNIT);
}

int weir_flow_table_init(weir_flow_table_t *table, const weir_flow_limits_t *limits)
{
    *table = (weir_flow_table_t){.limits = *limits, .mask = SLOTS_LEAST - 1};
    table->slots = weir_memory_map(SLOTS_LEAST * sizeof(*table->slots));
    return table->slots ? 0 : -ENOMEM;
}

void weir_flow_table_done(weir_flow_table_t *table)
{
    weir_memory_unmap(table->slots, (table->mask + 1) * sizeof(*table->slots));
    for (size_t i = 0; i < table->chunk_count; i++)
        weir_memory_unmap(table->chunks[i], WEIR_FLOW_CHUNK * WEIR_FLOW_UNIT);
    for (size_t i = 0; i < table->chunk_count; i++)
        free(table->marks[i]);
    free(table->marks);
    free(table->chunks);
    weir_rtp_done(&table->rtp);
    *table = (weir_flow_table_t){0};
}

/* Twice the slots. A slot holds 32 bits of its hash, which is all that its place needs. */
static int slots_grow(weir_flow_table_t *table)
{
    size_t mask = table->mask * 2 + 1;
    uint64_t *slots = weir_memory_map((mask + 1) * sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i <= table->mask; i++) {
        if (!table->slots[i])
            continue;
        size_t at = (size_t)(table->slots[i] >> 32) & mask;
        while (slots[at])
            at = (at + 1) & mask;
        slots[at] = table->slots[i];
    }
    weir_memory_unmap(table->slots, (table->mask + 1) * sizeof(*table->slots));
    table->slots = slots;
    table->mask = mask;
    return 0;
}

static int chunk_add(weir_flow_table_t *table)
{
    if ((table->chunk_count & (table->chunk_count - 1)) ==
        0) { /* 0, 1, 2, 4 ...: the list is full */
        size_t room = table->chunk_count ? table->chunk_count * 2 : 1;
        uint8_t **chunks = realloc(table->chunks, room * sizeof(*chunks));
        if (!chunks)
            return -ENOMEM;
        table->chunks = chunks;
        uint32_t **marks = realloc(table->marks, room * sizeof(*marks));
        if (!marks)
            return -ENOMEM;
        table->marks = marks;
    }
    uint8_t *chunk = weir_memory_map(WEIR_FLOW_CHUNK * WEIR_FLOW_UNIT);
    if (!chunk)
        return -ENOMEM;
    table->marks[table->chunk_count] = NULL;
    table->chunks[table->chunk_count++] = chunk;
    return 0;
}

/* Room for a record of `units` at table->units. */
static int units_reserve(weir_flow_table_t *table, size_t units)
{
    size_t end = table->chunk_count * WEIR_FLOW_CHUNK;
    if (table->units + units <= end)
        return 0;
    if (end + WEIR_FLOW_CHUNK > UNITS_MOST)
        return -ENOMEM;
    int r = chunk_add(table);
    if (r == 0)
        table->units = end; /* the tail of the chunk before stays empty */
    return r;
}

static void omitted_count(weir_flow_table_t *table, const weir_digest_t *digest)
{
    if (weir_key_depth(&digest->key))
        return; /* its outside is counted */
    weir_omitted_t *omitted = &table->omitted;
    weir_tally_t *tallies[] = {&omitted->by_protocol[weir_key_protocol(&digest->key)],
                               &omitted->total,
                               weir_key_ipv6(&digest->key) ? &omitted->ipv6 : NULL};
    for (size_t i = 0; i < WEIR_COUNT(tallies); i++) {
        if (!tallies[i])
            continue;
        tallies[i]->packets++;
        tallies[i]->bytes += digest->frame_bytes;
    }
}

/* A new record for the digest's flow, referred to by slots[at]. */
static weir_flow_record_t *record_new(weir_flow_table_t *table, const weir_digest_t *digest,
                                      size_t at)
{
    size_t units = record_units(weir_key_protocol(&digest->key));
    bool full = table->limits.max_flows && table->flows >= table->limits.max_flows;
    if (full || units_reserve(table, units) < 0)
        return NULL;
    weir_flow_record_t *record = record_at(table, table->units);
    record->key = digest->key;
    record->first_ns = record->last_ns = digest->time_ns;
    if (digest->is_icmp)
        record->icmp = digest->icmp;
    record->notes = (uint16_t)((digest->from_high ? WEIR_NOTE_HIGH_OPENED : 0) |
                               (digest->is_icmp ? WEIR_NOTE_ICMP : 0));
    table->used += table->slots[at] == 0;
    table->slots[at] = digest->hash << 32 | (table->units + 1);
    table->units += units;
    table->flows++;
    return record;
}

/* The slot of the digest's flow, or the free one where it would go. */
static size_t slot_find(const weir_flow_table_t *table, const weir_digest_t *digest)
{
    size_t at = (size_t)digest->hash & table->mask;
    for (; table->slots[at]; at = (at + 1) & table->mask) {
        if (table->slots[at] >> 32 != (digest->hash & UINT32_MAX))
            continue;
        if (weir_flow_key_equal(&record_at(table, (uint32_t)table->slots[at] - 1)->key,
                                &digest->key))
            break;
    }
    return at;
}

/* Where the first look found nothing: find or make the record; *ret_unit: where it begins. NULL:
 * no room. */
static weir_flow_record_t *record_obtain(weir_flow_table_t *table, const weir_digest_t *digest,
                                         uint32_t *ret_unit)
{
    size_t at = slot_find(table, digest);
    if (!table->slots[at] && (table->used + 1) * 5 > (table->mask + 1) * 4) {
        if (slots_grow(table) < 0)
            return NULL;
        at = slot_find(table, digest);
    }
    if (!table->slots[at] && !record_new(table, digest, at))
        return NULL;
    *ret_unit = (uint32_t)table->slots[at] - 1;
    return record_at(table, *ret_unit);
}

/* Whether a time-out separates the packet from the flow's record. */
static inline unsigned record_expired(const weir_flow_table_t *table,
                                      const weir_flow_record_t *record, int64_t now_ns)
{
    const weir_flow_limits_t *limits = &table->limits;
    if (limits->idle_ns && now_ns > record->last_ns && now_ns - record->last_ns > limits->idle_ns)
        return WEIR_NOTE_RETIRED;
    if (limits->active_ns && now_ns > record->first_ns &&
        now_ns - record->first_ns > limits->active_ns)
        return WEIR_NOTE_RETIRED | WEIR_NOTE_ACTIVE;
    return 0;
}

/* The mark of the record at `unit`; NULL: nobody has made it. Records begin further apart than
 * that.
 */
static uint32_t *mark_at(const weir_flow_table_t *table, size_t unit)
{
    uint32_t *marks = table->marks[unit >> WEIR_FLOW_CHUNK_SHIFT];
    return marks ? &marks[(unit & (WEIR_FLOW_CHUNK - 1)) / UNITS_PLAIN] : NULL;
}

static uint32_t *mark_obtain(weir_flow_table_t *table, size_t unit)
{
    uint32_t **marks = &table->marks[unit >> WEIR_FLOW_CHUNK_SHIFT];
    if (!*marks)
        *marks = calloc(WEIR_FLOW_CHUNK / UNITS_PLAIN + 1, sizeof(**marks));
    return mark_at(table, unit);
}

/* A connection goes on after a time-out: what it said in the beginning still holds. */
static void mark_inherit(weir_flow_table_t *table, uint32_t unit, uint32_t *old_mark)
{
    uint32_t *mark = mark_obtain(table, unit);
    if (!mark)
        return;
    weir_inspect_end(table->inspector, old_mark);
    *mark = *old_mark;
}

/* The traffic goes on in a new record, which keeps who opened the flow. *unit: where the old one
 * begins, then the new one. */
static weir_flow_record_t *record_renew(weir_flow_table_t *table, const weir_digest_t *digest,
                                        unsigned why, uint32_t *unit)
{
    weir_flow_record_t *old = record_at(table, *unit);
    uint32_t *old_mark = table->inspector ? mark_at(table, *unit) : NULL;
    size_t at = slot_find(table, digest);
    weir_flow_record_t *record = record_new(table, digest, at);
    if (!record)
        return NULL;
    *unit = (uint32_t)table->slots[at] - 1;
    if (old_mark && !(digest->has_tcp && digest->tcp_flags & WEIR_TCP_SYN)) {
        mark_inherit(table, *unit, old_mark);
        record->notes |= WEIR_NOTE_INSPECTED;
    }
    unsigned opener = old->notes & (WEIR_NOTE_HIGH_OPENED | WEIR_NOTE_OPENER_SURE);
    old->notes = (uint16_t)(old->notes | why);
    if (why & WEIR_NOTE_ACTIVE)
        record->notes = (uint16_t)((record->notes & ~(unsigned)WEIR_NOTE_HIGH_OPENED) | opener);
    return record;
}

/* What comes late, when times run backwards, counts in the second at hand. */
static inline void second_add(weir_flow_record_t *record, const weir_digest_t *digest)
{
    if (digest->time_ns > record->last_ns) {
        if (digest->time_ns / NS_PER_S != record->last_ns / NS_PER_S) {
            record->peak_bytes = weir_record_peak(record);
            record->second_bytes = 0;
        }
        record->last_ns = digest->time_ns;
    }
    if (__builtin_add_overflow(record->second_bytes, digest->frame_bytes, &record->second_bytes))
        record->second_bytes = UINT32_MAX;
}

static inline weir_rtp_slot_t *rtp_slot(weir_flow_record_t *record, unsigned side)
{
    return &((weir_udp_record_t *)(void *)(record + 1))->side[side];
}

static inline void record_add(weir_flow_table_t *table, weir_flow_record_t *record,
                              const weir_digest_t *digest)
{
    weir_record_side_t *side = &record->side[digest->from_high];
    side->bytes += digest->frame_bytes;
    side->ip_bytes += digest->ip_bytes;
    if (__builtin_expect(++record->packets[digest->from_high] == 0, 0))
        record->packets_above[digest->from_high]++;
    record->notes = (uint16_t)(record->notes | digest->local * WEIR_NOTE_LOCAL);
    second_add(record, digest);
    if (digest->time_ns < record->first_ns)
        record->first_ns = digest->time_ns;
    if (digest->has_tcp)
        weir_tcp_add(record, digest);
    else if (digest->has_rtp)
        weir_rtp_add(&table->rtp, rtp_slot(record, digest->from_high), digest);
}

static void record_inspect(weir_flow_table_t *table, uint32_t unit, const weir_digest_t *digest)
{
    weir_flow_record_t *record = record_at(table, unit);
    uint32_t *mark = mark_obtain(table, unit);
    weir_inspected_t packet = {.digest = digest,
                               .high_opened = record->notes & WEIR_NOTE_HIGH_OPENED};
    if (digest->has_tcp)
        packet.expects = weir_tcp_acked(record, !digest->from_high, &packet.expected);
    if (!mark || weir_inspect(table->inspector, &packet, mark))
        record->notes |= WEIR_NOTE_INSPECTED;
}

static void digest_add(weir_flow_table_t *table, const weir_digest_t *digest, uint32_t unit)
{
    weir_flow_record_t *record = unit == NOWHERE ? NULL : record_at(table, unit);
    if (!record || !weir_flow_key_equal(&record->key, &digest->key))
        record = record_obtain(table, digest, &unit);
    if (!record) {
        omitted_count(table, digest);
        return;
    }
    unsigned expired = record_expired(table, record, digest->time_ns);
    if (__builtin_expect(expired, 0))
        record = record_renew(table, digest, expired, &unit);
    if (!record) {
        omitted_count(table, digest);
        return;
    }
    record_add(table, record, digest);
    if (table->inspector && !(record->notes & WEIR_NOTE_INSPECTED) && weir_inspect_wants(digest))
        record_inspect(table, unit, digest);
}

/* The unit of the record whose slot has the digest's hash, and a hint to fetch it. */
static inline uint32_t record_hint(const weir_flow_table_t *table, const weir_digest_t *digest)
{
    uint64_t tag = digest->hash & UINT32_MAX;
    for (size_t at = (size_t)digest->hash & table->mask; table->slots[at];
         at = (at + 1) & table->mask) {
        if (table->slots[at] >> 32 != tag)
            continue;
        uint32_t unit = (uint32_t)table->slots[at] - 1;
        const uint8_t *record = (const uint8_t *)record_at(table, unit);
        __builtin_prefetch(record, 1);
        __builtin_prefetch(record + 64, 1);
        __builtin_prefetch(record + 128, 1);
        if (digest->has_tcp)
            __builtin_prefetch(record + UNITS_TCP * WEIR_FLOW_UNIT - 1, 1);
        return unit;
    }
    return NOWHERE;
}

static void batch_finish(weir_flow_table_t *table)
{
    for (size_t i = 0; i < table->batch_count; i++)
        digest_add(table, &table->batch[i], table->batch_units[i]);
}

void weir_flow_table_push(weir_flow_table_t *table, const weir_digest_t *digests, size_t count)
{
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(&table->slots[digests[i].hash & table->mask]);
    batch_finish(table); /* first: it may make the records that this batch looks for */
    for (size_t i = 0; i < count; i++)
        table->batch_units[i] = record_hint(table, &digests[i]);
    table->batch = digests;
    table->batch_count = count;
}

void weir_flow_table_flush(weir_flow_table_t *table)
{
    batch_finish(table);
    table->batch_count = 0;
}

void weir_flow_table_add(weir_flow_table_t *table, const weir_digest_t *digests, size_t count)
{
    for (size_t i = 0; i < count; i += WEIR_FLOW_BATCH)
        weir_flow_table_push(table, digests + i,
                             count - i < WEIR_FLOW_BATCH ? count - i : WEIR_FLOW_BATCH);
    weir_flow_table_flush(table);
}

/* ---- From one table to the next -------------------------------------------------------------- */

static bool record_goes_on(const weir_flow_record_t *record, int64_t since_ns)
{
    unsigned flags[2];
    for (int i = 0; i < 2; i++)
        flags[i] = record->tcp_flags[i] | (record->notes & WEIR_NOTE_FIN << i ? WEIR_TCP_FIN : 0u);
    bool ended = (flags[0] & flags[1] & WEIR_TCP_FIN) || ((flags[0] | flags[1]) & WEIR_TCP_RST);
    uint8_t protocol = weir_key_protocol(&record->key);
    return (protocol == WEIR_IP_TCP || protocol == WEIR_IP_UDP) && !ended &&
           record->last_ns >= since_ns;
}

/* As if its first packet were still to come. */
static void counters_clear(weir_flow_record_t *record)
{
    weir_tcp_record_t *tcp = (weir_tcp_record_t *)(void *)(record + 1);
    bool is_tcp = weir_key_protocol(&record->key) == WEIR_IP_TCP;
    record->notes |= WEIR_NOTE_CARRIED;
    for (int i = 0; i < 2; i++) {
        if (record->tcp_flags[i] & WEIR_TCP_FIN)
            record->notes = (uint16_t)(record->notes | WEIR_NOTE_FIN << i);
        record->side[i] = (weir_record_side_t){0};
        record->packets[i] = record->packets_above[i] = record->tcp_flags[i] = 0;
        if (is_tcp)
            tcp->side[i].retransmits = tcp->side[i].out_of_order = 0;
    }
    record->first_ns = INT64_MAX;
    record->peak_bytes = 0;
    record->zero_windows = 0;
    if (is_tcp)
        tcp->duplicate_acks = 0;
    else
        *(weir_udp_record_t *)(void *)(record + 1) = (weir_udp_record_t){0};
}

/* The copy of a record whose slot is given, in a new table; NULL: no room. */
static weir_flow_record_t *record_copy(weir_flow_table_t *table, uint64_t slot,
                                       const weir_flow_record_t *record, size_t *ret_unit)
{
    size_t units = record_units(weir_key_protocol(&record->key));
    bool crowded = (table->used + 1) * 5 > (table->mask + 1) * 4;
    if ((crowded && slots_grow(table) < 0) || units_reserve(table, units) < 0)
        return NULL;
    size_t at = (size_t)(slot >> 32) & table->mask;
    while (table->slots[at])
        at = (at + 1) & table->mask;
    weir_flow_record_t *copy = record_at(table, table->units);
    memcpy(copy, record, units * WEIR_FLOW_UNIT);
    table->slots[at] = slot >> 32 << 32 | (table->units + 1);
    table->used++;
    table->flows++;
    *ret_unit = table->units;
    table->units += units;
    counters_clear(copy);
    return copy;
}

static bool record_carry(weir_flow_table_t *table, weir_flow_table_t *from, uint64_t slot)
{
    size_t old_unit = (uint32_t)slot - 1, unit = 0;
    if (!record_copy(table, slot, record_at(from, old_unit), &unit))
        return false;
    uint32_t *old_mark = from->inspector ? mark_at(from, old_unit) : NULL;
    uint32_t *mark = old_mark ? mark_obtain(table, unit) : NULL;
    bool goes_on = mark && weir_inspect_move(from->inspector, old_mark, mark);
    if (old_mark && !goes_on)
        weir_inspect_end(from->inspector, old_mark);
    return true;
}

void weir_flow_table_carry(weir_flow_table_t *table, weir_flow_table_t *from, int64_t since_ns,
                           size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i <= from->mask; i++) {
        if (!from->slots[i])
            continue;
        size_t unit = (uint32_t)from->slots[i] - 1;
        if (count < most && record_goes_on(record_at(from, unit), since_ns) &&
            record_carry(table, from, from->slots[i])) {
            count++;
            continue;
        }
        uint32_t *mark = from->inspector ? mark_at(from, unit) : NULL;
        if (mark)
            weir_inspect_end(from->inspector, mark);
    }
}

/* Whether the last `left` units of a chunk hold a record: a chunk begins zeroed, and no record has
 * neither packets nor come from elsewhere. */
static bool record_at_tail(const weir_flow_table_t *table, size_t unit, size_t left)
{
    if (left < UNITS_PLAIN || unit >= table->units)
        return false;
    const weir_flow_record_t *record = record_at(table, unit);
    return weir_record_has_packets(record) || (record->notes & WEIR_NOTE_CARRIED);
}

const weir_flow_record_t *weir_flow_table_next(const weir_flow_table_t *table, size_t *unit)
{
    size_t left = WEIR_FLOW_CHUNK - (*unit & (WEIR_FLOW_CHUNK - 1));
    if (left < UNITS_TCP && !record_at_tail(table, *unit, left))
        *unit += left;
    if (*unit >= table->units)
        return NULL;
    const weir_flow_record_t *record = record_at(table, *unit);
    *unit += record_units(weir_key_protocol(&record->key));
    return record;
}

uint32_t weir_flow_table_unit(size_t unit, const weir_flow_record_t *record)
{
    return (uint32_t)(unit - record_units(weir_key_protocol(&record->key)));
}

const weir_flow_record_t *weir_flow_table_at(const weir_flow_table_t *table, size_t unit)
{
    return record_at(table, unit);
}

bool weir_flow_table_label(const weir_flow_table_t *table, size_t unit, weir_label_t *ret_label)
{
    const uint32_t *mark = table->inspector ? mark_at(table, unit) : NULL;
    return mark && weir_inspect_label(table->inspector, *mark, ret_label);
}

size_t weir_flow_table_memory(const weir_flow_table_t *table)
{
    return (table->mask + 1) * sizeof(*table->slots) + table->units * WEIR_FLOW_UNIT +
           table->rtp.room * sizeof(*table->rtp.streams);
}
