#include "base/text.h"
#include "tui/screen.h"

#include <stdio.h>
#include <string.h>

/* Without spaces at its end. */
static void text_keep(char to[static WEIR_EDIT_SIZE], const char *from)
{
    size_t n = strnlen(from, WEIR_EDIT_SIZE - 1);
    while (n && from[n - 1] == ' ')
        n--;
    memmove(to, from, n);
    to[n] = '\0';
}

static bool table_has_times(const weir_screen_t *screen)
{
    const weir_table_t *table = weir_table(screen->table);
    return weir_column_find(table, "first_seen") >= 0 && weir_column_find(table, "last_seen") >= 0;
}

/* The span is one more condition: what was active within it. Times are in nanoseconds. */
void weir_filter_line_text(const weir_screen_t *screen, char text[static WEIR_QUERY_SIZE])
{
    const char *own = screen->filter_text;
    text[0] = '\0';
    if (!screen->span.on || !table_has_times(screen))
        (void)snprintf(text, WEIR_QUERY_SIZE, "%s", own);
    else
        (void)snprintf(text, WEIR_QUERY_SIZE, "%s%s%slast_seen>=%lldG and first_seen<%lldG",
                       own[0] ? "(" : "", own, own[0] ? ") and " : "",
                       (long long)screen->span.from_s, (long long)screen->span.to_s);
}

void weir_filter_line_renew(weir_screen_t *screen)
{
    char text[WEIR_QUERY_SIZE];
    weir_filter_error_t error;
    weir_filter_t *filter = NULL;
    weir_filter_line_text(screen, text);
    if (text[0] && weir_filter_parse(weir_table(screen->table), text, &filter, &error) < 0) {
        weir_screen_say(screen, "the filter is too long for a span of time");
        return;
    }
    weir_filter_free(screen->filter);
    screen->filter = filter;
    weir_screen_reorder(screen);
}

/* What is typed is judged alone, so that positions are right. */
bool weir_filter_line_apply(weir_screen_t *screen, const char *text)
{
    weir_filter_t *filter = NULL;
    bool empty = text[strspn(text, " ")] == '\0';
    int r =
        empty ? 0
              : weir_filter_parse(weir_table(screen->table), text, &filter, &screen->filter_error);
    weir_filter_free(filter);
    screen->filter_wrong = r < 0;
    if (r < 0)
        return false;
    text_keep(screen->filter_text, empty ? "" : text);
    weir_filter_line_renew(screen);
    return true;
}

void weir_filter_line_open(weir_screen_t *screen)
{
    if (!weir_table(screen->table)->column_count)
        return;
    screen->mode = WEIR_MODE_FILTER;
    text_keep(screen->filter_before, screen->filter_text);
    weir_edit_set(&screen->edit, screen->filter_text);
    screen->filter_wrong = false;
}

static void name_complete(weir_screen_t *screen)
{
    const weir_table_t *table = weir_table(screen->table);
    const char *names[WEIR_VIEW_COLUMNS_MAX];
    size_t n = 0;
    for (; n < table->column_count && n < WEIR_COUNT(names); n++)
        names[n] = table->columns[n].id;
    (void)weir_edit_complete(&screen->edit, names, n);
}

/* What is typed is shown at once if it is a filter already. */
void weir_filter_line_key(weir_screen_t *screen, uint32_t key)
{
    if (key == WEIR_KEY_ESCAPE || key == WEIR_KEY_CONTROL('c')) {
        (void)weir_filter_line_apply(screen, screen->filter_before); /* it was valid before */
        screen->mode = WEIR_MODE_TABLE;
        return;
    }
    if (key == WEIR_KEY_ENTER) {
        if (weir_filter_line_apply(screen, screen->edit.text))
            screen->mode = WEIR_MODE_TABLE;
        return;
    }
    if (key == WEIR_KEY_TAB)
        name_complete(screen);
    else if (!weir_edit_key(&screen->edit, key))
        return;
    (void)weir_filter_line_apply(screen, screen->edit.text); /* wrong is said beside it */
}
