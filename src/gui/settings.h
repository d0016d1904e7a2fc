/*
 * The choices that a person made in the window: $XDG_STATE_HOME/weir/window.conf. They stand before
 * the configuration files and behind the command line.
 */
#ifndef WEIR_GUI_SETTINGS_H
#define WEIR_GUI_SETTINGS_H

#include "gui/theme.h"
#include "model/units.h"

#define WEIR_COLUMNS_SHOWN_MAX 64

typedef struct weir_table_settings {
    char **columns; /* ids in order; owned, ends with NULL */
    char *sort;     /* id; owned; "": the table's own order */
    gboolean descending;
} weir_table_settings_t;

typedef struct weir_settings {
    weir_units_t units;
    uint64_t interval_ns;
    weir_scheme_t scheme;
    weir_table_settings_t tables[WEIR_TABLE_COUNT];
    guint span_s; /* of the graph */
    int width, height;
} weir_settings_t;

/** Defaults: the configuration's units and interval, which are borrowed from `given`. */
void weir_settings_init(weir_settings_t *settings, const weir_units_t *units, uint64_t interval_ns);
/** What is wrong or unknown in the file is passed over. */
void weir_settings_load(weir_settings_t *settings);
/** Best effort: a state folder that cannot be written costs nothing but the memory of choices. */
void weir_settings_save(const weir_settings_t *settings);
void weir_settings_done(weir_settings_t *settings);

bool weir_settings_has_column(const weir_settings_t *settings, weir_table_id_t table,
                              const char *id);
/** Show or hide a column; a shown one goes to the end. The first one always stays. */
void weir_settings_set_column(weir_settings_t *settings, weir_table_id_t table, const char *id,
                              bool shown);
/** Sort by a column: a number's largest first, words from A; the other way round when it is sorted
 * by that one already. */
void weir_settings_sort(weir_settings_t *settings, weir_table_id_t table, const char *id);

#endif
