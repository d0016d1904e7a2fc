#include "gui/order.h"

#include "base/testing.h"

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
        cmocka_unit_test(test_held_order_stays),
    };
    return weir_test_run("gui/order", tests);
}
