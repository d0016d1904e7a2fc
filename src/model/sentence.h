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
    WEIR_SENTENCE_TRAFFIC, /* which interface carries most */
    WEIR_SENTENCE_APP,     /* which app takes most, where apps are measured */
    WEIR_SENTENCE_AWAY,   /* the interfaces are quiet; an app in another network namespace is not */
    WEIR_SENTENCE_WITHIN, /* the interfaces are quiet; an app is busy on this machine alone */
} weir_sentence_kind_t;

/** What the sentence says, for a view that says it in another language. */
typedef struct weir_sentence {
    weir_sentence_kind_t kind;
    const weir_iface_t *iface; /* the busiest; of the snapshot */
    const weir_app_t *app;     /* of the snapshot; of the kinds APP, AWAY and WITHIN, and of FULL
                                  where one takes much of the link */
    const char *peer;          /* its host that has most of it, NULL: none has half */
    bool download;             /* the direction that is meant */
    double rate;               /* [byte/s] of the interface; of the app where that is not here */
    double share;              /* of the direction's traffic: of the interface, or of the app; 1
                                  when all or nearly all */
    double utilisation;        /* 0 unknown */
} weir_sentence_t;

weir_sentence_t weir_sentence_read(const weir_snapshot_t *snapshot);

#define WEIR_CARRIED_SAID 5U /* [0.1 %] what is less is not worth a word */

/** What the books say, for a view that says it in another language. */
typedef struct weir_balance_said {
    bool counted;                         /* what follows is known, and something was counted */
    double bytes;                         /* that the interfaces counted */
    unsigned explained;                   /* [0.1 %] of these, above 1000 where apps counted more */
    unsigned carried[WEIR_CARRIED_COUNT]; /* [0.1 %] of what is explained, by who it is of; all 0
                                             where that is not known */
} weir_balance_said_t;

weir_balance_said_t weir_balance_read(const weir_snapshot_t *snapshot);

/**
 * Append one line about the books, "apps exact; 99.9 % of 12.3 MB is explained (8.0 % forwarded),
 * 0.1 % is not: ..."; nothing when apps are not measured and nothing is known.
 */
void weir_balance_put(weir_buf_t *buf, const weir_snapshot_t *snapshot, const weir_units_t *units);

/**
 * Append the sentence about the busiest interface of `snapshot`, or of a capture about its flows,
 * protocol and host; names are made safe.
 */
void weir_sentence_put(weir_buf_t *buf, const weir_snapshot_t *snapshot, const weir_units_t *units,
                       bool utf8);

#endif
