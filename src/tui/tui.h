/*
 * The terminal view: a client of the model that draws snapshots and series with ncurses. One thread
 * runs it, and ncurses allows one at a time.
 */
#ifndef WEIR_TUI_TUI_H
#define WEIR_TUI_TUI_H

#include "client/client.h"
#include "export/export.h"
#include "tui/rescue.h"

#include <signal.h>

#define WEIR_TUI_ERROR_SIZE 256

/** Texts are borrowed for the whole run. */
typedef struct weir_tui_options {
    weir_origin_t origin;
    weir_reading_progress_t *reading; /* how far the reading of a capture is; NULL: none */
    weir_table_id_t table;            /* to open on */
    bool table_given;                 /* the user named it */
    weir_units_t units;
    uint64_t interval_ns;   /* that the client was opened with */
    const char *filter;     /* a valid one; NULL: none */
    const char *sort;       /* "-rx_bytes", valid; NULL: as last time */
    const uint8_t *columns; /* positions in the catalogue; NULL: as last time */
    size_t column_count;
    bool units_given, interval_given; /* the user said so just now: stands before the last time's */
    uint64_t count;                   /* leave after so many snapshots; 0: stay */
    bool utf8;                        /* the locale shows UTF-8 */
    bool colours;                     /* NO_COLOR is not set */
    const char *machine;              /* name of the machine, or of the recording */
    const char *state_path;           /* file of the choices; NULL: choices are not kept */
    int tty_fd;                       /* where keys come from, a terminal */
    const volatile sig_atomic_t *signal; /* the signal that asks to end, 0 none */
    sigset_t wait_mask;                  /* signals are let in only while waiting with this */
    weir_rescue_t *rescue;               /* armed while the screen is in use */
} weir_tui_options_t;

/**
 * Show `client` on the terminal until the user leaves, the terminal is lost or a signal asks to
 * end. Returns 0, or a negative errno with a sentence in `ret_error`; the terminal is then as it
 * was before.
 */
WEIR_NODISCARD int weir_tui_run(weir_client_t *client, const weir_tui_options_t *options,
                                char ret_error[static WEIR_TUI_ERROR_SIZE]);

#endif
