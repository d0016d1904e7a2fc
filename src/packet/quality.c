#include "packet/capture_private.h"

#include "base/top.h"

#include <errno.h>

/** Sums over the flows, and the times of those that have some. */
struct weir_judge {
    weir_quality_t quality;
    weir_rtp_sum_t rtp;
    uint64_t *handshakes, *stamps; /* [tick] rtt_count and stamp_rtt_count of them */
};
typedef struct weir_judge judge_t;

static void tcp_judge(judge_t *judge, const weir_flow_record_t *record,
                      const weir_tcp_record_t *tcp)
{
    weir_quality_t *quality = &judge->quality;
    quality->tcp_flows++;
    quality->tcp_packets += weir_record_packets(record, 0) + weir_record_packets(record, 1);
    quality->duplicate_acks += tcp->duplicate_acks;
    quality->zero_windows += record->zero_windows;
    for (int i = 0; i < 2; i++) {
        quality->retransmits += tcp->side[i].retransmits;
        quality->out_of_order += tcp->side[i].out_of_order;
    }
    weir_flow_state_t state = weir_record_state(record);
    quality->resets += state == WEIR_FLOW_RESET;
    quality->failed += state == WEIR_FLOW_UNANSWERED || state == WEIR_FLOW_REFUSED;
    if (record->notes & WEIR_NOTE_RTT)
        judge->handshakes[quality->rtt_count++] = tcp->handshake;
    if (tcp->side[0].rtt_least || tcp->side[1].rtt_least)
        judge->stamps[quality->stamp_rtt_count++] =
            (uint64_t)tcp->side[0].rtt_smoothed + tcp->side[1].rtt_smoothed;
}

static void udp_judge(judge_t *judge, const weir_rtp_t *rtp, const weir_udp_record_t *udp)
{
    uint64_t streams = judge->rtp.streams;
    weir_rtp_sum(rtp, &udp->side[0], &judge->rtp);
    weir_rtp_sum(rtp, &udp->side[1], &judge->rtp);
    judge->quality.rtp_flows += judge->rtp.streams > streams;
}

void weir_judge_add(judge_t *judge, const weir_flow_table_t *table,
                    const weir_flow_record_t *record)
{
    const weir_tcp_record_t *tcp = weir_flow_record_tcp(record);
    const weir_udp_record_t *udp = weir_flow_record_udp(record);
    if (tcp)
        tcp_judge(judge, record, tcp);
    else if (udp)
        udp_judge(judge, &table->rtp, udp);
}

typedef struct times {
    uint64_t min_ns, median_ns, p95_ns, max_ns;
} times_t;

static times_t times_summarise(const uint64_t *ticks, size_t n)
{
    if (n == 0)
        return (times_t){0};
    uint64_t least = ticks[0], most = ticks[0];
    for (size_t i = 1; i < n; i++) {
        least = ticks[i] < least ? ticks[i] : least;
        most = ticks[i] > most ? ticks[i] : most;
    }
    return (times_t){
        .min_ns = least << WEIR_TICK_SHIFT,
        .median_ns = weir_top_nth(ticks, n, (n - 1) / 2) << WEIR_TICK_SHIFT,
        .p95_ns = weir_top_nth(ticks, n, (n - 1) * 95 / 100) << WEIR_TICK_SHIFT,
        .max_ns = most << WEIR_TICK_SHIFT,
    };
}

void weir_judge_end(const judge_t *judge, weir_quality_t *ret_quality)
{
    weir_quality_t quality = judge->quality;
    times_t handshakes = times_summarise(judge->handshakes, quality.rtt_count);
    times_t stamps = times_summarise(judge->stamps, quality.stamp_rtt_count);
    quality.rtt_min_ns = handshakes.min_ns;
    quality.rtt_median_ns = handshakes.median_ns;
    quality.rtt_p95_ns = handshakes.p95_ns;
    quality.rtt_max_ns = handshakes.max_ns;
    quality.stamp_rtt_min_ns = stamps.min_ns;
    quality.stamp_rtt_median_ns = stamps.median_ns;
    quality.stamp_rtt_p95_ns = stamps.p95_ns;
    quality.stamp_rtt_max_ns = stamps.max_ns;
    quality.loss =
        quality.tcp_packets ? (double)quality.retransmits / (double)quality.tcp_packets : 0;
    quality.rtp_streams = judge->rtp.streams;
    quality.rtp_packets = judge->rtp.packets;
    quality.rtp_lost = judge->rtp.lost;
    quality.jitter_known = judge->rtp.jitter_count > 0;
    if (quality.jitter_known)
        quality.jitter_mean_ms = judge->rtp.jitter_sum_ms / (double)judge->rtp.jitter_count;
    quality.jitter_max_ms = judge->rtp.jitter_most_ms;
    *ret_quality = quality;
}

judge_t *weir_judge_new(size_t flows)
{
    judge_t *judge = calloc(1, sizeof(*judge));
    if (!judge)
        return NULL;
    judge->handshakes = malloc((flows + 1) * 2 * sizeof(*judge->handshakes));
    if (!judge->handshakes) {
        free(judge);
        return NULL;
    }
    judge->stamps = judge->handshakes + flows;
    return judge;
}

void weir_judge_free(judge_t *judge)
{
    if (judge)
        free(judge->handshakes);
    free(judge);
}

int weir_capture_quality(weir_capture_t *capture, weir_quality_t *ret_quality)
{
    int r = weir_capture_sum(capture, 0, WEIR_CAPTURE_QUALITY);
    if (r == 0)
        *ret_quality = capture->quality;
    return r;
}
