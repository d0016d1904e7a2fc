#include "engine/sources/fake.h"

#include <errno.h>
#include <string.h>

static int fake_changes(void *context, const weir_link_sink_t *sink)
{
    weir_fake_t *fake = context;
    if (fake->changes_error)
        return fake->changes_error;
    for (size_t i = 0; i < fake->gone_count; i++)
        sink->link_gone(sink->context, fake->gone[i]);
    fake->gone_count = 0;
    for (size_t i = 0; i < WEIR_FAKE_LINKS; i++) {
        if (fake->links[i].present && !fake->links[i].told)
            sink->link(sink->context, &fake->links[i].link);
        fake->links[i].told = fake->links[i].present;
    }
    return 0;
}

static int fake_counters(void *context, const weir_link_sink_t *sink)
{
    weir_fake_t *fake = context;
    if (fake->counters_error)
        return fake->counters_error;
    for (size_t i = 0; i < WEIR_FAKE_LINKS; i++)
        if (fake->links[i].present && !fake->links[i].silent)
            sink->counters(sink->context, fake->links[i].link.index, &fake->links[i].counters);
    return 0;
}

static int fake_queues(void *context, const weir_link_sink_t *sink)
{
    (void)context;
    (void)sink;
    return 0;
}

static int fake_route(void *context, const weir_address_t *to, uint32_t *ret_index)
{
    const weir_fake_t *fake = context;
    (void)to;
    if (!fake->endpoint_carrier)
        return -ENETUNREACH;
    *ret_index = fake->endpoint_carrier;
    return 0;
}

static uint32_t fake_default_route(void *context)
{
    return ((const weir_fake_t *)context)->default_route;
}

static uint64_t fake_speed(void *context, const char *name)
{
    const weir_fake_t *fake = context;
    for (size_t i = 0; i < WEIR_FAKE_LINKS; i++)
        if (fake->links[i].present && strcmp(fake->links[i].link.name, name) == 0)
            return fake->links[i].speed_bps;
    return 0;
}

static void fake_close(void *context)
{
    (void)context; /* the test's own */
}

weir_source_t weir_fake_source(weir_fake_t *fake)
{
    static const weir_source_ops_t ops = {
        .changes = fake_changes,
        .counters = fake_counters,
        .queues = fake_queues,
        .route = fake_route,
        .default_route = fake_default_route,
        .speed = fake_speed,
        .close = fake_close,
    };
    return (weir_source_t){.ops = &ops, .context = fake};
}

static void fake_read(void *context, weir_instant_t *ret_now)
{
    *ret_now = ((const weir_fake_t *)context)->now;
}

weir_clock_t weir_fake_clock(weir_fake_t *fake)
{
    return (weir_clock_t){.read = fake_read, .context = fake};
}

void weir_fake_advance(weir_fake_t *fake, uint64_t ns)
{
    fake->now.boot_ns += ns;
    fake->now.awake_ns += ns;
    fake->now.wall_ns += (int64_t)ns;
}

weir_fake_link_t *weir_fake_add(weir_fake_t *fake, size_t at, uint32_t index, const char *name,
                                uint8_t kind)
{
    weir_fake_link_t *link = &fake->links[at];
    *link = (weir_fake_link_t){.present = true};
    link->link.index = index;
    link->link.kind = kind;
    link->link.state = WEIR_LINK_UP;
    memcpy(link->link.name, name, strnlen(name, sizeof(link->link.name) - 1));
    return link;
}

void weir_fake_remove(weir_fake_t *fake, size_t at)
{
    fake->gone[fake->gone_count++] = fake->links[at].link.index;
    fake->links[at].present = false;
}
