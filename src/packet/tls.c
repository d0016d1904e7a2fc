#include "packet/tls.h"

#include <errno.h>
#include <string.h>

enum tls_number {
    RECORD_HANDSHAKE = 22,
    HANDSHAKE_CLIENT_HELLO = 1,
    EXTENSION_SERVER_NAME = 0,
    EXTENSION_SIGNATURE_ALGORITHMS = 13,
    EXTENSION_ALPN = 16,
    EXTENSION_SUPPORTED_VERSIONS = 43,
};

static bool is_grease(uint16_t value)
{
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

/* Values of 16 bits up to the scan's end, GREASE left out. Returns how many were kept. */
static uint16_t values_read(weir_scan_t *scan, uint16_t *values, uint16_t most)
{
    uint16_t n = 0;
    while (weir_scan_left(scan) >= 2 && n < most) {
        uint16_t value = weir_scan_be16(scan);
        if (!is_grease(value))
            values[n++] = value;
    }
    return n;
}

/* RFC 6066, 3: a list of names, of which type 0 is a host's. */
static void server_name_read(weir_hello_t *hello, weir_scan_t *extension)
{
    hello->has_server_name = true;
    size_t length = weir_scan_be16(extension);
    weir_scan_t list = weir_scan_within(extension, length);
    while (weir_scan_left(&list) > 0 && !list.bad) {
        uint8_t type = weir_scan_u8(&list);
        size_t name_length = weir_scan_be16(&list);
        weir_span_t name = weir_scan_span(&list, name_length);
        if (type == 0 && !list.bad) {
            hello->server_name = name;
            return;
        }
    }
}

/* RFC 7301, 3.1. */
static void alpn_read(weir_hello_t *hello, weir_scan_t *extension)
{
    weir_scan_skip(extension, 2);
    size_t length = weir_scan_u8(extension);
    weir_span_t first = weir_scan_span(extension, length);
    if (!extension->bad)
        hello->alpn = first;
}

static void versions_read(weir_hello_t *hello, weir_scan_t *extension)
{
    uint16_t versions[32];
    size_t length = weir_scan_u8(extension);
    weir_scan_t list = weir_scan_within(extension, length);
    uint16_t n = values_read(&list, versions, WEIR_COUNT(versions)), highest = 0;
    for (uint16_t i = 0; i < n; i++)
        highest = versions[i] > highest ? versions[i] : highest;
    if (highest)
        hello->version = highest;
}

static void extension_read(weir_hello_t *hello, uint16_t type, weir_scan_t *extension)
{
    switch (type) {
    case EXTENSION_SERVER_NAME:
        server_name_read(hello, extension);
        break;
    case EXTENSION_SIGNATURE_ALGORITHMS:
        weir_scan_skip(extension, 2);
        hello->signature_count =
            values_read(extension, hello->signatures, WEIR_HELLO_SIGNATURES_MOST);
        break;
    case EXTENSION_ALPN:
        alpn_read(hello, extension);
        break;
    case EXTENSION_SUPPORTED_VERSIONS:
        versions_read(hello, extension);
        break;
    default:
        break;
    }
}

static void extensions_read(weir_hello_t *hello, weir_scan_t *scan)
{
    while (weir_scan_left(scan) >= 4) {
        uint16_t type = weir_scan_be16(scan);
        size_t length = weir_scan_be16(scan);
        weir_scan_t extension = weir_scan_within(scan, length);
        if (scan->bad)
            return;
        if (!is_grease(type) && hello->extension_count < WEIR_HELLO_EXTENSIONS_MOST)
            hello->extensions[hello->extension_count++] = type;
        extension_read(hello, type, &extension);
    }
}

/* The lists stay as they are: their counts tell how much of them is set. */
static void hello_clear(weir_hello_t *hello)
{
    hello->server_name = hello->alpn = (weir_span_t){0};
    hello->has_server_name = false;
    hello->cipher_count = hello->extension_count = hello->signature_count = 0;
}

/* The message's body. SSL 3 hellos end before the extensions. */
static weir_find_t hello_read(weir_scan_t *scan, weir_hello_t *hello)
{
    hello_clear(hello);
    hello->version = weir_scan_be16(scan);
    if (hello->version >> 8 != 3 && hello->version >> 8 != 0xfe) /* 0xfe: DTLS */
        return WEIR_FIND_NONE;
    weir_scan_skip(scan, 32);
    size_t length = weir_scan_u8(scan); /* session */
    weir_scan_skip(scan, length);
    length = weir_scan_be16(scan);
    weir_scan_t ciphers = weir_scan_within(scan, length);
    length = weir_scan_u8(scan); /* compression methods */
    weir_scan_skip(scan, length);
    if (scan->bad)
        return WEIR_FIND_NONE;
    hello->cipher_count = values_read(&ciphers, hello->ciphers, WEIR_HELLO_CIPHERS_MOST);
    if (weir_scan_left(scan) >= 2) {
        length = weir_scan_be16(scan);
        weir_scan_t extensions = weir_scan_within(scan, length);
        extensions_read(hello, &extensions);
    }
    return WEIR_FIND_WHOLE;
}

weir_find_t weir_tls_handshake(weir_span_t bytes, weir_hello_t *ret_hello)
{
    weir_scan_t scan = weir_scan(bytes);
    if (bytes.len > 0 && bytes.data[0] != HANDSHAKE_CLIENT_HELLO)
        return WEIR_FIND_NONE;
    weir_scan_skip(&scan, 1);
    size_t length = weir_scan_be24(&scan);
    if (length > WEIR_TLS_SCRATCH)
        return WEIR_FIND_NONE;
    weir_scan_t body = weir_scan_within(&scan, length);
    return body.bad ? WEIR_FIND_MORE : hello_read(&body, ret_hello);
}

/* The next record's content, as far as it is there; *ret_whole: all of it. */
static weir_find_t record_read(weir_scan_t *scan, weir_span_t *ret_content, bool *ret_whole)
{
    static const uint8_t head[] = {RECORD_HANDSHAKE, 3};
    size_t left = weir_scan_left(scan);
    if (memcmp(scan->at, head, left < sizeof(head) ? left : sizeof(head)) != 0)
        return WEIR_FIND_NONE;
    if (left < 5)
        return WEIR_FIND_MORE;
    weir_scan_skip(scan, 3);
    size_t length = weir_scan_be16(scan);
    if (length == 0 || length > WEIR_TLS_SCRATCH)
        return WEIR_FIND_NONE;
    *ret_whole = length <= weir_scan_left(scan);
    *ret_content = weir_scan_span(scan, *ret_whole ? length : weir_scan_left(scan));
    return WEIR_FIND_WHOLE;
}

weir_find_t weir_tls_records(weir_span_t bytes, uint8_t scratch[static WEIR_TLS_SCRATCH],
                             weir_hello_t *ret_hello)
{
    weir_scan_t scan = weir_scan(bytes);
    weir_span_t message = {0};
    bool whole = true;
    while (whole) {
        weir_span_t content = {0};
        weir_find_t found = record_read(&scan, &content, &whole);
        if (found != WEIR_FIND_WHOLE)
            return found;
        if (message.len == 0) {
            message = content; /* mostly the only one: no copy */
        } else {
            if (message.data != scratch)
                memcpy(scratch, message.data, message.len);
            if (message.len + content.len > WEIR_TLS_SCRATCH)
                return WEIR_FIND_NONE;
            memcpy(scratch + message.len, content.data, content.len);
            message = (weir_span_t){scratch, message.len + content.len};
        }
        found = weir_tls_handshake(message, ret_hello);
        if (found != WEIR_FIND_MORE)
            return found;
    }
    return WEIR_FIND_MORE;
}
