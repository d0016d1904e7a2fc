#include "gui/order.h"

#include "base/testing.h"

static void check_change(const uint64_t *before, uint32_t n, const uint64_t *after, uint32_t m,
                         weir_change_t expected)
{
    weir_change_t change = weir_order_change(before, n, after, m);
    assert_int_equal(change.first, expected.first);
    assert_int_equal(change.removed, expected.removed);
    assert_int_equal(change.added, expected.added);
}

static void test_nothing_changes(void **state)
{
    (void)state;
    const uint64_t a[] = {1, 2, 3};
    check_change(a, 3, a, 3, (weir_change_t){3, 0, 0});
    check_change(a, 0, a, 0, (weir_change_t){0, 0, 0});
}

static void test_swap_is_a_window_of_two(void **state)
{
    (void)state;
    const uint64_t a[] = {1, 2, 3, 4, 5};
    const uint64_t b[] = {1, 3, 2, 4, 5};
    check_change(a, 5, b, 5, (weir_change_t){1, 2, 2});
}

static void test_rows_come_and_go(void **state)
{
    (void)state;
    const uint64_t a[] = {1, 2, 3};
    const uint64_t b[] = {1, 9, 2, 3};
    check_change(a, 3, b, 4, (weir_change_t){1, 0, 1});
    check_change(b, 4, a, 3, (weir_change_t){1, 1, 0});
    check_change(a, 3, a, 0, (weir_change_t){0, 3, 0});
    check_change(a, 0, a, 3, (weir_change_t){0, 0, 3});
    const uint64_t twice[] = {7, 7};
    const uint64_t thrice[] = {7, 7, 7};
    check_change(twice, 2, thrice, 3, (weir_change_t){2, 0, 1});
}

static void test_held_order_stays(void **state)
{
    (void)state;
    const uint64_t before[] = {5, 3, 1};
    uint64_t after[] = {1, 8, 3, 9};
    const uint64_t expected[] = {3, 1, 8, 9};
    assert_int_equal(weir_order_hold(before, 3, after, 4), 0);
    assert_memory_equal(after, expected, sizeof(expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_changes),
        cmocka_unit_test(test_swap_is_a_window_of_two),
        cmocka_unit_test(test_rows_come_and_go),
        cmocka_unit_test(test_held_order_stays),
    };
    return weir_test_run("gui/order", tests);
}
