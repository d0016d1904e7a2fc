/*
 * What is seen, into a file or onto the clipboard.
 */
#include "base/text.h"
#include "tui/new_file.h"
#include "tui/screen.h"

#include <errno.h>
#include <string.h>

#define EXPORT_CEILING ((size_t)1 << 30)

/* The rows as they stand; of a folded group none. */
static weir_selection_t seen_rows(const weir_screen_t *screen)
{
    const weir_list_t *list = &screen->lists[screen->table];
    bool folded = weir_list_has_group(list) && list->folded;
    return (weir_selection_t){
        .rows = list->rows, .count = folded ? list->main : list->count, .matched = list->count};
}

static void export_fill(const weir_screen_t *screen, weir_export_t *export)
{
    const weir_table_choices_t *choices = &screen->choices.tables[screen->table];
    *export = (weir_export_t){.table = screen->table, .chosen = true};
    for (size_t i = 0; i < choices->column_count; i++)
        if (choices->columns[i] != WEIR_VIEW_HISTORY)
            export->columns[export->column_count++] = choices->columns[i];
}

static int all_write(int fd, const weir_buf_t *buf)
{
    for (size_t at = 0; at < buf->len;) {
        ssize_t n = TEMP_FAILURE_RETRY(write(fd, buf->data + at, buf->len - at));
        if (n < 0)
            return -errno;
        at += (size_t)n;
    }
    return 0;
}

static int seen_write(const weir_screen_t *screen, weir_format_t format, int fd)
{
    weir_buf_t buf;
    weir_export_t export;
    weir_selection_t rows = seen_rows(screen);
    weir_buf_init(&buf, EXPORT_CEILING);
    export_fill(screen, &export);
    if (format == WEIR_FORMAT_CSV) {
        weir_export_csv_header(&buf, &export);
        weir_export_csv(&buf, &export, screen->snapshot, &rows);
    } else {
        weir_export_json(&buf, &export, screen->snapshot, &rows);
    }
    int r = weir_buf_error(&buf);
    if (r >= 0)
        r = all_write(fd, &buf);
    weir_buf_done(&buf);
    return r;
}

void weir_save_export(weir_screen_t *screen, weir_format_t format)
{
    weir_new_file_t file;
    if (weir_screen_emptiness(screen)) {
        weir_screen_say(screen, "nothing is seen: nothing to export");
        return;
    }
    int r = weir_new_file_make(weir_table(screen->table)->id,
                               format == WEIR_FORMAT_CSV ? "csv" : "json",
                               screen->snapshot->time.wall_ns, &file);
    if (r == 0)
        r = seen_write(screen, format, file.fd);
    if (r < 0)
        weir_screen_say(screen, "cannot write %s: %s", file.path, strerror(-r));
    else
        weir_screen_say(screen, "saved %zu rows as %s", seen_rows(screen).count, file.path);
    weir_closep(&file.fd);
}

void weir_save_copy(weir_screen_t *screen)
{
    const weir_list_t *list = weir_screen_list(screen);
    const weir_table_choices_t *choices = &screen->choices.tables[screen->table];
    if (weir_screen_emptiness(screen))
        return;
    uint32_t row = weir_list_row(list, list->cursor);
    if (row == WEIR_INDEX_NONE) {
        weir_screen_say(screen, "select a row to copy it");
        return;
    }
    weir_buf_t text;
    weir_buf_init(&text, (size_t)1 << 20);
    for (size_t i = 0; i < choices->column_count; i++) {
        if (choices->columns[i] == WEIR_VIEW_HISTORY)
            continue;
        weir_buf_puts(&text, text.len ? "\t" : "");
        weir_draw_cell_text(screen, &text, choices->columns[i], row);
    }
    weir_term_copy(screen->term, weir_buf_text(&text), text.len);
    weir_buf_done(&text);
    weir_screen_say(screen, "copied the row, if this terminal lets programs do that (OSC 52)");
}
