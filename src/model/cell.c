#include "model/cell.h"

#include "base/clock.h"
#include "base/text.h"

bool weir_column_is_numeric(const weir_column_t *column)
{
    return column->storage >= WEIR_STORE_U16 && column->storage <= WEIR_STORE_REAL &&
           column->unit != WEIR_UNIT_TIME;
}

static bool column_is_rate(const weir_column_t *column)
{
    return column->unit == WEIR_UNIT_BYTES_PER_SECOND || column->unit == WEIR_UNIT_COUNT_PER_SECOND;
}

/* Only interfaces carry the state of their rates. */
static char rate_mark(const weir_table_t *table, const void *record)
{
    static const char marks[] = {[WEIR_RATE_OK] = 0,
                                 [WEIR_RATE_INIT] = '~',
                                 [WEIR_RATE_STALE] = 0,
                                 [WEIR_RATE_RESET] = '!',
                                 [WEIR_RATE_LOST] = '?'};
    if (table != weir_table(WEIR_TABLE_INTERFACES))
        return 0;
    return marks[((const weir_iface_t *)record)->rate_state];
}

weir_cell_t weir_cell(const weir_table_t *table, size_t position, const void *record,
                      const weir_units_t *units)
{
    const weir_column_t *column = &table->columns[position];
    weir_cell_t cell = {.value = weir_column_read(table, position, record)};
    cell.time = column->unit == WEIR_UNIT_TIME && cell.value.type == WEIR_VALUE_INT;
    cell.numeric = weir_column_is_numeric(column);
    cell.unknown = cell.value.type == WEIR_VALUE_NULL;
    if (column_is_rate(column))
        cell.mark = rate_mark(table, record);
    double number = 0;
    if (cell.numeric && weir_value_number(&cell.value, &number)) {
        cell.quantity = weir_quantity(units, column->unit, number);
        cell.zero = !(number < 0) && !(number > 0);
    }
    return cell;
}

void weir_cell_put_text(weir_buf_t *buf, const weir_cell_t *cell, bool utf8)
{
    weir_buf_t raw;
    weir_buf_init(&raw, (size_t)1 << 20);
    if (cell->time) {
        char text[WEIR_TIME_TEXT_SIZE];
        size_t n = weir_time_text(cell->value.sint, text);
        weir_buf_put(&raw, text, n);
    } else {
        weir_value_put_text(&raw, &cell->value);
    }
    (void)weir_text_put_safe(buf, weir_buf_text(&raw),
                             utf8); /* its width is asked where it is needed */
    weir_buf_done(&raw);
}
