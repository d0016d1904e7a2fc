/*
 * One host as every view sees it.
 */
#ifndef WEIR_MODEL_HOST_H
#define WEIR_MODEL_HOST_H

#include "model/address.h"
#include "model/meter.h"

/**
 * A row of the table "hosts". tx = sent by that host, rx = received by it, in every origin. Texts
 * belong to who made the row. A field is known only if its column's bit in `present` is set.
 */
typedef struct weir_host {
    uint64_t present;
    weir_address_t address;
    const char *name, *country, *as_name, *vendor;
    uint32_t as_number;
    bool local; /* this machine, or in a network given as local */
    weir_meter_t rx, tx;
    uint64_t flows;
} weir_host_t;

#endif
