#include "packet/decode_private.h"

static weir_skipped_t *skipped_find(weir_decode_counts_t *counts, weir_skip_t reason,
                                    uint32_t detail)
{
    for (size_t i = 0; i < counts->skipped_count; i++)
        if (counts->skipped[i].reason == reason && counts->skipped[i].detail == detail)
            return &counts->skipped[i];
    if (counts->skipped_count == WEIR_SKIPS_MOST)
        return &counts->skipped[WEIR_SKIPS_MOST - 1];
    weir_skipped_t *entry = &counts->skipped[counts->skipped_count++];
    bool last = counts->skipped_count == WEIR_SKIPS_MOST;
    *entry = (weir_skipped_t){.reason = last ? WEIR_SKIP_ETHERTYPE : reason,
                              .detail = last ? UINT32_MAX : detail};
    return entry;
}

void weir_decode_counts_skip(weir_decode_counts_t *counts, weir_skip_t reason, uint32_t detail,
                             weir_tally_t tally)
{
    weir_skipped_t *entry = skipped_find(counts, reason, detail);
    entry->tally.packets += tally.packets;
    entry->tally.bytes += tally.bytes;
}

void weir_decode_counts_add(weir_decode_counts_t *sum, const weir_decode_counts_t *part)
{
    for (size_t i = 0; i < WEIR_KIN_COUNT; i++) {
        sum->kin[i].packets += part->kin[i].packets;
        sum->kin[i].bytes += part->kin[i].bytes;
    }
    for (size_t i = 0; i < part->skipped_count; i++)
        weir_decode_counts_skip(sum, part->skipped[i].reason, part->skipped[i].detail,
                                part->skipped[i].tally);
}

/* A tunnel's inside; its digests stand behind the outermost. */
static void inner_decode(cursor_t *cursor, next_t next, uint16_t type)
{
    while (next != NEXT_NONE && cursor->digests < WEIR_DEPTH_MOST) {
        cursor->depth++;
        cursor->vlan = WEIR_VLAN_NONE;
        next = weir_decode_type(cursor, next, type);
        if (next != NEXT_NONE)
            next = weir_decode_ip(cursor, next, &type);
    }
}

static size_t frame_decode(weir_decoder_t *decoder, const weir_frame_t *frame,
                           weir_digest_t *digest)
{
    cursor_t cursor = {
        .decoder = decoder,
        .frame = frame,
        .vlan = WEIR_VLAN_NONE,
        .direction = frame->direction,
        .digest = digest,
    };
    next_t next = weir_decode_link(&cursor);
    uint16_t type = 0;
    if (next != NEXT_NONE)
        next = weir_decode_ip(&cursor, next, &type);
    if (__builtin_expect(next != NEXT_NONE, 0))
        inner_decode(&cursor, next, type);
    return cursor.digests;
}

size_t weir_decode(weir_decoder_t *decoder, const weir_frame_t *frames, size_t count,
                   weir_digest_t *digests)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += frame_decode(decoder, &frames[i], digests + n);
    return n;
}
