/*
 * For systems without a port: everything builds, views of recordings and capture files work, and
 * the live origin says that it does not. Start a port by copying this file.
 */
#include "platform/platform.h"
#include "platform/capture_private.h"
#include "platform/firsts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int weir_platform_links_open(weir_platform_links_t **ret_links)
{
    (void)ret_links;
    return -ENOSYS;
}

void weir_platform_links_close(weir_platform_links_t *links)
{
    (void)links;
}

int weir_platform_links_fd(const weir_platform_links_t *links)
{
    (void)links;
    return -1;
}

int weir_platform_links_changes(weir_platform_links_t *links, const weir_link_sink_t *sink)
{
    (void)links;
    (void)sink;
    return -ENOSYS;
}

int weir_platform_links_counters(weir_platform_links_t *links, const weir_link_sink_t *sink)
{
    (void)links;
    (void)sink;
    return -ENOSYS;
}

int weir_platform_links_queues(weir_platform_links_t *links, const weir_link_sink_t *sink)
{
    (void)links;
    (void)sink;
    return -ENOSYS;
}

int weir_platform_route(weir_platform_links_t *links, const weir_address_t *to, uint32_t *ret_index)
{
    (void)links;
    (void)to;
    (void)ret_index;
    return -ENETUNREACH;
}

uint32_t weir_platform_default_route(weir_platform_links_t *links)
{
    (void)links;
    return 0;
}

uint64_t weir_platform_link_speed(weir_platform_links_t *links, const char *name)
{
    (void)links;
    (void)name;
    return 0;
}

size_t weir_platform_checks(weir_check_t checks[static WEIR_CHECKS_MAX])
{
    checks[0] =
        (weir_check_t){.what = "system",
                       .state = WEIR_CHECK_FAILED,
                       .detail = "Weir cannot read the counters of this operating system yet",
                       .fix = "open a recording with --replay"};
    return 1;
}

void weir_platform_host_name(char *name, size_t size)
{
    (void)snprintf(name, size, "this machine");
}

/* Packets are captured by libpcap. */
const weir_capture_ops_t *const weir_capture_native = NULL;

int weir_platform_capture_sockets(int *ret_fds, size_t count)
{
    (void)ret_fds;
    (void)count;
    return -ENOSYS;
}

int weir_platform_capture_permitted(char ret_error[static WEIR_CAPTURE_ERROR_SIZE])
{
    ret_error[0] = '\0';
    return 0; /* opening tells */
}

int weir_platform_neighbours_open(weir_platform_neighbours_t **ret_neighbours)
{
    (void)ret_neighbours;
    return -ENOSYS;
}

void weir_platform_neighbours_close(weir_platform_neighbours_t *neighbours)
{
    (void)neighbours;
}

int weir_platform_neighbours_changes(weir_platform_neighbours_t *neighbours,
                                     const weir_neighbour_sink_t *sink)
{
    (void)neighbours;
    (void)sink;
    return -ENOSYS;
}

int weir_platform_sockets_open(weir_platform_sockets_t **ret_sockets)
{
    (void)ret_sockets;
    return -ENOSYS;
}

void weir_platform_sockets_close(weir_platform_sockets_t *sockets)
{
    (void)sockets;
}

uint8_t weir_platform_sockets_accuracy(const weir_platform_sockets_t *sockets,
                                       const char **ret_reason)
{
    (void)sockets;
    *ret_reason = "";
    return WEIR_ACCURACY_TCP_ONLY;
}

uint64_t weir_platform_sockets_network(const weir_platform_sockets_t *sockets)
{
    (void)sockets;
    return 0;
}

int weir_platform_sockets_read(weir_platform_sockets_t *sockets, const weir_socket_sink_t *sink)
{
    (void)sockets;
    (void)sink;
    return -ENOSYS;
}

uint64_t weir_platform_sockets_lost(const weir_platform_sockets_t *sockets)
{
    (void)sockets;
    return 0;
}

int weir_platform_firsts_open(const weir_platform_sockets_t *sockets,
                              weir_platform_firsts_t **ret_firsts)
{
    (void)sockets;
    (void)ret_firsts;
    return -ENOTSUP;
}

int weir_platform_program(const weir_platform_sockets_t *sockets, const weir_socket_t *socket,
                          weir_program_t *ret_program)
{
    (void)sockets;
    (void)socket;
    (void)ret_program;
    return -ESRCH;
}

bool weir_platform_program_lives(uint32_t pid, uint64_t start_ns)
{
    (void)pid;
    (void)start_ns;
    return false;
}

int weir_platform_listeners_open(weir_platform_listeners_t **ret_listeners)
{
    (void)ret_listeners;
    return -ENOSYS;
}

void weir_platform_listeners_close(weir_platform_listeners_t *listeners)
{
    (void)listeners;
}

int weir_platform_listeners_read(weir_platform_listeners_t *listeners,
                                 const weir_listener_sink_t *sink)
{
    (void)listeners;
    (void)sink;
    return -ENOSYS;
}

uint32_t weir_platform_listener_program(weir_platform_listeners_t *listeners,
                                        const weir_listener_t *listener,
                                        weir_program_t *ret_program)
{
    (void)listeners;
    (void)listener;
    (void)ret_program;
    return 0;
}

int weir_platform_thread_renounce(void)
{
    return -ENOSYS;
}

void weir_platform_memory_spare(void)
{
}

int weir_platform_process_end(uint32_t pid, uint64_t start_ns, bool at_once)
{
    (void)pid;
    (void)start_ns;
    (void)at_once;
    return -ENOSYS;
}
