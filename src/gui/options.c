#include "gui/options.h"

#include "base/clock.h"
#include "base/number.h"

#include <stdio.h>
#include <string.h>

static void words_apply(const char *rates, const char *amounts, const char *base,
                        weir_units_t *units)
{
    if (rates)
        units->rates = strcmp(rates, "bytes") == 0 ? WEIR_BYTES : WEIR_BITS;
    if (amounts)
        units->amounts = strcmp(amounts, "bits") == 0 ? WEIR_BITS : WEIR_BYTES;
    if (base)
        units->base = strcmp(base, "iec") == 0 ? WEIR_IEC : WEIR_SI;
}

static uint64_t interval_read(const char *text, uint64_t before)
{
    uint64_t value = 0;
    if (!text || weir_number_parse(text, UINT64_C(3600) * WEIR_NS_PER_S, &value) < 0)
        return before;
    return MAX(value, WEIR_NS_PER_S / 10);
}

/* "RATES,AMOUNTS,BASE,INTERVAL_NS" */
static void configured_read(const char *text, weir_gui_options_t *options)
{
    g_auto(GStrv) words = g_strsplit(text ? text : "", ",", 4);
    if (g_strv_length(words) != 4)
        return;
    words_apply(words[0], words[1], words[2], &options->units);
    options->interval_ns = interval_read(words[3], options->interval_ns);
}

/* "NAME=RX/TX" in bit/s; the name may hold any character. */
static void capacities_read(weir_gui_options_t *options)
{
    guint n = options->capacity_texts ? g_strv_length(options->capacity_texts) : 0;
    options->capacities = g_new0(weir_capacity_t, n + 1);
    for (guint i = 0; i < n; i++) {
        char *equals = strrchr(options->capacity_texts[i], '=');
        char *slash = equals ? strchr(equals, '/') : NULL;
        if (!slash)
            continue;
        *equals = *slash = '\0';
        weir_capacity_t *capacity = &options->capacities[options->capacity_count];
        if (weir_number_parse(equals + 1, UINT64_MAX, &capacity->rx_bps) == 0 &&
            weir_number_parse(slash + 1, UINT64_MAX, &capacity->tx_bps) == 0) {
            capacity->name = options->capacity_texts[i];
            options->capacity_count++;
        }
    }
}

int weir_gui_options_read(int argc, char **argv, weir_gui_options_t *ret_options)
{
    weir_gui_options_t *o = ret_options;
    *o =
        (weir_gui_options_t){.units = WEIR_UNITS_DEFAULT, .interval_ns = WEIR_NS_PER_S, .speed = 1};
    g_autofree char *configured = NULL;
    g_autofree char *speed = NULL;
    const GOptionEntry entries[] = {
        {"configured", 0, 0, G_OPTION_ARG_STRING, &configured, NULL, NULL},
        {"rates", 0, 0, G_OPTION_ARG_STRING, &o->rates, NULL, NULL},
        {"amounts", 0, 0, G_OPTION_ARG_STRING, &o->amounts, NULL, NULL},
        {"base", 0, 0, G_OPTION_ARG_STRING, &o->base, NULL, NULL},
        {"interval-ns", 0, 0, G_OPTION_ARG_STRING, &o->interval, NULL, NULL},
        {"speed", 0, 0, G_OPTION_ARG_STRING, &speed, NULL, NULL},
        {"filter", 0, 0, G_OPTION_ARG_STRING, &o->filter, NULL, NULL},
        {"capacity", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->capacity_texts, NULL, NULL},
        {"replay", 0, 0, G_OPTION_ARG_FILENAME, &o->file, NULL, NULL},
        {"measure", 0, 0, G_OPTION_ARG_NONE, &o->measure, NULL, NULL},
        {"mirrored", 0, 0, G_OPTION_ARG_NONE, &o->mirrored, NULL, NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("- use `weir gui`");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        (void)fprintf(stderr, "weir-gui: %s; use `weir gui`\n", error->message);
        return 2;
    }
    configured_read(configured, o);
    if (speed)
        (void)weir_number_scan(speed, strlen(speed), &o->speed); /* what is no number stays 1 */
    capacities_read(o);
    return -1;
}

void weir_gui_options_apply(const weir_gui_options_t *options, weir_settings_t *settings)
{
    words_apply(options->rates, options->amounts, options->base, &settings->units);
    settings->interval_ns = interval_read(options->interval, settings->interval_ns);
}

void weir_gui_options_done(weir_gui_options_t *options)
{
    g_free(options->rates);
    g_free(options->amounts);
    g_free(options->base);
    g_free(options->interval);
    g_free(options->filter);
    g_free(options->file);
    g_free(options->capacities);
    g_strfreev(options->capacity_texts);
    *options = (weir_gui_options_t){0};
}
