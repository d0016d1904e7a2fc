#include "payload.h"

#include "generate.h"
#include "packet/craft_quic.h"

#define INITIALS 64 /* of different servers */
#define INITIAL_SIZE 1200
#define HELLO_SIZE 517
#define NOISE_SIZE 4096
#define TEXT_SIZE 256

static const uint8_t SSH_BANNER[21] = "SSH-2.0-OpenSSH_9.2\r\n";

static uint8_t initials[INITIALS][INITIAL_SIZE], noise[NOISE_SIZE];

/* Eleven letters, as many as the name in the RFC's hello has. */
static void name_make(uint32_t server, char text[static 12])
{
    (void)snprintf(text, 12, "h%05u.test", server % 20000);
}

/* The RFC's hello asks for example.com: another name of the same length takes its place. */
static int initial_make(uint32_t server, uint8_t *to)
{
    weir_buf_t id, frames, packet;
    weir_quic_keys_t keys;
    char name[12];
    weir_buf_init(&id, 64);
    weir_buf_init(&frames, 4096);
    weir_buf_init(&packet, 4096);
    weir_craft_hex(&id, WEIR_CRAFT_CONNECTION);
    weir_craft_hex(&frames, WEIR_CRAFT_HELLO);
    name_make(server, name);
    uint8_t *at = memmem(frames.data, frames.len, "example.com", 11);
    if (at)
        memcpy(at, name, 11);
    weir_span_t connection = {(const uint8_t *)id.data, id.len};
    int r = weir_quic_keys(1, connection, &keys);
    if (r == 0)
        r = weir_craft_initial(&packet, &keys, 2, &frames);
    if (r == 0)
        memcpy(to, packet.data, INITIAL_SIZE);
    weir_buf_done(&id);
    weir_buf_done(&frames);
    weir_buf_done(&packet);
    return r;
}

int payload_begin(void)
{
    uint64_t state = 5;
    for (size_t i = 0; i < NOISE_SIZE; i += 8) {
        uint64_t word = random_next(&state);
        memcpy(noise + i, &word, sizeof(word));
    }
    (void)gcry_check_version(NULL);
    int r = 0;
    for (uint32_t i = 0; r == 0 && i < INITIALS; i++)
        r = initial_make(i * 313, initials[i]);
    return r < 0 ? -1 : 0;
}

unsigned payload_length(const payload_t *payload, unsigned usual)
{
    if (payload->number > 0 && payload->kind != PAYLOAD_NTP && payload->kind != PAYLOAD_DHCP)
        return usual;
    switch (payload->kind) {
    case PAYLOAD_TLS:
        return payload->back ? usual : HELLO_SIZE;
    case PAYLOAD_QUIC:
        return INITIAL_SIZE;
    case PAYLOAD_SSH:
        return 21;
    case PAYLOAD_NTP:
        return 48;
    case PAYLOAD_DHCP:
        return 300;
    default:
        return usual;
    }
}

/* As a browser's: 16 cipher suites, server name, versions, padding up to the usual size. */
static uint8_t *hello_put(uint32_t server, uint8_t *at)
{
    const uint8_t *begin = at;
    char name[12];
    name_make(server, name);
    at = put32(at, 0x16030102);
    at = put32(at, 0x00010001);
    at = put16(put16(at, 0xfc03), 0x03a0 + (server & 15));
    memcpy(at, noise + (server & 1023), 31);
    at += 31;
    *at++ = 0; /* no session */
    at = put16(at, 0x0020);
    for (unsigned i = 0; i < 16; i++)
        at = put16(at, i < 3 ? 0x1301 + i : 0xc013 + i);
    at = put16(at, 0x0100);
    uint8_t *extensions = at;
    at = put16(put16(put16(put16(at, 0), 0), 16), 14);
    *at++ = 0; /* a host's name */
    at = put16(at, 11);
    memcpy(at, name, 11);
    at = put16(put16(at + 11, 0x002b), 5);
    at = put32(at, 0x04030403);
    *at++ = 0x03;
    at = put16(put16(at, 0x000d), 4);
    at = put16(put16(at, 2), 0x0403);
    unsigned left = (unsigned)(begin + HELLO_SIZE - at) - 4;
    at = put16(put16(at, 0x0015), left);
    memset(at, 0, left);
    (void)put16(extensions, (unsigned)(begin + HELLO_SIZE - extensions) - 2);
    return at + left;
}

/* A record of TLS: the server's hello first, then application data. */
static void record_put(const payload_t *payload, unsigned length, uint8_t *at)
{
    int first = payload->number == 0;
    if (length < 80)
        return;
    unsigned size = first ? 74 : length - 5;
    (void)put16(put16(at, first ? 0x1603 : 0x1703), 0x0300 | size >> 8);
    at[4] = (uint8_t)size;
    if (!first)
        return;
    (void)put32(at + 5, 0x02000046);
    (void)put16(at + 9, 0x0303);
    at[43] = 0; /* no session */
    (void)put16(at + 44, 0x1301);
    at[46] = 0;
    (void)put16(at + 47, 30);
    (void)put16(put16(put16(at + 49, 0x002b), 2), 0x0304);
    (void)put16(put16(at + 55, 0x0033), 20);
    if (length > 84)
        (void)put32(at + 79, 0x17030304);
}

static void text_put(const payload_t *payload, unsigned length, uint8_t *at)
{
    char text[TEXT_SIZE], name[12];
    name_make(payload->server, name);
    int n = payload->back ? snprintf(text, sizeof(text),
                                     "HTTP/1.1 200 OK\r\nServer: nginx\r\n"
                                     "Content-Type: image/png\r\n\r\n")
                          : snprintf(text, sizeof(text),
                                     "GET /a%u HTTP/1.1\r\nHost: %s\r\nUser-Agent: Mozilla/5.0 "
                                     "(X11; Linux x86_64)\r\nAccept: */*\r\n\r\n",
                                     payload->number, name);
    memcpy(at, text, (unsigned)n < length ? (unsigned)n : length);
}

/* What is left of a message: padding (RFC 7830). */
static void padding_put(uint8_t *at, unsigned left)
{
    memset(at, 0, left);
    at = put32(at + 1, 0x002904d0);
    (void)put16(put16(put16(at + 4, left - 11), 12), left - 15);
}

/* A question for an address, or its answer with some addresses. */
static void dns_put(const payload_t *payload, unsigned length, uint8_t *at)
{
    static const unsigned question = 12 + 17, answer = 16, padding = 15;
    char name[12];
    name_make(payload->server + payload->number, name);
    unsigned answers = payload->back && length > question ? (length - question) / answer : 0;
    answers = answers < 1 + payload->server % 4 ? answers : 1 + payload->server % 4;
    unsigned used = question + answers * answer;
    int padded = length >= used + padding;
    uint8_t *end = at + length;
    at = put16(at, payload->number + payload->server);
    at = put16(put16(at, payload->back ? 0x8180 : 0x0100), 1);
    at = put16(put16(put16(at, answers), 0), padded);
    if (at + 17 > end)
        return;
    *at++ = 6;
    memcpy(at, name, 6);
    at[6] = 4;
    memcpy(at + 7, "test", 5);
    at = put16(put16(at + 12, 1), 1);
    for (unsigned i = 0; i < answers; i++)
        at = put32(put16(put32(put16(put32(at, 0xc00c0001), 1), 300), 4),
                   0xcb007100 + payload->server + i);
    if (padded)
        padding_put(at, (unsigned)(end - at));
}

static void quic_put(const payload_t *payload, uint8_t *at)
{
    if (payload->number == 0 && !payload->back)
        memcpy(at, initials[payload->server % INITIALS], INITIAL_SIZE);
    else if (payload->number == 0)
        (void)put32(put32(put16(at, 0xe700), 0x00010008), 0);
    else
        at[0] = (uint8_t)(0x40 | (at[0] & 0x3f));
}

static void rtp_put(const payload_t *payload, uint8_t *at)
{
    (void)put32(put32(put32(at, 0x80000000 | (payload->number & 0xffff)), payload->number * 160),
                payload->server);
}

static void dhcp_put(const payload_t *payload, unsigned length, uint8_t *at)
{
    memset(at, 0, length);
    (void)put32(at, payload->back ? 0x02010600 : 0x01010600);
    (void)put32(at + 4, payload->server);
    (void)put32(at + 236, 0x63825363);
    (void)put32(at + 240, payload->back ? 0x350105ff : 0x350103ff);
}

static void ntp_put(const payload_t *payload, unsigned length, uint8_t *at)
{
    memset(at, 0, length);
    (void)put32(at, payload->back ? 0x240306ec : 0x23000000);
    (void)put32(at + 40, 0xe8fe0000 + payload->number);
}

static void message_put(const payload_t *payload, unsigned length, uint8_t *at)
{
    switch (payload->kind) {
    case PAYLOAD_TLS:
        if (payload->number == 0 && !payload->back && length == HELLO_SIZE)
            (void)hello_put(payload->server, at);
        else
            record_put(payload, length, at);
        break;
    case PAYLOAD_HTTP:
        if (payload->number == 0 || !payload->back)
            text_put(payload, length, at);
        break;
    case PAYLOAD_QUIC:
        quic_put(payload, at);
        break;
    case PAYLOAD_DNS:
        dns_put(payload, length, at);
        break;
    case PAYLOAD_SSH:
        if (payload->number == 0)
            memcpy(at, SSH_BANNER, sizeof(SSH_BANNER));
        break;
    case PAYLOAD_NTP:
        ntp_put(payload, length, at);
        break;
    case PAYLOAD_DHCP:
        dhcp_put(payload, length, at);
        break;
    case PAYLOAD_RTP:
        rtp_put(payload, at);
        break;
    case PAYLOAD_NOISE:
        break;
    }
}

void payload_put(const payload_t *payload, unsigned length, uint8_t *at)
{
    unsigned from = (payload->server * 7 + payload->number * 131) % (NOISE_SIZE - 1500);
    memcpy(at, noise + from, length < 1500 ? length : 1500);
    if (length)
        message_put(payload, length, at);
}
