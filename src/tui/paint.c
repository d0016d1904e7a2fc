/*
 * Colours: blue and orange that colour-blind people tell apart, chosen so that both stand out on
 * black and on white (contrast about 3.8 and 5.4); the terminal's own foreground and background
 * are never set. With 16 or 8 colours the nearest ones, without colours weight and underline.
 */
#include "tui/paint.h"

#include "base/text.h"

#include <ncurses.h>
#include <string.h>

enum { PAIR_DOWN = 1, PAIR_UP, PAIR_TROUBLE, PAIR_DIM };

static void colours_many(weir_paint_t *paint)
{
    (void)init_pair(PAIR_DOWN, 32, -1);     /* 0087d7, near 0072b2 */
    (void)init_pair(PAIR_UP, 166, -1);      /* d75f00, near d55e00 */
    (void)init_pair(PAIR_TROUBLE, 160, -1); /* d70000 */
    (void)init_pair(PAIR_DIM, 244, -1);     /* 808080 */
    paint->attributes[WEIR_STYLE_DIM] = (uint32_t)COLOR_PAIR(PAIR_DIM);
}

static void colours_few(int colours)
{
    bool bright = colours >= 16;
    (void)init_pair(PAIR_DOWN, bright ? COLOR_BLUE + 8 : COLOR_CYAN, -1);
    (void)init_pair(PAIR_UP, COLOR_YELLOW, -1);
    (void)init_pair(PAIR_TROUBLE, COLOR_RED, -1);
}

void weir_paint_init(weir_paint_t *paint, int colours, bool utf8, bool pictures)
{
    *paint = (weir_paint_t){.utf8 = utf8, .pictures = utf8 && pictures};
    weir_buf_init(&paint->cut, (size_t)1 << 16);
    uint32_t *attributes = paint->attributes;
    attributes[WEIR_STYLE_STRONG] = (uint32_t)A_BOLD;
    attributes[WEIR_STYLE_DIM] = (uint32_t)A_DIM;
    attributes[WEIR_STYLE_TITLE] = (uint32_t)A_UNDERLINE;
    attributes[WEIR_STYLE_CHOSEN] = (uint32_t)A_REVERSE;
    attributes[WEIR_STYLE_TROUBLE] = (uint32_t)A_BOLD;
    if (colours < 8)
        return;
    if (colours >= 256)
        colours_many(paint);
    else
        colours_few(colours);
    attributes[WEIR_STYLE_DOWN] = (uint32_t)COLOR_PAIR(PAIR_DOWN);
    attributes[WEIR_STYLE_UP] = (uint32_t)COLOR_PAIR(PAIR_UP);
    attributes[WEIR_STYLE_TROUBLE] = (uint32_t)(COLOR_PAIR(PAIR_TROUBLE) | A_BOLD);
}

void weir_paint_done(weir_paint_t *paint)
{
    weir_buf_done(&paint->cut);
}

/* ncurses fails for places outside of the screen only, which clipping keeps out. */

void weir_paint_begin(weir_paint_t *paint)
{
    getmaxyx(stdscr, paint->lines, paint->columns);
    (void)werase(stdscr);
    (void)curs_set(0);
}

void weir_paint_end(weir_paint_t *paint)
{
    (void)paint;
    (void)wnoutrefresh(stdscr);
    (void)doupdate();
}

/* Draw `text`, which takes `width` columns. */
static int text_draw(const weir_paint_t *paint, int y, int x, weir_style_t style, int width)
{
    attr_t attributes = paint->attributes[style];
    (void)wattrset(stdscr, (int)attributes);
    (void)mvwaddnstr(stdscr, y, x, paint->cut.data, (int)paint->cut.len);
    (void)wattrset(stdscr, (int)A_NORMAL);
    return x + width;
}

static bool is_outside(const weir_paint_t *paint, int y, int x)
{
    return y < 0 || y >= paint->lines || x < 0 || x >= paint->columns;
}

/* The start of `text` that fits in `columns`; returns what it takes. */
static int text_clip(weir_buf_t *to, const char *text, int columns)
{
    int used = 0;
    weir_buf_clear(to);
    for (size_t n = strlen(text); n > 0;) {
        uint32_t point = 0;
        int length = weir_utf8_decode(text, n, &point);
        int width = length > 0 ? weir_text_columns(point) : -1;
        if (width < 0 || used + width > columns)
            break;
        weir_buf_put(to, text, (size_t)length);
        used += width;
        text += length;
        n -= (size_t)length;
    }
    return used;
}

int weir_paint_put(weir_paint_t *paint, int y, int x, weir_style_t style, const char *text)
{
    if (is_outside(paint, y, x))
        return x;
    int width = text_clip(&paint->cut, text, paint->columns - x);
    return width ? text_draw(paint, y, x, style, width) : x;
}

int weir_paint_cut(weir_paint_t *paint, int y, int x, int width, weir_style_t style,
                   const char *text)
{
    int room = x < paint->columns ? paint->columns - x : 0;
    room = width < room ? width : room;
    if (is_outside(paint, y, x) || room <= 0)
        return x;
    if ((int)weir_text_width(text) <= room)
        return weir_paint_put(paint, y, x, style, text);
    int used = text_clip(&paint->cut, text, room - 1);
    weir_buf_puts(&paint->cut, weir_paint_word(paint, "…", "~"));
    return text_draw(paint, y, x, style, used + 1);
}

int weir_paint_field(weir_paint_t *paint, int y, int x, int width, weir_style_t style,
                     const char *text)
{
    int room = x < paint->columns ? paint->columns - x : 0;
    int shown = width < room ? width : room;
    if (is_outside(paint, y, x) || shown <= 0)
        return x + width;
    weir_buf_clear(&paint->cut);
    weir_text_put_column(&paint->cut, text, (size_t)shown, paint->utf8);
    (void)text_draw(paint, y, x, style, shown);
    return x + width;
}

int weir_paint_right(weir_paint_t *paint, int y, int x, int width, weir_style_t style,
                     const char *text)
{
    int used = (int)weir_text_width(text);
    if (used > width)
        return weir_paint_field(paint, y, x, width, style, text);
    (void)weir_paint_put(paint, y, x + width - used, style, text);
    return x + width;
}

void weir_paint_blank(weir_paint_t *paint, int y, int x, int width)
{
    (void)weir_paint_field(paint, y, x, width, WEIR_STYLE_PLAIN, "");
}

void weir_paint_cursor(weir_paint_t *paint, int y, int x)
{
    if (is_outside(paint, y, x))
        return;
    (void)wmove(stdscr, y, x);
    (void)curs_set(1);
}
