/*
 * For builds that had no BPF compiler.
 */
#include "platform/linux/sockets.h"
#include "platform/load.h"

#include <errno.h>
#include <stdio.h>

int weir_sockets_bpf_open(weir_sockets_way_t *ret_way, char ret_reason[static WEIR_REASON_SIZE])
{
    (void)ret_way;
    (void)snprintf(ret_reason, WEIR_REASON_SIZE,
                   "this weir was built without clang, bpftool or libbpf");
    return -ENOSYS;
}

size_t weir_sockets_bpf_checks(weir_check_t *checks, size_t room)
{
    (void)checks;
    (void)room;
    return 0;
}

int weir_load_apps_begin(void **ret_apps)
{
    (void)ret_apps;
    return -ENOTSUP;
}

int weir_load_apps_maps(void *apps, int *fds, size_t room)
{
    (void)apps;
    (void)fds;
    (void)room;
    return -ENOTSUP;
}

void weir_load_apps_follow(void *apps)
{
    (void)apps;
}
