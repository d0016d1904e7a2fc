/*
 * Whose an interface's bytes were, line by line, for views that show it.
 */
#ifndef WEIR_MODEL_SHARES_H
#define WEIR_MODEL_SHARES_H

#include "model/iface.h"

/** In the order in which they are shown. */
typedef enum weir_share_part {
    WEIR_SHARE_PROGRAMS,
    WEIR_SHARE_KERNEL,
    WEIR_SHARE_FORWARDED,
    WEIR_SHARE_NOT_IP,
    WEIR_SHARE_STACKED,
    WEIR_SHARE_HEADERS,
    WEIR_SHARE_EARLIER,   /* beside the others: before the books were opened */
    WEIR_SHARE_ELSEWHERE, /* a part of the next, at most */
    WEIR_SHARE_UNEXPLAINED,
    WEIR_SHARE_COUNT
} weir_share_part_t;

typedef struct weir_share {
    weir_share_part_t part;
    double rx, tx; /* [byte] as the driver counts; of UNEXPLAINED either sign */
} weir_share_t;

/** Fills the lines that say something. Returns how many; 0: apps are not metered. */
size_t weir_shares_read(const weir_iface_t *iface, weir_share_t ret_shares[WEIR_SHARE_COUNT]);

#endif
