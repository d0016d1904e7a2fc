#include "packet/capture_private.h"

#include "base/top.h"

#include <errno.h>

static void flow_count(const weir_flow_record_t *record, const weir_tcp_record_t *tcp,
                       weir_quality_t *quality)
{
    quality->tcp_flows++;
    quality->tcp_packets += record->side[0].packets + record->side[1].packets;
    for (int i = 0; i < 2; i++) {
        quality->retransmits += tcp->side[i].retransmits;
        quality->out_of_order += tcp->side[i].out_of_order;
        quality->duplicate_acks += tcp->side[i].duplicate_acks;
        quality->zero_windows += tcp->side[i].zero_windows;
    }
    weir_flow_state_t state = weir_record_state(record);
    quality->resets += state == WEIR_FLOW_RESET;
    quality->failed += state == WEIR_FLOW_UNANSWERED || state == WEIR_FLOW_REFUSED;
}

static void times_summarise(const uint64_t *times_ns, weir_quality_t *quality)
{
    size_t n = quality->rtt_count;
    if (n == 0)
        return;
    quality->rtt_median_ns = weir_top_nth(times_ns, n, (n - 1) / 2);
    quality->rtt_p95_ns = weir_top_nth(times_ns, n, (n - 1) * 95 / 100);
    quality->rtt_min_ns = quality->rtt_max_ns = times_ns[0];
    for (size_t i = 1; i < n; i++) {
        quality->rtt_min_ns = times_ns[i] < quality->rtt_min_ns ? times_ns[i] : quality->rtt_min_ns;
        quality->rtt_max_ns = times_ns[i] > quality->rtt_max_ns ? times_ns[i] : quality->rtt_max_ns;
    }
}

/* Sums over the flows; the handshakes' times go to `times_ns`. */
static weir_quality_t flows_judge(const weir_capture_t *capture, uint64_t *times_ns)
{
    weir_quality_t quality = {0};
    for (unsigned i = 0; i < capture->run.workers; i++) {
        const weir_flow_record_t *record = NULL;
        for (size_t unit = 0; (record = weir_flow_table_next(&capture->run.tables[i], &unit));) {
            const weir_tcp_record_t *tcp = weir_flow_record_tcp(record);
            if (!tcp || weir_record_depth(record) > 0)
                continue;
            flow_count(record, tcp, &quality);
            if (record->notes & WEIR_NOTE_RTT)
                times_ns[quality.rtt_count++] = tcp->handshake_ns;
        }
    }
    times_summarise(times_ns, &quality);
    if (quality.tcp_packets)
        quality.loss = (double)quality.retransmits / (double)quality.tcp_packets;
    return quality;
}

int weir_capture_quality(const weir_capture_t *capture, weir_quality_t *ret_quality)
{
    uint64_t *times_ns = malloc((capture->row_count + 1) * sizeof(*times_ns));
    if (!times_ns)
        return -ENOMEM;
    *ret_quality = flows_judge(capture, times_ns);
    free(times_ns);
    return 0;
}
