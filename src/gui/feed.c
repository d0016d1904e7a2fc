#include "gui/feed.h"

#include <errno.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#define PROGRESS_MS 200

static void feed_end(weir_feed_t *feed, int r)
{
    feed->ended = true;
    if (r != -ENODATA)
        (void)g_strlcpy(feed->error, weir_client_error(feed->client), sizeof(feed->error));
}

static void tick_end(weir_feed_t *feed)
{
    if (feed->tick)
        g_source_remove(feed->tick);
    feed->tick = 0;
}

static gboolean feed_ready(gint fd, GIOCondition condition, gpointer data)
{
    (void)fd;
    (void)condition;
    weir_feed_t *feed = data;
    weir_snapshot_t *snapshot = NULL;
    int r = weir_client_take(feed->client, &snapshot);
    if (r == 0)
        return G_SOURCE_CONTINUE;
    tick_end(feed);
    if (r > 0) {
        weir_snapshot_unref(feed->snapshot);
        feed->snapshot = snapshot;
    } else {
        feed_end(feed, r);
        feed->watch = 0;
    }
    feed->changed(feed->context);
    return r > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean feed_progress(gpointer data)
{
    const weir_feed_t *feed = data;
    feed->changed(feed->context);
    return G_SOURCE_CONTINUE;
}

static int client_open(weir_feed_t *feed, const weir_client_options_t *options)
{
    weir_client_options_t made = *options;
    const char *const paths[] = {feed->path};
    if (options->origin == WEIR_ORIGIN_FILE) {
        feed->progress = g_new0(weir_reading_progress_t, 1);
        made.reading.paths = paths; /* opened at once */
        made.reading.path_count = 1;
        made.reading.progress = feed->progress;
        made.reading.summary = made.reading.traffic = true;
        made.reading.tables = UINT32_MAX;
    }
    made.path = feed->path;
    return weir_client_open(&made, &feed->client, feed->error);
}

int weir_feed_open(weir_feed_t *feed, const weir_client_options_t *options,
                   weir_feed_call_t changed, void *context)
{
    *feed = (weir_feed_t){.changed = changed, .context = context};
    feed->path = g_strdup(options->path);
    int r = client_open(feed, options);
    if (r < 0) {
        feed->ended = true;
        return r;
    }
    feed->error[0] = '\0';
    feed->watch = g_unix_fd_add(weir_client_fd(feed->client), G_IO_IN, feed_ready, feed);
    if (feed->progress)
        feed->tick = g_timeout_add(PROGRESS_MS, feed_progress, feed);
    return 0;
}

void weir_feed_cancel(weir_feed_t *feed)
{
    if (feed->progress)
        atomic_store(&feed->progress->cancel, true);
}

void weir_feed_close(weir_feed_t *feed)
{
    tick_end(feed);
    if (feed->watch)
        g_source_remove(feed->watch);
    weir_feed_cancel(feed);
    weir_client_close(feed->client);
    weir_snapshot_unref(feed->snapshot);
    g_free(feed->path);
    g_free(feed->progress);
    *feed = (weir_feed_t){0};
}

bool weir_feed_is_recording(const char *path)
{
    FILE *file = fopen(path, "re");
    int first = file ? fgetc(file) : EOF;
    if (file)
        (void)fclose(file); /* it was only read */
    return first == '{';
}
