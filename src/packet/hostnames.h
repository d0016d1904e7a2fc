/*
 * Which names addresses have, as packets told: a store that several threads fill apart from each
 * other, and that is the same when it is put together, whoever saw what first.
 *
 * It keeps, for each address, name and kind of source, when that was first and last said. Which
 * name is the best is decided by these alone: by the kind, then by the later time, then by the
 * text.
 */
#ifndef WEIR_PACKET_HOSTNAMES_H
#define WEIR_PACKET_HOSTNAMES_H

#include "base/index.h"
#include "model/address.h"
#include "packet/texts.h"

/** What told a name; a later one is believed more. */
typedef enum weir_naming {
    WEIR_NAMING_REVERSE, /* the answer to a reverse DNS query */
    WEIR_NAMING_HTTP,    /* whom a request asked for there */
    WEIR_NAMING_TLS,     /* whom a hello asked for there, QUIC's included */
    WEIR_NAMING_DNS,     /* the query whose answer had the address */
    WEIR_NAMING_LLMNR,   /* the host itself, as these two */
    WEIR_NAMING_MDNS,
    WEIR_NAMING_DHCP /* the client's own name */
} weir_naming_t;

#define WEIR_HOSTNAMES_MOST ((size_t)1000000)

typedef struct weir_hostnames weir_hostnames_t;

/** `most`: distinct names, and addresses that have one. NULL: no memory. One thread. */
weir_hostnames_t *weir_hostnames_new(size_t most);
void weir_hostnames_free(weir_hostnames_t *hostnames); /* accepts NULL */

typedef struct weir_hostname {
    const weir_address_t *address; /* all its bits count */
    const char *name;
    weir_naming_t naming;
    int64_t first_ns, last_ns; /* [ns] when it was said; the same for once */
} weir_hostname_t;

/** Its text is copied. What is learnt is put in its place some time later, several at once, and by
 * every function below. */
void weir_hostnames_learn(weir_hostnames_t *hostnames, const weir_hostname_t *hostname);
/** Learn all that `from` has, and count what it refused. */
void weir_hostnames_merge(weir_hostnames_t *hostnames, weir_hostnames_t *from);

/** The best name of an address, or NULL. Lives as long as the store. */
const char *weir_hostnames_find(weir_hostnames_t *hostnames, const weir_address_t *address);

/** Nothing more will be learnt: sort what weir_hostnames_asked() looks at. From then on any number
 * of threads may look. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_hostnames_seal(weir_hostnames_t *hostnames);
/**
 * The name that DNS had last given to an address at a time, or NULL: before that only the newest is
 * known, afterwards that of any time.
 */
const char *weir_hostnames_asked(weir_hostnames_t *hostnames, const weir_address_t *address,
                                 int64_t time_ns);

/** Names that found no room, each time that they were said. */
uint64_t weir_hostnames_refused(weir_hostnames_t *hostnames);

#endif
