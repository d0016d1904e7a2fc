#include "base/buf.h"
#include "base/testing.h"

#include <errno.h>

static void grows_and_terminates(void **state)
{
    (void)state;
    weir_buf_t buf;
    weir_buf_init(&buf, 10000);
    for (int i = 0; i < 1000; i++)
        weir_buf_puts(&buf, "weir");
    assert_int_equal(weir_buf_error(&buf), 0);
    assert_int_equal(buf.len, 4000);
    assert_int_equal(strlen(weir_buf_text(&buf)), 4000);
    weir_buf_done(&buf);
}

static void ceiling_is_kept_and_sticks(void **state)
{
    (void)state;
    weir_buf_t buf;
    weir_buf_init(&buf, 8);
    weir_buf_puts(&buf, "12345678");
    assert_int_equal(weir_buf_error(&buf), 0);
    weir_buf_putc(&buf, '9');
    assert_int_equal(weir_buf_error(&buf), -EFBIG);
    weir_buf_puts(&buf, "");
    assert_int_equal(weir_buf_error(&buf), -EFBIG);
    assert_string_equal(weir_buf_text(&buf), "");
    weir_buf_clear(&buf);
    weir_buf_printf(&buf, "%s-%d", "ab", 7);
    assert_string_equal(weir_buf_text(&buf), "ab-7");
    weir_buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_terminates),
        cmocka_unit_test(ceiling_is_kept_and_sticks),
    };
    return weir_test_run("base/buf", tests);
}
