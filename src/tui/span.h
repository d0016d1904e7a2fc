/*
 * The part of a capture that is looked at: its ends move by keys and by the mouse, in whole
 * seconds. Pure.
 */
#ifndef WEIR_TUI_SPAN_H
#define WEIR_TUI_SPAN_H

#include <stdbool.h>
#include <stdint.h>

/** [s] since 1970; `to` is the first second behind. */
typedef struct weir_span {
    bool on; /* false: the whole capture */
    int64_t from_s, to_s;
} weir_span_t;

typedef enum weir_span_move {
    WEIR_SPAN_BEGIN_LATER,
    WEIR_SPAN_BEGIN_EARLIER,
    WEIR_SPAN_END_EARLIER,
    WEIR_SPAN_END_LATER,
    WEIR_SPAN_EARLIER,
    WEIR_SPAN_LATER,
} weir_span_move_t;

/**
 * Move an end, or both, by an eighth of the present span, at least a second, within `whole`. A span
 * of everything is off.
 */
void weir_span_move(weir_span_t *span, const weir_span_t *whole, weir_span_move_t move);

/** Put the nearer end at `at_s`; without a span a tenth of the whole around it is chosen. */
void weir_span_point(weir_span_t *span, const weir_span_t *whole, int64_t at_s);

#endif
