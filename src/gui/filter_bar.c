#include "gui/filter_bar.h"

#include <glib/gi18n.h>
#include <string.h>

struct weir_filter_bar {
    weir_table_id_t table;
    GtkWidget *search, *entry, *error;
    weir_filter_ref_t *filter; /* a reference; the last text that was right */
    void (*changed)(void *context);
    void *context;
};

static void ref_clear(gpointer ref)
{
    weir_filter_free(((weir_filter_ref_t *)ref)->filter);
}

weir_filter_ref_t *weir_filter_ref_keep(weir_filter_ref_t *ref)
{
    return ref ? g_atomic_rc_box_acquire(ref) : NULL;
}

void weir_filter_ref_drop(weir_filter_ref_t *ref)
{
    if (ref)
        g_atomic_rc_box_release_full(ref, ref_clear);
}

/* Where a word without an operator is looked for. */
static const char *const PLACES[WEIR_TABLE_COUNT][4] = {
    [WEIR_TABLE_INTERFACES] = {"name"},
    [WEIR_TABLE_APPS] = {"app", "exe"},
    [WEIR_TABLE_HOSTS] = {"address", "name"},
    [WEIR_TABLE_FLOWS] = {"src", "dst", "application", "server_name"},
    [WEIR_TABLE_PROTOCOLS] = {"name"},
    [WEIR_TABLE_FINDINGS] = {"rule", "object", "text"},
};

static char *filter_text(weir_table_id_t table, const char *typed)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:";
    size_t n = strlen(typed);
    if (n == 0 || strspn(typed, plain) != n)
        return g_strdup(typed);
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(PLACES[table]) && PLACES[table][i]; i++)
        if (weir_column_find(weir_table(table), PLACES[table][i]) >= 0)
            g_string_append_printf(text, "%s%s~\"%s\"", text->len ? " or " : "", PLACES[table][i],
                                   typed);
    return g_string_free(text, FALSE);
}

static void error_show(weir_filter_bar_t *bar, const char *typed, const weir_filter_error_t *error)
{
    GtkText *text = GTK_TEXT(gtk_editable_get_delegate(GTK_EDITABLE(bar->entry)));
    PangoAttrList *attributes = pango_attr_list_new();
    gtk_widget_set_visible(bar->error, error != NULL);
    if (error) {
        size_t at = MIN(error->at, strlen(typed));
        PangoAttribute *wrong = pango_attr_underline_new(PANGO_UNDERLINE_ERROR);
        wrong->start_index = (guint)(at && at == strlen(typed) ? at - 1 : at);
        pango_attr_list_insert(attributes, wrong);
        long place = g_utf8_pointer_to_offset(typed, typed + at) + 1;
        g_autofree char *words = g_strdup_printf(_("At character %ld: %s"), place, error->message);
        gtk_label_set_text(GTK_LABEL(bar->error), words);
    }
    gtk_accessible_update_state(GTK_ACCESSIBLE(bar->entry), GTK_ACCESSIBLE_STATE_INVALID,
                                error ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                                -1);
    gtk_text_set_attributes(text, attributes);
    pango_attr_list_unref(attributes);
}

static void on_changed(GtkEditable *editable, weir_filter_bar_t *bar)
{
    const char *typed = gtk_editable_get_text(editable);
    g_autofree char *text = filter_text(bar->table, typed);
    weir_filter_ref_t *filter = NULL;
    weir_filter_error_t error = {0};
    int r = 0;
    if (text[strspn(text, " ")]) {
        filter = g_atomic_rc_box_new0(weir_filter_ref_t);
        r = weir_filter_parse(weir_table(bar->table), text, &filter->filter, &error);
    }
    error_show(bar, typed, r < 0 ? &error : NULL);
    if (r < 0) {
        weir_filter_ref_drop(filter);
        return;
    }
    weir_filter_ref_t *old = bar->filter;
    bar->filter = filter;
    bar->changed(bar->context);
    weir_filter_ref_drop(old);
}

static void on_mode(GtkSearchBar *search, GParamSpec *property, weir_filter_bar_t *bar)
{
    (void)property;
    if (!gtk_search_bar_get_search_mode(search))
        gtk_editable_set_text(GTK_EDITABLE(bar->entry), "");
}

static const char *example(weir_table_id_t table)
{
    static const char *const examples[WEIR_TABLE_COUNT] = {
        [WEIR_TABLE_INTERFACES] = N_("Filter: eth0, or state=up and rx_bytes>1G"),
        [WEIR_TABLE_APPS] = N_("Filter: firefox, or rx_bytes>1M"),
        [WEIR_TABLE_HOSTS] = N_("Filter: 192.0.2, or net=10.0.0.0/8 and flows>5"),
        [WEIR_TABLE_FLOWS] = N_("Filter: dns, or host=192.0.2.1 and port=443"),
        [WEIR_TABLE_PROTOCOLS] = N_("Filter: tcp, or share>0.1"),
        [WEIR_TABLE_FINDINGS] = N_("Filter: scan, or severity=high"),
    };
    return _(examples[table]);
}

weir_filter_bar_t *weir_filter_bar_new(weir_table_id_t table, void (*changed)(void *context),
                                       void *context)
{
    weir_filter_bar_t *bar = g_new0(weir_filter_bar_t, 1);
    bar->table = table;
    bar->changed = changed;
    bar->context = context;
    bar->search = g_object_ref_sink(gtk_search_bar_new());
    bar->entry = gtk_search_entry_new();
    bar->error = gtk_label_new("");
    gtk_widget_set_hexpand(bar->entry, TRUE);
    g_object_set(bar->entry, "placeholder-text", example(table), "search-delay", 100, NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(bar->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Filter"), -1);
    gtk_label_set_wrap(GTK_LABEL(bar->error), TRUE);
    gtk_label_set_xalign(GTK_LABEL(bar->error), 0);
    gtk_widget_add_css_class(bar->error, "filter-error");
    gtk_widget_set_visible(bar->error, FALSE);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
    gtk_widget_set_size_request(box, 460, -1);
    gtk_box_append(GTK_BOX(box), bar->entry);
    gtk_box_append(GTK_BOX(box), bar->error);
    gtk_search_bar_set_child(GTK_SEARCH_BAR(bar->search), box);
    gtk_search_bar_connect_entry(GTK_SEARCH_BAR(bar->search), GTK_EDITABLE(bar->entry));
    g_signal_connect(bar->entry, "search-changed", G_CALLBACK(on_changed), bar);
    g_signal_connect(bar->search, "notify::search-mode-enabled", G_CALLBACK(on_mode), bar);
    return bar;
}

void weir_filter_bar_free(weir_filter_bar_t *bar)
{
    if (!bar)
        return;
    g_signal_handlers_disconnect_by_data(bar->entry, bar);
    g_signal_handlers_disconnect_by_data(bar->search, bar);
    g_object_unref(bar->search);
    weir_filter_ref_drop(bar->filter);
    g_free(bar);
}

GtkWidget *weir_filter_bar_widget(weir_filter_bar_t *bar)
{
    return bar->search;
}

weir_filter_ref_t *weir_filter_bar_filter(weir_filter_bar_t *bar)
{
    return bar->filter;
}

void weir_filter_bar_set_text(weir_filter_bar_t *bar, const char *text)
{
    gtk_search_bar_set_search_mode(GTK_SEARCH_BAR(bar->search), TRUE);
    gtk_editable_set_text(GTK_EDITABLE(bar->entry), text);
}
