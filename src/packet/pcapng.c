/*
 * pcapng (draft-ietf-opsawg-pcapng): sections of blocks. A section sets the byte order and numbers
 * its interfaces from 0; an interface sets link type, resolution and offset of times. Blocks
 * without packets are stepped over, known or not.
 */
#include "packet/pcapng_read.h"
#include "packet/reader_private.h"

#include <inttypes.h>

enum block_type {
    BLOCK_INTERFACE = WEIR_PCAPNG_IFACE,
    BLOCK_PACKET_OLD = 2,
    BLOCK_PACKET_SIMPLE = 3,
    BLOCK_NAMES = WEIR_PCAPNG_NAMES,
    BLOCK_PACKET = 6,
};

enum option_code {
    OPTION_END = 0,
    OPTION_FLAGS = 2,
    OPTION_SPEED = 8,
    OPTION_TSRESOL = 9,
    OPTION_FCSLEN = 13,
    OPTION_TSOFFSET = 14,
};

/* Early drafts had if_fcslen in bits: no check sequence has that many bytes. */
#define FCS_BYTES_MOST 8

enum scale_kind { SCALE_MULTIPLY, SCALE_DIVIDE, SCALE_SHIFT };

#define BYTE_ORDER_MAGIC UINT32_C(0x1a2b3c4d)
#define BLOCK_OVERHEAD 12                  /* type, length, length */
#define OTHER_LARGEST ((uint32_t)16 << 20) /* [byte] of a block that is told of as a whole */

/** A block's inside, without its frame of type and lengths. */
typedef struct block {
    const uint8_t *body;
    size_t len;
} block_t;

/* Options from `at` on. Returns the value of the first `code` with at least `n` bytes, or NULL. */
static const uint8_t *option_find(block_t options, bool big, uint16_t code, size_t n)
{
    size_t at = 0;
    while (options.len - at >= 4) {
        uint16_t this_code = weir_load16(options.body + at, big);
        size_t len = weir_load16(options.body + at + 2, big);
        at += 4;
        if (this_code == OPTION_END || len > options.len - at)
            return NULL;
        if (this_code == code && len >= n)
            return options.body + at;
        size_t padded = (len + 3) & ~(size_t)3;
        at += padded < options.len - at ? padded : options.len - at;
    }
    return NULL;
}

static block_t block_from(block_t block, size_t at)
{
    if (at >= block.len)
        return (block_t){0};
    return (block_t){block.body + at, block.len - at};
}

static void iface_scale(weir_reader_iface_t *iface, uint8_t resolution)
{
    unsigned exponent = resolution & 0x7f;
    if (resolution & 0x80) {
        iface->scale_kind = SCALE_SHIFT;
        iface->scale = exponent < 63 ? exponent : 63;
        return;
    }
    iface->scale_kind = exponent <= 9 ? SCALE_MULTIPLY : SCALE_DIVIDE;
    iface->scale = 1;
    for (unsigned i = exponent <= 9 ? exponent : 9; i < (exponent <= 9 ? 9 : exponent) && i < 28;
         i++)
        iface->scale *= 10;
}

/* A tick count as ns since 1970, clamped to what fits; *ret_clamped says so. */
static int64_t time_scale(const weir_reader_iface_t *iface, uint64_t ticks, bool *ret_clamped)
{
    __extension__ typedef __int128 wide_t;
    __extension__ typedef unsigned __int128 uwide_t;
    wide_t ns = 0;
    if (iface->scale_kind == SCALE_MULTIPLY)
        ns = (wide_t)((uwide_t)ticks * iface->scale);
    else if (iface->scale_kind == SCALE_DIVIDE)
        ns = (wide_t)(ticks / iface->scale);
    else
        ns = (wide_t)(((uwide_t)ticks * UINT64_C(1000000000)) >> iface->scale);
    ns += (wide_t)iface->offset_s * 1000000000;
    *ret_clamped = ns < 0 || ns > INT64_MAX;
    return ns < 0 ? 0 : ns > INT64_MAX ? INT64_MAX : (int64_t)ns;
}

static int ifaces_grow(weir_reader_t *reader)
{
    if (reader->iface_count < reader->iface_room)
        return 0;
    size_t room = reader->iface_room ? reader->iface_room * 2 : 4;
    weir_reader_iface_t *ifaces = realloc(reader->ifaces, room * sizeof(*ifaces));
    if (!ifaces)
        return -ENOMEM;
    reader->ifaces = ifaces;
    reader->iface_room = room;
    return 0;
}

static int64_t load64(const uint8_t *at, bool big)
{
    uint64_t first = weir_load32(at, big), second = weir_load32(at + 4, big);
    return (int64_t)(big ? first << 32 | second : second << 32 | first);
}

static void interface_options(weir_reader_t *reader, block_t options, weir_reader_iface_t *iface)
{
    bool big = reader->big;
    const uint8_t *resolution = option_find(options, big, OPTION_TSRESOL, 1);
    const uint8_t *offset = option_find(options, big, OPTION_TSOFFSET, 8);
    const uint8_t *fcs = option_find(options, big, OPTION_FCSLEN, 1);
    const uint8_t *speed = option_find(options, big, OPTION_SPEED, 8);
    iface_scale(iface, resolution ? *resolution : 6);
    iface->offset_s = offset ? load64(offset, big) : 0;
    iface->fcs = !fcs ? 0 : *fcs > FCS_BYTES_MOST ? *fcs / 8 : *fcs;
    uint64_t speed_bps = speed ? (uint64_t)load64(speed, big) : 0;
    if (speed_bps == 0 || __builtin_add_overflow(reader->speed_bps, speed_bps, &reader->speed_bps))
        reader->speed_missing = true;
}

static int interface_take(reader_job_t *job, block_t block)
{
    weir_reader_t *reader = job->reader;
    if (block.len < 8)
        return weir_reader_fail(job, "an interface block of only %zu bytes", block.len);
    if (reader->iface_count == WEIR_INTERFACES_MOST)
        return weir_reader_fail(job, "more than %zu interfaces", WEIR_INTERFACES_MOST);
    int r = ifaces_grow(reader);
    if (r < 0)
        return r;
    weir_reader_iface_t iface = {
        .link = weir_load16(block.body, reader->big),
        .snaplen = weir_load32(block.body + 4, reader->big),
    };
    interface_options(reader, block_from(block, 8), &iface);
    reader->ifaces[reader->iface_count++] = iface;
    return 0;
}

/* epb_flags: two bits of direction, three of how it was received, four of the FCS' length. What was
 * received but not for this machine alone says nothing of either end. */
static void packet_flags(const weir_reader_t *reader, block_t options, uint32_t fcs,
                         weir_frame_t *frame)
{
    const uint8_t *at = options.len < 8 ? NULL : option_find(options, reader->big, OPTION_FLAGS, 4);
    uint32_t flags = at ? weir_load32(at, reader->big) : 0;
    uint32_t direction = flags & 3, reception = flags >> 2 & 7, length = flags >> 5 & 15;
    if (direction == 1 && reception <= 1)
        frame->direction = WEIR_DIRECTION_IN;
    else if (direction == 2)
        frame->direction = WEIR_DIRECTION_OUT;
    weir_frame_trim(frame, length ? length : fcs);
}

static uint16_t iface_number(const weir_reader_t *reader, uint32_t iface)
{
    size_t number = reader->iface_base + iface;
    return number < UINT16_MAX ? (uint16_t)number : UINT16_MAX;
}

/* Of both blocks with a time; they differ in how they write the interface. */
static int packet_take(reader_job_t *job, block_t block, uint32_t iface_id)
{
    weir_reader_t *reader = job->reader;
    bool big = reader->big;
    if (iface_id >= reader->iface_count)
        return weir_reader_fail(job, "a packet of interface %" PRIu32 ", but the section has %zu",
                                iface_id, reader->iface_count);
    const weir_reader_iface_t *iface = &reader->ifaces[iface_id];
    uint32_t caplen = weir_load32(block.body + 12, big);
    if (caplen > block.len - 20 || caplen > weir_reader_largest(iface->link))
        return weir_reader_fail(job,
                                "packet %" PRIu64 " claims %" PRIu32 " bytes in a block of %zu",
                                reader->frames + job->count + 1, caplen, block.len);
    uint64_t ticks =
        (uint64_t)weir_load32(block.body + 4, big) << 32 | weir_load32(block.body + 8, big);
    bool clamped = false;
    weir_frame_t *frame = &job->frames[job->count++];
    *frame = (weir_frame_t){
        .data = block.body + 20,
        .time_ns = time_scale(iface, ticks, &clamped),
        .caplen = caplen,
        .wire_len = weir_load32(block.body + 16, big),
        .link = iface->link,
        .iface = iface_number(reader, iface_id),
    };
    block_t options = block_from(block, 20 + (((size_t)caplen + 3) & ~(size_t)3));
    if (reader->options)
        reader->options[job->count - 1] = (weir_span_t){options.body, options.len};
    packet_flags(reader, options, iface->fcs, frame);
    reader->damaged_times += clamped;
    return 0;
}

/* A simple packet has neither interface (it is the first) nor time. */
static int packet_simple_take(reader_job_t *job, block_t block)
{
    weir_reader_t *reader = job->reader;
    if (block.len < 4 || reader->iface_count == 0)
        return weir_reader_fail(job, "a simple packet block %s",
                                block.len < 4 ? "without a length" : "before any interface");
    const weir_reader_iface_t *iface = &reader->ifaces[0];
    uint32_t wire_len = weir_load32(block.body, reader->big);
    uint32_t caplen = iface->snaplen && iface->snaplen < wire_len ? iface->snaplen : wire_len;
    if (caplen > block.len - 4)
        caplen = (uint32_t)(block.len - 4);
    if (caplen > weir_reader_largest(iface->link))
        return weir_reader_fail(job, "packet %" PRIu64 " claims %" PRIu32 " bytes",
                                reader->frames + job->count + 1, caplen);
    job->frames[job->count] = (weir_frame_t){
        .data = block.body + 4,
        .time_ns = job->count ? job->frames[job->count - 1].time_ns : reader->last_ns,
        .caplen = caplen,
        .wire_len = wire_len,
        .link = iface->link,
        .iface = iface_number(reader, 0),
        .timeless = true,
    };
    if (reader->options)
        reader->options[job->count] = (weir_span_t){0};
    weir_frame_trim(&job->frames[job->count], iface->fcs);
    job->count++;
    return 0;
}

static int block_take(reader_job_t *job, uint32_t type, block_t block)
{
    switch (type) {
    case BLOCK_INTERFACE:
        return interface_take(job, block);
    case BLOCK_PACKET_SIMPLE:
        return packet_simple_take(job, block);
    case BLOCK_PACKET:
    case BLOCK_PACKET_OLD:
        if (block.len < 20)
            return weir_reader_fail(job, "a packet block of only %zu bytes", block.len);
        return packet_take(job, block,
                           type == BLOCK_PACKET ? weir_load32(block.body, job->reader->big)
                                                : weir_load16(block.body, job->reader->big));
    default:
        return 0;
    }
}

/* A section's first 16 bytes; 1 when its byte order is set, 0 when bytes are missing. */
static int section_begin(reader_job_t *job)
{
    weir_reader_t *reader = job->reader;
    if (!weir_reader_has(job, 16))
        return 0;
    const uint8_t *at = job->data + job->at;
    bool big = weir_be32(at + 8) == BYTE_ORDER_MAGIC;
    if (!big && weir_le32(at + 8) != BYTE_ORDER_MAGIC)
        return weir_reader_fail(job, "a section without the byte-order magic");
    if (weir_load16(at + 12, big) != 1)
        return weir_reader_fail(job, "pcapng version %u.%u is not known", weir_load16(at + 12, big),
                                weir_load16(at + 14, big));
    reader->big = big;
    return 1;
}

static bool block_wanted(uint32_t type)
{
    return type == BLOCK_INTERFACE || type == BLOCK_PACKET_OLD || type == BLOCK_PACKET_SIMPLE ||
           type == BLOCK_PACKET;
}

/* Blocks that are passed over here, but that somebody wants whole. */
static bool block_told(const weir_reader_t *reader, uint32_t type, uint32_t len)
{
    return reader->block && (type == WEIR_PCAPNG_SECTION || type == BLOCK_NAMES) &&
           len <= OTHER_LARGEST;
}

static void block_tell(const reader_job_t *job, uint32_t type, uint32_t len)
{
    const weir_reader_t *reader = job->reader;
    weir_span_t body = {job->data + job->at + 8, len - BLOCK_OVERHEAD};
    if (reader->block)
        reader->block(reader->block_context, type, reader->big, body);
}

static int block_refuse(reader_job_t *job, uint32_t type, uint32_t len)
{
    return weir_reader_fail(job, "a block of type %" PRIu32 " claims %" PRIu32 " bytes", type, len);
}

/* A wanted block wholly in the window: check its frame and take it. 1 when taken. */
static int block_whole(reader_job_t *job, uint32_t type, uint32_t len)
{
    const uint8_t *at = job->data + job->at;
    uint32_t again = weir_load32(at + len - 4, job->reader->big);
    if (again != len)
        return weir_reader_fail(job, "a block's two lengths differ (%" PRIu32 " and %" PRIu32 ")",
                                len, again);
    int r = block_take(job, type, (block_t){at + 8, len - BLOCK_OVERHEAD});
    if (r < 0)
        return r;
    if (type == BLOCK_INTERFACE)
        block_tell(job, type, len);
    job->reader->blocks++;
    job->at += len;
    return 1;
}

/* A section block: its interfaces are numbered anew. */
static void section_count(weir_reader_t *reader)
{
    reader->iface_base += reader->iface_count;
    reader->iface_count = 0;
    reader->sections++;
}

static int block_step_over(reader_job_t *job, uint32_t type, uint32_t len)
{
    weir_reader_t *reader = job->reader;
    if (type == WEIR_PCAPNG_SECTION)
        section_count(reader);
    reader->blocks++;
    size_t left = job->len - job->at;
    if (len <= left) {
        job->at += len;
        return 1;
    }
    reader->skip = len - left; /* larger than the window: the rest is dropped as it comes */
    reader->truncated |= job->last;
    reader->skip = job->last ? 0 : reader->skip;
    job->at = job->len;
    return job->last ? 0 : 1;
}

/* 1 to go on, 0 when bytes are missing. */
static int block_next(reader_job_t *job)
{
    if (!weir_reader_has(job, BLOCK_OVERHEAD))
        return 0;
    uint32_t type = weir_load32(job->data + job->at, job->reader->big);
    if (type == WEIR_PCAPNG_SECTION) { /* reads the same in either order */
        int r = section_begin(job);
        if (r <= 0)
            return r;
    }
    uint32_t len = weir_load32(job->data + job->at + 4, job->reader->big);
    if (len < BLOCK_OVERHEAD || len % 4 != 0)
        return block_refuse(job, type, len);
    if (type == WEIR_PCAPNG_SECTION && len < 28)
        return block_refuse(job, type, len);
    if (block_told(job->reader, type, len)) {
        if (!weir_reader_has(job, len))
            return 0;
        block_tell(job, type, len);
    }
    if (!block_wanted(type))
        return block_step_over(job, type, len);
    if (len > WEIR_FRAME_LARGEST_BUS + 65536)
        return block_refuse(job, type, len);
    return weir_reader_has(job, len) ? block_whole(job, type, len) : 0;
}

int weir_pcapng_parse(reader_job_t *job)
{
    int r = 1;
    while (r > 0 && job->count < job->capacity) {
        __builtin_prefetch(job->data + job->at + 1024);
        r = block_next(job);
    }
    return r;
}
