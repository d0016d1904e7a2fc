#include "base/testing.h"

#include "tui/choices.h"

#include <stdio.h>

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    weir_choices_t choices;
    weir_choices_t again;
    weir_buf_t buf;
    weir_choices_init(&choices, WEIR_ORIGIN_LIVE);
    weir_choices_init(&again, WEIR_ORIGIN_LIVE);
    choices.units = (weir_units_t){WEIR_BYTES, WEIR_BITS, WEIR_IEC};
    choices.interval_ns = 5 * WEIR_NS_PER_S;
    choices.since = WEIR_SINCE_START;
    weir_table_choices_t *table = &choices.tables[WEIR_TABLE_INTERFACES];
    table->sort = 3;
    table->descending = true;
    table->unfolded = true;
    table->column_count = 2;
    table->columns[1] = WEIR_VIEW_HISTORY;
    choices.packet_columns = UINT32_C(1) << WEIR_PACKET_SRC_MAC | UINT32_C(1) << WEIR_PACKET_VLAN;
    weir_buf_init(&buf, 65536);
    weir_choices_put(&buf, &choices);
    weir_choices_parse(&again, weir_buf_text(&buf));
    assert_memory_equal(&again.units, &choices.units, sizeof(choices.units));
    assert_true(again.interval_ns == choices.interval_ns && again.since == WEIR_SINCE_START);
    assert_int_equal(again.packet_columns, choices.packet_columns);
    const weir_table_choices_t *read = &again.tables[WEIR_TABLE_INTERFACES];
    assert_int_equal(read->sort, 3);
    assert_true(read->descending && read->unfolded);
    assert_int_equal(read->column_count, 2);
    assert_int_equal(read->columns[1], WEIR_VIEW_HISTORY);
    weir_buf_done(&buf);
}

/* Each line of a damaged file that makes no sense changes nothing. */
static void test_damage_is_passed_over(void **state)
{
    (void)state;
    static const char *const damaged[] = {
        "",
        "\n\n===\n.=.\n..=\n",
        "rates=octets\nprefixes=\ntotals=never\ninterval_ms=0\ninterval_ms=99999999\n",
        "interval_ms=-5\ninterval_ms=1e3\n",
        "interfaces.columns=\ninterfaces.columns=,,,\ninterfaces.columns=none\n",
        "interfaces.sort=none\ninterfaces.sort=\nnone.sort=name\napps.columns=nothing\n",
        "packets.columns=\npackets.columns=,none\npackets.sort=time\npackets.=\n",
        "\x01\x02\xff\xfe=\xff\n",
    };
    weir_choices_t usual;
    weir_choices_init(&usual, WEIR_ORIGIN_LIVE);
    for (size_t i = 0; i < WEIR_COUNT(damaged); i++) {
        weir_choices_t choices;
        weir_choices_init(&choices, WEIR_ORIGIN_LIVE);
        weir_choices_parse(&choices, damaged[i]);
        assert_memory_equal(&choices, &usual, sizeof(usual));
    }
}

static void test_a_good_line_survives_bad_ones(void **state)
{
    (void)state;
    weir_choices_t choices;
    weir_choices_init(&choices, WEIR_ORIGIN_LIVE);
    weir_choices_parse(&choices, "garbage\nrates=bytes\nprefixes=what\n");
    assert_int_equal(choices.units.rates, WEIR_BYTES);
    assert_int_equal(choices.units.base, WEIR_SI);
}

static void test_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/weir-choices-XXXXXX";
    char path[64];
    weir_choices_t choices;
    weir_choices_init(&choices, WEIR_ORIGIN_LIVE);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/a/b/terminal", folder);
    assert_true(weir_choices_read(&choices, path) < 0);
    choices.units.rates = WEIR_BYTES;
    assert_int_equal(weir_choices_write(&choices, path), 0);
    assert_int_equal(weir_choices_write(&choices, path), 0);
    weir_choices_init(&choices, WEIR_ORIGIN_LIVE);
    assert_int_equal(weir_choices_read(&choices, path), 0);
    assert_int_equal(choices.units.rates, WEIR_BYTES);
    assert_true(weir_choices_write(&choices, "/proc/none/terminal") < 0);
    (void)unlink(path);
    (void)snprintf(path, sizeof(path), "%s/a/b", folder);
    (void)rmdir(path);
    (void)snprintf(path, sizeof(path), "%s/a", folder);
    (void)rmdir(path);
    (void)rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_damage_is_passed_over),
        cmocka_unit_test(test_a_good_line_survives_bad_ones),
        cmocka_unit_test(test_files),
    };
    return weir_test_run("tui/choices", tests);
}
