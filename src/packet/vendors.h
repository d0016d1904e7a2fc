/*
 * Who made a network card, by the blocks of addresses that the IEEE gave out: of 24, 28 or 36 bits.
 * Read from its lists in CSV form ("Registry,Assignment,Organization Name,Organization Address").
 */
#ifndef WEIR_PACKET_VENDORS_H
#define WEIR_PACKET_VENDORS_H

#include "base/cleanup.h"
#include "packet/bytes.h"
#include "packet/texts.h"

#define WEIR_VENDORS_MOST ((size_t)262144) /* blocks */

/** A zeroed struct knows nobody. One thread until it is sealed, then any. */
typedef struct weir_vendors {
    uint64_t *blocks; /* block in the high 36 bits, its kind, number of the name; owned */
    size_t count, room;
} weir_vendors_t;

void weir_vendors_done(weir_vendors_t *vendors);
/** Add a list; rows that say nothing are passed over. 0, or -ENOMEM with a part of it. */
WEIR_NODISCARD int weir_vendors_add(weir_vendors_t *vendors, weir_span_t csv, weir_texts_t *texts);
/** After the last list. */
void weir_vendors_seal(weir_vendors_t *vendors);
/**
 * The number of the maker's name, by the longest block that has the address; 0: unknown. Addresses
 * that a machine gave itself (the second lowest bit of the first byte), groups too, have none.
 */
uint32_t weir_vendors_find(const weir_vendors_t *vendors, const uint8_t mac[static 6]);

#endif
