/*
 * Which pairs of hosts have the most bytes. A capture can have as many pairs as flows, of which a
 * report shows ten: they are found with 16 bytes for each pair, and summed up in a second look.
 */
#ifndef WEIR_PACKET_LEADERS_H
#define WEIR_PACKET_LEADERS_H

#include "packet/capture.h"
#include "packet/flow_table.h"

/** As many as this are worth a second look, and no more than one in WEIR_LEADERS_SHARE flows. */
#define WEIR_LEADERS_MOST ((size_t)4096)
#define WEIR_LEADERS_SHARE 8u

typedef struct weir_leaders weir_leaders_t;

/** For the flows of a capture, which is borrowed; `seed` of the hash: any. NULL: no memory. One
 * thread; weir_leaders_free(). */
weir_leaders_t *weir_leaders_new(const weir_capture_t *capture, uint64_t seed);
void weir_leaders_free(weir_leaders_t *leaders); /* accepts NULL */

/** Count the flow of a row. Each row once. */
void weir_leaders_add(weir_leaders_t *leaders, size_t row);
/** All were added: choose the `most` (at least 1) pairs with the most bytes, and all that have as
 * many as the last of them. Returns how many pairs there are. */
size_t weir_leaders_choose(weir_leaders_t *leaders, size_t most);
/** Whether a flow may be of a pair that was chosen: always if it is, now and then if it is not. */
bool weir_leaders_may_have(const weir_leaders_t *leaders, const weir_flow_record_t *record);

#endif
