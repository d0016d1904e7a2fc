#include "gui/headline.h"

#include "gui/graph.h"
#include "gui/menus.h"
#include "gui/text.h"
#include "gui/words.h"
#include "model/cell.h"

#include <glib/gi18n.h>
#include <string.h>

static GtkWidget *caption_make(const char *words, const char *class)
{
    GtkWidget *label = gtk_label_new(words);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_widget_add_css_class(label, "caption-heading");
    gtk_widget_add_css_class(label, class);
    return label;
}

static GtkWidget *figure_make(const char *caption, const char *name, const char *class, bool small,
                              GtkWidget **ret_figure)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *figure = weir_text_new_number(4, "Mbit/s", FALSE);
    weir_text_set_prefix(WEIR_TEXT(figure), name);
    gtk_widget_add_css_class(figure, small ? "small-figure" : "figure");
    gtk_widget_add_css_class(figure, class);
    gtk_box_append(GTK_BOX(box), caption_make(caption, class));
    gtk_box_append(GTK_BOX(box), figure);
    *ret_figure = figure;
    return box;
}

char *weir_headline_span_words(guint span_s)
{
    return span_s < 3600 ? g_strdup_printf(_("%u min"), span_s / 60)
                         : g_strdup_printf(_("%u h"), span_s / 3600);
}

static void on_moved(WeirGraph *graph, weir_headline_view_t *view)
{
    g_autofree char *words = weir_headline_span_words(weir_graph_span(graph));
    gtk_menu_button_set_label(GTK_MENU_BUTTON(view->span), words);
    gtk_widget_set_visible(view->now, !weir_graph_is_live(graph));
}

static void on_now(GtkButton *button, WeirGraph *graph)
{
    (void)button;
    weir_graph_go_live(graph);
}

static void controls_add(weir_headline_view_t *view, GtkWidget *top)
{
    view->now = gtk_button_new_with_label(_("Now"));
    gtk_widget_set_valign(view->now, GTK_ALIGN_CENTER);
    gtk_widget_set_visible(view->now, FALSE);
    view->span = gtk_menu_button_new();
    gtk_widget_set_valign(view->span, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text(view->span, _("Time that the graph shows"));
    gtk_menu_button_set_create_popup_func(GTK_MENU_BUTTON(view->span), weir_menus_span, NULL, NULL);
    GtkWidget *space = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
    gtk_widget_set_hexpand(space, TRUE);
    gtk_box_append(GTK_BOX(top), space);
    gtk_box_append(GTK_BOX(top), view->now);
    gtk_box_append(GTK_BOX(top), view->span);
    g_signal_connect(view->graph, "moved", G_CALLBACK(on_moved), view);
    g_signal_connect(view->now, "clicked", G_CALLBACK(on_now), view->graph);
    on_moved(WEIR_GRAPH(view->graph), view);
}

void weir_headline_view_init(weir_headline_view_t *view, bool small)
{
    *view = (weir_headline_view_t){0};
    view->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    gtk_widget_add_css_class(view->box, "overview");
    GtkWidget *top = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, small ? 18 : 36);
    gtk_box_append(GTK_BOX(top),
                   figure_make(_("↓ Download"), _("Download"), "download", small, &view->download));
    gtk_box_append(GTK_BOX(top),
                   figure_make(_("↑ Upload"), _("Upload"), "upload", small, &view->upload));
    gtk_box_append(GTK_BOX(view->box), top);
    view->graph = weir_graph_new(small);
    gtk_widget_set_size_request(view->graph, -1, small ? 60 : 150);
    gtk_widget_set_vexpand(view->graph, small);
    gtk_box_append(GTK_BOX(view->box), view->graph);
    if (small)
        return;
    controls_add(view, top);
    view->line = weir_text_new(60, FALSE);
    gtk_box_append(GTK_BOX(view->box), view->line);
}

static void figure_write(GtkWidget *figure, const weir_meter_t *meter, const weir_units_t *units)
{
    char number[24];
    weir_quantity_t sample =
        weir_quantity(units, WEIR_UNIT_BYTES_PER_SECOND, units->base == WEIR_SI ? 2e6 : 0x1p21);
    weir_text_set_sample(WEIR_TEXT(figure), sample.unit);
    if (meter->state == WEIR_RATE_INIT || meter->state == WEIR_RATE_RESET) {
        weir_text_set_number(WEIR_TEXT(figure), "–", "", TRUE);
        return;
    }
    weir_quantity_t quantity = weir_quantity(units, WEIR_UNIT_BYTES_PER_SECOND, meter->byte_rate);
    weir_words_number(&quantity, number, sizeof(number));
    weir_text_set_number(WEIR_TEXT(figure), number, quantity.unit, FALSE);
}

void weir_headline_view_refresh(weir_headline_view_t *view, const weir_snapshot_t *snapshot,
                                const weir_units_t *units, const weir_meter_t *const meters[2],
                                const char *line)
{
    figure_write(view->download, meters[0], units);
    figure_write(view->upload, meters[1], units);
    weir_graph_refresh(WEIR_GRAPH(view->graph), snapshot, units);
    if (view->line && line)
        weir_text_set(WEIR_TEXT(view->line), line, FALSE);
}
