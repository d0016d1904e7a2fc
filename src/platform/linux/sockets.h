/*
 * The ways to watch sockets, behind one ops table. Engine thread.
 */
#ifndef WEIR_PLATFORM_LINUX_SOCKETS_H
#define WEIR_PLATFORM_LINUX_SOCKETS_H

#include "platform/firsts.h"

typedef struct weir_sockets_ops {
    int (*read)(void *context, const weir_socket_sink_t *sink);
    /* Complete what is known of a program from its start; may leave all as it is. */
    void (*program)(void *context, const weir_socket_t *socket, weir_program_t *program);
    uint64_t (*lost)(void *context);
    int (*firsts)(void *context, weir_platform_firsts_t **ret_firsts); /* NULL: has none */
    void (*close)(void *context);
} weir_sockets_ops_t;

typedef struct weir_sockets_way {
    const weir_sockets_ops_t *ops;
    void *context;
} weir_sockets_way_t;

#define WEIR_REASON_SIZE 200

struct weir_platform_sockets {
    weir_sockets_way_t way;
    uint64_t network;
    uint8_t accuracy;
    char reason[WEIR_REASON_SIZE];
};

/**
 * The BPF programs: every packet of every program. Needs privileges. On failure ret_reason tells
 * what was refused and why.
 */
WEIR_NODISCARD int weir_sockets_bpf_open(weir_sockets_way_t *ret_way,
                                         char ret_reason[static WEIR_REASON_SIZE]);
/** What of it the kernel grants, at most `room` lines; returns how many. */
size_t weir_sockets_bpf_checks(weir_check_t *checks, size_t room);

/** INET_DIAG: every TCP connection of this network namespace, without privilege. */
WEIR_NODISCARD int weir_sockets_diag_open(weir_sockets_way_t *ret_way);

/** An address as INET_DIAG tells it; one of IPv4 in IPv6 becomes one of IPv4. */
weir_address_t weir_sockets_diag_address(uint8_t family, const uint32_t words[static 4]);

/** How exactly programs are seen here, at most `room` lines; returns how many. */
size_t weir_sockets_checks(weir_check_t *checks, size_t room);

/** Cookie of this process's network namespace, 0 unknown (SO_NETNS_COOKIE, Linux 5.14). */
uint64_t weir_sockets_network(void);
/** weir_flow_state_t of one of the kernel's TCP states. */
uint8_t weir_sockets_tcp_state(uint8_t state);

/** Executable, user, unit and container of a process that lives; 0 or -ESRCH. */
WEIR_NODISCARD int weir_sockets_program(uint32_t pid, weir_program_t *ret_program);
/** [ns] boot time at which the process began, 0: there is none. */
uint64_t weir_sockets_start(uint32_t pid);
/** Name, and unit or container, from the line of a cgroup in /proc/PID/cgroup. */
void weir_sockets_cgroup(const char *path, weir_program_t *program);

#endif
