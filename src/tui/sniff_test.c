#include "base/testing.h"

#include "tui/sniff_private.h"

/* At each width columns follow each other with a gap, within the screen; the summary is the rest.
 */
static void test_columns(void **state)
{
    (void)state;
    for (int columns = 20; columns <= 300; columns++) {
        weir_sniff_slot_t slots[WEIR_SNIFF_COLUMNS];
        weir_sniff_layout(columns, 6, WEIR_SNIFF_CLOCK, slots);
        int end = 0;
        for (int i = 0; i < WEIR_SNIFF_COLUMNS; i++) {
            assert_true(slots[i].width == 0 || slots[i].x > end);
            end = slots[i].width ? slots[i].x + slots[i].width : end;
        }
        assert_true(end <= columns || slots[WEIR_SNIFF_SUMMARY].width == 0);
        assert_true(columns < 80 || slots[WEIR_SNIFF_SUMMARY].width >= 16);
        assert_true(columns < 72 || slots[WEIR_SNIFF_LENGTH].width);
        assert_true(columns < 80 || slots[WEIR_SNIFF_SOURCE].width >= 15); /* any IPv4 address */
    }
}

/* Panes and their titles never overlap and fill the screen; the one with the keys is always seen.
 */
static void panes_check(int lines, int columns, weir_sniff_pane_t pane)
{
    weir_sniff_box_t boxes[WEIR_SNIFF_PANES];
    int area = 0;
    weir_sniff_boxes(2, lines, columns, pane, boxes);
    assert_true(boxes[pane].lines > 0);
    for (int i = 0; i < WEIR_SNIFF_PANES; i++) {
        if (!boxes[i].lines)
            continue;
        assert_true(boxes[i].y >= 3 && boxes[i].y + boxes[i].lines <= 2 + lines);
        assert_true(boxes[i].x >= 0 && boxes[i].x + boxes[i].columns <= columns);
        area += (boxes[i].lines + 1) * boxes[i].columns;
    }
    int seam = boxes[WEIR_SNIFF_BYTES].x > 0 ? boxes[WEIR_SNIFF_BYTES].lines + 1 : 0;
    assert_int_equal(area + seam, lines * columns);
}

static void test_panes(void **state)
{
    (void)state;
    for (int columns = 20; columns <= 200; columns += 3)
        for (int lines = 3; lines <= 80; lines++)
            for (int pane = 0; pane < WEIR_SNIFF_PANES; pane++)
                panes_check(lines, columns, (weir_sniff_pane_t)pane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_panes),
    };
    return weir_test_run("tui/sniff", tests);
}
