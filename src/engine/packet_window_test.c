#include "base/testing.h"
#include "engine/packet_books.h"
#include "packet/craft.h"

#define S WEIR_NS_PER_S
#define MS (S / 1000)

/* TLS 1.2 to "a.test": record, handshake, hello. */
#define HELLO                                                                                      \
    "16 0301 0046 01000042 0303 0000000000000000000000000000000000000000000000000000000000000000"  \
    "00 0004 1301 1302 01 00 0015 0000 000b 0009 00 0006 612e74657374 002b 0002 00 00"
#define HELLO_BYTES 75

/* A worker whose every packet is followed by a tick, and the engine's books. */
typedef struct fixture {
    weir_packet_books_t books;
    weir_packet_window_t *window;
    weir_inspector_t *inspector;
    uint64_t now_ns; /* [ns] of the next packet */
} fixture_t;

static void fixture_init(fixture_t *f)
{
    const weir_inspector_options_t options = {.live = true, .most = 16};
    *f = (fixture_t){.now_ns = 100 * S};
    weir_packet_books_init(&f->books, 7);
    assert_int_equal(weir_inspector_new(&options, &f->inspector), 0);
    f->window = weir_packet_window_new();
    assert_non_null(f->window);
    weir_packet_window_open(f->window, f->inspector);
}

static void fixture_done(fixture_t *f)
{
    weir_inspector_free(f->inspector);
    weir_packet_window_free(f->window);
    weir_packet_books_done(&f->books);
}

static void tick(fixture_t *f)
{
    weir_packet_window_t *next = weir_packet_window_new();
    assert_non_null(next);
    weir_packet_window_pass(f->window, next, f->inspector);
    weir_packet_books_begin(&f->books, f->now_ns, S, false);
    weir_packet_books_add(&f->books, f->window);
    weir_packet_books_end(&f->books);
    weir_packet_window_free(f->window);
    f->window = next;
}

static void frame_take(fixture_t *f, const weir_buf_t *bytes)
{
    weir_frame_t frame = {.data = (const uint8_t *)bytes->data,
                          .time_ns = (int64_t)f->now_ns,
                          .caplen = (uint32_t)bytes->len,
                          .wire_len = (uint32_t)bytes->len,
                          .link = 1};
    weir_decoder_t decoder = {.seed = 7, .learnt = {.hostnames = f->window->hostnames}};
    weir_digest_t digest;
    assert_int_equal(weir_decode(&decoder, &frame, 1, &digest), 1);
    weir_flow_table_add(&f->window->table, &digest, 1);
    f->window->last_ns = frame.time_ns;
}

/* A segment between 10.0.0.5:4000 and 10.0.0.1:443, then a tick; 20 ms later. */
static void segment(fixture_t *f, bool back, const uint32_t numbers[static 3], weir_span_t data)
{
    weir_buf_t frame;
    weir_buf_init(&frame, 4096);
    weir_craft_ethernet(&frame, 0x0800);
    weir_craft_ipv4(&frame, back ? 1 : 5, back ? 5 : 1, 6, 20 + (unsigned)data.len);
    weir_craft_tcp(&frame, back ? 443 : 4000, back ? 4000 : 443, numbers[0], numbers[1],
                   numbers[2]);
    weir_buf_put(&frame, data.data, data.len);
    frame_take(f, &frame);
    weir_buf_done(&frame);
    tick(f);
    f->now_ns += 20 * MS;
}

static void handshake(fixture_t *f)
{
    weir_span_t nothing = {0};
    segment(f, false, (const uint32_t[]){999, 0, WEIR_TCP_SYN}, nothing);
    segment(f, true, (const uint32_t[]){99, 1000, WEIR_TCP_SYN | WEIR_TCP_ACK}, nothing);
    segment(f, false, (const uint32_t[]){1000, 100, WEIR_TCP_ACK}, nothing);
}

static weir_flow_t row(const fixture_t *f)
{
    weir_flow_t flow;
    assert_int_equal(f->books.flow_count, 1);
    weir_flow_row(&f->books.texts, &f->books.flows[0].record, NULL, &flow);
    return flow;
}

static void handshake_over_ticks_has_its_rtt(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    handshake(&f);
    weir_flow_t flow = row(&f);
    assert_int_equal(flow.state, WEIR_FLOW_ESTABLISHED);
    assert_float_equal(flow.rtt_ms, 40, 0.1);
    assert_int_equal(flow.from_src.packets, 2);
    assert_int_equal(flow.from_dst.packets, 1);
    assert_int_equal(flow.bytes, 3 * 54);
    fixture_done(&f);
}

static void hello_over_ticks_names_the_server(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    handshake(&f);
    weir_buf_t hello;
    weir_buf_init(&hello, 4096);
    weir_craft_hex(&hello, HELLO);
    assert_int_equal(hello.len, HELLO_BYTES);
    for (uint32_t at = 0; at < HELLO_BYTES; at += 25) {
        weir_span_t piece = {(const uint8_t *)hello.data + at, 25};
        assert_null(f.books.flows[0].server_name);
        segment(&f, false, (const uint32_t[]){1000 + at, 100, WEIR_TCP_ACK}, piece);
    }
    assert_string_equal(f.books.flows[0].server_name, "a.test");
    assert_non_null(f.books.flows[0].ja4);
    assert_int_equal(row(&f).retransmits, 0);
    weir_buf_done(&hello);
    fixture_done(&f);
}

static void what_was_sent_before_the_tick_is_sent_again(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    handshake(&f);
    static const uint8_t data[100];
    f.now_ns += S; /* later than reordering would be */
    segment(&f, false, (const uint32_t[]){1000, 100, WEIR_TCP_ACK}, (weir_span_t){data, 100});
    f.now_ns += S;
    segment(&f, false, (const uint32_t[]){1000, 100, WEIR_TCP_ACK}, (weir_span_t){data, 100});
    assert_int_equal(row(&f).retransmits, 1);
    tick(&f); /* a window without packets changes nothing */
    assert_int_equal(row(&f).retransmits, 1);
    fixture_done(&f);
}

static void ended_flow_begins_anew(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    handshake(&f);
    weir_span_t nothing = {0};
    segment(&f, false, (const uint32_t[]){1000, 100, WEIR_TCP_FIN | WEIR_TCP_ACK}, nothing);
    segment(&f, true, (const uint32_t[]){100, 1001, WEIR_TCP_FIN | WEIR_TCP_ACK}, nothing);
    assert_int_equal(row(&f).state, WEIR_FLOW_CLOSED);
    assert_int_equal(f.window->table.flows, 0); /* it was not taken along */
    f.now_ns += S;
    handshake(&f);
    weir_flow_t flow = row(&f);
    assert_int_equal(flow.state, WEIR_FLOW_ESTABLISHED);
    assert_int_equal(flow.from_src.packets, 2);
    fixture_done(&f);
}

static void silent_flows_are_left_behind(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    handshake(&f);
    assert_int_equal(f.window->table.flows, 1);
    f.window->last_ns += (int64_t)(20 * S); /* others had packets meanwhile */
    tick(&f);
    assert_int_equal(f.window->table.flows, 0);
    assert_int_equal(row(&f).from_src.packets, 2);
    fixture_done(&f);
}

static void inspections_that_are_left_behind_end(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    handshake(&f);
    weir_buf_t hello;
    weir_buf_init(&hello, 4096);
    weir_craft_hex(&hello, HELLO);
    weir_span_t piece = {(const uint8_t *)hello.data, 25};
    segment(&f, false, (const uint32_t[]){1000, 100, WEIR_TCP_ACK}, piece);
    f.window->last_ns += (int64_t)(20 * S);
    tick(&f);
    piece.data += 25;
    segment(&f, false, (const uint32_t[]){1025, 100, WEIR_TCP_ACK}, piece);
    piece.data += 25;
    segment(&f, false, (const uint32_t[]){1050, 100, WEIR_TCP_ACK}, piece);
    assert_null(f.books.flows[0].server_name);
    weir_buf_done(&hello);
    fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshake_over_ticks_has_its_rtt),
        cmocka_unit_test(hello_over_ticks_names_the_server),
        cmocka_unit_test(what_was_sent_before_the_tick_is_sent_again),
        cmocka_unit_test(ended_flow_begins_anew),
        cmocka_unit_test(silent_flows_are_left_behind),
        cmocka_unit_test(inspections_that_are_left_behind_end),
    };
    return weir_test_run("engine/packet_window", tests);
}
