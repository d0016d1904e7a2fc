#include "base/testing.h"
#include "model/catalogue.h"
#include "model/testing.h"
#include "model/testing_values.h"

#include <errno.h>
#include <math.h>

/* Scripts rely on these ids and on their order. */
static void the_interface_columns_are_the_contracts(void **state)
{
    (void)state;
    static const char *const wanted =
        "name alias kind state index speed_bps capacity_bps mtu mac addresses rx_bytes tx_bytes "
        "rx_bytes_per_s tx_bytes_per_s rx_packets tx_packets rx_packets_per_s tx_packets_per_s "
        "rx_errors tx_errors rx_dropped tx_dropped rx_utilisation tx_utilisation "
        "queue_backlog_bytes queue_drops queue_marks rate_state counted master lower rx_explained "
        "tx_explained rx_unexplained tx_unexplained ";
    static const char *const asked = "rx_programs rx_kernel rx_forwarded rx_not_ip rx_stacked "
                                     "rx_headers rx_elsewhere rx_earlier "
                                     "tx_programs tx_kernel tx_forwarded tx_not_ip tx_stacked "
                                     "tx_headers tx_elsewhere tx_earlier "
                                     "lost_packets ";
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    weir_buf_t usual, others;
    weir_buf_init(&usual, 4096);
    weir_buf_init(&others, 4096);
    for (size_t i = 0; i < table->column_count; i++)
        weir_buf_printf(table->columns[i].asked_only ? &others : &usual, "%s ",
                        table->columns[i].id);
    assert_string_equal(weir_buf_text(&usual), wanted);
    assert_string_equal(weir_buf_text(&others), asked);
    weir_buf_done(&usual);
    weir_buf_done(&others);
}

static void the_tables_are_the_contracts(void **state)
{
    (void)state;
    static const char *const names[WEIR_TABLE_COUNT] = {"interfaces", "apps",      "hosts",
                                                        "flows",      "protocols", "findings"};
    for (int i = 0; i < WEIR_TABLE_COUNT; i++) {
        assert_int_equal(weir_table_find(names[i]), i);
        assert_string_equal(weir_table((weir_table_id_t)i)->id, names[i]);
    }
    assert_int_equal(weir_table_find("interface"), -ENOENT);
    assert_int_equal(weir_table_find(""), -ENOENT);
}

static size_t storage_size(weir_storage_t storage)
{
    static const size_t sizes[] = {
        [WEIR_STORE_BOOL] = sizeof(bool),
        [WEIR_STORE_U8_WORD] = 1,
        [WEIR_STORE_U16] = 2,
        [WEIR_STORE_U32] = 4,
        [WEIR_STORE_U64] = 8,
        [WEIR_STORE_I64] = 8,
        [WEIR_STORE_REAL] = sizeof(double),
        [WEIR_STORE_TEXT] = sizeof(char *),
        [WEIR_STORE_ADDRESS] = sizeof(weir_address_t),
        [WEIR_STORE_ADDRESSES] = sizeof(weir_address_list_t),
        [WEIR_STORE_NUMBERS] = sizeof(weir_number_list_t),
    };
    return sizes[storage];
}

static void expect_sound(const weir_table_t *table, const weir_column_t *column, size_t position)
{
    assert_true(column->title && *column->title);
    assert_true(column->help && *column->help);
    assert_int_equal(weir_column_find(table, column->id), position);
    assert_true(column->offset + storage_size(column->storage) <= table->record_size);
    assert_int_equal(column->storage == WEIR_STORE_U8_WORD, column->words_count > 0);
    for (uint8_t i = 0; i < column->words_count; i++)
        assert_true(column->words[i] && *column->words[i]);
}

static void every_column_has_title_help_words_and_a_field(void **state)
{
    (void)state;
    for (int id = 0; id < WEIR_TABLE_COUNT; id++) {
        const weir_table_t *table = weir_table((weir_table_id_t)id);
        assert_true(table->will && *table->will);
        assert_true(table->column_count <= 64);
        for (size_t i = 0; i < table->column_count; i++)
            expect_sound(table, &table->columns[i], i);
    }
}

static void default_places_are_one_to_n(void **state)
{
    (void)state;
    for (int id = 0; id < WEIR_TABLE_COUNT; id++) {
        const weir_table_t *table = weir_table((weir_table_id_t)id);
        uint64_t taken = 0;
        for (size_t i = 0; i < table->column_count; i++) {
            uint64_t place = UINT64_C(1) << table->columns[i].place;
            assert_true(place == 1 || !(taken & place));
            taken |= place;
        }
        assert_true(((taken | 1) & ((taken | 1) + 1)) == 0); /* no hole */
    }
}

static void columns_are_found_by_their_exact_id(void **state)
{
    (void)state;
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    assert_int_equal(weir_column_find(table, "mtu"), 7);
    assert_true(weir_column_bit(table, "mtu") == 1 << 7);
    assert_int_equal(weir_column_find(table, "MTU"), -ENOENT);
    assert_string_equal(weir_column_nearest(table, "MTU"), "mtu");
    assert_string_equal(weir_column_nearest(table, "rx_byte"), "rx_bytes");
    assert_null(weir_column_nearest(table, "colour"));
    assert_null(weir_column_nearest(weir_table(WEIR_TABLE_FINDINGS), "findings"));
}

/* Store in a fresh record, read back. */
static weir_value_t stored(weir_sample_t *sample, size_t column, weir_value_t value)
{
    *sample = (weir_sample_t){0};
    weir_column_write(&WEIR_SAMPLE_TABLE, column, sample, &value);
    return weir_column_read(&WEIR_SAMPLE_TABLE, column, sample);
}

static void expect_round_trip(size_t column, weir_value_t value)
{
    weir_sample_t sample;
    weir_value_t got = stored(&sample, column, value);
    assert_int_equal(got.type, value.type);
    assert_int_equal(weir_value_compare(&got, &value), 0);
    assert_true(sample.present == UINT64_C(1) << column);
}

static void lists_of_numbers_are_stored_and_compared(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {3, 40};
    const weir_table_t *table = weir_table(WEIR_TABLE_APPS);
    size_t pids = (size_t)weir_column_find(table, "pids");
    weir_value_t value = {.type = WEIR_VALUE_NUMBERS, .numbers = {.items = numbers, .count = 2}};
    weir_app_t app = {0};
    weir_column_write(table, pids, &app, &value);
    weir_value_t got = weir_column_read(table, pids, &app);
    assert_int_equal(weir_value_compare(&got, &value), 0);
    got.numbers.count = 1;
    assert_true(weir_value_compare(&got, &value) < 0);
    weir_column_write(table, pids, &app, &UINT(5));
    assert_int_equal(app.pids.count, 2); /* no list: left as it was */
}

static void every_storage_gives_back_what_was_stored(void **state)
{
    (void)state;
    static const weir_address_t networks[2] = {
        {.bytes = {10}, .family = WEIR_FAMILY_IPV4, .prefix = 8},
        {.bytes = {0xfe, 0x80}, .family = WEIR_FAMILY_IPV6, .prefix = 64}};
    expect_round_trip(WEIR_SAMPLE_APP, TEXT("firefox"));
    expect_round_trip(WEIR_SAMPLE_SRC,
                      (weir_value_t){.type = WEIR_VALUE_ADDRESS, .address = networks[1]});
    expect_round_trip(
        WEIR_SAMPLE_ADDRESSES,
        (weir_value_t){.type = WEIR_VALUE_ADDRESSES, .addresses = {.items = networks, .count = 2}});
    expect_round_trip(WEIR_SAMPLE_SRC_PORT, UINT(0));
    expect_round_trip(WEIR_SAMPLE_SRC_PORT, UINT(UINT16_MAX));
    expect_round_trip(WEIR_SAMPLE_PID, UINT(UINT32_MAX));
    expect_round_trip(WEIR_SAMPLE_BYTES, UINT(UINT64_MAX));
    expect_round_trip(WEIR_SAMPLE_UNEXPLAINED, INT(INT64_MIN));
    expect_round_trip(WEIR_SAMPLE_UNEXPLAINED, INT(INT64_MAX));
    expect_round_trip(WEIR_SAMPLE_RTT, REAL(0.125));
    expect_round_trip(WEIR_SAMPLE_PROTOCOL, TEXT("ICMP"));
    expect_round_trip(WEIR_SAMPLE_LOCAL, BOOL(false));
}

static void a_time_may_be_told_as_text(void **state)
{
    (void)state;
    weir_sample_t sample;
    (void)stored(&sample, WEIR_SAMPLE_FIRST_SEEN, TEXT("2026-01-02T03:04:05.678Z"));
    assert_true(sample.first_seen == INT64_C(1767323045678) * 1000000);
    sample.first_seen = 7;
    weir_column_write(&WEIR_SAMPLE_TABLE, WEIR_SAMPLE_FIRST_SEEN, &sample, &TEXT("yesterday"));
    assert_true(sample.first_seen == 7);
}

/* What a field holds is asked of the struct, so that the order of bytes does not matter. */
static void stores_fill_their_field_and_no_other(void **state)
{
    (void)state;
    weir_sample_t sample;
    memset(&sample, 0xff, sizeof(sample));
    weir_column_write(&WEIR_SAMPLE_TABLE, WEIR_SAMPLE_SRC_PORT, &sample, &UINT(0x0102));
    assert_int_equal(sample.src_port, 0x0102);
    assert_int_equal(sample.dst_port, UINT16_MAX);
    assert_int_equal(sample.pid, UINT32_MAX);
    weir_column_write(&WEIR_SAMPLE_TABLE, WEIR_SAMPLE_PID, &sample, &INT(0x01020304));
    assert_int_equal(sample.pid, 0x01020304);
    assert_int_equal(sample.src_port, 0x0102);
    assert_true(sample.bytes == UINT64_MAX);
    weir_column_write(&WEIR_SAMPLE_TABLE, WEIR_SAMPLE_BYTES, &sample, &REAL(0x1p40));
    assert_true(sample.bytes == UINT64_C(1) << 40);
    assert_true(sample.unexplained == -1);
}

/* A file may hold the same number in another type; beyond 2^53 a double would change it. */
static void whole_numbers_stay_exact_in_every_type(void **state)
{
    (void)state;
    const uint64_t odd = (UINT64_C(1) << 53) + 1;
    weir_sample_t sample;
    (void)stored(&sample, WEIR_SAMPLE_BYTES, INT((int64_t)odd));
    assert_true(sample.bytes == odd);
    (void)stored(&sample, WEIR_SAMPLE_UNEXPLAINED, UINT(odd));
    assert_true(sample.unexplained == (int64_t)odd);
    (void)stored(&sample, WEIR_SAMPLE_UNEXPLAINED, REAL(-3));
    assert_true(sample.unexplained == -3);
    (void)stored(&sample, WEIR_SAMPLE_UNEXPLAINED, REAL(-0x1p63));
    assert_true(sample.unexplained == INT64_MIN);
    (void)stored(&sample, WEIR_SAMPLE_RTT, UINT(7));
    assert_true(sample.rtt_ms >= 7 && sample.rtt_ms <= 7);
}

static void what_does_not_fit_is_left_unknown(void **state)
{
    (void)state;
    static const struct {
        size_t column;
        weir_value_t value;
    } cases[] = {
        {WEIR_SAMPLE_SRC_PORT, {.type = WEIR_VALUE_UINT, .uint = 65536}},
        {WEIR_SAMPLE_SRC_PORT, {.type = WEIR_VALUE_INT, .sint = -1}},
        {WEIR_SAMPLE_SRC_PORT, {.type = WEIR_VALUE_REAL, .real = 80.5}},
        {WEIR_SAMPLE_SRC_PORT, {.type = WEIR_VALUE_TEXT, .text = "80"}},
        {WEIR_SAMPLE_PID, {.type = WEIR_VALUE_UINT, .uint = UINT64_C(1) << 32}},
        {WEIR_SAMPLE_PID, {.type = WEIR_VALUE_REAL, .real = 0x1p32}},
        {WEIR_SAMPLE_BYTES, {.type = WEIR_VALUE_REAL, .real = 0x1p64}},
        {WEIR_SAMPLE_BYTES, {.type = WEIR_VALUE_REAL, .real = -1}},
        {WEIR_SAMPLE_BYTES, {.type = WEIR_VALUE_REAL, .real = (double)NAN}},
        {WEIR_SAMPLE_BYTES, {.type = WEIR_VALUE_BOOL, .boolean = true}},
        {WEIR_SAMPLE_UNEXPLAINED, {.type = WEIR_VALUE_UINT, .uint = UINT64_C(1) << 63}},
        {WEIR_SAMPLE_UNEXPLAINED, {.type = WEIR_VALUE_REAL, .real = 0x1p63}},
        {WEIR_SAMPLE_UNEXPLAINED, {.type = WEIR_VALUE_REAL, .real = -0x1p65}},
        {WEIR_SAMPLE_UNEXPLAINED, {.type = WEIR_VALUE_REAL, .real = (double)INFINITY}},
        {WEIR_SAMPLE_RTT, {.type = WEIR_VALUE_REAL, .real = (double)NAN}},
        {WEIR_SAMPLE_RTT, {.type = WEIR_VALUE_REAL, .real = (double)INFINITY}},
        {WEIR_SAMPLE_PROTOCOL, {.type = WEIR_VALUE_TEXT, .text = "tcp"}},
        {WEIR_SAMPLE_PROTOCOL, {.type = WEIR_VALUE_UINT, .uint = 1}},
        {WEIR_SAMPLE_LOCAL, {.type = WEIR_VALUE_UINT, .uint = 1}},
        {WEIR_SAMPLE_APP, {.type = WEIR_VALUE_UINT, .uint = 1}},
        {WEIR_SAMPLE_SRC, {.type = WEIR_VALUE_TEXT, .text = "10.0.0.1"}},
        {WEIR_SAMPLE_ADDRESSES, {.type = WEIR_VALUE_ADDRESS}},
        {WEIR_SAMPLE_BYTES, {.type = WEIR_VALUE_NULL}},
    };
    static const weir_sample_t untouched;
    for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
        weir_sample_t sample;
        weir_value_t got = stored(&sample, cases[i].column, cases[i].value);
        assert_int_equal(got.type, WEIR_VALUE_NULL);
        assert_memory_equal(&sample, &untouched, sizeof(sample));
    }
}

static void what_is_not_present_is_unknown_whatever_the_field_holds(void **state)
{
    (void)state;
    weir_sample_t sample = {.app = "x", .bytes = 5, .rtt_ms = (double)NAN};
    for (size_t i = 0; i < WEIR_SAMPLE_COLUMNS; i++)
        assert_int_equal(weir_column_read(&WEIR_SAMPLE_TABLE, i, &sample).type, WEIR_VALUE_NULL);
    sample.present = UINT64_MAX;
    assert_int_equal(weir_column_read(&WEIR_SAMPLE_TABLE, WEIR_SAMPLE_BYTES, &sample).uint, 5);
    assert_int_equal(weir_column_read(&WEIR_SAMPLE_TABLE, WEIR_SAMPLE_RTT, &sample).type,
                     WEIR_VALUE_NULL);
    sample.app = NULL;
    sample.protocol = WEIR_COUNT(WEIR_SAMPLE_PROTOCOLS);
    assert_int_equal(weir_column_read(&WEIR_SAMPLE_TABLE, WEIR_SAMPLE_APP, &sample).type,
                     WEIR_VALUE_NULL);
    assert_int_equal(weir_column_read(&WEIR_SAMPLE_TABLE, WEIR_SAMPLE_PROTOCOL, &sample).type,
                     WEIR_VALUE_NULL);
}

static void without_present_bits_all_is_known(void **state)
{
    (void)state;
    weir_table_t table = WEIR_SAMPLE_TABLE;
    table.present_offset = -1;
    weir_sample_t sample = {.pid = 3};
    assert_int_equal(weir_column_read(&table, WEIR_SAMPLE_PID, &sample).uint, 3);
    weir_column_write(&table, WEIR_SAMPLE_PID, &sample, &UINT(4));
    assert_int_equal(sample.pid, 4);
    assert_int_equal(sample.present, 0);
}

static void an_interface_is_read_through_its_columns(void **state)
{
    (void)state;
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    weir_iface_t iface = {.kind = WEIR_KIND_VETH, .state = WEIR_LINK_NO_CARRIER, .rx.bytes = 7};
    iface.present = weir_column_bit(table, "kind") | weir_column_bit(table, "state") |
                    weir_column_bit(table, "rx_bytes");
    size_t kind = (size_t)weir_column_find(table, "kind");
    size_t link = (size_t)weir_column_find(table, "state");
    size_t rx = (size_t)weir_column_find(table, "rx_bytes");
    size_t tx = (size_t)weir_column_find(table, "tx_bytes");
    assert_string_equal(weir_column_read(table, kind, &iface).text, "veth");
    assert_string_equal(weir_column_read(table, link, &iface).text, "no-carrier");
    assert_int_equal(weir_column_read(table, rx, &iface).uint, 7);
    assert_int_equal(weir_column_read(table, tx, &iface).type, WEIR_VALUE_NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interface_columns_are_the_contracts),
        cmocka_unit_test(the_tables_are_the_contracts),
        cmocka_unit_test(every_column_has_title_help_words_and_a_field),
        cmocka_unit_test(default_places_are_one_to_n),
        cmocka_unit_test(columns_are_found_by_their_exact_id),
        cmocka_unit_test(lists_of_numbers_are_stored_and_compared),
        cmocka_unit_test(every_storage_gives_back_what_was_stored),
        cmocka_unit_test(a_time_may_be_told_as_text),
        cmocka_unit_test(stores_fill_their_field_and_no_other),
        cmocka_unit_test(whole_numbers_stay_exact_in_every_type),
        cmocka_unit_test(what_does_not_fit_is_left_unknown),
        cmocka_unit_test(what_is_not_present_is_unknown_whatever_the_field_holds),
        cmocka_unit_test(without_present_bits_all_is_known),
        cmocka_unit_test(an_interface_is_read_through_its_columns),
    };
    return weir_test_run("model/columns", tests);
}
