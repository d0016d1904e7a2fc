/*
 * JA4: a fingerprint of a TLS client by its hello (FoxIO, "JA4: TLS Client Fingerprinting").
 */
#ifndef WEIR_PACKET_JA4_H
#define WEIR_PACKET_JA4_H

#include "packet/tls.h"

/** "t13d1516h2_8daaf6152771_b186095e22b6" */
#define WEIR_JA4_SIZE 37

/** `transport`: 't' TCP, 'q' QUIC. Any thread. */
void weir_ja4(const weir_hello_t *hello, char transport, char ret_text[static WEIR_JA4_SIZE]);

#endif
