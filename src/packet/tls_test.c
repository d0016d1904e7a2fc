#include "base/testing.h"
#include "packet/craft.h"
#include "packet/http.h"
#include "packet/ja4.h"

/* A hello of the example that the specification of JA4 gives: its ciphers, extensions, signature
 * algorithms, with GREASE; server name "a.test". */
#define BODY                                                                                       \
    "0303 0000000000000000000000000000000000000000000000000000000000000000 00"                     \
    "0020 0a0a 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035 0100"    \
    "00a8"                                                                                         \
    "1a1a 0000 0000 000b 0009 00 0006 612e74657374"                                                \
    "0017 0000 ff01 0001 00 000a 0004 0002 001d 000b 0002 0100 0023 0000"                          \
    "0010 000e 000c 02 6832 08 687474702f312e31 0005 0005 0100000000"                              \
    "000d 0012 0010 0403 0804 0401 0503 0805 0501 0806 0601"                                       \
    "0012 0000 0033 0002 0000 002d 0002 0101 002b 0007 06 2a2a 0304 0303"                          \
    "001b 0003 020002 4469 0005 0003026832 0015 0004 00000000"

static weir_span_t span_of(const weir_buf_t *bytes)
{
    return (weir_span_t){(const uint8_t *)bytes->data, bytes->len};
}

static void hello_make(weir_buf_t *message)
{
    weir_buf_t body;
    weir_buf_init(&body, 4096);
    weir_craft_hex(&body, BODY);
    size_t extensions_at = 2 + 32 + 1 + 2 + 32 + 2;
    size_t n = body.len - extensions_at - 2;
    body.data[extensions_at] = (char)(n >> 8);
    body.data[extensions_at + 1] = (char)n;
    weir_craft_u8(message, 1);
    weir_craft_u8(message, 0);
    weir_craft_be16(message, (unsigned)body.len);
    weir_buf_put(message, body.data, body.len);
    weir_buf_done(&body);
}

/* The message in records of at most `piece` bytes. */
static void records_make(weir_buf_t *bytes, const weir_buf_t *message, size_t piece)
{
    for (size_t at = 0; at < message->len; at += piece) {
        size_t n = message->len - at < piece ? message->len - at : piece;
        weir_craft_hex(bytes, "160301");
        weir_craft_be16(bytes, (unsigned)n);
        weir_buf_put(bytes, message->data + at, n);
    }
}

static void hello_says_who_and_how(void **state)
{
    (void)state;
    weir_buf_t message;
    weir_buf_init(&message, 4096);
    hello_make(&message);
    weir_hello_t hello;
    assert_int_equal(weir_tls_handshake(span_of(&message), &hello), WEIR_FIND_WHOLE);
    assert_int_equal(hello.version, 0x0304);
    assert_memory_equal(hello.server_name.data, "a.test", hello.server_name.len);
    assert_int_equal(hello.server_name.len, 6);
    assert_int_equal(hello.alpn.len, 2);
    assert_int_equal(hello.cipher_count, 15);
    assert_int_equal(hello.extension_count, 16);
    assert_int_equal(hello.signature_count, 8);
    char ja4[WEIR_JA4_SIZE];
    weir_ja4(NULL, &hello, 't', ja4);
    assert_string_equal(ja4, "t13d1516h2_8daaf6152771_e5627efa2ab1"); /* the published example */
    weir_buf_done(&message);
}

static void hello_fill(weir_hello_t *hello, unsigned client, bool backwards)
{
    *hello = (weir_hello_t){.version = 0x0304, .cipher_count = 20, .extension_count = 12};
    for (unsigned i = 0; i < 20; i++)
        hello->ciphers[backwards ? 19 - i : i] = (uint16_t)(0x1301 + i * client);
    for (unsigned i = 0; i < 12; i++)
        hello->extensions[backwards ? 11 - i : i] = (uint16_t)(1 + i + client);
    hello->signature_count = (uint16_t)(client % 3);
    hello->signatures[0] = hello->signatures[1] = 0x0403;
}

/* More clients than places, each twice and in either order: what is kept is always the right one's.
 */
static void what_is_kept_of_fingerprints_changes_none(void **state)
{
    (void)state;
    enum { CLIENTS = 700 };
    weir_ja4_memo_t *memo = weir_ja4_memo_new();
    assert_non_null(memo);
    for (unsigned i = 0; i < 4 * CLIENTS; i++) {
        weir_hello_t hello;
        char kept[WEIR_JA4_SIZE], fresh[WEIR_JA4_SIZE];
        hello_fill(&hello, 1 + i / 2 % CLIENTS, i & 1);
        weir_ja4(memo, &hello, 'q', kept);
        weir_ja4(NULL, &hello, 'q', fresh);
        assert_string_equal(kept, fresh);
    }
    weir_hello_t bare = {.version = 0x0301, .cipher_count = 1, .ciphers = {0x0005}};
    char ja4[WEIR_JA4_SIZE];
    weir_ja4(memo, &bare, 't', ja4);
    assert_string_equal(ja4 + 23, "_000000000000"); /* no extensions: no hash of nothing */
    weir_ja4_memo_free(memo);
}

static void records_split_anywhere(void **state)
{
    (void)state;
    weir_buf_t message;
    weir_buf_init(&message, 4096);
    hello_make(&message);
    uint8_t *scratch = malloc(WEIR_TLS_SCRATCH);
    assert_non_null(scratch);
    for (size_t piece = 1; piece <= message.len; piece += 37) {
        weir_buf_t bytes;
        weir_buf_init(&bytes, 1 << 16);
        records_make(&bytes, &message, piece);
        weir_hello_t hello;
        for (size_t n = 1; n < bytes.len; n++) {
            weir_span_t begin = {(const uint8_t *)bytes.data, n};
            assert_int_equal(weir_tls_records(begin, scratch, &hello), WEIR_FIND_MORE);
        }
        assert_int_equal(weir_tls_records(span_of(&bytes), scratch, &hello), WEIR_FIND_WHOLE);
        assert_memory_equal(hello.server_name.data, "a.test", 6);
        weir_buf_done(&bytes);
    }
    free(scratch);
    weir_buf_done(&message);
}

static void absurd_hellos_are_none(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "17 0303 0010 00",           /* data, no handshake */
        "16 0303 0000 00",           /* an empty record */
        "16 0303 ffff 01",           /* a record longer than can be */
        "16 0303 0004 02000000",     /* a server's hello */
        "16 0303 0004 01ffffff",     /* 16 MB */
        "16 0303 0006 01000002 0909" /* no such version */
    };
    uint8_t *scratch = malloc(WEIR_TLS_SCRATCH);
    assert_non_null(scratch);
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        weir_buf_t bytes;
        weir_buf_init(&bytes, 4096);
        weir_craft_hex(&bytes, cases[i]);
        weir_hello_t hello;
        if (weir_tls_records(span_of(&bytes), scratch, &hello) != WEIR_FIND_NONE)
            fail_msg("%s", cases[i]);
        weir_buf_done(&bytes);
    }
    free(scratch);
}

typedef struct request {
    const char *text;
    weir_find_t found;
    const char *host;
    bool proxied;
} request_t;

static void requests_name_their_host(void **state)
{
    (void)state;
    static const request_t cases[] = {
        {"GET / HTTP/1.1\r\nHost: a.test\r\n", WEIR_FIND_WHOLE, "a.test", false},
        {"PROPFIND /x HTTP/1.1\nA: b\nhOST:\t a.test:8080 \n", WEIR_FIND_WHOLE, "a.test", false},
        {"GET http://b/ HTTP/1.0\r\nHost: [2001:db8::1]:80\r\n", WEIR_FIND_WHOLE, "2001:db8::1",
         true},
        {"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n", WEIR_FIND_WHOLE, "a.test", true},
        {"GET / HTTP/1.0\r\n\r\n", WEIR_FIND_WHOLE, "", false},
        {"GET / HTTP/1.1\r\nHost: a.te", WEIR_FIND_MORE, NULL, false},
        {"GE", WEIR_FIND_MORE, NULL, false},
        {"EHLO mail.test\r\n", WEIR_FIND_NONE, NULL, false},
        {"SSH-2.0-x\r\n", WEIR_FIND_NONE, NULL, false},
        {"\r\n", WEIR_FIND_NONE, NULL, false},
    };
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        weir_http_t http = {0};
        weir_span_t bytes = {(const uint8_t *)cases[i].text, strlen(cases[i].text)};
        assert_int_equal(weir_http_request(bytes, &http), cases[i].found);
        if (!cases[i].host)
            continue;
        assert_int_equal(http.host.len, strlen(cases[i].host));
        assert_memory_equal(http.host.data, cases[i].host, http.host.len);
        assert_int_equal(http.proxied, cases[i].proxied);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_says_who_and_how),
        cmocka_unit_test(what_is_kept_of_fingerprints_changes_none),
        cmocka_unit_test(records_split_anywhere),
        cmocka_unit_test(absurd_hellos_are_none),
        cmocka_unit_test(requests_name_their_host),
    };
    return weir_test_run("packet/tls", tests);
}
