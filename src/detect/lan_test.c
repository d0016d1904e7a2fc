#include "base/testing.h"
#include "detect/testing.h"

static weir_event_t arp(const char *address, uint8_t mac, int64_t at_ns)
{
    weir_event_t event = {.kind = WEIR_EVENT_ARP, .time_ns = at_ns};
    assert_int_equal(weir_address_parse(address, strlen(address), &event.src), 0);
    assert_int_equal(weir_address_parse("10.0.0.77", 9, &event.dst), 0);
    event.arp.operation = 2;
    event.arp.sender_mac[0] = 2;
    event.arp.sender_mac[5] = mac;
    return event;
}

static weir_snapshot_t *found_in(const weir_event_t *events, size_t count)
{
    weir_detect_t *detect = weir_testing_detect(NULL);
    weir_detect_events(detect, &(weir_event_batch_t){events, count, 0});
    weir_snapshot_t *found = weir_testing_found(detect);
    weir_detect_free(detect);
    return found;
}

static void spoofing_is_told_from_a_change(void **state)
{
    (void)state;
    const weir_event_t change[] = {arp("10.0.0.1", 1, BEGIN), arp("10.0.0.1", 6, BEGIN + SECOND)};
    weir_snapshot_t *found = found_in(change, WEIR_COUNT(change));
    (void)weir_testing_expect(found, "arp-change", "10.0.0.1",
                              "from 02:00:00:00:00:01 to 02:00:00:00:00:06");
    weir_snapshot_unref(found);
    const weir_event_t fight[] = {arp("10.0.0.1", 1, BEGIN), arp("10.0.0.1", 6, BEGIN + SECOND),
                                  arp("10.0.0.1", 1, BEGIN + 2 * SECOND)};
    found = found_in(fight, WEIR_COUNT(fight));
    (void)weir_testing_expect(found, "arp-duplicate", "10.0.0.1", "ARP spoofing");
    assert_int_equal(weir_testing_count(found), 1);
    weir_snapshot_unref(found);
}

static void honest_changes_are_none(void **state)
{
    (void)state;
    weir_event_t events[] = {arp("10.0.0.1", 1, BEGIN),
                             arp("10.0.0.1", 6, BEGIN + 1200 * SECOND),
                             arp("10.0.0.2", 1, BEGIN + 1201 * SECOND),
                             arp("10.0.0.2", 2, BEGIN + 1202 * SECOND),
                             arp("10.0.0.3", 1, BEGIN + 1203 * SECOND),
                             arp("10.0.0.3", 2, BEGIN + 1204 * SECOND)};
    static const uint8_t vrrp[] = {0x00, 0x00, 0x5e, 0x00, 0x01, 0x07};
    memcpy(events[3].arp.sender_mac, vrrp, sizeof(vrrp));
    events[5].arp.vlan = 12; /* another network */
    weir_snapshot_t *found = found_in(events, WEIR_COUNT(events));
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
}

static void storms_and_announcements(void **state)
{
    (void)state;
    weir_event_t events[3000];
    for (int i = 0; i < 3000; i++)
        events[i] = arp("10.0.0.5", 5, BEGIN + i * SECOND / 500);
    weir_snapshot_t *found = found_in(events, 3000);
    (void)weir_testing_expect(found, "arp-storm", "02:00:00:00:00:05", "3,000 in 10 s");
    weir_snapshot_unref(found);
    for (int i = 0; i < 100; i++)
        events[i].dst = events[i].src;
    found = found_in(events, 100);
    (void)weir_testing_expect(found, "arp-gratuitous", "02:00:00:00:00:05", "100 in 10 s");
    weir_snapshot_unref(found);
    found = found_in(events + 200, 254); /* a sweep of a small network */
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
}

static void a_second_server_is_rogue(void **state)
{
    (void)state;
    weir_event_t events[4] = {{0}};
    static const char *const addresses[] = {"10.0.0.1", "10.0.0.66", "fe80::1", "fe80::66"};
    for (uint8_t i = 0; i < 4; i++) {
        weir_event_t *event = &events[i];
        event->kind = i < 2 ? WEIR_EVENT_DHCP : WEIR_EVENT_ROUTER;
        event->time_ns = BEGIN + i * SECOND;
        assert_int_equal(weir_address_parse(addresses[i], strlen(addresses[i]), &event->src), 0);
        if (i < 2) {
            event->dhcp.message = 2;
            event->dhcp.server_mac[5] = i;
        } else {
            event->router.lifetime_s = 1800;
            event->router.mac[5] = i;
        }
    }
    weir_snapshot_t *found = found_in(events, 4);
    (void)weir_testing_expect(found, "rogue-dhcp", "10.0.0.66", "beside 10.0.0.1");
    (void)weir_testing_expect(found, "rogue-router", "fe80::66", "beside fe80::1");
    assert_int_equal(weir_testing_count(found), 2);
    weir_snapshot_unref(found);
}

/* After an hour of learning; whoever was seen until then is known for good. */
static void new_devices(void **state)
{
    (void)state;
    weir_event_t events[] = {arp("10.0.0.1", 1, BEGIN),
                             arp("10.0.0.2", 2, BEGIN + 3000 * SECOND),
                             arp("10.0.0.1", 1, BEGIN + 9000 * SECOND),
                             arp("10.0.0.3", 3, BEGIN + 9001 * SECOND),
                             {.kind = WEIR_EVENT_DHCP, .time_ns = BEGIN + 9002 * SECOND},
                             {0},
                             {0},
                             {0},
                             {0},
                             arp("10.0.0.9", 9, BEGIN + 9003 * SECOND)};
    assert_int_equal(weir_address_parse("10.0.0.4", 8, &events[4].dst), 0);
    events[4].src = events[0].src;
    memcpy(events[4].dhcp.server_mac, events[0].arp.sender_mac, WEIR_MAC_SIZE);
    events[4].dhcp.client_mac[0] = 2;
    events[4].dhcp.client_mac[5] = 4;
    events[4].dhcp.message = 5;
    for (size_t i = 0; i < 4; i++) /* three times each; a damaged frame comes once */
        events[5 + i] = events[3 + i % 2];
    weir_snapshot_t *found = found_in(events, WEIR_COUNT(events));
    assert_int_equal(weir_testing_count(found), 2);
    weir_finding_t finding =
        weir_testing_expect(found, "new-device", "02:00:00:00:00:03", "has come with 10.0.0.3");
    assert_int_equal(finding.since, BEGIN + 9001 * SECOND);
    assert_int_equal(finding.severity, WEIR_SEVERITY_NOTICE);
    (void)weir_testing_expect(found, "new-device", "02:00:00:00:00:04", "has come with 10.0.0.4");
    weir_snapshot_unref(found);
}

/* What this machine has talked with is no damaged frame. */
static void a_neighbour_of_the_system_is_a_device(void **state)
{
    (void)state;
    weir_event_t events[] = {arp("10.0.0.1", 1, BEGIN), arp("10.0.0.5", 5, BEGIN + 9000 * SECOND),
                             arp("10.0.0.5", 6, BEGIN + 9000 * SECOND)};
    for (size_t i = 1; i < 3; i++)
        events[i] = (weir_event_t){
            .kind = WEIR_EVENT_NEIGHBOUR,
            .time_ns = events[i].time_ns,
            .src = events[i].src,
            .neighbour = {.mac = {2, 0, 0, 0, 0, (uint8_t)(4 + i)}, .resolved = i == 1}};
    weir_snapshot_t *found = found_in(events, WEIR_COUNT(events));
    (void)weir_testing_expect(found, "new-device", "02:00:00:00:00:05", "has come with 10.0.0.5");
    assert_int_equal(weir_testing_count(found), 1);
    weir_snapshot_unref(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spoofing_is_told_from_a_change),
        cmocka_unit_test(honest_changes_are_none),
        cmocka_unit_test(storms_and_announcements),
        cmocka_unit_test(a_second_server_is_rogue),
        cmocka_unit_test(new_devices),
        cmocka_unit_test(a_neighbour_of_the_system_is_a_device),
    };
    return weir_test_run("detect/lan", tests);
}
