#include "base/json.h"

#include "base/text.h"

#include <string.h>

/* Bytes that JSON wants escaped, or that might not be UTF-8 and so take the slow path. */
static bool byte_is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static size_t plain_length(const char *text)
{
    size_t n = 0;
    while (byte_is_plain((uint8_t)text[n]))
        n++;
    return n;
}

static void control_put(weir_buf_t *buf, uint8_t c)
{
    static const char letters[] = "btn?fr"; /* for 0x08 to 0x0d */
    weir_buf_putc(buf, '\\');
    if (c == '"' || c == '\\')
        weir_buf_putc(buf, (char)c);
    else if (c >= 0x08 && c <= 0x0d && c != 0x0b)
        weir_buf_putc(buf, letters[c - 0x08]);
    else
        weir_buf_printf(buf, "u%04x", (unsigned)c);
}

/* One character that is not plain; returns the bytes that it took. */
static size_t special_put(weir_buf_t *buf, const char *text)
{
    uint8_t c = (uint8_t)text[0];
    if (c < 0x80) {
        control_put(buf, c);
        return 1;
    }
    uint32_t point = 0;
    int length = weir_utf8_decode(text, strnlen(text, 4), &point);
    if (length < 0) {
        weir_buf_puts(buf, "\xef\xbf\xbd"); /* U+FFFD */
        return 1;
    }
    weir_buf_put(buf, text, (size_t)length);
    return (size_t)length;
}

void weir_json_put_string(weir_buf_t *buf, const char *text)
{
    weir_buf_putc(buf, '"');
    for (;;) {
        size_t plain = plain_length(text);
        weir_buf_put(buf, text, plain);
        text += plain;
        if (!*text)
            break;
        text += special_put(buf, text);
    }
    weir_buf_putc(buf, '"');
}

static void csv_char_put(weir_buf_t *buf, const char **text)
{
    uint32_t point = 0;
    int length = weir_utf8_decode(*text, strnlen(*text, 4), &point);
    if (length < 0) {
        weir_buf_puts(buf, "\xef\xbf\xbd");
        (*text)++;
        return;
    }
    if (point == '"')
        weir_buf_putc(buf, '"');
    if (point < 0x20 || point == 0x7f)
        weir_buf_printf(buf, "\\x%02x", (unsigned)point); /* one record stays one line */
    else
        weir_buf_put(buf, *text, (size_t)length);
    *text += length;
}

void weir_csv_put_text(weir_buf_t *buf, const char *text)
{
    bool formula = *text && strchr("=+-@\t\r", *text);
    bool quoted = formula || text[strcspn(text, "\",;\r\n\t")] != '\0';
    if (quoted)
        weir_buf_putc(buf, '"');
    if (formula)
        weir_buf_putc(buf, '\'');
    while (*text)
        csv_char_put(buf, &text);
    if (quoted)
        weir_buf_putc(buf, '"');
}
