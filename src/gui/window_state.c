/*
 * What the window says about itself: a notice above the pages, and the foot.
 */
#include "gui/window_private.h"

#include "gui/text.h"
#include "gui/words.h"

#include <glib/gi18n.h>
#include <string.h>

void weir_window_state_make(weir_window_t *window)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    gtk_widget_add_css_class(box, "notice");
    window->notice_bar = gtk_progress_bar_new();
    gtk_widget_set_valign(window->notice_bar, GTK_ALIGN_CENTER);
    window->notice_words = gtk_label_new("");
    window->notice_button = gtk_button_new();
    gtk_label_set_xalign(GTK_LABEL(window->notice_words), 0);
    gtk_label_set_ellipsize(GTK_LABEL(window->notice_words), PANGO_ELLIPSIZE_MIDDLE);
    gtk_widget_set_hexpand(window->notice_words, TRUE);
    gtk_box_append(GTK_BOX(box), window->notice_words);
    gtk_box_append(GTK_BOX(box), window->notice_bar);
    gtk_box_append(GTK_BOX(box), window->notice_button);
    window->notice = box;
    gtk_widget_set_visible(box, FALSE);
    window->count = weir_text_new(20, FALSE);
    window->books = weir_text_new(40, FALSE);
    window->origin = weir_text_new(24, TRUE);
}

/* ---- The notice ------------------------------------------------------------------------------ */

static char *reading_words(const weir_feed_t *feed, const char *file)
{
    if (!feed->progress)
        return g_strdup_printf(_("Opening %s…"), file);
    weir_buf_t packets;
    weir_buf_init(&packets, 64);
    weir_count_put(&packets, atomic_load(&feed->progress->packets));
    char *words = g_strdup_printf(_("Reading %s: %s packets"), file, weir_buf_text(&packets));
    weir_buf_done(&packets);
    return words;
}

/* What a capture's reader met: reading was cancelled, or a file is not whole. */
static char *capture_words(const weir_report_t *report, const char *file)
{
    if (report->partial)
        return g_strdup_printf(_("Capture %s, of which only a part was read"), file);
    for (size_t i = 0; i < report->file_count; i++) {
        if (report->files[i].problem) {
            g_autofree char *problem = weir_words_safe(report->files[i].problem);
            return g_strdup_printf(_("Capture %s, read until: %s"), file, problem);
        }
        if (report->files[i].truncated)
            return g_strdup_printf(_("Capture %s, which is cut in its last packet"), file);
    }
    return g_strdup_printf(_("Capture %s"), file);
}

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
        return feed->ended ? g_strdup_printf(_("%s holds nothing to show"), file)
                           : reading_words(feed, file);
    if (feed->snapshot->report)
        return capture_words(feed->snapshot->report, file);
    return g_strdup_printf(feed->ended ? _("End of the recording %s") : _("Recording %s"), file);
}

static void progress_write(weir_window_t *window, bool reading)
{
    const weir_feed_t *feed = &window->gui->feed;
    gtk_widget_set_visible(window->notice_bar, reading && feed->progress);
    if (!reading || !feed->progress)
        return;
    uint64_t size = atomic_load(&feed->progress->size);
    double part = size ? (double)atomic_load(&feed->progress->position) / (double)size : 0;
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(window->notice_bar), CLAMP(part, 0, 1));
}

static void notice_write(weir_window_t *window)
{
    const weir_feed_t *feed = &window->gui->feed;
    g_autofree char *words = notice_words(feed);
    gtk_widget_set_visible(window->notice, words != NULL);
    if (!words)
        return;
    bool reading = !feed->snapshot && !feed->ended;
    if (strcmp(words, gtk_label_get_text(GTK_LABEL(window->notice_words))) != 0)
        gtk_label_set_text(GTK_LABEL(window->notice_words), words);
    progress_write(window, reading);
    const char *button = reading ? _("Cancel") : feed->path ? _("Back to Live") : _("Try Again");
    if (g_strcmp0(button, gtk_button_get_label(GTK_BUTTON(window->notice_button))) == 0)
        return;
    gtk_button_set_label(GTK_BUTTON(window->notice_button), button);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(window->notice_button),
                                   reading ? "app.cancel" : "app.live");
}

/* ---- The foot -------------------------------------------------------------------------------- */

static char *origin_words(const weir_window_t *window)
{
    const weir_gui_t *gui = window->gui;
    if (weir_window_is_frozen(window))
        return g_strdup(_("frozen"));
    if (window->shown && window->shown->report)
        return g_strdup(_("capture file"));
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

/* Why something is missing stands in the tip. */
static void books_write(weir_window_t *window)
{
    const weir_snapshot_t *shown = window->shown;
    g_autofree char *books =
        shown ? weir_words_balance(shown, &window->gui->settings.units) : g_strdup("");
    const char *reason = shown && shown->balance.known ? shown->balance.reason : NULL;
    g_autofree char *safe = reason ? weir_words_safe(reason) : NULL;
    weir_text_set(WEIR_TEXT(window->books), books, TRUE);
    gtk_widget_set_tooltip_text(window->books, safe);
}

void weir_window_state_write(weir_window_t *window)
{
    notice_write(window);
    weir_page_write_state(window->page);
    g_autofree char *count =
        window->detail_open ? g_strdup("") : weir_page_count_words(window->page);
    g_autofree char *origin = origin_words(window);
    books_write(window);
    weir_text_set(WEIR_TEXT(window->count), count, TRUE);
    gtk_widget_set_visible(window->count, count[0] != '\0'); /* its place is for the books then */
    weir_text_set(WEIR_TEXT(window->origin), origin, !weir_window_is_frozen(window));
}
