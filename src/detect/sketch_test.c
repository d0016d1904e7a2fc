#include "detect/sketch.h"

#include "base/index.h"
#include "base/testing.h"

static double counted(uint64_t n, uint64_t from)
{
    weir_sketch_t sketch = {{0}};
    for (int again = 0; again < 2; again++) /* the same again changes nothing */
        for (uint64_t i = 0; i < n; i++)
            (void)weir_sketch_add(&sketch, weir_hash_u64(from + i));
    return weir_sketch_count(&sketch);
}

static void counts_are_near_the_truth(void **state)
{
    (void)state;
    assert_true(counted(0, 0) < 0.5);
    for (uint64_t n = 1; n <= 1000000; n *= 10)
        for (uint64_t run = 0; run < 10; run++) {
            double found = counted(n, run << 32);
            assert_true(found > (double)n * 0.8 - 1 && found < (double)n * 1.2 + 1);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_are_near_the_truth)};
    return weir_test_run("detect/sketch", tests);
}
