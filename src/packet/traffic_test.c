#include "base/testing.h"
#include "packet/traffic.h"

#define MS INT64_C(1000000)
#define BEGIN (INT64_C(1700000000000) * MS)

typedef struct scene {
    weir_traffic_sums_t sums;
    weir_pool_t *pool;
    weir_traffic_t traffic;
} scene_t;

static void scene_begin(scene_t *scene)
{
    *scene = (scene_t){.pool = weir_pool_new((size_t)1 << 24)};
    assert_non_null(scene->pool);
}

static void scene_end(scene_t *scene)
{
    weir_traffic_done(&scene->sums);
    weir_pool_unref(scene->pool);
}

/* A frame at a time; protocol 0: none that carries IP. */
static void frame_add(weir_traffic_sums_t *sums, int64_t time_ns, uint32_t bytes, uint8_t protocol)
{
    weir_frame_t frame = {.time_ns = time_ns, .wire_len = bytes};
    weir_key_tail_t tail = {.protocol = protocol};
    weir_digest_t digest = {
        .key.tail = weir_key_tail_pack(tail), .time_ns = time_ns, .frame_bytes = bytes};
    weir_traffic_add(sums, &frame, 1, &digest, protocol ? 1 : 0);
}

static void steps_make(scene_t *scene)
{
    assert_int_equal(weir_traffic_steps(&scene->sums, scene->pool, &scene->traffic), 0);
}

static uint64_t steps_bytes(const weir_traffic_t *traffic)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < traffic->count; i++)
        for (size_t part = 0; part < WEIR_TRAFFIC_PARTS; part++)
            bytes += traffic->steps[i].bytes[part];
    return bytes;
}

static void parts_are_told_apart(void **state)
{
    (void)state;
    static const uint8_t protocols[] = {
        WEIR_IP_TCP, WEIR_IP_UDP, WEIR_IP_UDPLITE, WEIR_IP_ICMP, WEIR_IP_ICMPV6, WEIR_IP_SCTP, 0};
    scene_t scene;
    scene_begin(&scene);
    for (uint32_t i = 0; i < WEIR_COUNT(protocols); i++)
        frame_add(&scene.sums, BEGIN, 1u << i, protocols[i]);
    steps_make(&scene);
    assert_int_equal(scene.traffic.count, 1);
    static const uint64_t expected[WEIR_TRAFFIC_PARTS] = {1, 2 + 4, 8 + 16, 32, 64};
    assert_memory_equal(scene.traffic.steps[0].bytes, expected, sizeof(expected));
    assert_int_equal(scene.traffic.steps[0].packets, WEIR_COUNT(protocols));
    scene_end(&scene);
}

static void flows_inside_tunnels_do_not_count_twice(void **state)
{
    (void)state;
    scene_t scene;
    scene_begin(&scene);
    weir_frame_t frame = {.time_ns = BEGIN, .wire_len = 100};
    weir_key_tail_t outer = {.protocol = WEIR_IP_UDP};
    weir_key_tail_t inner = {.protocol = WEIR_IP_TCP, .traits = 1 << WEIR_TRAIT_DEPTH_SHIFT};
    weir_digest_t digests[] = {
        {.key.tail = weir_key_tail_pack(outer), .time_ns = BEGIN, .frame_bytes = 100},
        {.key.tail = weir_key_tail_pack(inner), .time_ns = BEGIN, .frame_bytes = 50}};
    weir_traffic_add(&scene.sums, &frame, 1, digests, 2);
    steps_make(&scene);
    assert_int_equal(steps_bytes(&scene.traffic), 100);
    assert_int_equal(scene.traffic.steps[0].bytes[WEIR_TRAFFIC_UDP], 100);
    scene_end(&scene);
}

/* As fine as few steps allow: a length [ms] and the width [ms] that it gets. */
static void width_follows_the_span(void **state)
{
    (void)state;
    static const struct {
        int64_t span_ms, step_ms, bin_ms;
    } cases[] = {{0, 1, 1},
                 {1000, 1, 1},
                 {1100, 10, 10},
                 {10000, 10, 10},
                 {60000, 100, 100},
                 {1000000, 1000, 1000},
                 {1100000, 2000, 1000},
                 {86400000, 120000, 1000},
                 {INT64_C(31536000000), INT64_C(43200000), 1000}};
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        scene_t scene;
        scene_begin(&scene);
        frame_add(&scene.sums, BEGIN + cases[i].span_ms * MS, 10, WEIR_IP_TCP);
        frame_add(&scene.sums, BEGIN, 20, WEIR_IP_TCP); /* times may run backwards */
        steps_make(&scene);
        assert_int_equal(scene.traffic.step_ns, cases[i].step_ms * MS);
        assert_int_equal(scene.traffic.bin_ns, cases[i].bin_ms * MS);
        assert_true(scene.traffic.count <= WEIR_TRAFFIC_STEPS_MOST + 1);
        assert_true(scene.traffic.begin_ns <= BEGIN);
        assert_int_equal(scene.traffic.begin_ns % (cases[i].step_ms * MS), 0);
        assert_int_equal(steps_bytes(&scene.traffic), 30);
        scene_end(&scene);
    }
}

/* A second of 900 Mbit/s in a quiet day stays one. */
static void peaks_survive(void **state)
{
    (void)state;
    scene_t scene;
    scene_begin(&scene);
    for (int64_t second = 0; second < 86400; second++)
        frame_add(&scene.sums, BEGIN + second * 1000 * MS, second == 50000 ? 112500000 : 1000,
                  WEIR_IP_UDP);
    steps_make(&scene);
    uint64_t peak = 0;
    for (size_t i = 0; i < scene.traffic.count; i++)
        peak = scene.traffic.steps[i].peak_bytes > peak ? scene.traffic.steps[i].peak_bytes : peak;
    assert_int_equal(scene.traffic.bin_ns, 1000 * MS);
    assert_int_equal(peak, 112500000);
    assert_int_equal(scene.traffic.steps[10].low_bytes, 1000);
    assert_int_equal(scene.traffic.steps[0].low_bytes, 0); /* it begins in the midst of a step */
    assert_int_equal(steps_bytes(&scene.traffic), 86399 * INT64_C(1000) + 112500000);
    scene_end(&scene);
}

static void sums_are_the_same_in_parts(void **state)
{
    (void)state;
    scene_t whole, merged;
    scene_begin(&whole);
    scene_begin(&merged);
    weir_traffic_sums_t halves[3] = {0};
    for (int64_t i = 0; i < 20000; i++) {
        int64_t time_ns = BEGIN + i * i % 90001 * MS;
        frame_add(&whole.sums, time_ns, 64, i % 3 ? WEIR_IP_TCP : 0);
        frame_add(&halves[i / 7000], time_ns, 64, i % 3 ? WEIR_IP_TCP : 0);
    }
    for (size_t i = 0; i < WEIR_COUNT(halves); i++) {
        weir_traffic_merge(&merged.sums, &halves[i]);
        weir_traffic_done(&halves[i]);
    }
    steps_make(&whole);
    steps_make(&merged);
    assert_int_equal(whole.traffic.count, merged.traffic.count);
    assert_int_equal(whole.traffic.step_ns, merged.traffic.step_ns);
    assert_memory_equal(whole.traffic.steps, merged.traffic.steps,
                        whole.traffic.count * sizeof(*whole.traffic.steps));
    scene_end(&whole);
    scene_end(&merged);
}

static void the_end_of_time(void **state)
{
    (void)state;
    scene_t scene;
    scene_begin(&scene);
    frame_add(&scene.sums, 0, 1, WEIR_IP_TCP);
    frame_add(&scene.sums, INT64_MAX, 2, WEIR_IP_TCP);
    frame_add(&scene.sums, INT64_MAX, 4, 0);
    steps_make(&scene);
    assert_int_equal(steps_bytes(&scene.traffic), 7);
    assert_true(scene.traffic.count <= WEIR_TRAFFIC_STEPS_MOST + 1);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_told_apart),
        cmocka_unit_test(flows_inside_tunnels_do_not_count_twice),
        cmocka_unit_test(width_follows_the_span),
        cmocka_unit_test(peaks_survive),
        cmocka_unit_test(sums_are_the_same_in_parts),
        cmocka_unit_test(the_end_of_time),
    };
    return weir_test_run("packet/traffic", tests);
}
