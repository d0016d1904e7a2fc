/*
 * What each kind of weir-load may do, and giving up the rest; threads without privilege.
 */
#include "platform/load.h"
#include "platform/platform.h"

#include <errno.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534 /* user and group without rights, on every Linux */
#define CAPABILITY(number) (UINT64_C(1) << (number))

typedef struct confinement {
    uint64_t capabilities; /* kept, as far as the process has them */
    const int *calls;      /* that any kind of arguments may go with */
    size_t call_count;
    int socket_domain; /* the only one that socket() may ask for, 0: none */
} confinement_t;

static const int capture_calls[] = {
    SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),         SCMP_SYS(close),        SCMP_SYS(exit),
    SCMP_SYS(futex),   SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigreturn), SCMP_SYS(exit_group),
};

/* Attaching is bpf(); interfaces are listed over netlink. */
static const int apps_calls[] = {
    SCMP_SYS(recvmsg),      SCMP_SYS(sendmsg),    SCMP_SYS(close),
    SCMP_SYS(exit),         SCMP_SYS(futex),      SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(exit_group), SCMP_SYS(bpf),
    SCMP_SYS(read),         SCMP_SYS(bind),       SCMP_SYS(getsockname),
    SCMP_SYS(sendto),       SCMP_SYS(recvfrom),   SCMP_SYS(brk),
    SCMP_SYS(mmap),         SCMP_SYS(munmap),     SCMP_SYS(mremap),
    SCMP_SYS(fcntl),        SCMP_SYS(setsockopt), SCMP_SYS(ioctl),
    SCMP_SYS(getpid),
};

static const confinement_t confinements[WEIR_LOAD_KINDS] = {
    [WEIR_LOAD_CAPTURE] = {.capabilities = CAPABILITY(CAP_NET_RAW),
                           .calls = capture_calls,
                           .call_count = WEIR_COUNT(capture_calls),
                           .socket_domain = AF_PACKET},
    [WEIR_LOAD_APPS] = {.capabilities = CAPABILITY(CAP_BPF) | CAPABILITY(CAP_PERFMON) |
                                        CAPABILITY(CAP_NET_ADMIN),
                        .calls = apps_calls,
                        .call_count = WEIR_COUNT(apps_calls),
                        .socket_domain = AF_NETLINK},
};

static int capabilities_keep(uint64_t kept)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    memset(data, 0, sizeof(data));
    if (syscall(SYS_capget, &header, data) < 0)
        return -errno;
    for (size_t i = 0; i < WEIR_COUNT(data); i++) {
        data[i].permitted &= (uint32_t)(kept >> (32 * i));
        data[i].effective = data[i].permitted;
        data[i].inheritable = 0;
    }
    /* The bounding set needs CAP_SETPCAP, which file capabilities do not give: root's only. */
    for (int number = 0; number <= CAP_LAST_CAP; number++)
        if (!(kept >> number & 1))
            (void)prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); /* old kernels have none */
    return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

static int calls_allow(scmp_filter_ctx filter, const confinement_t *confinement)
{
    int r = 0;
    for (size_t i = 0; r >= 0 && i < confinement->call_count; i++)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, confinement->calls[i], 0);
    const struct scmp_arg_cmp domain = {
        .arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)confinement->socket_domain};
    if (r >= 0 && confinement->socket_domain)
        r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, &domain);
    return r >= 0 ? seccomp_load(filter) : r;
}

int weir_load_confine(weir_load_kind_t kind)
{
    const confinement_t *confinement = &confinements[kind];
    int r = capabilities_keep(confinement->capabilities);
    if (r < 0)
        return r;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core file and no debugger */
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return -ENOMEM;
    r = calls_allow(filter, confinement);
    seccomp_release(filter);
    return r;
}

/* glibc's functions would do this to all threads; the kernel does it to one. */
static int root_leave(void)
{
    if (syscall(SYS_setgroups, 0, NULL) < 0 || syscall(SYS_setresgid, NOBODY, NOBODY, NOBODY) < 0 ||
        syscall(SYS_setresuid, NOBODY, NOBODY, NOBODY) < 0)
        return -errno;
    return 0;
}

int weir_platform_thread_renounce(void)
{
    int dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    int r = geteuid() == 0 ? root_leave() : 0;
    if (r == 0)
        r = capabilities_keep(0);
    if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        r = -errno;
    /* Another user's thread takes /proc/self away from the process: that is given back. */
    if (dumpable == 1)
        (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return r;
}
