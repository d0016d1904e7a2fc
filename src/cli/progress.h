/*
 * How far the reading of a capture is, on standard error when that is a terminal.
 */
#ifndef WEIR_CLI_PROGRESS_H
#define WEIR_CLI_PROGRESS_H

#include "model/report.h"

#include <time.h>

/** A zeroed struct shows nothing. */
typedef struct weir_progress {
    weir_reading_progress_t reading;
    struct timespec wait; /* between two looks */
    uint64_t begun_ns;
    bool visible; /* somebody can see it */
    bool drawn;   /* a line is on the screen */
} weir_progress_t;

/** Begin to follow `reading`, which will point to `progress`. */
void weir_progress_begin(weir_progress_t *progress, weir_reading_t *reading);
/** How long to wait before the next weir_progress_draw(); NULL: for ever. For ppoll(). */
const struct timespec *weir_progress_wait(const weir_progress_t *progress);
void weir_progress_draw(weir_progress_t *progress);
/** Take the line away. */
void weir_progress_clear(weir_progress_t *progress);

#endif
