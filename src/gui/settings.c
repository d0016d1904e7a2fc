#include "gui/settings.h"

#include "base/clock.h"

#include <string.h>

#define GROUP "window"
#define INTERVAL_MIN_NS (WEIR_NS_PER_S / 10)
#define INTERVAL_MAX_NS (3600 * WEIR_NS_PER_S)

static const char *const COLUMNS[] = {"name",           "rx_bytes",       "tx_bytes",
                                      "rx_bytes_per_s", "tx_bytes_per_s", "rx_utilisation",
                                      "history",        "state"};

static char **columns_default(void)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (size_t i = 0; i < G_N_ELEMENTS(COLUMNS); i++)
        g_strv_builder_add(builder, COLUMNS[i]);
    return g_strv_builder_end(builder);
}

void weir_settings_init(weir_settings_t *settings, const weir_units_t *units, uint64_t interval_ns)
{
    *settings = (weir_settings_t){.units = *units,
                                  .interval_ns = interval_ns,
                                  .columns = columns_default(),
                                  .sort = g_strdup("rx_bytes"),
                                  .descending = TRUE,
                                  .span_s = 120,
                                  .width = 1000,
                                  .height = 640};
}

static char *settings_path(void)
{
    return g_build_filename(g_get_user_state_dir(), "weir", "window.conf", NULL);
}

/* A whole number of the file within bounds, or what it was. */
static int64_t number_load(GKeyFile *file, const char *key, int64_t least, int64_t most,
                           int64_t before)
{
    g_autoptr(GError) error = NULL;
    int64_t value = g_key_file_get_int64(file, GROUP, key, &error);
    return error || value < least || value > most ? before : value;
}

static void columns_load(GKeyFile *file, weir_settings_t *settings)
{
    gsize n = 0;
    char **columns = g_key_file_get_string_list(file, GROUP, "columns", &n, NULL);
    if (!columns || !n || n > WEIR_COLUMNS_SHOWN_MAX || strcmp(columns[0], "name") != 0) {
        g_strfreev(columns);
        return;
    }
    g_strfreev(settings->columns);
    settings->columns = columns;
}

void weir_settings_load(weir_settings_t *settings)
{
    g_autofree char *path = settings_path();
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
        return;
    weir_units_t *units = &settings->units;
    units->rates = (weir_measure_t)number_load(file, "rates", 0, 1, units->rates);
    units->amounts = (weir_measure_t)number_load(file, "amounts", 0, 1, units->amounts);
    units->base = (weir_base_t)number_load(file, "prefixes", 0, 1, units->base);
    settings->interval_ns =
        (uint64_t)number_load(file, "interval_ns", (int64_t)INTERVAL_MIN_NS,
                              (int64_t)INTERVAL_MAX_NS, (int64_t)settings->interval_ns);
    settings->scheme = (weir_scheme_t)number_load(file, "scheme", 0, 2, settings->scheme);
    settings->span_s = (guint)number_load(file, "span_s", 60, 86400, settings->span_s);
    settings->width = (int)number_load(file, "width", 200, 20000, settings->width);
    settings->height = (int)number_load(file, "height", 200, 20000, settings->height);
    settings->descending = number_load(file, "descending", 0, 1, settings->descending) != 0;
    char *sort = g_key_file_get_string(file, GROUP, "sort", NULL);
    if (sort && weir_column_find(weir_table(WEIR_TABLE_INTERFACES), sort) >= 0) {
        g_free(settings->sort);
        settings->sort = g_steal_pointer(&sort);
    }
    g_free(sort);
    columns_load(file, settings);
}

void weir_settings_save(const weir_settings_t *settings)
{
    g_autofree char *path = settings_path();
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_key_file_set_int64(file, GROUP, "rates", settings->units.rates);
    g_key_file_set_int64(file, GROUP, "amounts", settings->units.amounts);
    g_key_file_set_int64(file, GROUP, "prefixes", settings->units.base);
    g_key_file_set_int64(file, GROUP, "interval_ns", (int64_t)settings->interval_ns);
    g_key_file_set_int64(file, GROUP, "scheme", settings->scheme);
    g_key_file_set_int64(file, GROUP, "span_s", settings->span_s);
    g_key_file_set_int64(file, GROUP, "width", settings->width);
    g_key_file_set_int64(file, GROUP, "height", settings->height);
    g_key_file_set_int64(file, GROUP, "descending", settings->descending);
    g_key_file_set_string(file, GROUP, "sort", settings->sort);
    g_key_file_set_string_list(file, GROUP, "columns", (const char *const *)settings->columns,
                               g_strv_length(settings->columns));
    if (g_mkdir_with_parents(folder, 0700) == 0)
        (void)g_key_file_save_to_file(file, path, NULL); /* best effort */
}

void weir_settings_done(weir_settings_t *settings)
{
    g_strfreev(settings->columns);
    g_free(settings->sort);
    *settings = (weir_settings_t){0};
}

bool weir_settings_has_column(const weir_settings_t *settings, const char *id)
{
    return g_strv_contains((const char *const *)settings->columns, id);
}

void weir_settings_set_column(weir_settings_t *settings, const char *id, bool shown)
{
    if (shown == weir_settings_has_column(settings, id) || strcmp(id, "name") == 0)
        return;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (char **column = settings->columns; *column; column++)
        if (strcmp(*column, id) != 0)
            g_strv_builder_add(builder, *column);
    if (shown)
        g_strv_builder_add(builder, id);
    g_strfreev(settings->columns);
    settings->columns = g_strv_builder_end(builder);
}
