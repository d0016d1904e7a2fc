/*
 * Header clicks. GTK 4.8 does not say by which column a GtkColumnView is sorted; it only offers a
 * sorter that compares. So each column has a sorter that, when it is asked, notes its column and
 * answers "larger": one comparison tells the first column, and, by the sign, its direction. Rows
 * are never compared that way: snapshots are sorted by the model.
 */
#include "gui/table_private.h"

#include "model/cell.h"

#include <string.h>

static int probe_compare(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)a;
    (void)b;
    const weir_table_column_t *column = data;
    if (!column->table->probed)
        column->table->probed = column;
    return 1;
}

void weir_table_sort_prepare(weir_table_column_t *column)
{
    g_autoptr(GtkSorter) sorter = GTK_SORTER(gtk_custom_sorter_new(probe_compare, column, NULL));
    gtk_column_view_column_set_sorter(column->view, sorter);
}

static const weir_column_t *column_described(const weir_table_column_t *column)
{
    return &weir_table(WEIR_TABLE_INTERFACES)->columns[column->position];
}

/* A column that is new as the first: numbers begin with the largest. */
static bool first_click(weir_table_view_t *table, const weir_column_t *column)
{
    if (strcmp(column->id, table->settings->sort) == 0)
        return false;
    g_free(table->settings->sort);
    table->settings->sort = g_strdup(column->id);
    table->settings->descending = weir_column_is_numeric(column);
    return true;
}

static void on_sorter_changed(GtkSorter *sorter, GtkSorterChange change, weir_table_view_t *table)
{
    (void)change;
    if (table->quiet)
        return;
    table->probed = NULL;
    GtkOrdering order = gtk_sorter_compare(sorter, table->model, table->view);
    if (!table->probed)
        return;
    const weir_column_t *column = column_described(table->probed);
    if (first_click(table, column))
        weir_table_sort_show(table);
    else
        table->settings->descending = order == GTK_ORDERING_SMALLER;
    table->calls.sorted(table->calls.context);
}

void weir_table_sort_watch(weir_table_view_t *table)
{
    g_signal_connect(gtk_column_view_get_sorter(table->view), "changed",
                     G_CALLBACK(on_sorter_changed), table);
}

void weir_table_sort_show(weir_table_view_t *table)
{
    const weir_settings_t *settings = table->settings;
    GtkColumnViewColumn *found = NULL;
    for (guint i = 0; i < table->column_count; i++) {
        const weir_table_column_t *column = &table->columns[i];
        if (column->position >= 0 && strcmp(column_described(column)->id, settings->sort) == 0)
            found = column->view;
    }
    table->quiet = true;
    gtk_column_view_sort_by_column(table->view, found,
                                   settings->descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
    table->quiet = false;
}
