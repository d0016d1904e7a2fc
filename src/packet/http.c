#include "packet/http.h"

#include <string.h>
#include <strings.h>

#define METHOD_LEAST 3u
#define METHOD_MOST 20u
#define HEADER_MOST ((size_t)8192) /* [byte] in which the host must come */

/* Length of the method with its space; 0: none; *ret_begins: what is there may still become one. */
static size_t method_length(weir_span_t bytes, bool *ret_begins)
{
    size_t n = 0;
    while (n < bytes.len && n < METHOD_MOST &&
           ((bytes.data[n] >= 'A' && bytes.data[n] <= 'Z') || bytes.data[n] == '-'))
        n++;
    *ret_begins = n == bytes.len && n < METHOD_MOST;
    return n >= METHOD_LEAST && n < bytes.len && bytes.data[n] == ' ' ? n + 1 : 0;
}

/* The next line without its end; false: it is not all there. */
static bool line_next(weir_span_t *rest, weir_span_t *ret_line)
{
    const uint8_t *end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
    if (!end)
        return false;
    size_t n = (size_t)(end - rest->data);
    *ret_line = (weir_span_t){rest->data, n > 0 && end[-1] == '\r' ? n - 1 : n};
    *rest = (weir_span_t){end + 1, rest->len - n - 1};
    return true;
}

static bool line_is_request(weir_span_t line)
{
    static const char version[] = " HTTP/1.";
    size_t n = sizeof(version) - 1;
    return line.len > n + 1 && memcmp(line.data + line.len - n - 1, version, n) == 0;
}

static weir_span_t blanks_strip(weir_span_t text)
{
    while (text.len && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = (weir_span_t){text.data + 1, text.len - 1};
    while (text.len && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* "host:port" and "[address]:port" without the port. */
static weir_span_t port_strip(weir_span_t host)
{
    if (host.len && host.data[0] == '[') {
        const uint8_t *end = memchr(host.data, ']', host.len);
        return end ? (weir_span_t){host.data + 1, (size_t)(end - host.data) - 1} : host;
    }
    const uint8_t *colon = host.len ? memchr(host.data, ':', host.len) : NULL;
    return colon ? (weir_span_t){host.data, (size_t)(colon - host.data)} : host;
}

weir_find_t weir_http_request(weir_span_t bytes, weir_http_t *ret_http)
{
    bool begins = false;
    size_t method = method_length(bytes, &begins);
    if (method == 0)
        return begins ? WEIR_FIND_MORE : WEIR_FIND_NONE;
    weir_find_t unfinished = bytes.len < HEADER_MOST ? WEIR_FIND_MORE : WEIR_FIND_NONE;
    weir_span_t rest = bytes, line;
    if (!line_next(&rest, &line))
        return unfinished;
    if (!line_is_request(line))
        return WEIR_FIND_NONE;
    weir_http_t http = {.proxied = line.data[method] != '/' && line.data[method] != '*'};
    while (line_next(&rest, &line)) {
        bool end = line.len == 0;
        bool host = line.len > 5 && strncasecmp((const char *)line.data, "host:", 5) == 0;
        if (host)
            http.host = port_strip(blanks_strip((weir_span_t){line.data + 5, line.len - 5}));
        if (host || end) {
            *ret_http = http;
            return WEIR_FIND_WHOLE;
        }
    }
    return unfinished;
}
