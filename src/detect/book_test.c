#include "detect/book.h"

#include "base/testing.h"

#include <stdio.h>

static weir_raise_t raise_of(const char *object, uint64_t detail, double observed)
{
    return (weir_raise_t){.rule = WEIR_RULE_PORT_SCAN,
                          .object = object,
                          .detail = detail,
                          .since = 100 - (int64_t)detail,
                          .last_seen = 200 + (int64_t)detail,
                          .count = 10,
                          .observed = observed,
                          .expected = 15,
                          .text = observed > 50 ? "many" : "few",
                          .evidence = "ports"};
}

static weir_snapshot_t *published(const weir_book_t *book)
{
    weir_pool_t *pool = weir_pool_new(4096);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_FILE, pool);
    weir_pool_unref(pool);
    assert_int_equal(weir_book_publish(book, snapshot), 0);
    return snapshot;
}

static const weir_finding_t *finding_at(const weir_snapshot_t *snapshot, size_t i)
{
    assert_true(i < snapshot->rows[WEIR_TABLE_FINDINGS].count);
    return weir_snapshot_record(snapshot, WEIR_TABLE_FINDINGS, i);
}

static void one_finding_for_each_rule_and_object(void **state)
{
    (void)state;
    weir_book_t *book = weir_book_new(NULL);
    const weir_raise_t raises[] = {raise_of("10.0.0.1", 1, 20), raise_of("10.0.0.1", 2, 100),
                                   raise_of("10.0.0.1", 1, 25), raise_of("10.0.0.2", 1, 40)};
    for (size_t i = 0; i < WEIR_COUNT(raises); i++)
        weir_book_raise(book, &raises[i]);
    weir_snapshot_t *snapshot = published(book);
    assert_int_equal(snapshot->rows[WEIR_TABLE_FINDINGS].count, 2);
    const weir_finding_t *worst = finding_at(snapshot, 0);
    assert_string_equal(worst->object, "10.0.0.1");
    assert_string_equal(worst->text, "many; and 1 more like it");
    assert_int_equal(worst->count, 20);
    assert_int_equal(worst->since, 98);
    assert_int_equal(worst->last_seen, 202);
    assert_true(worst->observed > 99 && worst->expected < 16);
    assert_string_equal(finding_at(snapshot, 1)->text, "few");
    weir_snapshot_unref(snapshot);
    weir_book_free(book);
}

static void what_is_muted_stays_muted(void **state)
{
    (void)state;
    const weir_finding_mute_t mutes[] = {{"port-scan", "10.0.0.0/24"}, {"*", "192.0.2.7"}};
    const weir_finding_options_t options = {.mutes = mutes, .mute_count = 2};
    weir_book_t *book = weir_book_new(&options);
    const char *const objects[] = {"10.0.0.9", "192.0.2.7", "10.0.1.9", "192.0.2.8"};
    for (size_t i = 0; i < WEIR_COUNT(objects); i++) {
        weir_raise_t raise = raise_of(objects[i], 1, 20);
        weir_book_raise(book, &raise);
    }
    assert_int_equal(weir_book_count(book), 2);
    weir_raise_t other = raise_of("10.0.0.9", 1, 20);
    other.rule = WEIR_RULE_HOST_SCAN;
    weir_book_raise(book, &other);
    assert_int_equal(weir_book_count(book), 3);
    weir_book_free(book);
}

static void a_rule_has_a_ceiling_which_is_told(void **state)
{
    (void)state;
    weir_book_t *book = weir_book_new(NULL);
    for (int i = 0; i < WEIR_FINDINGS_MOST + 5; i++) {
        char object[32];
        (void)snprintf(object, sizeof(object), "10.0.%d.%d", i / 250, i % 250);
        weir_raise_t raise = raise_of(object, 1, 20);
        weir_book_raise(book, &raise);
    }
    weir_snapshot_t *snapshot = published(book);
    assert_int_equal(snapshot->rows[WEIR_TABLE_FINDINGS].count, WEIR_FINDINGS_MOST);
    assert_string_equal(snapshot->rows[WEIR_TABLE_FINDINGS].note,
                        "port-scan: only the first 100 are listed");
    weir_snapshot_unref(snapshot);
    weir_book_free(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_finding_for_each_rule_and_object),
        cmocka_unit_test(what_is_muted_stays_muted),
        cmocka_unit_test(a_rule_has_a_ceiling_which_is_told),
    };
    return weir_test_run("detect/book", tests);
}
