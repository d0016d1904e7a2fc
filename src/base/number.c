#include "base/number.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* Writes the digits at the end of `text`; returns where they begin. */
static size_t digits_fill(uint64_t value, char text[static WEIR_NUMBER_TEXT_SIZE])
{
    static const char pairs[201] =
        "00010203040506070809101112131415161718192021222324252627282930313233"
        "34353637383940414243444546474849505152535455565758596061626364656667"
        "6869707172737475767778798081828384858687888990919293949596979899";
    size_t at = WEIR_NUMBER_TEXT_SIZE;
    for (; value >= 100; value /= 100)
        memcpy(&text[at -= 2], &pairs[value % 100 * 2], 2);
    if (value >= 10)
        memcpy(&text[at -= 2], &pairs[value * 2], 2);
    else
        text[--at] = (char)('0' + value);
    return at;
}

size_t weir_number_digits(uint64_t value, char ret_text[static WEIR_NUMBER_TEXT_SIZE])
{
    char text[WEIR_NUMBER_TEXT_SIZE];
    size_t at = digits_fill(value, text);
    memcpy(ret_text, &text[at], sizeof(text) - at);
    return sizeof(text) - at;
}

void weir_number_put(weir_buf_t *buf, uint64_t value)
{
    char text[WEIR_NUMBER_TEXT_SIZE];
    size_t at = digits_fill(value, text);
    weir_buf_put(buf, &text[at], sizeof(text) - at);
}

void weir_number_put_signed(weir_buf_t *buf, int64_t value)
{
    if (value < 0)
        weir_buf_putc(buf, '-');
    weir_number_put(buf, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

static const uint64_t POWERS[] = {1,      10,      100,      1000,      10000,
                                  100000, 1000000, 10000000, 100000000, 1000000000};

static void fraction_put(weir_buf_t *buf, uint64_t fraction, unsigned decimals)
{
    if (!fraction)
        return;
    weir_buf_putc(buf, '.');
    for (unsigned place = decimals; place-- > 0 && fraction;) {
        weir_buf_putc(buf, (char)('0' + (char)(fraction / POWERS[place])));
        fraction %= POWERS[place];
    }
}

void weir_number_put_real(weir_buf_t *buf, double value, unsigned decimals)
{
    if (decimals >= WEIR_COUNT(POWERS))
        decimals = WEIR_COUNT(POWERS) - 1;
    double size = fabs(value);
    /* Beyond 2^53 a double holds no further digit; what would be written there is noise. */
    while (decimals && size * (double)POWERS[decimals] >= 0x1p53)
        decimals--;
    double scaled = round(size * (double)POWERS[decimals]);
    if (!(scaled < 0x1p64)) {
        weir_buf_puts(buf, "null");
        return;
    }
    uint64_t all = (uint64_t)scaled;
    if (value < 0 && all)
        weir_buf_putc(buf, '-');
    weir_number_put(buf, all / POWERS[decimals]);
    fraction_put(buf, all % POWERS[decimals], decimals);
}

int weir_number_parse(const char *text, uint64_t max, uint64_t *ret_value)
{
    uint64_t value = 0;
    if (!*text)
        return -EINVAL;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -EINVAL;
        uint64_t digit = (uint64_t)(*text - '0');
        if (digit > max || value > (max - digit) / 10)
            return -ERANGE;
        value = value * 10 + digit;
    }
    *ret_value = value;
    return 0;
}

static bool is_digit(const char *text, size_t n, size_t at)
{
    return at < n && text[at] >= '0' && text[at] <= '9';
}

/* From the point at *at on. Digits beyond the 18th change no double and would overflow the sum. */
static double fraction_scan(const char *text, size_t n, size_t *at)
{
    uint64_t mantissa = 0;
    uint64_t unit = 1;
    for (++*at; is_digit(text, n, *at); ++*at) {
        if (unit >= UINT64_C(1000000000000000000))
            continue;
        mantissa = mantissa * 10 + (uint64_t)(text[*at] - '0');
        unit *= 10;
    }
    return (double)mantissa / (double)unit;
}

size_t weir_number_scan(const char *text, size_t n, double *ret_value)
{
    size_t at = n > 0 && text[0] == '-';
    double value = 0;
    if (!is_digit(text, n, at))
        return 0;
    for (; is_digit(text, n, at); at++)
        value = value * 10 + (text[at] - '0');
    if (at < n && text[at] == '.' && is_digit(text, n, at + 1))
        value += fraction_scan(text, n, &at);
    *ret_value = text[0] == '-' ? -value : value;
    return at;
}

size_t weir_number_scan_scaled(const char *text, size_t n, double *ret_value)
{
    static const char prefixes[] = "KMGTPE";
    size_t at = weir_number_scan(text, n, ret_value);
    if (!at || at >= n)
        return at;
    char letter = text[at] == 'k' ? 'K' : text[at];
    const char *found = letter ? strchr(prefixes, letter) : NULL;
    if (!found)
        return at;
    bool binary = at + 1 < n && text[at + 1] == 'i';
    double base = binary ? 1024.0 : 1000.0;
    for (const char *p = prefixes; p <= found; p++)
        *ret_value *= base;
    return at + (binary ? 2 : 1);
}
