/*
 * What a capture says as a whole: the summary that `weir read` prints. Made once; everything in it
 * belongs to the snapshot that carries it.
 */
#ifndef WEIR_MODEL_REPORT_H
#define WEIR_MODEL_REPORT_H

#include "base/buf.h"
#include "model/finding.h"
#include "model/host.h"
#include "model/protocol.h"

#include <stdatomic.h>
#include <stddef.h>

/** How far reading is, for another thread; and that thread's wish to end it. */
typedef struct weir_reading_progress {
    atomic_uint_fast64_t packets;
    atomic_uint_fast64_t position, size; /* [byte] of the files as stored; size 0: unknown */
    atomic_bool cancel;                  /* end early, with what there is */
} weir_reading_progress_t;

/** Append "42 %, 3.41 M packets, 5.10 M/s, 2.0 s left"; passed_ns [ns] since it began. */
void weir_reading_put(weir_buf_t *buf, const weir_reading_progress_t *progress, uint64_t passed_ns);

/** How capture files are read. Pointers are borrowed for as long as the reading goes on. */
typedef struct weir_reading {
    const char *const *paths; /* "-" is standard input */
    size_t path_count;
    unsigned threads;   /* 0: one for each core, fewer for small files */
    bool inner;         /* flows inside tunnels too */
    bool no_apps;       /* do not recognise applications */
    uint32_t tables;    /* bits of weir_table_id_t that are wanted, flows are always there */
    size_t most;        /* hosts and conversations that the report wants; 0: all */
    bool summary;       /* make a report */
    bool traffic;       /* with traffic over time */
    uint64_t max_flows; /* 0: no limit */
    uint64_t idle_ns, active_ns;  /* time-outs of flows; 0: never */
    const weir_address_t *locals; /* networks of this machine's side */
    size_t local_count;
    const weir_mac_t *macs; /* its network cards */
    size_t mac_count;
    uint64_t link_bps;                 /* [bit/s] of the link; 0: what the files say */
    weir_reading_progress_t *progress; /* NULL: nobody asks */
} weir_reading_t;

typedef struct weir_report_file {
    const char *name;
    const char *format; /* "pcap", "pcapng" */
    uint64_t packets;
    uint64_t size; /* [byte] as stored, 0 unknown */
    uint64_t sections, interfaces, blocks;
    bool truncated;      /* it ended inside a record */
    const char *problem; /* why reading stopped before the end; NULL: it did not */
} weir_report_file_t;

/** All flows between two hosts; a is the one that sent more. */
typedef struct weir_conversation {
    weir_address_t a, b;
    const char *a_name, *b_name;                     /* NULL unknown */
    uint64_t a_packets, a_bytes, b_packets, b_bytes; /* sent by a, by b */
    uint64_t flows;
} weir_conversation_t;

typedef struct weir_report_skipped {
    const char *reason;
    uint64_t packets, bytes;
} weir_report_skipped_t;

/** How well TCP did; sums over flows without tunnels around them. */
typedef struct weir_quality {
    uint64_t tcp_flows, tcp_packets;
    uint64_t retransmits, out_of_order, duplicate_acks, zero_windows;
    uint64_t resets, failed; /* flows: reset; unanswered or refused */
    uint64_t rtt_count;      /* flows with a handshake in the capture */
    uint64_t rtt_min_ns, rtt_median_ns, rtt_p95_ns, rtt_max_ns;
    uint64_t stamp_rtt_count; /* flows with an RTT by timestamps; its smoothed values */
    uint64_t stamp_rtt_min_ns, stamp_rtt_median_ns, stamp_rtt_p95_ns, stamp_rtt_max_ns;
    double loss;          /* 0 .. 1: retransmits by tcp_packets */
    uint64_t rtp_flows;   /* UDP flows with RTP in them ... */
    uint64_t rtp_streams; /* ... and its streams: sides by sources */
    uint64_t rtp_packets, rtp_lost;
    bool jitter_known;     /* of at least one of the streams */
    double jitter_mean_ms; /* over the packets of those */
    double jitter_max_ms;
} weir_quality_t;

/** [byte/s] Over the seconds of the capture, those without traffic included. */
typedef struct weir_throughput {
    bool known; /* false: the frames have no times, or span none */
    double mean_bytes, mean_packets;
    double median_bytes, p95_bytes;
    uint64_t peak_bytes, peak_packets; /* in the best second of each */
    int64_t peak_second;               /* [s] since 1970, of peak_bytes */
    uint64_t link_bps; /* [bit/s] given, or that all interfaces of the files have together; 0 not
                          known */
} weir_throughput_t;

/** Frames by what they carry; together they are all of them. */
typedef enum weir_traffic_part {
    WEIR_TRAFFIC_TCP,
    WEIR_TRAFFIC_UDP,  /* UDP-Lite too */
    WEIR_TRAFFIC_ICMP, /* of both IP versions */
    WEIR_TRAFFIC_OTHER_IP,
    WEIR_TRAFFIC_NO_IP,
    WEIR_TRAFFIC_PARTS
} weir_traffic_part_t;

/** A step of the traffic over time. */
typedef struct weir_traffic_step {
    uint64_t packets;
    uint64_t bytes[WEIR_TRAFFIC_PARTS];
    uint64_t low_bytes, peak_bytes; /* of all parts, in the calmest and the busiest bin within */
} weir_traffic_step_t;

#define WEIR_TRAFFIC_STEPS_MOST 1024

/** Steps without gaps from the one with the first frame to the one with the last. */
typedef struct weir_traffic {
    const weir_traffic_step_t *steps;
    size_t count;             /* at most WEIR_TRAFFIC_STEPS_MOST + 1; 0: not asked for, no times */
    int64_t begin_ns;         /* of the first, since 1970; a multiple of step_ns */
    uint64_t step_ns, bin_ns; /* a bin is as long as a step, or 1 s where steps are longer */
} weir_traffic_t;

typedef struct weir_report {
    const weir_report_file_t *files;
    size_t file_count;
    uint64_t packets, bytes;       /* all frames, original length */
    bool timed;                    /* first_seen and last_seen are known */
    int64_t first_seen, last_seen; /* [ns] since 1970 */
    uint64_t duration_ns;
    uint64_t flows, inner_flows;             /* outermost, inside tunnels */
    uint64_t omitted_packets, omitted_bytes; /* of flows beyond the limit */
    const weir_protocol_t *protocols;
    size_t protocol_count;
    const weir_host_t *hosts;                 /* by bytes, most first */
    size_t host_count;                        /* those that are wanted */
    size_t host_total;                        /* those that are there */
    const weir_conversation_t *conversations; /* likewise */
    size_t conversation_count, conversation_total;
    weir_quality_t quality;
    weir_throughput_t throughput;
    weir_traffic_t traffic;
    const weir_report_skipped_t *skipped; /* by packets, most first */
    size_t skipped_count;
    const weir_finding_t *findings; /* worst first */
    size_t finding_count;
    const char *finding_note; /* what was left out of them, or NULL */
    bool partial;             /* reading was ended early */
} weir_report_t;

#endif
