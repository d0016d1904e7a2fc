#include "base/testing.h"
#include "packet/craft.h"

/** What the first digest of a frame should say; ports as src and dst of the packet. */
typedef struct wanted {
    const char *name;
    const char *before; /* hex, up to the IP header */
    unsigned link;
    uint16_t vlan;
} wanted_t;

static size_t frame_decode(unsigned link, const weir_buf_t *bytes, bool inner,
                           weir_decoder_t *decoder, weir_digest_t *digests)
{
    weir_frame_t frame = {.data = (const uint8_t *)bytes->data,
                          .caplen = (uint32_t)bytes->len,
                          .wire_len = (uint32_t)bytes->len,
                          .link = (uint16_t)link};
    decoder->inner = inner;
    return weir_decode(decoder, &frame, 1, digests);
}

#define MACS "020000000001020000000002"

static void every_link_layer_leads_to_ip(void **state)
{
    (void)state;
    static const wanted_t cases[] = {
        {"ethernet", MACS "0800", 1, WEIR_VLAN_NONE},
        {"vlan", MACS "8100 0064 0800", 1, 100},
        {"qinq names the outer tag", MACS "88a8 00c8 8100 0064 0800", 1, 200},
        {"mpls, two labels", MACS "8847 00010040 00020140 ", 1, WEIR_VLAN_NONE},
        {"pppoe", MACS "8864 1100 0001 0100 0021", 1, WEIR_VLAN_NONE},
        {"llc snap", MACS "0024 aaaa03 000000 0800", 1, WEIR_VLAN_NONE},
        {"sll", "0000 0001 0006 020000000001 0000 0800", 113, WEIR_VLAN_NONE},
        {"sll2", "0800 0000 00000001 0001 00 06 0200000000010000", 276, WEIR_VLAN_NONE},
        {"raw", "", 101, WEIR_VLAN_NONE},
        {"raw ipv4", "", 228, WEIR_VLAN_NONE},
        {"bsd null, little", "02000000", 0, WEIR_VLAN_NONE},
        {"bsd null, big", "00000002", 0, WEIR_VLAN_NONE},
        {"loop", "00000002", 108, WEIR_VLAN_NONE},
        {"ppp", "ff03 0021", 9, WEIR_VLAN_NONE},
        {"ppp, compressed", "21", 9, WEIR_VLAN_NONE},
        {"cisco hdlc", "0f00 0800", 104, WEIR_VLAN_NONE},
        {"802.11 qos data",
         "8801 0000 020000000001 020000000002 020000000003 0000 0000 aaaa03 000000 0800", 105,
         WEIR_VLAN_NONE},
        {"802.11 radiotap, padded",
         "0000 0a00 02000000 20 00 8801 0000 020000000001 020000000002 020000000003 0000 0000 0000"
         "aaaa03 000000 0800",
         127, WEIR_VLAN_NONE},
    };
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        weir_buf_t bytes;
        weir_buf_init(&bytes, 4096);
        weir_craft_hex(&bytes, cases[i].before);
        weir_craft_ipv4(&bytes, 9, 2, 17, 8);
        weir_craft_udp(&bytes, 5000, 53, 0);
        weir_decoder_t decoder = {0};
        weir_digest_t digest;
        if (frame_decode(cases[i].link, &bytes, false, &decoder, &digest) != 1)
            fail_msg("%s gives no flow", cases[i].name);
        weir_key_tail_t tail = weir_key_tail(&digest.key);
        if (tail.vlan != cases[i].vlan || tail.low_port != 53 || tail.high_port != 5000 ||
            !digest.from_high || digest.ip_bytes != 28)
            fail_msg("%s gives another flow", cases[i].name);
        weir_buf_done(&bytes);
    }
}

static void tunnels_on_request(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned protocol;
        const char *header;
    } cases[] = {
        {"ip in ip", 4, ""},
        {"gre", 47, "0000 0800"},
        {"gre with key and sequence", 47, "3000 0800 00000001 00000002"},
        {"vxlan", 17, "1234 12b5 0000 0000 08000000 00000100 " MACS "0800"},
        {"geneve with option", 17, "1234 17c1 0000 0000 01 00 6558 00000100 00000000 " MACS "0800"},
        {"gtp-u", 17, "0868 0868 0000 0000 30 ff 0024 00000001"},
        {"gtp-u with extension", 17,
         "0868 0868 0000 0000 34 ff 0024 00000001 0000 00 85 01 00 00 00"},
    };
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        weir_buf_t bytes;
        weir_buf_init(&bytes, 4096);
        weir_craft_ethernet(&bytes, 0x0800);
        weir_craft_ipv4(&bytes, 1, 2, cases[i].protocol, 200);
        weir_craft_hex(&bytes, cases[i].header);
        weir_craft_ipv4(&bytes, 3, 4, 17, 8);
        weir_craft_udp(&bytes, 7, 9, 0);
        weir_decoder_t decoder = {0};
        weir_digest_t digests[WEIR_DEPTH_MOST];
        assert_int_equal(frame_decode(1, &bytes, false, &decoder, digests), 1);
        if (frame_decode(1, &bytes, true, &decoder, digests) != 2)
            fail_msg("%s: nothing inside", cases[i].name);
        assert_int_equal(weir_key_protocol(&digests[0].key), cases[i].protocol);
        weir_key_tail_t tail = weir_key_tail(&digests[1].key);
        assert_int_equal(tail.low_port, 7);
        assert_int_equal(weir_key_depth(&digests[1].key), 1);
        assert_int_equal(decoder.counts.kin[WEIR_KIN_ETHERNET].packets,
                         2); /* once for each call: insides do not count */
        weir_buf_done(&bytes);
    }
}

static void extension_headers_are_followed(void **state)
{
    (void)state;
    weir_buf_t bytes;
    weir_buf_init(&bytes, 4096);
    weir_craft_ethernet(&bytes, 0x86dd);
    weir_craft_hex(
        &bytes,
        "60000000 0028 00 40 20010db8000000000000000000000001 20010db8000000000000000000000002");
    weir_craft_hex(&bytes, "3c 00 000000000000");  /* hop by hop */
    weir_craft_hex(&bytes, "2b 00 000000000000");  /* destination options */
    weir_craft_hex(&bytes, "2c 00 000000000000");  /* routing */
    weir_craft_hex(&bytes, "11 00 0001 00000099"); /* fragment, the first of several */
    weir_craft_udp(&bytes, 1234, 53, 0);
    weir_decoder_t decoder = {0};
    weir_digest_t digest;
    assert_int_equal(frame_decode(1, &bytes, false, &decoder, &digest), 1);
    weir_key_tail_t tail = weir_key_tail(&digest.key);
    assert_int_equal(tail.protocol, WEIR_IP_UDP);
    assert_int_equal(tail.low_port, 1234);
    assert_int_equal(digest.ip_bytes, 80);
    weir_buf_done(&bytes);
}

static void what_is_not_decoded_is_counted_and_named(void **state)
{
    (void)state;
    static const struct {
        unsigned link;
        const char *bytes, *name;
    } cases[] = {
        {147, "00", "unknown link type 147"},
        {1, MACS "1234 00", "unknown EtherType 0x1234"},
        {1, MACS, "captured bytes end in the link layer"},
        {1, MACS "0800 4500", "captured bytes end in the IP header"},
        {1, MACS "0800 4100001400000000000000000000000000000000", "impossible IP header"},
        {105, "0841 0000 020000000001 020000000002 020000000003 0000 00000000", "encrypted 802.11"},
        {9, "0099", "unknown PPP protocol 0x0099"},
    };
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        weir_buf_t bytes, text;
        weir_buf_init(&bytes, 4096);
        weir_buf_init(&text, 4096);
        weir_craft_hex(&bytes, cases[i].bytes);
        weir_decoder_t decoder = {0};
        weir_digest_t digest;
        assert_int_equal(frame_decode(cases[i].link, &bytes, false, &decoder, &digest), 0);
        assert_int_equal(decoder.counts.skipped_count, 1);
        weir_capture_skipped_put(&text, &decoder.counts.skipped[0]);
        assert_string_equal(weir_buf_text(&text), cases[i].name);
        weir_buf_done(&bytes);
        weir_buf_done(&text);
    }
}

static void neighbours_of_ip_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        weir_kin_t kin;
    } cases[] = {
        {MACS "0806 0001", WEIR_KIN_ARP},
        {MACS "88cc 0207", WEIR_KIN_LLDP},
        {MACS "0026 424203 0000", WEIR_KIN_STP},
    };
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        weir_buf_t bytes;
        weir_buf_init(&bytes, 4096);
        weir_craft_hex(&bytes, cases[i].bytes);
        weir_decoder_t decoder = {0};
        weir_digest_t digest;
        assert_int_equal(frame_decode(1, &bytes, false, &decoder, &digest), 0);
        assert_int_equal(decoder.counts.kin[cases[i].kin].packets, 1);
        assert_int_equal(decoder.counts.skipped_count, 0);
        weir_buf_done(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_link_layer_leads_to_ip),
        cmocka_unit_test(tunnels_on_request),
        cmocka_unit_test(extension_headers_are_followed),
        cmocka_unit_test(what_is_not_decoded_is_counted_and_named),
        cmocka_unit_test(neighbours_of_ip_are_known),
    };
    return weir_test_run("packet/decode", tests);
}
