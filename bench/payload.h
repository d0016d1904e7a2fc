/*
 * What flows of a made-up capture carry: enough that tools recognise it. Begins of TLS (hellos with
 * server names), QUIC (protected Initial packets with such a hello), HTTP, DNS, SSH, NTP, DHCP,
 * RTP; what follows them is noise, as what is encrypted is.
 */
#ifndef WEIR_BENCH_PAYLOAD_H
#define WEIR_BENCH_PAYLOAD_H

#include <stdint.h>

typedef enum payload_kind {
    PAYLOAD_NOISE,
    PAYLOAD_TLS,
    PAYLOAD_HTTP,
    PAYLOAD_QUIC,
    PAYLOAD_DNS,
    PAYLOAD_SSH,
    PAYLOAD_NTP,
    PAYLOAD_DHCP,
    PAYLOAD_RTP
} payload_kind_t;

/** One message of a flow. */
typedef struct payload {
    payload_kind_t kind;
    uint32_t server; /* who is asked for: names differ by it */
    uint32_t number; /* of the message in its direction, from 0 */
    int back;        /* the server sends it */
} payload_t;

/** Prepares what is costly. Returns 0, or -1 without ciphers. */
int payload_begin(void);
/** Bytes that the first messages want; others have any length. */
unsigned payload_length(const payload_t *payload, unsigned usual);
/** Fill `length` bytes at `at`. */
void payload_put(const payload_t *payload, unsigned length, uint8_t *at);

#endif
