#include "engine/source.h"

#include "platform/firsts.h"

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

static uint8_t sockets_accuracy(void *context, const char **ret_reason)
{
    return weir_platform_sockets_accuracy(context, ret_reason);
}

static uint64_t sockets_network(void *context)
{
    return weir_platform_sockets_network(context);
}

static int sockets_read(void *context, const weir_socket_sink_t *sink)
{
    return weir_platform_sockets_read(context, sink);
}

static uint64_t sockets_lost(void *context)
{
    return weir_platform_sockets_lost(context);
}

static int sockets_program(void *context, const weir_socket_t *socket, weir_program_t *ret_program)
{
    return weir_platform_program(context, socket, ret_program);
}

static bool sockets_lives(void *context, uint32_t pid, uint64_t start_ns)
{
    (void)context;
    return weir_platform_program_lives(pid, start_ns);
}

static int firsts_next(void *context, unsigned queue, weir_captured_t *packets, size_t room)
{
    (void)queue;
    return weir_platform_firsts_next(context, packets, room);
}

static void firsts_wake(void *context, unsigned queue)
{
    (void)queue;
    weir_platform_firsts_wake(context);
}

static uint64_t firsts_lost(void *context)
{
    return weir_platform_firsts_lost(context);
}

static void firsts_close(void *context)
{
    weir_platform_firsts_close(context);
}

static int sockets_firsts(void *context, weir_packet_supply_t *ret_supply)
{
    static const weir_packet_supply_ops_t ops = {
        .next = firsts_next, .wake = firsts_wake, .lost = firsts_lost, .close = firsts_close};
    weir_platform_firsts_t *firsts = NULL;
    int r = weir_platform_firsts_open(context, &firsts);
    if (r >= 0)
        *ret_supply = (weir_packet_supply_t){.ops = &ops, .context = firsts};
    return r;
}

static void sockets_close(void *context)
{
    weir_platform_sockets_close(context);
}

int weir_socket_source_open_kernel(weir_socket_source_t *ret_source)
{
    static const weir_socket_source_ops_t ops = {
        .accuracy = sockets_accuracy,
        .network = sockets_network,
        .read = sockets_read,
        .lost = sockets_lost,
        .program = sockets_program,
        .lives = sockets_lives,
        .firsts = sockets_firsts,
        .close = sockets_close,
    };
    weir_platform_sockets_t *sockets = NULL;
    int r = weir_platform_sockets_open(&sockets);
    if (r < 0)
        return r;
    *ret_source = (weir_socket_source_t){.ops = &ops, .context = sockets};
    return 0;
}

static int neighbours_changes(void *context, const weir_neighbour_sink_t *sink)
{
    return weir_platform_neighbours_changes(context, sink);
}

static void neighbours_close(void *context)
{
    weir_platform_neighbours_close(context);
}

int weir_neighbour_source_open_kernel(weir_neighbour_source_t *ret_source)
{
    static const weir_neighbour_source_ops_t ops = {.changes = neighbours_changes,
                                                    .close = neighbours_close};
    weir_platform_neighbours_t *neighbours = NULL;
    int r = weir_platform_neighbours_open(&neighbours);
    if (r < 0)
        return r;
    *ret_source = (weir_neighbour_source_t){.ops = &ops, .context = neighbours};
    return 0;
}

static int listeners_read(void *context, const weir_listener_sink_t *sink)
{
    return weir_platform_listeners_read(context, sink);
}

static uint32_t listeners_program(void *context, const weir_listener_t *listener,
                                  weir_program_t *ret_program)
{
    return weir_platform_listener_program(context, listener, ret_program);
}

static void listeners_close(void *context)
{
    weir_platform_listeners_close(context);
}

int weir_listener_source_open_kernel(weir_listener_source_t *ret_source)
{
    static const weir_listener_source_ops_t ops = {
        .read = listeners_read, .program = listeners_program, .close = listeners_close};
    weir_platform_listeners_t *listeners = NULL;
    int r = weir_platform_listeners_open(&listeners);
    if (r < 0)
        return r;
    *ret_source = (weir_listener_source_t){.ops = &ops, .context = listeners};
    return 0;
}

int weir_process_end(uint32_t pid, uint64_t start_ns, bool at_once)
{
    return weir_platform_process_end(pid, start_ns, at_once);
}
