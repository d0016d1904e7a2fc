/*
 * Colours, and the style sheet of our own widgets.
 */
#ifndef WEIR_GUI_THEME_H
#define WEIR_GUI_THEME_H

#include <gtk/gtk.h>

typedef enum weir_colour {
    WEIR_COLOUR_DOWNLOAD,
    WEIR_COLOUR_UPLOAD,
    WEIR_COLOUR_BAR,
    WEIR_COLOUR_TROUBLE,
} weir_colour_t;

typedef enum weir_scheme { WEIR_SCHEME_SYSTEM, WEIR_SCHEME_LIGHT, WEIR_SCHEME_DARK } weir_scheme_t;

/** For the scheme in force: readable on its background, told apart by the colour-blind. */
GdkRGBA weir_theme_colour(weir_colour_t colour);
void weir_theme_set_scheme(weir_scheme_t scheme);
/** Add the style sheet to the default display. */
void weir_theme_load(void);

#endif
