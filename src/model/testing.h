/*
 * A made-up table with a column of every storage type and both sides of a connection, for the unit
 * tests and fuzz targets of what works on any table.
 */
#ifndef WEIR_MODEL_TESTING_H
#define WEIR_MODEL_TESTING_H

#include "model/columns.h"

typedef struct weir_sample {
    uint64_t present;
    const char *app;
    weir_address_t src, dst;
    weir_address_list_t addresses;
    uint16_t src_port, dst_port;
    uint32_t pid;
    uint64_t bytes;
    int64_t unexplained;
    int64_t first_seen; /* [ns] since 1970 */
    double rtt_ms;
    uint8_t protocol; /* index into WEIR_SAMPLE_PROTOCOLS */
    bool local;
} weir_sample_t;

static const char *const WEIR_SAMPLE_PROTOCOLS[] = {"TCP", "UDP", "ICMP"};

/** Positions of the columns below. */
enum {
    WEIR_SAMPLE_APP,
    WEIR_SAMPLE_SRC,
    WEIR_SAMPLE_DST,
    WEIR_SAMPLE_ADDRESSES,
    WEIR_SAMPLE_SRC_PORT,
    WEIR_SAMPLE_DST_PORT,
    WEIR_SAMPLE_PID,
    WEIR_SAMPLE_BYTES,
    WEIR_SAMPLE_UNEXPLAINED,
    WEIR_SAMPLE_FIRST_SEEN,
    WEIR_SAMPLE_RTT,
    WEIR_SAMPLE_PROTOCOL,
    WEIR_SAMPLE_LOCAL,
    WEIR_SAMPLE_COLUMNS
};

#define WEIR_SAMPLE_AT(field) .offset = offsetof(weir_sample_t, field)

static const weir_column_t WEIR_SAMPLE_COLUMN[WEIR_SAMPLE_COLUMNS] = {
    [WEIR_SAMPLE_APP] = {.id = "app", .storage = WEIR_STORE_TEXT, WEIR_SAMPLE_AT(app)},
    [WEIR_SAMPLE_SRC] = {.id = "src", .storage = WEIR_STORE_ADDRESS, WEIR_SAMPLE_AT(src)},
    [WEIR_SAMPLE_DST] = {.id = "dst", .storage = WEIR_STORE_ADDRESS, WEIR_SAMPLE_AT(dst)},
    [WEIR_SAMPLE_ADDRESSES] = {.id = "addresses",
                               .storage = WEIR_STORE_ADDRESSES,
                               WEIR_SAMPLE_AT(addresses)},
    [WEIR_SAMPLE_SRC_PORT] = {.id = "src_port",
                              .storage = WEIR_STORE_U16,
                              WEIR_SAMPLE_AT(src_port)},
    [WEIR_SAMPLE_DST_PORT] = {.id = "dst_port",
                              .storage = WEIR_STORE_U16,
                              WEIR_SAMPLE_AT(dst_port)},
    [WEIR_SAMPLE_PID] = {.id = "pid", .storage = WEIR_STORE_U32, WEIR_SAMPLE_AT(pid)},
    [WEIR_SAMPLE_BYTES] = {.id = "bytes",
                           .storage = WEIR_STORE_U64,
                           .unit = WEIR_UNIT_BYTES,
                           WEIR_SAMPLE_AT(bytes)},
    [WEIR_SAMPLE_UNEXPLAINED] = {.id = "unexplained",
                                 .storage = WEIR_STORE_I64,
                                 .unit = WEIR_UNIT_BYTES,
                                 WEIR_SAMPLE_AT(unexplained)},
    [WEIR_SAMPLE_FIRST_SEEN] = {.id = "first_seen",
                                .storage = WEIR_STORE_I64,
                                .unit = WEIR_UNIT_TIME,
                                WEIR_SAMPLE_AT(first_seen)},
    [WEIR_SAMPLE_RTT] = {.id = "rtt_ms",
                         .storage = WEIR_STORE_REAL,
                         .unit = WEIR_UNIT_MILLISECONDS,
                         WEIR_SAMPLE_AT(rtt_ms)},
    [WEIR_SAMPLE_PROTOCOL] = {.id = "protocol",
                              .storage = WEIR_STORE_U8_WORD,
                              .words = WEIR_SAMPLE_PROTOCOLS,
                              .words_count = WEIR_COUNT(WEIR_SAMPLE_PROTOCOLS),
                              WEIR_SAMPLE_AT(protocol)},
    [WEIR_SAMPLE_LOCAL] = {.id = "local", .storage = WEIR_STORE_BOOL, WEIR_SAMPLE_AT(local)},
};

static const weir_table_t WEIR_SAMPLE_TABLE = {
    .id = "samples",
    .title = "Samples",
    .will = "What the tests need.",
    .columns = WEIR_SAMPLE_COLUMN,
    .column_count = WEIR_SAMPLE_COLUMNS,
    .record_size = sizeof(weir_sample_t),
    .present_offset = offsetof(weir_sample_t, present),
};

#endif
