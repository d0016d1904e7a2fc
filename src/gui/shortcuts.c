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
    {"<Control>Return", N_("Flows of the selected row")},
    {"<Alt>1 <Alt>6", N_("Sort by the first to the sixth column")},
    {"<Alt>r", N_("Reverse the order")},
    {"<Control>k", N_("End the selected program")},
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
    {"<Control>1 <Control>6", N_("Interfaces, apps, hosts, flows, protocols, findings")},
    {"<Control>space", N_("Freeze, or go on")},
    {"<Control>u", N_("Rates in bits or bytes")},
    {"Escape <Alt>Left", N_("Back to the table")},
    {"<Control>o", N_("Open a capture or recording")},
    {"<Control>l", N_("Back to this machine, live")},
    {"<Control>e", N_("Export the report of a capture")},
    {"<Control>m", N_("Small window")},
    {"<Control>comma", N_("Preferences")},
    {"<Control>question", N_("Keyboard shortcuts")},
    {"<Control>q", N_("Quit")},
};

/* What these widgets take as children they take by GtkBuilder only (GTK 4.8); a child that is set
 * like another window's takes the place of their own parts. */
static void child_add(gpointer parent, gpointer child)
{
    g_autoptr(GtkBuilder) builder = gtk_builder_new();
    GtkBuildable *buildable = GTK_BUILDABLE(parent);
    GTK_BUILDABLE_GET_IFACE(buildable)->add_child(buildable, builder, G_OBJECT(child), NULL);
}

/* The group whose title is at *row; *row goes on to the next one. */
static GtkWidget *group_make(size_t *row)
{
    GtkWidget *group =
        g_object_new(GTK_TYPE_SHORTCUTS_GROUP, "title", _(SHORTCUTS[*row].title), NULL);
    for (++*row; *row < G_N_ELEMENTS(SHORTCUTS) && SHORTCUTS[*row].keys; ++*row)
        child_add(group,
                  g_object_new(GTK_TYPE_SHORTCUTS_SHORTCUT, "accelerator", SHORTCUTS[*row].keys,
                               "title", _(SHORTCUTS[*row].title), NULL));
    return group;
}

GtkShortcutsWindow *weir_shortcuts_new(void)
{
    GtkShortcutsWindow *window = g_object_new(GTK_TYPE_SHORTCUTS_WINDOW, "modal", TRUE, NULL);
    GtkWidget *section =
        g_object_new(GTK_TYPE_SHORTCUTS_SECTION, "section-name", "all", "max-height", 16U, NULL);
    for (size_t row = 0; row < G_N_ELEMENTS(SHORTCUTS);)
        child_add(section, group_make(&row));
    child_add(window, section);
    return window;
}
