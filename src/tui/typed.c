#include "tui/typed.h"

#include "base/text.h"

/* Columns of the first `n` bytes of what is typed. */
static int typed_width(const weir_edit_t *edit, size_t n, weir_buf_t *scratch)
{
    weir_buf_clear(scratch);
    weir_buf_put(scratch, edit->text, n < edit->len ? n : edit->len);
    return (int)weir_text_width(weir_buf_text(scratch));
}

/* An arrow points at the character, unless that leaves no room for what is wrong. */
static void error_draw(weir_paint_t *paint, int y, int at, const weir_filter_error_t *error,
                       weir_buf_t *scratch)
{
    weir_buf_clear(scratch);
    (void)weir_text_put_safe(scratch, error->message, paint->utf8);
    const char *message = weir_buf_text(scratch);
    int width = (int)weir_text_width(message);
    (void)weir_paint_put(paint, y, at, WEIR_STYLE_TROUBLE, "^");
    if (at + 2 + width <= paint->columns)
        (void)weir_paint_put(paint, y, at + 2, WEIR_STYLE_TROUBLE, message);
    else if (width + 2 < at)
        (void)weir_paint_put(paint, y, at - width - 1, WEIR_STYLE_TROUBLE, message);
    else
        (void)weir_paint_cut(paint, y, 1, paint->columns, WEIR_STYLE_TROUBLE, message);
}

/* The line stands above the foot, so that the foot can point at the character. */
void weir_typed_draw(weir_paint_t *paint, const weir_typed_t *typed, weir_buf_t *scratch)
{
    const weir_edit_t *edit = typed->edit;
    int y = paint->lines >= 2 ? paint->lines - 2 : 0;
    weir_paint_blank(paint, y, 0, paint->columns);
    weir_paint_blank(paint, y + 1, 0, paint->columns);
    int x = weir_paint_put(paint, y, 1, WEIR_STYLE_STRONG, typed->prompt);
    (void)weir_paint_put(paint, y, x, WEIR_STYLE_PLAIN, edit->text);
    if (typed->error) {
        size_t wrong = typed->error->at < edit->len ? typed->error->at : edit->len;
        int at = x + typed_width(edit, typed->error->at, scratch);
        (void)weir_paint_put(paint, y, x + typed_width(edit, wrong, scratch), WEIR_STYLE_TROUBLE,
                             edit->text + wrong);
        error_draw(paint, y + 1, at, typed->error, scratch);
    } else {
        (void)weir_paint_cut(paint, y + 1, 1, paint->columns, WEIR_STYLE_DIM, typed->hint);
    }
    weir_paint_cursor(paint, y, x + typed_width(edit, edit->at, scratch));
}
