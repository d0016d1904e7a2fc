#include "base/text.h"

#include "base/clock.h"
#include <string.h>
#include <time.h>
#include <wchar.h>

static int utf8_length(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if ((first & 0xf0) == 0xe0)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : -1;
}

/* Overlong forms, surrogates and what lies above U+10FFFF (RFC 3629, section 3). */
static bool utf8_is_valid(uint32_t point, int length)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    return point >= least[length] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

int weir_utf8_decode(const char *text, size_t n, uint32_t *ret_point)
{
    uint8_t first = (uint8_t)text[0];
    int length = utf8_length(first);
    if (length < 0 || (size_t)length > n)
        return -1;
    uint32_t point = length == 1 ? first : first & (0xffu >> (length + 1));
    for (int i = 1; i < length; i++) {
        uint8_t byte = (uint8_t)text[i];
        if ((byte & 0xc0) != 0x80)
            return -1;
        point = point << 6 | (byte & 0x3fu);
    }
    if (!utf8_is_valid(point, length))
        return -1;
    *ret_point = point;
    return length;
}

size_t weir_utf8_encode(uint32_t point, char ret_text[static 4])
{
    if (point < 0x80) {
        ret_text[0] = (char)point;
        return 1;
    }
    size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, point >>= 6)
        ret_text[i] = (char)(0x80u | (point & 0x3fu));
    ret_text[0] = (char)((0xf00u >> length & 0xf0u) | point);
    return length;
}

/* Characters that show nothing or change the direction of others (Unicode 15, category Cf and
 * private use); a name must not hide behind them. */
static bool point_is_deceptive(uint32_t point)
{
    return point == 0xad || point == 0x61c || point == 0x180e ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x206f) || point == 0xfeff ||
           (point >= 0xfff9 && point <= 0xfffb) || (point >= 0xe000 && point <= 0xf8ff) ||
           point >= 0xe0000;
}

int weir_text_columns(uint32_t point)
{
    if (point < 0x20 || (point >= 0x7f && point < 0xa0) || point_is_deceptive(point))
        return -1;
    return point < 0x7f ? 1 : wcwidth((wchar_t)point);
}

size_t weir_text_put_safe(weir_buf_t *buf, const char *text, bool utf8)
{
    size_t columns = 0;
    size_t n = strlen(text);
    while (n > 0) {
        uint32_t point = 0;
        int length = weir_utf8_decode(text, n, &point);
        int width = length > 0 && (utf8 || point < 0x80) ? weir_text_columns(point) : -1;
        size_t before = buf->len;
        if (width >= 0)
            weir_buf_put(buf, text, (size_t)length);
        else if (length > 1)
            weir_buf_printf(buf, "\\u{%x}", point);
        else
            weir_buf_printf(buf, "\\x%02x", (unsigned)(uint8_t)text[0]);
        columns += width >= 0 ? (size_t)width : buf->len - before;
        size_t step = length > 0 ? (size_t)length : 1;
        text += step;
        n -= step;
    }
    return columns;
}

static int char_columns(const char *text, size_t n, int *ret_length)
{
    uint32_t point = 0;
    *ret_length = weir_utf8_decode(text, n, &point);
    int width = *ret_length > 0 ? weir_text_columns(point) : -1;
    if (width >= 0)
        return width;
    *ret_length = 1;
    return 1;
}

size_t weir_text_width(const char *text)
{
    size_t columns = 0;
    for (size_t n = strlen(text); n > 0;) {
        int length = 0;
        columns += (size_t)char_columns(text, n, &length);
        text += length;
        n -= (size_t)length;
    }
    return columns;
}

static size_t word_width(const char *word, size_t len)
{
    size_t columns = 0;
    for (size_t at = 0; at < len;) {
        uint32_t point = 0;
        int n = weir_utf8_decode(word + at, len - at, &point);
        int wide = n > 0 ? weir_text_columns(point) : 1;
        columns += wide > 0 ? (size_t)wide : 0;
        at += n > 0 ? (size_t)n : 1;
    }
    return columns;
}

void weir_text_wrap(weir_buf_t *buf, const char *text, size_t indent, size_t width)
{
    size_t column = indent;
    for (const char *at = text + strspn(text, " "); *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " "), columns = word_width(at, len);
        if (column > indent && column + 1 + columns > width) {
            weir_buf_putc(buf, '\n');
            weir_buf_fill(buf, ' ', indent);
            column = indent;
        } else if (column > indent) {
            weir_buf_putc(buf, ' ');
            column++;
        }
        weir_buf_put(buf, at, len);
        column += columns;
        at += len;
    }
    weir_buf_putc(buf, '\n');
}

/* Bytes at the start of `text` that fit in `columns`; adds what they take to *used. */
static size_t head_bytes(const char *text, size_t columns, size_t *used)
{
    size_t n = strlen(text);
    size_t at = 0;
    while (at < n) {
        int length = 0;
        size_t width = (size_t)char_columns(text + at, n - at, &length);
        if (*used + width > columns)
            break;
        *used += width;
        at += (size_t)length;
    }
    return at;
}

/* Where the longest end of `text` begins that fits in `columns`. */
static size_t tail_start(const char *text, size_t total, size_t columns, size_t *used)
{
    size_t n = strlen(text);
    size_t at = 0;
    size_t left = total;
    while (at < n && left > columns) {
        int length = 0;
        left -= (size_t)char_columns(text + at, n - at, &length);
        at += (size_t)length;
    }
    *used += left;
    return at;
}

void weir_text_put_clock(weir_buf_t *buf, int64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / (int64_t)WEIR_NS_PER_S);
    struct tm local;
    if (localtime_r(&seconds, &local))
        weir_buf_printf(buf, "%02d:%02d:%02d", local.tm_hour, local.tm_min, local.tm_sec);
}

void weir_text_put_column(weir_buf_t *buf, const char *text, size_t columns, bool utf8)
{
    size_t width = weir_text_width(text);
    if (width <= columns) {
        weir_buf_puts(buf, text);
        weir_buf_fill(buf, ' ', columns - width);
        return;
    }
    const char *ellipsis = utf8 ? "…" : "~";
    if (columns == 0)
        return;
    size_t used = 0;
    size_t head = head_bytes(text, columns / 2, &used);
    size_t tail = tail_start(text, width, columns - 1 - used, &used);
    weir_buf_put(buf, text, head);
    weir_buf_puts(buf, ellipsis);
    weir_buf_puts(buf, text + tail);
    weir_buf_fill(buf, ' ', columns - 1 - used);
}

#define NEAREST_MAX 40

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Whether the letters before a[i] and b[j] are the same two in the other order. */
static bool letters_are_swapped(const char *a, size_t i, const char *b, size_t j)
{
    return i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
           lower(a[i - 2]) == lower(b[j - 1]);
}

/*
 * Edit distance in which two swapped neighbours count as one (optimal string alignment), ASCII
 * letters of either case being the same. Both words are shorter than NEAREST_MAX.
 */
static size_t words_distance(const char *a, const char *b)
{
    size_t rows[3][NEAREST_MAX + 1];
    size_t n = strlen(b);
    size_t i = 0;
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = j;
    while (a[i++]) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            row[j] = above[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
            row[j] = lesser(row[j], lesser(above[j], row[j - 1]) + 1);
            if (letters_are_swapped(a, i, b, j))
                row[j] = lesser(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[(i - 1) % 3][n];
}

const char *weir_text_nearest(const char *word, const char *const words[], size_t n)
{
    size_t length = strlen(word);
    if (length == 0 || length >= NEAREST_MAX)
        return NULL;
    size_t best = length / 3 > 1 ? length / 3 : 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        if (strlen(words[i]) >= NEAREST_MAX)
            continue;
        size_t distance = words_distance(word, words[i]);
        if (distance < best || (distance == best && !nearest)) {
            best = distance;
            nearest = words[i];
        }
    }
    return nearest;
}
