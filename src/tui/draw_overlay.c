/*
 * What stands in place of the table for a while: help, and the choice of columns.
 */
#include "base/text.h"
#include "tui/screen.h"

#include <string.h>

static const weir_key_help_t LEGEND[] = {
    {"~", "first sample: the rate is known after one interval"},
    {"!", "the counter was reset: no rate for this interval"},
    {"?", "events were lost: the rate is a lower bound"},
};

static const char *const REMARKS[] = {
    "",
    "The headline counts no byte twice: tunnels, bridges and loopback are left out.",
    "A sparkline shows the direction with the higher peak, scaled to that peak.",
};

static void help_line(weir_screen_t *screen, int y, const char *keys, const char *text)
{
    int x = weir_paint_field(&screen->paint, y, 2, 13, WEIR_STYLE_STRONG, keys);
    (void)weir_paint_cut(&screen->paint, y, x + 1, screen->paint.columns, WEIR_STYLE_PLAIN, text);
}

/* Keys, the marks of rates, the dash, remarks. */
static size_t help_lines(void)
{
    return WEIR_KEY_HELP_COUNT + WEIR_COUNT(LEGEND) + 1 + WEIR_COUNT(REMARKS);
}

static void help_line_draw(weir_screen_t *screen, int y, size_t line)
{
    weir_paint_t *paint = &screen->paint;
    const size_t dash = WEIR_KEY_HELP_COUNT + WEIR_COUNT(LEGEND);
    if (line < WEIR_KEY_HELP_COUNT)
        help_line(screen, y, WEIR_KEY_HELP[line].keys, WEIR_KEY_HELP[line].text);
    else if (line < dash)
        help_line(screen, y, LEGEND[line - WEIR_KEY_HELP_COUNT].keys,
                  LEGEND[line - WEIR_KEY_HELP_COUNT].text);
    else if (line == dash)
        help_line(screen, y, weir_paint_word(paint, "–", "-"), "unknown");
    else
        (void)weir_paint_cut(paint, y, 2, paint->columns, WEIR_STYLE_DIM, REMARKS[line - dash - 1]);
}

void weir_draw_help(weir_screen_t *screen, int y, int lines)
{
    weir_paint_t *paint = &screen->paint;
    size_t all = help_lines();
    size_t room = lines > 1 ? (size_t)lines - 1 : 1;
    size_t last = all > room ? all - room : 0;
    screen->overlay_top = screen->overlay_top > last ? last : screen->overlay_top;
    for (int i = 0; i < lines; i++)
        weir_paint_blank(paint, y + i, 0, paint->columns);
    int x = weir_paint_put(paint, y, 2, WEIR_STYLE_STRONG, "Keys");
    (void)weir_paint_put(paint, y, x, WEIR_STYLE_DIM,
                         last ? "   arrows scroll, any other key closes this"
                              : "   any key closes this");
    for (size_t i = 0; i < room && screen->overlay_top + i < all; i++)
        help_line_draw(screen, y + 1 + (int)i, screen->overlay_top + i);
}

static bool column_is_chosen(const weir_screen_t *screen, uint8_t column)
{
    const weir_table_choices_t *choices = &screen->choices.tables[screen->table];
    for (size_t i = 0; i < choices->column_count; i++)
        if (choices->columns[i] == column)
            return true;
    return false;
}

static void column_line_draw(weir_screen_t *screen, int y, size_t i)
{
    weir_paint_t *paint = &screen->paint;
    const weir_table_t *table = weir_table(screen->table);
    bool history = i >= table->column_count;
    uint8_t column = history ? WEIR_VIEW_HISTORY : (uint8_t)i;
    bool selected = i == screen->overlay_cursor;
    if (selected)
        (void)weir_paint_put(paint, y, 1, WEIR_STYLE_STRONG, weir_paint_word(paint, "▸", ">"));
    int x = weir_paint_put(paint, y, 3, WEIR_STYLE_PLAIN,
                           column_is_chosen(screen, column) ? "[x] " : "[ ] ");
    x = weir_paint_field(paint, y, x, 16, selected ? WEIR_STYLE_CHOSEN : WEIR_STYLE_PLAIN,
                         weir_view_column_title(screen->table, column, paint->utf8));
    (void)weir_paint_cut(paint, y, x + 2, paint->columns, WEIR_STYLE_DIM,
                         history ? "The last minute as a sparkline" : table->columns[i].help);
}

void weir_draw_columns(weir_screen_t *screen, int y, int lines)
{
    weir_paint_t *paint = &screen->paint;
    size_t all =
        weir_table(screen->table)->column_count + (weir_view(screen->table)->columns != NULL);
    size_t room = lines > 1 ? (size_t)lines - 1 : 1;
    if (screen->overlay_cursor < screen->overlay_top)
        screen->overlay_top = screen->overlay_cursor;
    if (screen->overlay_cursor >= screen->overlay_top + room)
        screen->overlay_top = screen->overlay_cursor + 1 - room;
    for (int i = 0; i < lines; i++)
        weir_paint_blank(paint, y + i, 0, paint->columns);
    int x = weir_paint_put(paint, y, 2, WEIR_STYLE_STRONG, "Columns");
    (void)weir_paint_put(paint, y, x, WEIR_STYLE_DIM,
                         "   space shows or hides, d the usual ones, Esc done");
    for (size_t i = 0; i < room && screen->overlay_top + i < all; i++)
        column_line_draw(screen, y + 1 + (int)i, screen->overlay_top + i);
}
