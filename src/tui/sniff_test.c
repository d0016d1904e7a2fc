#include "base/testing.h"

#include "tui/sniff_private.h"

#define USUAL                                                                                      \
    (UINT32_C(1) << WEIR_SNIFF_NUMBER | UINT32_C(1) << WEIR_SNIFF_TIME |                           \
     UINT32_C(1) << WEIR_SNIFF_SOURCE | UINT32_C(1) << WEIR_SNIFF_DESTINATION |                    \
     UINT32_C(1) << WEIR_SNIFF_PROTOCOL | UINT32_C(1) << WEIR_SNIFF_LENGTH |                       \
     UINT32_C(1) << WEIR_SNIFF_SUMMARY)

/* At each width columns follow each other with a gap, within the screen; the summary is the rest.
 */
static void test_columns(void **state)
{
    (void)state;
    for (int columns = 20; columns <= 300; columns++) {
        weir_sniff_slot_t slots[WEIR_SNIFF_COLUMNS];
        const weir_sniff_room_t room = {.columns = columns, .digits = 6, .shown = USUAL};
        weir_sniff_layout(&room, slots);
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

/* Whatever is chosen stands within the screen and leaves the summary enough; on a wide one all of
 * it is there. */
static void test_chosen_columns(void **state)
{
    (void)state;
    uint32_t all = (UINT32_C(1) << WEIR_SNIFF_COLUMNS) - 1;
    for (uint32_t shown = 1; shown <= all; shown += 7)
        for (int columns = 20; columns <= 260; columns += 48) {
            weir_sniff_slot_t slots[WEIR_SNIFF_COLUMNS];
            const weir_sniff_room_t room = {.columns = columns, .digits = 6, .shown = shown};
            weir_sniff_layout(&room, slots);
            int end = 0;
            for (int i = 0; i < WEIR_SNIFF_COLUMNS; i++) {
                assert_true(slots[i].width == 0 || slots[i].x > end);
                assert_true(slots[i].width == 0 || (shown >> i & 1));
                end = slots[i].width ? slots[i].x + slots[i].width : end;
            }
            bool summary = shown >> WEIR_SNIFF_SUMMARY & 1;
            assert_true(columns < 68 || end <= columns);
            assert_true(columns < 80 || !summary || slots[WEIR_SNIFF_SUMMARY].width >= 16);
        }
    const weir_sniff_room_t wide = {.columns = 300, .digits = 6, .shown = all};
    weir_sniff_slot_t slots[WEIR_SNIFF_COLUMNS];
    weir_sniff_layout(&wide, slots);
    for (int i = 0; i < WEIR_SNIFF_COLUMNS; i++)
        assert_true(slots[i].width > 0);
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
        cmocka_unit_test(test_chosen_columns),
        cmocka_unit_test(test_panes),
    };
    return weir_test_run("tui/sniff", tests);
}
