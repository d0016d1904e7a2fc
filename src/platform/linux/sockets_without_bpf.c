/*
 * For builds that had no BPF compiler.
 */
#include "platform/linux/sockets.h"

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
