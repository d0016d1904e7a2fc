/*
 * What TCP and UDP carry, in words: chosen by what the bytes are, and by the port where they do not
 * tell. HTTP (RFC 9112), DHCP (2131, 2132), QUIC's first packet (9000), SSH's greeting (4253), NTP
 * (5905).
 */
#include "packet/dissect_private.h"

#include <stdio.h>
#include <string.h>

static bool port_is(const dissect_t *d, uint16_t port)
{
    return d->packet->src_port == port || d->packet->dst_port == port;
}

/* ---- HTTP ------------------------------------------------------------------------------------ */

static bool begins_with(const dissect_t *d, const char *text)
{
    size_t n = strlen(text);
    return weir_dissect_has(d, (uint32_t)n) && memcmp(weir_dissect_data(d), text, n) == 0;
}

static bool http_begins(const dissect_t *d)
{
    static const char *const words[] = {"GET ",     "POST ",    "HEAD ",  "PUT ",     "DELETE ",
                                        "OPTIONS ", "CONNECT ", "PATCH ", "HTTP/1.1", "HTTP/1.0"};
    for (size_t i = 0; i < WEIR_COUNT(words); i++)
        if (begins_with(d, words[i]))
            return true;
    return false;
}

/* Bytes up to the end of the line at `at`, without its end. */
static uint32_t line_length(const dissect_t *d, uint32_t at)
{
    const uint8_t *data = d->frame->data;
    uint32_t n = 0;
    while (at + n < d->end && data[at + n] != '\r' && data[at + n] != '\n')
        n++;
    return n;
}

static void printable_copy(const uint8_t *data, uint32_t n, char *text, size_t size)
{
    size_t i = 0;
    for (; i < n && i + 1 < size; i++)
        text[i] = data[i] >= 0x20 && data[i] < 0x7f ? (char)data[i] : '.';
    text[i] = '\0';
}

static void http_header(const dissect_t *d, uint32_t at, uint32_t n)
{
    char text[256];
    printable_copy(d->frame->data + at, n, text, sizeof(text));
    weir_dissect_line(d, 1, at, n, "%s", text);
    if (n > 5 && strncasecmp(text, "host:", 5) == 0) {
        uint32_t skip = 5;
        while (skip < n && text[skip] == ' ')
            skip++;
        weir_dissect_name(d, d->frame->data + at + skip, n - skip);
    }
}

bool weir_dissect_http(dissect_t *d)
{
    if (!http_begins(d))
        return false;
    uint32_t at = d->at, n = line_length(d, at);
    char first[300];
    weir_dissect_application(d, "HTTP");
    printable_copy(d->frame->data + at, n, first, sizeof(first));
    weir_dissect_line(d, 0, at, weir_dissect_left(d), "HTTP, %s", first);
    while (n > 0) {
        http_header(d, at, n);
        at += n;
        at += at < d->end && d->frame->data[at] == '\r';
        at += at < d->end && d->frame->data[at] == '\n';
        n = line_length(d, at);
    }
    bool named = d->packet->present >> WEIR_PACKET_NAME & 1;
    weir_dissect_summary(d, "%s%s%s", first, named ? ", host " : "", named ? d->to->name : "");
    return true;
}

/* ---- DHCP ------------------------------------------------------------------------------------ */

#define DHCP_FIXED 240u /* [byte] with the magic cookie */

static const char *dhcp_word(unsigned message)
{
    static const char *const words[] = {"message", "discover", "offer",   "request", "decline",
                                        "ack",     "nak",      "release", "inform"};
    return words[message < WEIR_COUNT(words) ? message : 0];
}

static void dhcp_option(const dissect_t *d, uint32_t at, unsigned code, uint32_t n)
{
    const uint8_t *value = d->frame->data + at;
    char text[256];
    if (code == 12 || code == 15 || code == 60) {
        printable_copy(value, n, text, sizeof(text));
        weir_dissect_line(d, 1, at, n, "%s %s",
                          code == 12   ? "Host name"
                          : code == 15 ? "Domain"
                                       : "Vendor class",
                          text);
    } else if (n == 4 && (code == 1 || code == 3 || code == 6 || code == 50 || code == 54)) {
        weir_dissect_line(d, 1, at, n, "Option %u: %u.%u.%u.%u", code, value[0], value[1], value[2],
                          value[3]);
    } else {
        weir_dissect_line(d, 1, at, n, "Option %u, %u bytes", code, n);
    }
    if (code == 12)
        weir_dissect_name(d, value, n);
}

/* Returns the message type. */
static unsigned dhcp_options(const dissect_t *d)
{
    const uint8_t *data = d->frame->data;
    unsigned message = 0;
    for (uint32_t at = d->at + DHCP_FIXED; at + 2 <= d->end && data[at] != 255;) {
        if (data[at] == 0) {
            at++;
            continue;
        }
        uint32_t n = data[at + 1];
        if (at + 2 + n > d->end)
            break;
        if (data[at] == 53 && n == 1)
            message = data[at + 2];
        dhcp_option(d, at + 2, data[at], n);
        at += 2 + n;
    }
    return message;
}

bool weir_dissect_dhcp(dissect_t *d)
{
    const uint8_t *data = weir_dissect_data(d);
    if (!weir_dissect_has(d, DHCP_FIXED) || weir_be32(data + 236) != UINT32_C(0x63825363))
        return false;
    weir_dissect_application(d, "DHCP");
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "DHCP, %s",
                      data[0] == 1 ? "from a client" : "from a server");
    weir_dissect_line(d, 1, d->at + 4, 4, "Transaction 0x%08x", weir_be32(data + 4));
    weir_dissect_line(d, 1, d->at + 16, 4, "Given address %u.%u.%u.%u", data[16], data[17],
                      data[18], data[19]);
    weir_dissect_line(d, 1, d->at + 28, 6, "Client %02x:%02x:%02x:%02x:%02x:%02x", data[28],
                      data[29], data[30], data[31], data[32], data[33]);
    unsigned message = dhcp_options(d);
    bool given = weir_be32(data + 16) != 0;
    char address[24] = "";
    if (given)
        (void)snprintf(address, sizeof(address), " %u.%u.%u.%u", data[16], data[17], data[18],
                       data[19]);
    bool named = d->packet->present >> WEIR_PACKET_NAME & 1;
    weir_dissect_summary(d, "%s%s, client %02x:%02x:%02x:%02x:%02x:%02x%s%s", dhcp_word(message),
                         address, data[28], data[29], data[30], data[31], data[32], data[33],
                         named ? ", host " : "", named ? d->to->name : "");
    return true;
}

/* ---- Others ---------------------------------------------------------------------------------- */

static bool ssh_dissect(dissect_t *d)
{
    if (!begins_with(d, "SSH-"))
        return false;
    char text[128];
    printable_copy(weir_dissect_data(d), line_length(d, d->at), text, sizeof(text));
    weir_dissect_application(d, "SSH");
    weir_dissect_summary(d, "%s", text);
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "SSH, %s", text);
    return true;
}

static bool quic_dissect(dissect_t *d)
{
    if (!port_is(d, 443) || !weir_dissect_has(d, 7) || !(weir_dissect_data(d)[0] & 0x40))
        return false;
    const uint8_t *data = weir_dissect_data(d);
    uint32_t version = weir_be32(data + 1);
    weir_dissect_application(d, "QUIC");
    if (!(data[0] & 0x80)) {
        weir_dissect_summary(d, "protected, %u bytes", weir_dissect_left(d));
        weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "QUIC, short header");
        return true;
    }
    static const char *const words[] = {"Initial", "0-RTT", "Handshake", "Retry"};
    unsigned type = data[0] >> 4 & 3u;
    if (version == UINT32_C(0x6b3343cf)) /* version 2 counts from another place */
        type = (type + 3) & 3u;
    weir_dissect_summary(d, "%s, version 0x%x, %u bytes", words[type], version,
                         weir_dissect_left(d));
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "QUIC, %s", words[type]);
    weir_dissect_line(d, 1, d->at + 1, 4, "Version 0x%08x", version);
    return true;
}

static bool ntp_dissect(dissect_t *d)
{
    if (!port_is(d, 123) || !weir_dissect_has(d, 48))
        return false;
    const uint8_t *data = weir_dissect_data(d);
    unsigned mode = data[0] & 7u, version = data[0] >> 3 & 7u;
    static const char *const words[] = {"reserved", "active",    "passive", "client",
                                        "server",   "broadcast", "control", "private"};
    weir_dissect_application(d, "NTP");
    weir_dissect_summary(d, "version %u, %s, stratum %u", version, words[mode], data[1]);
    weir_dissect_line(d, 0, d->at, weir_dissect_left(d), "NTP, version %u, %s", version,
                      words[mode]);
    return true;
}

bool weir_dissect_tcp_payload(dissect_t *d)
{
    if (!weir_dissect_left(d))
        return true;
    if (port_is(d, 53) && weir_dissect_has(d, 14)) {
        d->at += 2; /* the message's length */
        if (weir_dissect_dns(d, "DNS"))
            return true;
        d->at -= 2;
    }
    return weir_dissect_tls(d) || weir_dissect_http(d) || ssh_dissect(d);
}

bool weir_dissect_udp_payload(dissect_t *d)
{
    if (!weir_dissect_left(d))
        return true;
    if (port_is(d, 53))
        return weir_dissect_dns(d, "DNS");
    if (port_is(d, 5353))
        return weir_dissect_dns(d, "mDNS");
    if (port_is(d, 5355))
        return weir_dissect_dns(d, "LLMNR");
    if (port_is(d, 67) || port_is(d, 68))
        return weir_dissect_dhcp(d);
    return quic_dissect(d) || ntp_dissect(d);
}
