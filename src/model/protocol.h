/*
 * Totals of one protocol.
 */
#ifndef WEIR_MODEL_PROTOCOL_H
#define WEIR_MODEL_PROTOCOL_H

#include <stdint.h>

typedef enum weir_layer {
    WEIR_LAYER_LINK,
    WEIR_LAYER_NETWORK,
    WEIR_LAYER_TRANSPORT,
    WEIR_LAYER_APPLICATION,
    WEIR_LAYER_COUNT
} weir_layer_t;

/**
 * A row of the table "protocols". Layers stand beside each other: an Ethernet frame with TCP in
 * IPv4 counts once in each of three layers.
 */
typedef struct weir_protocol {
    uint64_t present;
    uint8_t layer;    /* weir_layer_t */
    const char *name; /* static */
    uint64_t packets, bytes, flows;
    double share; /* of all bytes, 0 .. 1 */
} weir_protocol_t;

#endif
