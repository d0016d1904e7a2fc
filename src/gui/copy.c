#include "gui/copy.h"

#include "export/export.h"
#include "gui/words.h"
#include "model/cell.h"

#include <string.h>

#define CEILING ((size_t)256 << 20) /* [byte] of the clipboard */

static void text_row_put(weir_buf_t *buf, const weir_settings_t *settings,
                         const weir_iface_t *iface)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_INTERFACES);
    for (char **id = settings->columns; *id; id++) {
        int position = weir_column_find(table, *id);
        if (position < 0)
            continue;
        g_autofree char *words = NULL;
        if (iface) {
            weir_cell_t cell = weir_cell(table, (size_t)position, iface, &settings->units);
            words = weir_words_cell(&cell);
        } else {
            words = g_strdup(weir_words_title(&table->columns[position]));
        }
        if (id != settings->columns)
            weir_buf_putc(buf, '\t');
        weir_buf_puts(buf, words);
    }
    weir_buf_putc(buf, '\n');
}

static void text_put(weir_buf_t *buf, const weir_settings_t *settings,
                     const weir_snapshot_t *snapshot, const weir_selection_t *selection)
{
    text_row_put(buf, settings, NULL);
    for (size_t i = 0; i < selection->count; i++)
        text_row_put(buf, settings, weir_snapshot_iface(snapshot, selection->rows[i]));
}

static void document_put(weir_buf_t *buf, const char *how, const weir_snapshot_t *snapshot,
                         const weir_selection_t *selection)
{
    weir_export_t export = {.table = WEIR_TABLE_INTERFACES, .utf8 = true};
    weir_export_default_columns(&export, WEIR_FORMAT_JSON); /* all of them */
    if (strcmp(how, "json") == 0) {
        weir_export_json(buf, &export, snapshot, selection);
        return;
    }
    weir_export_csv_header(buf, &export);
    weir_export_csv(buf, &export, snapshot, selection);
}

void weir_copy(weir_table_view_t *table, const weir_settings_t *settings, const char *how)
{
    weir_snapshot_t *snapshot = weir_table_model_snapshot(weir_table_view_model(table));
    const weir_iface_t *chosen = weir_table_view_selected(table);
    if (!snapshot)
        return;
    weir_selection_t selection = weir_table_model_selection(weir_table_view_model(table));
    uint32_t row = chosen ? (uint32_t)(chosen - weir_snapshot_iface(snapshot, 0)) : 0;
    if (chosen)
        selection = (weir_selection_t){&row, 1, 1};
    weir_buf_t buf;
    weir_buf_init(&buf, CEILING);
    if (strcmp(how, "text") == 0)
        text_put(&buf, settings, snapshot, &selection);
    else
        document_put(&buf, how, snapshot, &selection);
    GdkClipboard *clipboard = gtk_widget_get_clipboard(weir_table_view_widget(table));
    gdk_clipboard_set_text(clipboard, weir_buf_text(&buf));
    weir_buf_done(&buf);
}
