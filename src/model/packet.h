/*
 * One packet as the packet list shows it.
 */
#ifndef WEIR_MODEL_PACKET_H
#define WEIR_MODEL_PACKET_H

#include "model/address.h"

typedef enum weir_packet_direction {
    WEIR_PACKET_UNKNOWN,
    WEIR_PACKET_IN, /* as the capturing machine saw it */
    WEIR_PACKET_OUT,
    WEIR_PACKET_DIRECTION_COUNT
} weir_packet_direction_t;

/**
 * A row of the table "packets". Texts belong to who made the row. A field is known only if its
 * column's bit in `present` is set.
 */
typedef struct weir_packet {
    uint64_t present;
    uint64_t number; /* from 1 on */
    int64_t time_ns; /* [ns] since 1970 */
    double since_s;  /* [s] since the first packet */
    const char *iface;
    uint8_t direction; /* weir_packet_direction_t */
    weir_address_t src, dst;
    uint16_t src_port, dst_port, vlan;
    const char *src_mac, *dst_mac;
    const char *protocol;      /* the highest that is known: "DNS", "TLS", "TCP" */
    uint64_t length, captured; /* [byte] of the frame on the wire; of these, kept */
    const char *application;   /* protocol of the application layer */
    const char *name;          /* that the packet itself tells: of a question, a server, a host */
    const char *summary;
} weir_packet_t;

/** Positions of the columns in the catalogue, for who makes rows. */
enum weir_packet_column {
    WEIR_PACKET_NUMBER,
    WEIR_PACKET_TIME,
    WEIR_PACKET_SINCE,
    WEIR_PACKET_INTERFACE,
    WEIR_PACKET_DIRECTION,
    WEIR_PACKET_SRC,
    WEIR_PACKET_SRC_PORT,
    WEIR_PACKET_DST,
    WEIR_PACKET_DST_PORT,
    WEIR_PACKET_VLAN,
    WEIR_PACKET_SRC_MAC,
    WEIR_PACKET_DST_MAC,
    WEIR_PACKET_PROTOCOL,
    WEIR_PACKET_LENGTH,
    WEIR_PACKET_CAPTURED,
    WEIR_PACKET_APPLICATION,
    WEIR_PACKET_NAME,
    WEIR_PACKET_SUMMARY,
    WEIR_PACKET_COLUMN_COUNT
};

static inline void weir_packet_know(weir_packet_t *packet, enum weir_packet_column column)
{
    packet->present |= UINT64_C(1) << column;
}

#endif
