#include "gui/gui.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

/* ---- The feed -------------------------------------------------------------------------------- */

/* There is a report of a capture only. */
static void export_enable(const weir_gui_t *gui)
{
    GAction *action = g_action_map_lookup_action(G_ACTION_MAP(gui->app), "export-report");
    g_simple_action_set_enabled(G_SIMPLE_ACTION(action),
                                gui->feed.snapshot && gui->feed.snapshot->report);
}

static void on_feed(void *context)
{
    weir_gui_t *gui = context;
    export_enable(gui);
    if (gui->window && gui->feed.snapshot && gui->feed.snapshot->sequence == 1)
        weir_gui_want(gui, weir_window_table(gui->window));
    if (gui->window)
        weir_window_refresh(gui->window, false);
    if (gui->small)
        weir_small_refresh(gui->small);
}

static void views_feed_changed(weir_gui_t *gui)
{
    export_enable(gui);
    if (gui->window)
        weir_window_feed_changed(gui->window);
    if (gui->small)
        weir_small_feed_changed(gui->small);
}

static weir_client_options_t options_make(const weir_gui_t *gui, const char *path)
{
    weir_client_options_t options = gui->live;
    options.interval_ns = gui->settings.interval_ns;
    options.tables = UINT32_C(1) << WEIR_TABLE_INTERFACES;
    options.path = path;
    if (!path)
        return options;
    options.origin = weir_feed_is_recording(path) ? WEIR_ORIGIN_REPLAY : WEIR_ORIGIN_FILE;
    options.speed = gui->speed;
    return options;
}

void weir_gui_watch(weir_gui_t *gui, const char *path)
{
    g_autofree char *kept = g_strdup(path); /* it may be the old feed's */
    weir_client_options_t options = options_make(gui, kept);
    weir_feed_t old = gui->feed; /* the views let go of it before it is closed */
    if (old.watch)
        g_source_remove(old.watch);
    if (old.tick)
        g_source_remove(old.tick);
    old.watch = old.tick = 0;
    (void)!weir_feed_open(&gui->feed, &options, on_feed, gui); /* the window shows its error */
    views_feed_changed(gui);
    weir_feed_close(&old);
}

void weir_gui_want(weir_gui_t *gui, weir_table_id_t table)
{
    uint32_t tables = UINT32_C(1) << WEIR_TABLE_INTERFACES | UINT32_C(1) << table;
    if (gui->feed.snapshot) /* the first picture does not wait for them */
        tables |= UINT32_C(1) << WEIR_TABLE_APPS;
    if (gui->feed.client)
        weir_client_want(gui->feed.client, tables);
}

void weir_gui_settings_changed(weir_gui_t *gui)
{
    weir_theme_set_scheme(gui->settings.scheme);
    if (gui->feed.client)
        weir_client_set_interval(gui->feed.client, gui->settings.interval_ns);
    if (gui->window)
        weir_window_settings_changed(gui->window, false);
    if (gui->small)
        weir_small_refresh(gui->small);
    weir_settings_save(&gui->settings);
}

void weir_gui_columns_changed(weir_gui_t *gui)
{
    if (gui->window)
        weir_window_settings_changed(gui->window, true);
    weir_settings_save(&gui->settings);
}

/* ---- Actions --------------------------------------------------------------------------------- */

static void on_chosen(GtkNativeDialog *dialog, int response, weir_gui_t *gui)
{
    if (response == GTK_RESPONSE_ACCEPT) {
        g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));
        g_autofree char *path = file ? g_file_get_path(file) : NULL;
        if (path)
            weir_gui_watch(gui, path);
    }
    g_object_unref(dialog);
}

static void on_open(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_gui_t *gui = data;
    GtkFileChooserNative *dialog = gtk_file_chooser_native_new(
        _("Open a Capture or Recording"), gui->window ? weir_window_widget(gui->window) : NULL,
        GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"), _("_Cancel"));
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
    g_signal_connect(dialog, "response", G_CALLBACK(on_chosen), gui);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

static void on_live(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_gui_t *gui = data;
    if (gui->feed.path || gui->feed.ended)
        weir_gui_watch(gui, NULL);
}

static void on_cancel(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_gui_t *gui = data;
    if (gui->feed.progress && !gui->feed.ended)
        weir_feed_cancel(&gui->feed);
    else
        weir_gui_watch(gui, NULL);
}

static void on_export(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_report_save(data);
}

static void on_small(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_gui_t *gui = data;
    if (!gui->small)
        gui->small = weir_small_new(gui);
    gtk_window_present(weir_small_widget(gui->small));
}

static void on_preferences(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_gui_t *gui = data;
    weir_preferences_show(gui, gui->window ? weir_window_widget(gui->window) : NULL,
                          gui->window ? weir_window_table(gui->window) : WEIR_TABLE_INTERFACES);
}

static void on_shortcuts(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    const weir_gui_t *gui = data;
    GtkWindow *window = GTK_WINDOW(weir_shortcuts_new());
    gtk_window_set_transient_for(window, gui->window ? weir_window_widget(gui->window) : NULL);
    gtk_window_present(window);
}

static void on_about(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    const weir_gui_t *gui = data;
    GtkWidget *about = adw_about_window_new();
    g_object_set(about, "application-name", "Weir", "version", WEIR_VERSION, "application-icon",
                 WEIR_GUI_ID, "license-type", GTK_LICENSE_MIT_X11, "comments",
                 _("Measures what every network interface carries"), "transient-for",
                 gui->window ? weir_window_widget(gui->window) : NULL, NULL);
    gtk_window_present(GTK_WINDOW(about));
}

static void on_quit(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void)action;
    (void)parameter;
    weir_gui_t *gui = data;
    if (gui->small)
        gtk_window_destroy(weir_small_widget(gui->small));
    if (gui->window)
        gtk_window_destroy(weir_window_widget(gui->window));
}

static void accelerators_add(weir_gui_t *gui)
{
    static const struct {
        const char *action, *keys[3];
    } rows[] = {
        {"app.open", {"<Control>o"}},
        {"app.live", {"<Control>l"}},
        {"app.export-report", {"<Control>e"}},
        {"app.small", {"<Control>m"}},
        {"app.preferences", {"<Control>comma"}},
        {"app.shortcuts", {"<Control>question", "F1"}},
        {"app.quit", {"<Control>q"}},
        {"win.find", {"<Control>f"}},
        {"win.freeze", {"<Control>space", "Pause"}},
        {"win.units", {"<Control>u"}},
        {"win.back", {"<Alt>Left", "Escape"}},
        {"win.details", {"<Control>i"}},
        {"win.copy::text", {"<Control>c"}},
        {"win.copy::csv", {"<Control><Shift>c"}},
        {"win.copy::json", {"<Control><Shift>j"}},
        {"win.flows", {"<Control>Return"}},
        {"win.end", {"<Control>k"}},
        {"win.sort-nth(uint32 1)", {"<Alt>1"}},
        {"win.sort-nth(uint32 2)", {"<Alt>2"}},
        {"win.sort-nth(uint32 3)", {"<Alt>3"}},
        {"win.sort-nth(uint32 4)", {"<Alt>4"}},
        {"win.sort-nth(uint32 5)", {"<Alt>5"}},
        {"win.sort-nth(uint32 6)", {"<Alt>6"}},
        {"win.page::interfaces", {"<Control>1"}},
        {"win.page::apps", {"<Control>2"}},
        {"win.page::hosts", {"<Control>3"}},
        {"win.page::flows", {"<Control>4"}},
        {"win.page::protocols", {"<Control>5"}},
        {"win.page::findings", {"<Control>6"}},
        {"win.descending", {"<Alt>r"}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        gtk_application_set_accels_for_action(GTK_APPLICATION(gui->app), rows[i].action,
                                              rows[i].keys);
}

void weir_gui_actions_add(weir_gui_t *gui)
{
    static const GActionEntry entries[] = {
        {.name = "open", .activate = on_open},
        {.name = "live", .activate = on_live},
        {.name = "cancel", .activate = on_cancel},
        {.name = "export-report", .activate = on_export},
        {.name = "small", .activate = on_small},
        {.name = "preferences", .activate = on_preferences},
        {.name = "shortcuts", .activate = on_shortcuts},
        {.name = "about", .activate = on_about},
        {.name = "quit", .activate = on_quit},
    };
    g_action_map_add_action_entries(G_ACTION_MAP(gui->app), entries, G_N_ELEMENTS(entries), gui);
    accelerators_add(gui);
}
