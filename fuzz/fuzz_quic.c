/*
 * A QUIC datagram as it is, and the same bytes as the frames of a well protected packet.
 */
#include "packet/craft_quic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t connection[] = {0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08};
    (void)gcry_check_version(NULL);
    weir_quic_t *quic = NULL;
    uint8_t *copy = malloc(size ? size : 1); /* of its exact size, so that a byte too far is seen */
    weir_quic_keys_t keys, own = {0};
    if (copy && weir_quic_new(&quic) == 0 &&
        weir_quic_keys(WEIR_QUIC_V1, (weir_span_t){connection, sizeof(connection)}, &keys) == 0) {
        if (size)
            memcpy(copy, data, size);
        weir_assembly_t crypto = {0};
        (void)weir_quic_open(quic, (weir_span_t){copy, size}, &own, &crypto);
        weir_buf_t frames, datagram;
        weir_buf_init(&frames, 4096);
        weir_buf_init(&datagram, 4096);
        weir_buf_put(&frames, data, size < 1100 ? size : 1100);
        if (weir_craft_initial(&datagram, &keys, 7, &frames) == 0)
            (void)weir_quic_open(quic, (weir_span_t){(const uint8_t *)datagram.data, datagram.len},
                                 &own, &crypto);
        weir_buf_done(&frames);
        weir_buf_done(&datagram);
        weir_assembly_done(&crypto);
    }
    weir_quic_free(quic);
    free(copy);
    return 0;
}
