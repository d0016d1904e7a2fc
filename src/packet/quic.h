/*
 * QUIC Initial packets of clients, version 1 (RFC 9000, 9001), the draft 29 that
 * went into use before it, and version 2 (RFC 9369): their protection
 * keeps nobody from reading them, it only needs to be taken off.
 */
#ifndef WEIR_PACKET_QUIC_H
#define WEIR_PACKET_QUIC_H

#include "base/cleanup.h"
#include "packet/assembly.h"

#define WEIR_QUIC_V1 UINT32_C(0x00000001)
#define WEIR_QUIC_DRAFT_29 UINT32_C(0xff00001d)
#define WEIR_QUIC_V2 UINT32_C(0x6b3343cf)

/** Ciphers and hashes, made once. One thread. */
typedef struct weir_quic weir_quic_t;

/** 0, -ENOMEM, or -ENOTSUP when the library lacks a cipher. */
WEIR_NODISCARD int weir_quic_new(weir_quic_t **ret_quic);
void weir_quic_free(weir_quic_t *quic); /* accepts NULL */

/** What protects a client's Initial packets. */
typedef struct weir_quic_keys {
    uint8_t key[16], iv[12], header[16];
    uint32_t version; /* 0: not set */
} weir_quic_keys_t;

/** The keys for what a client sends first to this connection id. 0 or -EINVAL (version,
 * or an id that is too long). Any thread. */
WEIR_NODISCARD int weir_quic_keys(uint32_t version, weir_span_t connection,
                                  weir_quic_keys_t *ret_keys);

/** Whether a datagram begins with an Initial packet of a version that can be opened. */
bool weir_quic_initial(weir_span_t datagram);

/**
 * Open the Initial packets of a datagram and add their CRYPTO frames. *keys: of the flow, set by
 * the first packet that can be opened, and anew after a Retry. Returns how many were opened; 0 also
 * for what the server sends.
 */
unsigned weir_quic_open(weir_quic_t *quic, weir_span_t datagram, weir_quic_keys_t *keys,
                        weir_assembly_t *crypto);

#endif
