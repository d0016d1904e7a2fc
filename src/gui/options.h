/*
 * The command line of weir-gui: what `weir gui` hands over. It is no contract; people use `weir
 * gui`.
 */
#ifndef WEIR_GUI_OPTIONS_H
#define WEIR_GUI_OPTIONS_H

#include "client/client.h"
#include "gui/settings.h"

typedef struct weir_gui_options {
    weir_units_t units; /* of the configuration */
    uint64_t interval_ns;
    char *rates, *amounts, *base, *interval; /* of the command line; NULL: not given */
    double speed;
    char *filter, *file;
    gboolean measure, mirrored; /* mirrored: as for a right-to-left language */
    weir_capacity_t *capacities;
    size_t capacity_count;
    char **capacity_texts;
} weir_gui_options_t;

/** Returns -1 to go on, or the exit status after saying what is wrong. */
int weir_gui_options_read(int argc, char **argv, weir_gui_options_t *ret_options);
/** The command line stands before what was chosen in the window. */
void weir_gui_options_apply(const weir_gui_options_t *options, weir_settings_t *settings);
void weir_gui_options_done(weir_gui_options_t *options);

#endif
