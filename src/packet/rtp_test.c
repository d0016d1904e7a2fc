#include "packet/rtp.h"

#include "base/cleanup.h"
#include "base/testing.h"

#include <math.h>

#define MS INT64_C(1000000)

typedef struct sender {
    weir_rtp_t rtp;
    weir_rtp_slot_t slot;
} sender_t;

static void datagram_add(sender_t *sender, int64_t at_ms, uint16_t seq, uint32_t time,
                         uint32_t source)
{
    weir_digest_t digest = {
        .time_ns = at_ms * MS,
        .rtp_source = source,
        .rtp_time = time,
        .rtp_seq = seq,
        .has_rtp = true,
    };
    weir_rtp_add(&sender->rtp, &sender->slot, &digest);
}

static weir_rtp_sum_t sender_sum(sender_t *sender)
{
    weir_rtp_sum_t sum = {0};
    weir_rtp_sum(&sender->rtp, &sender->slot, &sum);
    weir_rtp_done(&sender->rtp);
    return sum;
}

/* RFC 3550, A.8, by hand: D is 5, -5 and 0 ms. */
static void jitter_is_that_of_the_rfc(void **state)
{
    (void)state;
    sender_t sender = {0};
    datagram_add(&sender, 1000, 65534, 160, 7);
    datagram_add(&sender, 1025, 65535, 320, 7);
    datagram_add(&sender, 1040, 0, 480, 7);
    datagram_add(&sender, 1060, 1, 640, 7);
    weir_rtp_sum_t sum = sender_sum(&sender);
    double first = 5.0 / 16, second = first + (5 - first) / 16, third = second - second / 16;
    assert_int_equal(sum.streams, 1);
    assert_int_equal(sum.packets, 4);
    assert_int_equal(sum.lost, 0); /* the number went around */
    assert_int_equal(sum.jitter_count, 3);
    assert_true(fabs(sum.jitter_sum_ms - (first + second + third)) < 1e-9);
    assert_true(fabs(sum.jitter_most_ms - second) < 1e-9);
}

static void gaps_are_lost_and_late_ones_are_not(void **state)
{
    (void)state;
    sender_t sender = {0};
    static const uint16_t numbers[] = {10, 11, 14, 13, 15, 20, 20};
    for (size_t i = 0; i < WEIR_COUNT(numbers); i++)
        datagram_add(&sender, 1000 + 20 * (int64_t)i, numbers[i], 160 * numbers[i], 7);
    weir_rtp_sum_t sum = sender_sum(&sender);
    assert_int_equal(sum.packets, 7);
    assert_int_equal(sum.lost, 4); /* 12, 16, 17, 18, 19, less one that came twice */
}

static void a_new_begin_of_the_numbers_loses_nothing(void **state)
{
    (void)state;
    sender_t sender = {0};
    for (uint16_t i = 0; i < 10; i++)
        datagram_add(&sender, 1000 + 20 * i, i, 160u * i, 7);
    for (uint16_t i = 0; i < 10; i++)
        datagram_add(&sender, 1200 + 20 * i, (uint16_t)(30000 + i), 160u * (10u + i), 7);
    weir_rtp_sum_t sum = sender_sum(&sender);
    assert_int_equal(sum.packets, 20);
    assert_int_equal(sum.lost, 0);
}

static void sources_beside_each_other_are_streams(void **state)
{
    (void)state;
    sender_t sender = {0};
    for (uint16_t i = 0; i < 30; i++) {
        datagram_add(&sender, 1000 + 20 * i, i, 160u * i, 7);
        if (i % 3 == 2) { /* two in a row */
            datagram_add(&sender, 1001 + 20 * i, (uint16_t)(2 * i), 90u * i, 8);
            datagram_add(&sender, 1002 + 20 * i, (uint16_t)(2 * i + 1), 90u * i, 8);
        }
    }
    weir_rtp_sum_t sum = sender_sum(&sender);
    assert_int_equal(sum.streams, 2);
    assert_int_equal(sum.packets, 50);
}

static void sources_of_one_side_have_a_ceiling(void **state)
{
    (void)state;
    sender_t sender = {0};
    for (uint32_t source = 0; source < 1000; source++) {
        datagram_add(&sender, 1000 + source, 1, 0, source);
        datagram_add(&sender, 1000 + source, 2, 0, source);
    }
    assert_int_equal(sender_sum(&sender).streams, WEIR_RTP_SOURCES_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jitter_is_that_of_the_rfc),
        cmocka_unit_test(gaps_are_lost_and_late_ones_are_not),
        cmocka_unit_test(a_new_begin_of_the_numbers_loses_nothing),
        cmocka_unit_test(sources_beside_each_other_are_streams),
        cmocka_unit_test(sources_of_one_side_have_a_ceiling),
    };
    return weir_test_run("packet/rtp", tests);
}
