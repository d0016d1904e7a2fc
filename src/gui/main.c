#include "gui/gui.h"
#include "gui/options.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static void on_startup(GApplication *app, weir_gui_t *gui)
{
    (void)app;
    weir_theme_load();
    weir_theme_set_scheme(gui->settings.scheme);
    gtk_window_set_default_icon_name(WEIR_GUI_ID);
    weir_gui_actions_add(gui);
}

static void window_show(weir_gui_t *gui)
{
    if (!gui->window) {
        gui->window = weir_window_new(gui);
        if (gui->measure) {
            weir_measure_frames(weir_window_widget(gui->window));
            weir_measure_busy();
        }
        weir_window_refresh(gui->window, true);
    }
    gtk_window_present(weir_window_widget(gui->window));
}

static void on_activate(GApplication *app, weir_gui_t *gui)
{
    (void)app;
    if (!gui->feed.client)
        weir_gui_watch(gui, NULL);
    window_show(gui);
}

static void on_open(GApplication *app, GFile **files, int n, const char *hint, weir_gui_t *gui)
{
    (void)app;
    (void)hint;
    g_autofree char *path = n > 0 ? g_file_get_path(files[0]) : NULL;
    weir_gui_watch(gui, path);
    window_show(gui);
}

/* The translations stand beside the build's programs, or where they were installed. */
static void language_set(void)
{
    (void)setlocale(LC_ALL, ""); /* an unknown locale leaves "C" */
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : g_strdup(".");
    g_autofree char *built = g_build_filename(folder, "..", "..", "po", NULL);
    bool in_build = g_file_test(built, G_FILE_TEST_IS_DIR);
    (void)bindtextdomain("weir", in_build ? built : WEIR_LOCALE_DIR);
    (void)bind_textdomain_codeset("weir", "UTF-8");
    (void)textdomain("weir"); /* these three fail without memory only */
}

static int display_check(void)
{
    if (gtk_init_check())
        return 0;
    (void)fputs("weir: cannot open a window: there is no display (neither WAYLAND_DISPLAY nor "
                "DISPLAY leads to one); `weir live` shows the same in a terminal\n",
                stderr); /* nowhere left to complain */
    return 1;
}

static int gui_run(weir_gui_t *gui, char *program, char *file)
{
    char *arguments[] = {program, file, NULL};
    gui->app = adw_application_new(WEIR_GUI_ID, G_APPLICATION_HANDLES_OPEN);
    g_signal_connect(gui->app, "startup", G_CALLBACK(on_startup), gui);
    g_signal_connect(gui->app, "activate", G_CALLBACK(on_activate), gui);
    g_signal_connect(gui->app, "open", G_CALLBACK(on_open), gui);
    int status = g_application_run(G_APPLICATION(gui->app), file ? 2 : 1, arguments);
    weir_feed_close(&gui->feed);
    g_object_unref(gui->app);
    return status;
}

int main(int argc, char **argv)
{
    weir_gui_options_t options;
    language_set();
    int status = weir_gui_options_read(argc, argv, &options);
    if (status >= 0)
        return status;
    if (display_check() != 0)
        return 1;
    if (options.mirrored)
        gtk_widget_set_default_direction(GTK_TEXT_DIR_RTL);
    weir_gui_t gui = {.live = {.origin = WEIR_ORIGIN_LIVE,
                               .capacities = options.capacities,
                               .capacity_count = options.capacity_count},
                      .speed = options.speed,
                      .filter = options.filter,
                      .measure = options.measure};
    weir_settings_init(&gui.settings, &options.units, options.interval_ns);
    weir_settings_load(&gui.settings);
    weir_gui_options_apply(&options, &gui.settings);
    status = gui_run(&gui, argv[0], options.file);
    weir_settings_done(&gui.settings);
    weir_gui_options_done(&options);
    return status;
}
