#include "base/testing.h"
#include "packet/events.h"

static void test_sort_keeps_order_of_equal_times(void **state)
{
    (void)state;
    static const int64_t times[] = {5, 1, 5, 3, 1, 9, 0};
    static const uint16_t expected[] = {6, 1, 4, 3, 0, 2, 5};
    weir_events_t events;
    weir_events_init(&events, 100);
    for (size_t i = 0; i < WEIR_COUNT(times); i++) {
        weir_event_t *event = weir_events_add(&events);
        event->time_ns = times[i];
        event->dns.type = (uint16_t)i;
    }
    assert_int_equal(weir_events_sort(&events), 0);
    assert_int_equal(events.count, WEIR_COUNT(times));
    for (size_t i = 0; i < WEIR_COUNT(times); i++)
        assert_int_equal(events.events[i].dns.type, expected[i]);
    assert_non_null(weir_events_add(&events)); /* it can still grow */
    weir_events_done(&events);
}

static weir_events_t list_of(const int64_t *times, size_t count, const char *name)
{
    weir_events_t events;
    weir_events_init(&events, 100);
    for (size_t i = 0; i < count; i++) {
        weir_event_t *event = weir_events_add(&events);
        event->time_ns = times[i];
        event->dns.name = weir_events_text(&events, name);
    }
    return events;
}

/* Lists of several workers, of which the first is taken over and the others are copied. */
static void test_lists_are_merged_by_time(void **state)
{
    (void)state;
    static const int64_t first[] = {1, 4, 4, 8}, second[] = {2, 4, 9}, third[] = {0, 9, 9};
    static const char expected[] = "cabaababcc"; /* of one time by name */
    weir_events_t parts[] = {list_of(first, WEIR_COUNT(first), "a"),
                             list_of(second, WEIR_COUNT(second), "b"),
                             list_of(third, WEIR_COUNT(third), "c")};
    weir_events_t events;
    weir_events_init(&events, 100);
    parts[1].lost = 3;
    for (size_t i = 0; i < WEIR_COUNT(parts); i++) {
        weir_events_append(&events, &parts[i]);
        weir_events_done(&parts[i]);
    }
    assert_int_equal(weir_events_sort(&events), 0);
    assert_int_equal(events.count, 10);
    assert_int_equal(events.lost, 3);
    for (size_t i = 1; i < events.count; i++)
        assert_true(events.events[i - 1].time_ns <= events.events[i].time_ns);
    for (size_t i = 0; i < events.count; i++)
        assert_int_equal(events.events[i].dns.name[0], expected[i]);
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
        cmocka_unit_test(test_lists_are_merged_by_time),
        cmocka_unit_test(test_ceiling_counts),
        cmocka_unit_test(test_texts_are_copies),
    };
    return weir_test_run("packet/events", tests);
}
