/*
 * Ending an app's processes: a question, then SIGTERM; who still runs after a while may be killed,
 * after another question. The processes are those of the snapshot in which the app was chosen,
 * known by number and beginning.
 */
#include "gui/window_private.h"

#include "gui/words.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

#define PATIENCE_S 3 /* before killing is offered */
#define PIDS_SAID 8

typedef struct ending {
    weir_gui_t *gui;           /* borrowed; outlives all dialogs */
    weir_snapshot_t *snapshot; /* a reference */
    const weir_app_t *app;     /* of it */
    bool at_once;
} ending_t;

static void ending_free(ending_t *ending)
{
    weir_snapshot_unref(ending->snapshot);
    g_free(ending);
}

static GtkWindow *parent_of(const ending_t *ending)
{
    return ending->gui->window ? weir_window_widget(ending->gui->window) : NULL;
}

static void words_show(GtkWindow *parent, const char *heading, const char *words)
{
    GtkWidget *dialog = adw_message_dialog_new(parent, heading, NULL);
    adw_message_dialog_set_body(ADW_MESSAGE_DIALOG(dialog), words);
    adw_message_dialog_add_response(ADW_MESSAGE_DIALOG(dialog), "close", _("_Close"));
    gtk_window_present(GTK_WINDOW(dialog));
}

static void failure_show(const ending_t *ending, int r, const weir_client_end_t *end)
{
    g_autofree char *name = weir_words_safe(ending->app->app);
    g_autofree char *owner = weir_words_safe(ending->app->user ? ending->app->user : "?");
    g_autofree char *words =
        r < 0          ? g_strdup(strerror(-r))
        : end->refused ? g_strdup_printf(_("It belongs to %s; who may end it is its owner, or the "
                                           "administrator."),
                                         owner)
                       : g_strdup_printf(_("%s has ended already."), name);
    g_autofree char *heading = g_strdup_printf(_("%s Was Not Ended"), name);
    words_show(parent_of(ending), heading, words);
}

static void question_show(ending_t *ending);

static bool app_lives(const ending_t *ending)
{
    const weir_snapshot_t *now = ending->gui->feed.snapshot;
    const weir_app_t *apps = now ? now->rows[WEIR_TABLE_APPS].records : NULL;
    for (size_t i = 0; apps && i < now->rows[WEIR_TABLE_APPS].count; i++)
        if (apps[i].id == ending->app->id)
            return !apps[i].ended;
    return false;
}

static gboolean on_patience(gpointer data)
{
    ending_t *ending = data;
    if (!ending->gui->window || !app_lives(ending)) {
        ending_free(ending);
        return G_SOURCE_REMOVE;
    }
    ending->at_once = true;
    question_show(ending);
    return G_SOURCE_REMOVE;
}

static void on_answer(AdwMessageDialog *dialog, const char *response, ending_t *ending)
{
    (void)dialog;
    weir_client_end_t end = {0};
    if (strcmp(response, "end") != 0 || !ending->gui->feed.client) {
        ending_free(ending);
        return;
    }
    int r = weir_client_end_app(ending->gui->feed.client, ending->app, ending->at_once, &end);
    if (r < 0 || !end.told)
        failure_show(ending, r, &end);
    if (end.told && !ending->at_once)
        g_timeout_add_seconds(PATIENCE_S, on_patience, ending);
    else
        ending_free(ending);
}

static char *processes_words(const weir_number_list_t *pids)
{
    GString *words = g_string_new(NULL);
    for (size_t i = 0; i < pids->count && i < PIDS_SAID; i++)
        g_string_append_printf(words, "%s%u", i ? ", " : "", pids->items[i]);
    g_string_append(words, pids->count > PIDS_SAID ? ", …" : "");
    return g_string_free(words, FALSE);
}

static void question_show(ending_t *ending)
{
    g_autofree char *name = weir_words_safe(ending->app->app);
    g_autofree char *pids = processes_words(&ending->app->pids);
    g_autofree char *heading =
        g_strdup_printf(ending->at_once ? _("Kill %s?") : _("End %s?"), name);
    g_autofree char *body =
        ending->at_once
            ? g_strdup_printf(_("It was asked to end and still runs. Killed, it loses what it has "
                                "not saved. Processes: %s"),
                              pids)
            : g_strdup_printf(_("It is asked to end (SIGTERM). Processes: %s"), pids);
    GtkWidget *dialog = adw_message_dialog_new(parent_of(ending), heading, NULL);
    adw_message_dialog_set_body(ADW_MESSAGE_DIALOG(dialog), body);
    adw_message_dialog_add_responses(ADW_MESSAGE_DIALOG(dialog), "cancel", _("_Cancel"), "end",
                                     ending->at_once ? _("_Kill") : _("_End"), NULL);
    adw_message_dialog_set_response_appearance(ADW_MESSAGE_DIALOG(dialog), "end",
                                               ADW_RESPONSE_DESTRUCTIVE);
    adw_message_dialog_set_default_response(ADW_MESSAGE_DIALOG(dialog), "cancel");
    adw_message_dialog_set_close_response(ADW_MESSAGE_DIALOG(dialog), "cancel");
    g_signal_connect(dialog, "response", G_CALLBACK(on_answer), ending);
    gtk_window_present(GTK_WINDOW(dialog));
}

static const char *refusal(const weir_snapshot_t *snapshot, const weir_app_t *app)
{
    if (snapshot->origin != WEIR_ORIGIN_LIVE)
        return _("This is a recording.");
    if (app->ended)
        return _("It has ended already.");
    if (!app->pids.count || !app->starts)
        return _("The kernel itself carries this traffic: there is no process to end.");
    return NULL;
}

void weir_end_ask(weir_window_t *window)
{
    weir_record_t scratch = {.wanted = UINT64_MAX};
    const weir_app_t *app =
        window->page->id == WEIR_TABLE_APPS ? weir_window_record(window, &scratch) : NULL;
    weir_snapshot_t *snapshot = window->shown;
    if (!app || !snapshot)
        return;
    const char *why = refusal(snapshot, app);
    if (why) {
        g_autofree char *name = weir_words_safe(app->app);
        g_autofree char *heading = g_strdup_printf(_("%s Was Not Ended"), name);
        words_show(weir_window_widget(window), heading, why);
        return;
    }
    ending_t *ending = g_new0(ending_t, 1);
    *ending = (ending_t){.gui = window->gui, .snapshot = weir_snapshot_ref(snapshot), .app = app};
    question_show(ending);
}
