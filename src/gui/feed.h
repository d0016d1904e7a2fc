/*
 * A client in GLib's main loop: the newest snapshot, and a call for each new one.
 */
#ifndef WEIR_GUI_FEED_H
#define WEIR_GUI_FEED_H

#include "client/client.h"

#include <glib.h>

typedef void (*weir_feed_call_t)(void *context);

/** A zeroed struct is a closed feed. */
typedef struct weir_feed {
    weir_client_t *client;              /* owned; NULL: closed */
    weir_snapshot_t *snapshot;          /* the newest, a reference; NULL until there is one */
    char *path;                         /* of the file; NULL: this machine */
    weir_reading_progress_t *progress;  /* owned; of a capture, else NULL */
    guint watch, tick;                  /* GLib sources: snapshots; progress until there is one */
    bool ended;                         /* nothing more will come */
    char error[WEIR_CLIENT_ERROR_SIZE]; /* why it ended, when that was no end of a recording */
    weir_feed_call_t changed;           /* after each snapshot and at the end */
    void *context;
} weir_feed_t;

/**
 * Returns 0, or a negative errno with the sentence in feed->error. changed: see above. What
 * options->path and reading point to is copied.
 */
WEIR_NODISCARD int weir_feed_open(weir_feed_t *feed, const weir_client_options_t *options,
                                  weir_feed_call_t changed, void *context);
void weir_feed_close(weir_feed_t *feed);
/** End the reading of a capture with what was read until now. */
void weir_feed_cancel(weir_feed_t *feed);

/** Whether a file is a recording of Weir's (JSON lines) and no capture. */
bool weir_feed_is_recording(const char *path);

#endif
