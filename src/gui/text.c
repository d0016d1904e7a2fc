#include "gui/text.h"

#include "gui/theme.h"

#include <string.h>

#define UNIT_GAP 4 /* [px] between number and unit */
#define BAR_HEIGHT 4.0F
#define BAR_DIGITS 4 /* room for it, in digits */

struct _WeirText {
    GtkWidget parent_instance;
    char *words;
    char unit[16], sample[16];
    char *prefix;
    double share;
    guint digits;
    bool numeric, end, dim;
    weir_bar_t bar;
    int digit_px, height_px, unit_px; /* of the font; 0: not measured yet */
};

G_DEFINE_FINAL_TYPE(WeirText, weir_text, GTK_TYPE_WIDGET)

static PangoLayout *layout_make(WeirText *text, const char *words)
{
    PangoLayout *layout = gtk_widget_create_pango_layout(GTK_WIDGET(text), words);
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    return layout;
}

static int words_width(WeirText *text, const char *words)
{
    g_autoptr(PangoLayout) layout = layout_make(text, words);
    int width = 0;
    pango_layout_get_pixel_size(layout, &width, NULL);
    return width;
}

static void font_measure(WeirText *text)
{
    if (text->digit_px)
        return;
    PangoContext *context = gtk_widget_get_pango_context(GTK_WIDGET(text));
    PangoFontMetrics *metrics = pango_context_get_metrics(context, NULL, NULL);
    text->digit_px = PANGO_PIXELS_CEIL(pango_font_metrics_get_approximate_digit_width(metrics));
    text->height_px = PANGO_PIXELS_CEIL(pango_font_metrics_get_height(metrics));
    text->unit_px = text->numeric && text->sample[0] ? words_width(text, text->sample) : 0;
    pango_font_metrics_unref(metrics);
}

static void text_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *least,
                         int *natural, int *least_baseline, int *natural_baseline)
{
    (void)for_size;
    WeirText *text = WEIR_TEXT(widget);
    font_measure(text);
    *least_baseline = *natural_baseline = -1;
    if (orientation == GTK_ORIENTATION_VERTICAL) {
        *least = *natural = text->height_px;
        return;
    }
    *natural = (int)text->digits * text->digit_px;
    if (text->numeric)
        *natural += text->unit_px ? text->unit_px + UNIT_GAP : 0;
    if (text->bar != WEIR_BAR_NONE)
        *natural += BAR_DIGITS * text->digit_px;
    *least = text->numeric ? *natural : MIN(*natural, 4 * text->digit_px);
}

static void layout_paint(WeirText *text, GtkSnapshot *snapshot, PangoLayout *layout, float x)
{
    GdkRGBA colour;
    int height = 0;
    gtk_style_context_get_color(gtk_widget_get_style_context(GTK_WIDGET(text)), &colour);
    if (text->dim)
        colour.alpha *= 0.6F;
    pango_layout_get_pixel_size(layout, NULL, &height);
    float y = (float)(gtk_widget_get_height(GTK_WIDGET(text)) - height) / 2;
    gtk_snapshot_save(snapshot);
    gtk_snapshot_translate(snapshot, &GRAPHENE_POINT_INIT(x, (float)(int)y));
    gtk_snapshot_append_layout(snapshot, layout, &colour);
    gtk_snapshot_restore(snapshot);
}

/* Number and unit are one block whose parts stand at fixed places, so that digits stand below each
 * other in either writing direction. */
static void number_paint(WeirText *text, GtkSnapshot *snapshot)
{
    int unit = text->unit_px ? text->unit_px + UNIT_GAP : 0;
    int number = (int)text->digits * text->digit_px;
    bool mirrored = gtk_widget_get_direction(GTK_WIDGET(text)) == GTK_TEXT_DIR_RTL;
    int right = mirrored != text->end ? gtk_widget_get_width(GTK_WIDGET(text)) - unit : number;
    g_autoptr(PangoLayout) layout = layout_make(text, text->words);
    int width = 0;
    pango_layout_get_pixel_size(layout, &width, NULL);
    if (!text->end && !mirrored)
        right = width; /* it begins the line */
    layout_paint(text, snapshot, layout, (float)(right - width));
    if (!text->unit[0])
        return;
    pango_layout_set_text(layout, text->unit, -1);
    layout_paint(text, snapshot, layout, (float)(right + UNIT_GAP));
}

static void words_paint(WeirText *text, GtkSnapshot *snapshot)
{
    int room = gtk_widget_get_width(GTK_WIDGET(text));
    g_autoptr(PangoLayout) layout = layout_make(text, text->words);
    int width = 0;
    pango_layout_get_pixel_size(layout, &width, NULL);
    if (width > room) {
        pango_layout_set_width(layout, room * PANGO_SCALE);
        pango_layout_set_ellipsize(layout, text->digits < WEIR_TEXT_SENTENCE
                                               ? PANGO_ELLIPSIZE_MIDDLE
                                               : PANGO_ELLIPSIZE_END);
        width = room;
    }
    bool mirrored = gtk_widget_get_direction(GTK_WIDGET(text)) == GTK_TEXT_DIR_RTL;
    bool right = mirrored != text->end;
    pango_layout_set_alignment(layout, PANGO_ALIGN_LEFT);
    layout_paint(text, snapshot, layout, right && width < room ? (float)(room - width) : 0);
}

static void share_paint(WeirText *text, GtkSnapshot *snapshot)
{
    GtkWidget *widget = GTK_WIDGET(text);
    int numbers = (int)text->digits * text->digit_px + text->unit_px + UNIT_GAP;
    float room = (float)(gtk_widget_get_width(widget) - numbers - 8);
    if (room < 8)
        return;
    GdkRGBA colour;
    gtk_style_context_get_color(gtk_widget_get_style_context(widget), &colour);
    colour.alpha *= 0.15F;
    int above = (gtk_widget_get_height(widget) - (int)BAR_HEIGHT) / 2;
    float y = (float)above;
    bool mirrored = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
    float x = mirrored ? (float)gtk_widget_get_width(widget) - room : 0;
    gtk_snapshot_append_color(snapshot, &colour, &GRAPHENE_RECT_INIT(x, y, room, BAR_HEIGHT));
    float filled = room * (float)CLAMP(text->share, 0, 1);
    bool trouble = text->bar == WEIR_BAR_LOAD && text->share > 0.9;
    colour = weir_theme_colour(trouble ? WEIR_COLOUR_TROUBLE : WEIR_COLOUR_BAR);
    if (mirrored)
        x += room - filled;
    gtk_snapshot_append_color(snapshot, &colour, &GRAPHENE_RECT_INIT(x, y, filled, BAR_HEIGHT));
}

static void text_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    WeirText *text = WEIR_TEXT(widget);
    if (!text->words[0])
        return;
    font_measure(text);
    if (text->share >= 0)
        share_paint(text, snapshot);
    if (text->numeric)
        number_paint(text, snapshot);
    else
        words_paint(text, snapshot);
}

static void font_forget(WeirText *text)
{
    text->digit_px = 0;
}

static void text_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(weir_text_parent_class)->css_changed(widget, change);
    font_forget(WEIR_TEXT(widget));
}

static void text_setting_changed(GtkWidget *widget, GtkSystemSetting setting)
{
    GTK_WIDGET_CLASS(weir_text_parent_class)->system_setting_changed(widget, setting);
    font_forget(WEIR_TEXT(widget));
}

static void text_finalize(GObject *object)
{
    WeirText *text = WEIR_TEXT(object);
    g_free(text->words);
    g_free(text->prefix);
    G_OBJECT_CLASS(weir_text_parent_class)->finalize(object);
}

static void weir_text_class_init(WeirTextClass *class)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->finalize = text_finalize;
    widget->measure = text_measure;
    widget->snapshot = text_snapshot;
    widget->css_changed = text_css_changed;
    widget->system_setting_changed = text_setting_changed;
    gtk_widget_class_set_css_name(widget, "weirtext");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void weir_text_init(WeirText *text)
{
    text->words = g_strdup("");
    text->share = -1;
}

GtkWidget *weir_text_new(guint digits, gboolean end)
{
    WeirText *text = g_object_new(WEIR_TYPE_TEXT, NULL);
    text->digits = digits;
    text->end = end;
    return GTK_WIDGET(text);
}

GtkWidget *weir_text_new_number(guint digits, const char *unit_sample, gboolean end)
{
    WeirText *text = g_object_new(WEIR_TYPE_TEXT, NULL);
    text->digits = digits;
    text->numeric = true;
    text->end = end;
    weir_text_set_sample(text, unit_sample);
    return GTK_WIDGET(text);
}

void weir_text_set_sample(WeirText *text, const char *unit_sample)
{
    if (strcmp(text->sample, unit_sample) == 0)
        return;
    (void)g_strlcpy(text->sample, unit_sample, sizeof(text->sample)); /* units are short */
    font_forget(text);
    gtk_widget_queue_resize(GTK_WIDGET(text));
}

static void name_update(WeirText *text)
{
    g_autofree char *name =
        g_strdup_printf("%s%s%s%s%s", text->prefix ? text->prefix : "", text->prefix ? " " : "",
                        text->words, text->unit[0] ? " " : "", text->unit);
    gtk_accessible_update_property(GTK_ACCESSIBLE(text), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    gtk_widget_queue_draw(GTK_WIDGET(text));
}

void weir_text_set(WeirText *text, const char *words, gboolean dim)
{
    weir_text_set_number(text, words, "", dim);
}

void weir_text_set_number(WeirText *text, const char *number, const char *unit, gboolean dim)
{
    if (strcmp(text->words, number) == 0 && strcmp(text->unit, unit) == 0 && text->dim == dim)
        return;
    g_free(text->words);
    text->words = g_strdup(number);
    (void)g_strlcpy(text->unit, unit, sizeof(text->unit));
    text->dim = dim;
    name_update(text);
}

void weir_text_set_bar(WeirText *text, weir_bar_t bar)
{
    text->bar = bar;
    gtk_widget_queue_resize(GTK_WIDGET(text));
}

void weir_text_set_share(WeirText *text, double share)
{
    if (text->share <= share && text->share >= share)
        return;
    text->share = share;
    gtk_widget_queue_draw(GTK_WIDGET(text));
}

void weir_text_set_prefix(WeirText *text, const char *prefix)
{
    g_free(text->prefix);
    text->prefix = g_strdup(prefix);
}
