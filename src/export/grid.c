#include "export/grid.h"

#include "base/text.h"

#define INDENT 2
#define GAP 2
#define TEXT_LEAST 20 /* a text is never cut below this; the bar is of this width */

static void cell_make(const weir_grid_t *grid, size_t row, size_t column, weir_buf_t *scratch)
{
    weir_buf_clear(scratch);
    grid->cell(grid->context, row, column, scratch);
}

static void widths_measure(const weir_grid_t *grid, weir_buf_t *scratch, size_t *widths)
{
    for (size_t row = 0; row < grid->rows; row++) {
        for (size_t column = 0; column < grid->columns; column++) {
            cell_make(grid, row, column, scratch);
            size_t width = weir_text_width(weir_buf_text(scratch));
            widths[column] = width > widths[column] ? width : widths[column];
        }
    }
}

/* The text column that can give most, or NULL. */
static size_t *widest_text(const weir_grid_t *grid, size_t *widths)
{
    size_t *widest = NULL;
    for (size_t column = 0; column < grid->columns; column++)
        if (!(grid->right >> column & 1) && widths[column] > TEXT_LEAST &&
            (!widest || widths[column] > *widest))
            widest = &widths[column];
    return widest;
}

static void widths_fit(const weir_grid_t *grid, size_t limit, size_t *widths)
{
    size_t total = INDENT + (grid->columns - 1) * GAP;
    for (size_t column = 0; column < grid->columns; column++)
        total += widths[column];
    for (size_t *text = NULL; limit && total > limit && (text = widest_text(grid, widths)); total--)
        --*text;
}

static void row_put(weir_buf_t *buf, const weir_export_t *export, const weir_grid_t *grid,
                    const size_t *widths, size_t row)
{
    weir_buf_t scratch;
    weir_buf_init(&scratch, (size_t)1 << 20);
    weir_buf_fill(buf, ' ', INDENT);
    for (size_t column = 0; column < grid->columns; column++) {
        cell_make(grid, row, column, &scratch);
        const char *text = weir_buf_text(&scratch);
        size_t width = weir_text_width(text);
        weir_buf_fill(buf, ' ', column ? GAP : 0);
        if (grid->right >> column & 1 && width <= widths[column]) {
            weir_buf_fill(buf, ' ', widths[column] - width);
            weir_buf_puts(buf, text);
        } else {
            weir_text_put_column(buf, text, widths[column], export->utf8);
        }
    }
    while (buf->len && buf->data[buf->len - 1] == ' ')
        buf->len--;
    weir_buf_putc(buf, '\n');
    weir_buf_done(&scratch);
}

void weir_grid_put(weir_buf_t *buf, const weir_export_t *export, const weir_grid_t *grid)
{
    size_t widths[WEIR_GRID_COLUMNS] = {0};
    weir_buf_t scratch;
    weir_buf_init(&scratch, (size_t)1 << 20);
    widths_measure(grid, &scratch, widths);
    weir_buf_done(&scratch);
    widths_fit(grid, export->width, widths);
    for (size_t row = 0; row < grid->rows; row++) {
        row_put(buf, export, grid, widths, row);
        weir_export_flush(export, buf);
    }
}
