/*
 * The last minute of one interface or app in a table's cell: download above, upload below.
 */
#ifndef WEIR_GUI_SPARK_H
#define WEIR_GUI_SPARK_H

#include "client/client.h"

#include <gtk/gtk.h>

#define WEIR_TYPE_SPARK (weir_spark_get_type())
G_DECLARE_FINAL_TYPE(WeirSpark, weir_spark, WEIR, SPARK, GtkWidget)

GtkWidget *weir_spark_new(void);
/** Read the series of a table's `object` up to `to_ns`; a repaint only when it differs. */
void weir_spark_set(WeirSpark *spark, weir_client_t *client, weir_table_id_t table, uint64_t object,
                    uint64_t to_ns);
/** Nothing is known. */
void weir_spark_clear(WeirSpark *spark);

#endif
