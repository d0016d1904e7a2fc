/*
 * Reading numbers from byte spans. The caller has checked the bounds; compilers make one load of
 * each.
 */
#ifndef WEIR_PACKET_BYTES_H
#define WEIR_PACKET_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of somebody else; valid as long as the owner says. */
typedef struct weir_span {
    const uint8_t *data;
    size_t len;
} weir_span_t;

static inline uint16_t weir_be16(const uint8_t *at)
{
    return (uint16_t)((unsigned)at[0] << 8 | at[1]);
}

static inline uint16_t weir_le16(const uint8_t *at)
{
    return (uint16_t)((unsigned)at[1] << 8 | at[0]);
}

static inline uint32_t weir_be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline uint32_t weir_le32(const uint8_t *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static inline uint64_t weir_be64(const uint8_t *at)
{
    return (uint64_t)weir_be32(at) << 32 | weir_be32(at + 4);
}

/** In the byte order of a file. */
static inline uint16_t weir_load16(const uint8_t *at, bool big)
{
    return big ? weir_be16(at) : weir_le16(at);
}

static inline uint32_t weir_load32(const uint8_t *at, bool big)
{
    return big ? weir_be32(at) : weir_le32(at);
}

#endif
