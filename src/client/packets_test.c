#include "base/testing.h"

#include "client/packet_sift.h"
#include "packet/craft.h"
#include "packet/pcapng_write.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define COUNT 3000
#define PATH_SIZE 64
#define LISTED 8

/** A file of COUNT packets, every third one to port 53, one second apart. */
typedef struct fixture {
    char path[PATH_SIZE];
    weir_packets_t *packets;
    weir_packets_state_t state;
} fixture_t;

static void file_write(const char *path)
{
    weir_buf_t file, bytes;
    weir_buf_init(&file, 1 << 22);
    weir_buf_init(&bytes, 1 << 12);
    const weir_pcapng_iface_t iface = {.name = "eth0", .link = 1};
    const weir_pcapng_name_t name = {
        .address = {.bytes = {10, 0, 0, 2}, .family = WEIR_FAMILY_IPV4, .prefix = 32},
        .name = "two.example"};
    static const char comment[] = "odd";
    weir_pcapng_put_section(&file, NULL, NULL, (weir_span_t){0});
    weir_pcapng_put_iface(&file, &iface);
    weir_pcapng_put_names(&file, &name, 1);
    for (unsigned i = 1; i <= COUNT; i++) {
        weir_buf_clear(&bytes);
        weir_craft_ethernet(&bytes, 0x0800);
        weir_craft_ipv4(&bytes, 1, 2, 17, 8 + 4);
        weir_craft_udp(&bytes, 1000 + i, i % 3 ? 9 : 7, 4);
        weir_buf_puts(&bytes, "abcd");
        weir_frame_t frame = {.data = (const uint8_t *)bytes.data,
                              .caplen = (uint32_t)bytes.len,
                              .wire_len = (uint32_t)bytes.len,
                              .time_ns = (int64_t)i * 1000000000};
        weir_span_t comments = {(const uint8_t *)comment, i == 7 ? sizeof(comment) : 0};
        weir_pcapng_put_packet(&file, &frame, comments);
    }
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_int_equal(fwrite(file.data, 1, file.len, stream), file.len);
    assert_int_equal(fclose(stream), 0);
    weir_buf_done(&file);
    weir_buf_done(&bytes);
}

static void fixture_open(fixture_t *f, const weir_packets_options_t *options)
{
    char error[WEIR_CAPTURE_ERROR_SIZE];
    weir_frames_t *frames = NULL;
    *f = (fixture_t){.path = "/tmp/weir-packets-XXXXXX"};
    int fd = mkstemp(f->path);
    assert_true(fd >= 0);
    (void)close(fd);
    file_write(f->path);
    assert_int_equal(weir_frames_open_file(f->path, &frames, error), 0);
    assert_int_equal(weir_packets_open(frames, options, &f->packets), 0);
    while (!f->state.ended) {
        struct pollfd wait = {.fd = weir_packets_fd(f->packets), .events = POLLIN};
        assert_int_equal(poll(&wait, 1, 30000), 1);
        weir_packets_state(f->packets, &f->state);
    }
}

static void fixture_close(fixture_t *f)
{
    weir_packets_close(f->packets);
    (void)unlink(f->path);
}

static void test_read(void **state)
{
    (void)state;
    fixture_t f;
    const weir_packets_options_t options = {0};
    weir_packet_view_t view;
    char name[WEIR_PACKETS_NAME_SIZE];
    fixture_open(&f, &options);
    assert_int_equal(f.state.count, COUNT);
    assert_int_equal(f.state.error, 0);
    assert_int_equal(f.state.ring_bytes, 0);
    assert_int_equal(weir_packets_read(f.packets, COUNT, false, &view), 0);
    assert_int_equal(view.row.number, COUNT);
    assert_int_equal(view.row.src_port, 1000 + COUNT);
    assert_true(view.row.since_s == COUNT - 1);
    assert_string_equal(view.row.iface, "eth0");
    assert_null(view.dissection);
    assert_int_equal(weir_packets_read(f.packets, 7, true, &view), 0);
    assert_string_equal((const char *)view.comments.data, "odd");
    assert_true(view.dissection->line_count > 3);
    assert_int_equal(weir_packets_read(f.packets, COUNT + 1, false, &view), -ENOENT);
    assert_true(weir_packets_name(f.packets, &view.row.dst, name));
    assert_string_equal(name, "two.example");
    assert_false(weir_packets_name(f.packets, &view.row.src, name));
    fixture_close(&f);
}

static void test_ceilings(void **state)
{
    (void)state;
    fixture_t f;
    const weir_packets_options_t few = {.most = 1000}, ended = {.count = 1500};
    fixture_open(&f, &few);
    assert_int_equal(f.state.count, 1000);
    assert_int_equal(f.state.omitted, COUNT - 1000);
    fixture_close(&f);
    fixture_open(&f, &ended);
    assert_int_equal(f.state.count, 1500);
    assert_int_equal(f.state.omitted, 0);
    fixture_close(&f);
}

static void sift_run(weir_packet_sift_t *sift, weir_packets_t *packets)
{
    while (weir_packet_sift_busy(sift))
        assert_int_equal(weir_packet_sift_step(sift, packets, 100), 0);
}

static weir_filter_t *filter_of(const char *text)
{
    weir_filter_t *filter = NULL;
    weir_filter_error_t error;
    assert_int_equal(weir_filter_parse(weir_table(WEIR_TABLE_PACKETS), text, &filter, &error), 0);
    return filter;
}

static void test_sift(void **state)
{
    (void)state;
    fixture_t f;
    const weir_packets_options_t options = {0};
    weir_packet_sift_t sift;
    fixture_open(&f, &options);
    weir_packet_sift_init(&sift);
    assert_int_equal(weir_packet_sift_count(&sift), 0);
    weir_packet_sift_range(&sift, 1, COUNT);
    assert_int_equal(weir_packet_sift_count(&sift), COUNT);
    assert_int_equal(weir_packet_sift_at(&sift, 9), 10);
    assert_int_equal(weir_packet_sift_place(&sift, 10), 9);
    assert_int_equal(weir_packet_sift_place(&sift, COUNT + 5), COUNT);

    weir_packet_sift_filter(&sift, filter_of("port=7"));
    assert_int_equal(weir_packet_sift_step(&sift, f.packets, 30), 0);
    assert_int_equal(weir_packet_sift_count(&sift), 10);
    sift_run(&sift, f.packets);
    assert_int_equal(weir_packet_sift_count(&sift), COUNT / 3);
    assert_int_equal(weir_packet_sift_at(&sift, 1), 6);
    assert_int_equal(weir_packet_sift_place(&sift, 4), 1);

    weir_packet_sift_range(&sift, 100, COUNT); /* the oldest have left */
    assert_int_equal(weir_packet_sift_at(&sift, 0), 102);
    assert_int_equal(weir_packet_sift_place(&sift, 1), 0);
    weir_packet_sift_filter(&sift, filter_of("port=7 and src_port=1003"));
    sift_run(&sift, f.packets);
    assert_int_equal(weir_packet_sift_count(&sift), 0); /* packet 3 is not there any more */
    weir_packet_sift_done(&sift);
    fixture_close(&f);
}

/* End a save that has written `count` packets; the file with them, and its first ones. */
static weir_frames_t *saved_open(weir_packets_save_t *save, const char *path, int count,
                                 weir_frame_t list[static LISTED])
{
    weir_frames_t *frames = NULL;
    char error[WEIR_CAPTURE_ERROR_SIZE];
    uint64_t written = 0;
    assert_int_equal(weir_packets_save_end(save, &written), 0);
    assert_int_equal(written, count);
    assert_int_equal(weir_frames_open_file(path, &frames, error), 0);
    assert_int_equal(weir_frames_next(frames, 0, list, LISTED), count);
    return frames;
}

static void test_save(void **state)
{
    (void)state;
    fixture_t f;
    const weir_packets_options_t options = {0};
    static const uint64_t numbers[] = {7, 9, COUNT + 10};
    weir_packets_choice_t choice = {.numbers = numbers, .count = 3};
    char path[PATH_SIZE + 8];
    weir_frame_t list[LISTED];
    fixture_open(&f, &options);
    (void)snprintf(path, sizeof(path), "%s.save", f.path);
    weir_packets_save_t *save = NULL;
    assert_int_equal(weir_packets_save_begin(f.packets, &choice, path, &save), 0);
    size_t of = 0;
    assert_int_equal(weir_packets_save_step(save, 2), 1); /* a key may come here */
    assert_int_equal(weir_packets_save_progress(save, &of), 2);
    assert_int_equal(of, 3);
    assert_int_equal(weir_packets_save_step(save, 2), 0);
    weir_frames_t *frames = saved_open(save, path, 2, list);
    assert_int_equal(list[0].time_ns, 7000000000);
    assert_int_equal(list[1].time_ns, 9000000000);
    assert_string_equal((const char *)weir_frames_note(frames, 0).comments.data, "odd");
    assert_string_equal(weir_frames_iface(frames, &list[0]), "eth0");
    weir_frames_close(frames);
    (void)unlink(path);
    assert_int_equal(weir_packets_save_begin(f.packets, &choice, "/nowhere/at/all", &save),
                     -ENOENT);
    fixture_close(&f);
}

/* What is written by then can be read. */
static void test_save_that_ends_early(void **state)
{
    (void)state;
    fixture_t f;
    const weir_packets_options_t options = {0};
    weir_packets_choice_t choice = {.first = 11, .count = COUNT};
    weir_packets_save_t *save = NULL;
    char path[PATH_SIZE + 8];
    weir_frame_t list[LISTED];
    fixture_open(&f, &options);
    (void)snprintf(path, sizeof(path), "%s.save", f.path);
    assert_int_equal(weir_packets_save_begin(f.packets, &choice, path, &save), 0);
    assert_int_equal(weir_packets_save_step(save, 5), 1);
    weir_frames_t *frames = saved_open(save, path, 5, list);
    assert_int_equal(list[0].time_ns, 11000000000);
    weir_frames_close(frames);
    (void)unlink(path);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_sift),
        cmocka_unit_test(test_save),
        cmocka_unit_test(test_save_that_ends_early),
    };
    return weir_test_run("client/packets", tests);
}
