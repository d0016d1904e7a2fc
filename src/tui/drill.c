/*
 * From table to table: tabs, from a row to its flows, and back again.
 */
#include "base/text.h"
#include "tui/screen.h"

#include <stdio.h>
#include <string.h>

void weir_drill_want(weir_screen_t *screen)
{
    uint32_t tables = UINT32_C(1) << screen->table | UINT32_C(1) << WEIR_TABLE_INTERFACES;
    if (screen->newest) /* the first picture does not wait for them */
        tables |= UINT32_C(1) << WEIR_TABLE_APPS;
    weir_client_want(screen->client, tables);
}

/* Learn what has happened while the table was out of sight. */
static void table_show(weir_screen_t *screen, weir_table_id_t table, const char *filter_text)
{
    screen->table = table;
    weir_drill_want(screen);
    weir_screen_learn(screen);
    (void)weir_filter_line_apply(screen, filter_text); /* it was valid there before, or is made */
}

void weir_drill_switch(weir_screen_t *screen, weir_table_id_t table)
{
    if (table == screen->table && !screen->trail_count)
        return;
    screen->trail_count = 0;
    table_show(screen, table, "");
}

static uint32_t selected_row(weir_screen_t *screen)
{
    const weir_list_t *list = weir_screen_list(screen);
    return weir_screen_emptiness(screen) ? WEIR_INDEX_NONE : weir_list_row(list, list->cursor);
}

/* The list of flows begins anew: these are others. */
static void flows_show(weir_screen_t *screen, const char *filter_text)
{
    weir_list_t *list = &screen->lists[WEIR_TABLE_FLOWS];
    weir_list_done(list);
    weir_list_init(list, WEIR_TABLE_FLOWS);
    screen->ordered[WEIR_TABLE_FLOWS][0] = '\0';
    table_show(screen, WEIR_TABLE_FLOWS, filter_text);
}

static void trail_add(weir_screen_t *screen, const void *record, const char *followed)
{
    weir_trail_t *place = &screen->trail[screen->trail_count++];
    weir_buf_t name;
    weir_buf_init(&name, 4096);
    weir_view_name_put(&name, screen->table, record, screen->paint.utf8);
    place->table = screen->table;
    memcpy(place->filter_text, screen->filter_text, sizeof(place->filter_text));
    (void)snprintf(place->followed, sizeof(place->followed), "%s", followed);
    weir_buf_t label;
    weir_buf_init(&label, 4096);
    size_t width = weir_text_width(weir_buf_text(&name));
    weir_text_put_column(&label, weir_buf_text(&name), width < 40 ? width : 40, screen->paint.utf8);
    size_t n =
        label.len < sizeof(place->label) ? label.len : 0; /* 40 columns fit, but in escapes */
    memcpy(place->label, weir_buf_text(&label), n);
    place->label[n] = '\0';
    weir_buf_done(&label);
    weir_buf_done(&name);
}

bool weir_drill_enter(weir_screen_t *screen)
{
    const weir_view_t *view = weir_view(screen->table);
    uint32_t row = selected_row(screen);
    if (!view->flows || row == WEIR_INDEX_NONE)
        return false;
    weir_record_t scratch = {.wanted = UINT64_MAX};
    const void *record = weir_snapshot_read(screen->snapshot, screen->table, row, &scratch);
    weir_buf_t filter;
    weir_buf_init(&filter, WEIR_EDIT_SIZE - 1);
    const char *why = view->flows(&filter, record);
    const char *text = weir_buf_text(&filter);
    if (!why && weir_buf_error(&filter) < 0)
        why = "its name is too long for a filter";
    if (why) {
        weir_screen_say(screen, "%s", why);
    } else if (screen->trail_count < WEIR_TRAIL_MAX) {
        trail_add(screen, record, text);
        flows_show(screen, text);
    }
    weir_buf_done(&filter);
    return true;
}

bool weir_drill_back(weir_screen_t *screen)
{
    if (!screen->trail_count)
        return false;
    const weir_trail_t *place = &screen->trail[--screen->trail_count];
    table_show(screen, place->table, place->filter_text);
    return true;
}
