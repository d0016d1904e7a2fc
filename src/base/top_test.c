#include "base/testing.h"
#include "base/top.h"

#include <stdint.h>

static int number_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void the_first_few_are_in_order(void **state)
{
    (void)state;
    uint32_t numbers[1000];
    for (size_t most = 0; most <= 1001; most += most < 20 ? 1 : 109) {
        for (uint32_t i = 0; i < 1000; i++)
            numbers[i] = i * 7919 % 1000; /* each of 0 .. 999 once */
        weir_top_sort(numbers, 1000, sizeof(numbers[0]), most, number_compare);
        for (uint32_t i = 0; i < (most && most < 1000 ? most : 1000); i++)
            assert_int_equal(numbers[i], i);
    }
    weir_top_sort(numbers, 0, sizeof(numbers[0]), 5, number_compare); /* nothing to do */
}

static void the_nth_is_found(void **state)
{
    (void)state;
    static const uint64_t steps[] = {1, 1000003, UINT64_C(1) << 40, UINT64_MAX / 499};
    for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
        uint64_t values[1000]; /* each of 0 .. 499 steps twice */
        for (uint64_t i = 0; i < 1000; i++)
            values[i] = i * 7919 % 1000 / 2 * steps[s];
        for (size_t nth = 0; nth < 1000; nth++)
            assert_int_equal(weir_top_nth(values, 1000, nth), nth / 2 * steps[s]);
    }
    assert_int_equal(weir_top_nth(&steps[3], 1, 0), steps[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_few_are_in_order),
                                       cmocka_unit_test(the_nth_is_found)};
    return weir_test_run("base/top", tests);
}
