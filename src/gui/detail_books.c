#include "gui/detail_books.h"

#include "gui/words.h"

#include <glib/gi18n.h>
#include <string.h>

#define VALUE_CHARS 9 /* "-1.23 MiB" */

static const struct {
    const char *words, *help;
} PARTS[WEIR_SHARE_COUNT] = {
    [WEIR_SHARE_PROGRAMS] = {N_("Programs on this machine"),
                             N_("What the sockets of programs received and sent here")},
    [WEIR_SHARE_KERNEL] = {N_("The kernel itself"),
                           N_("Pings and the like, which no program asked for")},
    [WEIR_SHARE_FORWARDED] = {N_("Passed through this machine"),
                              N_("It came by one interface and left by another")},
    [WEIR_SHARE_NOT_IP] = {N_("Not IP"), N_("Such as ARP, which finds neighbours")},
    [WEIR_SHARE_STACKED] = {N_("For an interface above"),
                            N_("For a bridge, bond, VLAN or macvlan that stands on this one")},
    [WEIR_SHARE_HEADERS] = {N_("Frame headers"), N_("Of the link, around all that is above here")},
    [WEIR_SHARE_EARLIER] = {N_("Before Weir looked"),
                            N_("Counted before apps were measured: nobody knows whose it was")},
    [WEIR_SHARE_ELSEWHERE] = {N_("Other network namespaces, at most"),
                              N_("So much of what follows may be of containers")},
    [WEIR_SHARE_UNEXPLAINED] = {N_("Not explained"),
                                N_("Counted by the interface, and met nowhere else; less than "
                                   "zero: both were read at different moments")},
};

static GtkWidget *value_make(const char *words)
{
    GtkWidget *value = gtk_label_new(words);
    gtk_label_set_xalign(GTK_LABEL(value), 1);
    gtk_label_set_width_chars(GTK_LABEL(value), VALUE_CHARS);
    gtk_widget_add_css_class(value, "numeric");
    return value;
}

static GtkWidget *row_make(const char *words, GtkWidget *rx, GtkWidget *tx)
{
    GtkWidget *row = gtk_list_box_row_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *title = gtk_label_new(words);
    gtk_label_set_xalign(GTK_LABEL(title), 0);
    gtk_label_set_wrap(GTK_LABEL(title), TRUE);
    gtk_widget_set_hexpand(title, TRUE);
    gtk_widget_add_css_class(title, "dim-label");
    gtk_box_append(GTK_BOX(box), title);
    gtk_box_append(GTK_BOX(box), rx);
    gtk_box_append(GTK_BOX(box), tx);
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
    gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
    gtk_widget_set_focusable(row, FALSE);
    return row;
}

static void header_add(GtkWidget *list)
{
    GtkWidget *rx = value_make(_("Download"));
    GtkWidget *tx = value_make(_("Upload"));
    gtk_widget_add_css_class(rx, "dim-label");
    gtk_widget_add_css_class(tx, "dim-label");
    gtk_list_box_append(GTK_LIST_BOX(list), row_make("", rx, tx));
}

void weir_detail_books_init(weir_detail_books_t *books, GtkWidget *box, GtkWidget *list)
{
    books->box = box;
    header_add(list);
    for (size_t i = 0; i < WEIR_SHARE_COUNT; i++) {
        books->rx[i] = value_make("");
        books->tx[i] = value_make("");
        books->rows[i] = row_make(_(PARTS[i].words), books->rx[i], books->tx[i]);
        gtk_widget_set_tooltip_text(books->rows[i], _(PARTS[i].help));
        gtk_label_set_selectable(GTK_LABEL(books->rx[i]), TRUE);
        gtk_label_set_selectable(GTK_LABEL(books->tx[i]), TRUE);
        gtk_list_box_append(GTK_LIST_BOX(list), books->rows[i]);
    }
}

static void value_write(GtkWidget *label, const weir_units_t *units, double value)
{
    g_autofree char *words = weir_words_quantity(units, WEIR_UNIT_BYTES, value);
    if (strcmp(gtk_label_get_text(GTK_LABEL(label)), words) != 0)
        gtk_label_set_text(GTK_LABEL(label), words);
}

void weir_detail_books_write(weir_detail_books_t *books, const weir_iface_t *iface,
                             const weir_units_t *units)
{
    weir_share_t shares[WEIR_SHARE_COUNT];
    size_t n = weir_shares_read(iface, shares);
    gboolean shown[WEIR_SHARE_COUNT] = {FALSE};
    for (size_t i = 0; i < n; i++) {
        shown[shares[i].part] = TRUE;
        value_write(books->rx[shares[i].part], units, shares[i].rx);
        value_write(books->tx[shares[i].part], units, shares[i].tx);
    }
    for (size_t i = 0; i < WEIR_SHARE_COUNT; i++)
        gtk_widget_set_visible(books->rows[i], shown[i]);
    gtk_widget_set_visible(books->box, n > 0);
}
