#include "tui/layout.h"

#include <stdbool.h>

static int slots_width(const weir_slot_t slots[], size_t n)
{
    int width = 0;
    for (size_t i = 0; i < n; i++)
        if (slots[i].width)
            width += slots[i].width + (width ? WEIR_LAYOUT_GAP : 0);
    return width;
}

/* Drop columns until the rest fits; returns what is left over (negative: still too wide). */
static int slots_drop(weir_slot_t slots[], size_t n, int width)
{
    for (;;) {
        int spare = width - slots_width(slots, n);
        weir_slot_t *goes = NULL;
        for (size_t i = 0; i < n; i++)
            if (slots[i].width && slots[i].drop && (!goes || slots[i].drop >= goes->drop))
                goes = &slots[i];
        if (spare >= 0 || !goes)
            return spare;
        goes->width = 0;
    }
}

/* What is left over goes to what each wants, from the left; then to all that take more, a column of
 * the terminal at a time. */
static void slots_grow(weir_slot_t slots[], size_t n, int spare)
{
    for (size_t i = 0; i < n && spare > 0; i++) {
        int more = slots[i].width ? slots[i].want - slots[i].width : 0;
        more = more > spare ? spare : more;
        slots[i].width += more > 0 ? more : 0;
        spare -= more > 0 ? more : 0;
    }
    for (int before = -1; spare > 0 && spare != before;) {
        before = spare;
        for (size_t i = 0; i < n && spare > 0; i++) {
            bool grows = slots[i].width && slots[i].width < slots[i].most;
            slots[i].width += grows;
            spare -= grows;
        }
    }
}

void weir_layout(weir_slot_t slots[], size_t n, int x, int width)
{
    for (size_t i = 0; i < n; i++)
        slots[i].width = slots[i].least;
    int spare = slots_drop(slots, n, width);
    if (spare < 0 && n && slots[0].width + spare > 0)
        slots[0].width += spare;
    slots_grow(slots, n, spare);
    for (size_t i = 0; i < n; i++) {
        slots[i].x = x;
        if (slots[i].width)
            x += slots[i].width + WEIR_LAYOUT_GAP;
    }
}
