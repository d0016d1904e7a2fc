#include "base/testing.h"

#include "packet/pcapng_read.h"
#include "packet/pcapng_write.h"
#include "packet/reader.h"

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7};

static weir_frame_t frame(uint16_t iface, int64_t time_ns, uint32_t n, uint8_t direction)
{
    return (weir_frame_t){.data = bytes,
                          .time_ns = time_ns,
                          .caplen = n,
                          .wire_len = n + 100,
                          .iface = iface,
                          .direction = direction};
}

static weir_span_t texts(const char *text)
{
    return (weir_span_t){(const uint8_t *)text, strlen(text) + 1};
}

static void test_round_trip(void **state)
{
    (void)state;
    weir_buf_t file;
    weir_buf_init(&file, 1 << 20);
    const weir_pcapng_iface_t ether = {.name = "eth0", .link = 1, .snaplen = 96, .filter = "tcp"};
    const weir_pcapng_iface_t raw = {.link = 101};
    weir_pcapng_put_section(&file, "Linux", "test", texts("of the file"));
    weir_pcapng_put_iface(&file, &ether);
    weir_frame_t sent[] = {frame(0, 1700000000123456789, 7, WEIR_DIRECTION_IN),
                           frame(1, 1700000000123456790, 4, WEIR_DIRECTION_OUT),
                           frame(0, 0, 0, WEIR_DIRECTION_UNKNOWN)};
    weir_pcapng_put_packet(&file, &sent[0], (weir_span_t){0});
    weir_pcapng_put_iface(&file, &raw);
    weir_pcapng_put_packet(&file, &sent[1], texts("a comment"));
    weir_pcapng_put_packet(&file, &sent[2], (weir_span_t){0});
    weir_pcapng_put_counts(&file, 0, 5, 10, 2);
    assert_int_equal(weir_buf_error(&file), 0);

    weir_reader_t reader;
    weir_frame_t read[8];
    size_t used = 0;
    weir_reader_init(&reader);
    int n = weir_reader_parse(&reader, (weir_span_t){(const uint8_t *)file.data, file.len}, true,
                              read, 8, &used);
    assert_int_equal(n, 3);
    assert_int_equal(reader.sections, 1);
    assert_int_equal(reader.iface_count, 2);
    static const uint16_t links[] = {1, 101, 1};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(read[i].time_ns, sent[i].time_ns);
        assert_int_equal(read[i].caplen, sent[i].caplen);
        assert_int_equal(read[i].wire_len, sent[i].wire_len);
        assert_int_equal(read[i].direction, sent[i].direction);
        assert_int_equal(read[i].link, links[i]);
        assert_memory_equal(read[i].data, bytes, sent[i].caplen);
    }
    assert_false(reader.truncated);
    weir_reader_done(&reader);
    weir_buf_done(&file);
}

/** What a reader tells beside packets. */
typedef struct told {
    weir_buf_t texts; /* "section: x\n" ... */
} told_t;

static void name_told(void *context, const weir_address_t *address, const char *name)
{
    told_t *told = context;
    weir_buf_puts(&told->texts, "name ");
    weir_address_put(&told->texts, address, false);
    weir_buf_printf(&told->texts, " %s\n", name);
}

static void texts_told(told_t *told, const char *title, weir_span_t options, bool big,
                       uint16_t code)
{
    weir_buf_t list;
    weir_buf_init(&list, 4096);
    weir_pcapng_texts_put(&list, options, big, code);
    for (size_t at = 0; at < list.len; at += strlen(list.data + at) + 1)
        weir_buf_printf(&told->texts, "%s %s\n", title, list.data + at);
    weir_buf_done(&list);
}

static void block_told(void *context, uint32_t type, bool big, weir_span_t body)
{
    if (type == WEIR_PCAPNG_NAMES)
        weir_pcapng_names_read(body, big, name_told, context);
    else
        texts_told(context, type == WEIR_PCAPNG_IFACE ? "iface" : "section",
                   weir_pcapng_options(type, body), big,
                   type == WEIR_PCAPNG_IFACE ? WEIR_PCAPNG_OPTION_IFACE_NAME
                                             : WEIR_PCAPNG_OPTION_COMMENT);
}

/* Comments and names come back as they were put, two of one packet and two of one address. */
static void test_told(void **state)
{
    (void)state;
    weir_buf_t file;
    weir_buf_init(&file, 1 << 20);
    told_t told;
    weir_buf_init(&told.texts, 4096);
    static const char two[] = "first\0second";
    const weir_pcapng_iface_t iface = {.name = "eth0", .link = 1};
    const weir_address_t four = {.bytes = {192, 0, 2, 7}, .family = WEIR_FAMILY_IPV4, .prefix = 32};
    const weir_address_t six = {
        .bytes = {0x20, 1, 0xd, 0xb8}, .family = WEIR_FAMILY_IPV6, .prefix = 128};
    const weir_pcapng_name_t names[] = {
        {.address = four, .name = "a.example"}, {four, "b.example"}, {six, "c.example"}};
    weir_frame_t one = frame(0, 1, 7, WEIR_DIRECTION_IN);
    weir_pcapng_put_section(&file, NULL, NULL, texts("of the file"));
    weir_pcapng_put_iface(&file, &iface);
    weir_pcapng_put_packet(&file, &one, (weir_span_t){(const uint8_t *)two, sizeof(two)});
    weir_pcapng_put_names(&file, names, WEIR_COUNT(names));

    weir_reader_t reader;
    weir_frame_t got[4];
    weir_span_t options[4];
    size_t used = 0;
    weir_reader_init(&reader);
    reader.options = options;
    reader.block = block_told;
    reader.block_context = &told;
    assert_int_equal(weir_reader_parse(&reader, (weir_span_t){(const uint8_t *)file.data, file.len},
                                       true, got, 4, &used),
                     1);
    texts_told(&told, "packet", options[0], false, WEIR_PCAPNG_OPTION_COMMENT);
    assert_string_equal(weir_buf_text(&told.texts),
                        "section of the file\niface eth0\nname 192.0.2.7 a.example\n"
                        "name 192.0.2.7 b.example\nname 2001:db8:: c.example\n"
                        "packet first\npacket second\n");
    weir_reader_done(&reader);
    weir_buf_done(&told.texts);
    weir_buf_done(&file);
}

/* The draft's own figures: block type, length at both ends, 1 for IPv4, padding to four. */
static void test_names(void **state)
{
    (void)state;
    weir_buf_t file;
    weir_buf_init(&file, 1 << 20);
    const weir_pcapng_name_t name = {
        .address = {.bytes = {127, 0, 0, 1}, .family = WEIR_FAMILY_IPV4, .prefix = 32},
        .name = "localhost"};
    weir_pcapng_put_names(&file, &name, 1);
    static const uint8_t wanted[] = {4,   0, 0, 0, 36,  0,   0,   0,   1,   0,   14,  0,
                                     127, 0, 0, 1, 'l', 'o', 'c', 'a', 'l', 'h', 'o', 's',
                                     't', 0, 0, 0, 0,   0,   0,   0,   36,  0,   0,   0};
    assert_int_equal(file.len, sizeof(wanted));
    assert_memory_equal(file.data, wanted, sizeof(wanted));
    weir_buf_done(&file);
}

static void test_whole(void **state)
{
    (void)state;
    weir_buf_t file;
    weir_buf_init(&file, 1 << 20);
    weir_pcapng_put_section(&file, NULL, NULL, (weir_span_t){0});
    size_t first = file.len;
    weir_frame_t one = frame(0, 1, 5, WEIR_DIRECTION_UNKNOWN);
    weir_pcapng_put_packet(&file, &one, (weir_span_t){0});
    const uint8_t *data = (const uint8_t *)file.data;
    uint64_t packets = 0;
    assert_int_equal(weir_pcapng_whole(data, file.len, &packets), file.len);
    assert_int_equal(packets, 1);
    for (size_t n = 0; n < file.len; n++) {
        assert_int_equal(weir_pcapng_whole(data, n, &packets), n < first ? 0 : first);
        assert_int_equal(packets, 0);
    }
    weir_buf_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_whole),
    };
    return weir_test_run("packet/pcapng_write", tests);
}
