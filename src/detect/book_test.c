#include "detect/book.h"

#include "base/testing.h"

#include <stdio.h>

#define SECOND INT64_C(1000000000)

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

static weir_raise_t raise_at(const char *object, int64_t last_seen_s)
{
    weir_raise_t raise = raise_of(object, 1, 20);
    raise.last_seen = last_seen_s * SECOND;
    return raise;
}

/* The words of the column "state", NULL: it is not known. */
static const char *state_at(const weir_snapshot_t *snapshot, size_t i)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_FINDINGS);
    weir_value_t value =
        weir_column_read(table, (size_t)weir_column_find(table, "state"), finding_at(snapshot, i));
    return value.type == WEIR_VALUE_TEXT ? value.text : NULL;
}

/* A detector goes on to raise what it knows of. */
static weir_snapshot_t *live_at(weir_book_t *book, int64_t now_s, const weir_raise_t *raises,
                                size_t count)
{
    weir_book_advance(book, now_s * SECOND);
    for (size_t i = 0; i < count; i++)
        weir_book_raise(book, &raises[i]);
    return published(book);
}

static void what_is_over_is_last_and_leaves(void **state)
{
    (void)state;
    weir_book_t *book = weir_book_new(NULL);
    weir_raise_t raises[] = {raise_at("10.0.0.1", 1000), raise_at("10.0.0.2", 1000)};
    weir_snapshot_t *found = live_at(book, 1300, raises, 2);
    assert_string_equal(state_at(found, 0), "active");
    assert_string_equal(state_at(found, 1), "active");
    weir_snapshot_unref(found);
    raises[1] = raise_at("10.0.0.2", 1290);
    found = live_at(book, 1301, raises, 2);
    assert_string_equal(finding_at(found, 0)->object, "10.0.0.2");
    assert_string_equal(state_at(found, 1), "over");
    weir_snapshot_unref(found);
    found = live_at(book, 1000 + 300 + 86400, raises, 2);
    assert_int_equal(found->rows[WEIR_TABLE_FINDINGS].count, 2);
    weir_snapshot_unref(found);
    for (int i = 1; i < 3; i++) { /* the detector's word does not bring it back */
        found = live_at(book, 1000 + 300 + 86400 + i, raises, 2);
        assert_int_equal(found->rows[WEIR_TABLE_FINDINGS].count, 1);
        assert_string_equal(finding_at(found, 0)->object, "10.0.0.2");
        weir_snapshot_unref(found);
    }
    raises[0] = raise_at("10.0.0.1", 90000); /* something new does */
    found = live_at(book, 90010, raises, 2);
    assert_string_equal(finding_at(found, 0)->object, "10.0.0.1");
    assert_string_equal(state_at(found, 0), "active");
    weir_snapshot_unref(found);
    weir_book_free(book);
}

/* Those of a capture do not end. */
static void a_capture_has_no_state(void **state)
{
    (void)state;
    weir_book_t *book = weir_book_new(NULL);
    const weir_raise_t raise = raise_at("10.0.0.1", 1000);
    weir_book_raise(book, &raise);
    weir_snapshot_t *found = published(book);
    assert_null(state_at(found, 0));
    weir_snapshot_unref(found);
    weir_book_free(book);
}

/* Who has left makes room for others of the rule. */
static void room_is_given_back(void **state)
{
    (void)state;
    weir_book_t *book = weir_book_new(NULL);
    for (int64_t day = 1; day <= 3; day++) {
        weir_book_advance(book, day * 200000 * SECOND);
        for (int i = 0; i < WEIR_FINDINGS_MOST; i++) {
            char object[32];
            (void)snprintf(object, sizeof(object), "10.0.%d.%d", (int)day, i);
            const weir_raise_t raise = raise_at(object, day * 200000);
            weir_book_raise(book, &raise);
        }
        weir_snapshot_t *found = published(book);
        assert_int_equal(found->rows[WEIR_TABLE_FINDINGS].count, WEIR_FINDINGS_MOST);
        assert_null(found->rows[WEIR_TABLE_FINDINGS].note);
        weir_snapshot_unref(found);
    }
    weir_book_free(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_finding_for_each_rule_and_object),
        cmocka_unit_test(what_is_muted_stays_muted),
        cmocka_unit_test(a_rule_has_a_ceiling_which_is_told),
        cmocka_unit_test(what_is_over_is_last_and_leaves),
        cmocka_unit_test(a_capture_has_no_state),
        cmocka_unit_test(room_is_given_back),
    };
    return weir_test_run("detect/book", tests);
}
