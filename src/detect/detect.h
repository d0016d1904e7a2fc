/*
 * Behaviour in flows and events: attacks and trouble, with the evidence.
 *
 *     weir_detect_t *detect = NULL;
 *     int r = weir_detect_new(&options, seed, &detect);
 *     ... weir_detect_snapshot(detect, snapshot) for each snapshot in order: sets its findings
 *     weir_detect_free(detect);
 *
 * What makes a finding is deterministic and stands in rules.c. All memory is bounded: what an
 * attacker can choose (addresses, ports, names) goes into tables of fixed size and sketches. Where
 * it is unknown who opened a flow, or whether the other direction is in the capture at all, nothing
 * is concluded. One thread.
 */
#ifndef WEIR_DETECT_DETECT_H
#define WEIR_DETECT_DETECT_H

#include "model/snapshot.h"

typedef struct weir_detect weir_detect_t;

/** Borrows the options (NULL: the usual ones). seed: of hashes; any. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_detect_new(const weir_finding_options_t *options, uint64_t seed,
                                   weir_detect_t **ret_detect);
void weir_detect_free(weir_detect_t *detect); /* accepts NULL */

/** Flows in the order of their first packets. */
void weir_detect_flows(weir_detect_t *detect, const weir_flow_brief_t *flows, size_t count);

/** Events in the order of their times. */
void weir_detect_events(weir_detect_t *detect, const weir_event_batch_t *batch);

/** Look at what the snapshot brings and set its table of findings. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_detect_snapshot(weir_detect_t *detect, weir_snapshot_t *snapshot);

#endif
