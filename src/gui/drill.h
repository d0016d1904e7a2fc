/*
 * From a host, a program or a protocol to its flows: the filter that shows them.
 */
#ifndef WEIR_GUI_DRILL_H
#define WEIR_GUI_DRILL_H

#include "model/snapshot.h"

#include <glib.h>

/** Whether rows of the table have flows of their own. */
bool weir_drill_is_possible(weir_table_id_t table);
/** The filter of the flows of a row, in the common language; the caller's. NULL: it has none. */
char *weir_drill_filter(weir_table_id_t table, const void *record);

#endif
