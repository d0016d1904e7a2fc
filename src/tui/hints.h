/*
 * The keys that the foot of a screen names.
 */
#ifndef WEIR_TUI_HINTS_H
#define WEIR_TUI_HINTS_H

#include "tui/paint.h"

typedef struct weir_hint {
    const char *key, *ascii, *text; /* ascii: the key where the terminal has no UTF-8 */
    unsigned when;                  /* bits of the screen's own; 0: always */
} weir_hint_t;

/** Into the last line, as many as it holds; the last two always. `now`: bits that hold. */
void weir_hints_draw(weir_paint_t *paint, const weir_hint_t *hints, size_t count, unsigned now);

#endif
