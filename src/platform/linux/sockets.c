#include "platform/linux/sockets.h"

#include "model/flow.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#ifndef SO_NETNS_COOKIE /* linux/socket.h since 5.14 */
#define SO_NETNS_COOKIE 71
#endif

uint64_t weir_sockets_network(void)
{
    WEIR_CLEANUP(weir_closep) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    uint64_t cookie = 0;
    socklen_t size = sizeof(cookie);
    if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) < 0)
        return 0;
    /* cppcheck-suppress resourceLeak ; closed by the cleanup */
    return cookie;
}

int weir_platform_sockets_open(weir_platform_sockets_t **ret_sockets)
{
    weir_platform_sockets_t *sockets = calloc(1, sizeof(*sockets));
    if (!sockets)
        return -ENOMEM;
    sockets->network = weir_sockets_network();
    sockets->accuracy = WEIR_ACCURACY_TCP_ONLY;
    int r = weir_sockets_bpf_open(&sockets->way, sockets->reason);
    if (r >= 0)
        sockets->accuracy = WEIR_ACCURACY_EXACT;
    else
        r = weir_sockets_diag_open(&sockets->way);
    if (r < 0) {
        free(sockets);
        return r;
    }
    *ret_sockets = sockets;
    return 0;
}

void weir_platform_sockets_close(weir_platform_sockets_t *sockets)
{
    if (!sockets)
        return;
    sockets->way.ops->close(sockets->way.context);
    free(sockets);
}

uint8_t weir_platform_sockets_accuracy(const weir_platform_sockets_t *sockets,
                                       const char **ret_reason)
{
    *ret_reason = sockets->reason;
    return sockets->accuracy;
}

uint64_t weir_platform_sockets_network(const weir_platform_sockets_t *sockets)
{
    return sockets->network;
}

int weir_platform_sockets_read(weir_platform_sockets_t *sockets, const weir_socket_sink_t *sink)
{
    int r = sockets->way.ops->read(sockets->way.context, sink);
    if (r != -EPIPE || sockets->accuracy != WEIR_ACCURACY_EXACT)
        return r;
    weir_sockets_way_t diag = {0};
    int opened = weir_sockets_diag_open(&diag);
    if (opened < 0)
        return opened;
    sockets->way.ops->close(sockets->way.context);
    sockets->way = diag;
    sockets->accuracy = WEIR_ACCURACY_TCP_ONLY;
    (void)snprintf(sockets->reason, sizeof(sockets->reason), "weir-load has ended");
    return 0;
}

uint64_t weir_platform_sockets_lost(const weir_platform_sockets_t *sockets)
{
    return sockets->way.ops->lost ? sockets->way.ops->lost(sockets->way.context) : 0;
}

int weir_platform_firsts_open(const weir_platform_sockets_t *sockets,
                              weir_platform_firsts_t **ret_firsts)
{
    const weir_sockets_way_t *way = &sockets->way;
    return way->ops->firsts ? way->ops->firsts(way->context, ret_firsts) : -ENOTSUP;
}

uint8_t weir_sockets_tcp_state(uint8_t state)
{
    switch (state) {
    case 2: /* SYN_SENT */
    case 3: /* SYN_RECV */
        return WEIR_FLOW_OPENING;
    case 1:
        return WEIR_FLOW_ESTABLISHED;
    case 7: /* CLOSE */
        return WEIR_FLOW_CLOSED;
    case 10: /* LISTEN */
        return WEIR_FLOW_LISTENING;
    case 0: /* older than whoever asks, and unchanged since */
        return WEIR_FLOW_MIDSTREAM;
    default:
        return WEIR_FLOW_CLOSING;
    }
}

static void name_from_exe(weir_program_t *program)
{
    const char *base = strrchr(program->exe, '/');
    if (base && base[1])
        (void)snprintf(program->name, sizeof(program->name), "%.63s", base + 1);
}

int weir_platform_program(const weir_platform_sockets_t *sockets, const weir_socket_t *socket,
                          weir_program_t *ret_program)
{
    weir_program_t program = {0};
    int r = weir_sockets_program(socket->pid, &program);
    if (r >= 0 && socket->start_ns &&
        program.start_ns / 1000000000 != socket->start_ns / 1000000000)
        program = (weir_program_t){0}; /* the number belongs to another process by now */
    if (sockets->way.ops->program)
        sockets->way.ops->program(sockets->way.context, socket, &program);
    name_from_exe(&program);
    if (!program.name[0])
        (void)snprintf(program.name, sizeof(program.name), "%.15s", socket->name);
    if (!program.name[0])
        return -ESRCH;
    *ret_program = program;
    return 0;
}

bool weir_platform_program_lives(uint32_t pid, uint64_t start_ns)
{
    if (!start_ns)
        return kill((pid_t)pid, 0) == 0 || errno == EPERM;
    return weir_sockets_start(pid) / 1000000000 == start_ns / 1000000000;
}

static void apps_check(const weir_platform_sockets_t *sockets, weir_check_t *check)
{
    check->what = "apps";
    if (sockets->accuracy == WEIR_ACCURACY_EXACT) {
        check->state = WEIR_CHECK_OK;
        (void)snprintf(check->detail, sizeof(check->detail),
                       "exact: eBPF programs count each packet of each program");
        return;
    }
    check->state = WEIR_CHECK_LIMITED;
    (void)snprintf(check->detail, sizeof(check->detail), "TCP of your own programs only: %.100s",
                   sockets->reason);
    if (geteuid() != 0)
        (void)snprintf(check->fix, sizeof(check->fix), "sudo weir");
}

size_t weir_sockets_checks(weir_check_t *checks, size_t room)
{
    weir_platform_sockets_t *sockets = NULL;
    int r = room ? weir_platform_sockets_open(&sockets) : -ENOSPC;
    if (r == -ENOSPC)
        return 0;
    if (r < 0) {
        checks[0] = (weir_check_t){.what = "apps", .state = WEIR_CHECK_LIMITED};
        (void)snprintf(checks[0].detail, sizeof(checks[0].detail),
                       "hidden: the kernel refuses INET_DIAG (%s)", strerror(-r));
        return 1;
    }
    bool exact = sockets->accuracy == WEIR_ACCURACY_EXACT;
    apps_check(sockets, &checks[0]);
    weir_platform_sockets_close(sockets);
    return exact ? 1 + weir_sockets_bpf_checks(&checks[1], room - 1) : 1;
}
