#include "gui/window_private.h"

#include "gui/copy.h"
#include "gui/menus.h"
#include "gui/words.h"

#include <glib/gi18n.h>
#include <string.h>

static const weir_rows_t *rows_of(const weir_page_t *page)
{
    const weir_snapshot_t *shown = page->window->shown;
    return shown ? &shown->rows[page->id] : NULL;
}

/* ---- The note above the rows ----------------------------------------------------------------- */

/* Notes name a command in `grave accents`. */
static char *command_find(const char *words)
{
    const char *begin = words ? strchr(words, '`') : NULL;
    const char *end = begin ? strchr(begin + 1, '`') : NULL;
    return end && end > begin + 1 ? g_strndup(begin + 1, (gsize)(end - begin - 1)) : NULL;
}

static void note_write(weir_page_t *page)
{
    const weir_rows_t *rows = rows_of(page);
    bool there = rows && rows->note && rows->measured && rows->count;
    gtk_widget_set_visible(page->note, there);
    if (!there)
        return;
    g_autofree char *words = weir_words_safe(rows->note);
    if (strcmp(words, gtk_label_get_text(GTK_LABEL(page->note_words))) == 0)
        return;
    gtk_label_set_text(GTK_LABEL(page->note_words), words);
    g_free(page->command);
    page->command = command_find(words);
    gtk_widget_set_visible(page->note_button, page->command != NULL);
}

static void note_make(weir_page_t *page)
{
    page->note = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    gtk_widget_add_css_class(page->note, "notice");
    page->note_words = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(page->note_words), 0);
    gtk_label_set_wrap(GTK_LABEL(page->note_words), TRUE);
    gtk_widget_set_hexpand(page->note_words, TRUE);
    gtk_widget_add_css_class(page->note_words, "dim-label");
    page->note_button = gtk_button_new_with_label(_("Copy Command"));
    gtk_widget_set_valign(page->note_button, GTK_ALIGN_CENTER);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(page->note_button), "win.copy-command");
    gtk_box_append(GTK_BOX(page->note), page->note_words);
    gtk_box_append(GTK_BOX(page->note), page->note_button);
    gtk_widget_set_visible(page->note, FALSE);
}

/* ---- Nothing to show ------------------------------------------------------------------------- */

typedef struct reason {
    const char *title, *words;
    const char *action; /* of the button, NULL: none */
    bool passing;       /* it is over at once: without a picture */
} reason_t;

static reason_t reason_of(const char *title, const char *words, const char *action)
{
    return (reason_t){title, words, action, false};
}

static reason_t passing_reason(const char *title, const char *words)
{
    return (reason_t){title, words, NULL, true};
}

static const char *button_words(const char *action)
{
    if (strcmp(action, "win.copy-command") == 0)
        return _("Copy Command");
    return strcmp(action, "app.open") == 0 ? _("Open File…") : _("Clear Filter");
}

static reason_t unmeasured_reason(weir_page_t *page, const weir_rows_t *rows)
{
    bool captured = page->id == WEIR_TABLE_HOSTS || page->id == WEIR_TABLE_FLOWS ||
                    page->id == WEIR_TABLE_PROTOCOLS;
    const char *words = rows->note ? rows->note : _(weir_table(page->id)->will);
    g_free(page->command);
    page->command = command_find(rows->note);
    return reason_of(_("Not Measured Here"), words,
                     page->command ? "win.copy-command"
                     : captured    ? "app.open"
                                   : NULL);
}

static reason_t empty_reason(weir_page_t *page)
{
    static const char *const none[WEIR_TABLE_COUNT] = {
        [WEIR_TABLE_INTERFACES] = N_("No Network Interface"),
        [WEIR_TABLE_APPS] = N_("No App Yet"),
        [WEIR_TABLE_HOSTS] = N_("No Host Yet"),
        [WEIR_TABLE_FLOWS] = N_("No Flow Yet"),
        [WEIR_TABLE_PROTOCOLS] = N_("No Protocol Yet"),
        [WEIR_TABLE_FINDINGS] = N_("Nothing Unusual"),
    };
    const weir_rows_t *rows = rows_of(page);
    const weir_feed_t *feed = &page->window->gui->feed;
    if (!rows && feed->ended)
        return reason_of(_("Nothing to Show"), _("The line above says why."), "app.open");
    if (!rows && feed->path)
        return passing_reason(_("Reading…"), "");
    if (!rows)
        return passing_reason(_("Measuring…"), _("The first values come within a second."));
    if (!rows->measured)
        return unmeasured_reason(page, rows);
    if (weir_table_view_is_busy(page->table))
        return passing_reason(_("Sorting…"), "");
    if (rows->count)
        return reason_of(_("Nothing Matches"),
                         _("The filter hides all rows. Change it, or show everything again."),
                         "win.clear-filter");
    if (feed->path)
        return reason_of(_(none[page->id]), _("The file holds none at this time."), NULL);
    if (page->id != WEIR_TABLE_INTERFACES)
        return reason_of(_(none[page->id]), _(weir_table(page->id)->will), NULL);
    return reason_of(_(none[page->id]),
                     _("This machine has none. One that is plugged in appears here by itself."),
                     "app.open");
}

static void reason_write(weir_page_t *page)
{
    reason_t reason = empty_reason(page);
    AdwStatusPage *status = ADW_STATUS_PAGE(page->empty);
    g_autofree char *safe = weir_words_safe(reason.words);
    g_autofree char *words = g_markup_escape_text(safe, -1);
    if (g_strcmp0(adw_status_page_get_title(status), reason.title) == 0 &&
        g_strcmp0(adw_status_page_get_description(status), words) == 0)
        return;
    adw_status_page_set_title(status, reason.title);
    adw_status_page_set_description(status, words);
    adw_status_page_set_icon_name(status, reason.passing ? NULL : weir_window_icon(page->id));
    gtk_widget_set_visible(page->empty_button, reason.action != NULL);
    if (!reason.action)
        return;
    gtk_button_set_label(GTK_BUTTON(page->empty_button), button_words(reason.action));
    gtk_actionable_set_action_name(GTK_ACTIONABLE(page->empty_button), reason.action);
}

static void empty_make(weir_page_t *page)
{
    page->empty = adw_status_page_new();
    gtk_widget_add_css_class(page->empty, "compact");
    gtk_widget_set_vexpand(page->empty, TRUE);
    page->empty_button = gtk_button_new();
    gtk_widget_set_halign(page->empty_button, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(page->empty_button, "pill");
    adw_status_page_set_child(ADW_STATUS_PAGE(page->empty), page->empty_button);
}

void weir_page_write_state(weir_page_t *page)
{
    bool rows = weir_table_view_model(page->table)->count > 0;
    if (!rows)
        reason_write(page);
    note_write(page);
    gtk_stack_set_visible_child_name(GTK_STACK(page->body), rows ? "table" : "empty");
}

/* ---- How many -------------------------------------------------------------------------------- */

static char *all_words(weir_table_id_t table, guint n)
{
    switch (table) {
    case WEIR_TABLE_INTERFACES:
        return g_strdup_printf(g_dngettext(NULL, "%u interface", "%u interfaces", n), n);
    case WEIR_TABLE_APPS:
        return g_strdup_printf(g_dngettext(NULL, "%u app", "%u apps", n), n);
    case WEIR_TABLE_HOSTS:
        return g_strdup_printf(g_dngettext(NULL, "%u host", "%u hosts", n), n);
    case WEIR_TABLE_FLOWS:
        return g_strdup_printf(g_dngettext(NULL, "%u flow", "%u flows", n), n);
    case WEIR_TABLE_PROTOCOLS:
        return g_strdup_printf(g_dngettext(NULL, "%u protocol", "%u protocols", n), n);
    default:
        return g_strdup_printf(g_dngettext(NULL, "%u finding", "%u findings", n), n);
    }
}

char *weir_page_count_words(const weir_page_t *page)
{
    const weir_rows_t *rows = rows_of(page);
    if (!rows || !rows->measured)
        return g_strdup("");
    guint shown = weir_table_view_model(page->table)->count;
    g_autofree char *all = all_words(page->id, (guint)rows->count);
    g_autofree char *left = NULL;
    if (rows->omitted)
        left = g_strdup_printf(_(", and %llu that did not fit"), (unsigned long long)rows->omitted);
    if (shown == rows->count || weir_table_view_is_busy(page->table))
        return g_strconcat(all, left, NULL);
    g_autofree char *part = g_strdup_printf(_("%u of %s"), shown, all);
    return g_strconcat(part, left, NULL);
}

/* ---- Life ------------------------------------------------------------------------------------ */

static void on_open(void *context)
{
    const weir_page_t *page = context;
    weir_window_row_open(page->window);
}

static void on_sorted(void *context)
{
    const weir_page_t *page = context;
    weir_window_sorted(page->window);
}

static void on_shown(void *context)
{
    weir_page_t *page = context;
    weir_window_state_write(page->window);
}

static void on_filtered(void *context)
{
    const weir_page_t *page = context;
    if (page->window->shown && page->table)
        weir_window_refresh(page->window, true);
}

void weir_page_init(weir_page_t *page, weir_window_t *window, weir_table_id_t id)
{
    *page = (weir_page_t){.window = window, .id = id};
    page->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
}

void weir_page_make(weir_page_t *page)
{
    if (page->filter)
        return;
    const weir_table_calls_t calls = {
        .open = on_open, .sorted = on_sorted, .shown = on_shown, .context = page};
    g_autoptr(GMenuModel) menu = weir_menus_row(page->id);
    page->filter = weir_filter_bar_new(page->id, on_filtered, page);
    page->table = weir_table_view_new(page->id, &page->window->gui->settings, &calls, menu);
    note_make(page);
    empty_make(page);
    page->body = gtk_stack_new();
    gtk_stack_set_hhomogeneous(GTK_STACK(page->body), FALSE);
    gtk_stack_set_vhomogeneous(GTK_STACK(page->body), FALSE);
    gtk_stack_add_named(GTK_STACK(page->body), weir_table_view_widget(page->table), "table");
    gtk_stack_add_named(GTK_STACK(page->body), page->empty, "empty");
    gtk_box_append(GTK_BOX(page->box), weir_filter_bar_widget(page->filter));
    gtk_box_append(GTK_BOX(page->box), page->note);
    gtk_box_append(GTK_BOX(page->box), page->body);
}

void weir_page_done(weir_page_t *page)
{
    weir_filter_bar_free(page->filter);
    weir_table_view_free(page->table);
    g_free(page->command);
}

void weir_page_refresh(weir_page_t *page)
{
    weir_snapshot_t *shown = page->window->shown;
    bool there = shown && shown->rows[page->id].measured;
    weir_table_view_refresh(page->table, shown ? page->window->gui->feed.client : NULL,
                            there ? shown : NULL, weir_filter_bar_filter(page->filter));
    weir_page_write_state(page);
}
