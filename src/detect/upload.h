/*
 * Uploads to new destinations, far above the host's own habit.
 *
 * Only flows that carry a lot are looked at. A host's habit is the most that it sent to one
 * destination within an hour. A destination that got something while the habit was learnt, or first
 * got something long ago, is no new one: a nightly backup may grow.
 */
#ifndef WEIR_DETECT_UPLOAD_H
#define WEIR_DETECT_UPLOAD_H

#include "detect/facts.h"
#include "detect/shelf.h"

#define WEIR_UPLOAD_LEAST                                                                          \
    UINT64_C(1000000) /* [byte] of a side: what carries less is passed over                        \
                       */

/** One thread. */
typedef struct weir_upload {
    weir_facts_t *facts;
    weir_shelf_t hosts; /* that uploaded */
    weir_shelf_t pairs; /* and where to */
} weir_upload_t;

WEIR_NODISCARD int weir_upload_init(weir_upload_t *upload, weir_facts_t *facts);
void weir_upload_done(weir_upload_t *upload);
/** Of a flow of which one side sent WEIR_UPLOAD_LEAST or more. ends: hashes of its addresses. */
void weir_upload_flow(weir_upload_t *upload, const weir_flow_brief_t *flow,
                      const uint64_t ends[static 2]);
void weir_upload_report(weir_upload_t *upload);

#endif
