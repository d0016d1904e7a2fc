#include "engine/source.h"

static int kernel_changes(void *context, const weir_link_sink_t *sink)
{
    return weir_platform_links_changes(context, sink);
}

static int kernel_counters(void *context, const weir_link_sink_t *sink)
{
    return weir_platform_links_counters(context, sink);
}

static int kernel_queues(void *context, const weir_link_sink_t *sink)
{
    return weir_platform_links_queues(context, sink);
}

static int kernel_route(void *context, const weir_address_t *to, uint32_t *ret_index)
{
    return weir_platform_route(context, to, ret_index);
}

static uint32_t kernel_default_route(void *context)
{
    return weir_platform_default_route(context);
}

static uint64_t kernel_speed(void *context, const char *name)
{
    return weir_platform_link_speed(context, name);
}

static void kernel_close(void *context)
{
    weir_platform_links_close(context);
}

int weir_source_open_kernel(weir_source_t *ret_source)
{
    static const weir_source_ops_t ops = {
        .changes = kernel_changes,
        .counters = kernel_counters,
        .queues = kernel_queues,
        .route = kernel_route,
        .default_route = kernel_default_route,
        .speed = kernel_speed,
        .close = kernel_close,
    };
    weir_platform_links_t *links = NULL;
    int r = weir_platform_links_open(&links);
    if (r < 0)
        return r;
    *ret_source = (weir_source_t){.ops = &ops, .context = links};
    return 0;
}
