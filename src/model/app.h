/*
 * One app as every view sees it: what a person calls a program.
 */
#ifndef WEIR_MODEL_APP_H
#define WEIR_MODEL_APP_H

#include "model/meter.h"
#include "model/value.h"

/** How much of an app's traffic its numbers contain. */
typedef enum weir_accuracy {
    WEIR_ACCURACY_EXACT,    /* every packet, as the kernel hands it to or from a socket */
    WEIR_ACCURACY_TCP_ONLY, /* TCP connections while they last; headers are an estimate */
    WEIR_ACCURACY_COUNT
} weir_accuracy_t;

#define WEIR_APP_PEERS_MAX 16U

/**
 * A row of the table "apps". Processes with the same executable, user and unit or container are one
 * app. What no program sends or receives has rows of its own, named for what it is, such as
 * "kernel: icmp" and "forwarded". Texts and lists belong to the snapshot. A field is known only if
 * its column's bit in `present` is set.
 */
typedef struct weir_app {
    uint64_t present;
    uint64_t id;      /* stays for as long as the app is listed; never 0 */
    const char *app;  /* name to show: of the executable */
    const char *exe;  /* path of the executable */
    const char *user; /* name, or number where it has none */
    const char *unit; /* systemd unit, such as "ssh.service" */
    const char *container;
    const char *parent;      /* name of the program that began its first process */
    const char *command;     /* its first process' command line, words with spaces between them */
    weir_number_list_t pids; /* alive, ascending; empty: it has ended, views grey the row */
    const uint64_t *starts;  /* [ns] boot time at which each of `pids` began, 0 unknown; NULL: none
                                of them is known */
    weir_address_list_t peers; /* hosts at the other ends of its open flows, the busiest first, at
                                  most WEIR_APP_PEERS_MAX */
    int64_t first_seen;        /* [ns] since 1970 */
    weir_meter_t rx, tx;       /* IP and above, since Weir watches */
    uint64_t rx_payload_bytes, tx_payload_bytes; /* above the transport header */
    uint64_t flows, hosts;                       /* open flows, hosts at their other ends */
    double rx_link_rate, tx_link_rate; /* [byte/s] of the above through interfaces: without what
                                          stays on this machine */
    double rx_away_rate, tx_away_rate; /* [byte/s] of that: in other network namespaces */
    const char *rx_peer, *tx_peer; /* host that sends, or takes, most of it in this window; NULL:
                                      none has half of it */
    uint8_t accuracy;              /* weir_accuracy_t */
    bool ended;                    /* none of its processes is left */
} weir_app_t;

#endif
