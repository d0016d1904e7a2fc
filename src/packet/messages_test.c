#include "base/testing.h"
#include "packet/craft.h"

#define QUERY "1234 0100 0001 0000 0000 0000 03777777 07 6578616d706c65 00 0001 0001"
#define ANSWER                                                                                     \
    "1234 8183 0001 0001 0000 0000 03777777 07 6578616d706c65 00 0001 0001"                        \
    "c00c 0001 0001 0000003c 0004 c0000201"

/* Ethernet, IPv4 between hosts x and y, UDP, then the bytes; as a record at `seconds`. */
static void message_put(weir_buf_t *file, uint32_t seconds, const unsigned ends[static 4],
                        const weir_buf_t *payload)
{
    weir_buf_t frame;
    weir_buf_init(&frame, 4096);
    weir_craft_ethernet(&frame, 0x0800);
    weir_craft_ipv4(&frame, ends[0], ends[2], 17, 8 + (unsigned)payload->len);
    weir_craft_udp(&frame, ends[1], ends[3], (unsigned)payload->len);
    weir_buf_put(&frame, payload->data, payload->len);
    weir_craft_record(file, false, seconds, 0, &frame, 0);
    weir_buf_done(&frame);
}

static void hex_put(weir_buf_t *file, uint32_t seconds, const unsigned ends[static 4],
                    const char *hex)
{
    weir_buf_t payload;
    weir_buf_init(&payload, 4096);
    weir_craft_hex(&payload, hex);
    message_put(file, seconds, ends, &payload);
    weir_buf_done(&payload);
}

static void file_begin(weir_buf_t *file)
{
    weir_buf_init(file, 1 << 22);
    weir_craft_pcap(file, false, 0xa1b2c3d4, 1);
}

static void dns_messages_are_events(void **state)
{
    (void)state;
    weir_buf_t file;
    file_begin(&file);
    static const unsigned ask[] = {5, 4000, 1, 53}, tell[] = {1, 53, 5, 4000};
    hex_put(&file, 1, ask, QUERY);
    hex_put(&file, 2, tell, ANSWER);
    hex_put(&file, 3, (const unsigned[]){5, 4000, 1, 54}, QUERY); /* another port */
    hex_put(&file, 4, ask, "1234 0100 0001");
    weir_capture_t *capture = weir_craft_run(&file, &(weir_capture_options_t){.threads = 1});
    assert_non_null(capture);
    weir_event_batch_t batch = weir_capture_events(capture);
    assert_int_equal(batch.count, 2);
    assert_int_equal(batch.lost, 0);
    const weir_event_t *event = batch.events;
    assert_int_equal(event[0].kind, WEIR_EVENT_DNS);
    assert_int_equal(event[0].time_ns, INT64_C(1000000000));
    assert_int_equal(event[0].src.bytes[3], 5);
    assert_string_equal(event[0].dns.name, "www.example");
    assert_int_equal(event[0].dns.size, 29);
    assert_false(event[0].dns.answer);
    assert_true(event[1].dns.answer);
    assert_int_equal(event[1].dns.code, 3);
    assert_int_equal(event[1].dns.answers, 1);
    assert_int_equal(event[1].dns.type, 1);
    weir_capture_free(capture);
    weir_buf_done(&file);
}

static void dhcp_put(weir_buf_t *payload, unsigned operation, const char *options)
{
    weir_craft_u8(payload, operation);
    weir_craft_hex(payload, "010600 00000001 0000 0000 00000000 0a000007 00000000 00000000"
                            "0200000000aa 00000000000000000000");
    for (int i = 0; i < 192; i++)
        weir_craft_u8(payload, 0);
    weir_craft_hex(payload, "63825363");
    weir_craft_hex(payload, options);
}

static void servers_of_dhcp_are_events(void **state)
{
    (void)state;
    weir_buf_t file;
    file_begin(&file);
    static const unsigned there[] = {7, 68, 1, 67}, back[] = {1, 67, 7, 68};
    static const char *const messages[] = {"350103", "350102ff", "3501 05 36040a000001 ff",
                                           "350106", "3501",     "350107ff"};
    for (unsigned i = 0; i < WEIR_COUNT(messages); i++) {
        weir_buf_t payload;
        weir_buf_init(&payload, 4096);
        dhcp_put(&payload, i == 0 ? 1 : 2, messages[i]);
        message_put(&file, i, i == 0 ? there : back, &payload);
        weir_buf_done(&payload);
    }
    weir_capture_t *capture = weir_craft_run(&file, &(weir_capture_options_t){.threads = 1});
    assert_non_null(capture);
    weir_event_batch_t batch = weir_capture_events(capture);
    assert_int_equal(batch.count,
                     3); /* offer, ack, nak: neither the client's nor the broken ones */
    static const uint8_t kinds[] = {2, 5, 6};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(batch.events[i].kind, WEIR_EVENT_DHCP);
        assert_int_equal(batch.events[i].dhcp.message, kinds[i]);
        assert_int_equal(batch.events[i].src.bytes[3], 1);
        assert_int_equal(batch.events[i].dst.bytes[3], 7);
        assert_memory_equal(batch.events[i].dhcp.server_mac, "\x02\0\0\0\0\x02", 6);
        assert_memory_equal(batch.events[i].dhcp.client_mac, "\x02\0\0\0\0\xaa", 6);
    }
    weir_capture_free(capture);
    weir_buf_done(&file);
}

/* Many clients in the same instant: the order of events must not tell how many threads there were.
 */
static void events_do_not_depend_on_threads(void **state)
{
    (void)state;
    weir_buf_t file;
    file_begin(&file);
    for (unsigned i = 0; i < 6000; i++)
        hex_put(&file, i / 500, (const unsigned[]){i % 250, 2000 + i % 7, 1, 53}, QUERY);
    weir_capture_t *captures[3];
    for (unsigned i = 0; i < 3; i++) {
        weir_capture_options_t options = {.threads = 1 + i * 2};
        captures[i] = weir_craft_run(&file, &options);
        assert_non_null(captures[i]);
        weir_event_batch_t first = weir_capture_events(captures[0]);
        weir_event_batch_t batch = weir_capture_events(captures[i]);
        assert_int_equal(batch.count, 6000);
        for (size_t j = 0; j < batch.count; j++) {
            assert_int_equal(batch.events[j].time_ns, first.events[j].time_ns);
            assert_int_equal(weir_address_compare(&batch.events[j].src, &first.events[j].src), 0);
            assert_string_equal(batch.events[j].dns.name, first.events[j].dns.name);
        }
    }
    for (unsigned i = 0; i < 3; i++)
        weir_capture_free(captures[i]);
    weir_buf_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_messages_are_events),
        cmocka_unit_test(servers_of_dhcp_are_events),
        cmocka_unit_test(events_do_not_depend_on_threads),
    };
    return weir_test_run("packet/messages", tests);
}
