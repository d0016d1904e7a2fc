#include "packet/community.h"

#include "packet/digest.h"

#include <gcrypt.h>

/** What is hashed: seed, lower end's address, higher end's, protocol, 0, ports. */
typedef struct message {
    uint8_t bytes[2 + 16 + 16 + 2 + 4];
    size_t len;
} message_t;

typedef struct pair {
    uint8_t type, answer;
} pair_t;

static int pair_find(const pair_t *pairs, size_t count, unsigned type)
{
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].type == type)
            return pairs[i].answer;
        if (pairs[i].answer == type)
            return pairs[i].type;
    }
    return -1;
}

/* The type that answers an ICMP type, or -1: then the code stands in its place, and order is kept.
 */
static int icmp_answer(uint8_t protocol, unsigned type)
{
    static const pair_t four[] = {{0, 8}, {9, 10}, {13, 14}, {15, 16}, {17, 18}};
    static const pair_t six[] = {{128, 129}, {130, 131}, {133, 134},
                                 {135, 136}, {139, 140}, {144, 145}};
    return protocol == WEIR_IP_ICMP ? pair_find(four, WEIR_COUNT(four), type)
                                    : pair_find(six, WEIR_COUNT(six), type);
}

static bool protocol_is_icmp(uint8_t protocol)
{
    return protocol == WEIR_IP_ICMP || protocol == WEIR_IP_ICMPV6;
}

static bool protocol_has_ports(uint8_t protocol)
{
    return protocol == WEIR_IP_TCP || protocol == WEIR_IP_UDP || protocol == WEIR_IP_SCTP ||
           protocol_is_icmp(protocol);
}

static void message_put(message_t *message, const uint8_t *bytes, size_t n)
{
    memcpy(message->bytes + message->len, bytes, n);
    message->len += n;
}

static void message_put16(message_t *message, unsigned value)
{
    const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    message_put(message, bytes, 2);
}

static message_t message_make(const weir_community_key_t *key)
{
    unsigned src_port = key->src_port, dst_port = key->dst_port;
    bool ordered = false; /* keep the direction */
    if (protocol_is_icmp(key->protocol)) {
        int answer = icmp_answer(key->protocol, src_port);
        ordered = answer < 0;
        dst_port = ordered ? dst_port : (unsigned)answer;
    }
    size_t n = key->src->family == WEIR_FAMILY_IPV4 ? 4 : 16;
    int order = memcmp(key->src->bytes, key->dst->bytes, n);
    bool swap = !ordered && (order > 0 || (order == 0 && src_port > dst_port));
    message_t message = {0};
    message_put16(&message, key->seed);
    message_put(&message, (swap ? key->dst : key->src)->bytes, n);
    message_put(&message, (swap ? key->src : key->dst)->bytes, n);
    message_put16(&message, (unsigned)key->protocol << 8);
    if (protocol_has_ports(key->protocol)) {
        message_put16(&message, swap ? dst_port : src_port);
        message_put16(&message, swap ? src_port : dst_port);
    }
    return message;
}

/* 20 bytes make 27 characters and one "=". */
static void base64_put(const uint8_t bytes[static 20], char *at)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < 21; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 |
                         (i + 2 < 20 ? bytes[i + 2] : 0);
        for (int shift = 18; shift >= 0; shift -= 6)
            *at++ = letters[group >> shift & 63];
    }
    at[-1] = '=';
    *at = '\0';
}

void weir_community_id(const weir_community_key_t *key, char ret_text[static WEIR_COMMUNITY_SIZE])
{
    message_t message = message_make(key);
    uint8_t hash[20];
    (void)gcry_check_version(NULL); /* the library wants to be asked before it is used */
    gcry_md_hash_buffer(GCRY_MD_SHA1, hash, message.bytes, message.len);
    ret_text[0] = '1';
    ret_text[1] = ':';
    base64_put(hash, ret_text + 2);
}
