/*
 * Names of a capture's addresses: those that its files give (pcapng's blocks of names), and those
 * that its packets tell. One thread may learn while another one asks: each between lock and unlock.
 */
#ifndef WEIR_ENGINE_CAPTURE_NAMES_H
#define WEIR_ENGINE_CAPTURE_NAMES_H

#include "packet/hostnames.h"

#define WEIR_CAPTURE_NAMES_MOST ((size_t)100000) /* given, and as many learnt */

typedef struct weir_capture_names weir_capture_names_t;

weir_capture_names_t *weir_capture_names_new(void); /* NULL: no memory */
void weir_capture_names_free(weir_capture_names_t *names);

void weir_capture_names_lock(weir_capture_names_t *names);
void weir_capture_names_unlock(weir_capture_names_t *names);

/** A file gives a name (locks by itself); an address may have several. What finds no room is
 * counted. */
void weir_capture_names_give(weir_capture_names_t *names, const weir_address_t *address,
                             const char *name);
/** Where packets that are decoded, while it is locked, put what they tell. */
weir_hostnames_t *weir_capture_names_learnt(weir_capture_names_t *names);

/**
 * Name `n`, from 0 on, of an address, the best first: as given, then the best that was learnt. NULL
 * when there are no more. Valid until the next call that adds a name.
 */
const char *weir_capture_names_find(const weir_capture_names_t *names,
                                    const weir_address_t *address, size_t n);
/** Names that found no room. */
uint64_t weir_capture_names_refused(const weir_capture_names_t *names);

#endif
