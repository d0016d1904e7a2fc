/*
 * What the writer writes, the reader reads: packets of sizes, times and directions as they come,
 * with comments and names; and the reader of blocks gets the input itself.
 */
#include "packet/pcapng_read.h"
#include "packet/pcapng_write.h"
#include "packet/reader.h"

#include <assert.h>
#include <string.h>

#define PACKETS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void name_check(void *context, const weir_address_t *address, const char *name)
{
    (void)context;
    assert(strlen(name) <= 255 && (address->prefix == 32 || address->prefix == 128));
}

static void block_check(void *context, uint32_t type, bool big, weir_span_t body)
{
    weir_buf_t texts;
    weir_buf_init(&texts, (size_t)1 << 20);
    weir_pcapng_names_read(body, big, name_check, context);
    weir_pcapng_texts_put(&texts, weir_pcapng_options(type, body), big, 1);
    weir_buf_done(&texts);
}

static void comments_compare(weir_span_t options, weir_span_t sent)
{
    weir_buf_t texts;
    weir_buf_init(&texts, (size_t)1 << 20);
    weir_pcapng_texts_put(&texts, options, false, WEIR_PCAPNG_OPTION_COMMENT);
    assert(texts.len == (sent.len > 1 ? sent.len : 0));
    assert(!texts.len || memcmp(texts.data, sent.data, sent.len) == 0);
    weir_buf_done(&texts);
}

static void compare(const weir_buf_t *file, const weir_frame_t *sent, int count,
                    weir_span_t comments)
{
    weir_reader_t reader;
    weir_frame_t got[PACKETS];
    weir_span_t options[PACKETS];
    size_t used = 0;
    weir_reader_init(&reader);
    reader.options = options;
    reader.block = block_check;
    int n = weir_reader_parse(&reader, (weir_span_t){(const uint8_t *)file->data, file->len}, true,
                              got, PACKETS, &used);
    assert(n == count);
    for (int i = 0; i < n; i++) {
        assert(got[i].time_ns == sent[i].time_ns && got[i].caplen == sent[i].caplen);
        assert(got[i].wire_len == sent[i].wire_len && got[i].direction == sent[i].direction);
        assert(memcmp(got[i].data, sent[i].data, sent[i].caplen) == 0);
        comments_compare(options[i], sent[i].direction == 2 ? comments : (weir_span_t){0});
    }
    uint64_t packets = 0;
    assert(weir_pcapng_whole((const uint8_t *)file->data, file->len, &packets) == file->len);
    assert(packets == (uint64_t)count);
    weir_reader_done(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weir_frame_t sent[PACKETS];
    weir_buf_t file;
    int count = 0;
    char name[256];
    const weir_pcapng_iface_t iface = {.name = name, .filter = "udp", .link = 1};
    weir_buf_init(&file, (size_t)1 << 24);
    block_check(NULL, WEIR_PCAPNG_IFACE, size % 2, (weir_span_t){data, size});
    size_t length = size < 255 ? size : 255;
    memcpy(name, data, length);
    name[length] = '\0';
    weir_span_t comments = {(const uint8_t *)name, strlen(name) + 1};
    weir_pcapng_put_section(&file, name, NULL, comments);
    weir_pcapng_put_iface(&file, &iface);
    while (size >= 11 && count < PACKETS) {
        uint32_t n = weir_le16(data) % 2000;
        int64_t time = (int64_t)(weir_be64(data + 2) >> 1);
        uint8_t direction = data[10] % 3;
        data += 11;
        size -= 11;
        n = n < size ? n : (uint32_t)size;
        sent[count] = (weir_frame_t){.data = data,
                                     .time_ns = time,
                                     .caplen = n,
                                     .wire_len = n + 4,
                                     .link = 1,
                                     .direction = direction};
        weir_pcapng_put_packet(&file, &sent[count++], direction == 2 ? comments : (weir_span_t){0});
        data += n;
        size -= n;
    }
    const weir_pcapng_name_t names = {.address = {.family = WEIR_FAMILY_IPV4}, .name = name};
    weir_pcapng_put_names(&file, &names, 1);
    weir_pcapng_put_counts(&file, 0, 1, 2, 3);
    if (!weir_buf_error(&file))
        compare(&file, sent, count, comments);
    weir_buf_done(&file);
    return 0;
}
