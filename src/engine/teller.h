/*
 * Tells live flows to the detectors (model/brief.h): when a flow is due, and what is new about it.
 *
 * A flow that has ended is told at once. One that was not answered, or did not finish its
 * handshake, gets time for that, and then each second: it may be a flood. Connections that stand
 * are told in pieces of ten seconds. So every packet is told once, and what an idle machine holds
 * open costs nothing.
 */
#ifndef WEIR_ENGINE_TELLER_H
#define WEIR_ENGINE_TELLER_H

#include "model/snapshot.h"

/** What was told of a flow. Zeroed: nothing. */
typedef struct weir_told {
    uint64_t packets[2], ip_bytes[2]; /* src, dst */
    uint32_t retransmits[2];
    int64_t last_ns; /* since 1970 */
    uint64_t at_ns;  /* [ns] boot time; of a flow that was not told its begin */
    bool before;
} weir_told_t;

/** Engine thread. */
typedef struct weir_teller {
    weir_flow_brief_t *briefs; /* owned */
    size_t count, room;
    uint64_t lost;
} weir_teller_t;

/** Forget the briefs of the window before. */
void weir_teller_clear(weir_teller_t *teller);
void weir_teller_done(weir_teller_t *teller);

/** Whether there was traffic since; seen_ns: boot time of the flow's last. */
static inline bool weir_told_has_news(const weir_told_t *told, uint64_t seen_ns)
{
    return !told->before || seen_ns > told->at_ns;
}

/**
 * Whether a flow with news is to be told now. state: weir_flow_state_t; now_ns: boot time of the
 * end of this window.
 */
bool weir_told_due(const weir_told_t *told, uint8_t state, uint64_t now_ns);

/** Tell what is new about `whole`, and keep in mind that it was. */
void weir_teller_tell(weir_teller_t *teller, weir_told_t *told, const weir_flow_brief_t *whole,
                      uint64_t now_ns);

/** Set the snapshot's briefs, unless it has some. Without memory they count as lost. */
void weir_teller_publish(weir_teller_t *teller, weir_snapshot_t *snapshot);

#endif
