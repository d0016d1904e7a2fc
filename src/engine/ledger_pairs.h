/*
 * What came by one interface and left by another. It is told for each interface by which it leaves:
 * once for a bridge, say, and once more for the port. Where it came from it counts once: what left
 * by an interface is owed less what left by those above it. Engine thread.
 */
#ifndef WEIR_ENGINE_LEDGER_PAIRS_H
#define WEIR_ENGINE_LEDGER_PAIRS_H

#include "engine/ledger_stack.h"

/** Of an entry with both interfaces. What finds no room stays unexplained. */
void weir_ledger_pair_add(weir_ledger_t *ledger, const weir_ledger_entry_t *entry);
/** Add what is owed to the lines that it came by. */
void weir_ledger_pairs_settle(weir_ledger_t *ledger, const weir_ledger_stack_t *stack);
/** Forget those of interfaces that have no line. */
void weir_ledger_pairs_forget(weir_ledger_t *ledger);

/** Whether more than one may receive what is sent to `address`. */
bool weir_ledger_is_to_many(const weir_address_t *address);

#endif
