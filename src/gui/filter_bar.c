#include "gui/filter_bar.h"

#include <glib/gi18n.h>
#include <string.h>

struct weir_filter_bar {
    GtkWidget *search, *entry, *error;
    weir_filter_t *filter; /* owned; the last text that was right */
    void (*changed)(void *context);
    void *context;
};

/* A word without an operator is a part of a name. */
static char *filter_text(const char *typed)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    size_t n = strlen(typed);
    if (n == 0 || strspn(typed, plain) != n)
        return g_strdup(typed);
    return g_strdup_printf("name~\"%s\"", typed);
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
    g_autofree char *text = filter_text(typed);
    weir_filter_t *filter = NULL;
    weir_filter_error_t error = {0};
    int r = text[strspn(text, " ")]
                ? weir_filter_parse(weir_table(WEIR_TABLE_INTERFACES), text, &filter, &error)
                : 0;
    error_show(bar, typed, r < 0 ? &error : NULL);
    if (r < 0)
        return;
    weir_filter_t *old = bar->filter;
    bar->filter = filter;
    bar->changed(bar->context);
    weir_filter_free(old);
}

static void on_mode(GtkSearchBar *search, GParamSpec *property, weir_filter_bar_t *bar)
{
    (void)property;
    if (!gtk_search_bar_get_search_mode(search))
        gtk_editable_set_text(GTK_EDITABLE(bar->entry), "");
}

weir_filter_bar_t *weir_filter_bar_new(void (*changed)(void *context), void *context)
{
    weir_filter_bar_t *bar = g_new0(weir_filter_bar_t, 1);
    bar->changed = changed;
    bar->context = context;
    bar->search = g_object_ref_sink(gtk_search_bar_new());
    bar->entry = gtk_search_entry_new();
    bar->error = gtk_label_new("");
    gtk_widget_set_hexpand(bar->entry, TRUE);
    g_object_set(bar->entry, "placeholder-text", _("Filter: eth0, or state=up and rx_bytes>1G"),
                 "search-delay", 100, NULL);
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
    weir_filter_free(bar->filter);
    g_free(bar);
}

GtkWidget *weir_filter_bar_widget(weir_filter_bar_t *bar)
{
    return bar->search;
}

const weir_filter_t *weir_filter_bar_filter(weir_filter_bar_t *bar)
{
    return bar->filter;
}

void weir_filter_bar_set_text(weir_filter_bar_t *bar, const char *text)
{
    gtk_search_bar_set_search_mode(GTK_SEARCH_BAR(bar->search), TRUE);
    gtk_editable_set_text(GTK_EDITABLE(bar->entry), text);
}
