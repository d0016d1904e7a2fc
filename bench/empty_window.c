/* An empty libadwaita window for bench/gui: the memory that any such window takes. */
#include <adwaita.h>

int main(void)
{
    adw_init();
    GtkWidget *window = adw_window_new();
    gtk_window_set_default_size(GTK_WINDOW(window), 1000, 640);
    gtk_window_present(GTK_WINDOW(window));
    g_main_loop_run(g_main_loop_new(NULL, FALSE));
}
