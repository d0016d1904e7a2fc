#include "base/testing.h"
#include "packet/craft_quic.h"
#include "packet/tls.h"

/** What an appendix says. */
typedef struct vector {
    const char *source;
    uint32_t version;
    const char *key, *iv, *header, *begin, *end; /* hex; begin and end of the protected packet */
} vector_t;

static const vector_t vectors[] = {
    {"RFC 9001, A.1 and A.2", WEIR_QUIC_V1, "1f369613dd76d5467730efcbe3b1a22d",
     "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2",
     "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11"
     "d242b123dc9bd8bab936b47d92ec356c0bab7df5976d27cd449f63300099f399",
     "e221af44860018ab0856972e194cd934"},
    {"RFC 9369, A.1 and A.2", WEIR_QUIC_V2, "8b1a0bc121284290a29e0971b5cd045d",
     "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9",
     "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485"
     "dd04de806071bf03dceebfa162e75d6c96058bdbfb127cdfcbf903388e99ad04",
     "a18b2faa745b6fe189cf772a9f84cbfc"},
};

static void hex_equals(const void *bytes, const char *hex)
{
    weir_buf_t expected;
    weir_buf_init(&expected, 4096);
    weir_craft_hex(&expected, hex);
    assert_memory_equal(bytes, expected.data, expected.len);
    weir_buf_done(&expected);
}

static weir_span_t span_of(const weir_buf_t *bytes)
{
    return (weir_span_t){(const uint8_t *)bytes->data, bytes->len};
}

static weir_quic_t *quic_new(void)
{
    weir_quic_t *quic = NULL;
    assert_non_null(gcry_check_version(NULL));
    assert_int_equal(weir_quic_new(&quic), 0);
    return quic;
}

static weir_quic_keys_t keys_of(uint32_t version)
{
    weir_buf_t connection;
    weir_buf_init(&connection, 64);
    weir_craft_hex(&connection, WEIR_CRAFT_CONNECTION);
    weir_quic_keys_t keys;
    assert_int_equal(weir_quic_keys(version, span_of(&connection), &keys), 0);
    weir_buf_done(&connection);
    return keys;
}

static void hex_initial(weir_buf_t *datagram, const weir_quic_keys_t *keys, uint32_t number,
                        const char *hex)
{
    weir_buf_t frames;
    weir_buf_init(&frames, 4096);
    weir_craft_hex(&frames, hex);
    assert_int_equal(weir_craft_initial(datagram, keys, number, &frames), 0);
    weir_buf_done(&frames);
}

/* The tag at the end proves every byte before it. */
static void appendices_are_reproduced(void **state)
{
    (void)state;
    weir_quic_t *quic = quic_new();
    for (size_t i = 0; i < WEIR_COUNT(vectors); i++) {
        const vector_t *vector = &vectors[i];
        weir_quic_keys_t keys = keys_of(vector->version);
        hex_equals(keys.key, vector->key);
        hex_equals(keys.iv, vector->iv);
        hex_equals(keys.header, vector->header);
        weir_buf_t datagram;
        weir_buf_init(&datagram, 4096);
        hex_initial(&datagram, &keys, 2, WEIR_CRAFT_HELLO);
        assert_int_equal(datagram.len, 1200);
        hex_equals(datagram.data, vector->begin);
        hex_equals(datagram.data + 1184, vector->end);
        weir_quic_keys_t own = {0};
        weir_assembly_t crypto = {0};
        assert_true(weir_quic_initial(span_of(&datagram)));
        assert_int_equal(weir_quic_open(quic, span_of(&datagram), &own, &crypto), 1);
        weir_hello_t hello;
        assert_int_equal(weir_tls_handshake(weir_assembly_span(&crypto), &hello), WEIR_FIND_WHOLE);
        assert_int_equal(hello.server_name.len, 11);
        assert_memory_equal(hello.server_name.data, "example.com", 11);
        weir_assembly_done(&crypto);
        weir_buf_done(&datagram);
    }
    weir_quic_free(quic);
}

/* The hello in three frames, over two packets, the last piece first; with PING and ACK between. */
static void pieces_come_in_any_order(void **state)
{
    (void)state;
    weir_quic_t *quic = quic_new();
    weir_quic_keys_t keys = keys_of(WEIR_QUIC_V1), own = {0};
    weir_assembly_t crypto = {0};
    weir_buf_t datagram;
    weir_buf_init(&datagram, 4096);
    hex_initial(&datagram, &keys, 0, "01 0604020506 060003010203 0200000000 00");
    assert_int_equal(weir_quic_open(quic, span_of(&datagram), &own, &crypto), 1);
    assert_int_equal(crypto.ready, 3);
    weir_buf_clear(&datagram);
    hex_initial(&datagram, &keys, 1, "06030104");
    assert_int_equal(weir_quic_open(quic, span_of(&datagram), &own, &crypto), 1);
    assert_int_equal(crypto.ready, 6);
    hex_equals(crypto.data, "010203040506");
    weir_assembly_done(&crypto);
    weir_buf_done(&datagram);
    weir_quic_free(quic);
}

static void damage_opens_nothing(void **state)
{
    (void)state;
    weir_quic_t *quic = quic_new();
    weir_quic_keys_t keys = keys_of(WEIR_QUIC_V1);
    weir_buf_t datagram;
    weir_buf_init(&datagram, 4096);
    hex_initial(&datagram, &keys, 0, WEIR_CRAFT_HELLO);
    for (size_t i = 0; i < datagram.len; i += 7) {
        weir_assembly_t crypto = {0};
        weir_quic_keys_t own = {0};
        datagram.data[i] = (char)(datagram.data[i] ^ 0x10);
        assert_int_equal(weir_quic_open(quic, span_of(&datagram), &own, &crypto), 0);
        datagram.data[i] = (char)(datagram.data[i] ^ 0x10);
        weir_span_t cut = {(const uint8_t *)datagram.data, i};
        assert_int_equal(weir_quic_open(quic, cut, &own, &crypto), 0);
        weir_assembly_done(&crypto);
    }
    weir_buf_done(&datagram);
    weir_quic_free(quic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appendices_are_reproduced),
        cmocka_unit_test(pieces_come_in_any_order),
        cmocka_unit_test(damage_opens_nothing),
    };
    return weir_test_run("packet/quic", tests);
}
