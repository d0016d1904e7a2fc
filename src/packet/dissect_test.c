#include "base/testing.h"

#include "packet/craft.h"
#include "packet/dissect.h"

typedef struct fixture {
    weir_buf_t bytes;
    weir_dissection_t dissection;
    weir_packet_t packet;
} fixture_t;

static void fixture_init(fixture_t *f)
{
    *f = (fixture_t){0};
    weir_buf_init(&f->bytes, 1 << 16);
    assert_int_equal(weir_dissection_init(&f->dissection, true), 0);
}

static void fixture_done(fixture_t *f)
{
    weir_buf_done(&f->bytes);
    weir_dissection_done(&f->dissection);
}

static const char *summary(fixture_t *f, uint16_t link)
{
    weir_frame_t frame = {.data = (const uint8_t *)f->bytes.data,
                          .caplen = (uint32_t)f->bytes.len,
                          .wire_len = (uint32_t)f->bytes.len,
                          .link = link};
    weir_dissect(&frame, &f->dissection, &f->packet);
    return f->packet.summary;
}

static void test_arp(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    weir_craft_ethernet(&f.bytes, 0x0806);
    weir_craft_hex(&f.bytes, "0001 0800 06 04 0002 020000000002 0a000001 020000000001 0a000002");
    assert_string_equal(summary(&f, 1), "10.0.0.1 is at 02:00:00:00:00:02");
    assert_string_equal(f.packet.protocol, "ARP");
    assert_string_equal(f.packet.src_mac, "02:00:00:00:00:02");
    assert_int_equal(f.packet.src.bytes[3], 1);
    assert_int_equal(f.packet.dst.bytes[3], 2);
    fixture_done(&f);
}

static void udp_begin(fixture_t *f, unsigned from, unsigned to, unsigned payload)
{
    weir_craft_ethernet(&f->bytes, 0x0800);
    weir_craft_ipv4(&f->bytes, 1, 2, 17, 8 + payload);
    weir_craft_udp(&f->bytes, from, to, payload);
}

static void test_dns(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    udp_begin(&f, 53, 40000, 45);
    weir_craft_hex(&f.bytes, "1234 8180 0001 0001 0000 0000 03777777 076578616d706c65 00"
                             "0001 0001 c00c 0001 0001 0000003c 0004 c0000201");
    assert_string_equal(summary(&f, 1), "answer A www.example: 192.0.2.1");
    assert_string_equal(f.packet.application, "DNS");
    assert_string_equal(f.packet.name, "www.example");
    assert_int_equal(f.packet.src_port, 53);
    fixture_done(&f);
}

/* A pointer to itself, and a label with bytes that a terminal would obey. */
static void test_dns_hostile(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    udp_begin(&f, 40000, 53, 18);
    weir_craft_hex(&f.bytes, "1234 0100 0001 0000 0000 0000 c00c 0001 0001");
    assert_string_equal(summary(&f, 1), "query without a question");
    weir_buf_clear(&f.bytes);
    udp_begin(&f, 40000, 53, 22);
    weir_craft_hex(&f.bytes, "1234 0100 0001 0000 0000 0000 04 1b5b324a 00 0001 0001");
    assert_string_equal(summary(&f, 1), "query A .[2J");
    fixture_done(&f);
}

static void tcp_begin(fixture_t *f, unsigned flags, unsigned payload)
{
    weir_craft_ethernet(&f->bytes, 0x0800);
    weir_craft_ipv4(&f->bytes, 1, 2, 6, 20 + payload);
    weir_craft_tcp(&f->bytes, 40000, 443, 7, 9, flags);
}

static void test_tcp(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    tcp_begin(&f, 0x12, 0);
    weir_craft_hex(&f.bytes, "0000000000"); /* the frame is padded */
    assert_string_equal(summary(&f, 1), "40000 > 443 SYN ACK seq 7 ack 9 win 1000 len 0");
    fixture_done(&f);
}

static void test_tls(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    /* a hello of version 1.2 with a server name, ALPN h2 and supported versions */
    const char *extensions = "0000 000b 0009 00 0006 612e74657374"
                             "0010 0005 0003 02 6832"
                             "002b 0003 02 0304";
    tcp_begin(&f, 0x18, 5 + 4 + 35 + 4 + 2 + 2 + 31);
    weir_craft_hex(&f.bytes, "16 0301 004e 01 00004a 0303");
    weir_buf_fill(&f.bytes, 'r', 32);
    weir_craft_hex(&f.bytes, "00 0002 1301 01 00 001f");
    weir_craft_hex(&f.bytes, extensions);
    assert_string_equal(summary(&f, 1), "client hello, TLS 1.3, server a.test, for h2");
    assert_string_equal(f.packet.name, "a.test");
    assert_string_equal(f.packet.application, "TLS");
    fixture_done(&f);
}

static void test_http(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    const char *text = "GET /a\x1b HTTP/1.1\r\nHost: b.example\r\n\r\n";
    tcp_begin(&f, 0x18, (unsigned)strlen(text));
    weir_buf_puts(&f.bytes, text);
    assert_string_equal(summary(&f, 1), "GET /a. HTTP/1.1, host b.example");
    fixture_done(&f);
}

static void test_dhcp(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    udp_begin(&f, 68, 67, 248);
    weir_craft_hex(&f.bytes, "01010600 00000001 0000 0000 00000000 00000000 00000000 00000000"
                             "020000000001 00000000000000000000");
    weir_buf_fill(&f.bytes, '\0', 192);
    weir_craft_hex(&f.bytes, "63825363 350101 0c0161 ff");
    assert_string_equal(summary(&f, 1), "discover, client 02:00:00:00:00:01, host a");
    fixture_done(&f);
}

/* Whatever is cut off says so and reads nothing beyond. */
static void test_cut(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    udp_begin(&f, 53, 40000, 45);
    weir_craft_hex(&f.bytes, "1234 8180 0001 0001 0000 0000 03777777 076578616d706c65 00"
                             "0001 0001 c00c 0001 0001 0000003c 0004 c0000201");
    size_t all = f.bytes.len;
    for (size_t n = 0; n < all; n++) {
        uint8_t *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, f.bytes.data, n);
        weir_frame_t frame = {.data = exact, .caplen = (uint32_t)n, .wire_len = 87, .link = 1};
        weir_dissect(&frame, &f.dissection, &f.packet);
        assert_non_null(f.packet.summary);
        if (n < 42)
            assert_non_null(strstr(f.packet.summary, "cut off"));
        free(exact);
    }
    fixture_done(&f);
}

/* A beacon and a datagram as a monitor interface gives them: 2412 MHz, -40 dBm, with FCS. */
#define RADIO "0000 0f00 2a000000 10 00 6c09a000 d8"

static void test_wifi(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    weir_craft_hex(&f.bytes, RADIO "8000 0000 ffffffffffff 020000000001 020000000001 1000");
    weir_craft_hex(&f.bytes, "0000000000000000 6400 0100 0004 6c616231 01 01 82 deadbeef");
    assert_string_equal(summary(&f, 127), "beacon, network lab1");
    assert_string_equal(f.packet.name, "lab1");
    assert_string_equal(f.packet.src_mac, "02:00:00:00:00:01");
    assert_string_equal(f.packet.dst_mac, "ff:ff:ff:ff:ff:ff");
    assert_string_equal(f.packet.protocol, "802.11");

    weir_buf_clear(&f.bytes);
    weir_craft_hex(&f.bytes, RADIO "0801 0000 020000000001 020000000002 020000000003 1000");
    weir_craft_hex(&f.bytes, "aaaa03000000 0800");
    weir_craft_ipv4(&f.bytes, 1, 2, 17, 8);
    weir_craft_udp(&f.bytes, 5000, 9, 0);
    weir_craft_hex(&f.bytes, "deadbeef");
    assert_string_equal(summary(&f, 127), "5000 > 9 len 0");
    assert_string_equal(f.packet.src_mac, "02:00:00:00:00:02");
    assert_string_equal(f.packet.dst_mac, "02:00:00:00:00:03");

    weir_buf_clear(&f.bytes);
    weir_craft_hex(&f.bytes, "d400 0000 020000000001");
    assert_string_equal(summary(&f, 105), "acknowledgement, 0 bytes");
    weir_buf_clear(&f.bytes);
    weir_craft_hex(&f.bytes, "0841 0000 020000000001 020000000002 020000000003 1000 0102030405");
    assert_string_equal(summary(&f, 105), "data, encrypted, 5 bytes");
    weir_buf_clear(&f.bytes);
    weir_craft_hex(&f.bytes, "0801 0000 020000000001");
    assert_string_equal(summary(&f, 105), "802.11, cut off");
    weir_buf_clear(&f.bytes);
    weir_craft_hex(&f.bytes, "0000 ff00 2a000000 10");
    assert_string_equal(summary(&f, 127), "Radiotap, cut off");
    fixture_done(&f);
}

static void test_lines(void **state)
{
    (void)state;
    fixture_t f;
    fixture_init(&f);
    tcp_begin(&f, 0x02, 0);
    (void)summary(&f, 1);
    static const char *const layers[] = {"Ethernet, 02:00:00:00:00:02 > 02:00:00:00:00:01",
                                         "IPv4, 10.0.0.1 > 10.0.0.2",
                                         "TCP, 40000 > 443, SYN, 0 bytes"};
    static const uint32_t begins[] = {0, 14, 34};
    size_t layer = 0;
    for (size_t i = 0; i < f.dissection.line_count; i++) {
        const weir_detail_line_t *line = &f.dissection.lines[i];
        assert_true(line->at + line->length <= f.bytes.len);
        if (line->depth > 0)
            continue;
        if (layer < WEIR_COUNT(layers)) {
            assert_string_equal(f.dissection.detail.data + line->text, layers[layer]);
            assert_int_equal(line->at, begins[layer]);
        }
        layer++;
    }
    assert_int_equal(layer, 3);
    fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arp),  cmocka_unit_test(test_dns), cmocka_unit_test(test_dns_hostile),
        cmocka_unit_test(test_tcp),  cmocka_unit_test(test_tls), cmocka_unit_test(test_http),
        cmocka_unit_test(test_dhcp), cmocka_unit_test(test_cut), cmocka_unit_test(test_lines),
        cmocka_unit_test(test_wifi),
    };
    return weir_test_run("packet/dissect", tests);
}
