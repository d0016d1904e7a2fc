#include "packet/tcp.h"

#define REORDER_NS UINT64_C(3000000) /* without a round-trip time */
#define CONTROL (WEIR_TCP_SYN | WEIR_TCP_FIN | WEIR_TCP_RST)

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

static inline bool note_has(const tcp_step_t *step, unsigned note, unsigned side)
{
    return step->record->notes & note << side;
}

static inline void note_set(const tcp_step_t *step, unsigned note)
{
    step->record->notes = (uint16_t)(step->record->notes | note);
}

static unsigned duplicates_get(const tcp_step_t *step, unsigned side)
{
    return (unsigned)step->record->notes >> (12 + 2 * side) & 3u;
}

static void duplicates_set(const tcp_step_t *step, unsigned side, unsigned count)
{
    unsigned shift = 12 + 2 * side;
    unsigned notes = step->record->notes & ~(3u << shift);
    step->record->notes = (uint16_t)(notes | (count < 3 ? count : 3) << shift);
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
    if (answer)
        note_set(step, WEIR_NOTE_SYN_ACK);
    else if (!(step->record->notes & WEIR_NOTE_RTT))
        step->tcp->handshake_ns = (uint64_t)step->digest->time_ns;
}

/* Of a capture that has one direction only: the opener acknowledges what is not there to be seen.
 */
static bool answer_implied(const tcp_step_t *step)
{
    return step->record->side[1 - step->side].packets == 0 && step->digest->ack != 0 &&
           note_has(step, WEIR_NOTE_SEQ, step->side) && step->digest->seq == step->mine->next_seq;
}

static void handshake_end(const tcp_step_t *step)
{
    unsigned notes = step->record->notes;
    bool opener_sends = (notes & WEIR_NOTE_HIGH_OPENED) ? step->side == 1 : step->side == 0;
    bool answered = (notes & WEIR_NOTE_SYN_ACK) || answer_implied(step);
    if (!answered || !opener_sends || !step->tcp->handshake_ns)
        return;
    uint64_t now_ns = (uint64_t)step->digest->time_ns;
    step->tcp->handshake_ns =
        now_ns > step->tcp->handshake_ns ? now_ns - step->tcp->handshake_ns : 0;
    note_set(step, WEIR_NOTE_RTT);
}

static void handshake_follow(const tcp_step_t *step)
{
    if (step->digest->tcp_flags & WEIR_TCP_SYN)
        handshake_begin(step);
    else if ((step->digest->tcp_flags & (WEIR_TCP_ACK | WEIR_TCP_RST)) == WEIR_TCP_ACK)
        handshake_end(step);
}

static bool came_reordered(const tcp_step_t *step)
{
    const weir_digest_t *digest = step->digest;
    bool asked = step->theirs->last_ack == digest->seq && duplicates_get(step, 1 - step->side) >= 2;
    bool acknowledged = note_has(step, WEIR_NOTE_ACKED, 1 - step->side) &&
                        !sequence_before(step->theirs->last_ack, digest->seq + step->length);
    if (asked || acknowledged || digest->seq + step->length == step->mine->next_seq)
        return false;
    uint64_t limit_ns = REORDER_NS;
    if ((step->record->notes & WEIR_NOTE_RTT) && step->tcp->handshake_ns)
        limit_ns = step->tcp->handshake_ns;
    uint64_t gap = (uint32_t)((uint64_t)digest->time_ns >> 10) - step->mine->next_at;
    return (gap & UINT32_MAX) <= limit_ns >> 10;
}

/* A segment below the highest sequence that its side sent. */
static void old_segment_count(const tcp_step_t *step)
{
    const weir_digest_t *digest = step->digest;
    bool keep_alive = digest->payload <= 1 && digest->seq == step->mine->next_seq - 1 &&
                      !(digest->tcp_flags & CONTROL);
    if (keep_alive)
        step->record->keep_alive |= (uint8_t)(1u << step->side);
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
           step->theirs->window == 0 && note_has(step, WEIR_NOTE_ACKED, 1 - step->side);
}

static void sequence_follow(const tcp_step_t *step)
{
    const weir_digest_t *digest = step->digest;
    weir_tcp_side_t *mine = step->mine;
    bool known = note_has(step, WEIR_NOTE_SEQ, step->side);
    if (known && sequence_before(digest->seq, mine->next_seq))
        old_segment_count(step);
    uint32_t next = digest->seq + step->length;
    if (known && (!sequence_before(mine->next_seq, next) || window_is_probed(step)))
        return;
    mine->next_seq = next;
    mine->next_at = (uint32_t)((uint64_t)digest->time_ns >> 10);
    note_set(step, (unsigned)WEIR_NOTE_SEQ << step->side);
}

static void acknowledgement_follow(const tcp_step_t *step)
{
    const weir_digest_t *digest = step->digest;
    weir_tcp_side_t *mine = step->mine;
    bool asked = step->record->keep_alive & 1u << (1 - step->side); /* by a keep-alive */
    bool plain = step->length == 0 && !(digest->tcp_flags & CONTROL) && !asked;
    bool repeats =
        digest->ack == mine->last_ack && digest->window == mine->window && digest->window != 0;
    if (plain && repeats && note_has(step, WEIR_NOTE_ACKED, step->side) &&
        digest->seq == mine->next_seq) {
        mine->duplicate_acks++;
        duplicates_set(step, step->side, duplicates_get(step, step->side) + 1);
    } else if (digest->ack != mine->last_ack) {
        duplicates_set(step, step->side, 0);
    }
    mine->last_ack = digest->ack;
    note_set(step, (unsigned)WEIR_NOTE_ACKED << step->side);
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
    record->keep_alive &= (uint8_t) ~(1u << side);
    if (digest->window == 0 && !(flags & CONTROL))
        step.mine->zero_windows =
            (uint16_t)(step.mine->zero_windows + (step.mine->zero_windows < UINT16_MAX ? 1 : 0));
    step.mine->window = digest->window;
    if (!(flags & WEIR_TCP_RST))
        sequence_follow(&step);
}
