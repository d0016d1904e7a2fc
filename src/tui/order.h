/*
 * Orders of large tables, made by a thread of its own, so that keys are answered meanwhile. The
 * newest question is the one that counts: it ends the one before.
 */
#ifndef WEIR_TUI_ORDER_H
#define WEIR_TUI_ORDER_H

#include "model/select.h"

typedef struct weir_order weir_order_t;

/** One thread uses it. Returns 0, -ENOMEM or -EAGAIN. */
WEIR_NODISCARD int weir_order_start(weir_order_t **ret_order);
void weir_order_stop(weir_order_t *order); /* accepts NULL */

/** A descriptor that is readable while weir_order_take() has something to say. */
int weir_order_fd(const weir_order_t *order);

/**
 * Ask for `query` of a snapshot whose rows any thread may read; takes query->filter. `ticket` comes
 * back with the answer.
 */
void weir_order_ask(weir_order_t *order, weir_snapshot_t *snapshot, const weir_query_t *query,
                    uint64_t ticket);

/**
 * Returns 1 with the answer to the newest question, 0 while there is none, or -ENOMEM when it could
 * not be made.
 */
WEIR_NODISCARD int weir_order_take(weir_order_t *order, weir_selection_t *ret_selection,
                                   uint64_t *ret_ticket);

#endif
