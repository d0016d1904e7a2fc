/*
 * Where interfaces and counters come from: the kernel, or in tests a script.
 */
#ifndef WEIR_ENGINE_SOURCE_H
#define WEIR_ENGINE_SOURCE_H

#include "engine/packet_supply.h"
#include "platform/platform.h"

/** The calls mean what their namesakes in platform.h mean. */
typedef struct weir_source_ops {
    int (*changes)(void *context, const weir_link_sink_t *sink);
    int (*counters)(void *context, const weir_link_sink_t *sink);
    int (*queues)(void *context, const weir_link_sink_t *sink);
    int (*route)(void *context, const weir_address_t *to, uint32_t *ret_index);
    uint32_t (*default_route)(void *context);
    uint64_t (*speed)(void *context, const char *name);
    void (*close)(void *context);
} weir_source_ops_t;

typedef struct weir_source {
    const weir_source_ops_t *ops;
    void *context;
} weir_source_t;

/** This machine's kernel. Returns 0 or a negative errno. */
WEIR_NODISCARD int weir_source_open_kernel(weir_source_t *ret_source);

/** Where sockets and programs come from; the calls mean what their namesakes in platform.h mean. */
typedef struct weir_socket_source_ops {
    uint8_t (*accuracy)(void *context, const char **ret_reason);
    uint64_t (*network)(void *context);
    int (*read)(void *context, const weir_socket_sink_t *sink);
    uint64_t (*lost)(void *context);
    int (*program)(void *context, const weir_socket_t *socket, weir_program_t *ret_program);
    bool (*lives)(void *context, uint32_t pid, uint64_t start_ns);
    /* First packets, a supply of one queue that may outlive the source; NULL: there are none. */
    int (*firsts)(void *context, weir_packet_supply_t *ret_supply);
    void (*close)(void *context);
} weir_socket_source_ops_t;

typedef struct weir_socket_source {
    const weir_socket_source_ops_t *ops;
    void *context;
} weir_socket_source_t;

/** weir_platform_process_end() for who may not see the platform. */
WEIR_NODISCARD int weir_process_end(uint32_t pid, uint64_t start_ns, bool at_once);

/** Where neighbours come from; the calls mean what their namesakes in platform.h mean. */
typedef struct weir_neighbour_source_ops {
    int (*changes)(void *context, const weir_neighbour_sink_t *sink);
    void (*close)(void *context);
} weir_neighbour_source_ops_t;

typedef struct weir_neighbour_source {
    const weir_neighbour_source_ops_t *ops;
    void *context;
} weir_neighbour_source_t;

/** This machine's kernel. Returns 0 or a negative errno. */
WEIR_NODISCARD int weir_neighbour_source_open_kernel(weir_neighbour_source_t *ret_source);

/** Where listeners come from; the calls mean what their namesakes in platform.h mean. */
typedef struct weir_listener_source_ops {
    int (*read)(void *context, const weir_listener_sink_t *sink);
    uint32_t (*program)(void *context, const weir_listener_t *listener,
                        weir_program_t *ret_program);
    void (*close)(void *context);
} weir_listener_source_ops_t;

typedef struct weir_listener_source {
    const weir_listener_source_ops_t *ops;
    void *context;
} weir_listener_source_t;

/** This machine's kernel. Returns 0 or a negative errno. */
WEIR_NODISCARD int weir_listener_source_open_kernel(weir_listener_source_t *ret_source);

/** This machine's kernel. Returns 0 or a negative errno. */
WEIR_NODISCARD int weir_socket_source_open_kernel(weir_socket_source_t *ret_source);

#endif
