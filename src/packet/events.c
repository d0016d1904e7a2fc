#include "packet/events.h"

#include <errno.h>

#define TEXTS_CEILING ((size_t)1 << 28)

void weir_events_init(weir_events_t *events, size_t most)
{
    *events = (weir_events_t){.most = most};
}

void weir_events_done(weir_events_t *events)
{
    free(events->events);
    weir_pool_unref(events->pool);
    *events = (weir_events_t){0};
}

static bool events_reserve(weir_events_t *events)
{
    if (events->count < events->room)
        return true;
    size_t room = events->room ? events->room * 2 : 64;
    if (room > events->most)
        room = events->most;
    if (room == events->count)
        return false;
    weir_event_t *larger = realloc(events->events, room * sizeof(*larger));
    if (!larger)
        return false;
    events->events = larger;
    events->room = room;
    return true;
}

weir_event_t *weir_events_add(weir_events_t *events)
{
    if (!events_reserve(events)) {
        events->lost++;
        return NULL;
    }
    weir_event_t *event = &events->events[events->count++];
    *event = (weir_event_t){0};
    return event;
}

const char *weir_events_text(weir_events_t *events, const char *text)
{
    if (!events->pool)
        events->pool = weir_pool_new(TEXTS_CEILING);
    return events->pool ? weir_pool_text(events->pool, text) : NULL;
}

/* Merge from[0..half) and from[half..count) into `to`; what is first stays first at equal times. */
static void runs_merge(const weir_event_t *from, size_t half, size_t count, weir_event_t *to)
{
    for (size_t a = 0, b = half; a < half || b < count;) {
        bool first = b == count || (a < half && from[a].time_ns <= from[b].time_ns);
        *to++ = from[first ? a++ : b++];
    }
}

/* A merge sort from below: events come nearly sorted, and their order at equal times counts. */
int weir_events_sort(weir_events_t *events)
{
    weir_event_t *spare = malloc((events->count + 1) * sizeof(*spare));
    if (!spare)
        return -ENOMEM;
    for (size_t width = 1; width < events->count; width *= 2) {
        for (size_t at = 0; at < events->count; at += 2 * width) {
            size_t left = events->count - at;
            runs_merge(events->events + at, left < width ? left : width,
                       left < 2 * width ? left : 2 * width, spare + at);
        }
        weir_event_t *sorted = spare;
        spare = events->events;
        events->events = sorted;
    }
    events->room = events->count < events->room ? events->count : events->room;
    free(spare);
    return 0;
}
