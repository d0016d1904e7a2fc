#include "gui/theme.h"

#include <adwaita.h>

static const char STYLE[] =
    "weirtext.figure { font-size: 220%; font-weight: 400; }\n"
    "weirtext.small-figure { font-size: 140%; }\n"
    ".download { color: @weir_download; } .upload { color: @weir_upload; }\n"
    ".tabs > button { padding: 3px 12px; font-weight: normal; }\n"
    ".tabs > button:checked { font-weight: bold; }\n"
    ".overview { padding: 12px 14px 6px 14px; }\n"
    ".foot { padding: 4px 14px; border-top: 1px solid alpha(currentColor, 0.12); }\n"
    ".notice { padding: 4px 14px; }\n"
    ".detail-top { padding: 18px 18px 0 18px; } .detail-note { padding: 6px 18px; }\n"
    "weirheader { border-bottom: 1px solid alpha(currentColor, 0.12); }\n"
    "weirheader > button { padding: 2px 9px; min-height: 26px; border-radius: 0; }\n"
    "weirheader > button label { font-size: 90%; font-weight: bold; opacity: 0.7; }\n"
    "weirrow { padding: 5px 0; border-bottom: 1px solid alpha(currentColor, 0.06); }\n"
    "weirrow:hover { background: alpha(currentColor, 0.04); }\n"
    "weirrow:selected { background: alpha(@accent_bg_color, 0.22); }\n"
    "weirrow:focus-visible { outline: 2px solid alpha(@accent_color, 0.5); "
    "outline-offset: -2px; }\n"
    ".facts > row > box { padding: 6px 12px; }\n"
    ".filter-error { color: @error_color; }\n";

/* Okabe and Ito's blue and vermilion, lighter on a dark background. */
GdkRGBA weir_theme_colour(weir_colour_t colour)
{
    static const char *const colours[][2] = {
        [WEIR_COLOUR_DOWNLOAD] = {"#0072b2", "#4ba6e3"},
        [WEIR_COLOUR_UPLOAD] = {"#d55e00", "#f28c3c"},
        [WEIR_COLOUR_BAR] = {"#0072b2", "#4ba6e3"},
        [WEIR_COLOUR_TROUBLE] = {"#c01c28", "#ff7b63"},
    };
    gboolean dark = adw_style_manager_get_dark(adw_style_manager_get_default());
    GdkRGBA found = {0};
    (void)gdk_rgba_parse(&found, colours[colour][dark ? 1 : 0]); /* ours, hence valid */
    return found;
}

void weir_theme_set_scheme(weir_scheme_t scheme)
{
    static const AdwColorScheme schemes[] = {
        [WEIR_SCHEME_SYSTEM] = ADW_COLOR_SCHEME_DEFAULT,
        [WEIR_SCHEME_LIGHT] = ADW_COLOR_SCHEME_FORCE_LIGHT,
        [WEIR_SCHEME_DARK] = ADW_COLOR_SCHEME_FORCE_DARK,
    };
    adw_style_manager_set_color_scheme(adw_style_manager_get_default(), schemes[scheme]);
}

/* Text wants more contrast than lines. */
static void style_load(AdwStyleManager *manager, GParamSpec *property, GtkCssProvider *provider)
{
    (void)property;
    gboolean dark = adw_style_manager_get_dark(manager);
    g_autofree char *style =
        g_strdup_printf("@define-color weir_download %s;\n@define-color weir_upload %s;\n%s",
                        dark ? "#62b5ee" : "#00629b", dark ? "#ff9a4d" : "#b04a00", STYLE);
    gtk_css_provider_load_from_data(provider, style, -1);
}

/* GTK brings the symbolic icons of the window along as pictures. Those of the desktop's theme are
 * the same drawings as SVG, and the first one loads a renderer of 7 MB. */
static void icons_set(void)
{
    g_object_set(gtk_settings_get_default(), "gtk-icon-theme-name", "hicolor", NULL);
}

void weir_theme_load(void)
{
    icons_set();
    AdwStyleManager *manager = adw_style_manager_get_default();
    GtkCssProvider *provider = gtk_css_provider_new();
    style_load(manager, NULL, provider);
    gtk_style_context_add_provider_for_display(gdk_display_get_default(),
                                               GTK_STYLE_PROVIDER(provider),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    g_signal_connect_object(manager, "notify::dark", G_CALLBACK(style_load), provider, 0);
    g_object_unref(provider); /* the display holds it */
}
