/*
 * Whom an HTTP/1 request asks (RFC 9112, 3.2; 9110, 7.2).
 */
#ifndef WEIR_PACKET_HTTP_H
#define WEIR_PACKET_HTTP_H

#include "packet/tls.h"

typedef struct weir_http {
    weir_span_t host; /* without the port; len 0: none */
    bool proxied;     /* asked of a proxy: the host is not who answers */
} weir_http_t;

/** A request in the begin of a stream. The host points into it. */
weir_find_t weir_http_request(weir_span_t bytes, weir_http_t *ret_http);

#endif
