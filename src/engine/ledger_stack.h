/*
 * Interfaces that stand on others: a VLAN or macvlan on its lower one, a bridge or bond on its
 * ports. What one explained is given to those below, uppers first, so that a VLAN on a bond reaches
 * the bond's ports. Engine thread.
 *
 * Given is what is told at the upper one only: what sockets carried, and what came by it and left
 * by another. The rest is met by each interface by itself. Which port of several carried what
 * nobody tells: each gets a part in the measure of what it counted and cannot explain otherwise,
 * and never more.
 */
#ifndef WEIR_ENGINE_LEDGER_STACK_H
#define WEIR_ENGINE_LEDGER_STACK_H

#include "engine/ledger.h"

/** Who stands on whom, as positions of lines. */
typedef struct weir_ledger_stack {
    size_t edges;    /* 0: nobody; then the arrays are NULL */
    uint32_t *begin; /* of a line's part of `below`, one more than there are lines; owned */
    uint32_t *below; /* the interfaces below each line; in the same memory */
    uint32_t *above; /* for each line how many are above it; likewise */
    uint32_t *order; /* room for the lines, uppers first; likewise */
} weir_ledger_stack_t;

/** 0 or -ENOMEM. */
WEIR_NODISCARD int weir_ledger_stack_make(const weir_ledger_t *ledger,
                                          weir_ledger_stack_t *ret_stack);
void weir_ledger_stack_done(weir_ledger_stack_t *stack);

/** Give what is explained to the interfaces below: `above` of each line, zeroed. */
void weir_ledger_stack_share(const weir_ledger_t *ledger, weir_ledger_stack_t *stack,
                             weir_ledger_above_t *above);

#endif
