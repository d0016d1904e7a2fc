/*
 * Ending an app's processes: a question first; who was asked to end and still runs may be killed.
 * What was asked for is the app of the picture in which it was selected: its processes are known by
 * number and beginning, so that the answer, however late, hits no other.
 */
#include "base/text.h"
#include "tui/screen.h"

#include <errno.h>
#include <string.h>

#define PIDS_SAID 4

/* The selected app of a live picture; NULL: none is. */
static const weir_app_t *app_selected(weir_screen_t *screen)
{
    const weir_list_t *list = weir_screen_list(screen);
    if (screen->table != WEIR_TABLE_APPS || weir_screen_emptiness(screen))
        return NULL;
    uint32_t row = weir_list_row(list, list->cursor);
    return row == WEIR_INDEX_NONE ? NULL
                                  : weir_snapshot_record(screen->snapshot, WEIR_TABLE_APPS, row);
}

static const char *refusal(const weir_screen_t *screen, const weir_app_t *app)
{
    if (!app)
        return "x ends a program: select one in Apps (2)";
    if (screen->snapshot->origin != WEIR_ORIGIN_LIVE)
        return "a recording: its programs cannot be ended from here";
    if (app->ended)
        return "it has ended already";
    if (!app->pids.count)
        return "the kernel itself carries this traffic: there is no process to end";
    return app->starts ? NULL : "its processes are not known well enough to end them";
}

void weir_end_open(weir_screen_t *screen)
{
    const weir_app_t *app = app_selected(screen);
    const char *why = refusal(screen, app);
    if (why) {
        weir_screen_say(screen, "%s", why);
        return;
    }
    weir_end_done(screen);
    screen->ending.snapshot = weir_snapshot_ref(screen->snapshot);
    screen->ending.app = app;
    screen->mode = WEIR_MODE_END;
}

void weir_end_done(weir_screen_t *screen)
{
    weir_snapshot_unref(screen->ending.snapshot);
    screen->ending.snapshot = NULL;
    screen->ending.app = NULL;
}

static bool was_asked(const weir_screen_t *screen)
{
    return screen->ending.asked == screen->ending.app->id;
}

/* "process 4711", "3 processes: 12, 13, 14" */
static void processes_put(weir_buf_t *buf, const weir_number_list_t *pids)
{
    if (pids->count == 1) {
        weir_buf_printf(buf, "process %u", pids->items[0]);
        return;
    }
    weir_buf_printf(buf, "%zu processes: ", pids->count);
    for (size_t i = 0; i < pids->count && i < PIDS_SAID; i++)
        weir_buf_printf(buf, "%s%u", i ? ", " : "", pids->items[i]);
    weir_buf_puts(buf, pids->count > PIDS_SAID ? ", ..." : "");
}

void weir_end_put(weir_screen_t *screen, weir_buf_t *buf)
{
    const weir_app_t *app = screen->ending.app;
    bool again = was_asked(screen);
    weir_buf_puts(buf, again ? "Kill " : "End ");
    (void)weir_text_put_safe(buf, app->app, screen->paint.utf8);
    weir_buf_puts(buf, " (");
    processes_put(buf, &app->pids);
    weir_buf_puts(buf, again ? ", was asked to end)? It loses what it has not saved" : ")?");
    weir_buf_puts(buf, again ? "   y kills it   Esc no" : "   y asks it to end   Esc no");
}

static void outcome_say(weir_screen_t *screen, const weir_client_end_t *end, bool at_once)
{
    const weir_app_t *app = screen->ending.app;
    if (end->refused && !end->told)
        weir_screen_say(screen, "not permitted to end %s: it belongs to %s; sudo weir may",
                        app->app, app->user ? app->user : "another user");
    else if (!end->told)
        weir_screen_say(screen, "%s has ended already", app->app);
    else if (at_once)
        weir_screen_say(screen, "killed %s", app->app);
    else
        weir_screen_say(screen, "asked %s to end; if it stays, x offers to kill it", app->app);
}

static void end_do(weir_screen_t *screen)
{
    const weir_app_t *app = screen->ending.app;
    bool at_once = was_asked(screen);
    weir_client_end_t end = {0};
    int r = weir_client_end_app(screen->client, app, at_once, &end);
    if (r < 0) {
        weir_screen_say(screen, "cannot end %s: %s", app->app, strerror(-r));
        return;
    }
    screen->ending.asked = end.told ? app->id : 0;
    outcome_say(screen, &end, at_once);
}

void weir_end_key(weir_screen_t *screen, uint32_t key)
{
    screen->mode = WEIR_MODE_TABLE;
    if (key == 'y' || key == 'Y')
        end_do(screen);
    weir_end_done(screen);
}
