/*
 * The terminal as a device: entering and leaving the full screen, keys and mouse.
 */
#ifndef WEIR_TUI_TERM_H
#define WEIR_TUI_TERM_H

#include "tui/keys.h"
#include "tui/paint.h"
#include "tui/tui.h"

typedef struct weir_term weir_term_t;

/**
 * Take the terminal over and fill `paint`. Returns 0, or a negative errno with a sentence in
 * `ret_error`.
 */
WEIR_NODISCARD int weir_term_open(const weir_tui_options_t *options, weir_term_t **ret_term,
                                  weir_paint_t *paint, char *ret_error);
/** Give the terminal back as it was; accepts NULL. */
void weir_term_close(weir_term_t *term);

/** The next key that waits; false when there is none. */
bool weir_term_event(weir_term_t *term, weir_input_event_t *ret_event);
/** To be called before each wait: stops the program if the user asked for that. */
void weir_term_rest(weir_term_t *term);
/** Draw everything anew, for a terminal that something else wrote to. */
void weir_term_redraw(weir_term_t *term);
/** Ask the terminal to put `text` on the clipboard (OSC 52). */
void weir_term_copy(weir_term_t *term, const char *text, size_t n);

#endif
