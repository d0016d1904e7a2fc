/*
 * JSON (RFC 8259) and CSV (RFC 4180) writing into a buffer. Output is always valid UTF-8: bytes
 * that are not become U+FFFD.
 */
#ifndef WEIR_BASE_JSON_H
#define WEIR_BASE_JSON_H

#include "base/buf.h"

/** Append `text` as a JSON string with its quotes. */
void weir_json_put_string(weir_buf_t *buf, const char *text);

/**
 * Append `text` as one CSV cell, quoted where needed. A cell that a spreadsheet would take for a
 * formula (it begins with = + - @, tab or carriage return) gets a leading apostrophe.
 */
void weir_csv_put_text(weir_buf_t *buf, const char *text);

#endif
