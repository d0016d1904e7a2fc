/*
 * Processes and the apps that they make up. Engine thread.
 *
 * A process is known by its number, the moment it began and how often it became another program, so
 * that a number that is used again, and an exec, lead to another app. Processes of one executable,
 * user, unit and container are one app; what belongs to no process has an app for each kind.
 */
#ifndef WEIR_ENGINE_APPS_H
#define WEIR_ENGINE_APPS_H

#include "base/index.h"
#include "base/pool.h"
#include "engine/source.h"

#define WEIR_APP_NONE UINT32_MAX

typedef struct weir_app_entry {
    uint64_t id;
    const char *name, *exe, *user, *unit, *container; /* in the pool; NULL unknown */
    const char *parent, *command;                     /* likewise, of its first process */
    uint64_t first_ns;                                /* [ns] boot time of its first traffic */
    uint64_t identity;                                /* hash of the above */
    weir_socket_counts_t rx, tx;                      /* sums */
    weir_meter_t rx_meter, tx_meter;                  /* what is shown of them */
    uint64_t rx_link, tx_link; /* [byte] of these: what did not stay on this machine */
    weir_meter_t rx_link_meter, tx_link_meter;
    uint64_t window_rx_away, window_tx_away; /* [byte] of this tick, in other namespaces */
    uint32_t processes;                      /* alive */
    uint32_t flows;                          /* that are open */
    uint32_t hosts;                          /* of the last snapshot */
    uint64_t ended_ns; /* [ns] boot time; 0: it lives, or never had a process */
    bool moving;       /* counters of this tick moved, from it or within it */
    bool used;         /* the slot holds an app */
} weir_app_entry_t;

typedef struct weir_process {
    uint64_t key;      /* hash of what follows */
    uint64_t start_ns; /* 0 unknown */
    uint32_t pid;
    uint32_t app; /* position */
} weir_process_t;

typedef struct weir_apps {
    weir_app_entry_t *entries; /* `count`, some of them unused */
    size_t count, room, used;
    weir_process_t *processes;
    size_t process_count, process_room;
    weir_index_t by_identity, by_process;
    uint64_t last_key; /* of the process that was looked up last, */
    uint32_t last_app; /* and its app; 0 no such process */
    weir_pool_t *texts;
    uint64_t next_id;
    uint64_t refused;  /* apps for want of room */
    size_t evictions;  /* since the pool was made */
    size_t next_check; /* the process whose beginning is checked next */
} weir_apps_t;

/** A zeroed struct is empty. */
void weir_apps_done(weir_apps_t *apps);

/** The app that `socket` belongs to, a new one if need be; WEIR_APP_NONE: hidden, or no room. */
uint32_t weir_apps_find(weir_apps_t *apps, const weir_socket_source_t *source,
                        const weir_socket_t *socket, uint64_t now_ns);

/** Forget processes that have ended. */
void weir_apps_check(weir_apps_t *apps, const weir_socket_source_t *source, uint64_t now_ns);

#endif
