#include "base/pool.h"
#include "base/testing.h"

static void texts_stay_where_they_are(void **state)
{
    (void)state;
    weir_pool_t *pool = weir_pool_new(1 << 20);
    const char *first = weir_pool_text(pool, "first");
    for (int i = 0; i < 2000; i++)
        assert_non_null(weir_pool_text(pool, "another text"));
    assert_string_equal(first, "first");
    assert_string_equal(weir_pool_text(pool, ""), "");
    weir_pool_t *second = weir_pool_ref(pool);
    weir_pool_unref(pool);
    assert_string_equal(first, "first");
    weir_pool_unref(second);
    weir_pool_unref(NULL);
}

static void ceiling_is_kept(void **state)
{
    (void)state;
    weir_pool_t *pool = weir_pool_new(64);
    assert_non_null(weir_pool_alloc(pool, 48));
    assert_null(weir_pool_alloc(pool, 48));
    assert_null(weir_pool_alloc(pool, SIZE_MAX));
    assert_non_null(weir_pool_alloc(pool, 16));
    weir_pool_unref(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_stay_where_they_are),
        cmocka_unit_test(ceiling_is_kept),
    };
    return weir_test_run("base/pool", tests);
}
