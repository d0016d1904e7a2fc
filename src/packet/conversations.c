/*
 * Who talked with whom: flows summed up by their pair of addresses, at the end.
 */
#include "packet/capture_private.h"
#include "packet/sums.h"

#include "base/top.h"

#include <errno.h>

/* Whether the low end sent less than the high one. */
static bool sum_turned(const weir_sum_t *sum)
{
    return sum->there.bytes < sum->back.bytes;
}

static weir_conversation_t conversation_of(const weir_sum_t *sum)
{
    bool turned = sum_turned(sum);
    const weir_tally_t *a = turned ? &sum->back : &sum->there;
    const weir_tally_t *b = turned ? &sum->there : &sum->back;
    return (weir_conversation_t){
        .a = weir_address_from_words(turned ? sum->high : sum->low, sum->ipv6),
        .b = weir_address_from_words(turned ? sum->low : sum->high, sum->ipv6),
        .a_packets = a->packets,
        .a_bytes = a->bytes,
        .b_packets = b->packets,
        .b_bytes = b->bytes,
        .flows = sum->flows,
    };
}

static int sum_compare(const void *left, const void *right)
{
    const weir_sum_t *x = left, *y = right;
    uint64_t x_bytes = x->there.bytes + x->back.bytes, y_bytes = y->there.bytes + y->back.bytes;
    if (x_bytes != y_bytes)
        return x_bytes < y_bytes ? 1 : -1;
    weir_conversation_t p = conversation_of(x), q = conversation_of(y);
    int order = weir_address_compare(&p.a, &q.a);
    return order ? order : weir_address_compare(&p.b, &q.b);
}

static int pairs_make(weir_capture_t *capture, size_t most)
{
    weir_sums_t sums;
    int r = weir_sums_make(&capture->run, capture->seed, WEIR_SUMS_BY_PAIR, &sums);
    if (r < 0)
        return r;
    weir_top_sort(sums.sums, sums.count, sizeof(*sums.sums), most, sum_compare);
    size_t made = most && most < sums.count ? most : sums.count;
    weir_conversation_t *pairs = malloc((made + 1) * sizeof(*pairs));
    if (pairs) {
        for (size_t i = 0; i < made; i++)
            pairs[i] = conversation_of(&sums.sums[i]);
        capture->pairs = pairs;
        capture->pair_count = made;
        capture->pair_total = sums.count;
    }
    weir_sums_done(&sums);
    return pairs ? 0 : -ENOMEM;
}

int weir_capture_conversations(weir_capture_t *capture, size_t most,
                               const weir_conversation_t **ret_pairs, size_t *ret_count,
                               size_t *ret_total)
{
    int r = capture->pairs ? 0 : pairs_make(capture, most);
    if (r < 0)
        return r;
    *ret_pairs = capture->pairs;
    *ret_count = capture->pair_count;
    *ret_total = capture->pair_total;
    return 0;
}
