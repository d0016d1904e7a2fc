/*
 * What files of this machine know of hosts and ports: country and autonomous system (databases in
 * MaxMind's format), makers of network cards (the IEEE's lists), names of ports (/etc/services).
 * All but the databases are read when somebody asks for the first time; nothing leaves the machine.
 * Any thread.
 */
#ifndef WEIR_PACKET_LOOKUP_H
#define WEIR_PACKET_LOOKUP_H

#include "model/snapshot.h"

#define WEIR_LOOKUP_ERROR_SIZE 320

typedef struct weir_lookup_options {
    const char *const *geoip; /* databases; NULL, 0: those at the usual places, if there are any */
    size_t geoip_count;
    bool no_geoip;
    /** NULL: /usr/share/ieee-data and /etc/services; for tests. */
    const char *vendors_folder, *services;
} weir_lookup_options_t;

typedef struct weir_lookup weir_lookup_t;

/**
 * Open the databases. Returns 0 with one reference, or a negative errno with a sentence in
 * ret_error; a database at a usual place that cannot be read is passed over.
 */
WEIR_NODISCARD int weir_lookup_new(const weir_lookup_options_t *options, weir_lookup_t **ret_lookup,
                                   char ret_error[static WEIR_LOOKUP_ERROR_SIZE]);
weir_lookup_t *weir_lookup_ref(weir_lookup_t *lookup); /* accepts NULL */
void weir_lookup_unref(weir_lookup_t *lookup);         /* accepts NULL */
static inline void weir_lookup_unrefp(weir_lookup_t **lookup)
{
    weir_lookup_unref(*lookup);
}

/**
 * Set what is known of a row: of a host whose address (and MAC) it has, of a flow. `wanted`: bits
 * of columns that will be read. Texts live as long as `lookup`, see weir_lookup_hold().
 */
void weir_lookup_host(weir_lookup_t *lookup, uint64_t wanted, weir_host_t *host);
void weir_lookup_flow(weir_lookup_t *lookup, uint64_t wanted, weir_flow_t *flow);
/** Whether weir_lookup_flow() could set one of these columns. */
bool weir_lookup_wants_flow(const weir_lookup_t *lookup, uint64_t wanted);
/** The maker of a network card; NULL: unknown. */
const char *weir_lookup_vendor(weir_lookup_t *lookup, const uint8_t mac[static 6]);
/** Let texts of rows live as long as the snapshot. Before publishing. */
void weir_lookup_hold(weir_lookup_t *lookup, weir_snapshot_t *snapshot);

/** "3 countries or networks stay unknown ..." when a database is damaged; NULL: nothing to say.
 * Static. */
const char *weir_lookup_problem(weir_lookup_t *lookup);

#endif
