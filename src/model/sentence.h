/*
 * One plain sentence that answers "what is going on", the same in every view.
 */
#ifndef WEIR_MODEL_SENTENCE_H
#define WEIR_MODEL_SENTENCE_H

#include "model/snapshot.h"
#include "model/units.h"

typedef enum weir_sentence_kind {
    WEIR_SENTENCE_NO_INTERFACE,
    WEIR_SENTENCE_NONE_UP,
    WEIR_SENTENCE_MEASURING,
    WEIR_SENTENCE_IDLE,
    WEIR_SENTENCE_FULL,    /* a link is nearly full */
    WEIR_SENTENCE_TRAFFIC, /* who carries most */
} weir_sentence_kind_t;

/** What the sentence says, for a view that says it in another language. */
typedef struct weir_sentence {
    weir_sentence_kind_t kind;
    const weir_iface_t *iface; /* the busiest; of the snapshot */
    bool download;             /* the direction that is meant */
    double rate;               /* [byte/s] */
    double share;              /* of the direction's traffic, 1 when all or nearly all */
    double utilisation;        /* 0 unknown */
} weir_sentence_t;

weir_sentence_t weir_sentence_read(const weir_snapshot_t *snapshot);

/** Append the sentence about the busiest interface of `snapshot`; names are made safe. */
void weir_sentence_put(weir_buf_t *buf, const weir_snapshot_t *snapshot, const weir_units_t *units,
                       bool utf8);

#endif
