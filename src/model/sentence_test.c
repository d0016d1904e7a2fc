#include "base/testing.h"
#include "model/cell.h"
#include "model/sentence.h"

#define MBIT (1e6 / 8)

static weir_iface_t iface(const char *name, double rx_rate, double tx_rate)
{
    return (weir_iface_t){.present = UINT64_MAX,
                          .name = name,
                          .counted = true,
                          .rx.byte_rate = rx_rate,
                          .tx.byte_rate = tx_rate};
}

static void expect(const weir_iface_t *ifaces, size_t n, const char *wanted)
{
    weir_pool_t *pool = weir_pool_new(64);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    weir_iface_t *rows = weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, n);
    if (n)
        memcpy(rows, ifaces, n * sizeof(*rows));
    weir_headline_sum(snapshot);
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    weir_sentence_put(&buf, snapshot, &WEIR_UNITS_DEFAULT, true);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
    weir_snapshot_unref(snapshot);
    weir_pool_unref(pool);
}

/* The larger host comes first in the table, as in a capture. */
static void a_capture_is_told_by_its_flows_protocol_and_host(void **state)
{
    (void)state;
    weir_pool_t *pool = weir_pool_new(64);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_FILE, pool);
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    weir_sentence_put(&buf, snapshot, &WEIR_UNITS_DEFAULT, true);
    assert_string_equal(weir_buf_text(&buf), "0 flows");
    weir_protocol_t *protocols = weir_snapshot_allocate(snapshot, WEIR_TABLE_PROTOCOLS, 2);
    protocols[0] = (weir_protocol_t){.layer = WEIR_LAYER_LINK, .name = "ethernet", .share = 1};
    protocols[1] =
        (weir_protocol_t){.layer = WEIR_LAYER_TRANSPORT, .name = "tcp", .bytes = 800, .share = 0.8};
    weir_host_t *hosts = weir_snapshot_allocate(snapshot, WEIR_TABLE_HOSTS, 1);
    hosts[0] = (weir_host_t){.name = "cdn\033.example", .rx.bytes = 100, .tx.bytes = 400};
    weir_flow_t *flows = weir_snapshot_allocate(snapshot, WEIR_TABLE_FLOWS, 1200);
    assert_non_null(flows);
    weir_buf_clear(&buf);
    weir_sentence_put(&buf, snapshot, &WEIR_UNITS_DEFAULT, true);
    assert_string_equal(weir_buf_text(&buf),
                        "1,200 flows of 1 host; tcp carries 80 % of the bytes, cdn\\x1b.example "
                        "is in 50 %");
    weir_buf_done(&buf);
    weir_snapshot_unref(snapshot);
    weir_pool_unref(pool);
}

static void the_busiest_interface_is_named(void **state)
{
    (void)state;
    weir_iface_t ifaces[] = {iface("eth0", 9 * MBIT, MBIT), iface("wlan0", MBIT, 2 * MBIT)};
    expect(ifaces, 2, "eth0 carries 90 % of the download");
    ifaces[0].rx_utilisation = 0.09;
    expect(ifaces, 2, "eth0 carries 90 % of the download and is 9.0 % full");
    ifaces[1].rx.byte_rate = 0;
    expect(ifaces, 2, "eth0 carries all of the download and is 9.0 % full");
    ifaces[1].tx.byte_rate = 99 * MBIT;
    expect(ifaces, 2, "wlan0 carries 99 % of the upload");
}

static void expect_app_on(weir_iface_t link, weir_app_t app, const char *wanted)
{
    weir_pool_t *pool = weir_pool_new(64);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_LIVE, pool);
    *(weir_iface_t *)weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, 1) = link;
    *(weir_app_t *)weir_snapshot_allocate(snapshot, WEIR_TABLE_APPS, 1) = app;
    weir_headline_sum(snapshot);
    weir_buf_t buf;
    weir_buf_init(&buf, 4096);
    weir_sentence_put(&buf, snapshot, &WEIR_UNITS_DEFAULT, true);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
    weir_snapshot_unref(snapshot);
    weir_pool_unref(pool);
}

static void expect_app(weir_app_t app, double rate, const char *wanted)
{
    expect_app_on(iface("eth0", rate, 0), app, wanted);
}

static void the_app_that_takes_most_is_named(void **state)
{
    (void)state;
    weir_app_t app = {.app = "firefox", .rx_link_rate = 9.2 * MBIT, .tx_link_rate = MBIT};
    expect_app(app, 10 * MBIT, "firefox takes 92 % of the download");
    app.rx_peer = "video.example";
    expect_app(app, 10 * MBIT, "firefox takes 92 % of the download, mostly from video.example");
    app.rx_link_rate = 10.1 * MBIT; /* read at another moment than the interface */
    expect_app(app, 10 * MBIT, "firefox takes all of the download, mostly from video.example");
    app.rx_link_rate = MBIT;
    expect_app(app, 10 * MBIT, "eth0 carries all of the download");
    app.app = "\033[2J";
    app.rx_peer = NULL;
    expect_app(app, MBIT, "\\x1b[2J takes all of the download");
}

static void expect_books(const weir_snapshot_t *snapshot, const char *wanted)
{
    weir_buf_t buf;
    weir_buf_init(&buf, 256);
    weir_balance_put(&buf, snapshot, &WEIR_UNITS_DEFAULT);
    assert_string_equal(weir_buf_text(&buf), wanted);
    weir_buf_done(&buf);
}

/* 30 Mbit/s of it come through an interface, `away` of these through one of another namespace. */
static weir_app_t away_app(double away)
{
    return (weir_app_t){.app = "iperf3",
                        .rx = {.byte_rate = 50 * MBIT},
                        .rx_link_rate = 30 * MBIT,
                        .rx_away_rate = away * MBIT,
                        .rx_peer = "10.9.0.2"};
}

static void an_app_that_is_elsewhere_is_said_to_be_there(void **state)
{
    (void)state;
    expect_app(away_app(30), 0,
               "The network is quiet; iperf3 downloads 30.0 Mbit/s from 10.9.0.2 in another "
               "network namespace");
    expect_app(away_app(30), 500, /* byte/s: as good as idle */
               "The network is quiet; iperf3 downloads 30.0 Mbit/s from 10.9.0.2 in another "
               "network namespace");
    expect_app(away_app(30), 20 * MBIT, "eth0 carries all of the download");
    expect_app(away_app(30), 30 * MBIT, /* a container: this is its traffic */
               "iperf3 takes all of the download, mostly from 10.9.0.2");
    expect_app(away_app(15), 15 * MBIT, "iperf3 takes all of the download, mostly from 10.9.0.2");
    weir_app_t app = away_app(0);
    app.rx_link_rate = 0;
    expect_app(app, 0, "The network is quiet; iperf3 receives 50.0 Mbit/s within this machine");
    app.tx.byte_rate = 60 * MBIT;
    expect_app(app, 0, "The network is quiet; iperf3 sends 60.0 Mbit/s within this machine");
    expect_app((weir_app_t){.app = "dns", .rx.byte_rate = 900}, 0, "The network is idle");
}

static void the_books_are_said_once_they_hold_something(void **state)
{
    (void)state;
    weir_snapshot_t snapshot = {.balance = {.known = true}};
    expect_books(&snapshot, "");
    snapshot.balance.explained = 999000;
    snapshot.balance.unexplained = 1000;
    snapshot.balance.reason = "what reaches no socket is not counted";
    expect_books(&snapshot, "99.9 % of 1.00 MB is explained, 0.1 % is not: what reaches no socket "
                            "is not counted");
    snapshot.balance.measured = true;
    snapshot.balance.reason = NULL;
    expect_books(&snapshot, "apps exact; 99.9 % of 1.00 MB is explained, 0.1 % is not");
    snapshot.balance.unexplained = 100;
    expect_books(&snapshot, "apps exact; all of 999 kB is explained");
    snapshot.balance.carried[WEIR_CARRIED_PROGRAMS] = 909000;
    snapshot.balance.carried[WEIR_CARRIED_KERNEL] = 1000; /* not worth a word */
    snapshot.balance.carried[WEIR_CARRIED_FORWARDED] = 80000;
    snapshot.balance.carried[WEIR_CARRIED_NOT_IP] = 10000;
    expect_books(&snapshot,
                 "apps exact; all of 999 kB is explained (8.0 % forwarded, 1.0 % not IP)");
    snapshot.balance.carried[WEIR_CARRIED_FORWARDED] = 0;
    snapshot.balance.carried[WEIR_CARRIED_NOT_IP] = 0;
    snapshot.balance.unexplained = -5000; /* read at another moment than the interfaces */
    expect_books(&snapshot, "apps exact; 100.5 % of 994 kB is explained");
    snapshot.balance = (weir_balance_t){.measured = true, .accuracy = WEIR_ACCURACY_TCP_ONLY};
    expect_books(&snapshot, "apps tcp only, of your own programs");
}

static void the_books_are_of_the_counted_interfaces(void **state)
{
    (void)state;
    weir_pool_t *pool = weir_pool_new(64);
    weir_snapshot_t *snapshot = weir_snapshot_new(WEIR_ORIGIN_REPLAY, pool);
    weir_iface_t *rows = weir_snapshot_allocate(snapshot, WEIR_TABLE_INTERFACES, 3);
    for (int i = 0; i < 3; i++) {
        rows[i] = iface("eth", 0, 0);
        rows[i].rx_explained = 900;
        rows[i].tx_unexplained = 100;
    }
    rows[1].counted = false;
    rows[2].present = 0; /* nothing is known of it */
    weir_balance_sum(snapshot);
    assert_true(snapshot->balance.known);
    assert_int_equal(snapshot->balance.explained, 900);
    assert_int_equal(snapshot->balance.unexplained, 100);
    weir_snapshot_unref(snapshot);
    weir_pool_unref(pool);
}

static void a_full_link_comes_first(void **state)
{
    (void)state;
    weir_iface_t ifaces[] = {iface("eth0", 930 * MBIT, 0), iface("eth1", 70 * MBIT, 0)};
    ifaces[0].rx_utilisation = 0.93;
    expect(ifaces, 2, "eth0 is 93 % full: its download takes 930 Mbit/s of 1 Gbit/s");
    weir_app_t app = {.app = "backup", .rx_link_rate = 465 * MBIT};
    expect_app_on(ifaces[0], app,
                  "eth0 is 93 % full: its download takes 930 Mbit/s of 1 Gbit/s, 50 % of it for "
                  "backup");
    app.rx_link_rate = 930 * MBIT;
    expect_app_on(ifaces[0], app,
                  "eth0 is 93 % full: its download takes 930 Mbit/s of 1 Gbit/s, all of it for "
                  "backup");
}

static void nothing_to_tell_is_said(void **state)
{
    (void)state;
    weir_iface_t ifaces[] = {iface("eth0", 0, 0)};
    expect(ifaces, 0, "There is no network interface");
    expect(ifaces, 1, "The network is idle");
    ifaces[0].rx.state = ifaces[0].tx.state = WEIR_RATE_INIT;
    expect(ifaces, 1, "Measuring: rates are known after one interval");
    ifaces[0].counted = false;
    expect(ifaces, 1, "No interface to the network is up");
}

static void names_are_made_safe(void **state)
{
    (void)state;
    weir_iface_t ifaces[] = {iface("\x1b[31m", MBIT, 0)};
    expect(ifaces, 1, "\\x1b[31m carries all of the download");
}

static weir_cell_t cell_of(const weir_iface_t *row, const char *column)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    return weir_cell(table, (size_t)weir_column_find(table, column), row, &WEIR_UNITS_DEFAULT);
}

static void cells_carry_number_unit_and_state(void **state)
{
    (void)state;
    weir_iface_t row = iface("eth0", 48.2 * MBIT, 0);
    weir_cell_t cell = cell_of(&row, "rx_bytes_per_s");
    assert_true(cell.numeric && !cell.unknown && !cell.zero && !cell.mark);
    assert_string_equal(cell.quantity.number, "48.2");
    assert_string_equal(cell.quantity.unit, "Mbit/s");
    assert_true(cell_of(&row, "tx_bytes_per_s").zero);
    assert_false(cell_of(&row, "name").numeric);

    static const char marks[] = {'~', 0, '!', '?'}; /* INIT, STALE, RESET, LOST */
    for (unsigned s = WEIR_RATE_INIT; s <= WEIR_RATE_LOST; s++) {
        row.rate_state = (uint8_t)s;
        assert_int_equal(cell_of(&row, "rx_bytes_per_s").mark, marks[s - WEIR_RATE_INIT]);
        assert_int_equal(cell_of(&row, "rx_bytes").mark, 0);
    }
    row.present = 0;
    assert_true(cell_of(&row, "rx_bytes_per_s").unknown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_capture_is_told_by_its_flows_protocol_and_host),
        cmocka_unit_test(the_busiest_interface_is_named),
        cmocka_unit_test(the_app_that_takes_most_is_named),
        cmocka_unit_test(an_app_that_is_elsewhere_is_said_to_be_there),
        cmocka_unit_test(the_books_are_said_once_they_hold_something),
        cmocka_unit_test(the_books_are_of_the_counted_interfaces),
        cmocka_unit_test(a_full_link_comes_first),
        cmocka_unit_test(nothing_to_tell_is_said),
        cmocka_unit_test(names_are_made_safe),
        cmocka_unit_test(cells_carry_number_unit_and_state),
    };
    return weir_test_run("model/sentence", tests);
}
