/*
 * The books of packets: what capture workers saw in one window is added to flows, hosts and
 * protocols that live on. Engine thread.
 *
 * A worker's table counts one window only, so that rates are exact and memory is bounded by the
 * traffic of a window; here flows end by time-outs and there is a ceiling, beyond which bytes are
 * counted but have no row.
 */
#ifndef WEIR_ENGINE_PACKET_BOOKS_H
#define WEIR_ENGINE_PACKET_BOOKS_H

#include "base/clock.h"
#include "base/index.h"
#include "engine/packet_window.h"
#include "engine/teller.h"
#include "model/snapshot.h"
#include "packet/flow_row.h"
#include "packet/hostnames.h"
#include "packet/neighbours.h"

#define WEIR_PACKET_FLOWS_MOST ((size_t)65536)
#define WEIR_PACKET_HOSTS_MOST ((size_t)65536)
#define WEIR_PACKET_APPLICATIONS_MOST ((size_t)4096)
#define WEIR_PACKET_FLOWS_SHOWN ((size_t)10000)

/** A record of the packet library with what a window added; TCP's part must stand behind. */
typedef struct weir_packet_flow {
    weir_flow_record_t record;
    weir_tcp_record_t tcp;
    uint64_t window_bytes[2]; /* 0: low sent */
    uint64_t seen_ns;         /* [ns] boot time of the last window with packets */
    weir_told_t told;
    char *server_name, *ja4; /* owned; NULL unknown */
    uint32_t application;    /* in `application_names`; 0 unknown */
    uint32_t hosts[2];       /* positions: low, high; WEIR_INDEX_NONE for want of room */
} weir_packet_flow_t;

/** What the flows of an application carried, from their begin on. */
typedef struct weir_packet_application {
    weir_tally_t tally;
    uint64_t flows;
} weir_packet_application_t;

typedef struct weir_packet_host {
    weir_address_t address;
    weir_meter_t rx, tx;
    uint64_t window_rx[2], window_tx[2]; /* bytes, packets */
    uint64_t seen_ns;
    uint32_t flows;
    bool local;
} weir_packet_host_t;

typedef struct weir_packet_books {
    weir_flow_texts_t texts;
    weir_packet_flow_t *flows; /* owned */
    size_t flow_count, flow_room;
    weir_index_t flow_index; /* hash of the key to position */
    weir_packet_host_t *hosts;
    size_t host_count, host_room;
    weir_index_t host_index;
    weir_hostnames_t *hostnames; /* owned; NULL: no memory */
    weir_neighbours_t neighbours;
    weir_texts_t application_names;
    weir_packet_application_t *applications; /* owned; of each name, number - 1 is the place */
    size_t application_room;
    uint64_t seed;
    weir_tally_t by_protocol[256], by_version[2], kin[WEIR_KIN_COUNT];
    weir_tally_t omitted; /* of flows without a row */
    uint64_t flows_omitted;
    uint64_t flows_by_protocol[256], flows_by_version[2]; /* since the begin */
    uint64_t window_ns;                                   /* of the last window, 0 none yet */
    uint64_t now_ns;                                      /* [ns] boot time of its end */
    uint64_t swept_ns; /* [ns] boot time of the last look at time-outs */
    bool lossy;        /* packets were lost in the last window */
    weir_teller_t teller;
} weir_packet_books_t;

void weir_packet_books_init(weir_packet_books_t *books, uint64_t seed);
void weir_packet_books_done(weir_packet_books_t *books);

/** A window of `window_ns` that ended at boot time `now_ns` begins to be added. */
void weir_packet_books_begin(weir_packet_books_t *books, uint64_t now_ns, uint64_t window_ns,
                             bool lossy);
/** What one worker saw in it. */
void weir_packet_books_add(weir_packet_books_t *books, const weir_packet_window_t *window);
/** Everything was added: flows that were silent for long end. */
void weir_packet_books_end(weir_packet_books_t *books);

/** Fill in the tables whose bits are set, and what is told to detectors. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_packet_books_fill(weir_packet_books_t *books, uint32_t tables,
                                          weir_snapshot_t *snapshot);

#endif
