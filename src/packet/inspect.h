/*
 * What a flow's first packets with payload say about it: whom the client asks for (TLS, QUIC,
 * HTTP), which program it is like (JA4), which application it is. For capture files and live
 * packets alike; one inspector for each worker, beside its flow table.
 *
 * A flow that is being inspected has a state of its own, with pieces of its streams, for at most
 * WEIR_INSPECT_PACKETS packets with payload each way; afterwards only a label is left, which flows
 * that say the same share. The flow's owner keeps a mark for each: 0 at first, then whatever
 * weir_inspect() makes of it.
 *
 *     weir_inspect(inspector, &packet, &flow->mark)    for each of its packets, in their order,
 *                                                      until it returns true
 *     weir_inspect_end(inspector, &flow->mark)         when the flow ends before that
 *     weir_inspect_label(inspector, flow->mark, &label)    at any time
 *
 * Marks must not move while a flow is inspected.
 */
#ifndef WEIR_PACKET_INSPECT_H
#define WEIR_PACKET_INSPECT_H

#include "packet/digest.h"
#include "packet/messages.h"

#define WEIR_INSPECT_PACKETS 10

/** What is known of a flow. Texts live as long as the inspector; NULL: unknown. */
typedef struct weir_label {
    const char *server_name; /* as the client asked for it, see weir_name_text() */
    const char *ja4;
    const char *application; /* such as "TLS.Wikipedia" */
} weir_label_t;

typedef struct weir_inspector weir_inspector_t;

typedef struct weir_inspector_options {
    weir_learnt_t learnt; /* what packets tell goes here; borrowed for the inspector's life */
    bool applications;    /* load nDPI, if it is there */
    bool live;            /* applications are told before they are final */
    size_t most;          /* flows that are inspected at once; beyond, the oldest ends */
} weir_inspector_options_t;

#define WEIR_INSPECTIONS_MOST ((size_t)32768)

/** 0, -ENOMEM, or -ENOTSUP (libgcrypt lacks a cipher). One thread; of several inspectors one after
 * the other, for the libraries' sake. */
WEIR_NODISCARD int weir_inspector_new(const weir_inspector_options_t *options,
                                      weir_inspector_t **ret_inspector);
void weir_inspector_free(weir_inspector_t *inspector); /* accepts NULL */

/** Load nDPI later than at the begin; likewise one after the other. */
void weir_inspector_load(weir_inspector_t *inspector);

/** What packets tell from now on goes there. */
void weir_inspector_learn_to(weir_inspector_t *inspector, const weir_learnt_t *learnt);
/** Labels that are kept: they only become more, until the inspector forgets them. */
size_t weir_inspector_labels(const weir_inspector_t *inspector);
/** Forget all labels: marks that were given out are over. No inspection may be under way. */
void weir_inspector_forget(weir_inspector_t *inspector);

/** Whether applications are recognised: false when not asked for, or when nDPI 4.2 is not there. */
bool weir_inspector_knows_applications(const weir_inspector_t *inspector);

/** A packet of a flow. */
typedef struct weir_inspected {
    const weir_digest_t *digest; /* with its packet */
    bool high_opened;            /* the flow's opener is the key's high end */
    bool expects;                /* `expected` is known */
    uint32_t expected;           /* TCP: what the other side last acknowledged */
} weir_inspected_t;

/** Whether a packet has something to inspect. */
static inline bool weir_inspect_wants(const weir_digest_t *digest)
{
    return digest->captured > digest->payload_at;
}

/** Returns true when nothing more is to be learnt from this flow. */
bool weir_inspect(weir_inspector_t *inspector, const weir_inspected_t *packet, uint32_t *mark);
/** End the inspection of a flow, if it goes on. */
void weir_inspect_end(weir_inspector_t *inspector, uint32_t *mark);
/**
 * The flow's mark has another place, *to: an inspection that is under way goes on there. Returns
 * whether one is. *mark can be read until the next packet.
 */
bool weir_inspect_move(weir_inspector_t *inspector, const uint32_t *mark, uint32_t *to);
/** End all that go on. */
void weir_inspector_finish(weir_inspector_t *inspector);

/** What is known by now; false: nothing. */
bool weir_inspect_label(const weir_inspector_t *inspector, uint32_t mark, weir_label_t *ret_label);

typedef struct weir_inspector_counts {
    uint64_t refused; /* names and fingerprints that found no room */
    uint64_t evicted; /* inspections ended early for want of room */
} weir_inspector_counts_t;

weir_inspector_counts_t weir_inspector_counts(const weir_inspector_t *inspector);

#endif
