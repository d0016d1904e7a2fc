/*
 * Countries and autonomous systems of addresses, by databases in MaxMind's format (libmaxminddb).
 * Each database tells what it knows; of what two know, the first one's answer counts.
 */
#ifndef WEIR_PACKET_GEO_H
#define WEIR_PACKET_GEO_H

#include "base/cleanup.h"
#include "model/address.h"
#include "packet/texts.h"

#define WEIR_GEO_MOST ((size_t)8) /* databases */

/** What is known of an address. Numbers of texts; 0 unknown. */
typedef struct weir_place {
    uint32_t country; /* ISO 3166-1, two letters */
    uint32_t as_name, as_number;
} weir_place_t;

/** One thread. */
typedef struct weir_geo weir_geo_t;

/** NULL: no memory. `texts` are borrowed for its life. */
weir_geo_t *weir_geo_new(weir_texts_t *texts);
void weir_geo_free(weir_geo_t *geo); /* accepts NULL */

/**
 * Add a database. 0; -errno when it cannot be read; -EBADMSG with the reason in *ret_why (static)
 * when it is none; -ENOSPC beyond WEIR_GEO_MOST.
 */
WEIR_NODISCARD int weir_geo_add(weir_geo_t *geo, const char *path, const char **ret_why);
size_t weir_geo_count(const weir_geo_t *geo);

weir_place_t weir_geo_find(weir_geo_t *geo, const weir_address_t *address);
/** Questions that a database could not answer, because what it holds is damaged. */
uint64_t weir_geo_damaged(const weir_geo_t *geo);

#endif
