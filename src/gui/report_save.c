/*
 * The report of a capture as a page for a browser, into a file of the person's choice.
 */
#include "gui/gui.h"

#include "export/report.h"
#include "gui/words.h"

#include <glib/gi18n.h>

#define CEILING ((size_t)256 << 20) /* [byte] of a report */
#define ROWS 100                    /* of each list */

static void failure_show(weir_gui_t *gui, const char *name, const char *why)
{
    g_autofree char *safe = weir_words_safe(name);
    GtkWidget *dialog = adw_message_dialog_new(gui->window ? weir_window_widget(gui->window) : NULL,
                                               _("The Report Was Not Saved"), NULL);
    adw_message_dialog_format_body(ADW_MESSAGE_DIALOG(dialog), "%s: %s", safe, why);
    adw_message_dialog_add_response(ADW_MESSAGE_DIALOG(dialog), "close", _("_Close"));
    gtk_window_present(GTK_WINDOW(dialog));
}

static void report_write(weir_gui_t *gui, GFile *file)
{
    const weir_export_t export = {.units = gui->settings.units, .utf8 = true};
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_file_get_parse_name(file);
    weir_buf_t buf;
    weir_buf_init(&buf, CEILING);
    weir_report_html(&buf, &export, gui->feed.snapshot->report, ROWS);
    if (weir_buf_error(&buf) < 0)
        failure_show(gui, name, _("there is not enough memory"));
    else if (!g_file_replace_contents(file, weir_buf_text(&buf), buf.len, NULL, FALSE,
                                      G_FILE_CREATE_NONE, NULL, NULL, &error))
        failure_show(gui, name, error->message);
    weir_buf_done(&buf);
}

static void on_chosen(GtkNativeDialog *dialog, int response, weir_gui_t *gui)
{
    g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));
    bool there = gui->feed.snapshot && gui->feed.snapshot->report;
    if (response == GTK_RESPONSE_ACCEPT && file && there)
        report_write(gui, file);
    g_object_unref(dialog);
}

void weir_report_save(weir_gui_t *gui)
{
    if (!gui->feed.snapshot || !gui->feed.snapshot->report)
        return;
    GtkFileChooserNative *dialog = gtk_file_chooser_native_new(
        _("Export Report"), gui->window ? weir_window_widget(gui->window) : NULL,
        GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
    g_autofree char *name = g_path_get_basename(gui->feed.path);
    g_autofree char *page = g_strconcat(name, ".html", NULL);
    gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(dialog), page);
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
    g_signal_connect(dialog, "response", G_CALLBACK(on_chosen), gui);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}
