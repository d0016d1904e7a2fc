/*
 * All detectors at once.
 */
#include "base/testing.h"
#include "detect/testing.h"

#include <stdio.h>
#include <sys/resource.h>

#define SOURCES 1000000u
#define MEMORY_MOST_KB (32 * 1024)

/* What one forged source sends: to one port, to one of its own, and much. */
static void flows_send(weir_detect_t *detect, uint32_t source, int64_t at_ns)
{
    uint64_t hash = weir_hash_u64(source);
    uint16_t port = (uint16_t)(hash >> 32);
    weir_flow_brief_t flows[3] = {weir_testing_tcp(9, 80, 80, at_ns),
                                  weir_testing_udp(9, 80, port, at_ns),
                                  weir_testing_good(9, 80, 22, at_ns)};
    for (size_t i = 0; i < WEIR_COUNT(flows); i++)
        memcpy(flows[i].src, &hash, 4);
    flows[2].src_retransmits = 7;
    flows[2].src_ip_bytes = 2000000;
    weir_detect_flows(detect, flows, WEIR_COUNT(flows));
}

static void events_send(weir_detect_t *detect, uint32_t source, int64_t at_ns)
{
    char name[64];
    uint64_t hash = weir_hash_u64(source);
    (void)snprintf(name, sizeof(name), "%016llx.%08x.com", (unsigned long long)hash, source);
    weir_address_t from = {.family = WEIR_FAMILY_IPV4, .prefix = 32};
    memcpy(from.bytes, &hash, 4);
    weir_event_t events[3] = {
        {.kind = WEIR_EVENT_DNS, .dns = {.name = name, .size = 60}},
        {.kind = WEIR_EVENT_DNS, .dns = {.name = name, .size = 90, .answer = true, .code = 2}},
        {.kind = WEIR_EVENT_ARP, .arp = {.operation = 2}}};
    memcpy(events[2].arp.sender_mac, &source, sizeof(source));
    for (size_t i = 0; i < WEIR_COUNT(events); i++) {
        events[i].time_ns = at_ns;
        events[i].src = events[i].dst = from;
    }
    weir_detect_events(detect, &(weir_event_batch_t){events, WEIR_COUNT(events), 0});
}

/* A million forged sources that do all that makes an entry somewhere. */
static void memory_does_not_follow_the_sources(void **state)
{
    (void)state;
    struct rusage before, after;
    weir_detect_t *detect = weir_testing_detect(NULL);
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    for (uint32_t i = 1; i <= SOURCES; i++) {
        flows_send(detect, i, BEGIN + i * (SECOND / 50000));
        events_send(detect, i, BEGIN + i * (SECOND / 50000));
    }
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, MEMORY_MOST_KB);
    assert_non_null(weir_testing_finding(found, "syn-flood", "10.0.0.80"));
    assert_true(weir_testing_count(found) < 1000);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_does_not_follow_the_sources)};
    return weir_test_run("detect/detect", tests);
}
