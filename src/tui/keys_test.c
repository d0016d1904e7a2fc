#include "base/testing.h"

#include "tui/keys.h"

#include <stdbool.h>

static void test_every_action_has_a_key(void **state)
{
    (void)state;
    bool found[WEIR_ACTION_COUNT] = {false};
    for (uint32_t key = 1; key < 128; key++)
        found[weir_action_of(key)] = true;
    for (uint32_t key = WEIR_KEY_SPECIAL; key < WEIR_KEY_SPECIAL + 32; key++)
        found[weir_action_of(key)] = true;
    for (int action = 0; action < WEIR_ACTION_COUNT; action++)
        assert_true(found[action]);
}

static void test_the_mouse_is_no_key(void **state)
{
    (void)state;
    assert_int_equal(weir_action_of(WEIR_KEY_CLICK), WEIR_ACTION_NONE);
    assert_int_equal(weir_action_of(WEIR_KEY_RESIZE), WEIR_ACTION_NONE);
}

static void test_digits_are_tabs(void **state)
{
    (void)state;
    assert_int_equal(weir_action_of('1'), WEIR_ACTION_TAB);
    assert_int_equal(weir_action_of('6'), WEIR_ACTION_TAB);
    assert_int_equal(weir_action_of('7'), WEIR_ACTION_NONE);
    assert_int_equal(weir_action_of('0'), WEIR_ACTION_NONE);
}

static void test_help_fits_a_small_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < WEIR_KEY_HELP_COUNT; i++) {
        assert_true(strlen(WEIR_KEY_HELP[i].keys) <= 13);
        assert_true(strlen(WEIR_KEY_HELP[i].text) <= 62);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_action_has_a_key),
        cmocka_unit_test(test_the_mouse_is_no_key),
        cmocka_unit_test(test_digits_are_tabs),
        cmocka_unit_test(test_help_fits_a_small_terminal),
    };
    return weir_test_run("tui/keys", tests);
}
