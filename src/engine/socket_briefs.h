/*
 * Flows that sockets told, for the detectors: where packets are not captured, what this machine's
 * own programs do and what reaches them is still seen.
 */
#ifndef WEIR_ENGINE_SOCKET_BRIEFS_H
#define WEIR_ENGINE_SOCKET_BRIEFS_H

#include "engine/books.h"

/** Tell what is due of the last reading, which must have been exact. */
void weir_socket_briefs_tell(weir_books_t *books, weir_teller_t *teller);

#endif
