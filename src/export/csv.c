#include "base/json.h"
#include "base/number.h"
#include "export/export.h"

void weir_export_csv_header(weir_buf_t *buf, const weir_export_t *export)
{
    for (size_t i = 0; i < export->column_count; i++) {
        if (i)
            weir_buf_putc(buf, ',');
        weir_buf_puts(buf, weir_table(export->table)->columns[export->columns[i]].id);
    }
    weir_buf_putc(buf, '\n');
}

void weir_export_csv_value(weir_buf_t *buf, const weir_column_t *column, const weir_value_t *value)
{
    char time[WEIR_TIME_TEXT_SIZE] = "";
    if (value->type == WEIR_VALUE_TEXT)
        weir_csv_put_text(buf, value->text);
    else if (value->type == WEIR_VALUE_INT && column->unit == WEIR_UNIT_TIME)
        weir_buf_put(buf, time, weir_time_text(value->sint, time));
    else
        weir_value_put_text(buf, value); /* numbers and addresses hold nothing to quote */
}

void weir_export_csv_row(weir_buf_t *buf, const weir_export_t *export, const void *record)
{
    const weir_table_t *table = weir_table(export->table);
    for (size_t i = 0; i < export->column_count; i++) {
        if (i)
            weir_buf_putc(buf, ',');
        weir_value_t value = weir_column_read(table, export->columns[i], record);
        weir_export_csv_value(buf, &table->columns[export->columns[i]], &value);
    }
    weir_buf_putc(buf, '\n');
}

void weir_export_csv(weir_buf_t *buf, const weir_export_t *export, const weir_snapshot_t *snapshot,
                     const weir_selection_t *selection)
{
    weir_record_t scratch = {.wanted = weir_export_wanted(export)};
    for (size_t i = 0; i < selection->count; i++) {
        weir_export_csv_row(
            buf, export, weir_snapshot_read(snapshot, export->table, selection->rows[i], &scratch));
        weir_export_flush(export, buf);
    }
}
