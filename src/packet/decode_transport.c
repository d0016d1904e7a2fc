/*
 * Above the ports: TCP's own fields with its timestamps (RFC 9293, 3.1; RFC 7323, 3), and what a
 * UDP datagram would be as RTP (RFC 3550, 5.1).
 */
#include "packet/decode_private.h"

#define TCP_HEADER 20u
#define UDP_HEADER 8u
#define RTP_HEADER 12u

enum tcp_option { OPTION_END = 0, OPTION_PADDING = 1, OPTION_STAMPS = 8 };

static void stamps_set(const uint8_t *option, weir_digest_t *digest)
{
    digest->stamp = weir_be32(option + 2);
    digest->echo = weir_be32(option + 6);
    digest->has_stamps = true;
}

/* Any order of options; `n` bytes of them. */
static void options_scan(const uint8_t *at, uint32_t n, weir_digest_t *digest)
{
    for (uint32_t i = 0; i < n && at[i] != OPTION_END;) {
        uint32_t len = at[i] == OPTION_PADDING ? 1 : i + 1 < n ? at[i + 1] : 0;
        if (len == 0 || len > n - i || (at[i] != OPTION_PADDING && len < 2))
            return;
        if (at[i] == OPTION_STAMPS && len == 10) {
            stamps_set(at + i, digest);
            return;
        }
        i += len;
    }
}

/* Nearly all senders put two bytes of padding before the timestamps and nothing else (RFC 7323, A).
 */
static inline void options_read(const cursor_t *cursor, const uint8_t *at, uint32_t n,
                                weir_digest_t *digest)
{
    if (!weir_cursor_has(cursor, TCP_HEADER + n))
        return;
    const uint8_t *options = at + TCP_HEADER;
    if (n >= 12 && weir_be32(options) == 0x0101080a)
        stamps_set(options + 2, digest);
    else
        options_scan(options, n, digest);
}

void weir_decode_tcp(const cursor_t *cursor, uint32_t ip_end, weir_digest_t *digest)
{
    if (!weir_cursor_has(cursor, TCP_HEADER))
        return;
    const uint8_t *at = weir_cursor_data(cursor);
    uint32_t header = (at[12] >> 4) * 4u;
    uint32_t payload_at = cursor->at + header;
    digest->has_tcp = true;
    digest->tcp_flags = at[13];
    digest->seq = weir_be32(at + 4);
    digest->ack = weir_be32(at + 8);
    digest->window = weir_be16(at + 14);
    digest->payload = ip_end > payload_at ? ip_end - payload_at : 0;
    if (header > TCP_HEADER)
        options_read(cursor, at, header - TCP_HEADER, digest);
}

void weir_decode_rtp(const cursor_t *cursor, uint32_t ip_end, weir_digest_t *digest)
{
    if (!weir_cursor_has(cursor, UDP_HEADER + RTP_HEADER))
        return;
    const uint8_t *at = weir_cursor_data(cursor) + UDP_HEADER;
    uint32_t contributors = at[0] & 0x0fu;
    unsigned type = at[1] & 0x7fu;
    bool version_2 = at[0] >> 6 == 2;
    if (!version_2 || (type >= 64 && type <= 95) ||
        cursor->at + UDP_HEADER + RTP_HEADER + contributors * 4 > ip_end)
        return;
    digest->has_rtp = true;
    digest->rtp_type = (uint8_t)type;
    digest->rtp_seq = weir_be16(at + 2);
    digest->rtp_time = weir_be32(at + 4);
    digest->rtp_source = weir_be32(at + 8);
}
