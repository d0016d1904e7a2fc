#include "base/testing.h"
#include "platform/linux/neighbours.h"

#include <linux/neighbour.h>
#include <sched.h>
#include <sys/socket.h>

#define MESSAGE_ROOM 256

/* A message that says: `family`, `state`, the address `bytes`, the MAC (NULL: none). */
static weir_neighbour_word_t told(uint16_t type, const struct ndmsg *header, const char *bytes,
                                  const char *mac, weir_link_neighbour_t *ret_neighbour)
{
    _Alignas(8) char buffer[MESSAGE_ROOM];
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    message->nlmsg_type = type;
    struct ndmsg *put = mnl_nlmsg_put_extra_header(message, sizeof(*header));
    *put = *header;
    mnl_attr_put(message, NDA_DST, header->ndm_family == AF_INET ? 4 : 16, bytes);
    if (mac)
        mnl_attr_put(message, NDA_LLADDR, WEIR_NEIGHBOUR_MAC_SIZE, mac);
    return weir_neighbour_parse(message, ret_neighbour);
}

static const char host4[16] = "\xc0\x00\x02\x07", host6[16] = "\xfe\x80";
static const char card[] = "\x02\x00\x5e\x10\x00\x01";

static void an_entry_with_a_link_address_answers(void **state)
{
    (void)state;
    weir_link_neighbour_t neighbour;
    struct ndmsg header = {.ndm_family = AF_INET, .ndm_ifindex = 7, .ndm_state = NUD_STALE};
    assert_int_equal(told(RTM_NEWNEIGH, &header, host4, card, &neighbour), WEIR_NEIGHBOUR_ANSWERS);
    assert_int_equal(neighbour.iface, 7);
    assert_memory_equal(neighbour.mac, card, WEIR_NEIGHBOUR_MAC_SIZE);
    assert_memory_equal(neighbour.address.bytes, host4, 4);
    assert_int_equal(neighbour.address.family, WEIR_FAMILY_IPV4);
    assert_false(neighbour.router);

    header = (struct ndmsg){.ndm_family = AF_INET6,
                            .ndm_ifindex = 8,
                            .ndm_state = NUD_REACHABLE,
                            .ndm_flags = NTF_ROUTER};
    assert_int_equal(told(RTM_NEWNEIGH, &header, host6, card, &neighbour), WEIR_NEIGHBOUR_ANSWERS);
    assert_int_equal(neighbour.address.family, WEIR_FAMILY_IPV6);
    assert_true(neighbour.router);
}

static void what_failed_or_was_removed_is_gone(void **state)
{
    (void)state;
    weir_link_neighbour_t neighbour;
    struct ndmsg header = {.ndm_family = AF_INET, .ndm_ifindex = 7, .ndm_state = NUD_FAILED};
    assert_int_equal(told(RTM_NEWNEIGH, &header, host4, NULL, &neighbour), WEIR_NEIGHBOUR_GONE);
    header.ndm_state = NUD_REACHABLE;
    assert_int_equal(told(RTM_DELNEIGH, &header, host4, card, &neighbour), WEIR_NEIGHBOUR_GONE);
    assert_memory_equal(neighbour.address.bytes, host4, 4);
}

static void groups_bridges_and_proxies_are_nobody(void **state)
{
    (void)state;
    weir_link_neighbour_t neighbour;
    struct ndmsg header = {.ndm_family = AF_INET, .ndm_ifindex = 7, .ndm_state = NUD_PERMANENT};
    assert_int_equal(told(RTM_NEWNEIGH, &header, host4, "\x01\x00\x5e\x00\x00\x01", &neighbour),
                     WEIR_NEIGHBOUR_GONE);
    assert_int_equal(told(RTM_NEWNEIGH, &header, host4, "\0\0\0\0\0", &neighbour),
                     WEIR_NEIGHBOUR_GONE);
    header.ndm_flags = NTF_PROXY;
    assert_int_equal(told(RTM_NEWNEIGH, &header, host4, card, &neighbour), WEIR_NEIGHBOUR_NOTHING);
    header = (struct ndmsg){.ndm_family = AF_BRIDGE, .ndm_ifindex = 7, .ndm_state = NUD_REACHABLE};
    assert_int_equal(told(RTM_NEWNEIGH, &header, host6, card, &neighbour), WEIR_NEIGHBOUR_NOTHING);
    header = (struct ndmsg){.ndm_family = AF_INET, .ndm_state = NUD_REACHABLE};
    assert_int_equal(told(RTM_NEWNEIGH, &header, host4, card, &neighbour), WEIR_NEIGHBOUR_NOTHING);
}

static void a_cut_message_is_nothing(void **state)
{
    (void)state;
    _Alignas(8) char buffer[MESSAGE_ROOM];
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    message->nlmsg_type = RTM_NEWNEIGH;
    weir_link_neighbour_t neighbour;
    assert_int_equal(weir_neighbour_parse(message, &neighbour), WEIR_NEIGHBOUR_NOTHING);
}

/** What a sink was told. */
typedef struct heard {
    unsigned resyncs, answers, gone;
    uint8_t mac_end; /* the last byte of the last MAC */
} heard_t;

static void heard_resync(void *context)
{
    ((heard_t *)context)->resyncs++;
}

static void heard_resync_end(void *context)
{
    (void)context;
}

static void heard_neighbour(void *context, const weir_link_neighbour_t *neighbour)
{
    heard_t *heard = context;
    heard->answers++;
    heard->mac_end = neighbour->mac[WEIR_NEIGHBOUR_MAC_SIZE - 1];
}

static void heard_gone(void *context, uint32_t iface, const weir_address_t *address)
{
    (void)iface;
    (void)address;
    ((heard_t *)context)->gone++;
}

/* In a network namespace of its own, which ends with this process. */
static void the_kernel_tells_its_table_and_what_changes(void **state)
{
    (void)state;
    if (unshare(CLONE_NEWNET) < 0 || system("ip link add card type veth peer name other") != 0 ||
        system("ip link set card up") != 0)
        skip(); /* not permitted here */
    heard_t heard = {0};
    weir_neighbour_sink_t sink = {&heard, heard_resync, heard_resync_end, heard_neighbour,
                                  heard_gone};
    weir_platform_neighbours_t *neighbours = NULL;
    assert_int_equal(system("ip neigh add 192.0.2.7 lladdr 02:00:5e:10:00:01 dev card"), 0);
    assert_int_equal(weir_platform_neighbours_open(&neighbours), 0);
    assert_int_equal(weir_platform_neighbours_changes(neighbours, &sink), 0);
    assert_true(heard.resyncs >= 1 && heard.answers >= 1 && heard.gone == 0);
    assert_int_equal(heard.mac_end, 1);

    unsigned resyncs = heard.resyncs;
    assert_int_equal(system("ip neigh replace 192.0.2.7 lladdr 02:00:5e:10:00:02 dev card"), 0);
    assert_int_equal(weir_platform_neighbours_changes(neighbours, &sink), 0);
    assert_int_equal(heard.mac_end, 2);
    assert_int_equal(system("ip neigh del 192.0.2.7 dev card"), 0);
    assert_int_equal(weir_platform_neighbours_changes(neighbours, &sink), 0);
    assert_true(heard.gone >= 1);
    assert_int_equal(heard.resyncs, resyncs); /* changes came as such */
    weir_platform_neighbours_close(neighbours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_with_a_link_address_answers),
        cmocka_unit_test(what_failed_or_was_removed_is_gone),
        cmocka_unit_test(groups_bridges_and_proxies_are_nobody),
        cmocka_unit_test(a_cut_message_is_nothing),
        cmocka_unit_test(the_kernel_tells_its_table_and_what_changes),
    };
    return weir_test_run("neighbours", tests);
}
