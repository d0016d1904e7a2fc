/*
 * What the window says: numbers in the person's locale, names made safe, the catalogue's titles and
 * the sentence in the person's language. Texts that are returned are the caller's (g_free).
 */
#ifndef WEIR_GUI_WORDS_H
#define WEIR_GUI_WORDS_H

#include "model/cell.h"
#include "model/snapshot.h"

#include <glib.h>

/** "4,21 Mbit/s". */
char *weir_words_quantity(const weir_units_t *units, weir_unit_t unit, double value);
/** The number of a quantity with the locale's decimal point, in `ret`. */
void weir_words_number(const weir_quantity_t *quantity, char *ret, size_t size);
/** A name from outside without anything that could hide or disturb. */
char *weir_words_safe(const char *name);
/** A column's cell as one text, "–" when it is unknown. */
char *weir_words_cell(const weir_column_t *column, const weir_cell_t *cell);
/** What a row is called: "eth0", "192.0.2.1:443 → 198.51.100.7:51000". */
char *weir_words_row(weir_table_id_t table, const void *record);
/** A column's title: the window has room for words that the terminal has not. */
const char *weir_words_title(const weir_column_t *column);
const char *weir_words_help(const weir_column_t *column);
char *weir_words_sentence(const weir_snapshot_t *snapshot, const weir_units_t *units);
/** How well apps are measured and what they explain of the traffic; "" where nothing is known. */
char *weir_words_balance(const weir_snapshot_t *snapshot, const weir_units_t *units);
/** "12:03:58" of a wall time [ns]; without seconds when asked. */
char *weir_words_clock(int64_t wall_ns, bool seconds);
/** "2026-01-02 03:04:05.678", local time. */
char *weir_words_time(int64_t wall_ns);

#endif
