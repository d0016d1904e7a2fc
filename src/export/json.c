#include "base/json.h"

#include "base/number.h"
#include "export/export.h"

#include <string.h>

#define RATE_DECIMALS 3 /* a thousandth of a byte per second */
#define OTHER_DECIMALS 6

static unsigned decimals_of(weir_unit_t unit)
{
    bool rate = unit == WEIR_UNIT_BYTES_PER_SECOND || unit == WEIR_UNIT_COUNT_PER_SECOND;
    return rate ? RATE_DECIMALS : OTHER_DECIMALS;
}

static void text_put(weir_buf_t *buf, const weir_value_t *value)
{
    weir_buf_t text;
    weir_buf_init(&text, 256);
    weir_value_put_text(&text, value);
    weir_json_put_string(buf, weir_buf_text(&text));
    weir_buf_done(&text);
}

static void addresses_put(weir_buf_t *buf, const weir_address_list_t *list)
{
    weir_buf_putc(buf, '[');
    for (size_t i = 0; i < list->count; i++) {
        weir_buf_puts(buf, i ? ",\"" : "\"");
        weir_address_put(buf, &list->items[i], true);
        weir_buf_putc(buf, '"');
    }
    weir_buf_putc(buf, ']');
}

static void numbers_put(weir_buf_t *buf, const weir_number_list_t *list)
{
    weir_buf_putc(buf, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            weir_buf_putc(buf, ',');
        weir_number_put(buf, list->items[i]);
    }
    weir_buf_putc(buf, ']');
}

static void time_put(weir_buf_t *buf, int64_t wall_ns)
{
    char text[WEIR_TIME_TEXT_SIZE];
    size_t n = weir_time_text(wall_ns, text);
    weir_buf_putc(buf, '"');
    weir_buf_put(buf, text, n);
    weir_buf_putc(buf, '"');
}

static void value_put(weir_buf_t *buf, const weir_column_t *column, const weir_value_t *value)
{
    switch (value->type) {
    case WEIR_VALUE_NULL:
        weir_buf_put(buf, "null", 4);
        break;
    case WEIR_VALUE_BOOL:
        weir_buf_puts(buf, value->boolean ? "true" : "false");
        break;
    case WEIR_VALUE_UINT:
        weir_number_put(buf, value->uint);
        break;
    case WEIR_VALUE_INT:
        if (column->unit == WEIR_UNIT_TIME)
            time_put(buf, value->sint);
        else
            weir_number_put_signed(buf, value->sint);
        break;
    case WEIR_VALUE_REAL:
        weir_number_put_real(buf, value->real, decimals_of(column->unit));
        break;
    case WEIR_VALUE_TEXT:
        weir_json_put_string(buf, value->text);
        break;
    case WEIR_VALUE_ADDRESS:
        text_put(buf, value);
        break;
    case WEIR_VALUE_ADDRESSES:
        addresses_put(buf, &value->addresses);
        break;
    case WEIR_VALUE_NUMBERS:
        numbers_put(buf, &value->numbers);
        break;
    }
}

/* `,"id":` of each column, made once a document. */
typedef struct keys {
    weir_buf_t text;
    uint32_t begin[WEIR_COLUMNS_MAX + 1];
} keys_t;

static void keys_make(keys_t *keys, const weir_export_t *export)
{
    weir_buf_init(&keys->text, (size_t)1 << 16);
    for (size_t i = 0; i < export->column_count; i++) {
        keys->begin[i] = (uint32_t)keys->text.len;
        weir_buf_puts(&keys->text, i ? ",\"" : "{\"");
        weir_buf_puts(&keys->text, weir_table(export->table)->columns[export->columns[i]].id);
        weir_buf_puts(&keys->text, "\":");
    }
    keys->begin[export->column_count] = (uint32_t)keys->text.len;
}

static void row_put(weir_buf_t *buf, const weir_export_t *export, const keys_t *keys,
                    const void *record)
{
    const weir_table_t *table = weir_table(export->table);
    for (size_t i = 0; i < export->column_count; i++) {
        weir_buf_put(buf, keys->text.data + keys->begin[i], keys->begin[i + 1] - keys->begin[i]);
        weir_value_t value = weir_column_read(table, export->columns[i], record);
        value_put(buf, &table->columns[export->columns[i]], &value);
    }
    weir_buf_putc(buf, '}');
}

void weir_export_json_row(weir_buf_t *buf, const weir_export_t *export, const void *record)
{
    keys_t keys;
    keys_make(&keys, export);
    if (!weir_buf_error(&keys.text))
        row_put(buf, export, &keys, record);
    weir_buf_done(&keys.text);
}

void weir_export_json_rows(weir_buf_t *buf, const weir_export_t *export, const void *records,
                           size_t count)
{
    keys_t keys;
    keys_make(&keys, export);
    weir_buf_putc(buf, '[');
    for (size_t i = 0; i < count && !weir_buf_error(&keys.text); i++) {
        if (i)
            weir_buf_putc(buf, ',');
        row_put(buf, export, &keys,
                (const char *)records + i * weir_table(export->table)->record_size);
        weir_export_flush(export, buf);
    }
    weir_buf_putc(buf, ']');
    weir_buf_done(&keys.text);
}

void weir_export_json(weir_buf_t *buf, const weir_export_t *export, const weir_snapshot_t *snapshot,
                      const weir_selection_t *selection)
{
    keys_t keys;
    keys_make(&keys, export);
    weir_buf_printf(buf, "{\"table\":\"%s\",\"time\":", weir_table(export->table)->id);
    time_put(buf, snapshot->time.wall_ns);
    weir_buf_puts(buf, ",\"window_s\":");
    weir_number_put_real(buf, (double)snapshot->window_ns / 1e9, 9);
    weir_buf_printf(buf, ",\"origin\":\"%s\",\"rows\":[", weir_origin_word(snapshot->origin));
    weir_record_t scratch = {.wanted = weir_export_wanted(export)};
    for (size_t i = 0; i < selection->count && !weir_buf_error(&keys.text); i++) {
        if (i)
            weir_buf_putc(buf, ',');
        row_put(buf, export, &keys,
                weir_snapshot_read(snapshot, export->table, selection->rows[i], &scratch));
        weir_export_flush(export, buf);
    }
    weir_buf_puts(buf, "],\"omitted\":");
    weir_number_put(buf,
                    snapshot->rows[export->table].omitted + selection->matched - selection->count);
    if (snapshot->rows[export->table].omitted_bytes) {
        weir_buf_puts(buf, ",\"omitted_bytes\":");
        weir_number_put(buf, snapshot->rows[export->table].omitted_bytes);
    }
    weir_buf_puts(buf, ",\"lost\":");
    weir_number_put(buf, snapshot->lost);
    weir_buf_puts(buf, "}\n");
    weir_buf_done(&keys.text);
}
