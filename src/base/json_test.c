#include "base/json.h"
#include "base/testing.h"

static void expect(void (*put)(weir_buf_t *, const char *), const char *text, const char *wanted)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    put(&buf, text);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
}

static void json_escapes(void **state)
{
    (void)state;
    expect(weir_json_put_string, "eth0", "\"eth0\"");
    expect(weir_json_put_string, "a\"b\\c", "\"a\\\"b\\\\c\"");
    expect(weir_json_put_string, "\x1b[31m\n\x7f\v", "\"\\u001b[31m\\n\\u007f\\u000b\"");
    expect(weir_json_put_string, "gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"");
    expect(weir_json_put_string, "bad\xff\xc0\x80", "\"bad\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void csv_quotes_and_disarms(void **state)
{
    (void)state;
    expect(weir_csv_put_text, "eth0", "eth0");
    expect(weir_csv_put_text, "a,b", "\"a,b\"");
    expect(weir_csv_put_text, "say \"hi\"", "\"say \"\"hi\"\"\"");
    expect(weir_csv_put_text, "=1+1", "\"'=1+1\"");
    expect(weir_csv_put_text, "@x", "\"'@x\"");
    expect(weir_csv_put_text, "-1", "\"'-1\"");
    expect(weir_csv_put_text, "a\nb", "\"a\\x0ab\"");
    expect(weir_csv_put_text, "\x1b]0;x", "\"\\x1b]0;x\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_escapes),
        cmocka_unit_test(csv_quotes_and_disarms),
    };
    return weir_test_run("base/json", tests);
}
