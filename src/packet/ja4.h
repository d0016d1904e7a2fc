/*
 * JA4: a fingerprint of a TLS client by its hello (FoxIO, "JA4: TLS Client Fingerprinting").
 */
#ifndef WEIR_PACKET_JA4_H
#define WEIR_PACKET_JA4_H

#include "packet/tls.h"

/** "t13d1516h2_8daaf6152771_b186095e22b6" */
#define WEIR_JA4_SIZE 37

/** Lists that were hashed before. One thread. */
typedef struct weir_ja4_memo weir_ja4_memo_t;

weir_ja4_memo_t *weir_ja4_memo_new(void); /* NULL: no memory */
void weir_ja4_memo_free(weir_ja4_memo_t *memo);

/** `transport`: 't' TCP, 'q' QUIC. `memo`: may be NULL, and changes nothing but the time it takes.
 */
void weir_ja4(weir_ja4_memo_t *memo, const weir_hello_t *hello, char transport,
              char ret_text[static WEIR_JA4_SIZE]);

#endif
