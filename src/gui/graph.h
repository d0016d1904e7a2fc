/*
 * The mirrored graph of one interface or of the headline: 1 minute to 24 hours, panned by dragging
 * or with the arrow keys, zoomed with the wheel or + and -, read under the pointer.
 */
#ifndef WEIR_GUI_GRAPH_H
#define WEIR_GUI_GRAPH_H

#include "client/client.h"
#include "model/report.h"
#include "model/units.h"

#include <gtk/gtk.h>

#define WEIR_TYPE_GRAPH (weir_graph_get_type())
G_DECLARE_FINAL_TYPE(WeirGraph, weir_graph, WEIR, GRAPH, GtkWidget)

/** The spans that can be chosen [s], shortest first. */
#define WEIR_GRAPH_SPANS 8
extern const guint WEIR_GRAPH_SPAN_S[WEIR_GRAPH_SPANS];

/** small: neither labels nor input. */
GtkWidget *weir_graph_new(gboolean small);
/** Which series: of `client` (borrowed; NULL before it is closed), of this object of a table. */
void weir_graph_set_object(WeirGraph *graph, weir_client_t *client, weir_table_id_t table,
                           uint64_t object);
/** A new snapshot; what has not changed is not painted again. */
void weir_graph_refresh(WeirGraph *graph, const weir_snapshot_t *snapshot,
                        const weir_units_t *units);
/** Show the traffic of a capture instead: all of it, in one colour, as its directions are unknown.
 */
void weir_graph_show_traffic(WeirGraph *graph, const weir_traffic_t *traffic,
                             const weir_units_t *units);
void weir_graph_set_span(WeirGraph *graph, guint span_s);
guint weir_graph_span(WeirGraph *graph);
/** Whether the right edge is now; set: go back to it. */
gboolean weir_graph_is_live(WeirGraph *graph);
void weir_graph_go_live(WeirGraph *graph);
/* Signal "moved": a person has changed the span or left the present. */

#endif
