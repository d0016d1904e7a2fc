/*
 * Text from outside (interface, program and host names), made safe for where it is shown: no
 * control byte, no invalid UTF-8 and no invisible or direction-changing character reaches a
 * terminal.
 */
#ifndef WEIR_BASE_TEXT_H
#define WEIR_BASE_TEXT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * Decode the character at `text`, which has `n` > 0 bytes. Returns its length, 1 to 4, and the code
 * point, or a negative value for a byte that starts no valid UTF-8 (RFC 3629). Any thread.
 */
int weir_utf8_decode(const char *text, size_t n, uint32_t *ret_point);
/** Encode one code point; returns its length, 1 to 4. */
size_t weir_utf8_encode(uint32_t point, char ret_text[static 4]);

/** Columns that a printable character takes on a terminal (0 to 2), -1 when it must be escaped. */
int weir_text_columns(uint32_t point);

/**
 * Append `text` with everything that a terminal might obey or hide written as \xNN or \u{N}.
 * utf8: whether characters beyond ASCII may be shown. Returns the columns that were used.
 */
size_t weir_text_put_safe(weir_buf_t *buf, const char *text, bool utf8);

/** Append the clock of the wall, "12:04:31" in local time, at wall_ns [ns] since 1970. */
void weir_text_put_clock(weir_buf_t *buf, int64_t wall_ns);

/**
 * Append `text`, which weir_text_put_safe() made, in exactly `columns` columns: padded with spaces
 * at the right, or cut in the middle with an ellipsis.
 */
void weir_text_put_column(weir_buf_t *buf, const char *text, size_t columns, bool utf8);
/** Columns of a text that weir_text_put_safe() made. */
size_t weir_text_width(const char *text);

/**
 * Append `text`, which weir_text_put_safe() made, in lines of at most `width` columns where words
 * allow it. The first one begins where the buffer stands, in column `indent`; the others are
 * indented by as much. Ends the last one.
 */
void weir_text_wrap(weir_buf_t *buf, const char *text, size_t indent, size_t width);

/**
 * The entry of words[0..n-1] nearest to `word` (edit distance, swapped neighbours counting as one;
 * at most a third of its length, at least 1), or NULL when none is near.
 */
const char *weir_text_nearest(const char *word, const char *const words[], size_t n);

#endif
