/*
 * Quality of hosts: flows are looked at once more, for those hosts only that became rows. They are
 * found by a small table of hashes; with the few of a report it stays in the cache.
 */
#include "packet/capture_private.h"

/* Columns by their place in the catalogue. */
enum host_column {
    HOST_RETRANSMITS = 15,
    HOST_OUT_OF_ORDER = 16,
    HOST_RESETS = 17,
    HOST_FAILED = 18,
    HOST_RTT = 19,
    HOST_RTT_LEAST = 20,
    HOST_PEAK = 21,
    HOST_RTP_PACKETS = 22,
    HOST_RTP_LOST = 23,
    HOST_JITTER = 24,
};

/** What is summed up of one host beside its row. */
typedef struct sums {
    uint64_t tcp_flows, handshakes, handshake_ticks;
    uint32_t least_ticks; /* 0: unknown */
    bool local;
    weir_rtp_sum_t rtp;
} sums_t;

struct weir_host_judge {
    weir_host_t *hosts; /* borrowed */
    sums_t *sums;       /* of each; owned */
    size_t count;
    uint32_t *slots; /* position + 1; owned */
    size_t mask;
    uint64_t seed;
};

static uint64_t column_bit(unsigned column)
{
    return UINT64_C(1) << column;
}

static size_t slot_of(const weir_host_judge_t *judge, const uint64_t words[static 2])
{
    return (size_t)weir_host_hash(words, judge->seed) & judge->mask;
}

static void words_of(const weir_address_t *address, uint64_t words[static 2])
{
    memcpy(words, address->bytes, 2 * sizeof(*words));
}

weir_host_judge_t *weir_host_judge_new(weir_host_t *hosts, size_t count, uint64_t seed)
{
    size_t slots = 16;
    while (slots < count * 2)
        slots *= 2;
    weir_host_judge_t *judge = calloc(1, sizeof(*judge));
    if (!judge)
        return NULL;
    *judge = (weir_host_judge_t){
        .hosts = hosts,
        .sums = calloc(count + 1, sizeof(*judge->sums)),
        .count = count,
        .slots = calloc(slots, sizeof(*judge->slots)),
        .mask = slots - 1,
        .seed = seed,
    };
    if (!judge->sums || !judge->slots) {
        weir_host_judge_free(judge);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t words[2];
        words_of(&hosts[i].address, words);
        size_t at = slot_of(judge, words);
        while (judge->slots[at])
            at = (at + 1) & judge->mask;
        judge->slots[at] = (uint32_t)i + 1;
    }
    return judge;
}

void weir_host_judge_free(weir_host_judge_t *judge)
{
    if (!judge)
        return;
    free(judge->sums);
    free(judge->slots);
    free(judge);
}

/* The position of an end's host, or `count` if it is no row. */
static size_t host_find(const weir_host_judge_t *judge, const weir_flow_key_t *key, bool high)
{
    const uint64_t *words = high ? key->high : key->low;
    uint8_t family = weir_key_ipv6(key) ? WEIR_FAMILY_IPV6 : WEIR_FAMILY_IPV4;
    for (size_t at = slot_of(judge, words); judge->slots[at]; at = (at + 1) & judge->mask) {
        const weir_address_t *address = &judge->hosts[judge->slots[at] - 1].address;
        uint64_t own[2];
        words_of(address, own);
        if (own[0] == words[0] && own[1] == words[1] && address->family == family)
            return judge->slots[at] - 1;
    }
    return judge->count;
}

static void tcp_add(weir_host_t *host, sums_t *sums, const weir_flow_record_t *record, bool high)
{
    const weir_tcp_record_t *tcp = weir_flow_record_tcp(record);
    bool opened = ((record->notes & WEIR_NOTE_HIGH_OPENED) != 0) == high;
    uint32_t least = tcp->side[!high].rtt_least; /* the other's segments go to it and back */
    weir_flow_state_t state = weir_record_state(record);
    sums->tcp_flows++;
    host->retransmits += tcp->side[high].retransmits;
    host->out_of_order += tcp->side[high].out_of_order;
    host->resets += state == WEIR_FLOW_RESET;
    host->failed += opened && (state == WEIR_FLOW_UNANSWERED || state == WEIR_FLOW_REFUSED);
    if (record->notes & WEIR_NOTE_RTT) {
        sums->handshakes++;
        sums->handshake_ticks += tcp->handshake;
    }
    if (least && (!sums->least_ticks || least < sums->least_ticks))
        sums->least_ticks = least;
}

static void end_add(weir_host_judge_t *judge, const weir_flow_table_t *table,
                    const weir_flow_record_t *record, bool high)
{
    size_t at = host_find(judge, &record->key, high);
    if (at == judge->count)
        return;
    weir_host_t *host = &judge->hosts[at];
    sums_t *sums = &judge->sums[at];
    const weir_udp_record_t *udp = weir_flow_record_udp(record);
    double peak = weir_record_peak(record);
    host->peak_byte_rate = peak > host->peak_byte_rate ? peak : host->peak_byte_rate;
    sums->local |= (record->notes & (unsigned)WEIR_NOTE_LOCAL << high) != 0;
    if (weir_flow_record_tcp(record))
        tcp_add(host, sums, record, high);
    else if (udp)
        weir_rtp_sum(&table->rtp, &udp->side[high], &sums->rtp);
}

void weir_host_judge_add(weir_host_judge_t *judge, const weir_flow_table_t *table,
                         const weir_flow_record_t *record)
{
    end_add(judge, table, record, false);
    end_add(judge, table, record, true);
}

static void host_finish(weir_host_t *host, const sums_t *sums)
{
    host->present |= column_bit(HOST_PEAK);
    if (sums->tcp_flows)
        host->present |= column_bit(HOST_RETRANSMITS) | column_bit(HOST_OUT_OF_ORDER) |
                         column_bit(HOST_RESETS) | column_bit(HOST_FAILED);
    if (sums->handshakes) {
        host->present |= column_bit(HOST_RTT);
        host->rtt_ms =
            (double)(sums->handshake_ticks << WEIR_TICK_SHIFT) / 1e6 / (double)sums->handshakes;
    }
    if (sums->least_ticks) {
        host->present |= column_bit(HOST_RTT_LEAST);
        host->rtt_min_ms = weir_ticks_ms(sums->least_ticks);
    }
    if (sums->rtp.streams) {
        host->present |= column_bit(HOST_RTP_PACKETS) | column_bit(HOST_RTP_LOST);
        host->rtp_packets = sums->rtp.packets;
        host->rtp_lost = sums->rtp.lost;
    }
    if (sums->rtp.jitter_count) {
        host->present |= column_bit(HOST_JITTER);
        host->jitter_ms = sums->rtp.jitter_sum_ms / (double)sums->rtp.jitter_count;
    }
}

bool weir_host_judge_end(weir_host_judge_t *judge, bool locals)
{
    bool told = false;
    for (size_t i = 0; i < judge->count; i++) {
        host_finish(&judge->hosts[i], &judge->sums[i]);
        judge->hosts[i].local |= locals && judge->sums[i].local;
        told |= locals && judge->sums[i].local;
    }
    return told;
}
