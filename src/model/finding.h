/*
 * Findings: what is unusual, with its evidence; and what the user says of them.
 */
#ifndef WEIR_MODEL_FINDING_H
#define WEIR_MODEL_FINDING_H

#include <stddef.h>
#include <stdint.h>

/** Worst last. */
typedef enum weir_severity {
    WEIR_SEVERITY_NOTICE,   /* worth knowing */
    WEIR_SEVERITY_WARNING,  /* should be looked at */
    WEIR_SEVERITY_CRITICAL, /* harm is being done, or tried */
    WEIR_SEVERITY_COUNT
} weir_severity_t;

typedef enum weir_finding_state {
    WEIR_FINDING_ACTIVE, /* it was seen a little while ago */
    WEIR_FINDING_OVER,   /* for WEIR_FINDING_OVER_S nothing more was seen of it */
    WEIR_FINDING_STATE_COUNT
} weir_finding_state_t;

#define WEIR_FINDING_OVER_S 300
#define WEIR_FINDING_KEPT_S 86400 /* after its end a live one is listed for that long */

/** A row of the table "findings"; one for each rule and object. Texts belong to who made the row.
 */
typedef struct weir_finding {
    uint64_t present;          /* columns that are known */
    const char *rule;          /* id; `weir help findings` explains it */
    const char *object;        /* the host, interface or name that it is about */
    uint8_t severity;          /* weir_severity_t */
    int64_t since, last_seen;  /* [ns] since 1970 */
    uint64_t count;            /* of what the rule counts: probes, sessions, messages ... */
    double observed, expected; /* in the rule's unit, which the text names */
    const char *text;          /* one sentence */
    const char *evidence;      /* examples */
    uint8_t state;             /* weir_finding_state_t; of live ones */
} weir_finding_t;

/** No finding of `rule` about `object`. */
typedef struct weir_finding_mute {
    const char *rule;   /* "*": all */
    const char *object; /* as in the finding; an address may be a network; "*": all */
} weir_finding_mute_t;

/** A limit other than the usual one. */
typedef struct weir_finding_limit {
    const char *rule, *name;
    double value;
} weir_finding_limit_t;

/** What the configuration says. Borrowed by who is given it. */
typedef struct weir_finding_options {
    const weir_finding_mute_t *mutes;
    size_t mute_count;
    const weir_finding_limit_t *limits; /* the later one wins */
    size_t limit_count;
    const char *const *watched; /* addresses, networks, names that are to be told of */
    size_t watched_count;
    /** Who made a network card, NULL unknown; called with `context`. NULL: nobody knows. */
    const char *(*vendor)(void *context, const uint8_t mac[static 6]);
    void *context;
} weir_finding_options_t;

#endif
