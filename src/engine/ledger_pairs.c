#include "engine/ledger_pairs.h"

#include <string.h>

#define PAIRS_MAX 65536U
#define IGMP 2
#define ICMPV6 58

static uint64_t ends_of(uint32_t from, uint32_t to)
{
    return (uint64_t)from << 32 | to;
}

static weir_ledger_pair_t *pair_find(weir_ledger_t *ledger, uint32_t from, uint32_t to)
{
    uint32_t at = weir_index_get(&ledger->by_ends, ends_of(from, to));
    return at == WEIR_INDEX_NONE ? NULL : &ledger->pairs[at];
}

static weir_ledger_pair_t *pair_make(weir_ledger_t *ledger, uint32_t from, uint32_t to)
{
    if (ledger->pair_count == PAIRS_MAX)
        return NULL;
    if (ledger->pair_count == ledger->pair_room) {
        size_t room = ledger->pair_room ? ledger->pair_room * 2 : 16;
        weir_ledger_pair_t *pairs = realloc(ledger->pairs, room * sizeof(*pairs));
        if (!pairs)
            return NULL;
        ledger->pairs = pairs;
        ledger->pair_room = room;
    }
    uint32_t at = (uint32_t)ledger->pair_count;
    if (weir_index_set(&ledger->by_ends, ends_of(from, to), at) < 0)
        return NULL;
    ledger->pairs[at] = (weir_ledger_pair_t){.from = from, .to = to};
    return &ledger->pairs[ledger->pair_count++];
}

bool weir_ledger_is_to_many(const weir_address_t *address)
{
    static const uint8_t everyone[4] = {255, 255, 255, 255};
    if (address->family == WEIR_FAMILY_IPV6)
        return address->bytes[0] == 0xff;
    return address->family == WEIR_FAMILY_IPV4 &&
           (address->bytes[0] >> 4 == 14 || memcmp(address->bytes, everyone, 4) == 0);
}

void weir_ledger_pair_add(weir_ledger_t *ledger, const weir_ledger_entry_t *entry)
{
    bool to_many = weir_ledger_is_to_many(entry->peer);
    if (to_many && (entry->protocol == IGMP || entry->protocol == ICMPV6))
        return; /* the kernel listens to these: they are its own where they come in */
    weir_ledger_pair_t *pair = pair_find(ledger, entry->rx_iface, entry->tx_iface);
    if (!pair)
        pair = pair_make(ledger, entry->rx_iface, entry->tx_iface);
    if (pair)
        weir_counts_add(to_many ? &pair->flood : &pair->fresh, entry->rx_now, entry->rx_before);
}

static weir_ledger_line_t *line_of(weir_ledger_t *ledger, uint32_t iface)
{
    uint32_t at = weir_index_get(&ledger->by_iface, iface);
    return at == WEIR_INDEX_NONE ? NULL : &ledger->lines[at];
}

/* What left by an interface will be told, or was, of those below it, too. */
static void pair_repeat(weir_ledger_t *ledger, const weir_ledger_stack_t *stack,
                        const weir_ledger_pair_t *pair)
{
    uint32_t to = weir_index_get(&ledger->by_iface, pair->to);
    if (to == WEIR_INDEX_NONE || pair->fresh.bytes == 0)
        return;
    for (uint32_t i = stack->begin[to]; i < stack->begin[to + 1]; i++) {
        uint32_t below = ledger->lines[stack->below[i]].iface;
        weir_ledger_pair_t *again = pair_find(ledger, pair->from, below);
        if (again)
            weir_counts_minus(&again->owed, &pair->fresh);
    }
}

static bool has_above(const weir_ledger_t *ledger, const weir_ledger_stack_t *stack, uint32_t iface)
{
    uint32_t at = stack->edges ? weir_index_get(&ledger->by_iface, iface) : WEIR_INDEX_NONE;
    return at != WEIR_INDEX_NONE && stack->above[at] > 0;
}

static void pair_settle(weir_ledger_t *ledger, const weir_ledger_stack_t *stack,
                        weir_ledger_pair_t *pair)
{
    weir_ledger_line_t *line = line_of(ledger, pair->from);
    if (!has_above(ledger, stack, pair->to))
        pair->owed = (weir_socket_counts_t){0};
    bool repeats = pair->owed.bytes != 0;
    weir_counts_plus(&pair->owed, &pair->fresh);
    if (!repeats || (int64_t)pair->owed.bytes > 0) {
        if (line)
            weir_counts_plus(&line->side[WEIR_LEDGER_RX].own[WEIR_CARRIED_FORWARDED], &pair->owed);
        pair->owed = (weir_socket_counts_t){0};
    }
    if (line && pair->flood.bytes > line->flood.bytes)
        line->flood = pair->flood;
    pair->fresh = pair->flood = (weir_socket_counts_t){0};
}

void weir_ledger_pairs_settle(weir_ledger_t *ledger, const weir_ledger_stack_t *stack)
{
    for (size_t i = 0; stack->edges && i < ledger->pair_count; i++)
        pair_repeat(ledger, stack, &ledger->pairs[i]);
    for (size_t i = 0; i < ledger->pair_count; i++)
        pair_settle(ledger, stack, &ledger->pairs[i]);
    for (size_t i = 0; i < ledger->pair_count; i++) {
        weir_ledger_line_t *line = line_of(ledger, ledger->pairs[i].from);
        if (!line || line->flood.bytes == 0)
            continue;
        weir_counts_plus(&line->side[WEIR_LEDGER_RX].own[WEIR_CARRIED_FORWARDED], &line->flood);
        line->flood = (weir_socket_counts_t){0};
    }
}

void weir_ledger_pairs_forget(weir_ledger_t *ledger)
{
    size_t kept = 0;
    weir_index_clear(&ledger->by_ends);
    for (size_t i = 0; i < ledger->pair_count; i++) {
        const weir_ledger_pair_t pair = ledger->pairs[i];
        if (!line_of(ledger, pair.from) || !line_of(ledger, pair.to) ||
            weir_index_set(&ledger->by_ends, ends_of(pair.from, pair.to), (uint32_t)kept) < 0)
            continue;
        ledger->pairs[kept++] = pair;
    }
    ledger->pair_count = kept;
}
