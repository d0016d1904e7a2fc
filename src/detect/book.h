/*
 * The findings: one for each rule and object, however often it is raised. Bounded in all
 * directions: rules that would fill it are cut off and counted.
 */
#ifndef WEIR_DETECT_BOOK_H
#define WEIR_DETECT_BOOK_H

#include "detect/rules.h"
#include "model/snapshot.h"

#define WEIR_OBJECT_SIZE 96
#define WEIR_TEXT_SIZE 320
#define WEIR_DETAILS_MOST 16
#define WEIR_FINDINGS_MOST 100 /* of one rule: nobody reads more, the rest is counted */

/** What a detector has found. Texts are copied. */
typedef struct weir_raise {
    weir_rule_id_t rule;
    const char *object;
    uint64_t detail; /* which of several ways: another target, port ... of the same object */
    int64_t since, last_seen;
    uint64_t count;
    double observed, expected;
    const char *text, *evidence;
} weir_raise_t;

typedef struct weir_book weir_book_t;

/** Borrows the options' texts. NULL: no memory. */
weir_book_t *weir_book_new(const weir_finding_options_t *options);
void weir_book_free(weir_book_t *book); /* accepts NULL */

/** Live: what is over for long is forgotten, from now on. now_ns: [ns] since 1970. */
void weir_book_advance(weir_book_t *book, int64_t now_ns);

/** A finding, or what is new about one. The strongest detail gives its text. */
void weir_book_raise(weir_book_t *book, const weir_raise_t *raise);

size_t weir_book_count(const weir_book_t *book);
/** Set the snapshot's table, worst first. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_book_publish(const weir_book_t *book, weir_snapshot_t *snapshot);

#endif
