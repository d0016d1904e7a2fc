/*
 * The application: one feed, one main window, perhaps the small one.
 */
#ifndef WEIR_GUI_GUI_H
#define WEIR_GUI_GUI_H

#include "gui/feed.h"
#include "gui/settings.h"

#include <adwaita.h>

#define WEIR_GUI_ID "io.github.weir.Weir"

typedef struct weir_window weir_window_t;
typedef struct weir_small weir_small_t;

typedef struct weir_gui {
    AdwApplication *app;
    weir_settings_t settings;
    weir_client_options_t live; /* how this machine is watched */
    weir_feed_t feed;
    weir_window_t *window; /* owned; NULL: not open */
    weir_small_t *small;   /* likewise */
    double speed;          /* of replays */
    const char *filter;    /* to begin with; borrowed, NULL: none */
    bool measure;          /* tell of the first frame and of frames, for benchmarks */
} weir_gui_t;

/** Watch this machine (path NULL), a recording or a capture; what was watched ends. */
void weir_gui_watch(weir_gui_t *gui, const char *path);
/** A table is looked at, from now on. */
void weir_gui_want(weir_gui_t *gui, weir_table_id_t table);
/** The settings have changed: all views and the feed follow, and they are saved. */
void weir_gui_settings_changed(weir_gui_t *gui);
/** Columns have changed as well. */
void weir_gui_columns_changed(weir_gui_t *gui);

void weir_gui_actions_add(weir_gui_t *gui);

/* ---- window.c, small.c, dialogs ---- */
weir_window_t *weir_window_new(weir_gui_t *gui);
GtkWindow *weir_window_widget(weir_window_t *window);
/** The table whose page is seen. */
weir_table_id_t weir_window_table(const weir_window_t *window);
/** A new snapshot, or the end of the feed. force: even if nothing moves (frozen, hidden). */
void weir_window_refresh(weir_window_t *window, bool force);
/** The feed is about to close, or another one has been opened. */
void weir_window_feed_changed(weir_window_t *window);
void weir_window_settings_changed(weir_window_t *window, bool columns);

weir_small_t *weir_small_new(weir_gui_t *gui);
GtkWindow *weir_small_widget(weir_small_t *small);
void weir_small_refresh(weir_small_t *small);
void weir_small_feed_changed(weir_small_t *small);

/** The columns are those of `table`. */
void weir_preferences_show(weir_gui_t *gui, GtkWindow *parent, weir_table_id_t table);
GtkShortcutsWindow *weir_shortcuts_new(void);
/** Ask for a file and write the report of the capture that is shown to it. */
void weir_report_save(weir_gui_t *gui);
/** Open the files that are dropped on the window. */
void weir_drop_accept(weir_gui_t *gui, GtkWindow *window);
/** Keep the window above others where that is possible (X11). */
void weir_above_keep(GtkWindow *window);
/** Write the time of each frame, "frame 3 at 123456 us", to standard error. */
void weir_measure_frames(GtkWindow *window);
/** And how long the main loop was busy, "busy 41000 us at 123456 us", when that was long. */
void weir_measure_busy(void);

#endif
