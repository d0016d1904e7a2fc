/*
 * The tables that are summed up from flows, made with two looks at all of them: the first counts,
 * the second is for what the first chose.
 */
#include "packet/capture_private.h"

#include <errno.h>

/** What is being made in the first look. */
typedef struct census {
    unsigned tables; /* WEIR_CAPTURE_* */
    weir_adder_t hosts, pairs;
    weir_leaders_t *leaders; /* in place of pairs where few of many are wanted, or NULL */
    weir_protocol_sums_t *protocols;
    weir_judge_t *judge;
} census_t;

/** What is being made in the second. */
typedef struct review {
    weir_host_judge_t *hosts;      /* of the rows that were made; NULL: not wanted */
    const weir_leaders_t *leaders; /* likewise */
    weir_adder_t pairs;            /* of leaders */
} review_t;

static int row_count(const weir_capture_t *capture, census_t *census, size_t row)
{
    const weir_flow_record_t *record = weir_capture_record(capture, row);
    weir_capture_expect(capture, row);
    if (weir_record_depth(record) > 0)
        return 0; /* its outside is there */
    int r = census->tables & WEIR_CAPTURE_HOSTS ? weir_adder_add(&census->hosts, record) : 0;
    if (census->leaders)
        weir_leaders_add(census->leaders, row);
    else if (r == 0 && census->tables & WEIR_CAPTURE_PAIRS)
        r = weir_adder_add(&census->pairs, record);
    if (census->protocols)
        weir_protocols_add(census->protocols, capture, row, record);
    if (census->judge)
        weir_judge_add(census->judge, weir_capture_table(capture, row), record);
    return r;
}

static int rows_count(const weir_capture_t *capture, census_t *census)
{
    int r = 0;
    for (size_t row = 0; r == 0 && row < capture->row_count; row++)
        r = row_count(capture, census, row);
    return r;
}

static int row_review(const weir_capture_t *capture, review_t *review, size_t row)
{
    const weir_flow_record_t *record = weir_capture_record(capture, row);
    weir_capture_expect(capture, row);
    if (weir_record_depth(record) > 0)
        return 0;
    if (review->hosts)
        weir_host_judge_add(review->hosts, weir_capture_table(capture, row), record);
    return review->leaders && weir_leaders_may_have(review->leaders, record)
               ? weir_adder_add(&review->pairs, record)
               : 0;
}

static int rows_review(const weir_capture_t *capture, review_t *review)
{
    int r = 0;
    for (size_t row = 0; r == 0 && row < capture->row_count; row++)
        r = row_review(capture, review, row);
    return r;
}

/* The rows of a table out of the sums that `adder` has. */
static int rows_end(weir_capture_t *capture, size_t most, weir_adder_t *adder,
                    int (*make)(weir_capture_t *capture, size_t most, const weir_sums_t *sums))
{
    weir_sums_t sums = {0};
    int r = weir_adder_end(adder, &sums);
    r = r == 0 ? make(capture, most, &sums) : r;
    weir_sums_done(&sums);
    return r;
}

static int review_make(weir_capture_t *capture, size_t most, const census_t *census,
                       review_t *review)
{
    int r = 0;
    if (census->tables & WEIR_CAPTURE_HOSTS) {
        review->hosts = weir_host_judge_new(capture->hosts, capture->host_count, capture->seed);
        r = review->hosts ? 0 : -ENOMEM;
    }
    if (r == 0 && census->leaders)
        r = weir_adder_init(&review->pairs, false, capture->row_count, most, capture->seed);
    r = r == 0 ? rows_review(capture, review) : r;
    if (r == 0 && review->hosts)
        weir_capture_hosts_judged(capture, review->hosts);
    return r == 0 && review->leaders
               ? rows_end(capture, most, &review->pairs, weir_capture_pairs_make)
               : r;
}

static int census_review(weir_capture_t *capture, size_t most, const census_t *census)
{
    review_t review = {.leaders = census->leaders};
    size_t pairs = census->leaders ? weir_leaders_choose(census->leaders, most) : 0;
    int r = review_make(capture, most, census, &review);
    capture->pair_total = census->leaders ? pairs : capture->pair_total;
    weir_host_judge_free(review.hosts);
    weir_adder_done(&review.pairs);
    return r;
}

static int census_end(weir_capture_t *capture, size_t most, census_t *census)
{
    int r = 0;
    if (census->tables & WEIR_CAPTURE_HOSTS)
        r = rows_end(capture, most, &census->hosts, weir_capture_hosts_make);
    if (r == 0 && census->tables & WEIR_CAPTURE_PAIRS && !census->leaders)
        r = rows_end(capture, most, &census->pairs, weir_capture_pairs_make);
    if (r == 0 && census->protocols)
        r = weir_protocols_end(capture, census->protocols);
    if (census->judge)
        weir_judge_end(census->judge, &capture->quality);
    capture->judged |= census->judge != NULL;
    return r == 0 && (census->tables & WEIR_CAPTURE_HOSTS || census->leaders)
               ? census_review(capture, most, census)
               : r;
}

static int census_adders(const weir_capture_t *capture, bool few, census_t *census)
{
    uint64_t flows = capture->row_count;
    int r = 0;
    if (census->tables & WEIR_CAPTURE_HOSTS)
        r = weir_adder_init(&census->hosts, true, flows, flows, capture->seed);
    if (r == 0 && census->tables & WEIR_CAPTURE_PAIRS && !few)
        r = weir_adder_init(&census->pairs, false, flows, flows, capture->seed);
    return r;
}

static int census_init(const weir_capture_t *capture, size_t most, unsigned tables,
                       census_t *census)
{
    uint64_t flows = capture->row_count;
    bool few = most && most <= WEIR_LEADERS_MOST && most <= flows / WEIR_LEADERS_SHARE;
    *census = (census_t){.tables = tables};
    int r = census_adders(capture, few, census);
    if (r == 0 && tables & WEIR_CAPTURE_PAIRS && few)
        r = (census->leaders = weir_leaders_new(capture, capture->seed)) ? 0 : -ENOMEM;
    if (r == 0 && tables & WEIR_CAPTURE_PROTOCOLS)
        r = (census->protocols = weir_protocols_new()) ? 0 : -ENOMEM;
    if (r == 0 && tables & WEIR_CAPTURE_QUALITY)
        r = (census->judge = weir_judge_new(flows)) ? 0 : -ENOMEM;
    return r;
}

static void census_done(census_t *census)
{
    weir_adder_done(&census->hosts);
    weir_adder_done(&census->pairs);
    weir_leaders_free(census->leaders);
    weir_protocols_free(census->protocols);
    weir_judge_free(census->judge);
}

static unsigned tables_made(const weir_capture_t *capture)
{
    return (capture->hosts ? WEIR_CAPTURE_HOSTS : 0u) | (capture->pairs ? WEIR_CAPTURE_PAIRS : 0u) |
           (capture->protocols ? WEIR_CAPTURE_PROTOCOLS : 0u) |
           (capture->judged ? WEIR_CAPTURE_QUALITY : 0u);
}

int weir_capture_sum(weir_capture_t *capture, size_t most, unsigned tables)
{
    tables &= ~tables_made(capture);
    if (!tables)
        return 0;
    census_t census;
    int r = census_init(capture, most, tables, &census);
    r = r == 0 ? rows_count(capture, &census) : r;
    r = r == 0 ? census_end(capture, most, &census) : r;
    census_done(&census);
    return r;
}
