/*
 * HTML and SVG into a buffer. Every text from outside goes through here: what a browser would take
 * for markup is escaped, and what the eye would not see or be fooled by is written out, as in a
 * terminal.
 */
#ifndef WEIR_EXPORT_MARKUP_H
#define WEIR_EXPORT_MARKUP_H

#include "model/units.h"

/** Append `text`, fit for an element's content and for an attribute in quotes. */
void weir_markup_text(weir_buf_t *buf, const char *text);

/** Append <tag>text</tag>; tag: our own, with attributes if wanted ("td class=n"). */
void weir_markup_element(weir_buf_t *buf, const char *tag, const char *text);

/** Append "4.21 MB" on one line; in a table cell the unit takes a place of its own. */
void weir_markup_quantity(weir_buf_t *buf, const weir_units_t *units, weir_unit_t unit,
                          double value);
void weir_markup_quantity_cell(weir_buf_t *buf, const weir_units_t *units, weir_unit_t unit,
                               double value);
/** A table cell with an exact count. */
void weir_markup_count_cell(weir_buf_t *buf, uint64_t count);

#endif
