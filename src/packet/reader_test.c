#include "base/testing.h"
#include "packet/craft.h"

static void frame_make(weir_buf_t *frame)
{
    weir_buf_init(frame, 4096);
    weir_craft_ethernet(frame, 0x0800);
    weir_craft_ipv4(frame, 1, 2, 17, 8);
    weir_craft_udp(frame, 1000, 53, 0);
}

static weir_capture_totals_t totals_of(const weir_buf_t *file, char ret_error[static 256])
{
    weir_capture_options_t options = {.threads = 1};
    weir_capture_t *capture = weir_craft_run(file, &options);
    assert_non_null(capture);
    weir_capture_totals_t totals = weir_capture_totals(capture);
    (void)strncpy(ret_error, weir_capture_source(capture, 0).text, 255);
    ret_error[255] = '\0';
    weir_capture_free(capture);
    return totals;
}

static void pcap_of_every_kind(void **state)
{
    (void)state;
    const struct {
        uint32_t magic;
        int64_t fraction_ns;
    } kinds[] = {{0xa1b2c3d4, 7000}, {0xa1b23c4d, 7}};
    for (int i = 0; i < 4; i++) {
        bool big = i & 1;
        weir_buf_t frame, file;
        frame_make(&frame);
        weir_buf_init(&file, 1 << 20);
        weir_craft_pcap(&file, big, kinds[i / 2].magic, 1);
        weir_craft_record(&file, big, 1700000000, 7, &frame, 1500);
        char error[256];
        weir_capture_totals_t totals = totals_of(&file, error);
        assert_int_equal(totals.packets, 1);
        assert_int_equal(totals.bytes, 1500); /* the snap length does not count */
        assert_int_equal(totals.first_ns, INT64_C(1700000000000000000) + kinds[i / 2].fraction_ns);
        assert_string_equal(error, "");
        weir_buf_done(&frame);
        weir_buf_done(&file);
    }
}

static void modified_pcap_has_longer_headers(void **state)
{
    (void)state;
    weir_buf_t frame, file;
    frame_make(&frame);
    weir_buf_init(&file, 1 << 20);
    weir_craft_pcap(&file, false, 0xa1b2cd34, 1);
    for (int i = 0; i < 2; i++) {
        weir_craft_32(&file, false, 5);
        weir_craft_32(&file, false, 6);
        weir_craft_32(&file, false, (uint32_t)frame.len);
        weir_craft_32(&file, false, (uint32_t)frame.len);
        weir_craft_hex(&file, "0000000000000000");
        weir_buf_put(&file, frame.data, frame.len);
    }
    char error[256];
    weir_capture_totals_t totals = totals_of(&file, error);
    assert_int_equal(totals.packets, 2);
    assert_int_equal(totals.flows, 1);
    weir_buf_done(&frame);
    weir_buf_done(&file);
}

/* A cut anywhere leaves the whole packets, and is said. */
static void cut_captures_are_partial(void **state)
{
    (void)state;
    weir_buf_t frame, file;
    frame_make(&frame);
    weir_buf_init(&file, 1 << 20);
    weir_craft_pcap(&file, false, 0xa1b2c3d4, 1);
    for (uint32_t i = 0; i < 3; i++)
        weir_craft_record(&file, false, i, 0, &frame, 0);
    size_t record = 16 + frame.len, whole = file.len;
    for (size_t cut = 24; cut <= whole; cut++) {
        weir_buf_t part = {.data = file.data, .len = cut};
        char error[256];
        weir_capture_totals_t totals = totals_of(&part, error);
        assert_int_equal(totals.packets, (cut - 24) / record);
        assert_int_equal(totals.truncated, (cut - 24) % record != 0);
        assert_false(totals.damaged);
    }
    weir_buf_done(&frame);
    weir_buf_done(&file);
}

static void nonsense_is_refused_with_place_and_reason(void **state)
{
    (void)state;
    weir_buf_t frame, file;
    frame_make(&frame);
    weir_buf_init(&file, 1 << 20);
    char error[256];
    assert_true(totals_of(&file, error).damaged);
    assert_string_equal(error, "byte 0: empty, not a capture file");
    weir_buf_puts(&file, "#!/bin/sh\necho no capture\n");
    assert_true(totals_of(&file, error).damaged);
    assert_string_equal(error, "byte 0: neither pcap nor pcapng (it begins with 0x23212f62)");
    weir_buf_clear(&file);
    weir_craft_pcap(&file, false, 0xa1b2c3d4, 1);
    weir_craft_record(&file, false, 1, 1, &frame, 0);
    weir_craft_hex(&file, "00000000 00000000 ffffffff ffffffff");
    weir_capture_totals_t totals = totals_of(&file, error);
    assert_int_equal(totals.packets, 1);
    assert_true(totals.damaged);
    assert_string_equal(
        error, "byte 82: packet 2 claims 4294967295 bytes, more than the 262144 that can be");
    weir_buf_done(&frame);
    weir_buf_done(&file);
}

/* ---- pcapng ---- */

static void block_put(weir_buf_t *file, bool big, uint32_t type, const weir_buf_t *body)
{
    uint32_t len = 12 + (((uint32_t)body->len + 3) & ~3u);
    weir_craft_32(file, big, type);
    weir_craft_32(file, big, len);
    weir_buf_put(file, body->data, body->len);
    weir_buf_fill(file, '\0', len - 12 - body->len);
    weir_craft_32(file, big, len);
}

static void section_put(weir_buf_t *file, bool big)
{
    weir_buf_t body;
    weir_buf_init(&body, 4096);
    weir_craft_32(&body, big, 0x1a2b3c4d);
    weir_craft_16(&body, big, 1);
    weir_craft_16(&body, big, 0);
    weir_craft_hex(&body, "ffffffffffffffff");
    block_put(file, big, 0x0a0d0d0a, &body);
    weir_buf_done(&body);
}

static void interface_put(weir_buf_t *file, bool big, unsigned resolution, uint32_t offset_s)
{
    weir_buf_t body;
    weir_buf_init(&body, 4096);
    weir_craft_16(&body, big, 1);
    weir_craft_16(&body, big, 0);
    weir_craft_32(&body, big, 0);
    weir_craft_16(&body, big, 1); /* a comment */
    weir_craft_16(&body, big, 5);
    weir_craft_hex(&body, "6865796865 000000");
    weir_craft_16(&body, big, 9); /* if_tsresol */
    weir_craft_16(&body, big, 1);
    weir_craft_u8(&body, resolution);
    weir_craft_hex(&body, "000000");
    weir_craft_16(&body, big, 14); /* if_tsoffset */
    weir_craft_16(&body, big, 8);
    weir_craft_32(&body, big, big ? 0 : offset_s);
    weir_craft_32(&body, big, big ? offset_s : 0);
    weir_craft_32(&body, big, 0);
    block_put(file, big, 1, &body);
    weir_buf_done(&body);
}

static void packet_put(weir_buf_t *file, bool big, uint32_t iface, uint64_t ticks,
                       const weir_buf_t *frame)
{
    weir_buf_t body;
    weir_buf_init(&body, 4096);
    weir_craft_32(&body, big, iface);
    weir_craft_32(&body, big, (uint32_t)(ticks >> 32));
    weir_craft_32(&body, big, (uint32_t)ticks);
    weir_craft_32(&body, big, (uint32_t)frame->len);
    weir_craft_32(&body, big, 9000);
    weir_buf_put(&body, frame->data, frame->len);
    weir_buf_fill(&body, '\0', (4 - frame->len % 4) % 4);
    weir_craft_16(&body, big, 2); /* epb_flags: outbound */
    weir_craft_16(&body, big, 4);
    weir_craft_32(&body, big, 2);
    block_put(file, big, 6, &body);
    weir_buf_done(&body);
}

static void pcapng_file(weir_buf_t *file)
{
    weir_buf_t frame, unknown;
    frame_make(&frame);
    weir_buf_init(&unknown, 4096);
    weir_buf_puts(&unknown, "what is this");
    weir_buf_init(file, 1 << 20);
    section_put(file, false);
    interface_put(file, false, 6, 0);   /* microseconds */
    interface_put(file, false, 9, 100); /* nanoseconds and 100 s */
    block_put(file, false, 0x0bad, &unknown);
    packet_put(file, false, 0, UINT64_C(5000000), &frame);
    packet_put(file, false, 1, UINT64_C(5000000001), &frame);
    section_put(file, true);
    interface_put(file, true, 0x80 | 10, 0); /* 1/1024 s */
    interface_put(file, true, 12, 0);        /* picoseconds */
    packet_put(file, true, 0, 3 * 1024 + 512, &frame);
    packet_put(file, true, 1, UINT64_C(7000000000000), &frame);
    packet_put(file, true, 0, UINT64_MAX, &frame); /* far beyond what 64 bits of ns hold */
    weir_buf_done(&unknown);
    weir_buf_done(&frame);
}

static void pcapng_sections_orders_and_resolutions(void **state)
{
    (void)state;
    weir_buf_t file;
    pcapng_file(&file);
    weir_reader_t reader;
    weir_reader_init(&reader);
    weir_frame_t frames[8];
    size_t used = 0;
    int n = weir_reader_parse(&reader, (weir_span_t){(uint8_t *)file.data, file.len}, true, frames,
                              8, &used);
    assert_int_equal(n, 5);
    assert_int_equal(used, file.len);
    assert_int_equal(frames[0].time_ns, INT64_C(5000000000));
    assert_int_equal(frames[1].time_ns, INT64_C(105000000001));
    assert_int_equal(frames[2].time_ns, INT64_C(3500000000));
    assert_int_equal(frames[3].time_ns, INT64_C(7000000000));
    assert_int_equal(frames[4].time_ns, INT64_MAX);
    assert_int_equal(reader.damaged_times, 1);
    assert_int_equal(frames[3].iface, 3);
    assert_int_equal(frames[3].wire_len, 9000);
    assert_int_equal(frames[3].direction, WEIR_DIRECTION_OUT);
    assert_int_equal(reader.sections, 2);
    weir_reader_done(&reader);
    weir_buf_done(&file);
}

/* One byte at a time, the reader delivers what it does from a whole file. */
static void a_window_may_end_anywhere(void **state)
{
    (void)state;
    weir_buf_t file;
    pcapng_file(&file);
    weir_reader_t reader;
    weir_reader_init(&reader);
    size_t begin = 0;
    int frames = 0;
    for (size_t end = 0; end <= file.len; end++) {
        weir_frame_t frame;
        size_t used = 0;
        weir_span_t window = {(uint8_t *)file.data + begin, end - begin};
        int n = weir_reader_parse(&reader, window, end == file.len, &frame, 1, &used);
        assert_true(n >= 0);
        frames += n;
        begin += used;
    }
    assert_int_equal(frames, 5);
    assert_false(reader.truncated);
    weir_reader_done(&reader);
    weir_buf_done(&file);
}

static void years_apart_and_backwards(void **state)
{
    (void)state;
    weir_buf_t frame, file;
    frame_make(&frame);
    weir_buf_init(&file, 1 << 20);
    weir_craft_pcap(&file, false, 0xa1b2c3d4, 1);
    weir_craft_record(&file, false, 1700000000, 0, &frame, 0);
    weir_craft_record(&file, false, 100, 0, &frame, 0);
    weir_craft_record(&file, false, 4294967295u, 999999, &frame, 0);
    char error[256];
    weir_capture_totals_t totals = totals_of(&file, error);
    assert_int_equal(totals.first_ns, INT64_C(100000000000));
    assert_int_equal(totals.duration_ns, UINT64_C(4294967195999999000));
    assert_int_equal(totals.flows, 1);
    weir_buf_done(&frame);
    weir_buf_done(&file);
}

static void files_are_merged_by_time(void **state)
{
    (void)state;
    weir_buf_t frame, files[2];
    frame_make(&frame);
    weir_input_t inputs[2];
    for (uint32_t i = 0; i < 2; i++) {
        weir_buf_init(&files[i], 1 << 20);
        weir_craft_pcap(&files[i], i, 0xa1b2c3d4, 1);
        for (uint32_t j = 0; j < 300; j++)
            weir_craft_record(&files[i], i, j * 2 + i, 0, &frame, 0);
        inputs[i] =
            (weir_input_t){.name = "test", .span = {(uint8_t *)files[i].data, files[i].len}};
    }
    weir_feed_t *feed = NULL;
    assert_int_equal(weir_feed_new(inputs, 2, 0, &feed), 0);
    int64_t expected_s = 0;
    weir_frame_t frames[37];
    for (int n; (n = weir_feed_next(feed, frames, 37)) > 0;)
        for (int i = 0; i < n; i++)
            assert_int_equal(frames[i].time_ns, expected_s++ * INT64_C(1000000000));
    assert_int_equal(expected_s, 600);
    weir_feed_free(feed);
    weir_buf_done(&files[0]);
    weir_buf_done(&files[1]);
    weir_buf_done(&frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pcap_of_every_kind),
        cmocka_unit_test(modified_pcap_has_longer_headers),
        cmocka_unit_test(cut_captures_are_partial),
        cmocka_unit_test(nonsense_is_refused_with_place_and_reason),
        cmocka_unit_test(pcapng_sections_orders_and_resolutions),
        cmocka_unit_test(a_window_may_end_anywhere),
        cmocka_unit_test(years_apart_and_backwards),
        cmocka_unit_test(files_are_merged_by_time),
    };
    return weir_test_run("packet/reader", tests);
}
