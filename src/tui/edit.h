/*
 * A line of text that is typed, with completion of the word before the cursor. Pure.
 */
#ifndef WEIR_TUI_EDIT_H
#define WEIR_TUI_EDIT_H

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEIR_EDIT_SIZE 256

typedef struct weir_edit {
    char text[WEIR_EDIT_SIZE]; /* valid UTF-8 */
    size_t len, at;            /* bytes; the cursor stands before text[at] */
    size_t word, stem;         /* of the running completion: where it starts, what was typed */
    size_t next;               /* which candidate comes next */
    bool completing;
} weir_edit_t;

void weir_edit_set(weir_edit_t *edit, const char *text);

/** Handle one key; returns whether the line was changed or the cursor moved. */
bool weir_edit_key(weir_edit_t *edit, uint32_t key);

/**
 * Complete the word before the cursor with the next of `words` that begins with what was typed;
 * called again it goes on to the following one. Returns how many words fit.
 */
size_t weir_edit_complete(weir_edit_t *edit, const char *const words[], size_t n);

#endif
