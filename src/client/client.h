/*
 * What views see: snapshots and series, wherever they come from. One thread uses a client.
 */
#ifndef WEIR_CLIENT_CLIENT_H
#define WEIR_CLIENT_CLIENT_H

#include "model/report.h"
#include "model/series.h"
#include "model/snapshot.h"

#define WEIR_CLIENT_ERROR_SIZE 320

typedef struct weir_client_options {
    weir_origin_t origin;
    const char *path;       /* of the recording; "-" is standard input */
    weir_reading_t reading; /* of capture files (no_apps: of live flows, too); what it points to,
                               for the client's life */
    double speed;           /* of the replay: 1 as recorded, 0 without waiting */
    uint64_t interval_ns;   /* between live snapshots */
    uint32_t tables;   /* bits of weir_table_id_t that are looked at first, interfaces always */
    const char *iface; /* flows, hosts and protocols of this one only; NULL: all that count */
    bool lossless;     /* every snapshot is waited for; else only the newest is kept */
    const weir_capacity_t *capacities; /* borrowed for the client's life */
    size_t capacity_count;
    const weir_finding_options_t *findings; /* borrowed likewise; NULL: the usual ones */
    const char *const *geoip; /* databases; borrowed for the call; none: the usual ones */
    size_t geoip_count;
    bool no_geoip;
    bool resolve; /* ask name servers for names */
} weir_client_options_t;

typedef struct weir_client weir_client_t;

/** Returns 0, or a negative errno with a sentence (what failed, on what, why) in ret_error. */
WEIR_NODISCARD int weir_client_open(const weir_client_options_t *options,
                                    weir_client_t **ret_client,
                                    char ret_error[static WEIR_CLIENT_ERROR_SIZE]);
void weir_client_close(weir_client_t *client); /* accepts NULL */

/** A descriptor to poll; it is readable when weir_client_take() has something to say. */
int weir_client_fd(const weir_client_t *client);

/**
 * The newest snapshot, if it was not taken yet. Returns 1 with a reference in *ret_snapshot, 0 when
 * there is nothing new, -ENODATA at the end of a recording, or another negative errno, for which
 * weir_client_error() has a sentence.
 */
WEIR_NODISCARD int weir_client_take(weir_client_t *client, weir_snapshot_t **ret_snapshot);
const char *weir_client_error(const weir_client_t *client);

/** [ns] between live snapshots, from the next one on; a recording keeps its own. */
void weir_client_set_interval(weir_client_t *client, uint64_t interval_ns);

/**
 * What is looked at from now on, as bits of weir_table_id_t: tables that cost something to measure
 * are measured only while somebody wants them.
 */
void weir_client_want(weir_client_t *client, uint32_t tables);

/**
 * A series from the origin's memory; free it with weir_series_done(). A capture answers for its
 * headline, WEIR_SERIES_RATE, from its seconds; other objects and columns are unknown there. 0,
 * -EINVAL or -ENOMEM.
 */
WEIR_NODISCARD int weir_client_series(weir_client_t *client, const weir_series_query_t *query,
                                      weir_series_t *ret_series);

/** What became of the processes of an app that were to end. */
typedef struct weir_client_end {
    uint32_t told;    /* processes that were asked, or ended at once */
    uint32_t gone;    /* had ended before, or their numbers are used by others now */
    uint32_t refused; /* are not the user's to end */
} weir_client_end_t;

/**
 * Ask the processes of an app of a live snapshot to end (SIGTERM), or end them at once (SIGKILL).
 * Each is compared with the moment at which it began, so that a number that is used again is never
 * hit. Returns 0, -ENOTSUP where the origin is no live one or the app has no processes that are
 * known well enough, or another negative errno when nothing was told.
 */
WEIR_NODISCARD int weir_client_end_app(const weir_client_t *client, const weir_app_t *app,
                                       bool at_once, weir_client_end_t *ret_end);

#endif
