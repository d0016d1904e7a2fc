/*
 * The reader's side of the ring of first packets.
 */
#ifndef WEIR_PLATFORM_LINUX_FIRSTS_H
#define WEIR_PLATFORM_LINUX_FIRSTS_H

#include "platform/firsts.h"

/**
 * ring, totals: descriptors of these maps, which are borrowed. The programs begin to tell. 0,
 * -ENOTSUP when they never do, or a negative errno.
 */
WEIR_NODISCARD int weir_firsts_open(int ring, int totals, weir_platform_firsts_t **ret_firsts);

#endif
