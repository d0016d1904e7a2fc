#include "base/testing.h"
#include "detect/testing.h"

static const char *const LIST[] = {"203.0.113.0/24", "10.0.0.9", "bad.example", "10.0.0.77"};

static void listed_addresses_and_names_are_told(void **state)
{
    (void)state;
    const weir_finding_options_t options = {.watched = LIST, .watched_count = WEIR_COUNT(LIST)};
    weir_detect_t *detect = weir_testing_detect(&options);
    weir_flow_brief_t flows[] = {weir_testing_good(5, 9, 443, BEGIN),
                                 weir_testing_good(9, 6, 443, BEGIN + SECOND),
                                 weir_testing_good(5, 7, 443, BEGIN + 2 * SECOND)};
    weir_testing_address(flows[2].dst, 203, 113 << 8 | 200);
    weir_detect_flows(detect, flows, WEIR_COUNT(flows));
    weir_event_t events[] = {
        {.kind = WEIR_EVENT_DNS, .time_ns = BEGIN, .dns = {.name = "www.bad.example"}},
        {.kind = WEIR_EVENT_DNS, .time_ns = BEGIN, .dns = {.name = "notbad.example"}},
        {.kind = WEIR_EVENT_DNS, .time_ns = BEGIN, .dns = {.name = "bad.example", .answer = true}},
    };
    for (size_t i = 0; i < WEIR_COUNT(events); i++)
        assert_int_equal(weir_address_parse("10.0.0.5", 8, &events[i].src), 0);
    weir_detect_events(detect, &(weir_event_batch_t){events, WEIR_COUNT(events), 0});
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_int_equal(weir_testing_count(found), 3);
    assert_int_equal(weir_testing_expect(found, "watched", "10.0.0.9", "2 flows").count, 2);
    (void)weir_testing_expect(found, "watched", "203.0.113.0/24", "1 flow");
    assert_string_equal(weir_testing_expect(found, "watched", "bad.example", "1 question").evidence,
                        "first asked by 10.0.0.5");
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(listed_addresses_and_names_are_told)};
    return weir_test_run("detect/watched", tests);
}
