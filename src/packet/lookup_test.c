#include "base/testing.h"
#include "packet/digest.h"
#include "packet/neighbours.h"
#include "packet/services.h"
#include "packet/vendors.h"

#include <stdlib.h>
#include <string.h>

static weir_span_t span_of(const char *text)
{
    return (weir_span_t){(const uint8_t *)text, strlen(text)};
}

static const char *vendor(const weir_vendors_t *vendors, const weir_texts_t *texts,
                          const char *address)
{
    weir_mac_t mac;
    assert_int_equal(weir_mac_parse(address, &mac), 0);
    return weir_texts_at(texts, weir_vendors_find(vendors, mac.bytes));
}

static void the_longest_block_names_the_maker(void **state)
{
    (void)state;
    weir_vendors_t vendors = {0};
    weir_texts_t texts;
    weir_texts_init(&texts, 100);
    const char *csv = "Registry,Assignment,Organization Name,Organization Address\n"
                      "MA-L,00000C,\"One, \"\"and\"\" only \",\"Street 1,\n00000D Town\"\r\n"
                      "MA-M,A0000C1,Two,x\n"
                      "MA-L,A0000C,Three,x\n"
                      "MA-S,A0000C12F,Four,x\n"
                      "MA-L,12345,short,x\nMA-L,12345G,no number,x\nMA-L,ABCDEF\nMA-L,AAAAAA,,x\n"
                      "MA-L,000010,Last,x";
    assert_int_equal(weir_vendors_add(&vendors, span_of(csv), &texts), 0);
    weir_vendors_seal(&vendors);
    assert_int_equal(vendors.count, 5);
    assert_string_equal(vendor(&vendors, &texts, "00:00:0c:ff:ff:ff"), "One, \"and\" only");
    assert_null(vendor(&vendors, &texts, "00:00:0d:00:00:00"));
    assert_string_equal(vendor(&vendors, &texts, "a0:00:0c:1f:00:00"), "Two");
    assert_string_equal(vendor(&vendors, &texts, "a0:00:0c:2f:00:00"), "Three");
    assert_string_equal(vendor(&vendors, &texts, "a0:00:0c:12:ff:ff"), "Four");
    assert_string_equal(vendor(&vendors, &texts, "00:00:10:00:00:00"), "Last");
    assert_null(vendor(&vendors, &texts, "02:00:0c:00:00:00")); /* made up by its machine */
    assert_null(vendor(&vendors, &texts, "01:00:0c:cc:cc:cc")); /* a group */
    weir_vendors_done(&vendors);
    weir_texts_done(&texts);
}

static const char *service(const weir_services_t *services, const weir_texts_t *texts,
                           uint8_t protocol, uint16_t port)
{
    return weir_texts_at(texts, weir_services_find(services, protocol, port));
}

static void ports_have_the_first_name_that_stands_there(void **state)
{
    (void)state;
    weir_services_t services = {0};
    weir_texts_t texts;
    weir_texts_init(&texts, 100);
    const char *list = "# comment 1/tcp\n\nssh\t22/tcp # x\nother 22/tcp\nquic 443/udp a b\n"
                       "bad\nbad x/tcp\nbad 70000/tcp\nbad 1/none\nbad 1\nlast 65535/sctp";
    assert_int_equal(weir_services_add(&services, span_of(list), &texts), 0);
    assert_string_equal(service(&services, &texts, WEIR_IP_TCP, 22), "ssh");
    assert_string_equal(service(&services, &texts, WEIR_IP_UDP, 443), "quic");
    assert_string_equal(service(&services, &texts, WEIR_IP_SCTP, 65535), "last");
    assert_null(service(&services, &texts, WEIR_IP_UDP, 22));
    assert_null(service(&services, &texts, WEIR_IP_TCP, 1));
    weir_services_done(&services);
    weir_texts_done(&texts);
}

static weir_event_t arp(uint32_t host, uint8_t last)
{
    weir_event_t event = {.kind = WEIR_EVENT_ARP,
                          .src = {.family = WEIR_FAMILY_IPV4, .prefix = 32},
                          .arp = {.sender_mac = {2, 0, 0, 0, 0, last}}};
    memcpy(event.src.bytes, &host, sizeof(host));
    return event;
}

static void the_latest_word_about_a_card_counts(void **state)
{
    (void)state;
    weir_neighbours_t neighbours = {0};
    weir_event_t events[] = {arp(1, 1), arp(2, 2), arp(1, 3), arp(0, 4), arp(3, 0)};
    memset(events[4].arp.sender_mac, 0xff, WEIR_MAC_SIZE); /* a group has no card */
    weir_event_batch_t batch = {.events = events, .count = WEIR_COUNT(events)};
    weir_neighbours_learn(&neighbours, &batch);
    assert_string_equal(weir_neighbours_find(&neighbours, &events[0].src), "02:00:00:00:00:03");
    assert_string_equal(weir_neighbours_find(&neighbours, &events[1].src), "02:00:00:00:00:02");
    assert_null(weir_neighbours_find(&neighbours, &events[3].src));
    assert_null(weir_neighbours_find(&neighbours, &events[4].src));
    weir_neighbours_done(&neighbours);
}

static void neighbours_have_a_ceiling(void **state)
{
    (void)state;
    weir_neighbours_t neighbours = {0};
    for (uint32_t i = 1; i < WEIR_NEIGHBOURS_MOST + 100; i++) {
        weir_event_t event = arp(i, 1);
        weir_event_batch_t batch = {.events = &event, .count = 1};
        weir_neighbours_learn(&neighbours, &batch);
    }
    assert_int_equal(neighbours.count, WEIR_NEIGHBOURS_MOST);
    weir_neighbours_done(&neighbours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_block_names_the_maker),
        cmocka_unit_test(ports_have_the_first_name_that_stands_there),
        cmocka_unit_test(the_latest_word_about_a_card_counts),
        cmocka_unit_test(neighbours_have_a_ceiling),
    };
    return weir_test_run("packet/lookup", tests);
}
