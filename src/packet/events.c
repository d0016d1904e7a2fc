#include "packet/events.h"

#include <errno.h>
#include <string.h>

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

void weir_events_drop(weir_events_t *events, const weir_event_t *event)
{
    if (!event)
        return;
    events->count--;
    events->lost++;
}

/* Texts of a copied event go into its own pool. */
static bool texts_copy(weir_events_t *events, weir_event_t *event)
{
    const char **texts[2] = {NULL, NULL};
    if (event->kind == WEIR_EVENT_DNS)
        texts[0] = &event->dns.name;
    else if (event->kind == WEIR_EVENT_LINK)
        texts[0] = &event->link.name;
    else if (event->kind == WEIR_EVENT_PROGRAM) {
        texts[0] = &event->program.app;
        texts[1] = &event->program.exe;
    } else if (event->kind == WEIR_EVENT_LISTEN) {
        texts[0] = &event->listen.program.app;
        texts[1] = &event->listen.program.exe;
    }
    for (int i = 0; i < 2; i++) {
        if (!texts[i] || !*texts[i])
            continue;
        *texts[i] = weir_events_text(events, *texts[i]);
        if (!*texts[i])
            return false;
    }
    return true;
}

/* An empty list takes the other as it is. */
static bool events_take(weir_events_t *events, weir_events_t *from)
{
    if (events->count || events->pool || from->count > events->most)
        return false;
    size_t most = events->most;
    uint64_t lost = events->lost + from->lost;
    free(events->events);
    *events = *from;
    events->most = most;
    events->lost = lost;
    weir_events_init(from, from->most);
    return true;
}

static void event_copy(weir_events_t *events, const weir_event_t *from)
{
    weir_event_t *event = weir_events_add(events);
    if (!event)
        return;
    *event = *from;
    if (!texts_copy(events, event))
        weir_events_drop(events, event);
}

void weir_events_append(weir_events_t *events, weir_events_t *from)
{
    if (events_take(events, from))
        return;
    events->lost += from->lost;
    for (size_t i = 0; i < from->count; i++)
        event_copy(events, &from->events[i]);
}

void weir_events_cut(weir_events_t *events, size_t most)
{
    if (events->count <= most)
        return;
    events->lost += events->count - most;
    events->count = most;
}

static int dns_compare(const weir_event_dns_t *a, const weir_event_dns_t *b)
{
    if (a->answer != b->answer)
        return (int)a->answer - (int)b->answer;
    if (a->type != b->type)
        return (int)a->type - (int)b->type;
    int order = strcmp(a->name ? a->name : "", b->name ? b->name : "");
    return order ? order : (int)a->size - (int)b->size;
}

typedef int (*compare_t)(const weir_event_t *a, const weir_event_t *b);

static int time_compare(const weir_event_t *a, const weir_event_t *b)
{
    return (a->time_ns > b->time_ns) - (a->time_ns < b->time_ns);
}

/* Of one time: by what they say. */
static int said_compare(const weir_event_t *a, const weir_event_t *b)
{
    int order = (int)a->kind - (int)b->kind;
    order = order ? order : weir_address_compare(&a->src, &b->src);
    order = order ? order : weir_address_compare(&a->dst, &b->dst);
    if (order)
        return order;
    switch (a->kind) {
    case WEIR_EVENT_DNS:
        return dns_compare(&a->dns, &b->dns);
    case WEIR_EVENT_ARP:
        return memcmp(&a->arp, &b->arp, sizeof(a->arp));
    case WEIR_EVENT_DHCP:
        return memcmp(&a->dhcp, &b->dhcp, sizeof(a->dhcp));
    case WEIR_EVENT_ROUTER:
        return memcmp(&a->router, &b->router, sizeof(a->router));
    case WEIR_EVENT_NEIGHBOUR:
        return memcmp(&a->neighbour, &b->neighbour, sizeof(a->neighbour));
    default:
        return 0; /* not from packets: their order stays */
    }
}

/* Where the run of ordered events that begins at `from` ends. */
static size_t run_end(const weir_event_t *events, size_t from, size_t count, compare_t compare)
{
    size_t end = from + 1;
    while (end < count && compare(&events[end - 1], &events[end]) <= 0)
        end++;
    return end < count ? end : count;
}

/* Merge from[0..half) and from[half..count) into `to`; of equal ones the first stays first. */
static void runs_merge(const weir_event_t *from, size_t half, size_t count, weir_event_t *to,
                       compare_t compare)
{
    for (size_t a = 0, b = half; a < half || b < count;) {
        bool first = b == count || (a < half && compare(&from[a], &from[b]) <= 0);
        *to++ = from[first ? a++ : b++];
    }
}

/* Each two runs become one in `to`. */
static void runs_halve(const weir_event_t *events, size_t count, weir_event_t *to,
                       compare_t compare)
{
    for (size_t at = 0, end = 0; at < count; at = end) {
        size_t half = run_end(events, at, count, compare);
        end = run_end(events, half, count, compare);
        runs_merge(events + at, half - at, end - at, to + at, compare);
    }
}

/* A natural merge sort: what comes in order costs a look, and the order of equal ones stays. */
static void range_sort(weir_event_t *events, size_t count, weir_event_t *spare, compare_t compare)
{
    weir_event_t *from = events, *to = spare;
    while (run_end(from, 0, count, compare) < count) {
        runs_halve(from, count, to, compare);
        weir_event_t *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != events)
        memcpy(events, from, count * sizeof(*events));
}

/* One worker's events are in the order of their times, several workers' are so many runs. */
int weir_events_sort(weir_events_t *events)
{
    weir_event_t *spare = malloc((events->count + 1) * sizeof(*spare));
    if (!spare)
        return -ENOMEM;
    range_sort(events->events, events->count, spare, time_compare);
    for (size_t at = 0, end = 0; at < events->count; at = end) {
        for (end = at + 1; end < events->count; end++)
            if (events->events[end].time_ns != events->events[at].time_ns)
                break;
        if (end - at > 1)
            range_sort(events->events + at, end - at, spare, said_compare);
    }
    free(spare);
    return 0;
}

void weir_events_give(weir_events_t *events, weir_snapshot_t *snapshot)
{
    snapshot->events.lost += events->lost;
    if (!events->count)
        return;
    if (weir_events_sort(events) < 0 ||
        weir_snapshot_add_events(snapshot, events->events, events->count) < 0)
        snapshot->events.lost += events->count;
    else if (events->pool)
        weir_snapshot_hold(snapshot, events->pool);
}
