/*
 * A producer around another one that looks at each snapshot before it is published: detectors set
 * its table of findings. One way for live, file and replay.
 */
#ifndef WEIR_CLIENT_WATCH_H
#define WEIR_CLIENT_WATCH_H

#include "engine/producer.h"

/**
 * Takes *producer, also on failure, and sets it to the one around it. Borrows the options (NULL:
 * the usual ones) for the producer's life. Not live: the same input gives the same findings each
 * time. 0 or -ENOMEM.
 */
WEIR_NODISCARD int weir_watch_open(const weir_finding_options_t *options, bool live,
                                   weir_producer_t *producer);

#endif
