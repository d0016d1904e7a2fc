#include "base/index.h"
#include "base/testing.h"

static void holds_what_was_set(void **state)
{
    (void)state;
    weir_index_t index = {0};
    assert_int_equal(weir_index_get(&index, 7), WEIR_INDEX_NONE);
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(weir_index_set(&index, (uint64_t)i * 4096, i), 0);
    assert_int_equal(index.count, 5000);
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(weir_index_get(&index, (uint64_t)i * 4096), i);
    assert_int_equal(weir_index_get(&index, 1), WEIR_INDEX_NONE);
    weir_index_done(&index);
}

/* Against a plain array as the truth, with keys that collide often. */
static void survives_random_removal(void **state)
{
    (void)state;
    enum { KEYS = 97 };
    uint32_t truth[KEYS];
    memset(truth, 0xff, sizeof(truth));
    weir_index_t index = {0};
    uint64_t random = 1;
    for (uint32_t step = 0; step < 20000; step++) {
        random = weir_hash_u64(random);
        uint64_t key = random % KEYS;
        if (random >> 63) {
            weir_index_remove(&index, key);
            truth[key] = WEIR_INDEX_NONE;
        } else {
            assert_int_equal(weir_index_set(&index, key, step), 0);
            truth[key] = step;
        }
        for (uint64_t k = 0; k < KEYS && step % 100 == 0; k++)
            assert_int_equal(weir_index_get(&index, k), truth[k]);
    }
    weir_index_done(&index);
}

static void room_made_beforehand_is_enough(void **state)
{
    (void)state;
    weir_index_t index = {0};
    assert_int_equal(weir_index_set(&index, 1, 1), 0);
    weir_index_reserve(&index, 100000); /* of several huge pages */
    size_t size = index.size;
    assert_true(size >= 200000);
    assert_int_equal(weir_index_get(&index, 1), 1);
    for (uint32_t i = 0; i < 99999; i++)
        assert_int_equal(weir_index_set(&index, i, i), 0);
    assert_int_equal(index.size, size);
    assert_int_equal(weir_index_get(&index, 99998), 99998);
    weir_index_reserve(&index, 10); /* never less */
    assert_int_equal(index.size, size);
    weir_index_done(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_was_set),
        cmocka_unit_test(survives_random_removal),
        cmocka_unit_test(room_made_beforehand_is_enough),
    };
    return weir_test_run("base/index", tests);
}
