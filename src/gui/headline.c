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

typedef struct figure {
    const char *caption, *name, *class;
} figure_t;

static const figure_t FIGURES[2] = {{N_("↓ Download"), N_("Download"), "download"},
                                    {N_("↑ Upload"), N_("Upload"), "upload"}};
static const figure_t REPORT_FIGURES[2] = {{N_("Traffic"), N_("Traffic"), NULL},
                                           {N_("Mean Speed"), N_("Mean speed"), NULL}};

static GtkWidget *figure_make(weir_headline_view_t *view, int i, bool small)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *figure = weir_text_new_number(4, "Mbit/s", FALSE);
    weir_text_set_prefix(WEIR_TEXT(figure), _(FIGURES[i].name));
    gtk_widget_add_css_class(figure, small ? "small-figure" : "figure");
    gtk_widget_add_css_class(figure, FIGURES[i].class);
    view->captions[i] = caption_make(_(FIGURES[i].caption), FIGURES[i].class);
    gtk_box_append(GTK_BOX(box), view->captions[i]);
    gtk_box_append(GTK_BOX(box), figure);
    *(i == 0 ? &view->download : &view->upload) = figure;
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
    for (int i = 0; i < 2; i++)
        gtk_box_append(GTK_BOX(top), figure_make(view, i, small));
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

static void figure_put(GtkWidget *figure, weir_unit_t unit, double value, const weir_units_t *units)
{
    char number[24];
    weir_quantity_t sample = weir_quantity(units, unit, units->base == WEIR_SI ? 2e6 : 0x1p21);
    weir_quantity_t quantity = weir_quantity(units, unit, value);
    weir_text_set_sample(WEIR_TEXT(figure), sample.unit);
    weir_words_number(&quantity, number, sizeof(number));
    weir_text_set_number(WEIR_TEXT(figure), number, quantity.unit, FALSE);
}

static void figure_write(GtkWidget *figure, const weir_meter_t *meter, const weir_units_t *units)
{
    if (meter->state == WEIR_RATE_INIT || meter->state == WEIR_RATE_RESET)
        weir_text_set_number(WEIR_TEXT(figure), "–", "", TRUE);
    else
        figure_put(figure, WEIR_UNIT_BYTES_PER_SECOND, meter->byte_rate, units);
}

/* Both ways, or what a capture has instead; nothing happens when it is so already. */
static void kind_set(weir_headline_view_t *view, bool report)
{
    if (report == view->report)
        return;
    view->report = report;
    GtkWidget *const figures[2] = {view->download, view->upload};
    for (int i = 0; i < 2; i++) {
        const figure_t *said = report ? &REPORT_FIGURES[i] : &FIGURES[i];
        gtk_label_set_text(GTK_LABEL(view->captions[i]), _(said->caption));
        weir_text_set_prefix(WEIR_TEXT(figures[i]), _(said->name));
        void (*change)(GtkWidget *, const char *) =
            report ? gtk_widget_remove_css_class : gtk_widget_add_css_class;
        change(view->captions[i], FIGURES[i].class);
        change(figures[i], FIGURES[i].class);
    }
    if (view->span)
        gtk_widget_set_visible(view->span, !report);
}

static char *report_words(const weir_report_t *report, const weir_units_t *units)
{
    g_autofree char *packets = weir_words_quantity(units, WEIR_UNIT_COUNT, (double)report->packets);
    g_autofree char *flows = weir_words_quantity(units, WEIR_UNIT_COUNT, (double)report->flows);
    weir_buf_t length;
    weir_buf_init(&length, 64);
    weir_duration_put(&length, report->duration_ns);
    char *words = NULL;
    if (report->throughput.known) {
        g_autofree char *peak = weir_words_quantity(units, WEIR_UNIT_BYTES_PER_SECOND,
                                                    (double)report->throughput.peak_bytes);
        g_autofree char *clock =
            weir_words_clock(report->throughput.peak_second * INT64_C(1000000000), true);
        words = g_strdup_printf(_("%s packets in %s flows over %s; the busiest second, at %s, "
                                  "carried %s"),
                                packets, flows, weir_buf_text(&length), clock, peak);
    } else {
        words = g_strdup_printf(_("%s packets in %s flows"), packets, flows);
    }
    weir_buf_done(&length);
    return words;
}

void weir_headline_view_show_report(weir_headline_view_t *view, const weir_snapshot_t *snapshot,
                                    const weir_units_t *units)
{
    const weir_report_t *report = snapshot->report;
    kind_set(view, true);
    gtk_widget_set_visible(view->graph, report->traffic.count > 0);
    weir_graph_show_traffic(WEIR_GRAPH(view->graph), &report->traffic, units);
    figure_put(view->download, WEIR_UNIT_BYTES, (double)report->bytes, units);
    if (report->throughput.known)
        figure_put(view->upload, WEIR_UNIT_BYTES_PER_SECOND, report->throughput.mean_bytes, units);
    else
        weir_text_set_number(WEIR_TEXT(view->upload), "–", "", TRUE);
    g_autofree char *words = report_words(report, units);
    if (view->line)
        weir_text_set(WEIR_TEXT(view->line), words, FALSE);
}

void weir_headline_view_refresh(weir_headline_view_t *view, const weir_snapshot_t *snapshot,
                                const weir_units_t *units, const weir_meter_t *const meters[2],
                                const char *line)
{
    kind_set(view, false);
    gtk_widget_set_visible(view->graph, TRUE);
    figure_write(view->download, meters[0], units);
    figure_write(view->upload, meters[1], units);
    weir_graph_refresh(WEIR_GRAPH(view->graph), snapshot, units);
    if (view->line && line)
        weir_text_set(WEIR_TEXT(view->line), line, FALSE);
}
