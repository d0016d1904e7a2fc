#include "packet/quic.h"

#include "packet/scan.h"

#include <errno.h>
#include <gcrypt.h>
#include <string.h>

#define CONNECTION_MOST 20u
#define TAG_SIZE 16u
#define SAMPLE_AT 4u /* behind where the packet number begins (RFC 9001, 5.4.2) */
#define PACKET_MOST ((size_t)2048)

enum frame_type {
    FRAME_PADDING = 0,
    FRAME_PING = 1,
    FRAME_ACK = 2,
    FRAME_ACK_ECN = 3,
    FRAME_CRYPTO = 6,
};

#define BLOCK_SIZE ((size_t)64) /* of SHA-256 */
#define HASH_SIZE ((size_t)32)
#define TEXT_MOST ((size_t)64) /* [byte] of what is hashed with a key: ids and labels */

struct weir_quic {
    gcry_cipher_hd_t aead, ecb; /* AES-128 */
    uint8_t plain[PACKET_MOST];
};

typedef struct version_facts {
    uint32_t version;
    uint8_t initial; /* the type's bits of an Initial packet */
    uint8_t salt[20];
    const char *key, *iv, *header;
} version_facts_t;

static const version_facts_t *version_find(uint32_t version)
{
    static const version_facts_t versions[] = {
        {WEIR_QUIC_V1,
         0,
         {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
          0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
         "quic key",
         "quic iv",
         "quic hp"},
        {WEIR_QUIC_DRAFT_29,
         0,
         {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
          0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99},
         "quic key",
         "quic iv",
         "quic hp"},
        {WEIR_QUIC_V2,
         1,
         {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
          0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
         "quicv2 key",
         "quicv2 iv",
         "quicv2 hp"},
    };
    for (size_t i = 0; i < WEIR_COUNT(versions); i++)
        if (versions[i].version == version)
            return &versions[i];
    return NULL;
}

void weir_quic_free(weir_quic_t *quic)
{
    if (!quic)
        return;
    gcry_cipher_close(quic->aead);
    gcry_cipher_close(quic->ecb);
    free(quic);
}

int weir_quic_new(weir_quic_t **ret_quic)
{
    weir_quic_t *quic = calloc(1, sizeof(*quic));
    if (!quic)
        return -ENOMEM;
    if (gcry_md_test_algo(GCRY_MD_SHA256) ||
        gcry_cipher_open(&quic->aead, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM, 0) ||
        gcry_cipher_open(&quic->ecb, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_ECB, 0)) {
        weir_quic_free(quic);
        return -ENOTSUP;
    }
    *ret_quic = quic;
    return 0;
}

/* ---- Keys (RFC 9001, 5.2; RFC 8446, 7.1; RFC 5869) --------------------------------------------
 */

/* RFC 2104: HMAC of SHA-256 is two plain hashes, of which the library makes each in one call
 * without a state on the heap. Its own HMAC takes twice the time for texts as short as these: at
 * most TEXT_MOST bytes; and a key of at most HASH_SIZE. */
static void hmac(weir_span_t key, weir_span_t text, uint8_t ret_hash[static HASH_SIZE])
{
    uint8_t inner[BLOCK_SIZE + TEXT_MOST], outer[BLOCK_SIZE + HASH_SIZE];
    memset(inner, 0x36, sizeof(inner));
    memset(outer, 0x5c, sizeof(outer));
    for (size_t i = 0; i < key.len; i++) {
        inner[i] ^= key.data[i];
        outer[i] ^= key.data[i];
    }
    memcpy(inner + BLOCK_SIZE, text.data, text.len);
    gcry_md_hash_buffer(GCRY_MD_SHA256, outer + BLOCK_SIZE, inner, BLOCK_SIZE + text.len);
    gcry_md_hash_buffer(GCRY_MD_SHA256, ret_hash, outer, sizeof(outer));
}

/* HKDF-Expand-Label without context, of at most one block. */
static void label_expand(const uint8_t secret[static HASH_SIZE], const char *label,
                         uint8_t *ret_bytes, size_t n)
{
    uint8_t text[TEXT_MOST], hash[HASH_SIZE];
    size_t length = strlen(label), at = 0;
    text[at++] = 0;
    text[at++] = (uint8_t)n;
    text[at++] = (uint8_t)(6 + length);
    memcpy(text + at, "tls13 ", 6);
    memcpy(text + at + 6, label, length);
    at += 6 + length;
    text[at++] = 0; /* no context */
    text[at++] = 1; /* the first block */
    hmac((weir_span_t){secret, HASH_SIZE}, (weir_span_t){text, at}, hash);
    memcpy(ret_bytes, hash, n);
}

int weir_quic_keys(uint32_t version, weir_span_t connection, weir_quic_keys_t *ret_keys)
{
    const version_facts_t *facts = version_find(version);
    if (!facts || connection.len > CONNECTION_MOST)
        return -EINVAL;
    uint8_t initial[HASH_SIZE], client[HASH_SIZE];
    weir_quic_keys_t keys = {.version = version};
    hmac((weir_span_t){facts->salt, sizeof(facts->salt)}, connection, initial);
    label_expand(initial, "client in", client, sizeof(client));
    label_expand(client, facts->key, keys.key, sizeof(keys.key));
    label_expand(client, facts->iv, keys.iv, sizeof(keys.iv));
    label_expand(client, facts->header, keys.header, sizeof(keys.header));
    *ret_keys = keys;
    return 0;
}

/* ---- Packets (RFC 9000, 17.2) ------------------------------------------------------------------
 */

/** An Initial packet in a datagram. */
typedef struct initial {
    weir_span_t packet; /* from its first byte to its end */
    uint32_t version;
    weir_span_t connection; /* the destination's id */
    size_t number_at;       /* [byte] where the packet number begins */
} initial_t;

/* RFC 9000, 16. */
static uint64_t varint_read(weir_scan_t *scan)
{
    uint8_t first = weir_scan_u8(scan);
    uint64_t value = first & 0x3f;
    for (int i = (1 << (first >> 6)) - 1; i > 0; i--)
        value = value << 8 | weir_scan_u8(scan);
    return value;
}

static bool long_header_begins(const version_facts_t **ret_facts, weir_scan_t *scan,
                               uint8_t *ret_first)
{
    *ret_first = weir_scan_u8(scan);
    *ret_facts = version_find(weir_scan_be32(scan));
    return !scan->bad && (*ret_first & 0xc0) == 0xc0 && *ret_facts;
}

bool weir_quic_initial(weir_span_t datagram)
{
    weir_scan_t scan = weir_scan(datagram);
    const version_facts_t *facts = NULL;
    uint8_t first = 0;
    return long_header_begins(&facts, &scan, &first) && (first >> 4 & 3) == facts->initial;
}

/* The packet at the scan: 1 Initial, 0 another one with a length (passed over), -1 neither. */
static int packet_next(weir_scan_t *scan, initial_t *ret_initial)
{
    const uint8_t *begin = scan->at;
    const version_facts_t *facts = NULL;
    uint8_t first = 0;
    if (!long_header_begins(&facts, scan, &first))
        return -1;
    unsigned type = ((first >> 4 & 3u) - facts->initial) & 3u; /* as version 1 numbers them */
    if (type == 3)
        return -1; /* Retry */
    size_t length = weir_scan_u8(scan);
    weir_span_t connection = weir_scan_span(scan, length);
    if (length > CONNECTION_MOST)
        return -1;
    length = weir_scan_u8(scan);
    weir_scan_skip(scan, length); /* the source's id */
    if (type == 0) {
        uint64_t token = varint_read(scan);
        weir_scan_skip(scan, token < PACKET_MOST ? (size_t)token : PACKET_MOST);
    }
    uint64_t rest = varint_read(scan);
    size_t number_at = (size_t)(scan->at - begin);
    if (rest > PACKET_MOST)
        return -1;
    weir_scan_skip(scan, (size_t)rest);
    if (scan->bad)
        return -1;
    *ret_initial = (initial_t){.packet = {begin, (size_t)(scan->at - begin)},
                               .version = facts->version,
                               .connection = connection,
                               .number_at = number_at};
    return type == 0;
}

/* ---- Protection (RFC 9001, 5.3 and 5.4) --------------------------------------------------------
 */

/* Copy the header and take its protection off. Returns its length with the packet number, 0: cut.
 */
static size_t header_open(weir_quic_t *quic, const initial_t *initial, const weir_quic_keys_t *keys,
                          uint8_t *header, uint32_t *ret_number)
{
    uint8_t mask[16];
    size_t at = initial->number_at;
    if (initial->packet.len < at + SAMPLE_AT + sizeof(mask) || at + 4 > PACKET_MOST)
        return 0;
    if (gcry_cipher_setkey(quic->ecb, keys->header, sizeof(keys->header)) ||
        gcry_cipher_encrypt(quic->ecb, mask, sizeof(mask), initial->packet.data + at + SAMPLE_AT,
                            sizeof(mask)))
        return 0;
    memcpy(header, initial->packet.data, at + 4);
    header[0] ^= mask[0] & 0x0f;
    size_t length = (header[0] & 3u) + 1;
    uint32_t number = 0;
    for (size_t i = 0; i < length; i++) {
        header[at + i] ^= mask[1 + i];
        number = number << 8 | header[at + i];
    }
    *ret_number = number; /* the first ones of a connection: not shortened */
    return at + length;
}

/* The payload of a packet in quic->plain; its length, 0 when the keys do not fit. */
static size_t packet_open(weir_quic_t *quic, const initial_t *initial, const weir_quic_keys_t *keys)
{
    uint8_t header[PACKET_MOST], nonce[12];
    uint32_t number = 0;
    size_t at = header_open(quic, initial, keys, header, &number);
    if (at == 0 || initial->packet.len <= at + TAG_SIZE)
        return 0;
    size_t n = initial->packet.len - at - TAG_SIZE;
    if (n > sizeof(quic->plain))
        return 0;
    memcpy(nonce, keys->iv, sizeof(nonce));
    for (int i = 0; i < 4; i++)
        nonce[11 - i] ^= (uint8_t)(number >> 8 * i);
    const uint8_t *sealed = initial->packet.data + at;
    if (gcry_cipher_setkey(quic->aead, keys->key, sizeof(keys->key)) ||
        gcry_cipher_setiv(quic->aead, nonce, sizeof(nonce)) ||
        gcry_cipher_authenticate(quic->aead, header, at) ||
        gcry_cipher_decrypt(quic->aead, quic->plain, n, sealed, n) ||
        gcry_cipher_checktag(quic->aead, sealed + n, TAG_SIZE))
        return 0;
    return n;
}

/* ---- Frames (RFC 9000, 19) ---------------------------------------------------------------------
 */

static void ack_skip(weir_scan_t *scan, bool ecn)
{
    (void)varint_read(scan); /* largest */
    (void)varint_read(scan); /* delay */
    uint64_t ranges = varint_read(scan);
    (void)varint_read(scan); /* first range */
    for (uint64_t i = 0; i < 2 * ranges && !scan->bad; i++)
        (void)varint_read(scan);
    for (int i = 0; ecn && i < 3; i++)
        (void)varint_read(scan);
}

static void crypto_add(weir_scan_t *scan, weir_assembly_t *crypto)
{
    uint64_t offset = varint_read(scan), length = varint_read(scan);
    weir_span_t piece = weir_scan_span(scan, length < PACKET_MOST ? (size_t)length : PACKET_MOST);
    if (!scan->bad)
        weir_assembly_add(crypto, offset, piece);
}

/* Padding fills a packet up: word by word. */
static void padding_skip(weir_scan_t *scan)
{
    uint64_t word = 0;
    while (weir_scan_left(scan) >= sizeof(word)) {
        memcpy(&word, scan->at, sizeof(word));
        if (word != 0)
            break;
        scan->at += sizeof(word);
    }
}

static void frames_read(weir_span_t payload, weir_assembly_t *crypto)
{
    weir_scan_t scan = weir_scan(payload);
    while (weir_scan_left(&scan) > 0 && !scan.bad) {
        uint8_t type = weir_scan_u8(&scan);
        if (type == FRAME_CRYPTO)
            crypto_add(&scan, crypto);
        else if (type == FRAME_ACK || type == FRAME_ACK_ECN)
            ack_skip(&scan, type == FRAME_ACK_ECN);
        else if (type == FRAME_PADDING)
            padding_skip(&scan);
        else if (type != FRAME_PING)
            return; /* the connection's end */
    }
}

/* Try the flow's keys, then those that this packet's own connection id gives. */
static bool initial_open(weir_quic_t *quic, const initial_t *initial, weir_quic_keys_t *keys,
                         weir_assembly_t *crypto)
{
    size_t n = keys->version == initial->version ? packet_open(quic, initial, keys) : 0;
    if (n == 0) {
        weir_quic_keys_t own;
        if (weir_quic_keys(initial->version, initial->connection, &own) < 0)
            return false;
        n = packet_open(quic, initial, &own);
        if (n == 0)
            return false;
        *keys = own;
    }
    frames_read((weir_span_t){quic->plain, n}, crypto);
    return true;
}

unsigned weir_quic_open(weir_quic_t *quic, weir_span_t datagram, weir_quic_keys_t *keys,
                        weir_assembly_t *crypto)
{
    weir_scan_t scan = weir_scan(datagram);
    unsigned opened = 0;
    while (weir_scan_left(&scan) > 0) {
        initial_t initial;
        int kind = packet_next(&scan, &initial);
        if (kind < 0)
            break;
        opened += kind > 0 && initial_open(quic, &initial, keys, crypto);
    }
    return opened;
}
