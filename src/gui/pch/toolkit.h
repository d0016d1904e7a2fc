/* What most of the window includes, compiled once. */
#ifndef WEIR_GUI_PCH_TOOLKIT_H
#define WEIR_GUI_PCH_TOOLKIT_H

#include <adwaita.h>
#include <glib/gi18n.h>
#include <gtk/gtk.h>

#endif
