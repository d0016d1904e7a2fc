/*
 * The order of rows as lists of what they are known by.
 */
#ifndef WEIR_GUI_ORDER_H
#define WEIR_GUI_ORDER_H

#include "base/index.h"

/**
 * Put `after` into the order of `before`, as far as it was there; what is new comes last, in its
 * own order. Both hold no id twice. Returns 0, or -ENOMEM with `after` untouched.
 */
WEIR_NODISCARD int weir_order_hold(const uint64_t *before, uint32_t before_count, uint64_t *after,
                                   uint32_t after_count);

#endif
