/*
 * For tests: Initial packets of a QUIC client, protected as RFC 9001 says.
 */
#ifndef WEIR_PACKET_CRAFT_QUIC_H
#define WEIR_PACKET_CRAFT_QUIC_H

#include "packet/craft.h"
#include "packet/quic.h"

#include <gcrypt.h>

/** The connection id of the RFCs' examples. */
#define WEIR_CRAFT_CONNECTION "8394c8f03e515708"

/** The CRYPTO frame of RFC 9001, A.2: a hello to example.com. */
#define WEIR_CRAFT_HELLO                                                                           \
    "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c"         \
    "00000413011302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006"         \
    "001d00170018001000070005"                                                                     \
    "04616c706e000500050100000000003300260024001d00209370b2c9caa47fba"                             \
    "baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306"         \
    "030203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07"         \
    "048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff"

/** An Initial packet with the frames, padded to 1,200 bytes. Appended; 0, or -1 without cipher. */
static inline int weir_craft_initial(weir_buf_t *buf, const weir_quic_keys_t *keys, uint32_t number,
                                     const weir_buf_t *frames)
{
    weir_buf_t packet;
    weir_buf_init(&packet, 4096);
    weir_craft_u8(&packet, keys->version == WEIR_QUIC_V2 ? 0xd3 : 0xc3);
    weir_craft_be32(&packet, keys->version);
    weir_craft_hex(&packet, "08" WEIR_CRAFT_CONNECTION "00 00 449e");
    size_t number_at = packet.len;
    weir_craft_be32(&packet, number);
    size_t at = packet.len;
    weir_buf_put(&packet, frames->data, frames->len);
    while (packet.len < 1200)
        weir_craft_u8(&packet, 0);
    uint8_t nonce[12], mask[16], *bytes = (uint8_t *)packet.data;
    memcpy(nonce, keys->iv, sizeof(nonce));
    for (int i = 0; i < 4; i++)
        nonce[11 - i] ^= (uint8_t)(number >> 8 * i);
    gcry_cipher_hd_t aead = NULL, ecb = NULL;
    size_t n = 1200 - 16 - at;
    bool failed = gcry_cipher_open(&aead, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM, 0) ||
                  gcry_cipher_open(&ecb, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_ECB, 0) ||
                  gcry_cipher_setkey(aead, keys->key, sizeof(keys->key)) ||
                  gcry_cipher_setiv(aead, nonce, sizeof(nonce)) ||
                  gcry_cipher_authenticate(aead, bytes, at) ||
                  gcry_cipher_encrypt(aead, bytes + at, n, NULL, 0) ||
                  gcry_cipher_gettag(aead, bytes + at + n, 16) ||
                  gcry_cipher_setkey(ecb, keys->header, sizeof(keys->header)) ||
                  gcry_cipher_encrypt(ecb, mask, sizeof(mask), bytes + number_at + 4, sizeof(mask));
    bytes[0] ^= mask[0] & 0x0f;
    for (size_t i = 0; i < 4; i++)
        bytes[number_at + i] ^= mask[1 + i];
    weir_buf_put(buf, packet.data, packet.len);
    weir_buf_done(&packet);
    gcry_cipher_close(aead);
    gcry_cipher_close(ecb);
    return failed ? -1 : 0;
}

#endif
