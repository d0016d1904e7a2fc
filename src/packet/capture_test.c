/*
 * Golden captures, from bytes to rows: what a user sees.
 */
#include "base/testing.h"
#include "model/columns.h"
#include "packet/community.h"
#include "packet/craft.h"

typedef struct scene {
    weir_buf_t file, frame;
    uint32_t time_us;
    bool closed; /* TCP offers a window of 0 */
} scene_t;

static void scene_begin(scene_t *scene)
{
    weir_buf_init(&scene->file, 1 << 24);
    weir_buf_init(&scene->frame, 1 << 16);
    scene->time_us = 0;
    scene->closed = false;
    weir_craft_pcap(&scene->file, false, 0xa1b2c3d4, 1);
}

static void scene_end(scene_t *scene)
{
    weir_buf_done(&scene->file);
    weir_buf_done(&scene->frame);
}

/* The frame in hand goes out at `time_us` after 1,000 s. */
static void frame_send(scene_t *scene, uint32_t time_us)
{
    weir_craft_record(&scene->file, false, 1000 + time_us / 1000000, time_us % 1000000,
                      &scene->frame, 0);
    weir_buf_clear(&scene->frame);
}

#define TCP_WINDOW_AT (14 + 20 + 14) /* in the frame [byte] */

/* x and y are hosts and ports; the numbers: sequence, acknowledgement, flags, bytes of data. */
static void tcp_send(scene_t *scene, uint32_t time_us, unsigned x, unsigned y,
                     const uint32_t numbers[4])
{
    uint32_t payload = numbers[3];
    weir_craft_ethernet(&scene->frame, 0x0800);
    weir_craft_ipv4(&scene->frame, x, y, 6, 20 + payload);
    weir_craft_tcp(&scene->frame, x * 1000, y * 1000, numbers[0], numbers[1], numbers[2]);
    if (scene->closed)
        memset(scene->frame.data + TCP_WINDOW_AT, 0, 2);
    weir_buf_fill(&scene->frame, 'x', payload);
    frame_send(scene, time_us);
}

#define TCP(time_us, x, y, seq, ack, flags, payload)                                               \
    tcp_send(&scene, time_us, x, y, (const uint32_t[]){seq, ack, flags, payload})
enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

static weir_flow_t flow_of(const weir_capture_t *capture, size_t i)
{
    weir_flow_t flow;
    assert_int_equal(weir_capture_flows(capture, i, 1, NULL, &flow), 0);
    return flow;
}

static weir_capture_t *scene_run(const scene_t *scene, weir_capture_options_t options)
{
    options.threads = options.threads ? options.threads : 1;
    weir_capture_t *capture = weir_craft_run(&scene->file, &options);
    assert_non_null(capture);
    return capture;
}

static void a_connection_with_its_faults(void **state)
{
    (void)state;
    scene_t scene;
    scene_begin(&scene);
    TCP(0, 9, 2, 100, 0, SYN, 0);
    TCP(20000, 2, 9, 500, 101, SYN | ACK, 0);
    TCP(30000, 9, 2, 101, 501, ACK, 0);
    TCP(40000, 9, 2, 101, 501, ACK, 1000);
    TCP(41000, 9, 2, 2101, 501, ACK, 1000); /* one is missing ... */
    TCP(42000, 9, 2, 1101, 501, ACK, 1000); /* ... and comes 1 ms late */
    TCP(300000, 9, 2, 101, 501, ACK, 1000); /* sent again */
    TCP(301000, 2, 9, 501, 3101, ACK, 0);
    TCP(302000, 2, 9, 501, 3101, ACK, 0); /* duplicate */
    TCP(400000, 9, 2, 3101, 501, FIN | ACK, 0);
    TCP(410000, 2, 9, 501, 3102, FIN | ACK, 0);
    weir_capture_t *capture = scene_run(&scene, (weir_capture_options_t){0});
    assert_int_equal(weir_capture_flow_count(capture), 1);
    weir_flow_t flow = flow_of(capture, 0);
    assert_int_equal(flow.src.bytes[3], 9); /* the SYN's sender, though the higher address */
    assert_int_equal(flow.src_port, 9000);
    assert_int_equal(flow.from_src.packets, 7);
    assert_int_equal(flow.from_src.bytes, 7 * 54 + 4000);
    assert_int_equal(flow.from_src.ip_bytes, 7 * 40 + 4000);
    assert_int_equal(flow.from_dst.packets, 4);
    assert_int_equal(flow.state, WEIR_FLOW_CLOSED);
    assert_int_equal(flow.end_reason, WEIR_END_FIN);
    assert_string_equal(flow.tcp_flags, "SAF");
    assert_string_equal(flow.protocol, "tcp");
    assert_true(flow.rtt_ms > 29.9999 && flow.rtt_ms < 30.0001);
    assert_int_equal(flow.out_of_order, 1);
    assert_int_equal(flow.retransmits, 1);
    assert_int_equal(flow.duplicate_acks, 1);
    weir_capture_free(capture);
    scene_end(&scene);
}

static void keep_alives_and_probes_are_no_faults(void **state)
{
    (void)state;
    scene_t scene;
    scene_begin(&scene);
    TCP(0, 1, 2, 100, 0, SYN, 0);
    TCP(100, 2, 1, 500, 101, SYN | ACK, 0);
    TCP(200, 1, 2, 101, 501, ACK, 0);
    TCP(300, 2, 1, 501, 101, ACK, 0);
    TCP(90000000, 1, 2, 100, 501, ACK, 0); /* is somebody there? */
    TCP(90000100, 2, 1, 501, 101, ACK, 0); /* yes: no duplicate ACK */
    TCP(91000100, 2, 1, 501, 101, ACK, 0); /* nobody asked: one */
    scene.closed = true;
    TCP(92000000, 2, 1, 501, 101, ACK, 0);
    scene.closed = false;
    TCP(93000000, 1, 2, 101, 501, ACK, 1); /* a probe, whose byte comes again */
    TCP(94000000, 1, 2, 101, 501, ACK, 100);
    weir_capture_t *capture = scene_run(&scene, (weir_capture_options_t){0});
    weir_flow_t flow = flow_of(capture, 0);
    assert_int_equal(flow.retransmits, 0);
    assert_int_equal(flow.out_of_order, 0);
    assert_int_equal(flow.duplicate_acks, 1);
    assert_int_equal(flow.zero_windows, 1);
    weir_capture_free(capture);
    scene_end(&scene);
}

static void one_direction_tells_the_round_trip(void **state)
{
    (void)state;
    scene_t scene;
    scene_begin(&scene);
    TCP(0, 1, 2, 100, 0, SYN, 0); /* the answer goes another way */
    TCP(25000, 1, 2, 101, 501, ACK, 0);
    TCP(50000, 3, 4, 100, 0, SYN, 0); /* an ACK elsewhere in the sequence is no end of this SYN */
    TCP(60000, 3, 4, 900, 501, ACK, 0);
    weir_capture_t *capture = scene_run(&scene, (weir_capture_options_t){0});
    weir_flow_t flow = flow_of(capture, 0);
    assert_int_equal(flow.state, WEIR_FLOW_ESTABLISHED);
    assert_true(flow.rtt_ms > 24.9999 && flow.rtt_ms < 25.0001);
    assert_int_equal(flow_of(capture, 1).state, WEIR_FLOW_UNANSWERED);
    weir_capture_free(capture);
    scene_end(&scene);
}

static void openers_and_failures(void **state)
{
    (void)state;
    scene_t scene;
    scene_begin(&scene);
    TCP(0, 1, 2, 1, 0, SYN, 0); /* nobody answers */
    TCP(1, 3, 4, 1, 0, SYN, 0); /* refused */
    TCP(2, 4, 3, 0, 2, RST | ACK, 0);
    TCP(3, 5, 6, 9, 2, SYN | ACK, 0); /* the SYN was not captured: 6 opened it */
    TCP(4, 8, 7, 9, 2, ACK, 10);      /* begun before the capture: the first packet's sender */
    TCP(5, 7, 8, 2, 19, ACK, 10);
    weir_capture_t *capture = scene_run(&scene, (weir_capture_options_t){0});
    static const uint8_t states[] = {WEIR_FLOW_UNANSWERED, WEIR_FLOW_REFUSED, WEIR_FLOW_OPENING,
                                     WEIR_FLOW_MIDSTREAM};
    static const uint8_t openers[] = {1, 3, 6, 8};
    assert_int_equal(weir_capture_flow_count(capture), 4);
    for (size_t i = 0; i < 4; i++) {
        weir_flow_t flow = flow_of(capture, i);
        assert_int_equal(flow.state, states[i]);
        assert_int_equal(flow.src.bytes[3], openers[i]);
    }
    weir_quality_t quality;
    assert_int_equal(weir_capture_quality(capture, &quality), 0);
    assert_int_equal(quality.failed, 2);
    weir_capture_free(capture);
    scene_end(&scene);
}

static void fragment_send(scene_t *scene, unsigned id, unsigned fragment, bool ports)
{
    weir_craft_ethernet(&scene->frame, 0x0800);
    weir_craft_be16(&scene->frame, 0x4500);
    weir_craft_be16(&scene->frame, 28);
    weir_craft_be16(&scene->frame, id);
    weir_craft_be16(&scene->frame, fragment);
    weir_craft_hex(&scene->frame, "4011 0000 0a000001 0a000002");
    if (ports)
        weir_craft_udp(&scene->frame, 4000, 53, 0);
    else
        weir_craft_hex(&scene->frame, "6161616161616161");
    frame_send(scene, 0);
}

static void fragments_take_the_first_ones_ports(void **state)
{
    (void)state;
    scene_t scene;
    scene_begin(&scene);
    fragment_send(&scene, 7, 0x2000, true);
    fragment_send(&scene, 8, 0x2001, false); /* its first was not captured */
    fragment_send(&scene, 7, 0x2001, false);
    fragment_send(&scene, 7, 0x0002, false);
    for (unsigned threads = 1; threads <= 3; threads++) {
        weir_capture_t *capture = scene_run(&scene, (weir_capture_options_t){.threads = threads});
        assert_int_equal(weir_capture_flow_count(capture), 2);
        uint64_t packets[2] = {0};
        for (size_t i = 0; i < 2; i++) {
            weir_flow_t flow = flow_of(capture, i);
            packets[flow.dst_port == 53] = flow.from_src.packets;
        }
        assert_int_equal(packets[1], 3);
        assert_int_equal(packets[0], 1);
        weir_capture_free(capture);
    }
    scene_end(&scene);
}

static void port_send(scene_t *scene, uint32_t time_us, unsigned x, unsigned y, unsigned port)
{
    weir_craft_ethernet(&scene->frame, 0x0800);
    weir_craft_ipv4(&scene->frame, x, y, 17, 8);
    weir_craft_udp(&scene->frame, port, 2, 0);
    frame_send(scene, time_us);
}

static void udp_send(scene_t *scene, uint32_t time_us, unsigned x, unsigned y)
{
    port_send(scene, time_us, x, y, 1);
}

static void time_outs_split_only_when_asked(void **state)
{
    (void)state;
    scene_t scene;
    scene_begin(&scene);
    for (uint32_t i = 0; i < 3; i++)
        udp_send(&scene, i * 70000000, 1, 2);
    weir_capture_t *capture = scene_run(&scene, (weir_capture_options_t){0});
    assert_int_equal(weir_capture_flow_count(capture), 1);
    weir_capture_free(capture);
    capture =
        scene_run(&scene, (weir_capture_options_t){.limits = {.idle_ns = INT64_C(60000000000)}});
    assert_int_equal(weir_capture_flow_count(capture), 3);
    assert_int_equal(flow_of(capture, 0).end_reason, WEIR_END_IDLE);
    assert_int_equal(flow_of(capture, 2).end_reason, WEIR_END_OPEN);
    weir_capture_free(capture);
    capture =
        scene_run(&scene, (weir_capture_options_t){.limits = {.active_ns = INT64_C(100000000000)}});
    assert_int_equal(weir_capture_flow_count(capture), 2);
    assert_int_equal(flow_of(capture, 0).end_reason, WEIR_END_ACTIVE);
    weir_capture_free(capture);
    scene_end(&scene);
}

static void flows_same(const weir_capture_t *left, const weir_capture_t *right, size_t row)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_FLOWS);
    weir_flow_t a = flow_of(left, row), b = flow_of(right, row);
    assert_true(a.present == b.present);
    for (size_t i = 0; i < table->column_count; i++) {
        weir_value_t x = weir_column_read(table, i, &a), y = weir_column_read(table, i, &b);
        assert_int_equal(weir_value_compare(&x, &y), 0);
    }
}

/* 5,000 flows of random packets: a ceiling counts what it omits, and threads change nothing. */
static void ceiling_and_threads(void **state)
{
    (void)state;
    scene_t scene;
    scene_begin(&scene);
    uint64_t random = 1;
    for (uint32_t i = 0; i < 20000; i++) {
        random = weir_hash_u64(random);
        udp_send(&scene, i, (unsigned)(random % 5000), (unsigned)(random >> 32) % 3 + 6000);
    }
    weir_capture_t *one = scene_run(&scene, (weir_capture_options_t){.threads = 1});
    weir_capture_t *few = scene_run(&scene, (weir_capture_options_t){.threads = 3});
    size_t count = weir_capture_flow_count(one);
    assert_int_equal(count, weir_capture_flow_count(few));
    for (size_t i = 0; i < count; i++) {
        flows_same(one, few, i);
    }
    weir_capture_t *limited =
        scene_run(&scene, (weir_capture_options_t){.threads = 2, .limits = {.max_flows = 1000}});
    weir_capture_totals_t totals = weir_capture_totals(limited);
    uint64_t listed = 0;
    for (size_t i = 0; i < weir_capture_flow_count(limited); i++)
        listed += flow_of(limited, i).from_src.packets;
    assert_int_equal(totals.flows, 1000);
    assert_int_equal(listed + totals.omitted.packets, 20000);
    assert_int_equal(totals.omitted.bytes, totals.omitted.packets * 42);
    const weir_protocol_t *protocols = NULL;
    assert_int_equal(weir_capture_protocols(limited, &protocols, &count), 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(protocols[i].packets,
                         20000); /* ethernet, ipv4, udp: with what was omitted */
    weir_capture_free(one);
    weir_capture_free(few);
    weir_capture_free(limited);
    scene_end(&scene);
}

static void hosts_sum_both_directions(void **state)
{
    (void)state;
    scene_t scene;
    scene_begin(&scene);
    udp_send(&scene, 0, 1, 2);
    udp_send(&scene, 1000000, 2, 1);
    udp_send(&scene, 2000000, 1, 3);
    udp_send(&scene, 3000000, 4, 4); /* to itself */
    weir_capture_t *capture = scene_run(&scene, (weir_capture_options_t){0});
    const weir_host_t *hosts = NULL;
    size_t count = 0, total = 0;
    assert_int_equal(weir_capture_hosts(capture, 0, &hosts, &count, &total), 0);
    assert_int_equal(count, 4);
    assert_int_equal(hosts[0].address.bytes[3], 1);
    assert_int_equal(hosts[0].tx.packets, 2);
    assert_int_equal(hosts[0].rx.packets, 1);
    assert_int_equal(hosts[0].flows, 3);
    assert_true(hosts[0].tx.byte_rate > 27.9 && hosts[0].tx.byte_rate < 28.1); /* 84 bytes in 3 s */
    weir_capture_totals_t totals = weir_capture_totals(capture);
    assert_int_equal(totals.duration_ns, UINT64_C(3000000000));
    assert_int_equal(totals.peak_bytes, 42);
    weir_capture_free(capture);
    scene_end(&scene);
}

/* The first pairs are those of a list of all, however many are asked for: pairs of several flows,
 * in both directions, and many with as many bytes as the last. */
static void few_pairs_are_the_first_of_all(void **state)
{
    (void)state;
    static const size_t few[] = {1, 7, 40, 500};
    scene_t scene;
    scene_begin(&scene);
    uint64_t random = 1;
    for (uint32_t i = 0; i < 12000; i++) {
        random = weir_hash_u64(random);
        unsigned x = (unsigned)(random % 2000) + 1, y = 5000 + (unsigned)(random >> 60) / 8;
        bool back = random >> 40 & 1;
        port_send(&scene, i, back ? y : x, back ? x : y, 10 + (unsigned)(random >> 50 & 3));
    }
    weir_capture_t *all = scene_run(&scene, (weir_capture_options_t){.threads = 1});
    const weir_conversation_t *expected = NULL, *pairs = NULL;
    size_t made = 0, total = 0, count = 0;
    assert_int_equal(weir_capture_conversations(all, 0, &expected, &made, &total), 0);
    assert_int_equal(made, total);
    assert_true(weir_capture_flow_count(all) > total); /* pairs of several flows */
    for (size_t i = 0; i < WEIR_COUNT(few); i++) {
        weir_capture_t *capture =
            scene_run(&scene, (weir_capture_options_t){.threads = 1 + (unsigned)i % 2});
        size_t known = 0;
        assert_int_equal(weir_capture_conversations(capture, few[i], &pairs, &count, &known), 0);
        assert_int_equal(count, few[i]);
        assert_int_equal(known, total);
        assert_memory_equal(pairs, expected, count * sizeof(*pairs));
        weir_capture_free(capture);
    }
    weir_capture_free(all);
    scene_end(&scene);
}

/* Column places are known to flow_row.c, hosts.c and protocols.c by number. */
static void columns_stand_where_rows_think(void **state)
{
    (void)state;
    const weir_table_t *flows = weir_table(WEIR_TABLE_FLOWS);
    static const struct {
        const char *id;
        int place;
    } known[] = {{"protocol", 0},      {"vlan", 5},          {"first_seen", 12},
                 {"state", 14},        {"tcp_flags", 15},    {"rtt_ms", 16},
                 {"retransmits", 17},  {"community_id", 22}, {"end_reason", 23},
                 {"out_of_order", 24}, {"loss", 27},         {"depth", 28},
                 {"bytes", 40}};
    for (size_t i = 0; i < WEIR_COUNT(known); i++)
        assert_int_equal(weir_column_find(flows, known[i].id), known[i].place);
    const weir_table_t *hosts = weir_table(WEIR_TABLE_HOSTS);
    assert_int_equal(weir_column_find(hosts, "local"), 6);
    assert_int_equal(weir_column_find(hosts, "rx_bytes_per_s"), 11);
    assert_int_equal(weir_column_find(hosts, "flows"), 13);
    assert_int_equal(weir_column_find(weir_table(WEIR_TABLE_PROTOCOLS), "flows"), 4);
}

/* The vectors of the specification's README. */
static void community_ids(void **state)
{
    (void)state;
    weir_address_t a, b;
    assert_int_equal(weir_address_parse("128.232.110.120", 15, &a), 0);
    assert_int_equal(weir_address_parse("66.35.250.204", 13, &b), 0);
    char forth[WEIR_COMMUNITY_SIZE], back[WEIR_COMMUNITY_SIZE];
    weir_community_id(
        &(weir_community_key_t){
            .src = &a, .dst = &b, .src_port = 34855, .dst_port = 80, .protocol = 6},
        forth);
    weir_community_id(
        &(weir_community_key_t){
            .src = &b, .dst = &a, .src_port = 80, .dst_port = 34855, .protocol = 6},
        back);
    assert_string_equal(forth, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    assert_string_equal(back, forth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_with_its_faults),
        cmocka_unit_test(openers_and_failures),
        cmocka_unit_test(keep_alives_and_probes_are_no_faults),
        cmocka_unit_test(one_direction_tells_the_round_trip),
        cmocka_unit_test(fragments_take_the_first_ones_ports),
        cmocka_unit_test(time_outs_split_only_when_asked),
        cmocka_unit_test(ceiling_and_threads),
        cmocka_unit_test(hosts_sum_both_directions),
        cmocka_unit_test(few_pairs_are_the_first_of_all),
        cmocka_unit_test(columns_stand_where_rows_think),
        cmocka_unit_test(community_ids),
    };
    return weir_test_run("packet/capture", tests);
}
