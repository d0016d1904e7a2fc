#include "engine/ledger_stack.h"

#include <errno.h>
#include <math.h>

/* ---- Who stands on whom ---------------------------------------------------------------------- */

static size_t edges_of(const weir_ledger_line_t *line)
{
    return (size_t)(line->master != WEIR_INDEX_NONE) + (line->lower != WEIR_INDEX_NONE);
}

/* Counts are made to beginnings, then each edge is put in its upper's part. */
static void edges_fill(const weir_ledger_t *ledger, weir_ledger_stack_t *stack)
{
    for (uint32_t i = 0; i < ledger->count; i++) {
        const weir_ledger_line_t *line = &ledger->lines[i];
        if (line->master != WEIR_INDEX_NONE)
            stack->begin[line->master + 1]++;
        if (line->lower != WEIR_INDEX_NONE)
            stack->begin[i + 1]++;
    }
    for (size_t i = 0; i < ledger->count; i++)
        stack->begin[i + 1] += stack->begin[i];
    for (size_t i = 0; i < ledger->count; i++)
        stack->order[i] = stack->begin[i];
    for (uint32_t i = 0; i < ledger->count; i++) {
        const weir_ledger_line_t *line = &ledger->lines[i];
        if (line->master != WEIR_INDEX_NONE) {
            stack->below[stack->order[line->master]++] = i;
            stack->above[i]++;
        }
        if (line->lower != WEIR_INDEX_NONE) {
            stack->below[stack->order[i]++] = line->lower;
            stack->above[line->lower]++;
        }
    }
}

int weir_ledger_stack_make(const weir_ledger_t *ledger, weir_ledger_stack_t *ret_stack)
{
    size_t edges = 0;
    for (size_t i = 0; i < ledger->count; i++)
        edges += edges_of(&ledger->lines[i]);
    if (edges == 0) {
        *ret_stack = (weir_ledger_stack_t){0};
        return 0;
    }
    size_t n = ledger->count;
    uint32_t *room = calloc(n + 1 + edges + n + n, sizeof(*room));
    if (!room)
        return -ENOMEM;
    *ret_stack = (weir_ledger_stack_t){.edges = edges,
                                       .begin = room,
                                       .below = room + n + 1,
                                       .above = room + n + 1 + edges,
                                       .order = room + n + 1 + edges + n};
    edges_fill(ledger, ret_stack);
    return 0;
}

void weir_ledger_stack_done(weir_ledger_stack_t *stack)
{
    free(stack->begin);
    *stack = (weir_ledger_stack_t){0};
}

/* ---- What is given --------------------------------------------------------------------------- */

/* Of one direction. */
typedef struct gift {
    weir_ledger_gift_t what;
    weir_socket_counts_t whole; /* of all kinds */
} gift_t;

/* A port, or a lower interface, that may take of a gift. */
typedef struct taker {
    const weir_ledger_line_t *line;
    weir_ledger_gift_t *above;
    uint8_t header;
    weir_socket_counts_t explained; /* so far */
    bool rx;
} taker_t;

/* Told at the interface that routing chose, and at no other. */
static bool kind_is_given(weir_carried_t carried, bool rx)
{
    return carried == WEIR_CARRIED_PROGRAMS || (carried == WEIR_CARRIED_FORWARDED && rx);
}

static gift_t gift_make(const weir_ledger_line_t *line, const weir_ledger_gift_t *above, int way)
{
    gift_t gift = {.what = *above};
    for (int k = 0; k < WEIR_CARRIED_COUNT; k++) {
        if (kind_is_given((weir_carried_t)k, way == WEIR_LEDGER_RX))
            weir_counts_plus(&gift.what.carried[k], &line->side[way].own[k]);
        weir_counts_plus(&gift.whole, &gift.what.carried[k]);
    }
    if (line->kind == WEIR_KIND_VLAN)
        weir_counts_plus(&gift.what.tags, &gift.whole);
    return gift;
}

static uint64_t scaled(uint64_t value, double part)
{
    return (uint64_t)llround((double)(int64_t)value * part);
}

static void counts_give(weir_socket_counts_t *to, const weir_socket_counts_t *counts, double part)
{
    weir_socket_counts_t given = *counts;
    if (part < 1)
        given = (weir_socket_counts_t){.bytes = scaled(counts->bytes, part),
                                       .packets = scaled(counts->packets, part),
                                       .payload = scaled(counts->payload, part),
                                       .merged_bytes = scaled(counts->merged_bytes, part),
                                       .merged_packets = scaled(counts->merged_packets, part)};
    weir_counts_plus(to, &given);
}

static void gift_give(const gift_t *gift, const taker_t *taker, double part)
{
    for (int k = 0; k < WEIR_CARRIED_COUNT; k++)
        counts_give(&taker->above->carried[k], &gift->what.carried[k], part);
    counts_give(&taker->above->tags, &gift->what.tags, part);
}

static taker_t taker_make(const weir_ledger_line_t *line, weir_ledger_gift_t *above, int way)
{
    taker_t taker = {.line = line,
                     .above = above,
                     .header = weir_driver_header(line->kind, way == WEIR_LEDGER_RX),
                     .rx = way == WEIR_LEDGER_RX};
    for (int k = 0; k < WEIR_CARRIED_COUNT; k++) {
        weir_counts_plus(&taker.explained, &line->side[way].own[k]);
        weir_counts_plus(&taker.explained, &above->carried[k]);
    }
    return taker;
}

static const weir_driver_count_t *counted_of(const taker_t *taker)
{
    return &taker->line->counted[taker->rx ? WEIR_LEDGER_RX : WEIR_LEDGER_TX];
}

/* [byte] that the taker counted and cannot explain, in one of the two units. */
static double need_of(const taker_t *taker, bool merged)
{
    const weir_driver_unit_t unit = {.header = taker->header, .merged = merged};
    uint64_t explained = weir_driver_bytes(&unit, &taker->explained);
    uint64_t counted = counted_of(taker)->bytes;
    return (int64_t)(counted - explained) > 0 ? (double)(counted - explained) : 0;
}

/* The part of the gift that a taker gets where all of them need `needs`. */
static double part_of(const gift_t *gift, const taker_t *taker, bool merged, double needs)
{
    weir_driver_unit_t unit = {.header = taker->header, .merged = merged};
    double whole = (double)weir_driver_bytes(&unit, &gift->whole);
    double tags = WEIR_DRIVER_TAG * (double)weir_driver_packets(&unit, &gift->what.tags);
    double need = need_of(taker, merged);
    if (fabs(whole + tags - needs) < fabs(whole - needs)) /* the driver counts tags, too */
        whole += tags;
    return need > 0 ? need / fmax(needs, whole) : 0;
}

/* Whether merged packets are nearer to the packets that the taker counted. */
static bool taker_is_merged(const gift_t *gift, const taker_t *taker, const double parts[2])
{
    double apart[2];
    double counted = (double)counted_of(taker)->packets;
    for (int merged = 0; merged < 2; merged++) {
        const weir_driver_unit_t unit = {.merged = merged};
        apart[merged] =
            fabs((double)weir_driver_packets(&unit, &taker->explained) +
                 parts[merged] * (double)weir_driver_packets(&unit, &gift->whole) - counted);
    }
    return apart[1] < apart[0];
}

static void gift_share(const gift_t *gift, const taker_t *takers, size_t n)
{
    double needs[2] = {0, 0};
    for (size_t i = 0; i < n; i++) {
        needs[0] += need_of(&takers[i], false);
        needs[1] += need_of(&takers[i], true);
    }
    for (size_t i = 0; i < n; i++) {
        const double parts[2] = {part_of(gift, &takers[i], false, needs[0]),
                                 part_of(gift, &takers[i], true, needs[1])};
        gift_give(gift, &takers[i], parts[taker_is_merged(gift, &takers[i], parts)]);
    }
}

static void line_share(const weir_ledger_t *ledger, const weir_ledger_stack_t *stack, uint32_t at,
                       weir_ledger_above_t *above, taker_t *takers)
{
    size_t n = stack->begin[at + 1] - stack->begin[at];
    for (int way = 0; way < WEIR_LEDGER_WAYS; way++) {
        gift_t gift = gift_make(&ledger->lines[at], &above[at].way[way], way);
        if ((int64_t)gift.whole.bytes <= 0)
            continue;
        for (size_t i = 0; i < n; i++) {
            uint32_t below = stack->below[stack->begin[at] + i];
            takers[i] = taker_make(&ledger->lines[below], &above[below].way[way], way);
        }
        gift_share(&gift, takers, n);
    }
}

void weir_ledger_stack_share(const weir_ledger_t *ledger, weir_ledger_stack_t *stack,
                             weir_ledger_above_t *above)
{
    taker_t *takers = malloc(stack->edges * sizeof(*takers));
    size_t ordered = 0;
    for (uint32_t i = 0; i < ledger->count; i++)
        if (stack->above[i] == 0)
            stack->order[ordered++] = i;
    for (size_t i = 0; takers && i < ordered; i++) {
        uint32_t at = stack->order[i];
        if (stack->begin[at] < stack->begin[at + 1])
            line_share(ledger, stack, at, above, takers);
        for (uint32_t edge = stack->begin[at]; edge < stack->begin[at + 1]; edge++)
            if (--stack->above[stack->below[edge]] == 0)
                stack->order[ordered++] = stack->below[edge];
    }
    free(takers); /* without memory the interfaces below explain less in this snapshot */
}
