/*
 * The order of rows as lists of ids, and what changed from one to the next.
 */
#ifndef WEIR_GUI_ORDER_H
#define WEIR_GUI_ORDER_H

#include "base/index.h"

#include <stdbool.h>

/** The smallest window outside of which two orders are the same. */
typedef struct weir_change {
    uint32_t first, removed, added; /* removed and added 0: nothing changed */
} weir_change_t;

weir_change_t weir_order_change(const uint64_t *before, uint32_t before_count,
                                const uint64_t *after, uint32_t after_count);

/**
 * Put `after` into the order of `before`, as far as it was there; what is new comes last, in its
 * own order. Both hold no id twice. Returns 0, or -ENOMEM with `after` untouched.
 */
WEIR_NODISCARD int weir_order_hold(const uint64_t *before, uint32_t before_count, uint64_t *after,
                                   uint32_t after_count);

#endif
