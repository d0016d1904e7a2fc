#include "detect/flood.h"

#include "base/clock.h"
#include "detect/sketch.h"
#include "model/units.h"

#define SETS ((size_t)512)
#define STALE_NS (INT64_C(600) * (int64_t)WEIR_NS_PER_S)
#define BASE_PART 0.1 /* of a new second in the baseline */
#define ABOVE_BASE 4  /* times the baseline is unusual */
#define SECONDS_LEAST 1.0
#define REFLECTS_TIMES 10 /* what is asked is answered */
#define LATE_MOST_S 60    /* live flows are told when they end; beyond, times have jumped */

typedef struct kind {
    weir_rule_id_t rule;
    const char *what;             /* after the rate */
    weir_unit_t unit;             /* of what is summed up in a second */
    bool with_port, with_answers; /* says so; only hosts whose answers are seen are judged */
    double sources_least;
} kind_t;

enum { KIND_SYN, KIND_UDP, KIND_ICMP, KIND_AMPLIFIED, KIND_REFLECTED, KIND_COUNT };

static const kind_t KINDS[KIND_COUNT] = {
    [KIND_SYN] = {WEIR_RULE_SYN_FLOOD, "handshakes a second are begun and not finished",
                  WEIR_UNIT_COUNT, true, false, 0},
    [KIND_UDP] = {WEIR_RULE_UDP_FLOOD, "UDP packets a second that it does not answer",
                  WEIR_UNIT_COUNT, false, true, 0},
    [KIND_ICMP] = {WEIR_RULE_ICMP_FLOOD, "ICMP echo requests a second", WEIR_UNIT_COUNT, false,
                   false, 0},
    [KIND_AMPLIFIED] = {WEIR_RULE_AMPLIFICATION, "a second of UDP answers that it did not ask for",
                        WEIR_UNIT_BYTES, false, true, 10},
    [KIND_REFLECTED] = {WEIR_RULE_AMPLIFICATION, "a second of answers to one asker",
                        WEIR_UNIT_BYTES, true, false, 0},
};

typedef struct victim {
    weir_shelf_entry_t entry;
    uint64_t dst[2], src[2]; /* src: of the first flow */
    uint64_t dst_hash;
    int64_t second, first_ns, peak_ns;
    double now, base, peak;
    uint64_t bad, good, packets;
    uint16_t port, src_port;
    uint8_t kind;
    bool ipv6, raised;
    weir_sketch_t sources;
} victim_t;

static uint64_t victim_key(const weir_flood_t *flood, int kind, uint64_t dst, uint16_t port)
{
    return weir_facts_hash(flood->facts, dst,
                           UINT64_C(1) << 40 | (uint64_t)kind << 32 | (uint64_t)port << 8);
}

static double victim_limit(const weir_flood_t *flood, const victim_t *victim)
{
    bool reflected = victim->kind == KIND_REFLECTED;
    return flood->facts->limits
        .of[KINDS[victim->kind].rule][reflected ? WEIR_AMPLIFICATION_REFLECTED : 0];
}

/* The second is over: it counts as unusual, or goes into the baseline. */
static void second_end(const weir_flood_t *flood, victim_t *victim)
{
    bool high =
        victim->now >= victim_limit(flood, victim) && victim->now >= ABOVE_BASE * victim->base;
    if (victim->now > victim->peak) {
        victim->peak = victim->now;
        victim->peak_ns = victim->second * (int64_t)WEIR_NS_PER_S;
    }
    if (high)
        victim->raised = true;
    else
        victim->base += BASE_PART * (victim->now - victim->base);
    victim->now = 0;
}

static void victim_add(weir_flood_t *flood, victim_t *victim, const weir_flow_brief_t *flow,
                       double amount)
{
    int64_t second = flow->first_ns / (int64_t)WEIR_NS_PER_S;
    double lasts_s = (double)(flow->last_ns - flow->first_ns) / (double)WEIR_NS_PER_S;
    if (victim->bad == 0) {
        victim->first_ns = flow->first_ns;
        victim->second = second;
        victim->src_port = flow->src_port;
        memcpy(victim->src, flow->src, sizeof(victim->src));
    }
    if (second > victim->second || second < victim->second - LATE_MOST_S) {
        second_end(flood, victim);
        victim->second = second;
    }
    victim->now += amount / (lasts_s > SECONDS_LEAST ? lasts_s : SECONDS_LEAST);
    victim->bad++;
    victim->packets += flow->src_packets;
    if (flow->last_ns > victim->entry.last_ns)
        victim->entry.last_ns = flow->last_ns;
    if (victim->entry.weight < UINT32_MAX)
        victim->entry.weight++;
}

static void victim_see(weir_flood_t *flood, int kind, const weir_flow_brief_t *flow,
                       const uint64_t ends[static 2], double amount)
{
    uint16_t port = KINDS[kind].with_port ? flow->dst_port : 0;
    uint64_t whom =
        kind == KIND_REFLECTED ? ends[0] ^ ends[1] * 3 : ends[1]; /* or the asker, too */
    victim_t *victim =
        weir_shelf_obtain(&flood->victims, victim_key(flood, kind, whom, port), flow->first_ns);
    victim->kind = (uint8_t)kind;
    victim->port = port;
    victim->dst_hash = ends[1];
    victim->ipv6 = flow->traits & WEIR_BRIEF_IPV6;
    memcpy(victim->dst, flow->dst, sizeof(victim->dst));
    (void)weir_sketch_add(&victim->sources, ends[0]);
    victim_add(flood, victim, flow, amount);
}

/* UDP services that answer with much more than they are asked (CISA, TA14-017A). */
static bool port_amplifies(uint16_t port)
{
    static const uint16_t ports[] = {17,   19,   53,    69,    111,   123,   137,  161,  389,
                                     427,  520,  1900,  3283,  3389,  3478,  3702, 5093, 5351,
                                     5353, 5683, 10001, 11211, 27015, 27960, 37810};
    for (size_t i = 0; i < WEIR_COUNT(ports); i++)
        if (ports[i] == port)
            return true;
    return false;
}

static void other_see(weir_flood_t *flood, const weir_flow_brief_t *flow,
                      const uint64_t ends[static 2])
{
    if (!flood->victims.used || flow->protocol != WEIR_IP_TCP ||
        (flow->traits & WEIR_BRIEF_CONTINUES))
        return;
    for (int end = 0; end < 2; end++) { /* who opened may be unknown */
        uint16_t port = end ? flow->dst_port : flow->src_port;
        victim_t *victim =
            weir_shelf_find(&flood->victims, victim_key(flood, KIND_SYN, ends[end], port));
        if (victim)
            victim->good++;
    }
}

static void udp_see(weir_flood_t *flood, const weir_flow_brief_t *flow,
                    const uint64_t ends[static 2])
{
    if (flow->dst_ip_bytes >= REFLECTS_TIMES * flow->src_ip_bytes && flow->src_packets > 0 &&
        port_amplifies(flow->dst_port))
        victim_see(flood, KIND_REFLECTED, flow, ends, (double)flow->dst_ip_bytes);
    if (flow->dst_packets > 0 || flow->state == WEIR_FLOW_TWO_WAY ||
        weir_words_are_group(flow->dst, flow->traits & WEIR_BRIEF_IPV6))
        return;
    if (port_amplifies(flow->src_port) && flow->dst_port != flow->src_port)
        victim_see(flood, KIND_AMPLIFIED, flow, ends, (double)flow->src_ip_bytes);
    else
        victim_see(flood, KIND_UDP, flow, ends, (double)flow->src_packets);
}

void weir_flood_flow(weir_flood_t *flood, const weir_flow_brief_t *flow, weir_probe_t probe,
                     const uint64_t ends[static 2])
{
    bool request = (flow->traits & WEIR_BRIEF_ICMP) &&
                   flow->icmp >> 8 == (flow->protocol == WEIR_IP_ICMP ? 8 : 128);
    if (probe <= WEIR_PROBE_HALF_OPEN)
        victim_see(flood, KIND_SYN, flow, ends, (double)flow->src_packets);
    else if (flow->protocol == WEIR_IP_UDP)
        udp_see(flood, flow, ends);
    else if (request)
        victim_see(flood, KIND_ICMP, flow, ends, (double)flow->src_packets);
    else
        other_see(flood, flow, ends);
}

static void from_put(weir_buf_t *buf, const victim_t *victim)
{
    double sources = weir_sketch_count(&victim->sources);
    if (sources < 1.5) {
        weir_buf_puts(buf, ", from ");
        weir_words_put(buf, victim->src, victim->ipv6);
        return;
    }
    weir_buf_puts(buf, ", from ");
    weir_about_put(buf, sources);
    weir_buf_puts(buf, " addresses");
}

static void evidence_put(weir_buf_t *buf, const victim_t *victim)
{
    weir_count_put(buf, victim->bad);
    weir_buf_puts(buf, " flows, ");
    weir_count_put(buf, victim->packets);
    weir_buf_puts(buf, " packets in ");
    weir_span_put(buf, victim->entry.last_ns - victim->first_ns);
    weir_buf_puts(buf, "; the first from ");
    weir_words_put(buf, victim->src, victim->ipv6);
    weir_buf_printf(buf, " port %u", victim->src_port);
    if (victim->good) {
        weir_buf_puts(buf, "; meanwhile ");
        weir_count_put(buf, victim->good);
        weir_buf_puts(buf, " other connections");
    }
}

static void reflected_put(weir_buf_t *buf, const victim_t *victim)
{
    weir_buf_puts(buf, " is made to flood ");
    weir_words_put(buf, victim->src, victim->ipv6);
    weir_buf_puts(buf, " (amplification): ");
}

static void victim_report(const weir_flood_t *flood, const victim_t *victim)
{
    const kind_t *kind = &KINDS[victim->kind];
    bool blind = kind->with_answers && !weir_facts_said(flood->facts, victim->dst_hash);
    bool busy = victim->good > victim->bad / 2;
    if (blind || busy || weir_sketch_count(&victim->sources) < kind->sources_least)
        return;
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_words_put(&telling.object, victim->dst, victim->ipv6);
    weir_words_put(&telling.text, victim->dst, victim->ipv6);
    if (kind->with_port)
        weir_buf_printf(&telling.text, " port %u", victim->port);
    if (victim->kind == KIND_REFLECTED)
        reflected_put(&telling.text, victim);
    else
        weir_buf_printf(&telling.text, " is flooded (%s): ", weir_rule(kind->rule)->id);
    if (kind->unit == WEIR_UNIT_COUNT)
        weir_count_put(&telling.text, (uint64_t)victim->peak);
    else
        weir_quantity_put(&telling.text, &WEIR_UNITS_DEFAULT, kind->unit, victim->peak);
    weir_buf_printf(&telling.text, " %s", kind->what);
    if (victim->kind != KIND_REFLECTED)
        from_put(&telling.text, victim);
    evidence_put(&telling.evidence, victim);
    weir_raise_t raise = {.rule = kind->rule,
                          .detail = victim->entry.key,
                          .since = victim->first_ns,
                          .last_seen = victim->entry.last_ns,
                          .count = victim->packets,
                          .observed = victim->peak,
                          .expected = victim_limit(flood, victim)};
    weir_telling_raise(&telling, flood->facts->book, &raise);
}

static void victim_leaves(void *context, const void *entry)
{
    const victim_t *victim = entry;
    if (victim->raised)
        victim_report(context, victim);
}

void weir_flood_report(weir_flood_t *flood)
{
    victim_t *victim = NULL;
    for (size_t at = 0; (victim = weir_shelf_next(&flood->victims, &at));) {
        if (!victim->raised && victim->now >= victim_limit(flood, victim))
            second_end(flood, victim); /* the last one of a capture */
        if (victim->raised)
            victim_report(flood, victim);
    }
}

int weir_flood_init(weir_flood_t *flood, weir_facts_t *facts)
{
    *flood = (weir_flood_t){.facts = facts};
    int r = weir_shelf_init(&flood->victims, SETS, sizeof(victim_t), STALE_NS);
    flood->victims.leave = victim_leaves;
    flood->victims.context = flood;
    return r;
}

void weir_flood_done(weir_flood_t *flood)
{
    weir_shelf_done(&flood->victims);
}
