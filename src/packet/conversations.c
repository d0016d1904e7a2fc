/*
 * Who talked with whom: flows summed up by their pair of addresses, at the end.
 */
#include "packet/capture_private.h"

#include "base/index.h"
#include "base/top.h"

#include <errno.h>

typedef struct pair_list {
    weir_index_t index; /* pair -> position */
    weir_conversation_t *pairs;
    size_t count, room;
} pair_list_t;

static uint64_t pair_hash(const weir_flow_key_t *key)
{
    uint64_t low = weir_hash_u64(key->low[0]) ^ key->low[1];
    return weir_hash_u64(low) ^ key->high[0] ^ weir_hash_u64(key->high[1]);
}

static int pairs_grow(pair_list_t *list)
{
    if (list->count < list->room)
        return 0;
    size_t room = list->room ? list->room * 2 : 256;
    weir_conversation_t *pairs = realloc(list->pairs, room * sizeof(*pairs));
    if (!pairs)
        return -ENOMEM;
    list->pairs = pairs;
    list->room = room;
    return 0;
}

/* Two pairs with one hash take neighbouring keys. `a` is the record's low end until the sort. */
static weir_conversation_t *pair_obtain(pair_list_t *list, const weir_flow_record_t *record)
{
    weir_address_t a = weir_record_address(record, false), b = weir_record_address(record, true);
    uint64_t key = pair_hash(&record->key);
    for (;; key++) {
        uint32_t at = weir_index_get(&list->index, key);
        if (at == WEIR_INDEX_NONE)
            break;
        if (weir_address_compare(&list->pairs[at].a, &a) == 0 &&
            weir_address_compare(&list->pairs[at].b, &b) == 0)
            return &list->pairs[at];
    }
    if (pairs_grow(list) < 0 || weir_index_set(&list->index, key, (uint32_t)list->count) < 0)
        return NULL;
    weir_conversation_t *pair = &list->pairs[list->count++];
    *pair = (weir_conversation_t){.a = a, .b = b};
    return pair;
}

static int pairs_collect(const weir_capture_t *capture, pair_list_t *list)
{
    for (size_t i = 0; i < capture->row_count; i++) {
        const weir_flow_record_t *record = weir_capture_record(capture, i);
        if (weir_record_depth(record) > 0)
            continue;
        weir_conversation_t *pair = pair_obtain(list, record);
        if (!pair)
            return -ENOMEM;
        pair->a_packets += record->side[0].packets;
        pair->a_bytes += record->side[0].bytes;
        pair->b_packets += record->side[1].packets;
        pair->b_bytes += record->side[1].bytes;
        pair->flows++;
    }
    return 0;
}

static void pair_turn(weir_conversation_t *pair)
{
    if (pair->a_bytes >= pair->b_bytes)
        return;
    *pair = (weir_conversation_t){.a = pair->b,
                                  .b = pair->a,
                                  .a_packets = pair->b_packets,
                                  .a_bytes = pair->b_bytes,
                                  .b_packets = pair->a_packets,
                                  .b_bytes = pair->a_bytes,
                                  .flows = pair->flows};
}

static int pair_compare(const void *left, const void *right)
{
    const weir_conversation_t *x = left, *y = right;
    uint64_t x_bytes = x->a_bytes + x->b_bytes, y_bytes = y->a_bytes + y->b_bytes;
    if (x_bytes != y_bytes)
        return x_bytes < y_bytes ? 1 : -1;
    int order = weir_address_compare(&x->a, &y->a);
    return order ? order : weir_address_compare(&x->b, &y->b);
}

int weir_capture_conversations(weir_capture_t *capture, size_t most,
                               const weir_conversation_t **ret_pairs, size_t *ret_count)
{
    if (!capture->pairs) {
        pair_list_t list = {0};
        int r = pairs_grow(&list);
        r = r < 0 ? r : pairs_collect(capture, &list);
        weir_index_done(&list.index);
        if (r < 0) {
            free(list.pairs);
            return r;
        }
        for (size_t i = 0; i < list.count; i++)
            pair_turn(&list.pairs[i]);
        weir_top_sort(list.pairs, list.count, sizeof(*list.pairs), most, pair_compare);
        capture->pairs = list.pairs;
        capture->pair_count = list.count;
    }
    *ret_pairs = capture->pairs;
    *ret_count = capture->pair_count;
    return 0;
}
