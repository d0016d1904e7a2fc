#include "base/testing.h"
#include "engine/ledger.h"

#include <string.h>

#define IFACES_MAX 8

typedef struct world {
    weir_ledger_t ledger;
    weir_iface_t ifaces[IFACES_MAX];
    weir_iface_books_t books[IFACES_MAX]; /* of the last snapshot */
    size_t count;
    weir_pool_t *pool; /* of the snapshots */
    uint64_t lost;
} world_t;

static void pool_renew(world_t *world)
{
    weir_pool_unref(world->pool);
    world->pool = weir_pool_new(64);
    assert_non_null(world->pool);
}

/* A snapshot with the interfaces as they stand; the filled rows are left in world->ifaces. */
static weir_balance_t filled(world_t *world)
{
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, world->pool);
    weir_iface_t *rows = weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, world->count);
    memcpy(rows, world->ifaces, world->count * sizeof(*rows));
    weir_ledger_fill(&world->ledger, snapshot, world->lost);
    memcpy(world->ifaces, rows, world->count * sizeof(*rows));
    for (size_t i = 0; i < world->count; i++) {
        assert_non_null(rows[i].books);
        world->books[i] = *rows[i].books;
        world->ifaces[i].books = NULL;
    }
    weir_balance_t balance = snapshot->balance;
    weir_snapshot_unref(snapshot);
    return balance;
}

static weir_iface_t *iface_add(world_t *world, uint8_t kind)
{
    uint32_t index = (uint32_t)world->count + 3;
    world->ifaces[world->count] = (weir_iface_t){.id = index, .index = index, .kind = kind};
    return &world->ifaces[world->count++];
}

static void world_open(world_t *world)
{
    pool_renew(world);
    (void)filled(world); /* opens the lines */
}

/* One interface that is counted, with something from before. */
static world_t opened(uint8_t kind)
{
    world_t world = {0};
    weir_iface_t *iface = iface_add(&world, kind);
    iface->counted = true;
    iface->rx = (weir_meter_t){.bytes = 5000, .packets = 10};
    world_open(&world);
    return world;
}

static void world_close(world_t *world)
{
    weir_ledger_done(&world->ledger);
    weir_pool_unref(world->pool);
}

static weir_address_t address_of(const char *text)
{
    weir_address_t address = {0};
    assert_true(weir_address_parse(text, strlen(text), &address) >= 0);
    return address;
}

typedef struct carried {
    uint8_t kind, protocol;
    bool away;
    uint32_t rx_iface, tx_iface;
    const char *local, *peer; /* NULL unknown */
    weir_socket_counts_t rx, tx;
} carried_t;

static void carry(world_t *world, const carried_t *carried)
{
    static const weir_socket_counts_t nothing;
    weir_address_t local = {0}, peer = {0};
    if (carried->local)
        local = address_of(carried->local);
    if (carried->peer)
        peer = address_of(carried->peer);
    const weir_ledger_entry_t entry = {.rx_iface = carried->rx_iface,
                                       .tx_iface = carried->tx_iface,
                                       .kind = carried->kind,
                                       .protocol = carried->protocol,
                                       .away = carried->away,
                                       .local = &local,
                                       .peer = &peer,
                                       .rx_now = &carried->rx,
                                       .rx_before = &nothing,
                                       .tx_now = &carried->tx,
                                       .tx_before = &nothing};
    weir_ledger_add(&world->ledger, &entry);
}

static weir_socket_counts_t plain(uint64_t packets, uint64_t each)
{
    return (weir_socket_counts_t){.bytes = packets * each, .packets = packets};
}

static void forward(world_t *world, uint32_t from, uint32_t to, uint64_t packets, const char *peer)
{
    weir_socket_counts_t counts = plain(packets, 100);
    const carried_t carried = {.kind = WEIR_TRAFFIC_FORWARDED,
                               .rx_iface = from,
                               .tx_iface = to,
                               .local = "10.0.0.1",
                               .peer = peer,
                               .rx = counts,
                               .tx = counts};
    carry(world, &carried);
}

static void receive(weir_iface_t *iface, uint64_t packets, uint64_t each)
{
    iface->rx.bytes += packets * each;
    iface->rx.packets += packets;
}

static void transmit(weir_iface_t *iface, uint64_t packets, uint64_t each)
{
    iface->tx.bytes += packets * each;
    iface->tx.packets += packets;
}

/* ---- One interface --------------------------------------------------------------------------- */

/* 4 packets of 1,500 bytes that came as one super-frame with one header of 52. */
static const carried_t SUPER_FRAME = {
    .rx_iface = 3,
    .rx = {.bytes = 6000, .packets = 4, .merged_bytes = UINT64_C(3) * 52, .merged_packets = 3}};

static void frames_count_as_the_driver_counts_them(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_VETH);
    carry(&world, &SUPER_FRAME);
    receive(&world.ifaces[0], 1, 5858);
    weir_balance_t balance = filled(&world);
    assert_int_equal(world.ifaces[0].rx_explained, 6000 - 156 + 14);
    assert_int_equal(world.ifaces[0].rx_unexplained, 0);
    assert_true(balance.known);
    assert_int_equal(balance.explained, 6000 - 156 + 14);
    world_close(&world);

    world = opened(WEIR_KIND_ETHERNET); /* or a veth whose offloads are switched off */
    carry(&world, &SUPER_FRAME);
    receive(&world.ifaces[0], 4, 1514);
    (void)filled(&world);
    assert_int_equal(world.ifaces[0].rx_explained, 6000 + 4 * 14);
    assert_int_equal(world.ifaces[0].rx_unexplained, 0);
    world_close(&world);
}

/* Linux counts what a bridge or VLAN receives without its link header, and what they send with. */
static void link_headers_are_those_that_the_kind_counts(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_BRIDGE);
    const carried_t both = {.rx_iface = 3, .tx_iface = 3, .rx = plain(2, 100), .tx = plain(2, 100)};
    carry(&world, &both);
    receive(&world.ifaces[0], 2, 100);
    transmit(&world.ifaces[0], 2, 114);
    (void)filled(&world);
    assert_int_equal(world.ifaces[0].rx_unexplained, 0);
    assert_int_equal(world.ifaces[0].tx_unexplained, 0);
    world_close(&world);
}

static void what_is_missing_keeps_its_sign(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_TUNNEL);
    const carried_t carried = {.rx_iface = 3, .rx = plain(1, 700)};
    carry(&world, &carried);
    world.ifaces[0].rx.bytes += 600; /* read a moment before */
    world.ifaces[0].tx.bytes += 90;
    weir_balance_t balance = filled(&world);
    assert_int_equal(world.ifaces[0].rx_unexplained, -100);
    assert_int_equal(world.ifaces[0].tx_unexplained, 90);
    assert_int_equal(balance.unexplained, -10);
    world_close(&world);
}

static void it_is_known_of_whom_it_is(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_VETH);
    carry(&world, &SUPER_FRAME);
    forward(&world, 3, 9, 7, "10.0.0.2");
    forward(&world, 9, 3, 6, "10.0.0.2");
    weir_balance_t balance = filled(&world);
    assert_int_equal(balance.carried[WEIR_CARRIED_PROGRAMS], 6000);
    assert_int_equal(balance.carried[WEIR_CARRIED_FORWARDED], 1300);
    assert_int_equal(balance.carried[WEIR_CARRIED_KERNEL], 0);
    world.ifaces[0].id = 2;
    balance = filled(&world);
    assert_int_equal(balance.carried[WEIR_CARRIED_FORWARDED], 0);
    world_close(&world);
}

static void a_new_interface_begins_anew(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_VETH);
    carry(&world, &SUPER_FRAME);
    world.ifaces[0].id = 2; /* deleted, and made again under the same number */
    world.ifaces[0].rx = (weir_meter_t){.bytes = 40, .packets = 1};
    (void)filled(&world);
    assert_int_equal(world.ifaces[0].rx_explained, 0);
    assert_int_equal(world.ifaces[0].rx_unexplained, 0);
    world_close(&world);
}

static void counters_that_went_back_begin_anew(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_VETH);
    carry(&world, &SUPER_FRAME);
    world.ifaces[0].rx = (weir_meter_t){.bytes = 10, .packets = 1};
    (void)filled(&world);
    assert_int_equal(world.ifaces[0].rx_explained, 0);
    assert_int_equal(world.ifaces[0].rx_unexplained, 0);
    receive(&world.ifaces[0], 2, 107);
    const carried_t more = {.rx_iface = 3, .rx = plain(2, 93)};
    carry(&world, &more);
    (void)filled(&world);
    assert_int_equal(world.ifaces[0].rx_explained, 214);
    assert_int_equal(world.ifaces[0].rx_unexplained, 0);
    world_close(&world);
}

/* A counter that has passed 2^64, and a correction that takes something back. */
static void sums_are_modulo(void **state)
{
    (void)state;
    world_t world = {0};
    weir_iface_t *iface = iface_add(&world, WEIR_KIND_TUNNEL);
    world_open(&world);
    const carried_t more = {.rx_iface = 3, .rx = plain(3, 100)};
    const carried_t less = {.rx_iface = 3, .rx = {.bytes = -UINT64_C(100), .packets = UINT64_MAX}};
    carry(&world, &less);
    (void)filled(&world);
    assert_int_equal(iface->rx_unexplained, 100);
    carry(&world, &more);
    receive(iface, 2, 100);
    (void)filled(&world);
    assert_int_equal(iface->rx_explained, 200);
    assert_int_equal(iface->rx_unexplained, 0);
    world_close(&world);
}

static void interfaces_that_are_gone_leave_no_line(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_VETH);
    for (uint32_t i = 0; i < 5000; i++) {
        world.ifaces[0].index = 100 + i;
        world.ifaces[0].id = 100 + i;
        forward(&world, 100 + i, 3, 1, "10.0.0.2");
        (void)filled(&world);
    }
    assert_true(world.ledger.count < 1100);
    assert_true(world.ledger.pair_count < 1100);
    carry(&world, &(carried_t){.rx_iface = 5099, .rx = plain(1, 100)});
    receive(&world.ifaces[0], 1, 114);
    (void)filled(&world);
    assert_int_equal(world.ifaces[0].rx_unexplained, 0);
    world_close(&world);
}

/* ---- Stacks ---------------------------------------------------------------------------------- */

enum { BRIDGE, ONE, TWO, UPLINK }; /* positions; their indices are 3 more */

static world_t bridged(void)
{
    world_t world = {0};
    (void)iface_add(&world, WEIR_KIND_BRIDGE);
    iface_add(&world, WEIR_KIND_VETH)->master_index = 3;
    iface_add(&world, WEIR_KIND_VETH)->master_index = 3;
    (void)iface_add(&world, WEIR_KIND_ETHERNET);
    for (size_t i = ONE; i <= UPLINK; i++)
        world.ifaces[i].counted = true;
    world_open(&world);
    return world;
}

static void ports_share_what_their_bridge_explains(void **state)
{
    (void)state;
    world_t world = bridged();
    carry(&world, &(carried_t){.tx_iface = 3, .tx = plain(40, 1000)});
    transmit(&world.ifaces[BRIDGE], 40, 1014);
    transmit(&world.ifaces[ONE], 30, 1014);
    transmit(&world.ifaces[TWO], 10, 1014);
    weir_balance_t balance = filled(&world);
    assert_int_equal(world.ifaces[BRIDGE].tx_unexplained, 0);
    assert_int_equal(world.ifaces[ONE].tx_explained, 30 * 1014);
    assert_int_equal(world.ifaces[TWO].tx_explained, 10 * 1014);
    assert_int_equal(balance.explained, 40 * 1014);
    assert_int_equal(balance.carried[WEIR_CARRIED_PROGRAMS], 40000);
    world_close(&world);
}

/* Half of what the ports sent is the bridge's; the other half is nobody's. */
static void no_port_gets_what_nobody_explains(void **state)
{
    (void)state;
    world_t world = bridged();
    carry(&world, &(carried_t){.tx_iface = 3, .tx = plain(20, 1000)});
    transmit(&world.ifaces[BRIDGE], 20, 1014);
    transmit(&world.ifaces[ONE], 30, 1014);
    transmit(&world.ifaces[TWO], 10, 1014);
    (void)filled(&world);
    assert_int_equal(world.ifaces[ONE].tx_explained, 15 * 1014);
    assert_int_equal(world.ifaces[TWO].tx_explained, 5 * 1014);
    assert_int_equal(world.ifaces[TWO].tx_unexplained, 5 * 1014);
    world_close(&world);
}

static void a_port_that_explains_itself_gets_nothing(void **state)
{
    (void)state;
    world_t world = bridged();
    forward(&world, 4, 5, 10, "10.0.0.2"); /* from port to port: told of both */
    carry(&world, &(carried_t){.tx_iface = 3, .tx = plain(4, 100)});
    transmit(&world.ifaces[BRIDGE], 4, 114);
    transmit(&world.ifaces[TWO], 9, 114); /* read a moment before */
    transmit(&world.ifaces[ONE], 4, 114);
    receive(&world.ifaces[ONE], 10, 114);
    (void)filled(&world);
    assert_int_equal(world.ifaces[TWO].tx_unexplained, -114);
    assert_int_equal(world.ifaces[ONE].tx_unexplained, 0);
    assert_int_equal(world.ifaces[ONE].rx_unexplained, 0);
    world_close(&world);
}

/* What the kernel sends, and what is no IP, is met at the bridge and at its ports. */
static void what_each_interface_tells_is_not_given(void **state)
{
    (void)state;
    world_t world = bridged();
    for (uint32_t iface = 3; iface <= 4; iface++) {
        carry(&world,
              &(carried_t){.kind = WEIR_TRAFFIC_KERNEL, .tx_iface = iface, .tx = plain(2, 100)});
        carry(&world,
              &(carried_t){.kind = WEIR_TRAFFIC_NOT_IP, .tx_iface = iface, .tx = plain(1, 28)});
    }
    transmit(&world.ifaces[BRIDGE], 2, 114);
    transmit(&world.ifaces[BRIDGE], 1, 42);
    transmit(&world.ifaces[ONE], 2, 114);
    transmit(&world.ifaces[ONE], 1, 42);
    transmit(&world.ifaces[TWO], 5, 100);
    (void)filled(&world);
    assert_int_equal(world.ifaces[ONE].tx_unexplained, 0);
    assert_int_equal(world.ifaces[TWO].tx_explained, 0);
    world_close(&world);
}

/* The order of the rows does not matter: uppers come first. */
static void a_vlan_on_a_bond_reaches_its_ports(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        world_t world = {0};
        weir_iface_t *one = iface_add(&world, WEIR_KIND_ETHERNET);
        weir_iface_t *two = iface_add(&world, WEIR_KIND_ETHERNET);
        weir_iface_t *bond = iface_add(&world, turn ? WEIR_KIND_BOND : WEIR_KIND_VLAN);
        weir_iface_t *vlan = iface_add(&world, turn ? WEIR_KIND_VLAN : WEIR_KIND_BOND);
        if (!turn) {
            bond = &world.ifaces[3];
            vlan = &world.ifaces[2];
        }
        one->master_index = two->master_index = bond->index;
        vlan->lower_index = bond->index;
        world_open(&world);
        carry(&world, &(carried_t){.rx_iface = vlan->index, .rx = plain(12, 500)});
        receive(vlan, 12, 500);
        receive(bond, 12, 518); /* its ports count tags */
        receive(one, 6, 518);
        receive(two, 6, 518);
        (void)filled(&world);
        assert_int_equal(vlan->rx_unexplained, 0);
        assert_int_equal(bond->rx_unexplained, 0);
        assert_int_equal(one->rx_explained, 6 * 518);
        assert_int_equal(two->rx_explained, 6 * 518);
        world_close(&world);
    }
}

static void vlan_tags_count_where_the_driver_counts_them(void **state)
{
    (void)state;
    for (uint64_t tag = 0; tag <= 4; tag += 4) {
        world_t world = {0};
        weir_iface_t *lower = iface_add(&world, WEIR_KIND_ETHERNET);
        weir_iface_t *vlan = iface_add(&world, WEIR_KIND_VLAN);
        vlan->lower_index = lower->index;
        world_open(&world);
        carry(&world, &(carried_t){.tx_iface = 4, .tx = plain(10, 100)});
        carry(&world, &(carried_t){.tx_iface = 3, .tx = plain(10, 100)}); /* without a VLAN */
        transmit(vlan, 10, 114);
        transmit(lower, 20, 114 + tag / 2);
        (void)filled(&world);
        assert_int_equal(lower->tx_unexplained, 0);
        world_close(&world);
    }
}

/* A veth's other end is no interface below it, though both have the same index there. */
static void the_peer_of_a_veth_is_given_nothing(void **state)
{
    (void)state;
    world_t world = {0};
    weir_iface_t *one = iface_add(&world, WEIR_KIND_VETH);
    weir_iface_t *two = iface_add(&world, WEIR_KIND_VETH);
    one->lower_index = two->index;
    two->lower_index = one->index;
    world_open(&world);
    carry(&world, &(carried_t){.tx_iface = 3, .tx = plain(10, 100)});
    transmit(one, 10, 114);
    transmit(two, 10, 114);
    (void)filled(&world);
    assert_int_equal(one->tx_explained, 1140);
    assert_int_equal(two->tx_explained, 0);
    world_close(&world);
}

/* It came by the uplink, left by the bridge, and left by a port: it came once. */
static void what_leaves_by_a_stack_came_once(void **state)
{
    (void)state;
    world_t world = bridged();
    for (uint64_t turn = 1; turn <= 20; turn++) {
        bool late = turn % 2; /* the port, or the bridge, has told of one more */
        forward(&world, 6, 3, late ? 3 : 5, "10.0.0.2");
        forward(&world, 6, 5, late ? 5 : 3, "10.0.0.2");
        receive(&world.ifaces[UPLINK], 4, 114);
        transmit(&world.ifaces[BRIDGE], 4, 114);
        transmit(&world.ifaces[TWO], 4, 114);
        (void)filled(&world);
        assert_in_range((uint64_t)(world.ifaces[UPLINK].rx_unexplained + 1000), 772, 1228);
    }
    assert_int_equal(world.ifaces[BRIDGE].tx_unexplained, 0);
    assert_int_equal(world.ifaces[TWO].tx_unexplained, 0);
    world.ifaces[TWO].master_index = 0; /* from now on it is no port */
    forward(&world, 6, 5, 10, "10.0.0.2");
    receive(&world.ifaces[UPLINK], 10, 114);
    (void)filled(&world);
    assert_in_range((uint64_t)(world.ifaces[UPLINK].rx_unexplained + 1000), 772, 1228);
    world_close(&world);
}

/* What a bridge passes to all its ports came once, and the kernel hears what is for it. */
static void a_flood_came_once(void **state)
{
    (void)state;
    world_t world = bridged();
    forward(&world, 4, 5, 10, "224.0.0.251");
    forward(&world, 4, 6, 10, "224.0.0.251");
    receive(&world.ifaces[ONE], 10, 114);
    (void)filled(&world);
    assert_int_equal(world.ifaces[ONE].rx_unexplained, 0);
    weir_socket_counts_t counts = plain(5, 100);
    carry(&world, &(carried_t){.kind = WEIR_TRAFFIC_KERNEL,
                               .protocol = 58,
                               .rx_iface = 4,
                               .local = "ff02::1",
                               .peer = "fe80::1",
                               .rx = counts});
    carry(&world, &(carried_t){.kind = WEIR_TRAFFIC_FORWARDED,
                               .protocol = 58,
                               .rx_iface = 4,
                               .tx_iface = 5,
                               .local = "fe80::1",
                               .peer = "ff02::1",
                               .rx = counts,
                               .tx = counts});
    receive(&world.ifaces[ONE], 5, 114);
    (void)filled(&world);
    assert_int_equal(world.ifaces[ONE].rx_unexplained, 0);
    world_close(&world);
}

/* A ping that passes would be answered by the kernel, were it meant. */
static void what_passes_is_not_the_kernels(void **state)
{
    (void)state;
    world_t world = bridged();
    const weir_address_t own = address_of("10.0.0.254");
    world.ifaces[BRIDGE].addresses = (weir_address_list_t){&own, 1};
    pool_renew(&world); /* addresses have changed */
    (void)filled(&world);
    carried_t ping = {.kind = WEIR_TRAFFIC_KERNEL,
                      .protocol = 1,
                      .rx_iface = 4,
                      .local = "10.0.0.2",
                      .peer = "10.0.0.1",
                      .rx = plain(3, 100)};
    carry(&world, &ping);
    forward(&world, 4, 5, 3, "10.0.0.2");
    ping.local = "10.0.0.254";
    carry(&world, &ping);
    receive(&world.ifaces[ONE], 6, 114);
    weir_balance_t balance = filled(&world);
    assert_int_equal(world.ifaces[ONE].rx_unexplained, 0);
    assert_int_equal(balance.carried[WEIR_CARRIED_KERNEL], 300);
    world_close(&world);
}

/* ---- Whose they were ------------------------------------------------------------------------- */

static uint64_t explained_of(const weir_iface_share_t *share)
{
    return share->programs + share->kernel + share->forwarded + share->not_ip + share->stacked +
           share->headers;
}

static void the_parts_make_up_what_is_explained(void **state)
{
    (void)state;
    world_t world = bridged();
    carry(&world, &(carried_t){.rx_iface = 3, .rx = SUPER_FRAME.rx});
    carry(&world, &(carried_t){.rx_iface = 4, .rx = plain(2, 1000)});
    carry(&world, &(carried_t){.kind = WEIR_TRAFFIC_NOT_IP, .rx_iface = 4, .rx = plain(3, 28)});
    carry(&world, &(carried_t){.kind = WEIR_TRAFFIC_KERNEL, .rx_iface = 4, .rx = plain(1, 84)});
    forward(&world, 4, 5, 5, "10.0.0.2");
    receive(&world.ifaces[BRIDGE], 1, 5844);
    receive(&world.ifaces[ONE], 1, 5858);
    receive(&world.ifaces[ONE], 2, 1014);
    receive(&world.ifaces[ONE], 3, 42);
    receive(&world.ifaces[ONE], 1, 98);
    receive(&world.ifaces[ONE], 5, 114);
    receive(&world.ifaces[ONE], 1, 500); /* nobody's */
    (void)filled(&world);
    const weir_iface_share_t *share = &world.books[ONE].rx;
    assert_int_equal(share->programs, 2000);
    assert_int_equal(share->not_ip, 84);
    assert_int_equal(share->kernel, 84);
    assert_int_equal(share->forwarded, 500);
    assert_int_equal(share->stacked, 5844); /* as the driver counts: one frame */
    assert_int_equal(share->headers, 12 * 14);
    assert_int_equal(world.ifaces[ONE].rx_unexplained, 500);
    for (size_t i = 0; i < world.count; i++) {
        assert_int_equal(explained_of(&world.books[i].rx), world.ifaces[i].rx_explained);
        assert_int_equal(explained_of(&world.books[i].tx), world.ifaces[i].tx_explained);
    }
    world_close(&world);
}

static void what_was_counted_before_is_told(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_VETH);
    world.lost = 7;
    (void)filled(&world);
    assert_int_equal(world.books[0].rx.earlier, 5000);
    assert_int_equal(world.books[0].tx.earlier, 0);
    assert_int_equal(world.books[0].lost_packets, 7);
    world_close(&world);
}

/* Other namespaces have carried 900 bytes: of what is unexplained so much may be theirs. */
static void other_namespaces_are_a_bound(void **state)
{
    (void)state;
    world_t world = opened(WEIR_KIND_ETHERNET);
    carry(&world, &(carried_t){.away = true, .rx_iface = 3, .rx = plain(9, 100)});
    receive(&world.ifaces[0], 6, 100);
    (void)filled(&world);
    assert_int_equal(world.ifaces[0].rx_explained, 0);
    assert_int_equal(world.books[0].rx.elsewhere, 600);
    receive(&world.ifaces[0], 6, 100);
    (void)filled(&world);
    assert_int_equal(world.books[0].rx.elsewhere, 900);
    assert_int_equal(world.books[0].tx.elsewhere, 0);
    carry(&world, &(carried_t){.rx_iface = 3, .rx = plain(20, 100)}); /* more than was counted */
    (void)filled(&world);
    assert_true(world.ifaces[0].rx_unexplained < 0);
    assert_int_equal(world.books[0].rx.elsewhere, 0);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_count_as_the_driver_counts_them),
        cmocka_unit_test(link_headers_are_those_that_the_kind_counts),
        cmocka_unit_test(what_is_missing_keeps_its_sign),
        cmocka_unit_test(it_is_known_of_whom_it_is),
        cmocka_unit_test(a_new_interface_begins_anew),
        cmocka_unit_test(counters_that_went_back_begin_anew),
        cmocka_unit_test(sums_are_modulo),
        cmocka_unit_test(interfaces_that_are_gone_leave_no_line),
        cmocka_unit_test(ports_share_what_their_bridge_explains),
        cmocka_unit_test(no_port_gets_what_nobody_explains),
        cmocka_unit_test(a_port_that_explains_itself_gets_nothing),
        cmocka_unit_test(what_each_interface_tells_is_not_given),
        cmocka_unit_test(a_vlan_on_a_bond_reaches_its_ports),
        cmocka_unit_test(vlan_tags_count_where_the_driver_counts_them),
        cmocka_unit_test(the_peer_of_a_veth_is_given_nothing),
        cmocka_unit_test(what_leaves_by_a_stack_came_once),
        cmocka_unit_test(a_flood_came_once),
        cmocka_unit_test(what_passes_is_not_the_kernels),
        cmocka_unit_test(the_parts_make_up_what_is_explained),
        cmocka_unit_test(what_was_counted_before_is_told),
        cmocka_unit_test(other_namespaces_are_a_bound),
    };
    return weir_test_run("engine/ledger", tests);
}
