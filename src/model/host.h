/*
 * One host as every view sees it.
 */
#ifndef WEIR_MODEL_HOST_H
#define WEIR_MODEL_HOST_H

#include "model/address.h"
#include "model/meter.h"

/** How it is known which hosts are this side's. */
typedef enum weir_local_by {
    WEIR_LOCAL_GIVEN,     /* networks or network cards were named */
    WEIR_LOCAL_DIRECTION, /* frames say which way they went */
    WEIR_LOCAL_GUESS,     /* one host takes part in nearly all traffic */
    WEIR_LOCAL_BY_COUNT
} weir_local_by_t;

/** How a host's name is known. */
typedef enum weir_name_by {
    WEIR_NAME_TRAFFIC,  /* packets told it */
    WEIR_NAME_RESOLVED, /* Weir asked for it (--resolve) */
    WEIR_NAME_BY_COUNT
} weir_name_by_t;

/**
 * A row of the table "hosts". tx = sent by that host, rx = received by it, in every origin. Texts
 * belong to who made the row. A field is known only if its column's bit in `present` is set.
 */
typedef struct weir_host {
    uint64_t present;
    weir_address_t address;
    const char *name, *country, *as_name, *vendor, *mac;
    uint32_t as_number;
    bool local; /* this machine, or in a network given as local */
    weir_meter_t rx, tx;
    uint64_t flows;
    uint8_t local_by;                   /* weir_local_by_t */
    uint8_t name_by;                    /* weir_name_by_t */
    uint64_t retransmits, out_of_order; /* of what it sent */
    uint64_t resets, failed;            /* TCP flows that it takes part in; that it opened */
    double rtt_ms, rtt_min_ms;          /* see the columns' help for what each of these is */
    double peak_byte_rate;              /* [byte/s] */
    uint64_t rtp_packets, rtp_lost;     /* of what it sent */
    double jitter_ms;
} weir_host_t;

#endif
