#include "base/testing.h"

#include "engine/packet_books.h"

#define S WEIR_NS_PER_S

typedef struct fixture {
    weir_packet_books_t books;
    weir_packet_window_t window;
} fixture_t;

static void fixture_init(fixture_t *f)
{
    *f = (fixture_t){0};
    weir_packet_books_init(&f->books, 7);
}

static void fixture_done(fixture_t *f)
{
    weir_packet_books_done(&f->books);
}

/* A packet of `bytes` from host `from` to host `to`, TCP with `flags`, else UDP. */
static weir_digest_t packet(uint8_t from, uint8_t to, uint32_t bytes, uint8_t flags)
{
    uint8_t a[8] = {10, 0, 0, from}, b[8] = {10, 0, 0, to};
    bool high = from > to;
    weir_key_tail_t tail = {.low_port = 4000,
                            .high_port = 80,
                            .vlan = WEIR_VLAN_NONE,
                            .protocol = flags ? WEIR_IP_TCP : WEIR_IP_UDP};
    weir_digest_t digest = {.frame_bytes = bytes,
                            .ip_bytes = bytes - 14,
                            .from_high = high,
                            .tcp_flags = flags,
                            .has_tcp = flags != 0,
                            .time_ns = 1000};
    memcpy(&digest.key.low[0], high ? b : a, 8);
    memcpy(&digest.key.high[0], high ? a : b, 8);
    digest.key.tail = weir_key_tail_pack(tail);
    digest.hash = weir_flow_key_hash(&digest.key, 7);
    return digest;
}

static void window(fixture_t *f, uint64_t now_s, const weir_digest_t *digests, size_t count)
{
    const weir_flow_limits_t limits = {0};
    assert_int_equal(weir_flow_table_init(&f->window.table, &limits), 0);
    if (count)
        weir_flow_table_add(&f->window.table, digests, count);
    weir_packet_books_begin(&f->books, now_s * S, S, false);
    weir_packet_books_add(&f->books, &f->window);
    weir_packet_books_end(&f->books);
    weir_flow_table_done(&f->window.table);
}

static weir_snapshot_t *snapshot(fixture_t *f)
{
    weir_pool_t *pool = weir_pool_new(1024);
    assert_non_null(pool);
    weir_snapshot_t *made = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_pool_unref(pool);
    assert_non_null(made);
    assert_int_equal(weir_packet_books_fill(&f->books, UINT32_MAX, made), 0);
    return made;
}

/* Totals go on over windows, rates are those of the last one. */
static void test_totals_and_rates(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    weir_digest_t first[] = {packet(1, 2, 100, 0), packet(2, 1, 60, 0)};
    weir_digest_t second[] = {packet(1, 2, 500, 0)};
    window(&f, 10, first, 2);
    window(&f, 11, second, 1);
    weir_snapshot_t *s = snapshot(&f);
    assert_int_equal(s->rows[WEIR_TABLE_FLOWS].count, 1);
    const weir_flow_t *flow = weir_snapshot_record(s, WEIR_TABLE_FLOWS, 0);
    assert_int_equal(flow->from_src.bytes, 600);
    assert_int_equal(flow->from_dst.bytes, 60);
    assert_true(flow->src_byte_rate == 500);
    assert_true(flow->dst_byte_rate == 0);
    assert_string_equal(flow->protocol, "udp");
    assert_int_equal(s->rows[WEIR_TABLE_HOSTS].count, 2);
    for (size_t i = 0; i < 2; i++) {
        const weir_host_t *host = weir_snapshot_record(s, WEIR_TABLE_HOSTS, i);
        bool one = host->address.bytes[3] == 1;
        assert_int_equal(host->tx.bytes, one ? 600 : 60);
        assert_int_equal(host->rx.bytes, one ? 60 : 600);
        assert_true(host->tx.byte_rate == (one ? 500 : 0));
        assert_int_equal(host->flows, 1);
    }
    weir_snapshot_unref(s);
    fixture_done(&f);
}

/* What is silent for long ends; the host stays, without a flow. */
static void test_time_out(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    weir_digest_t one = packet(1, 2, 100, 0);
    window(&f, 10, &one, 1);
    window(&f, 100, NULL, 0);
    assert_int_equal(f.books.flow_count, 1);
    window(&f, 140, NULL, 0);
    assert_int_equal(f.books.flow_count, 0);
    assert_int_equal(f.books.host_count, 2);
    assert_int_equal(f.books.hosts[0].flows, 0);
    window(&f, 141, &one, 1);
    assert_int_equal(f.books.flow_count, 1);
    assert_int_equal(f.books.hosts[0].flows, 1);
    fixture_done(&f);
}

/* A SYN after both FINs is another connection of the same ports. */
static void test_reopened(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    weir_digest_t first[] = {packet(1, 2, 100, WEIR_TCP_SYN), packet(2, 1, 100, WEIR_TCP_FIN),
                             packet(1, 2, 100, WEIR_TCP_FIN)};
    weir_digest_t second[] = {packet(1, 2, 70, WEIR_TCP_SYN)};
    second[0].time_ns = 2000;
    window(&f, 10, first, 3);
    weir_snapshot_t *s = snapshot(&f);
    const weir_flow_t *flow = weir_snapshot_record(s, WEIR_TABLE_FLOWS, 0);
    assert_int_equal(flow->state, WEIR_FLOW_CLOSED);
    assert_int_equal(flow->from_src.bytes, 200);
    weir_snapshot_unref(s);
    window(&f, 11, second, 1);
    s = snapshot(&f);
    flow = weir_snapshot_record(s, WEIR_TABLE_FLOWS, 0);
    assert_int_equal(s->rows[WEIR_TABLE_FLOWS].count, 1);
    assert_int_equal(flow->state, WEIR_FLOW_UNANSWERED);
    assert_int_equal(flow->from_src.bytes, 70);
    weir_snapshot_unref(s);
    fixture_done(&f);
}

/* The ceiling: no row, but the bytes are told, and protocols have them all. */
static void test_ceiling(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    size_t count = WEIR_PACKET_FLOWS_MOST + 300;
    weir_digest_t *many = calloc(count, sizeof(*many));
    assert_non_null(many);
    for (size_t i = 0; i < count; i++) {
        many[i] = packet(1, 2, 100, 0);
        uint32_t number = (uint32_t)i;
        memcpy((uint8_t *)&many[i].key.high[0] + 4, &number, 4);
        many[i].hash = weir_flow_key_hash(&many[i].key, 7);
    }
    window(&f, 10, many, count);
    free(many);
    weir_snapshot_t *s = snapshot(&f);
    const weir_rows_t *rows = &s->rows[WEIR_TABLE_FLOWS];
    assert_int_equal(rows->count, WEIR_PACKET_FLOWS_SHOWN);
    assert_int_equal(rows->omitted, count - rows->count);
    assert_int_equal(rows->omitted_bytes, (count - rows->count) * 100);
    assert_int_equal(f.books.flow_count, WEIR_PACKET_FLOWS_MOST);
    assert_int_equal(f.books.by_protocol[WEIR_IP_UDP].bytes, count * 100);
    weir_snapshot_unref(s);
    fixture_done(&f);
}

/* A window in which the only flow's application is known, NULL: is not. */
static void labelled_window(fixture_t *f, uint64_t now_s, const weir_digest_t *digest,
                            const char *application)
{
    const weir_flow_limits_t limits = {0};
    assert_int_equal(weir_flow_table_init(&f->window.table, &limits), 0);
    weir_flow_table_add(&f->window.table, digest, 1);
    size_t at = 0;
    const weir_flow_record_t *record = weir_flow_table_next(&f->window.table, &at);
    weir_labelled_t label = {.unit = weir_flow_table_unit(at, record),
                             .label = {.application = application}};
    f->window.labels = &label;
    f->window.label_count = application != NULL;
    weir_packet_books_begin(&f->books, now_s * S, S, false);
    weir_packet_books_add(&f->books, &f->window);
    weir_packet_books_end(&f->books);
    weir_flow_table_done(&f->window.table);
    f->window.labels = NULL;
    f->window.label_count = 0;
}

/* The bytes of an application; 0: it has no row. */
static uint64_t application_bytes(fixture_t *f, const char *name, uint64_t *ret_flows)
{
    weir_snapshot_t *s = snapshot(f);
    uint64_t bytes = 0;
    for (size_t i = 0; i < s->rows[WEIR_TABLE_PROTOCOLS].count; i++) {
        const weir_protocol_t *protocol = weir_snapshot_record(s, WEIR_TABLE_PROTOCOLS, i);
        if (protocol->layer == WEIR_LAYER_APPLICATION && strcmp(protocol->name, name) == 0) {
            bytes = protocol->bytes;
            *ret_flows = protocol->flows;
        }
    }
    weir_snapshot_unref(s);
    return bytes;
}

/* What a flow carried before its application was known counts, and follows when it changes. */
static void test_applications(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    weir_digest_t digest = packet(1, 2, 100, 0), other = packet(3, 4, 7, 0);
    uint64_t flows = 0;
    labelled_window(&f, 10, &digest, NULL);
    assert_int_equal(application_bytes(&f, "TLS", &flows), 0);
    labelled_window(&f, 11, &digest, "TLS");
    assert_int_equal(application_bytes(&f, "TLS", &flows), 200);
    assert_int_equal(flows, 1);
    labelled_window(&f, 12, &digest, NULL);
    labelled_window(&f, 13, &other, "TLS");
    assert_int_equal(application_bytes(&f, "TLS", &flows), 307);
    assert_int_equal(flows, 2);
    labelled_window(&f, 14, &digest, "TLS.Wikipedia");
    assert_int_equal(application_bytes(&f, "TLS.Wikipedia", &flows), 400);
    assert_int_equal(flows, 1);
    assert_int_equal(application_bytes(&f, "TLS", &flows), 7);
    assert_int_equal(flows, 1);
    window(&f, 1000, NULL, 0); /* the flows end, what they carried stays */
    assert_int_equal(f.books.flow_count, 0);
    assert_int_equal(application_bytes(&f, "TLS.Wikipedia", &flows), 400);
    fixture_done(&f);
}

/* Each connection is told once: at its end, and before its ports are used again. */
static void test_told_once(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    weir_digest_t refused[] = {packet(1, 2, 60, WEIR_TCP_SYN),
                               packet(2, 1, 54, WEIR_TCP_RST | WEIR_TCP_ACK)};
    window(&f, 10, refused, 2);
    weir_snapshot_t *s = snapshot(&f);
    assert_int_equal(s->briefs.count, 1);
    assert_int_equal(s->briefs.items[0].state, WEIR_FLOW_REFUSED);
    assert_int_equal(s->briefs.items[0].src_flags, WEIR_TCP_SYN);
    assert_true(s->briefs.items[0].traits & WEIR_BRIEF_OPENER_SURE);
    weir_snapshot_unref(s);
    window(&f, 11, NULL, 0);
    assert_int_equal(f.books.teller.count, 0);
    fixture_done(&f);
}

/* A SYN gets three seconds for its answer; a stream is told in pieces. */
static void test_told_later(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    weir_digest_t packets[] = {packet(1, 2, 60, WEIR_TCP_SYN), packet(3, 4, 500, 0)};
    uint64_t told[2] = {0}, pieces = 0;
    for (uint64_t second = 10; second < 20; second++) {
        bool first = second == 10;
        window(&f, second, first ? packets : &packets[1], first ? 2 : 1);
        for (size_t i = 0; i < f.books.teller.count; i++) {
            const weir_flow_brief_t *brief = &f.books.teller.briefs[i];
            told[brief->protocol == WEIR_IP_UDP] += brief->src_packets;
            pieces += brief->protocol == WEIR_IP_UDP && brief->traits & WEIR_BRIEF_CONTINUES;
            assert_true(second >= 13);
        }
    }
    assert_int_equal(told[0], 1);
    assert_int_equal(told[1], 10);
    assert_int_equal(pieces, 6);
    fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_totals_and_rates), cmocka_unit_test(test_time_out),
        cmocka_unit_test(test_reopened),         cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_told_once),        cmocka_unit_test(test_told_later),
        cmocka_unit_test(test_applications),
    };
    return weir_test_run("engine/packet_books", tests);
}
