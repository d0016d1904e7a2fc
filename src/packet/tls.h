/*
 * The TLS ClientHello (RFC 8446, 4.1.2; 5246, 7.4.1.2), in TLS records or as QUIC carries it.
 */
#ifndef WEIR_PACKET_TLS_H
#define WEIR_PACKET_TLS_H

#include "base/cleanup.h"
#include "packet/scan.h"

#define WEIR_HELLO_CIPHERS_MOST 256
#define WEIR_HELLO_EXTENSIONS_MOST 128
#define WEIR_HELLO_SIGNATURES_MOST 128

/** What a hello says. Spans point into the message. GREASE values (RFC 8701) are left out. */
typedef struct weir_hello {
    uint16_t version;        /* the highest offered: of supported_versions, else of the message */
    weir_span_t server_name; /* len 0: none */
    weir_span_t alpn;        /* the first protocol offered; len 0: none */
    bool has_server_name;    /* the extension is there, empty or not */
    uint16_t cipher_count, extension_count, signature_count; /* those kept below */
    uint16_t ciphers[WEIR_HELLO_CIPHERS_MOST];
    uint16_t extensions[WEIR_HELLO_EXTENSIONS_MOST]; /* types, in order */
    uint16_t signatures[WEIR_HELLO_SIGNATURES_MOST]; /* signature_algorithms, in order */
} weir_hello_t;

/** What looking for a hello in the begin of a stream came to. */
typedef enum weir_find {
    WEIR_FIND_NONE, /* something else, or damaged */
    WEIR_FIND_MORE, /* its begin is there */
    WEIR_FIND_WHOLE,
} weir_find_t;

/** A hello as a handshake message with its header: what CRYPTO frames carry. */
weir_find_t weir_tls_handshake(weir_span_t bytes, weir_hello_t *ret_hello);

/** Room for a hello that is split over records. */
#define WEIR_TLS_SCRATCH ((size_t)16384)

/** A hello in the TLS records of a client. ret_hello may point into `scratch`. */
weir_find_t weir_tls_records(weir_span_t bytes, uint8_t scratch[static WEIR_TLS_SCRATCH],
                             weir_hello_t *ret_hello);

#endif
