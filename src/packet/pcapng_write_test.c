#include "base/testing.h"

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

static void test_round_trip(void **state)
{
    (void)state;
    weir_buf_t file;
    weir_buf_init(&file, 1 << 20);
    const weir_pcapng_iface_t ether = {.name = "eth0", .link = 1, .snaplen = 96, .filter = "tcp"};
    const weir_pcapng_iface_t raw = {.link = 101};
    weir_pcapng_put_section(&file, "Linux", "test");
    weir_pcapng_put_iface(&file, &ether);
    weir_frame_t sent[] = {frame(0, 1700000000123456789, 7, WEIR_DIRECTION_IN),
                           frame(1, 1700000000123456790, 4, WEIR_DIRECTION_OUT),
                           frame(0, 0, 0, WEIR_DIRECTION_UNKNOWN)};
    weir_pcapng_put_packet(&file, &sent[0], NULL);
    weir_pcapng_put_iface(&file, &raw);
    weir_pcapng_put_packet(&file, &sent[1], "a comment");
    weir_pcapng_put_packet(&file, &sent[2], NULL);
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
    weir_pcapng_put_section(&file, NULL, NULL);
    size_t first = file.len;
    weir_frame_t one = frame(0, 1, 5, WEIR_DIRECTION_UNKNOWN);
    weir_pcapng_put_packet(&file, &one, NULL);
    const uint8_t *data = (const uint8_t *)file.data;
    assert_int_equal(weir_pcapng_whole(data, file.len), file.len);
    for (size_t n = 0; n < file.len; n++)
        assert_int_equal(weir_pcapng_whole(data, n), n < first ? 0 : first);
    weir_buf_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_whole),
    };
    return weir_test_run("packet/pcapng_write", tests);
}
