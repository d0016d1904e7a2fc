#include "base/testing.h"

#include "tui/edit.h"
#include "tui/keys.h"

#include <locale.h>

static void keys_type(weir_edit_t *edit, const char *text)
{
    for (; *text; text++)
        assert_true(weir_edit_key(edit, (uint8_t)*text));
}

static void test_typing_and_moving(void **state)
{
    (void)state;
    weir_edit_t edit;
    weir_edit_set(&edit, "name");
    keys_type(&edit, "=x");
    assert_string_equal(edit.text, "name=x");
    (void)weir_edit_key(&edit, WEIR_KEY_HOME);
    keys_type(&edit, "a");
    assert_string_equal(edit.text, "aname=x");
    (void)weir_edit_key(&edit, WEIR_KEY_DELETE);
    assert_string_equal(edit.text, "aame=x");
    (void)weir_edit_key(&edit, WEIR_KEY_END);
    (void)weir_edit_key(&edit, WEIR_KEY_BACKSPACE);
    assert_string_equal(edit.text, "aame=");
    (void)weir_edit_key(&edit, WEIR_KEY_CONTROL('u'));
    assert_string_equal(edit.text, "");
    (void)weir_edit_key(&edit, WEIR_KEY_BACKSPACE);
    (void)weir_edit_key(&edit, WEIR_KEY_DELETE);
    (void)weir_edit_key(&edit, WEIR_KEY_LEFT);
    (void)weir_edit_key(&edit, WEIR_KEY_RIGHT);
    assert_int_equal(edit.len, 0);
}

static void test_characters_are_whole(void **state)
{
    (void)state;
    weir_edit_t edit;
    weir_edit_set(&edit, "a");
    assert_true(weir_edit_key(&edit, 0xe4)); /* a umlaut: two bytes */
    assert_int_equal(edit.len, 3);
    (void)weir_edit_key(&edit, WEIR_KEY_LEFT);
    assert_int_equal(edit.at, 1);
    (void)weir_edit_key(&edit, WEIR_KEY_DELETE);
    assert_string_equal(edit.text, "a");
    assert_false(weir_edit_key(&edit, 0x1b));
    assert_false(weir_edit_key(&edit, WEIR_KEY_UP));
}

static void test_words_go(void **state)
{
    (void)state;
    weir_edit_t edit;
    weir_edit_set(&edit, "state=up and kind=veth ");
    (void)weir_edit_key(&edit, WEIR_KEY_CONTROL('w'));
    assert_string_equal(edit.text, "state=up and ");
    (void)weir_edit_key(&edit, WEIR_KEY_HOME);
    (void)weir_edit_key(&edit, WEIR_KEY_CONTROL('k'));
    assert_string_equal(edit.text, "");
}

static void test_the_line_has_an_end(void **state)
{
    (void)state;
    weir_edit_t edit;
    weir_edit_set(&edit, "");
    for (int i = 0; i < 1000; i++)
        (void)weir_edit_key(&edit, 'x');
    assert_int_equal(edit.len, WEIR_EDIT_SIZE - 1);
    assert_int_equal(strlen(edit.text), WEIR_EDIT_SIZE - 1);
}

static void test_completion_cycles(void **state)
{
    (void)state;
    static const char *const words[] = {"name", "rx_bytes", "rx_bytes_per_s", "tx_bytes"};
    weir_edit_t edit;
    weir_edit_set(&edit, "state=up and rx");
    assert_int_equal(weir_edit_complete(&edit, words, 4), 2);
    assert_string_equal(edit.text, "state=up and rx_bytes");
    assert_int_equal(weir_edit_complete(&edit, words, 4), 2);
    assert_string_equal(edit.text, "state=up and rx_bytes_per_s");
    assert_int_equal(weir_edit_complete(&edit, words, 4), 2);
    assert_string_equal(edit.text, "state=up and rx_bytes");
    keys_type(&edit, ">1");
    assert_int_equal(weir_edit_complete(&edit, words, 4), 0);
    assert_string_equal(edit.text, "state=up and rx_bytes>1");
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typing_and_moving), cmocka_unit_test(test_characters_are_whole),
        cmocka_unit_test(test_words_go),          cmocka_unit_test(test_the_line_has_an_end),
        cmocka_unit_test(test_completion_cycles),
    };
    return weir_test_run("tui/edit", tests);
}
