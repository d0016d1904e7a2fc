#include "gui/feed.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>

static void feed_end(weir_feed_t *feed, int r)
{
    feed->ended = true;
    if (r != -ENODATA)
        (void)g_strlcpy(feed->error, weir_client_error(feed->client), sizeof(feed->error));
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

int weir_feed_open(weir_feed_t *feed, const weir_client_options_t *options,
                   weir_feed_call_t changed, void *context)
{
    *feed = (weir_feed_t){.changed = changed, .context = context};
    int r = weir_client_open(options, &feed->client, feed->error);
    if (r < 0) {
        feed->ended = true;
        return r;
    }
    feed->error[0] = '\0';
    if (options->origin == WEIR_ORIGIN_REPLAY)
        feed->path = g_strdup(options->path);
    feed->watch = g_unix_fd_add(weir_client_fd(feed->client), G_IO_IN, feed_ready, feed);
    return 0;
}

void weir_feed_close(weir_feed_t *feed)
{
    if (feed->watch)
        g_source_remove(feed->watch);
    weir_client_close(feed->client);
    weir_snapshot_unref(feed->snapshot);
    g_free(feed->path);
    *feed = (weir_feed_t){0};
}
