/*
 * The origin `file`: capture files as one snapshot.
 */
#ifndef WEIR_ENGINE_FILE_H
#define WEIR_ENGINE_FILE_H

#include "engine/producer.h"
#include "engine/resolve.h"
#include "model/report.h"
#include "packet/lookup.h"

/**
 * Open the files; they are read by the producer's next(). Borrows what `reading` points to, and
 * `lookup` (NULL: no countries and the like) and `resolver` (NULL: nobody is asked). Returns 0, or
 * a negative errno with a sentence in ret_error (WEIR_PRODUCER_ERROR_SIZE bytes), which stays as it
 * was when memory is short.
 */
WEIR_NODISCARD int weir_file_open(const weir_reading_t *reading, weir_lookup_t *lookup,
                                  weir_resolver_t *resolver, weir_producer_t *ret_producer,
                                  char *ret_error);

#endif
