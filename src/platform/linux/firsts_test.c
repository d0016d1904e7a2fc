/* The reader of a ring that the test writes as the kernel does. */
#include "platform/linux/firsts.c"

#include "base/testing.h"

#define SIZE ((size_t)256) /* of the ring */
#define ROOM 8

typedef struct ring {
    weir_platform_firsts_t firsts;
    struct weir_bpf_totals totals;
    unsigned long consumed, produced;
    uint8_t data[2 * SIZE]; /* the second half mirrors the first */
    weir_captured_t packets[ROOM];
} ring_t;

static int ring_make(void **state)
{
    ring_t *ring = calloc(1, sizeof(*ring));
    assert_non_null(ring);
    ring->firsts = (weir_platform_firsts_t){.size = SIZE,
                                            .consumed = &ring->consumed,
                                            .produced = &ring->produced,
                                            .data = ring->data,
                                            .totals = &ring->totals};
    *state = ring;
    return 0;
}

static int ring_drop(void **state)
{
    free(*state);
    return 0;
}

/* A record with one byte of packet; bits: of its head; captured: what it says of itself. */
static void record_put(ring_t *ring, uint8_t byte, uint32_t bits, uint32_t captured)
{
    const struct weir_bpf_first first = {
        .time_ns = 5, .length = 900, .captured = captured, .iface = 3, .out = 1};
    const uint32_t length = sizeof(first) + 1;
    uint32_t word = length | bits;
    uint8_t record[HEAD + sizeof(first) + 1] = {0};
    memcpy(record, &word, sizeof(word));
    memcpy(record + HEAD, &first, sizeof(first));
    record[HEAD + sizeof(first)] = byte;
    for (size_t i = 0; i < sizeof(record); i++)
        ring->data[(ring->produced + i) % SIZE] = ring->data[(ring->produced + i) % SIZE + SIZE] =
            record[i];
    ring->produced += (sizeof(record) + 7) / 8 * 8;
}

static size_t take(ring_t *ring)
{
    return records_take(&ring->firsts, ring->packets, ROOM);
}

static void packets_are_what_was_written(void **state)
{
    ring_t *ring = *state;
    record_put(ring, 0xaa, 0, 1);
    assert_int_equal(take(ring), 1);
    const weir_captured_t *packet = &ring->packets[0];
    assert_int_equal(packet->data[0], 0xaa);
    assert_int_equal(packet->caplen, 1);
    assert_int_equal(packet->wire_len, 900);
    assert_int_equal(packet->iface, 3);
    assert_int_equal(packet->direction, 2);
    assert_true(packet->time_ns > 5); /* since 1970, not since the start */
    assert_int_equal(take(ring), 0);
}

static void room_is_given_back_when_the_next_are_asked_for(void **state)
{
    ring_t *ring = *state;
    record_put(ring, 1, 0, 1);
    assert_int_equal(take(ring), 1);
    assert_int_equal(ring->consumed, 0);
    assert_int_equal(take(ring), 0);
    assert_int_equal(ring->consumed, ring->produced);
}

static void it_goes_on_around_the_end(void **state)
{
    ring_t *ring = *state;
    for (uint8_t i = 0; i < 100; i++) {
        record_put(ring, i, 0, 1);
        assert_int_equal(take(ring), 1);
        assert_int_equal(ring->packets[0].data[0], i);
    }
    assert_true(ring->produced > 10 * SIZE);
}

static void one_that_is_being_written_is_waited_for(void **state)
{
    ring_t *ring = *state;
    record_put(ring, 1, 0, 1);
    record_put(ring, 2, BPF_RINGBUF_BUSY_BIT, 1);
    record_put(ring, 3, 0, 1);
    assert_int_equal(take(ring), 1);
    assert_int_equal(take(ring), 0);
    uint32_t word = sizeof(struct weir_bpf_first) + 1;
    memcpy(ring->data + ring->firsts.taken, &word, sizeof(word));
    assert_int_equal(take(ring), 2);
    assert_int_equal(ring->packets[0].data[0], 2);
}

static void given_up_and_broken_ones_are_passed_over(void **state)
{
    ring_t *ring = *state;
    record_put(ring, 1, BPF_RINGBUF_DISCARD_BIT, 1);
    record_put(ring, 2, 0, 2000); /* more than it is long */
    record_put(ring, 3, 0, 1);
    assert_int_equal(take(ring), 1);
    assert_int_equal(ring->packets[0].data[0], 3);
}

static void losses_count_from_the_opening_on(void **state)
{
    ring_t *ring = *state;
    ring->firsts.lost_before = 10;
    ring->totals.lost_firsts = 13;
    assert_int_equal(weir_platform_firsts_lost(&ring->firsts), 3);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, ring_make, ring_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(packets_are_what_was_written),
        CASE(room_is_given_back_when_the_next_are_asked_for),
        CASE(it_goes_on_around_the_end),
        CASE(one_that_is_being_written_is_waited_for),
        CASE(given_up_and_broken_ones_are_passed_over),
        CASE(losses_count_from_the_opening_on),
    };
    return weir_test_run("platform/firsts", tests);
}
