#include "base/testing.h"

#include "engine/teller.h"

#define S WEIR_NS_PER_S

static weir_flow_brief_t brief(int64_t first_s, int64_t last_s, uint64_t packets, uint64_t back)
{
    return (weir_flow_brief_t){.first_ns = first_s * (int64_t)S,
                               .last_ns = last_s * (int64_t)S,
                               .src_packets = packets,
                               .src_ip_bytes = 100 * packets,
                               .dst_packets = back,
                               .dst_ip_bytes = 60 * back,
                               .protocol = 17};
}

static weir_snapshot_t *published(weir_teller_t *teller)
{
    weir_pool_t *pool = weir_pool_new(1024);
    assert_non_null(pool);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    assert_non_null(snapshot);
    weir_teller_publish(teller, snapshot);
    assert_true(snapshot->briefs.told);
    return snapshot;
}

/* What has failed is told at once, what may still be answered later, what goes well seldom. */
static void test_patience(void **state)
{
    (void)state;
    weir_told_t fresh = {.at_ns = 100 * S}, told = {.at_ns = 100 * S, .before = true};
    assert_true(weir_told_due(&fresh, WEIR_FLOW_REFUSED, 100 * S));
    assert_true(weir_told_due(&fresh, WEIR_FLOW_CLOSED, 100 * S));
    assert_false(weir_told_due(&fresh, WEIR_FLOW_UNANSWERED, 102 * S));
    assert_true(weir_told_due(&fresh, WEIR_FLOW_UNANSWERED, 103 * S));
    assert_true(weir_told_due(&told, WEIR_FLOW_ONE_WAY, 101 * S));
    assert_false(weir_told_due(&fresh, WEIR_FLOW_ESTABLISHED, 109 * S));
    assert_true(weir_told_due(&fresh, WEIR_FLOW_ESTABLISHED, 110 * S));
    assert_true(weir_told_has_news(&fresh, 100 * S));
    assert_false(weir_told_has_news(&told, 100 * S));
    assert_true(weir_told_has_news(&told, 101 * S));
}

/* Pieces sum up to the whole. */
static void test_pieces(void **state)
{
    (void)state;
    weir_teller_t teller = {0};
    weir_told_t told = {0};
    weir_flow_brief_t first = brief(5, 9, 3, 2), second = brief(5, 14, 10, 2);
    weir_teller_tell(&teller, &told, &first, 100 * S);
    weir_snapshot_t *s = published(&teller);
    assert_int_equal(s->briefs.count, 1);
    assert_int_equal(s->briefs.items[0].src_packets, 3);
    assert_false(s->briefs.items[0].traits & WEIR_BRIEF_CONTINUES);
    weir_snapshot_unref(s);
    weir_teller_clear(&teller);
    weir_teller_tell(&teller, &told, &second, 110 * S);
    s = published(&teller);
    assert_int_equal(s->briefs.count, 1);
    assert_int_equal(s->briefs.items[0].first_ns, 9 * (int64_t)S);
    assert_int_equal(s->briefs.items[0].src_packets, 7);
    assert_int_equal(s->briefs.items[0].src_ip_bytes, 700);
    assert_int_equal(s->briefs.items[0].dst_packets, 0);
    assert_true(s->briefs.items[0].traits & WEIR_BRIEF_CONTINUES);
    weir_snapshot_unref(s);
    weir_teller_done(&teller);
}

/* Counters that fell tell nothing, and what comes after that is told. */
static void test_fallen_counters(void **state)
{
    (void)state;
    weir_teller_t teller = {0};
    weir_told_t told = {0};
    weir_flow_brief_t first = brief(5, 9, 30, 2), fallen = brief(5, 10, 20, 2),
                      after = brief(5, 11, 24, 2);
    weir_teller_tell(&teller, &told, &first, 100 * S);
    weir_teller_clear(&teller);
    weir_teller_tell(&teller, &told, &fallen, 101 * S);
    assert_int_equal(teller.count, 0);
    weir_teller_tell(&teller, &told, &after, 102 * S);
    assert_int_equal(teller.count, 1);
    assert_int_equal(teller.briefs[0].src_packets, 4);
    weir_teller_done(&teller);
}

/* By their begins, with a ceiling; who told first stays. */
static void test_order_and_ceiling(void **state)
{
    (void)state;
    weir_teller_t teller = {0}, other = {0};
    const uint32_t count = 200000;
    for (uint32_t i = 0; i < count; i++) {
        weir_told_t told = {0};
        weir_flow_brief_t one = brief(1000000 - (int64_t)i, 1000000, 1, 0);
        weir_teller_tell(&teller, &told, &one, 100 * S);
    }
    weir_snapshot_t *s = published(&teller);
    assert_true(s->briefs.count >= 100000 && s->briefs.count < count);
    assert_int_equal(s->briefs.lost, count - s->briefs.count);
    for (size_t i = 1; i < s->briefs.count; i++)
        assert_true(s->briefs.items[i - 1].first_ns < s->briefs.items[i].first_ns);
    size_t before = s->briefs.count;
    weir_teller_publish(&other, s);
    assert_int_equal(s->briefs.count, before);
    weir_snapshot_unref(s);
    weir_teller_done(&teller);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patience),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_fallen_counters),
        cmocka_unit_test(test_order_and_ceiling),
    };
    return weir_test_run("engine/teller", tests);
}
