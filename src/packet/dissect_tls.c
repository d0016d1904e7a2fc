/*
 * TLS records (RFC 8446, 5.1) and the two hellos (4.1) in words.
 */
#include "packet/dissect_private.h"

#include <stdio.h>
#include <string.h>

#define RECORD 5u
#define LARGEST (16384u + 2048u)

static const char *version_word(unsigned version)
{
    switch (version) {
    case 0x0300:
        return "SSL 3.0";
    case 0x0301:
        return "TLS 1.0";
    case 0x0302:
        return "TLS 1.1";
    case 0x0303:
        return "TLS 1.2";
    case 0x0304:
        return "TLS 1.3";
    default:
        return "TLS";
    }
}

static const char *handshake_word(unsigned type)
{
    switch (type) {
    case 1:
        return "client hello";
    case 2:
        return "server hello";
    case 4:
        return "session ticket";
    case 8:
        return "encrypted extensions";
    case 11:
        return "certificate";
    case 12:
        return "server key exchange";
    case 14:
        return "server hello done";
    case 16:
        return "client key exchange";
    default:
        return "handshake, encrypted";
    }
}

/* A hello that is being read: [at, end). */
typedef struct hello {
    const dissect_t *d;
    uint32_t at, end;
    unsigned version;
    char alpn[64];
} hello_t;

static bool hello_skip(hello_t *hello, uint32_t n)
{
    if (hello->end - hello->at < n)
        return false;
    hello->at += n;
    return true;
}

/* Skip a vector whose length has `width` bytes. */
static bool hello_vector(hello_t *hello, uint32_t width)
{
    const uint8_t *data = hello->d->frame->data + hello->at;
    if (!hello_skip(hello, width))
        return false;
    return hello_skip(hello, width == 1 ? data[0] : weir_be16(data));
}

static void server_name(hello_t *hello, uint32_t at, uint32_t n)
{
    const uint8_t *data = hello->d->frame->data + at;
    if (n < 5 || data[2] != 0)
        return;
    uint32_t length = weir_be16(data + 3);
    if (length > n - 5)
        return;
    weir_dissect_name(hello->d, data + 5, length);
    weir_dissect_line(hello->d, 2, at, n, "Server name %s", hello->d->to->name);
}

static void first_alpn(hello_t *hello, uint32_t at, uint32_t n)
{
    const uint8_t *data = hello->d->frame->data + at;
    if (n < 3 || data[2] > n - 3)
        return;
    size_t i = 0;
    for (; i < data[2] && i + 1 < sizeof(hello->alpn); i++)
        hello->alpn[i] = data[3 + i] >= 0x20 && data[3 + i] < 0x7f ? (char)data[3 + i] : '.';
    hello->alpn[i] = '\0';
    weir_dissect_line(hello->d, 2, at, n, "Application protocol %s", hello->alpn);
}

static void extension(hello_t *hello, unsigned type, uint32_t at, uint32_t n)
{
    const uint8_t *data = hello->d->frame->data + at;
    if (type == 0)
        server_name(hello, at, n);
    else if (type == 16)
        first_alpn(hello, at, n);
    else if (type == 43 && n == 2)
        hello->version = weir_be16(data); /* what the server chose */
    else if (type == 43 && n >= 3 && data[0] >= 2)
        hello->version = 0x0304; /* a list: the client offers 1.3, or it would not send it */
}

static void extensions(hello_t *hello)
{
    const uint8_t *data = hello->d->frame->data;
    if (!hello_skip(hello, 2))
        return;
    while (hello->end - hello->at >= 4) {
        unsigned type = weir_be16(data + hello->at);
        uint32_t n = weir_be16(data + hello->at + 2);
        hello->at += 4;
        if (hello->end - hello->at < n)
            return;
        extension(hello, type, hello->at, n);
        hello->at += n;
    }
}

static void hello_dissect(const dissect_t *d, uint32_t at, uint32_t end, bool client)
{
    const uint8_t *data = d->frame->data;
    hello_t hello = {.d = d, .at = at, .end = end};
    if (hello_skip(&hello, 2))
        hello.version = weir_be16(data + at);
    bool good = hello_skip(&hello, 32) && hello_vector(&hello, 1);
    if (client)
        good = good && hello_vector(&hello, 2) && hello_vector(&hello, 1);
    else
        good = good && hello_skip(&hello, 3);
    if (good)
        extensions(&hello);
    bool named = d->packet->present >> WEIR_PACKET_NAME & 1;
    weir_dissect_summary(d, "%s, %s%s%s%s%s", client ? "client hello" : "server hello",
                         version_word(hello.version), named ? ", server " : "",
                         named ? d->to->name : "", hello.alpn[0] ? ", for " : "", hello.alpn);
}

static void record_words(const dissect_t *d, uint32_t at, uint32_t n, bool first)
{
    const uint8_t *data = d->frame->data;
    unsigned type = data[at];
    uint32_t body = at + RECORD, end = d->end - body < n ? d->end : body + n;
    static const char *const words[] = {"change cipher spec", "alert", "handshake",
                                        "application data", "heartbeat"};
    const char *word = words[type - 20];
    unsigned handshake = type == 22 && end - body >= 4 ? data[body] : 0;
    if (type == 22)
        word = handshake_word(handshake);
    weir_dissect_line(d, 1, at, end - at, "Record, %s, %u bytes", word, n);
    if (!first)
        return;
    weir_dissect_summary(d, "%s, %u bytes", word, n);
    if (handshake == 1 || handshake == 2)
        hello_dissect(d, body + 4, end, handshake == 1);
}

static bool record_is(const dissect_t *d, uint32_t at)
{
    const uint8_t *data = d->frame->data + at;
    return d->end - at >= RECORD && data[0] >= 20 && data[0] <= 24 && data[1] == 3 &&
           data[2] <= 4 && weir_be16(data + 3) <= LARGEST;
}

bool weir_dissect_tls(dissect_t *d)
{
    if (!record_is(d, d->at))
        return false;
    weir_dissect_application(d, "TLS");
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "TLS, %u bytes", weir_dissect_left(d));
    for (uint32_t at = d->at; record_is(d, at);) {
        uint32_t n = weir_be16(d->frame->data + at + 3);
        record_words(d, at, n, at == d->at);
        if (d->end - at - RECORD <= n)
            break;
        at += RECORD + n;
    }
    return true;
}
