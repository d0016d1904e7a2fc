#include "base/testing.h"

#include "tui/layout.h"

#include <stdbool.h>

static void slots_make(weir_slot_t slots[4])
{
    slots[0] = (weir_slot_t){.least = 10, .want = 14, .most = 20};
    slots[1] = (weir_slot_t){.least = 8, .want = 8, .most = 8, .drop = 5};
    slots[2] = (weir_slot_t){.least = 6, .want = 6, .most = 6, .drop = 1};
    slots[3] = (weir_slot_t){.least = 5, .want = 7, .most = 9, .drop = 9};
}

static void test_everything_fits(void **state)
{
    (void)state;
    weir_slot_t slots[4];
    slots_make(slots);
    weir_layout(slots, 4, 3, 35);
    assert_int_equal(slots[0].width, 10);
    assert_int_equal(slots[0].x, 3);
    assert_int_equal(slots[1].x, 15);
    assert_int_equal(slots[3].x + slots[3].width, 38);
}

static void test_wishes_come_first(void **state)
{
    (void)state;
    weir_slot_t slots[4];
    slots_make(slots);
    weir_layout(slots, 4, 0, 40);
    assert_int_equal(slots[0].width, 14);
    assert_int_equal(slots[3].width, 6);
    slots_make(slots);
    weir_layout(slots, 4, 0, 200);
    assert_int_equal(slots[0].width, 20);
    assert_int_equal(slots[3].width, 9);
}

static void test_the_least_wanted_goes_first(void **state)
{
    (void)state;
    weir_slot_t slots[4];
    slots_make(slots);
    weir_layout(slots, 4, 0, 34);
    assert_int_equal(slots[3].width, 0);
    assert_int_equal(slots[1].width, 8);
    slots_make(slots);
    weir_layout(slots, 4, 0, 20);
    assert_int_equal(slots[1].width, 0);
    assert_int_equal(slots[2].width, 6);
}

static void test_numbers_are_dropped_whole(void **state)
{
    (void)state;
    for (int width = -3; width < 60; width++) {
        weir_slot_t slots[4];
        slots_make(slots);
        weir_layout(slots, 4, 0, width);
        assert_true(slots[2].width == 0 || slots[2].width == 6);
        bool fits = slots[0].x + slots[0].width <= width;
        assert_true(fits || width <= 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_fits),
        cmocka_unit_test(test_wishes_come_first),
        cmocka_unit_test(test_the_least_wanted_goes_first),
        cmocka_unit_test(test_numbers_are_dropped_whole),
    };
    return weir_test_run("tui/layout", tests);
}
