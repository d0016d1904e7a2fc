/*
 * What keys and the mouse do to the span of a capture.
 */
#include "tui/screen.h"

#define NS_PER_S ((int64_t)WEIR_NS_PER_S)

/* The whole capture in seconds. Returns false where there is none. */
static bool whole_find(const weir_screen_t *screen, weir_span_t *ret_whole)
{
    const weir_snapshot_t *snapshot = screen->snapshot;
    if (!snapshot || snapshot->origin != WEIR_ORIGIN_FILE || snapshot->time.wall_ns <= 0)
        return false;
    int64_t end = snapshot->time.wall_ns;
    *ret_whole = (weir_span_t){.from_s = (end - (int64_t)snapshot->window_ns) / NS_PER_S,
                               .to_s = end / NS_PER_S + 1};
    return true;
}

static const struct {
    weir_action_t action;
    weir_span_move_t move;
} MOVES[] = {
    {WEIR_ACTION_SPAN_BEGIN_LATER, WEIR_SPAN_BEGIN_LATER},
    {WEIR_ACTION_SPAN_BEGIN_EARLIER, WEIR_SPAN_BEGIN_EARLIER},
    {WEIR_ACTION_SPAN_END_EARLIER, WEIR_SPAN_END_EARLIER},
    {WEIR_ACTION_SPAN_END_LATER, WEIR_SPAN_END_LATER},
    {WEIR_ACTION_SPAN_EARLIER, WEIR_SPAN_EARLIER},
    {WEIR_ACTION_SPAN_LATER, WEIR_SPAN_LATER},
};

void weir_span_act(weir_screen_t *screen, weir_action_t action)
{
    weir_span_t whole;
    if (!whole_find(screen, &whole)) {
        weir_screen_say(screen, "a span of time is chosen in captures: weir --file FILE");
        return;
    }
    if (whole.to_s - whole.from_s < 2) {
        weir_screen_say(screen, "the capture is one second long: there is no span to choose");
        return;
    }
    if (action == WEIR_ACTION_SPAN_CLEAR)
        screen->span.on = false;
    for (size_t i = 0; i < WEIR_COUNT(MOVES); i++)
        if (MOVES[i].action == action)
            weir_span_move(&screen->span, &whole, MOVES[i].move);
    weir_filter_line_renew(screen);
}

bool weir_span_click(weir_screen_t *screen, int y, int x)
{
    const weir_places_t *places = &screen->places;
    weir_span_t whole;
    if (y < places->graph_y || y >= places->graph_y + places->graph_lines || x < places->graph_x ||
        x >= places->graph_x + places->graph_cells || !whole_find(screen, &whole))
        return false;
    uint64_t at_ns = places->graph_from_ns + (uint64_t)(x - places->graph_x) * places->cell_ns;
    weir_span_point(&screen->span, &whole, (int64_t)(at_ns / WEIR_NS_PER_S));
    weir_filter_line_renew(screen);
    return true;
}
