/*
 * Who talked with whom: flows summed up by their pair of addresses, at the end.
 */
#include "packet/capture_private.h"

#include "base/top.h"

#include <errno.h>

/* Whether the low end sent less than the high one. */
static bool sum_turned(const weir_sum_t *sum)
{
    return sum->bytes[0] < sum->bytes[1];
}

static weir_conversation_t conversation_of(const weir_sum_t *sum)
{
    unsigned a = sum_turned(sum), b = !a;
    return (weir_conversation_t){
        .a = weir_address_from_words(a ? sum->high : sum->low, sum->ipv6),
        .b = weir_address_from_words(a ? sum->low : sum->high, sum->ipv6),
        .a_packets = weir_sum_packets(sum, a),
        .a_bytes = sum->bytes[a],
        .b_packets = weir_sum_packets(sum, b),
        .b_bytes = sum->bytes[b],
        .flows = sum->flows,
    };
}

static void names_set(const weir_capture_t *capture, weir_conversation_t *pair)
{
    if (!capture->run.hostnames)
        return;
    pair->a_name = weir_hostnames_find(capture->run.hostnames, &pair->a);
    pair->b_name = weir_hostnames_find(capture->run.hostnames, &pair->b);
}

static int sum_compare(const void *left, const void *right)
{
    const weir_sum_t *x = left, *y = right;
    uint64_t x_bytes = weir_sum_bytes(x), y_bytes = weir_sum_bytes(y);
    if (x_bytes != y_bytes)
        return x_bytes < y_bytes ? 1 : -1;
    weir_conversation_t p = conversation_of(x), q = conversation_of(y);
    int order = weir_address_compare(&p.a, &q.a);
    return order ? order : weir_address_compare(&p.b, &q.b);
}

int weir_capture_pairs_make(weir_capture_t *capture, size_t most, const weir_sums_t *sums)
{
    weir_top_sort(sums->sums, sums->count, sizeof(*sums->sums), most, sum_compare);
    size_t made = most && most < sums->count ? most : sums->count;
    weir_conversation_t *pairs = malloc((made + 1) * sizeof(*pairs));
    if (!pairs)
        return -ENOMEM;
    for (size_t i = 0; i < made; i++) {
        pairs[i] = conversation_of(&sums->sums[i]);
        names_set(capture, &pairs[i]);
    }
    capture->pairs = pairs;
    capture->pair_count = made;
    capture->pair_total = sums->count;
    return 0;
}

int weir_capture_conversations(weir_capture_t *capture, size_t most,
                               const weir_conversation_t **ret_pairs, size_t *ret_count,
                               size_t *ret_total)
{
    int r = weir_capture_sum(capture, most, WEIR_CAPTURE_PAIRS);
    if (r < 0)
        return r;
    *ret_pairs = capture->pairs;
    *ret_count = capture->pair_count;
    *ret_total = capture->pair_total;
    return 0;
}
