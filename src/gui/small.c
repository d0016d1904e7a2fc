/*
 * The small window: both speeds and a graph, above other windows where that is possible.
 */
#include "gui/gui.h"

#include "gui/graph.h"
#include "gui/headline.h"

struct weir_small {
    weir_gui_t *gui; /* borrowed */
    GtkWidget *widget;
    weir_headline_view_t headline;
};

static void on_destroyed(GtkWidget *widget, weir_small_t *small)
{
    (void)widget;
    small->gui->small = NULL;
    g_free(small);
}

static void on_mapped(GtkWidget *widget, weir_small_t *small)
{
    weir_above_keep(GTK_WINDOW(widget));
    weir_small_refresh(small);
}

weir_small_t *weir_small_new(weir_gui_t *gui)
{
    weir_small_t *small = g_new0(weir_small_t, 1);
    small->gui = gui;
    small->widget = adw_window_new();
    weir_headline_view_init(&small->headline, true);
    GtkWidget *handle = gtk_window_handle_new();
    GtkWidget *box = gtk_overlay_new();
    GtkWidget *controls = gtk_window_controls_new(GTK_PACK_END);
    gtk_widget_set_halign(controls, GTK_ALIGN_END);
    gtk_widget_set_valign(controls, GTK_ALIGN_START);
    gtk_overlay_set_child(GTK_OVERLAY(box), small->headline.box);
    gtk_overlay_add_overlay(GTK_OVERLAY(box), controls);
    gtk_window_handle_set_child(GTK_WINDOW_HANDLE(handle), box);
    adw_window_set_content(ADW_WINDOW(small->widget), handle);
    gtk_window_set_title(GTK_WINDOW(small->widget), "Weir");
    gtk_window_set_default_size(GTK_WINDOW(small->widget), 320, 150);
    gtk_window_set_application(GTK_WINDOW(small->widget), GTK_APPLICATION(gui->app));
    weir_small_feed_changed(small);
    g_signal_connect(small->widget, "destroy", G_CALLBACK(on_destroyed), small);
    g_signal_connect(small->widget, "map", G_CALLBACK(on_mapped), small);
    return small;
}

GtkWindow *weir_small_widget(weir_small_t *small)
{
    return GTK_WINDOW(small->widget);
}

void weir_small_refresh(weir_small_t *small)
{
    const weir_snapshot_t *snapshot = small->gui->feed.snapshot;
    if (!snapshot || !gtk_widget_get_mapped(small->widget))
        return;
    if (snapshot->report) {
        weir_headline_view_show_report(&small->headline, snapshot, &small->gui->settings.units);
        return;
    }
    const weir_meter_t *const meters[2] = {&snapshot->headline.rx, &snapshot->headline.tx};
    weir_headline_view_refresh(&small->headline, snapshot, &small->gui->settings.units, meters,
                               NULL);
}

void weir_small_feed_changed(weir_small_t *small)
{
    weir_graph_set_object(WEIR_GRAPH(small->headline.graph), small->gui->feed.client,
                          WEIR_TABLE_INTERFACES, WEIR_SERIES_HEADLINE);
}
