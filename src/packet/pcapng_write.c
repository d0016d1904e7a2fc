#include "packet/pcapng_write.h"

#include <string.h>

enum block {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_IFACE = 1,
    BLOCK_NAMES = 4,
    BLOCK_COUNTS = 5,
    BLOCK_PACKET = 6,
};

enum option {
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    SECTION_SYSTEM = 3,
    SECTION_APPLICATION = 4,
    IFACE_NAME = 2,
    IFACE_TIME_UNIT = 9,
    IFACE_FILTER = 11,
    PACKET_FLAGS = 2,
    COUNTS_RECEIVED = 4,
    COUNTS_DROPPED = 5,
};

#define BLOCK_LEAST ((size_t)12)
#define TEXT_MOST ((size_t)65535 - 3) /* of an option */

static void u16_put(weir_buf_t *buf, uint16_t value)
{
    const uint8_t bytes[2] = {(uint8_t)value, (uint8_t)(value >> 8)};
    weir_buf_put(buf, bytes, sizeof(bytes));
}

static void u32_put(weir_buf_t *buf, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 24)};
    weir_buf_put(buf, bytes, sizeof(bytes));
}

static void time_put(weir_buf_t *buf, int64_t time_ns)
{
    u32_put(buf, (uint32_t)((uint64_t)time_ns >> 32));
    u32_put(buf, (uint32_t)(uint64_t)time_ns);
}

/* Up to the next multiple of four. */
static void padding_put(weir_buf_t *buf, size_t n)
{
    weir_buf_fill(buf, '\0', (4 - n % 4) % 4);
}

static void option_put(weir_buf_t *buf, uint16_t code, const void *value, size_t n)
{
    u16_put(buf, code);
    u16_put(buf, (uint16_t)n);
    weir_buf_put(buf, value, n);
    padding_put(buf, n);
}

static void text_put(weir_buf_t *buf, uint16_t code, const char *text)
{
    size_t n = text ? strnlen(text, TEXT_MOST) : 0;
    if (n)
        option_put(buf, code, text, n);
}

/* Each text is an option of its own. */
static void comments_put(weir_buf_t *buf, weir_span_t comments)
{
    const char *text = (const char *)comments.data;
    for (size_t at = 0; at < comments.len; at += strnlen(text + at, comments.len - at) + 1) {
        size_t n = strnlen(text + at, comments.len - at);
        n = n < TEXT_MOST ? n : TEXT_MOST;
        if (n)
            option_put(buf, OPTION_COMMENT, text + at, n);
    }
}

static void number_put(weir_buf_t *buf, uint16_t code, uint64_t value)
{
    u16_put(buf, code);
    u16_put(buf, 8);
    u32_put(buf, (uint32_t)value);
    u32_put(buf, (uint32_t)(value >> 32));
}

/* Returns where the block begins; its length is set at the end. */
static size_t block_begin(weir_buf_t *buf, uint32_t type)
{
    size_t begin = buf->len;
    u32_put(buf, type);
    u32_put(buf, 0);
    return begin;
}

static void block_end(weir_buf_t *buf, size_t begin)
{
    uint32_t length = (uint32_t)(buf->len - begin) + 4;
    u32_put(buf, length);
    if (!buf->error)
        memcpy(buf->data + begin + 4, buf->data + buf->len - 4, 4);
}

void weir_pcapng_put_section(weir_buf_t *buf, const char *system, const char *application,
                             weir_span_t comments)
{
    size_t begin = block_begin(buf, BLOCK_SECTION);
    u32_put(buf, UINT32_C(0x1a2b3c4d));
    u16_put(buf, 1);
    u16_put(buf, 0);
    u32_put(buf, UINT32_MAX); /* the section's length is not known ... */
    u32_put(buf, UINT32_MAX); /* ... which is -1 in 64 bits */
    comments_put(buf, comments);
    text_put(buf, SECTION_SYSTEM, system);
    text_put(buf, SECTION_APPLICATION, application);
    u32_put(buf, OPTION_END);
    block_end(buf, begin);
}

/* A filter begins with a byte that says how it is written: 0, as libpcap's language. */
static void filter_put(weir_buf_t *buf, const char *filter)
{
    size_t n = strnlen(filter, TEXT_MOST - 1);
    u16_put(buf, IFACE_FILTER);
    u16_put(buf, (uint16_t)(n + 1));
    weir_buf_putc(buf, '\0');
    weir_buf_put(buf, filter, n);
    padding_put(buf, n + 1);
}

void weir_pcapng_put_iface(weir_buf_t *buf, const weir_pcapng_iface_t *iface)
{
    static const uint8_t nanoseconds = 9;
    size_t begin = block_begin(buf, BLOCK_IFACE);
    u16_put(buf, iface->link);
    u16_put(buf, 0);
    u32_put(buf, iface->snaplen);
    text_put(buf, IFACE_NAME, iface->name);
    if (iface->filter)
        filter_put(buf, iface->filter);
    option_put(buf, IFACE_TIME_UNIT, &nanoseconds, 1);
    u32_put(buf, OPTION_END);
    block_end(buf, begin);
}

void weir_pcapng_put_packet(weir_buf_t *buf, const weir_frame_t *frame, weir_span_t comments)
{
    size_t begin = block_begin(buf, BLOCK_PACKET);
    u32_put(buf, frame->iface);
    time_put(buf, frame->time_ns);
    u32_put(buf, frame->caplen);
    u32_put(buf, frame->wire_len);
    weir_buf_put(buf, frame->data, frame->caplen);
    padding_put(buf, frame->caplen);
    comments_put(buf, comments);
    if (frame->direction != WEIR_DIRECTION_UNKNOWN) {
        u16_put(buf, PACKET_FLAGS);
        u16_put(buf, 4);
        u32_put(buf, frame->direction == WEIR_DIRECTION_IN ? 1 : 2);
    }
    if (comments.len || frame->direction != WEIR_DIRECTION_UNKNOWN)
        u32_put(buf, OPTION_END);
    block_end(buf, begin);
}

void weir_pcapng_put_names(weir_buf_t *buf, const weir_pcapng_name_t *names, size_t count)
{
    size_t begin = block_begin(buf, BLOCK_NAMES);
    for (size_t i = 0; i < count; i++) {
        bool version6 = names[i].address.family == WEIR_FAMILY_IPV6;
        size_t width = version6 ? 16 : 4, n = strnlen(names[i].name, 255);
        if (!n)
            continue;
        u16_put(buf, version6 ? 2 : 1);
        u16_put(buf, (uint16_t)(width + n + 1));
        weir_buf_put(buf, names[i].address.bytes, width);
        weir_buf_put(buf, names[i].name, n);
        weir_buf_putc(buf, '\0');
        padding_put(buf, width + n + 1);
    }
    u32_put(buf, 0); /* the end of the records */
    block_end(buf, begin);
}

void weir_pcapng_put_counts(weir_buf_t *buf, uint32_t iface, int64_t time_ns, uint64_t received,
                            uint64_t dropped)
{
    size_t begin = block_begin(buf, BLOCK_COUNTS);
    u32_put(buf, iface);
    time_put(buf, time_ns);
    number_put(buf, COUNTS_RECEIVED, received);
    number_put(buf, COUNTS_DROPPED, dropped);
    u32_put(buf, OPTION_END);
    block_end(buf, begin);
}

size_t weir_pcapng_whole(const uint8_t *data, size_t n, uint64_t *ret_packets)
{
    size_t at = 0;
    *ret_packets = 0;
    while (n - at >= BLOCK_LEAST) {
        size_t length = weir_le32(data + at + 4);
        if (length < BLOCK_LEAST || length > n - at)
            break;
        *ret_packets += weir_le32(data + at) == BLOCK_PACKET;
        at += length;
    }
    return at;
}
