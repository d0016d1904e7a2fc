#include "engine/sources/listeners.h"

#include "base/index.h"
#include "packet/events.h"

#include <errno.h>
#include <string.h>

#define FINDINGS (UINT32_C(1) << WEIR_TABLE_FINDINGS)
#define EVENTS_MOST ((size_t)2 * WEIR_LISTENERS_MOST)

typedef struct known {
    uint64_t key;
    weir_listener_t listener;
    bool seen; /* in this reading */
} known_t;

typedef struct listeners_part {
    weir_listener_source_t source;
    bool wanted, read;  /* read: once, completely */
    weir_index_t index; /* key to the position of a known one */
    known_t *known;     /* owned; WEIR_LISTENERS_MOST */
    size_t count;
    int64_t now_ns;       /* of the last reading */
    weir_events_t events; /* likewise */
} listeners_part_t;

static uint64_t listener_key(const weir_listener_t *listener)
{
    uint64_t words[2];
    memcpy(words, listener->address.bytes, sizeof(words));
    uint64_t where = (uint64_t)listener->port << 16 | (uint64_t)listener->protocol << 8 |
                     listener->address.family;
    return weir_hash_u64(weir_hash_u64(words[0] ^ where) ^ words[1]);
}

static weir_event_t *event_add(listeners_part_t *part, const weir_listener_t *listener)
{
    weir_event_t *event = weir_events_add(&part->events);
    if (!event)
        return NULL;
    event->time_ns = part->now_ns;
    event->kind = WEIR_EVENT_LISTEN;
    event->src = listener->address;
    event->listen.port = listener->port;
    event->listen.protocol = listener->protocol;
    return event;
}

/* Only of new ones: it costs a look at every process. */
static void program_fill(listeners_part_t *part, const weir_listener_t *listener,
                         weir_event_program_t *program)
{
    weir_program_t found = {0};
    program->pid = part->source.ops->program(part->source.context, listener, &found);
    if (!program->pid)
        return;
    program->app = found.name[0] ? weir_events_text(&part->events, found.name) : NULL;
    program->exe = found.exe[0] ? weir_events_text(&part->events, found.exe) : NULL;
}

static void listener_told(void *context, const weir_listener_t *listener)
{
    listeners_part_t *part = context;
    uint64_t key = listener_key(listener);
    uint32_t at = weir_index_get(&part->index, key);
    if (at != WEIR_INDEX_NONE) {
        part->known[at].seen = true;
        return;
    }
    if (part->count == WEIR_LISTENERS_MOST ||
        weir_index_set(&part->index, key, (uint32_t)part->count) < 0) {
        part->events.lost++;
        return;
    }
    part->known[part->count++] = (known_t){key, *listener, true};
    weir_event_t *event = event_add(part, listener);
    if (!event)
        return;
    event->listen.before = !part->read;
    if (part->read)
        program_fill(part, listener, &event->listen.program);
}

/* The last one takes the place of one that has gone. */
static void gone_tell(listeners_part_t *part)
{
    for (size_t i = part->count; i-- > 0;) {
        known_t *gone = &part->known[i];
        if (gone->seen)
            continue;
        weir_event_t *event = event_add(part, &gone->listener);
        if (event)
            event->listen.ended = true;
        weir_index_remove(&part->index, gone->key);
        *gone = part->known[--part->count];
        if (i < part->count && weir_index_set(&part->index, gone->key, (uint32_t)i) < 0)
            part->events.lost++; /* it will be told as new */
    }
}

static void listeners_read(listeners_part_t *part)
{
    for (size_t i = 0; i < part->count; i++)
        part->known[i].seen = false;
    weir_listener_sink_t sink = {part, listener_told};
    if (part->source.ops->read(part->source.context, &sink) < 0)
        return; /* the next reading will be whole: nothing has gone, nothing was there before */
    gone_tell(part);
    part->read = true;
}

static void part_fill(void *context, weir_snapshot_t *snapshot)
{
    listeners_part_t *part = context;
    if (!part->wanted)
        return;
    part->now_ns = snapshot->time.wall_ns;
    weir_events_done(&part->events);
    weir_events_init(&part->events, EVENTS_MOST);
    listeners_read(part);
    weir_events_give(&part->events, snapshot);
}

static void part_want(void *context, uint32_t tables)
{
    listeners_part_t *part = context;
    part->wanted = tables & FINDINGS;
}

static void part_close(void *context)
{
    listeners_part_t *part = context;
    part->source.ops->close(part->source.context);
    weir_index_done(&part->index);
    free(part->known);
    weir_events_done(&part->events);
    free(part);
}

int weir_listeners_part(weir_listener_source_t source, weir_part_t *ret_part)
{
    static const weir_part_ops_t ops = {.fill = part_fill, .want = part_want, .close = part_close};
    listeners_part_t *part = calloc(1, sizeof(*part));
    if (part)
        part->known = calloc(WEIR_LISTENERS_MOST, sizeof(*part->known));
    if (!part || !part->known) {
        source.ops->close(source.context);
        free(part);
        return -ENOMEM;
    }
    part->source = source;
    *ret_part = (weir_part_t){.ops = &ops, .context = part};
    return 0;
}
