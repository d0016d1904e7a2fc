/*
 * For builds that have no first packets to tell.
 */
#include "platform/firsts.h"

#include <errno.h>

void weir_platform_firsts_close(weir_platform_firsts_t *firsts)
{
    (void)firsts;
}

int weir_platform_firsts_next(weir_platform_firsts_t *firsts, weir_captured_t *packets, size_t room)
{
    (void)firsts;
    (void)packets;
    (void)room;
    return -ENOTSUP;
}

void weir_platform_firsts_wake(weir_platform_firsts_t *firsts)
{
    (void)firsts;
}

uint64_t weir_platform_firsts_lost(const weir_platform_firsts_t *firsts)
{
    (void)firsts;
    return 0;
}
