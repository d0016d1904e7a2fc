#include "tui/span.h"

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* It keeps a second at least, and covers everything only if it is off. */
static void span_settle(weir_span_t *span, const weir_span_t *whole)
{
    span->from_s = clamp(span->from_s, whole->from_s, whole->to_s - 1);
    span->to_s = clamp(span->to_s, span->from_s + 1, whole->to_s);
    span->on = span->from_s > whole->from_s || span->to_s < whole->to_s;
}

void weir_span_move(weir_span_t *span, const weir_span_t *whole, weir_span_move_t move)
{
    if (!span->on)
        *span = *whole;
    int64_t length = span->to_s - span->from_s;
    int64_t step = length / 8 > 1 ? length / 8 : 1;
    int64_t slide = clamp(step, 0, whole->to_s - span->to_s);
    switch (move) {
    case WEIR_SPAN_BEGIN_LATER:
        span->from_s = clamp(span->from_s + step, span->from_s, span->to_s - 1);
        break;
    case WEIR_SPAN_BEGIN_EARLIER:
        span->from_s -= step;
        break;
    case WEIR_SPAN_END_EARLIER:
        span->to_s -= step;
        break;
    case WEIR_SPAN_END_LATER:
        span->to_s += step;
        break;
    case WEIR_SPAN_EARLIER:
        slide = -clamp(step, 0, span->from_s - whole->from_s);
        span->from_s += slide;
        span->to_s += slide;
        break;
    case WEIR_SPAN_LATER:
        span->from_s += slide;
        span->to_s += slide;
        break;
    }
    span_settle(span, whole);
}

void weir_span_point(weir_span_t *span, const weir_span_t *whole, int64_t at_s)
{
    if (!span->on) {
        int64_t half = (whole->to_s - whole->from_s) / 20;
        span->from_s = at_s - half;
        span->to_s = at_s + half + 1;
    } else if (at_s - span->from_s < span->to_s - at_s) {
        span->from_s = at_s;
    } else {
        span->to_s = at_s + 1;
    }
    span_settle(span, whole);
}
