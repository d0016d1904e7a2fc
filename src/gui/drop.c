/*
 * A recording that is dropped on the window is opened.
 */
#include "gui/gui.h"

static gboolean on_drop(GtkDropTarget *target, const GValue *value, double x, double y,
                        weir_gui_t *gui)
{
    (void)target;
    (void)x;
    (void)y;
    g_autofree char *path = g_file_get_path(g_value_get_object(value));
    if (!path)
        return FALSE;
    weir_gui_watch(gui, path);
    return TRUE;
}

void weir_drop_accept(weir_gui_t *gui, GtkWindow *window)
{
    GtkDropTarget *target = gtk_drop_target_new(G_TYPE_FILE, GDK_ACTION_COPY);
    g_signal_connect(target, "drop", G_CALLBACK(on_drop), gui);
    gtk_widget_add_controller(GTK_WIDGET(window), GTK_EVENT_CONTROLLER(target));
}
