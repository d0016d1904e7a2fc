/*
 * Capture files as tables: run over them once, then ask for flows, hosts and protocols. Rows are
 * made on demand from the compact records; a page at a time, or all.
 *
 *     weir_input_t input = {.name = "a.pcap", .span = {data, size}};
 *     weir_capture_t *capture = NULL;
 *     int r = weir_capture_run(&input, 1, &options, &capture);
 *     ... weir_capture_totals(), weir_capture_flows(), weir_capture_hosts(),
 * weir_capture_protocols() weir_capture_free(capture);
 *
 * A damaged or cut input is no failure of the run: its source says so, and what was whole is there.
 * One thread at a time.
 */
#ifndef WEIR_PACKET_CAPTURE_H
#define WEIR_PACKET_CAPTURE_H

#include "base/pool.h"
#include "model/brief.h"
#include "model/flow.h"
#include "model/host.h"
#include "model/protocol.h"
#include "model/report.h"
#include "packet/lookup.h"
#include "packet/run.h"

typedef struct weir_capture weir_capture_t;

typedef struct weir_capture_options {
    unsigned threads;  /* 0: one for each core, fewer for small inputs */
    bool inner;        /* flows inside tunnels too */
    bool inspect;      /* names of hosts and servers */
    bool applications; /* with inspect: the applications of flows */
    bool traffic;      /* the report shall have traffic over time */
    weir_flow_limits_t limits;
    const weir_address_t
        *locals; /* networks of this machine's side; borrowed for the capture's life */
    size_t local_count;
    const weir_mac_t *macs; /* its network cards; borrowed likewise */
    size_t mac_count;
    uint64_t link_bps;     /* [bit/s] of the link; 0: what the files say, if they do */
    weir_lookup_t *lookup; /* countries and the like; a reference is taken; NULL: none */
    const atomic_bool *cancel;
    void (*progress)(void *context, const weir_run_progress_t *progress);
    void *progress_context;
} weir_capture_options_t;

/** The inputs are read during the call only. 0, -ENOMEM or -EAGAIN. */
WEIR_NODISCARD int weir_capture_run(const weir_input_t *inputs, size_t count,
                                    const weir_capture_options_t *options,
                                    weir_capture_t **ret_capture);
void weir_capture_free(weir_capture_t *capture); /* accepts NULL */
static inline void weir_capture_freep(weir_capture_t **capture)
{
    weir_capture_free(*capture);
}

/** Whether applications were recognised: false when not asked for, or without nDPI 4.2. */
bool weir_capture_knows_applications(const weir_capture_t *capture);

typedef struct weir_capture_totals {
    size_t files;
    uint64_t packets, bytes;   /* all frames, original length */
    int64_t first_ns, last_ns; /* [ns] since 1970; both 0 when no frame has a time */
    uint64_t timeless;         /* frames without a time */
    uint64_t duration_ns;
    uint64_t flows; /* rows of the flow table, without those inside tunnels */
    uint64_t inner_flows;
    weir_tally_t omitted; /* of flows beyond max_flows */
    weir_tally_t no_flow; /* decoded, but no IP */
    weir_tally_t skipped; /* not decoded */
    bool cancelled, truncated, damaged;
    uint64_t peak_bytes, peak_packets; /* in the best second of each */
    int64_t peak_bytes_second;         /* [s] since 1970 */
} weir_capture_totals_t;

weir_capture_totals_t weir_capture_totals(const weir_capture_t *capture);
/** Looks at every flow. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_capture_quality(weir_capture_t *capture, weir_quality_t *ret_quality);
size_t weir_capture_sources(const weir_capture_t *capture);
weir_feed_source_t weir_capture_source(const weir_capture_t *capture, size_t i);

/** Traffic by the second, by time; only seconds with traffic. Owned by the capture. */
const weir_bin_t *weir_capture_bins(const weir_capture_t *capture, size_t *ret_count);

/** What its packets tell (see model/event.h), by time. Owned by the capture. */
weir_event_batch_t weir_capture_events(const weir_capture_t *capture);

/** What was not decoded, cut and damaged files included. Owned by the capture. */
const weir_skipped_t *weir_capture_skipped(const weir_capture_t *capture, size_t *ret_count);
/** "unknown EtherType 0x88b5": appends. */
void weir_capture_skipped_put(weir_buf_t *buf, const weir_skipped_t *skipped);

/** Rows of the flow table: all, inner and timed-out ones included. */
size_t weir_capture_flow_count(const weir_capture_t *capture);
/**
 * Set flows[0..count-1] from row `from` on, by first packet's time. Texts live as long as the
 * capture, Community IDs as long as `pool` (NULL: none are made). 0, or -ENOMEM with as much done
 * as could be.
 */
WEIR_NODISCARD int weir_capture_flows(const weir_capture_t *capture, size_t from, size_t count,
                                      weir_pool_t *pool, weir_flow_t *flows);
/**
 * One row. `community`: room for its Community ID, whose text it then is; NULL: none is made.
 * `wanted`: bits of columns that will be read, as far as they must be looked up.
 */
void weir_capture_flow(const weir_capture_t *capture, size_t row, uint64_t wanted, char *community,
                       weir_flow_t *ret_flow);
/** Likewise what detectors need; from + count must not pass the rows. Any thread. */
void weir_capture_briefs(const weir_capture_t *capture, size_t from, size_t count,
                         weir_flow_brief_t *ret_briefs);
/**
 * Hosts by bytes, most first; made at the first call, which decides how many (`most`, 0: all).
 * *ret_total: how many there are. Owned by the capture. 0 or -ENOMEM.
 */
WEIR_NODISCARD int weir_capture_hosts(weir_capture_t *capture, size_t most,
                                      const weir_host_t **ret_hosts, size_t *ret_count,
                                      size_t *ret_total);
/** Gives names to addresses, NULL: none; called with `context`. */
typedef struct weir_namer {
    const char *(*name)(void *context, const weir_address_t *address);
    void *context;
} weir_namer_t;
/** Ask for names of the first `most` of the hosts and pairs that were made and have none. */
void weir_capture_name(weir_capture_t *capture, size_t most, const weir_namer_t *namer);
/** Pairs of hosts by bytes; likewise. */
WEIR_NODISCARD int weir_capture_conversations(weir_capture_t *capture, size_t most,
                                              const weir_conversation_t **ret_pairs,
                                              size_t *ret_count, size_t *ret_total);
/** Protocols by layer, then bytes; made at the first call. Owned by the capture. 0 or -ENOMEM. */
WEIR_NODISCARD int weir_capture_protocols(weir_capture_t *capture,
                                          const weir_protocol_t **ret_protocols, size_t *ret_count);

/**
 * The summary. names[i] is what source i is called; `most` as for hosts. Lists belong to the
 * capture, texts to `pool`. 0 or -ENOMEM.
 */
WEIR_NODISCARD int weir_capture_report(weir_capture_t *capture, weir_pool_t *pool,
                                       const char *const *names, size_t most,
                                       weir_report_t *ret_report);

#endif
