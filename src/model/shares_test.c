#include "base/testing.h"
#include "model/shares.h"

static void without_books_nothing_is_said(void **state)
{
    (void)state;
    const weir_iface_t iface = {.rx_unexplained = 5};
    weir_share_t shares[WEIR_SHARE_COUNT];
    assert_int_equal(weir_shares_read(&iface, shares), 0);
}

static void lines_that_are_zero_are_left_out(void **state)
{
    (void)state;
    weir_iface_books_t books = {.rx = {.programs = 700, .headers = 14},
                                .tx = {.forwarded = 90, .headers = 28, .earlier = 3}};
    const weir_iface_t iface = {.books = &books};
    weir_share_t shares[WEIR_SHARE_COUNT];
    static const weir_share_t wanted[] = {{WEIR_SHARE_PROGRAMS, 700, 0},
                                          {WEIR_SHARE_FORWARDED, 0, 90},
                                          {WEIR_SHARE_HEADERS, 14, 28},
                                          {WEIR_SHARE_EARLIER, 0, 3}};
    assert_int_equal(weir_shares_read(&iface, shares), WEIR_COUNT(wanted));
    for (size_t i = 0; i < WEIR_COUNT(wanted); i++) {
        assert_int_equal(shares[i].part, wanted[i].part);
        assert_true(shares[i].rx == wanted[i].rx && shares[i].tx == wanted[i].tx);
    }
}

static void what_is_unexplained_comes_last_with_its_sign(void **state)
{
    (void)state;
    weir_iface_books_t books = {.rx = {.elsewhere = 40},
                                .tx = {.kernel = -(uint64_t)6, .stacked = 1}};
    const weir_iface_t iface = {.books = &books, .rx_unexplained = 50, .tx_unexplained = -7};
    weir_share_t shares[WEIR_SHARE_COUNT];
    assert_int_equal(weir_shares_read(&iface, shares), 4);
    assert_int_equal(shares[0].part, WEIR_SHARE_KERNEL);
    assert_true(shares[0].tx == -6);
    assert_int_equal(shares[2].part, WEIR_SHARE_ELSEWHERE);
    assert_int_equal(shares[3].part, WEIR_SHARE_UNEXPLAINED);
    assert_true(shares[3].rx == 50 && shares[3].tx == -7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_books_nothing_is_said),
        cmocka_unit_test(lines_that_are_zero_are_left_out),
        cmocka_unit_test(what_is_unexplained_comes_last_with_its_sign),
    };
    return weir_test_run("model/shares", tests);
}
