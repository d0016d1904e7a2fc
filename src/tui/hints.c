#include "tui/hints.h"

#include "base/text.h"

#include <string.h>

static int hint_width(const weir_paint_t *paint, const weir_hint_t *hint)
{
    return (int)(weir_text_width(weir_paint_word(paint, hint->key, hint->ascii)) + 3 +
                 strlen(hint->text));
}

static int hint_draw(weir_paint_t *paint, int x, const weir_hint_t *hint)
{
    int y = paint->lines - 1;
    x = weir_paint_put(paint, y, x, WEIR_STYLE_STRONG,
                       weir_paint_word(paint, hint->key, hint->ascii));
    return weir_paint_put(paint, y, x + 1, WEIR_STYLE_DIM, hint->text) + 2;
}

void weir_hints_draw(weir_paint_t *paint, const weir_hint_t *hints, size_t count, unsigned now)
{
    const weir_hint_t *end = &hints[count];
    const weir_hint_t *always = end - 2;
    int room = paint->columns - 1 - hint_width(paint, always) - hint_width(paint, always + 1);
    int x = 1;
    for (const weir_hint_t *hint = hints; hint < always; hint++)
        if ((!hint->when || hint->when & now) && x + hint_width(paint, hint) <= room)
            x = hint_draw(paint, x, hint);
    for (const weir_hint_t *hint = always; hint < end; hint++)
        x = hint_draw(paint, x, hint);
}
