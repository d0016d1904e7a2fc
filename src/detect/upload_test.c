#include "base/testing.h"

#include "detect/testing.h"

#define MB UINT64_C(1000000)
#define MINUTE (60 * SECOND)
#define DAY (1440 * MINUTE)

/* 10.0.0.5 sends `bytes` to 203.0.113.`to`. */
static void upload(weir_detect_t *detect, uint8_t to, int64_t at_ns, uint64_t bytes)
{
    weir_flow_brief_t flow = weir_testing_good(5, 9, 443, at_ns);
    const uint8_t there[16] = {203, 0, 113, to};
    memcpy(flow.dst, there, sizeof(flow.dst));
    flow.src_ip_bytes = bytes;
    flow.src_packets = bytes / 1000;
    flow.last_ns = at_ns + MINUTE;
    weir_detect_flows(detect, &flow, 1);
}

/* Two hours of a habit: 20 MB each ten minutes to the same place. */
static weir_detect_t *habit(void)
{
    weir_detect_t *detect = weir_testing_detect(NULL);
    for (int i = 0; i < 12; i++)
        upload(detect, 1, BEGIN + i * (10 * MINUTE), 20 * MB);
    return detect;
}

static void test_exfiltration(void **state)
{
    (void)state;
    weir_detect_t *detect = habit();
    for (int i = 0; i < 30; i++)
        upload(detect, 77, BEGIN + (120 + i + i * i / 4) * MINUTE, 200 * MB);
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_int_equal(weir_testing_count(found), 1);
    weir_finding_t finding = weir_testing_expect(
        found, "exfiltration", "10.0.0.5", "uploads 6.00 GB to a new destination, 203.0.113.77");
    assert_int_equal(finding.count, 30);
    assert_int_equal(finding.since, BEGIN + 120 * MINUTE);
    assert_true(finding.expected >= 120e6 && finding.expected <= 140e6);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

/* To where it always goes, even much more; to a new place as much as ever; downloads; while the
 * habit is learnt; and to a neighbour, such as a backup server. */
static void test_honest_uploads(void **state)
{
    (void)state;
    weir_detect_t *detect = habit();
    upload(detect, 1, BEGIN + 125 * MINUTE, 9000 * MB);
    upload(detect, 78, BEGIN + 130 * MINUTE, 120 * MB);
    weir_flow_brief_t flow = weir_testing_good(5, 9, 445, BEGIN + 140 * MINUTE);
    flow.src_ip_bytes = 90000 * MB;
    weir_detect_flows(detect, &flow, 1);
    const uint8_t there[16] = {203, 0, 113, 80};
    memcpy(flow.dst, there, sizeof(flow.dst));
    flow.src_ip_bytes = MB / 2;
    flow.dst_ip_bytes = 90000 * MB;
    weir_detect_flows(detect, &flow, 1);
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
    detect = weir_testing_detect(NULL);
    upload(detect, 1, BEGIN, 9000 * MB);
    found = weir_testing_found(detect);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

/* The same place each night, from after the learning on; one night it is much more. */
static void test_backup_that_grows(void **state)
{
    (void)state;
    weir_detect_t *detect = habit();
    for (int night = 1; night < 7; night++)
        upload(detect, 79, BEGIN + night * DAY, 90 * MB);
    upload(detect, 79, BEGIN + 7 * DAY, 9000 * MB);
    weir_snapshot_t *found = weir_testing_found(detect);
    assert_int_equal(weir_testing_count(found), 0);
    weir_snapshot_unref(found);
    upload(detect, 80, BEGIN + 7 * DAY, 90 * MB);
    upload(detect, 80, BEGIN + 7 * DAY + 30 * MINUTE, 9000 * MB);
    found = weir_testing_found(detect);
    (void)weir_testing_expect(found, "exfiltration", "10.0.0.5", "203.0.113.80");
    assert_int_equal(weir_testing_count(found), 1);
    weir_snapshot_unref(found);
    weir_detect_free(detect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exfiltration),
        cmocka_unit_test(test_honest_uploads),
        cmocka_unit_test(test_backup_that_grows),
    };
    return weir_test_run("detect/upload", tests);
}
