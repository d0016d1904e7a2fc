/*
 * How a line that is typed is drawn, wherever one is typed: at the foot, with what is wrong below.
 */
#ifndef WEIR_TUI_TYPED_H
#define WEIR_TUI_TYPED_H

#include "model/filter.h"
#include "tui/edit.h"
#include "tui/paint.h"

typedef struct weir_typed {
    const weir_edit_t *edit;
    const char *prompt;               /* before it */
    const char *hint;                 /* below it, while nothing is wrong */
    const weir_filter_error_t *error; /* NULL: nothing is wrong */
} weir_typed_t;

/** `scratch` is written over. */
void weir_typed_draw(weir_paint_t *paint, const weir_typed_t *typed, weir_buf_t *scratch);

#endif
