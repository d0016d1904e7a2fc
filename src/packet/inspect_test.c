#include "base/testing.h"
#include "packet/craft_quic.h"

/* TLS 1.2 to "a.test": record, handshake, hello. */
#define HELLO                                                                                      \
    "16 0301 0046 01000042 0303 0000000000000000000000000000000000000000000000000000000000000000"  \
    "00 0004 1301 1302 01 00 0015 0000 000b 0009 00 0006 612e74657374 002b 0002 00 00"
#define ANSWER                                                                                     \
    "1234 8180 0001 0001 0000 0000 0161 0474657374 00 0001 0001"                                   \
    "c00c 0001 0001 0000003c 0004 0a000001"

/** One side's host and port. */
typedef struct end {
    unsigned host, port;
} end_t;

static void segment_put(weir_buf_t *file, uint32_t seconds, const end_t ends[static 2],
                        const uint32_t numbers[static 3], weir_span_t bytes)
{
    weir_buf_t frame;
    weir_buf_init(&frame, 4096);
    weir_craft_ethernet(&frame, 0x0800);
    weir_craft_ipv4(&frame, ends[0].host, ends[1].host, 6, 20 + (unsigned)bytes.len);
    weir_craft_tcp(&frame, ends[0].port, ends[1].port, numbers[0], numbers[1], numbers[2]);
    weir_buf_put(&frame, bytes.data, bytes.len);
    weir_craft_record(file, false, seconds, 0, &frame, 0);
    weir_buf_done(&frame);
}

static void handshake_put(weir_buf_t *file, const end_t ends[static 2])
{
    const end_t back[] = {ends[1], ends[0]};
    weir_span_t nothing = {0};
    segment_put(file, 1, ends, (const uint32_t[]){999, 0, WEIR_TCP_SYN}, nothing);
    segment_put(file, 1, back, (const uint32_t[]){99, 1000, WEIR_TCP_SYN | WEIR_TCP_ACK}, nothing);
    segment_put(file, 1, ends, (const uint32_t[]){1000, 100, WEIR_TCP_ACK}, nothing);
}

static void datagram_put(weir_buf_t *file, uint32_t seconds, const end_t ends[static 2],
                         const weir_buf_t *payload)
{
    weir_buf_t frame;
    weir_buf_init(&frame, 4096);
    weir_craft_ethernet(&frame, 0x0800);
    weir_craft_ipv4(&frame, ends[0].host, ends[1].host, 17, 8 + (unsigned)payload->len);
    weir_craft_udp(&frame, ends[0].port, ends[1].port, (unsigned)payload->len);
    weir_buf_put(&frame, payload->data, payload->len);
    weir_craft_record(file, false, seconds, 0, &frame, 0);
    weir_buf_done(&frame);
}

static void file_begin(weir_buf_t *file)
{
    weir_buf_init(file, 1 << 22);
    weir_craft_pcap(file, false, 0xa1b2c3d4, 1);
}

static weir_capture_t *file_run(const weir_buf_t *file, unsigned threads)
{
    weir_capture_options_t options = {.threads = threads, .inspect = true};
    weir_capture_t *capture = weir_craft_run(file, &options);
    assert_non_null(capture);
    return capture;
}

/* The first flow's server. */
static void server_is(const weir_buf_t *file, const char *name)
{
    weir_capture_t *capture = file_run(file, 1);
    weir_flow_t flow;
    weir_capture_flow(capture, 0, 0, NULL, &flow);
    assert_string_equal(flow.server_name ? flow.server_name : "none", name);
    weir_capture_free(capture);
}

/** Pieces of the hello: [from, to) in the order in which they come. */
typedef struct piece {
    size_t from, to;
} piece_t;

static void hello_in_segments_of_any_order(void **state)
{
    (void)state;
    static const piece_t orders[][4] = {
        {{0, 75}},
        {{0, 3}, {3, 50}, {50, 75}},
        {{50, 75}, {3, 50}, {0, 3}},
        {{3, 50}, {50, 75}, {0, 3}},
        {{0, 20}, {10, 60}, {60, 75}}, /* sent twice in part */
    };
    static const end_t ends[] = {{5, 4000}, {1, 443}};
    weir_buf_t hello;
    weir_buf_init(&hello, 4096);
    weir_craft_hex(&hello, HELLO);
    assert_int_equal(hello.len, 75);
    for (size_t i = 0; i < WEIR_COUNT(orders); i++) {
        weir_buf_t file;
        file_begin(&file);
        handshake_put(&file, ends);
        for (size_t j = 0; j < 4 && orders[i][j].to; j++) {
            piece_t piece = orders[i][j];
            weir_span_t bytes = {(const uint8_t *)hello.data + piece.from, piece.to - piece.from};
            uint32_t numbers[] = {1000 + (uint32_t)piece.from, 100, WEIR_TCP_ACK};
            segment_put(&file, 2, ends, numbers, bytes);
        }
        server_is(&file, "a.test");
        weir_buf_done(&file);
    }
    weir_buf_done(&hello);
}

static void quic_and_http_name_their_server(void **state)
{
    (void)state;
    static const end_t ends[] = {{5, 4000}, {1, 443}};
    weir_buf_t file, datagram, connection, frames;
    weir_buf_init(&datagram, 4096);
    weir_buf_init(&connection, 64);
    weir_buf_init(&frames, 4096);
    weir_craft_hex(&connection, WEIR_CRAFT_CONNECTION);
    weir_craft_hex(&frames, WEIR_CRAFT_HELLO);
    weir_quic_keys_t keys;
    assert_non_null(gcry_check_version(NULL));
    weir_span_t id = {(const uint8_t *)connection.data, connection.len};
    assert_int_equal(weir_quic_keys(WEIR_QUIC_V2, id, &keys), 0);
    assert_int_equal(weir_craft_initial(&datagram, &keys, 0, &frames), 0);
    file_begin(&file);
    datagram_put(&file, 1, ends, &datagram);
    server_is(&file, "example.com");
    weir_buf_done(&file);

    static const char request[] = "GET / HTTP/1.1\r\nHost: B.test:80\r\n\r\n";
    file_begin(&file);
    handshake_put(&file, ends);
    segment_put(&file, 2, ends, (const uint32_t[]){1000, 100, WEIR_TCP_ACK},
                (weir_span_t){(const uint8_t *)request, sizeof(request) - 1});
    server_is(&file, "b.test");
    weir_buf_done(&file);
    weir_buf_done(&datagram);
    weir_buf_done(&connection);
    weir_buf_done(&frames);
}

/* A QUIC hello from `port` of one client to a server, asking for a name of eleven letters. */
static void quic_hello_put(weir_buf_t *file, unsigned port, uint32_t server, const char *name)
{
    weir_buf_t frame, frames, connection;
    weir_buf_init(&frame, 4096);
    weir_buf_init(&connection, 64);
    weir_buf_init(&frames, 4096);
    weir_craft_hex(&connection, WEIR_CRAFT_CONNECTION);
    weir_craft_hex(&frames, WEIR_CRAFT_HELLO);
    char *at = memmem(frames.data, frames.len, "example.com", 11);
    assert_non_null(at);
    memcpy(at, name, 11);
    weir_quic_keys_t keys;
    weir_span_t id = {(const uint8_t *)connection.data, connection.len};
    assert_int_equal(weir_quic_keys(WEIR_QUIC_V1, id, &keys), 0);
    weir_craft_ethernet(&frame, 0x0800);
    weir_craft_ipv4(&frame, 5, 1, 17, 8 + 1200);
    for (size_t i = 0; i < 4; i++)
        frame.data[frame.len - 4 + i] = (char)(server >> (24 - 8 * i));
    weir_craft_udp(&frame, port, 443, 1200);
    assert_int_equal(weir_craft_initial(&frame, &keys, 0, &frames), 0);
    weir_craft_record(file, false, 1, 0, &frame, 0);
    weir_buf_done(&frame);
    weir_buf_done(&connection);
    weir_buf_done(&frames);
}

/* nDPI looks at a hello once; the same again is what it was, and others are not. */
static void hellos_that_repeat_are_the_same_application(void **state)
{
    (void)state;
    static const struct {
        uint32_t server;
        const char *name, *application;
    } hellos[] = {
        {0x0a000001, "example.com", "QUIC"},
        {0x0a000001, "youtube.com", "QUIC.YouTube"},
        {0x0a000002, "youtube.com", "QUIC.YouTube"},
        {0x8efb0001, "example.com", "QUIC.Google"}, /* 142.251.0.1: by its address */
        {0x8efb0001, "youtube.com", "QUIC.YouTube"},
    };
    const unsigned kinds = WEIR_COUNT(hellos), flows = 3 * kinds;
    weir_buf_t file;
    assert_non_null(gcry_check_version(NULL));
    file_begin(&file);
    for (unsigned i = 0; i < flows; i++)
        quic_hello_put(&file, 4000 + i, hellos[i % kinds].server, hellos[i % kinds].name);
    weir_capture_options_t options = {.threads = 1, .inspect = true, .applications = true};
    weir_capture_t *capture = weir_craft_run(&file, &options);
    assert_non_null(capture);
    bool known = weir_capture_knows_applications(capture); /* not where nDPI is not installed */
    for (unsigned i = 0; known && i < flows; i++) {
        weir_flow_t flow;
        weir_capture_flow(capture, i, 0, NULL, &flow);
        assert_string_equal(flow.application, hellos[(flow.src_port - 4000) % kinds].application);
    }
    weir_capture_free(capture);
    weir_buf_done(&file);
}

/* A flow before the answer has no name, one after it has; the host is named either way. */
static void dns_names_what_comes_after(void **state)
{
    (void)state;
    static const end_t before[] = {{5, 4000}, {1, 22}}, after[] = {{5, 4001}, {1, 22}};
    static const end_t resolver[] = {{9, 53}, {5, 5000}};
    weir_buf_t file, answer;
    weir_buf_init(&answer, 4096);
    weir_craft_hex(&answer, ANSWER);
    file_begin(&file);
    handshake_put(&file, before);
    datagram_put(&file, 2, resolver, &answer);
    segment_put(&file, 3, after, (const uint32_t[]){1, 0, WEIR_TCP_SYN}, (weir_span_t){0});
    weir_capture_t *capture = file_run(&file, 1);
    weir_flow_t flows[3];
    assert_int_equal(weir_capture_flows(capture, 0, 3, NULL, flows), 0);
    assert_null(flows[0].server_name);
    assert_string_equal(flows[2].server_name, "a.test");
    const weir_host_t *hosts = NULL;
    size_t count = 0, total = 0, named = 0;
    assert_int_equal(weir_capture_hosts(capture, 0, &hosts, &count, &total), 0);
    for (size_t i = 0; i < count; i++)
        if (hosts[i].address.bytes[3] == 1)
            named += hosts[i].name && strcmp(hosts[i].name, "a.test") == 0;
    assert_int_equal(named, 1);
    weir_capture_free(capture);
    weir_buf_done(&answer);
    weir_buf_done(&file);
}

/* Two messages in three segments. */
static void dns_over_tcp_is_read(void **state)
{
    (void)state;
    static const end_t ends[] = {{5, 4000}, {9, 53}}, back[] = {{9, 53}, {5, 4000}};
    weir_buf_t file, stream;
    weir_buf_init(&stream, 4096);
    weir_craft_hex(&stream, "0028" ANSWER "0028" ANSWER);
    assert_int_equal(stream.len, 84);
    file_begin(&file);
    handshake_put(&file, ends);
    for (uint32_t at = 0; at < stream.len; at += 28)
        segment_put(&file, 2, back, (const uint32_t[]){100 + at, 1000, WEIR_TCP_ACK},
                    (weir_span_t){(const uint8_t *)stream.data + at, 28});
    weir_capture_t *capture = file_run(&file, 1);
    weir_event_batch_t events = weir_capture_events(capture);
    assert_int_equal(events.count, 2);
    assert_string_equal(events.events[1].dns.name, "a.test");
    assert_int_equal(events.events[1].dns.size, 40);
    weir_capture_free(capture);
    weir_buf_done(&stream);
    weir_buf_done(&file);
}

/* Many flows, hellos in two pieces, chunks apart: any number of threads says the same. */
static void labels_do_not_depend_on_threads(void **state)
{
    (void)state;
    enum { FLOWS = 1500 };
    weir_buf_t file, hello;
    weir_buf_init(&hello, 4096);
    weir_craft_hex(&hello, HELLO);
    file_begin(&file);
    for (uint32_t step = 0; step < 2; step++) {
        for (unsigned i = 0; i < FLOWS; i++) {
            end_t ends[] = {{5, 10000 + i}, {1 + i % 200, 443}};
            hello.data[63] = (char)('a' + i % 26);
            weir_span_t bytes = {(const uint8_t *)hello.data + (size_t)step * 30, step ? 45 : 30};
            segment_put(&file, 1, ends, (const uint32_t[]){step * 30, 0, WEIR_TCP_ACK}, bytes);
        }
    }
    weir_capture_t *one = file_run(&file, 1), *four = file_run(&file, 4);
    assert_int_equal(weir_capture_flow_count(one), FLOWS);
    for (size_t i = 0; i < FLOWS; i++) {
        weir_flow_t left, right;
        weir_capture_flow(one, i, 0, NULL, &left);
        weir_capture_flow(four, i, 0, NULL, &right);
        assert_non_null(left.server_name);
        assert_string_equal(left.server_name, right.server_name);
        assert_string_equal(left.ja4, right.ja4);
        assert_int_equal(left.server_name[0], 'a' + (left.src_port - 10000) % 26);
    }
    weir_capture_free(one);
    weir_capture_free(four);
    weir_buf_done(&hello);
    weir_buf_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_in_segments_of_any_order),
        cmocka_unit_test(quic_and_http_name_their_server),
        cmocka_unit_test(hellos_that_repeat_are_the_same_application),
        cmocka_unit_test(dns_names_what_comes_after),
        cmocka_unit_test(dns_over_tcp_is_read),
        cmocka_unit_test(labels_do_not_depend_on_threads),
    };
    return weir_test_run("packet/inspect", tests);
}
