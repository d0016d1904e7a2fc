/*
 * The begin of a client's stream: TLS records, a bare handshake message, an HTTP request; and the
 * same in pieces, in an order that the first byte chooses.
 */
#include "packet/assembly.h"
#include "packet/http.h"
#include "packet/ja4.h"
#include "packet/texts.h"

#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a memo says first and then is what is so without one. */
static void ja4_judge(const weir_hello_t *hello)
{
    char fresh[WEIR_JA4_SIZE], kept[WEIR_JA4_SIZE];
    weir_ja4_memo_t *memo = weir_ja4_memo_new();
    weir_ja4(NULL, hello, 't', fresh);
    for (int i = 0; i < 2; i++) {
        weir_ja4(memo, hello, 't', kept);
        if (strcmp(fresh, kept) != 0)
            __builtin_trap();
    }
    weir_ja4_memo_free(memo);
}

static void bytes_judge(weir_span_t bytes, uint8_t *scratch)
{
    weir_hello_t hello;
    weir_http_t http;
    char name[WEIR_NAME_SIZE];
    if (weir_tls_records(bytes, scratch, &hello) == WEIR_FIND_WHOLE ||
        weir_tls_handshake(bytes, &hello) == WEIR_FIND_WHOLE) {
        ja4_judge(&hello);
        (void)weir_name_text(hello.server_name, name);
    }
    if (weir_http_request(bytes, &http) == WEIR_FIND_WHOLE)
        (void)weir_name_text(http.host, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)gcry_check_version(NULL);
    if (size < 1)
        return 0;
    uint8_t *copy = malloc(size); /* of its exact size, so that a byte too far is seen */
    uint8_t *scratch = malloc(WEIR_TLS_SCRATCH);
    if (copy && scratch) {
        memcpy(copy, data, size);
        weir_span_t bytes = {copy + 1, size - 1};
        bytes_judge(bytes, scratch);
        weir_assembly_t assembly = {0};
        size_t piece = 1 + (data[0] & 63), count = (bytes.len + piece - 1) / piece;
        for (size_t i = 0; i < count; i++) {
            size_t at = (i * 5 + data[0]) % count * piece;
            size_t n = bytes.len - at < piece ? bytes.len - at : piece;
            weir_assembly_add(&assembly, at, (weir_span_t){bytes.data + at, n});
        }
        if (assembly.ready)
            bytes_judge(weir_assembly_span(&assembly), scratch);
        weir_assembly_done(&assembly);
    }
    free(copy);
    free(scratch);
    return 0;
}
