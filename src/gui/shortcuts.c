#include "gui/gui.h"

#include <glib/gi18n.h>

typedef struct shortcut {
    const char *keys, *title; /* keys NULL: a group begins */
} shortcut_t;

static const shortcut_t SHORTCUTS[] = {
    {NULL, N_("Table")},
    {"Return", N_("Open the details of the row")},
    {"<Control>i", N_("Details of the selected row")},
    {"Menu", N_("Menu of the row")},
    {"<Alt>1", N_("Sort by name")},
    {"<Alt>2", N_("Sort by download")},
    {"<Alt>3", N_("Sort by upload")},
    {"<Alt>4", N_("Sort by download speed")},
    {"<Alt>5", N_("Sort by upload speed")},
    {"<Alt>6", N_("Sort by state")},
    {"<Alt>r", N_("Reverse the order")},
    {"<Control>f", N_("Filter")},
    {"<Control>c", N_("Copy as text")},
    {"<Control><Shift>c", N_("Copy as CSV")},
    {"<Control><Shift>j", N_("Copy as JSON")},
    {NULL, N_("Graph")},
    {"Left", N_("Back in time")},
    {"Right", N_("Forward in time")},
    {"plus", N_("Shorter span")},
    {"minus", N_("Longer span")},
    {"End", N_("Back to now")},
    {NULL, N_("General")},
    {"<Control>space", N_("Freeze, or go on")},
    {"<Control>u", N_("Rates in bits or bytes")},
    {"Escape <Alt>Left", N_("Back to the table")},
    {"<Control>o", N_("Open a recording")},
    {"<Control>l", N_("Back to this machine, live")},
    {"<Control>m", N_("Small window")},
    {"<Control>comma", N_("Preferences")},
    {"<Control>question", N_("Keyboard shortcuts")},
    {"<Control>q", N_("Quit")},
};

static GtkShortcutsGroup *group_make(const char *title)
{
    return g_object_new(GTK_TYPE_SHORTCUTS_GROUP, "title", title, NULL);
}

GtkShortcutsWindow *weir_shortcuts_new(void)
{
    GtkShortcutsWindow *window = g_object_new(GTK_TYPE_SHORTCUTS_WINDOW, "modal", TRUE, NULL);
    GtkBox *section =
        g_object_new(GTK_TYPE_SHORTCUTS_SECTION, "section-name", "all", "max-height", 16U, NULL);
    GtkBox *group = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(SHORTCUTS); i++) {
        const shortcut_t *row = &SHORTCUTS[i];
        if (!row->keys) {
            group = GTK_BOX(group_make(_(row->title)));
            gtk_box_append(section, GTK_WIDGET(group));
            continue;
        }
        GtkWidget *shortcut = g_object_new(GTK_TYPE_SHORTCUTS_SHORTCUT, "accelerator", row->keys,
                                           "title", _(row->title), NULL);
        gtk_box_append(group, shortcut);
    }
    gtk_window_set_child(GTK_WINDOW(window), GTK_WIDGET(section));
    return window;
}
