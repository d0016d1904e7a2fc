#include "base/testing.h"
#include "base/text.h"

#include <locale.h>
#include <stdlib.h>
#include <time.h>

static void expect_safe(const char *text, bool utf8, const char *wanted, size_t columns)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    assert_int_equal(weir_text_put_safe(&buf, text, utf8), columns);
    assert_string_equal(weir_buf_text(&buf), wanted);
    assert_int_equal(weir_text_width(wanted), columns);
    weir_buf_done(&buf);
}

static void what_a_terminal_might_obey_is_escaped(void **state)
{
    (void)state;
    expect_safe("eth0", true, "eth0", 4);
    expect_safe("a b", true, "a b", 3);
    expect_safe("\x1b[2J", true, "\\x1b[2J", 7);
    expect_safe("gr\xc3\xbc\xc3\x9f", true, "gr\xc3\xbc\xc3\x9f", 4);
    expect_safe("gr\xc3\xbc", false, "gr\\u{fc}", 8);
    expect_safe("\xff\xfe", true, "\\xff\\xfe", 8);
    expect_safe("\xe2\x80\xae"
                "evil",
                true, "\\u{202e}evil", 12);               /* right-to-left override */
    expect_safe("\xc2\x9b", true, "\\u{9b}", 6);          /* 8-bit CSI */
    expect_safe("\xe7\xbd\x91", true, "\xe7\xbd\x91", 2); /* a wide character */
}

static void expect_column(const char *text, size_t columns, bool utf8, const char *wanted)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    weir_text_put_column(&buf, text, columns, utf8);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
}

static void columns_are_padded_and_cut_in_the_middle(void **state)
{
    (void)state;
    expect_column("lo", 5, true, "lo   ");
    expect_column("enp0s31f6", 7, true,
                  "enp\xe2\x80\xa6"
                  "1f6");
    expect_column("enp0s31f6", 7, false, "enp~1f6");
    expect_column("enp0s31f6", 1, true, "\xe2\x80\xa6");
    expect_column("enp0s31f6", 0, true, "");
    expect_column("\xe7\xbd\x91\xe7\xbd\x91\xe7\xbd\x91", 4, true, "\xe7\xbd\x91\xe2\x80\xa6 ");
}

static void decoding_refuses_what_rfc3629_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80",     "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "\xe2\x82", "\xf8"};
    uint32_t point = 0;
    for (size_t i = 0; i < WEIR_COUNT(bad); i++)
        assert_true(weir_utf8_decode(bad[i], strlen(bad[i]), &point) < 0);
    for (uint32_t p = 1; p < 0x110000; p += 97) {
        char text[4];
        if (p >= 0xd800 && p <= 0xdfff)
            continue;
        size_t n = weir_utf8_encode(p, text);
        assert_int_equal(weir_utf8_decode(text, n, &point), n);
        assert_int_equal(point, p);
    }
}

static void nearest_word(void **state)
{
    (void)state;
    static const char *const words[] = {"interfaces", "apps", "hosts", "flows"};
    assert_string_equal(weir_text_nearest("interfces", words, 4), "interfaces");
    assert_string_equal(weir_text_nearest("flow", words, 4), "flows");
    assert_string_equal(weir_text_nearest("APPS", words, 4), "apps");
    assert_string_equal(weir_text_nearest("apsp", words, 4), "apps");
    assert_string_equal(weir_text_nearest("ohsts", words, 4), "hosts");
    assert_null(weir_text_nearest("wolf", words, 4));
    assert_null(weir_text_nearest("zebra", words, 4));
    assert_null(weir_text_nearest("", words, 4));
}

static void clock_of_the_wall(void **state)
{
    (void)state;
    weir_buf_t buf;
    weir_buf_init(&buf, 64);
    (void)setenv("TZ", "UTC", 1);
    tzset();
    weir_text_put_clock(&buf, INT64_C(1767323105999999999));
    assert_string_equal(weir_buf_text(&buf), "03:05:05");
    weir_buf_done(&buf);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_terminal_might_obey_is_escaped),
        cmocka_unit_test(columns_are_padded_and_cut_in_the_middle),
        cmocka_unit_test(decoding_refuses_what_rfc3629_refuses),
        cmocka_unit_test(nearest_word),
        cmocka_unit_test(clock_of_the_wall),
    };
    return weir_test_run("base/text", tests);
}
