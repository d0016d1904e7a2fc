/*
 * For tests: captures made byte by byte, in a buffer.
 */
#ifndef WEIR_PACKET_CRAFT_H
#define WEIR_PACKET_CRAFT_H

#include "base/buf.h"
#include "packet/capture.h"

#include <string.h>

static inline void weir_craft_u8(weir_buf_t *buf, unsigned value)
{
    weir_buf_putc(buf, (char)(uint8_t)value);
}

static inline void weir_craft_be16(weir_buf_t *buf, unsigned value)
{
    weir_craft_u8(buf, value >> 8);
    weir_craft_u8(buf, value);
}

static inline void weir_craft_be32(weir_buf_t *buf, uint32_t value)
{
    weir_craft_be16(buf, value >> 16);
    weir_craft_be16(buf, value & 0xffff);
}

/** In a file's byte order. */
static inline void weir_craft_16(weir_buf_t *buf, bool big, unsigned value)
{
    weir_craft_u8(buf, big ? value >> 8 : value);
    weir_craft_u8(buf, big ? value : value >> 8);
}

static inline void weir_craft_32(weir_buf_t *buf, bool big, uint32_t value)
{
    weir_craft_16(buf, big, big ? value >> 16 : value & 0xffff);
    weir_craft_16(buf, big, big ? value & 0xffff : value >> 16);
}

static inline void weir_craft_hex(weir_buf_t *buf, const char *hex)
{
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        unsigned high = (unsigned)(hex[0] <= '9' ? hex[0] - '0' : hex[0] - 'a' + 10);
        unsigned low = (unsigned)(hex[1] <= '9' ? hex[1] - '0' : hex[1] - 'a' + 10);
        weir_craft_u8(buf, high << 4 | low);
        hex++;
    }
}

static inline void weir_craft_pcap(weir_buf_t *buf, bool big, uint32_t magic, uint32_t link)
{
    weir_craft_32(buf, big, magic);
    weir_craft_16(buf, big, 2);
    weir_craft_16(buf, big, 4);
    weir_craft_32(buf, big, 0);
    weir_craft_32(buf, big, 0);
    weir_craft_32(buf, big, 65535);
    weir_craft_32(buf, big, link);
}

/** A pcap record; wire_len 0: as long as the frame. */
static inline void weir_craft_record(weir_buf_t *buf, bool big, uint32_t seconds, uint32_t fraction,
                                     const weir_buf_t *frame, uint32_t wire_len)
{
    weir_craft_32(buf, big, seconds);
    weir_craft_32(buf, big, fraction);
    weir_craft_32(buf, big, (uint32_t)frame->len);
    weir_craft_32(buf, big, wire_len ? wire_len : (uint32_t)frame->len);
    weir_buf_put(buf, frame->data, frame->len);
}

/** 10.0.0.x to 10.0.0.y, header only; `payload` [byte] follows. */
static inline void weir_craft_ipv4(weir_buf_t *buf, unsigned x, unsigned y, unsigned protocol,
                                   unsigned payload)
{
    weir_craft_be16(buf, 0x4500);
    weir_craft_be16(buf, 20 + payload);
    weir_craft_be32(buf, 0x00070000);
    weir_craft_be16(buf, 0x4000 | protocol);
    weir_craft_be16(buf, 0);
    weir_craft_be32(buf, 0x0a000000 | x);
    weir_craft_be32(buf, 0x0a000000 | y);
}

static inline void weir_craft_ethernet(weir_buf_t *buf, unsigned type)
{
    weir_craft_hex(buf, "020000000001 020000000002");
    weir_craft_be16(buf, type);
}

static inline void weir_craft_udp(weir_buf_t *buf, unsigned from, unsigned to, unsigned payload)
{
    weir_craft_be16(buf, from);
    weir_craft_be16(buf, to);
    weir_craft_be16(buf, 8 + payload);
    weir_craft_be16(buf, 0);
}

static inline void weir_craft_tcp(weir_buf_t *buf, unsigned from, unsigned to, uint32_t seq,
                                  uint32_t ack, unsigned flags)
{
    weir_craft_be16(buf, from);
    weir_craft_be16(buf, to);
    weir_craft_be32(buf, seq);
    weir_craft_be32(buf, ack);
    weir_craft_be16(buf, 0x5000 | flags);
    weir_craft_be16(buf, 1000);
    weir_craft_be32(buf, 0);
}

/** Run over the buffer as over a file. NULL when that failed. */
static inline weir_capture_t *weir_craft_run(const weir_buf_t *file,
                                             const weir_capture_options_t *options)
{
    weir_input_t input = {.name = "test", .span = {(const uint8_t *)file->data, file->len}};
    weir_capture_t *capture = NULL;
    return weir_capture_run(&input, 1, options, &capture) == 0 ? capture : NULL;
}

#endif
