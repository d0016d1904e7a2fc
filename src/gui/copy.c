#include "gui/copy.h"

#include "export/export.h"
#include "gui/words.h"
#include "model/cell.h"

#include <string.h>

#define CEILING ((size_t)256 << 20) /* [byte] of the clipboard */

typedef struct copy {
    const weir_settings_t *settings;
    const weir_table_model_t *model;
    weir_selection_t selection; /* borrowed rows: positions in the snapshot */
} copy_t;

/* One line; record NULL: the titles. */
static void text_row_put(weir_buf_t *buf, const copy_t *copy, const void *record)
{
    const weir_table_t *table = weir_table(copy->model->table);
    char **columns = copy->settings->tables[copy->model->table].columns;
    for (char **id = columns; *id; id++) {
        int position = weir_column_find(table, *id);
        if (position < 0)
            continue;
        const weir_column_t *column = &table->columns[position];
        g_autofree char *words = NULL;
        if (record) {
            weir_cell_t cell = weir_cell(table, (size_t)position, record, &copy->settings->units);
            words = weir_words_cell(column, &cell);
        } else {
            words = g_strdup(weir_words_title(column));
        }
        if (id != columns)
            weir_buf_putc(buf, '\t');
        weir_buf_puts(buf, words);
    }
    weir_buf_putc(buf, '\n');
}

static void text_put(weir_buf_t *buf, const copy_t *copy)
{
    weir_record_t scratch = {.wanted = UINT64_MAX};
    text_row_put(buf, copy, NULL);
    for (size_t i = 0; i < copy->selection.count; i++)
        text_row_put(buf, copy,
                     weir_snapshot_read(copy->model->snapshot, copy->model->table,
                                        copy->selection.rows[i], &scratch));
}

static void document_put(weir_buf_t *buf, const char *how, const copy_t *copy)
{
    const weir_snapshot_t *snapshot = copy->model->snapshot;
    weir_export_t export = {.table = copy->model->table, .utf8 = true};
    weir_export_default_columns(&export, WEIR_FORMAT_JSON); /* all of them */
    if (strcmp(how, "json") == 0) {
        weir_export_json(buf, &export, snapshot, &copy->selection);
        return;
    }
    weir_export_csv_header(buf, &export);
    weir_export_csv(buf, &export, snapshot, &copy->selection);
}

void weir_copy(weir_table_view_t *table, const weir_settings_t *settings, const char *how)
{
    const weir_table_model_t *model = weir_table_view_model(table);
    copy_t copy = {settings, model, {model->rows, model->count, model->count}};
    if (!model->snapshot)
        return;
    int place = weir_table_view_selected(table);
    if (place >= 0)
        copy.selection = (weir_selection_t){model->rows + place, 1, 1};
    weir_buf_t buf;
    weir_buf_init(&buf, CEILING);
    if (strcmp(how, "text") == 0)
        text_put(&buf, &copy);
    else
        document_put(&buf, how, &copy);
    weir_copy_words(weir_table_view_widget(table), weir_buf_text(&buf));
    weir_buf_done(&buf);
}

void weir_copy_words(GtkWidget *widget, const char *words)
{
    gdk_clipboard_set_text(gtk_widget_get_clipboard(widget), words);
}
