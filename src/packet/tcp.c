#include "packet/tcp.h"

#define REORDER_NS UINT64_C(3000000) /* without a round-trip time */
#define CONTROL (WEIR_TCP_SYN | WEIR_TCP_FIN | WEIR_TCP_RST)
#define TIMED_EITHER ((unsigned)WEIR_MARK_TIMED * 3)
#define SMOOTHING 8 /* RFC 6298, 2.3: a sample's weight is one eighth */

/** One packet and the two sides of its flow. */
typedef struct tcp_step {
    weir_flow_record_t *record;
    weir_tcp_record_t *tcp;
    weir_tcp_side_t *mine, *theirs;
    const weir_digest_t *digest;
    unsigned side;   /* 1: high sends */
    uint32_t length; /* in sequence space */
} tcp_step_t;

static inline bool sequence_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static uint32_t ticks_of(uint64_t ns)
{
    uint64_t ticks = ns >> WEIR_TICK_SHIFT;
    return ticks < UINT32_MAX ? (uint32_t)ticks : UINT32_MAX;
}

static inline bool mark_has(const tcp_step_t *step, unsigned mark)
{
    return step->tcp->marks & mark;
}

static inline void mark_set(const tcp_step_t *step, unsigned mark)
{
    step->tcp->marks = (uint16_t)(step->tcp->marks | mark);
}

static inline void mark_clear(const tcp_step_t *step, unsigned mark)
{
    step->tcp->marks = (uint16_t)(step->tcp->marks & ~mark);
}

static inline void note_set(const tcp_step_t *step, unsigned note)
{
    step->record->notes = (uint16_t)(step->record->notes | note);
}

static unsigned duplicates_shift(unsigned side)
{
    return 4 + 2 * side;
}

static unsigned duplicates_get(const tcp_step_t *step, unsigned side)
{
    return (unsigned)step->tcp->marks >> duplicates_shift(side) & 3u;
}

static void duplicates_set(const tcp_step_t *step, unsigned side, unsigned count)
{
    unsigned shift = duplicates_shift(side);
    unsigned marks = step->tcp->marks & ~(3u << shift);
    step->tcp->marks = (uint16_t)(marks | (count < 3 ? count : 3) << shift);
}

static void opener_set(const tcp_step_t *step, bool high)
{
    unsigned notes = step->record->notes & ~(unsigned)WEIR_NOTE_HIGH_OPENED;
    step->record->notes =
        (uint16_t)(notes | WEIR_NOTE_OPENER_SURE | (high ? WEIR_NOTE_HIGH_OPENED : 0));
}

/* SYN and SYN-ACK; the first of them says who opened the flow. */
static void handshake_begin(const tcp_step_t *step)
{
    bool answer = step->digest->tcp_flags & WEIR_TCP_ACK;
    if (!(step->record->notes & WEIR_NOTE_OPENER_SURE))
        opener_set(step, step->digest->from_high != answer);
    if (answer) {
        note_set(step, WEIR_NOTE_SYN_ACK);
        return;
    }
    mark_clear(step, TIMED_EITHER); /* what it says is in the way */
    mark_set(step, WEIR_MARK_SYN);
    step->tcp->syn_ns = step->digest->time_ns;
}

/* Of a capture that has one direction only: the opener acknowledges what is not there to be seen.
 */
static bool answer_implied(const tcp_step_t *step)
{
    return weir_record_packets(step->record, 1 - step->side) == 0 && step->digest->ack != 0 &&
           mark_has(step, (unsigned)WEIR_MARK_SEQ << step->side) &&
           step->digest->seq == step->mine->next_seq;
}

static void handshake_end(const tcp_step_t *step)
{
    unsigned notes = step->record->notes;
    bool opener_sends = (notes & WEIR_NOTE_HIGH_OPENED) ? step->side == 1 : step->side == 0;
    bool answered = (notes & WEIR_NOTE_SYN_ACK) || answer_implied(step);
    if (!answered || !opener_sends || !mark_has(step, WEIR_MARK_SYN))
        return;
    int64_t now_ns = step->digest->time_ns;
    uint64_t rtt_ns =
        now_ns > step->tcp->syn_ns ? (uint64_t)now_ns - (uint64_t)step->tcp->syn_ns : 0;
    step->tcp->handshake = ticks_of(rtt_ns);
    mark_clear(step, WEIR_MARK_SYN);
    note_set(step, WEIR_NOTE_RTT);
}

static void handshake_follow(const tcp_step_t *step)
{
    if (step->digest->tcp_flags & WEIR_TCP_SYN)
        handshake_begin(step);
    else if ((step->digest->tcp_flags & (WEIR_TCP_ACK | WEIR_TCP_RST)) == WEIR_TCP_ACK)
        handshake_end(step);
}

static void rtt_take(weir_tcp_side_t *side, uint32_t ticks)
{
    ticks = ticks ? ticks : 1; /* 0 is unknown */
    if (!side->rtt_least) {
        side->rtt_least = side->rtt_smoothed = ticks;
        return;
    }
    side->rtt_least = ticks < side->rtt_least ? ticks : side->rtt_least;
    int64_t smoothed = side->rtt_smoothed;
    side->rtt_smoothed = (uint32_t)(smoothed + ((int64_t)ticks - smoothed) / SMOOTHING);
}

/* An ACK of the other side's timed segment. If it does not echo that one's timestamp, it answers
 * what was sent before it, or again after it, and tells nothing. */
static void timed_answer(const tcp_step_t *step)
{
    const weir_digest_t *digest = step->digest;
    weir_tcp_record_t *tcp = step->tcp;
    unsigned mark = (unsigned)WEIR_MARK_TIMED << (1 - step->side);
    if (!mark_has(step, mark) || sequence_before(digest->ack, tcp->timed_end))
        return;
    mark_clear(step, mark);
    if (digest->has_stamps && (uint16_t)digest->echo == tcp->timed_stamp)
        rtt_take(step->theirs, weir_digest_tick(digest) - tcp->timed_at);
}

/* One segment of a flow is timed at a time, of whichever side has new data then. */
static void timed_begin(const tcp_step_t *step, uint32_t end)
{
    const weir_digest_t *digest = step->digest;
    if (!digest->has_stamps || digest->payload == 0 ||
        mark_has(step, TIMED_EITHER | WEIR_MARK_SYN) || (digest->tcp_flags & CONTROL))
        return;
    step->tcp->timed_end = end;
    step->tcp->timed_at = weir_digest_tick(digest);
    step->tcp->timed_stamp = (uint16_t)digest->stamp;
    mark_set(step, (unsigned)WEIR_MARK_TIMED << step->side);
}

static bool came_reordered(const tcp_step_t *step)
{
    const weir_digest_t *digest = step->digest;
    bool asked = step->theirs->last_ack == digest->seq && duplicates_get(step, 1 - step->side) >= 2;
    bool acknowledged = mark_has(step, (unsigned)WEIR_MARK_ACKED << (1 - step->side)) &&
                        !sequence_before(step->theirs->last_ack, digest->seq + step->length);
    if (asked || acknowledged || digest->seq + step->length == step->mine->next_seq)
        return false;
    uint32_t limit = REORDER_NS >> WEIR_TICK_SHIFT;
    if ((step->record->notes & WEIR_NOTE_RTT) && step->tcp->handshake)
        limit = step->tcp->handshake;
    return weir_digest_tick(digest) - step->mine->next_at <= limit;
}

/* A segment below the highest sequence that its side sent. */
static void old_segment_count(const tcp_step_t *step)
{
    const weir_digest_t *digest = step->digest;
    bool keep_alive = digest->payload <= 1 && digest->seq == step->mine->next_seq - 1 &&
                      !(digest->tcp_flags & CONTROL);
    if (keep_alive)
        mark_set(step, (unsigned)WEIR_MARK_KEEP_ALIVE << step->side);
    if (keep_alive || step->length == 0)
        return;
    if (came_reordered(step))
        step->mine->out_of_order++;
    else
        step->mine->retransmits++;
}

/* One byte into a closed window, which nobody need take: it comes again. */
static bool window_is_probed(const tcp_step_t *step)
{
    return step->digest->payload == 1 && step->digest->seq == step->mine->next_seq &&
           step->tcp->window[1 - step->side] == 0 &&
           mark_has(step, (unsigned)WEIR_MARK_ACKED << (1 - step->side));
}

static void sequence_follow(const tcp_step_t *step)
{
    const weir_digest_t *digest = step->digest;
    weir_tcp_side_t *mine = step->mine;
    bool known = mark_has(step, (unsigned)WEIR_MARK_SEQ << step->side);
    if (known && sequence_before(digest->seq, mine->next_seq))
        old_segment_count(step);
    uint32_t next = digest->seq + step->length;
    if (known && (!sequence_before(mine->next_seq, next) || window_is_probed(step)))
        return;
    mine->next_seq = next;
    mine->next_at = weir_digest_tick(digest);
    mark_set(step, (unsigned)WEIR_MARK_SEQ << step->side);
    timed_begin(step, next);
}

static void acknowledgement_follow(const tcp_step_t *step)
{
    const weir_digest_t *digest = step->digest;
    weir_tcp_side_t *mine = step->mine;
    uint16_t window = step->tcp->window[step->side];
    bool asked = mark_has(step, (unsigned)WEIR_MARK_KEEP_ALIVE << (1 - step->side));
    bool plain = step->length == 0 && !(digest->tcp_flags & CONTROL) && !asked;
    bool repeats = digest->ack == mine->last_ack && digest->window == window && digest->window != 0;
    if (plain && repeats && mark_has(step, (unsigned)WEIR_MARK_ACKED << step->side) &&
        digest->seq == mine->next_seq) {
        step->tcp->duplicate_acks++;
        duplicates_set(step, step->side, duplicates_get(step, step->side) + 1);
    } else if (digest->ack != mine->last_ack) {
        duplicates_set(step, step->side, 0);
    }
    mine->last_ack = digest->ack;
    mark_set(step, (unsigned)WEIR_MARK_ACKED << step->side);
    timed_answer(step);
}

static void window_follow(const tcp_step_t *step)
{
    uint16_t *count = &step->record->zero_windows;
    step->tcp->window[step->side] = step->digest->window;
    if (step->digest->window == 0 && !(step->digest->tcp_flags & CONTROL) && *count < UINT16_MAX)
        ++*count;
}

void weir_tcp_add(weir_flow_record_t *record, const weir_digest_t *digest)
{
    unsigned side = digest->from_high;
    weir_tcp_record_t *tcp = (weir_tcp_record_t *)(void *)(record + 1);
    uint8_t flags = digest->tcp_flags;
    const tcp_step_t step = {
        .record = record,
        .tcp = tcp,
        .mine = &tcp->side[side],
        .theirs = &tcp->side[1 - side],
        .digest = digest,
        .side = side,
        .length =
            digest->payload + (flags & WEIR_TCP_SYN ? 1u : 0u) + (flags & WEIR_TCP_FIN ? 1u : 0u),
    };
    record->tcp_flags[side] |= flags;
    if (!(record->notes & WEIR_NOTE_RTT))
        handshake_follow(&step);
    if (flags & WEIR_TCP_ACK)
        acknowledgement_follow(&step);
    mark_clear(&step, (unsigned)WEIR_MARK_KEEP_ALIVE << side);
    window_follow(&step);
    if (!(flags & WEIR_TCP_RST))
        sequence_follow(&step);
}
