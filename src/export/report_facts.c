#include "export/report_facts.h"

#include "base/clock.h"
#include "export/report_words.h"

#include <assert.h>

typedef struct list {
    weir_fact_t *facts;
    size_t count;
} list_t;

static void put(list_t *list, weir_fact_t fact, bool known)
{
    assert(list->count < WEIR_FACTS_MOST);
    fact.type = known ? fact.type : WEIR_FACT_UNKNOWN;
    list->facts[list->count++] = fact;
}

static void count_put(list_t *list, const char *key, uint64_t value)
{
    put(list, (weir_fact_t){.key = key, .type = WEIR_FACT_COUNT, .count = value}, true);
}

static void real_put(list_t *list, const char *key, bool known, double value)
{
    put(list, (weir_fact_t){.key = key, .type = WEIR_FACT_REAL, .real = value}, known);
}

static void ms_put(list_t *list, const char *key, bool known, uint64_t ns)
{
    real_put(list, key, known, (double)ns / 1e6);
}

static void rtt_put(list_t *list, const weir_quality_t *quality)
{
    bool rtt = quality->rtt_count > 0, stamps = quality->stamp_rtt_count > 0;
    count_put(list, "rtt_count", quality->rtt_count);
    ms_put(list, "rtt_min_ms", rtt, quality->rtt_min_ns);
    ms_put(list, "rtt_median_ms", rtt, quality->rtt_median_ns);
    ms_put(list, "rtt_p95_ms", rtt, quality->rtt_p95_ns);
    ms_put(list, "rtt_max_ms", rtt, quality->rtt_max_ns);
    count_put(list, "stamp_rtt_count", quality->stamp_rtt_count);
    ms_put(list, "stamp_rtt_min_ms", stamps, quality->stamp_rtt_min_ns);
    ms_put(list, "stamp_rtt_median_ms", stamps, quality->stamp_rtt_median_ns);
    ms_put(list, "stamp_rtt_p95_ms", stamps, quality->stamp_rtt_p95_ns);
    ms_put(list, "stamp_rtt_max_ms", stamps, quality->stamp_rtt_max_ns);
}

static void rtp_put(list_t *list, const weir_quality_t *quality)
{
    count_put(list, "rtp_flows", quality->rtp_flows);
    count_put(list, "rtp_streams", quality->rtp_streams);
    count_put(list, "rtp_packets", quality->rtp_packets);
    count_put(list, "rtp_lost", quality->rtp_lost);
    real_put(list, "jitter_mean_ms", quality->jitter_known, quality->jitter_mean_ms);
    real_put(list, "jitter_max_ms", quality->jitter_known, quality->jitter_max_ms);
}

size_t weir_report_quality_facts(const weir_quality_t *quality,
                                 weir_fact_t ret_facts[static WEIR_FACTS_MOST])
{
    list_t list = {.facts = ret_facts};
    count_put(&list, "tcp_flows", quality->tcp_flows);
    count_put(&list, "tcp_packets", quality->tcp_packets);
    rtt_put(&list, quality);
    count_put(&list, "retransmits", quality->retransmits);
    count_put(&list, "out_of_order", quality->out_of_order);
    count_put(&list, "duplicate_acks", quality->duplicate_acks);
    count_put(&list, "zero_windows", quality->zero_windows);
    count_put(&list, "resets", quality->resets);
    count_put(&list, "failed", quality->failed);
    real_put(&list, "loss", quality->tcp_packets > 0, quality->loss);
    rtp_put(&list, quality);
    return list.count;
}

size_t weir_report_throughput_facts(const weir_report_t *report,
                                    weir_fact_t ret_facts[static WEIR_FACTS_MOST])
{
    const weir_throughput_t *throughput = &report->throughput;
    list_t list = {.facts = ret_facts};
    bool seconds = weir_report_has_seconds(report);
    bool link = throughput->link_bps > 0, use = throughput->known && link;
    double link_bytes = link ? (double)throughput->link_bps / 8 : 1;
    real_put(&list, "mean_bytes_per_s", throughput->known, throughput->mean_bytes);
    real_put(&list, "mean_packets_per_s", throughput->known, throughput->mean_packets);
    real_put(&list, "median_bytes_per_s", seconds, throughput->median_bytes);
    real_put(&list, "p95_bytes_per_s", seconds, throughput->p95_bytes);
    real_put(&list, "peak_bytes_per_s", seconds, (double)throughput->peak_bytes);
    real_put(&list, "peak_packets_per_s", seconds, (double)throughput->peak_packets);
    weir_fact_t speed = {.key = "link_bps", .type = WEIR_FACT_COUNT, .count = throughput->link_bps};
    put(&list, speed, link);
    real_put(&list, "mean_link_use", use, throughput->mean_bytes / link_bytes);
    real_put(&list, "peak_link_use", use && seconds, (double)throughput->peak_bytes / link_bytes);
    weir_fact_t peak = {.key = "peak_at",
                        .type = WEIR_FACT_TIME,
                        .wall_ns = throughput->peak_second * (int64_t)WEIR_NS_PER_S};
    put(&list, peak, seconds);
    return list.count;
}
