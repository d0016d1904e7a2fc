#include "engine/teller.h"

#include <string.h>

#define BRIEFS_MOST ((size_t)1 << 17)           /* of one window */
#define ANSWER_NS (UINT64_C(3) * WEIR_NS_PER_S) /* a SYN was sent twice by then (RFC 6298, 2.1) */
#define BAD_NS WEIR_NS_PER_S
#define GOOD_NS (UINT64_C(10) * WEIR_NS_PER_S)

void weir_teller_clear(weir_teller_t *teller)
{
    teller->count = 0;
    teller->lost = 0;
}

void weir_teller_done(weir_teller_t *teller)
{
    free(teller->briefs);
    *teller = (weir_teller_t){0};
}

static uint64_t patience_ns(const weir_told_t *told, uint8_t state)
{
    switch (state) {
    case WEIR_FLOW_CLOSED:
    case WEIR_FLOW_RESET:
    case WEIR_FLOW_REFUSED:
        return 0;
    case WEIR_FLOW_ESTABLISHED:
        return GOOD_NS;
    case WEIR_FLOW_TWO_WAY:
        return ANSWER_NS; /* that it is answered is no sign: an echo flood is, too */
    default:
        return told->before ? BAD_NS : ANSWER_NS;
    }
}

bool weir_told_due(const weir_told_t *told, uint8_t state, uint64_t now_ns)
{
    return now_ns - told->at_ns >= patience_ns(told, state);
}

/* A place for one more, or NULL. */
static weir_flow_brief_t *brief_add(weir_teller_t *teller)
{
    if (teller->count == teller->room) {
        size_t room = teller->room ? teller->room * 2 : 256;
        weir_flow_brief_t *larger =
            room <= BRIEFS_MOST ? realloc(teller->briefs, room * sizeof(*larger)) : NULL;
        if (!larger)
            return NULL;
        teller->briefs = larger;
        teller->room = room;
    }
    return &teller->briefs[teller->count++];
}

static void piece_cut(weir_flow_brief_t *brief, const weir_told_t *told)
{
    brief->first_ns = told->last_ns;
    brief->src_packets -= told->packets[0];
    brief->dst_packets -= told->packets[1];
    brief->src_ip_bytes -= told->ip_bytes[0];
    brief->dst_ip_bytes -= told->ip_bytes[1];
    brief->src_retransmits -= told->retransmits[0];
    brief->dst_retransmits -= told->retransmits[1];
    brief->traits |= WEIR_BRIEF_CONTINUES;
}

/* Counters of sockets may fall for a moment (books.h), and who opened a flow may turn out late:
 * then there is nothing to tell. */
static bool is_more(const weir_told_t *told, const weir_flow_brief_t *whole)
{
    return whole->src_packets >= told->packets[0] && whole->dst_packets >= told->packets[1] &&
           whole->src_ip_bytes >= told->ip_bytes[0] && whole->dst_ip_bytes >= told->ip_bytes[1];
}

void weir_teller_tell(weir_teller_t *teller, weir_told_t *told, const weir_flow_brief_t *whole,
                      uint64_t now_ns)
{
    weir_flow_brief_t *brief = NULL;
    bool more = is_more(told, whole);
    if (more && !(brief = brief_add(teller)))
        teller->lost++;
    if (brief) {
        *brief = *whole;
        if (told->before)
            piece_cut(brief, told);
    }
    *told = (weir_told_t){.packets = {whole->src_packets, whole->dst_packets},
                          .ip_bytes = {whole->src_ip_bytes, whole->dst_ip_bytes},
                          .retransmits = {whole->src_retransmits, whole->dst_retransmits},
                          .last_ns = whole->last_ns,
                          .at_ns = now_ns,
                          .before = true};
}

static int brief_compare(const void *left, const void *right)
{
    const weir_flow_brief_t *a = left, *b = right;
    return (a->first_ns > b->first_ns) - (a->first_ns < b->first_ns);
}

void weir_teller_publish(weir_teller_t *teller, weir_snapshot_t *snapshot)
{
    if (snapshot->briefs.told)
        return;
    snapshot->briefs = (weir_brief_batch_t){.told = true, .lost = teller->lost};
    if (!teller->count)
        return;
    size_t size = teller->count * sizeof(*teller->briefs);
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(size + 4096);
    weir_flow_brief_t *items = pool ? weir_pool_alloc(pool, size) : NULL;
    if (!items) {
        snapshot->briefs.lost += teller->count;
        return;
    }
    qsort(teller->briefs, teller->count, sizeof(*teller->briefs), brief_compare);
    memcpy(items, teller->briefs, size);
    weir_snapshot_hold(snapshot, pool);
    snapshot->briefs.items = items;
    snapshot->briefs.count = teller->count;
}
