#include "base/testing.h"
#include "tui/span.h"

static const weir_span_t WHOLE = {.from_s = 1000, .to_s = 1080};

static void expect_span(const weir_span_t *span, bool on, int64_t from_s, int64_t to_s)
{
    assert_true(span->on == on);
    if (!on)
        return;
    assert_true(span->from_s == from_s);
    assert_true(span->to_s == to_s);
}

static void brackets_narrow_and_braces_widen(void **state)
{
    (void)state;
    weir_span_t span = {0};
    weir_span_move(&span, &WHOLE, WEIR_SPAN_BEGIN_LATER);
    expect_span(&span, true, 1010, 1080);
    weir_span_move(&span, &WHOLE, WEIR_SPAN_END_EARLIER);
    expect_span(&span, true, 1010, 1072);
    weir_span_move(&span, &WHOLE, WEIR_SPAN_END_LATER);
    expect_span(&span, true, 1010, 1079);
    weir_span_move(&span, &WHOLE, WEIR_SPAN_END_LATER);
    expect_span(&span, true, 1010, 1080);
    weir_span_move(&span, &WHOLE, WEIR_SPAN_BEGIN_EARLIER);
    weir_span_move(&span, &WHOLE, WEIR_SPAN_BEGIN_EARLIER);
    expect_span(&span, false, 0, 0); /* everything */
}

static void sliding_keeps_the_length_and_stays_inside(void **state)
{
    (void)state;
    weir_span_t span = {.on = true, .from_s = 1030, .to_s = 1046};
    weir_span_move(&span, &WHOLE, WEIR_SPAN_LATER);
    expect_span(&span, true, 1032, 1048);
    for (int i = 0; i < 100; i++)
        weir_span_move(&span, &WHOLE, WEIR_SPAN_LATER);
    expect_span(&span, true, 1064, 1080);
    for (int i = 0; i < 100; i++)
        weir_span_move(&span, &WHOLE, WEIR_SPAN_EARLIER);
    expect_span(&span, true, 1000, 1016);
}

static void a_second_always_stays(void **state)
{
    (void)state;
    weir_span_t span = {.on = true, .from_s = 1030, .to_s = 1032};
    for (int i = 0; i < 10; i++)
        weir_span_move(&span, &WHOLE, WEIR_SPAN_BEGIN_LATER);
    expect_span(&span, true, 1031, 1032);
    for (int i = 0; i < 10; i++)
        weir_span_move(&span, &WHOLE, WEIR_SPAN_END_EARLIER);
    expect_span(&span, true, 1031, 1032);
    const weir_span_t second = {.from_s = 5, .to_s = 6};
    span = (weir_span_t){0};
    weir_span_move(&span, &second, WEIR_SPAN_BEGIN_LATER);
    expect_span(&span, false, 0, 0);
}

static void a_point_takes_the_nearer_end(void **state)
{
    (void)state;
    weir_span_t span = {0};
    weir_span_point(&span, &WHOLE, 1040);
    expect_span(&span, true, 1036, 1045);
    weir_span_point(&span, &WHOLE, 1020);
    expect_span(&span, true, 1020, 1045);
    weir_span_point(&span, &WHOLE, 1043);
    expect_span(&span, true, 1020, 1044);
    weir_span_point(&span, &WHOLE, 1200);
    expect_span(&span, true, 1020, 1080);
    span = (weir_span_t){0};
    weir_span_point(&span, &WHOLE, 1000);
    expect_span(&span, true, 1000, 1005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brackets_narrow_and_braces_widen),
        cmocka_unit_test(sliding_keeps_the_length_and_stays_inside),
        cmocka_unit_test(a_second_always_stays),
        cmocka_unit_test(a_point_takes_the_nearer_end),
    };
    return weir_test_run("tui/span", tests);
}
