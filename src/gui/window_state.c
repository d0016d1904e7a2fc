/*
 * What the window says about itself: a notice above the pages, a page for an empty table, the foot.
 */
#include "gui/window_private.h"

#include "gui/text.h"
#include "gui/words.h"

#include <glib/gi18n.h>
#include <string.h>

static void empty_make(weir_window_t *window)
{
    window->empty = adw_status_page_new();
    adw_status_page_set_icon_name(ADW_STATUS_PAGE(window->empty), "network-wired-symbolic");
    gtk_widget_set_vexpand(window->empty, TRUE);
    window->empty_button = gtk_button_new();
    gtk_widget_set_halign(window->empty_button, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(window->empty_button, "pill");
    adw_status_page_set_child(ADW_STATUS_PAGE(window->empty), window->empty_button);
}

void weir_window_state_make(weir_window_t *window)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    gtk_widget_add_css_class(box, "notice");
    window->notice_busy = gtk_spinner_new();
    window->notice_words = gtk_label_new("");
    window->notice_button = gtk_button_new();
    gtk_label_set_xalign(GTK_LABEL(window->notice_words), 0);
    gtk_label_set_ellipsize(GTK_LABEL(window->notice_words), PANGO_ELLIPSIZE_MIDDLE);
    gtk_widget_set_hexpand(window->notice_words, TRUE);
    gtk_box_append(GTK_BOX(box), window->notice_busy);
    gtk_box_append(GTK_BOX(box), window->notice_words);
    gtk_box_append(GTK_BOX(box), window->notice_button);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(window->notice_button), "app.live");
    window->notice = box;
    gtk_widget_set_visible(box, FALSE);
    window->count = weir_text_new(20, FALSE);
    window->origin = weir_text_new(24, TRUE);
    empty_make(window);
}

/* ---- The notice ------------------------------------------------------------------------------ */

static char *notice_words(const weir_feed_t *feed)
{
    g_autofree char *name = feed->path ? g_path_get_basename(feed->path) : NULL;
    g_autofree char *file = name ? weir_words_safe(name) : NULL;
    g_autofree char *error = weir_words_safe(feed->error);
    if (error[0])
        return g_steal_pointer(&error);
    if (!file)
        return NULL;
    if (!feed->snapshot)
        return g_strdup_printf(feed->ended ? _("%s holds nothing to show") : _("Opening %s…"),
                               file);
    return g_strdup_printf(feed->ended ? _("End of the recording %s") : _("Recording %s"), file);
}

static void notice_write(weir_window_t *window)
{
    const weir_feed_t *feed = &window->gui->feed;
    g_autofree char *words = notice_words(feed);
    gtk_widget_set_visible(window->notice, words != NULL);
    if (!words)
        return;
    bool opening = !feed->snapshot && !feed->ended;
    if (strcmp(words, gtk_label_get_text(GTK_LABEL(window->notice_words))) != 0)
        gtk_label_set_text(GTK_LABEL(window->notice_words), words);
    gtk_widget_set_visible(window->notice_busy, opening);
    gtk_spinner_set_spinning(GTK_SPINNER(window->notice_busy), opening);
    const char *button = opening ? _("Cancel") : feed->path ? _("Back to Live") : _("Try Again");
    if (g_strcmp0(button, gtk_button_get_label(GTK_BUTTON(window->notice_button))) != 0)
        gtk_button_set_label(GTK_BUTTON(window->notice_button), button);
}

/* ---- Nothing to show ------------------------------------------------------------------------- */

static void empty_say(weir_window_t *window, const char *title, const char *words,
                      const char *button, const char *action)
{
    AdwStatusPage *page = ADW_STATUS_PAGE(window->empty);
    if (g_strcmp0(adw_status_page_get_title(page), title) == 0)
        return;
    adw_status_page_set_title(page, title);
    adw_status_page_set_description(page, words);
    gtk_widget_set_visible(window->empty_button, button != NULL);
    if (!button)
        return;
    gtk_button_set_label(GTK_BUTTON(window->empty_button), button);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(window->empty_button), action);
}

static void empty_write(weir_window_t *window)
{
    guint rows = g_list_model_get_n_items(G_LIST_MODEL(weir_table_view_model(window->table)));
    gtk_stack_set_visible_child_name(GTK_STACK(window->body), rows ? "table" : "empty");
    if (rows)
        return;
    if (!window->shown && window->gui->feed.ended)
        empty_say(window, _("Nothing to Show"), _("The line above says why."), _("Open Recording…"),
                  "app.open");
    else if (!window->shown)
        empty_say(window, _("Measuring…"), _("The first values come within a second."), NULL, NULL);
    else if (window->shown->rows[WEIR_TABLE_INTERFACES].count)
        empty_say(window, _("No Interface Matches"),
                  _("The filter hides all of them. Change it, or show everything again."),
                  _("Clear Filter"), "win.clear-filter");
    else
        empty_say(window, _("No Network Interface"),
                  window->gui->feed.path
                      ? _("The recording holds none at this time.")
                      : _("This machine has none. One that is plugged in appears here by itself."),
                  _("Open Recording…"), "app.open");
}

/* ---- The foot -------------------------------------------------------------------------------- */

static char *count_words(const weir_window_t *window)
{
    if (!window->shown)
        return g_strdup("");
    guint shown = g_list_model_get_n_items(G_LIST_MODEL(weir_table_view_model(window->table)));
    guint all = (guint)window->shown->rows[WEIR_TABLE_INTERFACES].count;
    if (shown != all)
        return g_strdup_printf(_("%u of %u interfaces"), shown, all);
    return g_strdup_printf(g_dngettext(NULL, "%u interface", "%u interfaces", all), all);
}

static char *origin_words(const weir_window_t *window)
{
    const weir_gui_t *gui = window->gui;
    if (weir_window_is_frozen(window))
        return g_strdup(_("frozen"));
    if (gui->feed.path && window->shown) {
        g_autofree char *clock = weir_words_clock(window->shown->time.wall_ns, true);
        return g_strdup_printf(_("recorded at %s"), clock);
    }
    weir_buf_t every;
    weir_buf_init(&every, 64);
    weir_duration_put(&every, gui->settings.interval_ns);
    char *words = g_strdup_printf(_("live · every %s"), weir_buf_text(&every));
    weir_buf_done(&every);
    return words;
}

void weir_window_state_write(weir_window_t *window)
{
    notice_write(window);
    empty_write(window);
    g_autofree char *count = count_words(window);
    g_autofree char *origin = origin_words(window);
    weir_text_set(WEIR_TEXT(window->count), count, TRUE);
    weir_text_set(WEIR_TEXT(window->origin), origin, !weir_window_is_frozen(window));
}
