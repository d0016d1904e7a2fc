#include "base/testing.h"
#include "packet/events.h"

static void test_sort_keeps_order_of_equal_times(void **state)
{
    (void)state;
    static const int64_t times[] = {5, 1, 5, 3, 1, 9, 0};
    static const uint16_t expected[] = {6, 1, 4, 3, 0, 2, 5};
    weir_events_t events;
    weir_events_init(&events, 100);
    for (uint16_t i = 0; i < WEIR_COUNT(times); i++) {
        weir_event_t *event = weir_events_add(&events);
        event->time_ns = times[i];
        event->dns.type = i;
    }
    assert_int_equal(weir_events_sort(&events), 0);
    assert_int_equal(events.count, WEIR_COUNT(times));
    for (size_t i = 0; i < WEIR_COUNT(times); i++)
        assert_int_equal(events.events[i].dns.type, expected[i]);
    assert_non_null(weir_events_add(&events)); /* it can still grow */
    weir_events_done(&events);
}

static void test_ceiling_counts(void **state)
{
    (void)state;
    weir_events_t events;
    weir_events_init(&events, 65);
    for (int i = 0; i < 70; i++)
        (void)weir_events_add(&events);
    assert_int_equal(events.count, 65);
    assert_int_equal(events.lost, 5);
    weir_events_done(&events);
}

static void test_texts_are_copies(void **state)
{
    (void)state;
    weir_events_t events;
    weir_events_init(&events, 1);
    char name[] = "www.example";
    const char *copy = weir_events_text(&events, name);
    name[0] = 'x';
    assert_string_equal(copy, "www.example");
    weir_events_done(&events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sort_keeps_order_of_equal_times),
        cmocka_unit_test(test_ceiling_counts),
        cmocka_unit_test(test_texts_are_copies),
    };
    return weir_test_run("packet/events", tests);
}
