#include "gui/settings.h"

#include "base/clock.h"
#include "model/cell.h"

#include <string.h>

#define GROUP "window"
#define INTERVAL_MIN_NS (WEIR_NS_PER_S / 10)
#define INTERVAL_MAX_NS (3600 * WEIR_NS_PER_S)

/* These tables' are the window's own choice; the others' are the catalogue's. */
static const char *const INTERFACE_COLUMNS[] = {
    "name",           "rx_bytes",       "tx_bytes", "rx_bytes_per_s",
    "tx_bytes_per_s", "rx_utilisation", "history",  "state"};
static const char *const APP_COLUMNS[] = {"app",     "user",     "rx_bytes_per_s", "tx_bytes_per_s",
                                          "history", "rx_bytes", "tx_bytes",       "flows",
                                          "hosts",   "accuracy"};

static const char *const SORTS[WEIR_TABLE_COUNT] = {
    [WEIR_TABLE_INTERFACES] = "rx_bytes", [WEIR_TABLE_APPS] = "rx_bytes",
    [WEIR_TABLE_HOSTS] = "rx_bytes",      [WEIR_TABLE_FLOWS] = "dst_bytes",
    [WEIR_TABLE_PROTOCOLS] = "bytes",     [WEIR_TABLE_FINDINGS] = "last_seen",
};

/* Those with a place, in that order. */
static void catalogue_columns_add(GStrvBuilder *builder, const weir_table_t *table)
{
    for (unsigned place = 1; place <= table->column_count; place++)
        for (size_t i = 0; i < table->column_count; i++)
            if (table->columns[i].place == place)
                g_strv_builder_add(builder, table->columns[i].id);
}

static char **columns_default(weir_table_id_t id)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    bool apps = id == WEIR_TABLE_APPS;
    const char *const *own = apps ? APP_COLUMNS : INTERFACE_COLUMNS;
    size_t n = apps ? G_N_ELEMENTS(APP_COLUMNS) : G_N_ELEMENTS(INTERFACE_COLUMNS);
    if (!apps && id != WEIR_TABLE_INTERFACES)
        catalogue_columns_add(builder, weir_table(id));
    else
        for (size_t i = 0; i < n; i++)
            g_strv_builder_add(builder, own[i]);
    return g_strv_builder_end(builder);
}

void weir_settings_init(weir_settings_t *settings, const weir_units_t *units, uint64_t interval_ns)
{
    *settings = (weir_settings_t){
        .units = *units, .interval_ns = interval_ns, .span_s = 120, .width = 1000, .height = 640};
    for (weir_table_id_t id = 0; id < WEIR_TABLE_COUNT; id++)
        settings->tables[id] = (weir_table_settings_t){
            .columns = columns_default(id), .sort = g_strdup(SORTS[id]), .descending = TRUE};
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

static void columns_load(GKeyFile *file, weir_table_id_t id, weir_table_settings_t *settings)
{
    gsize n = 0;
    g_auto(GStrv) columns =
        g_key_file_get_string_list(file, weir_table(id)->id, "columns", &n, NULL);
    if (!columns || !n || n > WEIR_COLUMNS_SHOWN_MAX || !settings->columns[0] ||
        strcmp(columns[0], settings->columns[0]) != 0)
        return;
    g_strfreev(settings->columns);
    settings->columns = g_steal_pointer(&columns);
}

static void table_load(GKeyFile *file, weir_table_id_t id, weir_table_settings_t *settings)
{
    const weir_table_t *table = weir_table(id);
    g_autofree char *sort = g_key_file_get_string(file, table->id, "sort", NULL);
    if (sort && weir_column_find(table, sort) >= 0) {
        g_free(settings->sort);
        settings->sort = g_steal_pointer(&sort);
        settings->descending = g_key_file_get_boolean(file, table->id, "descending", NULL);
    }
    columns_load(file, id, settings);
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
    for (weir_table_id_t id = 0; id < WEIR_TABLE_COUNT; id++)
        table_load(file, id, &settings->tables[id]);
}

static void table_save(GKeyFile *file, weir_table_id_t id, const weir_table_settings_t *settings)
{
    const char *group = weir_table(id)->id;
    if (!weir_table(id)->column_count)
        return;
    g_key_file_set_string(file, group, "sort", settings->sort);
    g_key_file_set_boolean(file, group, "descending", settings->descending);
    g_key_file_set_string_list(file, group, "columns", (const char *const *)settings->columns,
                               g_strv_length(settings->columns));
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
    for (weir_table_id_t id = 0; id < WEIR_TABLE_COUNT; id++)
        table_save(file, id, &settings->tables[id]);
    if (g_mkdir_with_parents(folder, 0700) == 0)
        (void)g_key_file_save_to_file(file, path, NULL); /* best effort */
}

void weir_settings_done(weir_settings_t *settings)
{
    for (weir_table_id_t id = 0; id < WEIR_TABLE_COUNT; id++) {
        g_strfreev(settings->tables[id].columns);
        g_free(settings->tables[id].sort);
    }
    *settings = (weir_settings_t){0};
}

bool weir_settings_has_column(const weir_settings_t *settings, weir_table_id_t table,
                              const char *id)
{
    return g_strv_contains((const char *const *)settings->tables[table].columns, id);
}

void weir_settings_set_column(weir_settings_t *settings, weir_table_id_t table, const char *id,
                              bool shown)
{
    char ***columns = &settings->tables[table].columns;
    if (shown == weir_settings_has_column(settings, table, id) || g_strcmp0(id, **columns) == 0)
        return;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (char **column = *columns; *column; column++)
        if (strcmp(*column, id) != 0)
            g_strv_builder_add(builder, *column);
    if (shown)
        g_strv_builder_add(builder, id);
    g_strfreev(*columns);
    *columns = g_strv_builder_end(builder);
}

void weir_settings_sort(weir_settings_t *settings, weir_table_id_t table, const char *id)
{
    weir_table_settings_t *chosen = &settings->tables[table];
    const weir_table_t *described = weir_table(table);
    int position = weir_column_find(described, id);
    if (position < 0)
        return;
    if (strcmp(id, chosen->sort) == 0) {
        chosen->descending = !chosen->descending;
        return;
    }
    const weir_column_t *column = &described->columns[position];
    chosen->descending = weir_column_is_numeric(column) || column->unit == WEIR_UNIT_TIME;
    g_free(chosen->sort);
    chosen->sort = g_strdup(id);
}
