#include "base/testing.h"

#include "client/packet_store.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const weir_span_t NO_COMMENTS;

static const uint8_t bytes[4096] =
    "Bytes that differ from each other for some thousand places would be long to write here; these "
    "do so for some hundred, and zeroes follow. Each packet begins at another one of them, so that "
    "a mistaken place in the ring is seen for most packets: 0123456789 abcdefghijklmnopqrstuvwxyz.";

static weir_frame_t frame(size_t number, uint32_t n)
{
    return (weir_frame_t){.data = bytes + number % 250,
                          .time_ns = (int64_t)number * 1000,
                          .caplen = n,
                          .wire_len = n + 4,
                          .link = 1};
}

static void check(weir_packet_store_t *store, uint64_t number, uint32_t n)
{
    weir_frame_t got;
    assert_int_equal(weir_packet_store_get(store, number, &got), 0);
    assert_int_equal(got.caplen, n);
    assert_int_equal(got.wire_len, n + 4);
    assert_int_equal(got.time_ns, number * 1000);
    assert_memory_equal(got.data, bytes + number % 250, n);
}

/* Sizes that never divide the ring evenly: what is kept is whole, and is the newest. */
static void test_ring(void **state)
{
    (void)state;
    const weir_packet_limits_t limits = {.packets = 100000, .bytes = 10000};
    weir_packet_store_t store;
    weir_packet_store_init(&store, &limits);
    for (uint64_t number = 1; number <= 5000; number++) {
        weir_frame_t one = frame(number, (uint32_t)(number * 37 % 700));
        assert_int_equal(weir_packet_store_add(&store, &one, 0, NO_COMMENTS), 0);
        assert_int_equal(store.first + store.count - 1, number);
        if (number % 97)
            continue;
        for (uint64_t i = store.first; i <= number; i++)
            check(&store, i, (uint32_t)(i * 37 % 700));
    }
    weir_frame_t got;
    assert_true(store.first > 4900);
    assert_true(store.count >= 15); /* 10,000 bytes of packets below 700, less a gap */
    assert_int_equal(weir_packet_store_get(&store, store.first - 1, &got), -ENOENT);
    assert_int_equal(weir_packet_store_get(&store, 5001, &got), -ENOENT);
    weir_packet_store_done(&store);
}

static void test_packets_have_a_ceiling(void **state)
{
    (void)state;
    const weir_packet_limits_t limits = {.packets = 3000, .bytes = 1 << 20};
    weir_packet_store_t store;
    weir_packet_store_init(&store, &limits);
    for (uint64_t number = 1; number <= 10000; number++) {
        weir_frame_t one = frame(number, 5);
        assert_int_equal(weir_packet_store_add(&store, &one, 0, NO_COMMENTS), 0);
    }
    assert_int_equal(store.first, 7001);
    assert_int_equal(store.count, 3000);
    for (uint64_t i = 7001; i <= 10000; i++)
        check(&store, i, 5);
    weir_packet_store_done(&store);
}

/* Of a file the first ones stay; a file that was cut meanwhile is an error of its packet alone. */
static void test_file(void **state)
{
    (void)state;
    const weir_packet_limits_t limits = {.packets = 10, .bytes = 1};
    weir_packet_store_t store;
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, sizeof(bytes), file), sizeof(bytes));
    assert_int_equal(fflush(file), 0);
    weir_packet_store_init(&store, &limits);
    weir_packet_store_file(&store, fileno(file));
    for (uint64_t number = 1; number <= 12; number++) {
        weir_frame_t one = frame(number, 100);
        assert_int_equal(weir_packet_store_add(&store, &one, number, NO_COMMENTS), 0);
    }
    assert_int_equal(store.first, 1);
    assert_int_equal(store.count, 10);
    assert_int_equal(store.refused, 2);
    for (uint64_t i = 10; i >= 1; i--)
        check(&store, i, 100);
    assert_int_equal(weir_packet_store_time(&store, 7), 7000);
    weir_frame_t got;
    free(store.window);
    store.window = NULL;
    store.window_len = store.window_room = 0;
    assert_int_equal(ftruncate(fileno(file), 105), 0);
    assert_int_equal(weir_packet_store_get(&store, 9, &got), -EIO);
    assert_int_equal(weir_packet_store_get(&store, 2, &got), 0);
    weir_packet_store_done(&store);
    (void)fclose(file);
}

/* They go with their packets, and memory for them is used again. */
static void test_comments(void **state)
{
    (void)state;
    const weir_packet_limits_t limits = {.packets = 10, .bytes = 10000};
    weir_packet_store_t store;
    char text[32];
    weir_packet_store_init(&store, &limits);
    for (uint64_t number = 1; number <= 1000; number++) {
        weir_frame_t one = frame(number, 10);
        int n = snprintf(text, sizeof(text), "comment %llu", (unsigned long long)number);
        weir_span_t comments = {(const uint8_t *)text, (size_t)n + 1};
        assert_int_equal(
            weir_packet_store_add(&store, &one, 0, number % 2 ? comments : NO_COMMENTS), 0);
    }
    assert_string_equal((const char *)weir_packet_store_comments(&store, 997).data, "comment 997");
    assert_string_equal((const char *)weir_packet_store_comments(&store, 999).data, "comment 999");
    assert_int_equal(weir_packet_store_comments(&store, 998).len, 0);
    assert_true(store.comments.len < 1000);
    weir_packet_store_done(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ring),
        cmocka_unit_test(test_packets_have_a_ceiling),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_comments),
    };
    return weir_test_run("client/packet_store", tests);
}
