/*
 * The order of a table. Up to some ten thousand rows it is made at once, as that takes a few
 * milliseconds; the millions of a capture are sorted in another thread meanwhile the window goes
 * on, and shown when they are there.
 */
#include "gui/table_private.h"

#define ROWS_AT_ONCE 20000

struct weir_order_job {
    weir_snapshot_t *snapshot; /* a reference */
    weir_filter_ref_t *filter; /* likewise, or NULL */
    weir_query_t query;
    weir_selection_t selection;
};

static void job_free(gpointer data)
{
    weir_order_job_t *job = data;
    weir_snapshot_unref(job->snapshot);
    weir_filter_ref_drop(job->filter);
    weir_selection_done(&job->selection);
    g_free(job);
}

static weir_query_t query_make(const weir_table_view_t *table)
{
    const weir_table_settings_t *settings = &table->settings->tables[table->id];
    int sort = weir_column_find(weir_table(table->id), settings->sort);
    return (weir_query_t){.table = table->id,
                          .filter = table->filter ? table->filter->filter : NULL,
                          .sort = sort < 0 ? WEIR_SORT_NONE : sort,
                          .descending = settings->descending};
}

static void job_run(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source;
    (void)cancellable;
    weir_order_job_t *job = data;
    g_task_return_int(task, weir_select(job->snapshot, &job->query, &job->selection));
}

static void on_done(GObject *source, GAsyncResult *result, gpointer data)
{
    (void)source;
    GTask *task = G_TASK(result);
    if (g_cancellable_is_cancelled(g_task_get_cancellable(task)))
        return; /* and the table may be gone */
    weir_table_view_t *table = data;
    weir_order_job_t *job = g_task_get_task_data(task);
    g_clear_object(&table->job);
    if (g_task_propagate_int(task, NULL) == 0)
        weir_table_order_show(table, job->snapshot, &job->selection, false);
    table->calls.shown(table->calls.context);
}

static void job_start(weir_table_view_t *table, const weir_query_t *query)
{
    weir_order_job_t *job = g_new0(weir_order_job_t, 1);
    job->snapshot = weir_snapshot_ref(table->snapshot);
    job->filter = weir_filter_ref_keep(table->filter);
    job->query = *query;
    table->job = g_cancellable_new();
    g_autoptr(GTask) task = g_task_new(NULL, table->job, on_done, table);
    g_task_set_check_cancellable(task, FALSE);
    g_task_set_task_data(task, job, job_free);
    g_task_run_in_thread(task, job_run);
}

void weir_table_order_cancel(weir_table_view_t *table)
{
    if (table->job)
        g_cancellable_cancel(table->job);
    g_clear_object(&table->job);
}

void weir_table_order_make(weir_table_view_t *table, bool hold)
{
    weir_table_order_cancel(table);
    weir_selection_t selection = {0};
    weir_query_t query = query_make(table);
    if (table->snapshot && table->snapshot->rows[table->id].count > ROWS_AT_ONCE) {
        if (table->model.snapshot && table->model.snapshot != table->snapshot)
            weir_table_order_show(table, NULL, &selection, false); /* another one's rows */
        job_start(table, &query);
        return;
    }
    if (table->snapshot && weir_select(table->snapshot, &query, &selection) < 0)
        return; /* no memory: what was shown stays */
    weir_table_order_show(table, table->snapshot, &selection, hold);
}
