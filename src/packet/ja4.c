/*
 * Half of a fingerprint's work is two SHA-256 of lists as text. Real clients repeat a handful of
 * lists, some of them in another order each time: the sorted lists seen last are kept with their
 * digests. A list is compared whole, so that what is kept is never another one's.
 */
#include "packet/ja4.h"

#include "base/index.h"

#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MOST (WEIR_HELLO_CIPHERS_MOST + WEIR_HELLO_SIGNATURES_MOST)
#define PART_DIGITS 12
#define MEMO_LISTS ((size_t)256)
#define MEMO_VALUES 64 /* longer lists are not kept: nobody's client has such */

/** What is hashed: values such as "1301,1302_0403", the first ones sorted. */
typedef struct list {
    uint16_t values[VALUES_MOST];
    size_t sorted, count; /* the '_' stands behind the first `sorted` */
} list_t;

typedef struct known {
    uint16_t values[MEMO_VALUES];
    uint16_t sorted, count; /* 0: free */
    char digits[PART_DIGITS];
} known_t;

struct weir_ja4_memo {
    known_t lists[MEMO_LISTS]; /* by hash; a later one takes the place */
};

weir_ja4_memo_t *weir_ja4_memo_new(void)
{
    return calloc(1, sizeof(weir_ja4_memo_t));
}

void weir_ja4_memo_free(weir_ja4_memo_t *memo)
{
    free(memo);
}

static char digit_of(unsigned value)
{
    return "0123456789abcdef"[value & 15];
}

/* By insertion: lists are short, and often sorted but for a few. */
static void value_insert(list_t *list, uint16_t value)
{
    size_t at = list->count++;
    for (; at > 0 && list->values[at - 1] > value; at--)
        list->values[at] = list->values[at - 1];
    list->values[at] = value;
    list->sorted = list->count;
}

/* The first 12 hexadecimal digits of the list's SHA-256; zeros for an empty one. */
static void list_hash(const list_t *list, char digits[static PART_DIGITS])
{
    char text[VALUES_MOST * 5];
    uint8_t hash[32] = {0};
    size_t n = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            text[n++] = i == list->sorted ? '_' : ',';
        for (int shift = 12; shift >= 0; shift -= 4)
            text[n++] = digit_of(list->values[i] >> shift);
    }
    if (n)
        gcry_md_hash_buffer(GCRY_MD_SHA256, hash, text, n);
    for (int i = 0; i < PART_DIGITS; i++)
        digits[i] = digit_of(i & 1 ? hash[i / 2] : hash[i / 2] >> 4);
}

static known_t *known_place(weir_ja4_memo_t *memo, const list_t *list)
{
    uint64_t hash = list->sorted;
    for (size_t i = 0; i < list->count; i++)
        hash = (hash ^ list->values[i]) * UINT64_C(0x100000001b3);
    return &memo->lists[weir_hash_u64(hash) % MEMO_LISTS];
}

static void list_digest(weir_ja4_memo_t *memo, const list_t *list, char digits[static PART_DIGITS])
{
    if (!memo || list->count == 0 || list->count > MEMO_VALUES) {
        list_hash(list, digits);
        return;
    }
    known_t *known = known_place(memo, list);
    size_t bytes = list->count * sizeof(*list->values);
    bool same = known->count == list->count && known->sorted == list->sorted &&
                memcmp(known->values, list->values, bytes) == 0;
    if (!same) {
        list_hash(list, known->digits);
        memcpy(known->values, list->values, bytes);
        known->count = (uint16_t)list->count;
        known->sorted = (uint16_t)list->sorted;
    }
    memcpy(digits, known->digits, PART_DIGITS);
}

static void ciphers_digest(weir_ja4_memo_t *memo, const weir_hello_t *hello, char *digits)
{
    list_t list;
    list.count = list.sorted = 0;
    for (size_t i = 0; i < hello->cipher_count; i++)
        value_insert(&list, hello->ciphers[i]);
    list_digest(memo, &list, digits);
}

/* Server name and ALPN differ with the server, not with the client: they do not count here. */
static void extensions_digest(weir_ja4_memo_t *memo, const weir_hello_t *hello, char *digits)
{
    list_t list;
    list.count = list.sorted = 0;
    for (size_t i = 0; i < hello->extension_count; i++)
        if (hello->extensions[i] != 0x0000 && hello->extensions[i] != 0x0010)
            value_insert(&list, hello->extensions[i]);
    for (size_t i = 0; list.sorted > 0 && i < hello->signature_count; i++)
        list.values[list.count++] = hello->signatures[i];
    list_digest(memo, &list, digits);
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

void weir_ja4(weir_ja4_memo_t *memo, const weir_hello_t *hello, char transport,
              char ret_text[static WEIR_JA4_SIZE])
{
    ret_text[0] = transport;
    memcpy(ret_text + 1, version_text(hello->version), 2);
    ret_text[3] = hello->has_server_name ? 'd' : 'i';
    count_text(hello->cipher_count, ret_text + 4);
    count_text(hello->extension_count, ret_text + 6);
    alpn_text(hello->alpn, ret_text + 8);
    ret_text[10] = ret_text[23] = '_';
    ciphers_digest(memo, hello, ret_text + 11);
    extensions_digest(memo, hello, ret_text + 24);
    ret_text[36] = '\0';
}
