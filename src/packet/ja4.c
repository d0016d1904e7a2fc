#include "packet/ja4.h"

#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MOST (WEIR_HELLO_CIPHERS_MOST + WEIR_HELLO_SIGNATURES_MOST)
#define PART_DIGITS 12

/** A list such as "1301,1302_0403": five characters each. */
typedef struct list {
    char text[VALUES_MOST * 5 + 1];
    size_t len;
} list_t;

static char digit_of(unsigned value)
{
    return "0123456789abcdef"[value & 15];
}

static int value_compare(const void *a, const void *b)
{
    return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

static void list_put(list_t *list, const uint16_t *values, size_t count, char before)
{
    for (size_t i = 0; i < count; i++) {
        if (list->len)
            list->text[list->len++] = i ? ',' : before;
        for (int shift = 12; shift >= 0; shift -= 4)
            list->text[list->len++] = digit_of(values[i] >> shift);
    }
}

/* The first 12 hexadecimal digits of the list's SHA-256; zeros for an empty one. */
static void list_digest(const list_t *list, char *digits)
{
    uint8_t hash[32] = {0};
    if (list->len)
        gcry_md_hash_buffer(GCRY_MD_SHA256, hash, list->text, list->len);
    for (int i = 0; i < PART_DIGITS; i++)
        digits[i] = digit_of(i & 1 ? hash[i / 2] : hash[i / 2] >> 4);
}

static void ciphers_digest(const weir_hello_t *hello, char *digits)
{
    uint16_t sorted[WEIR_HELLO_CIPHERS_MOST];
    list_t list;
    list.len = 0;
    memcpy(sorted, hello->ciphers, hello->cipher_count * sizeof(*sorted));
    qsort(sorted, hello->cipher_count, sizeof(*sorted), value_compare);
    list_put(&list, sorted, hello->cipher_count, ',');
    list_digest(&list, digits);
}

/* Server name and ALPN differ with the server, not with the client: they do not count here. */
static void extensions_digest(const weir_hello_t *hello, char *digits)
{
    uint16_t sorted[WEIR_HELLO_EXTENSIONS_MOST] = {0};
    size_t n = 0;
    list_t list;
    list.len = 0;
    for (size_t i = 0; i < hello->extension_count; i++)
        if (hello->extensions[i] != 0x0000 && hello->extensions[i] != 0x0010)
            sorted[n++] = hello->extensions[i];
    qsort(sorted, n, sizeof(*sorted), value_compare);
    list_put(&list, sorted, n, ',');
    if (n > 0)
        list_put(&list, hello->signatures, hello->signature_count, '_');
    list_digest(&list, digits);
}

static const char *version_text(uint16_t version)
{
    switch (version) {
    case 0x0304:
        return "13";
    case 0x0303:
        return "12";
    case 0x0302:
        return "11";
    case 0x0301:
        return "10";
    case 0x0300:
        return "s3";
    case 0x0002:
        return "s2";
    case 0xfeff:
        return "d1";
    case 0xfefd:
        return "d2";
    case 0xfefc:
        return "d3";
    default:
        return "00";
    }
}

static bool byte_is_alphanumeric(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

/* First and last byte; of a name with others, the first and the last digit of its bytes. */
static void alpn_text(weir_span_t alpn, char text[static 2])
{
    text[0] = text[1] = '0';
    if (alpn.len == 0)
        return;
    uint8_t first = alpn.data[0], last = alpn.data[alpn.len - 1];
    bool plain = byte_is_alphanumeric(first) && byte_is_alphanumeric(last);
    text[0] = plain ? (char)first : digit_of(first >> 4);
    text[1] = plain ? (char)last : digit_of(last);
}

static void count_text(unsigned count, char text[static 2])
{
    count = count < 99 ? count : 99;
    text[0] = (char)('0' + count / 10);
    text[1] = (char)('0' + count % 10);
}

void weir_ja4(const weir_hello_t *hello, char transport, char ret_text[static WEIR_JA4_SIZE])
{
    ret_text[0] = transport;
    memcpy(ret_text + 1, version_text(hello->version), 2);
    ret_text[3] = hello->has_server_name ? 'd' : 'i';
    count_text(hello->cipher_count, ret_text + 4);
    count_text(hello->extension_count, ret_text + 6);
    alpn_text(hello->alpn, ret_text + 8);
    ret_text[10] = ret_text[23] = '_';
    ciphers_digest(hello, ret_text + 11);
    extensions_digest(hello, ret_text + 24);
    ret_text[36] = '\0';
}
