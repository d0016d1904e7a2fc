#include "detect/rise.h"

#include "base/clock.h"
#include "base/number.h"
#include "model/units.h"

#include <errno.h>
#include <string.h>

#define USUAL_SETS ((size_t)2048) /* 128 KiB */
#define HOST_SETS ((size_t)64)
#define STALE_NS (INT64_C(3600) * (int64_t)WEIR_NS_PER_S)
#define USUAL_PART 16u  /* a new handshake counts a sixteenth */
#define SLOW_PART 128u  /* ... one that is much too slow less */
#define USUAL_LEAST 16u /* handshakes before a usual time is known; of few it would be chance */
#define MS_LEAST 0.01   /* [ms] */
#define MINUTE_S 60.0   /* that handshakes are judged over */

typedef struct host {
    weir_shelf_entry_t entry;
    weir_rise_t rise;
    uint64_t address[2];
} host_t;

/* One handshake. */
typedef struct shake {
    const weir_flow_brief_t *flow;
    double ms, usual_ms;
    bool known, slow; /* the usual time is known; this one is far above it */
} shake_t;

static weir_usual_t *usual_set(const weir_rises_t *rises, uint64_t hash)
{
    return &rises->usual[(hash & (USUAL_SETS - 1)) * WEIR_SHELF_WAYS];
}

void weir_rises_expect(const weir_rises_t *rises, const weir_flow_brief_t *flow,
                       const uint64_t ends[static 2])
{
    if (flow->rtt_us)
        __builtin_prefetch(usual_set(rises, ends[1]), 1);
}

static weir_usual_t *usual_place(const weir_rises_t *rises, uint64_t hash)
{
    weir_usual_t *set = usual_set(rises, hash);
    uint32_t tag = (uint32_t)(hash >> 32) | 1;
    weir_usual_t *oldest = &set[0];
    for (int i = 0; i < WEIR_SHELF_WAYS; i++) {
        if (set[i].tag == tag)
            return &set[i];
        oldest = (int32_t)(set[i].last_s - oldest->last_s) < 0 ? &set[i] : oldest;
    }
    *oldest = (weir_usual_t){.tag = tag};
    return oldest;
}

/* Beside what is usual, which it becomes a part of. */
static shake_t shake_judge(const weir_rises_t *rises, const weir_flow_brief_t *flow, uint64_t hash)
{
    const double *limits = rises->facts->limits.of[WEIR_RULE_RTT_RISE];
    weir_usual_t *usual = usual_place(rises, hash);
    shake_t shake = {
        .flow = flow, .ms = (double)flow->rtt_us / 1000, .usual_ms = (double)usual->ms};
    shake.known = usual->count >= USUAL_LEAST;
    shake.slow = shake.known && shake.ms >= limits[WEIR_RTT_RISE_TIMES] * shake.usual_ms &&
                 shake.ms >= shake.usual_ms + limits[WEIR_RTT_RISE_MS];
    usual->count += usual->count < USUAL_PART;
    usual->ms += (float)((shake.ms - shake.usual_ms) / (shake.slow ? SLOW_PART : usual->count));
    usual->last_s = (uint32_t)(flow->first_ns / (int64_t)WEIR_NS_PER_S);
    return shake;
}

/* ---- Minutes --------------------------------------------------------------------------------- */

static bool minute_is_bad(const weir_rises_t *rises, const weir_rise_t *rise)
{
    const double *limits = rises->facts->limits.of[WEIR_RULE_RTT_RISE];
    return rise->measured >= limits[WEIR_RTT_RISE_CONNECTIONS] && rise->slow * 2 > rise->measured;
}

static void minute_count(weir_rise_t *rise, int64_t begin_ns, uint32_t slow)
{
    rise->since = rise->since ? rise->since : begin_ns;
    rise->count += slow;
}

/* One host has more than three quarters of the slow ones: it is about that host. */
static bool minute_has_lead(const weir_rise_t *rise)
{
    return rise->lead_votes * 2 > rise->slow;
}

static void minute_begin(weir_rise_t *rise, int64_t begin_ns)
{
    rise->begin_ns = begin_ns;
    rise->measured = rise->slow = rise->lead_votes = 0;
}

/* Of one host. */
static void host_close(const weir_rises_t *rises, weir_rise_t *rise)
{
    if (minute_is_bad(rises, rise))
        minute_count(rise, rise->begin_ns, rise->slow);
}

/* Of all: what one host alone has too few handshakes for counts as its own all the same. */
static void all_close(const weir_rises_t *rises, weir_rise_t *all)
{
    if (!minute_is_bad(rises, all))
        return;
    if (!minute_has_lead(all)) {
        minute_count(all, all->begin_ns, all->slow);
        return;
    }
    host_t *host = weir_shelf_find(&rises->hosts, all->lead);
    if (host && !minute_is_bad(rises, &host->rise))
        minute_count(&host->rise, all->begin_ns, all->slow);
}

static void slow_note(weir_rise_t *rise, const shake_t *shake, uint64_t host)
{
    double times = shake->ms / (shake->usual_ms > MS_LEAST ? shake->usual_ms : MS_LEAST);
    if (rise->worst <= 0) {
        memcpy(rise->src, shake->flow->src, sizeof(rise->src));
        rise->ipv6 = shake->flow->traits & WEIR_BRIEF_IPV6;
    }
    rise->many_sources |= memcmp(rise->src, shake->flow->src, sizeof(rise->src)) != 0;
    rise->ms = shake->ms;
    rise->usual_ms = shake->usual_ms;
    rise->worst = times > rise->worst ? times : rise->worst;
    rise->last_ns = shake->flow->first_ns;
    if (rise->lead_votes == 0)
        rise->lead = host;
    rise->lead_votes += rise->lead == host ? 1 : -1u;
}

static void rise_add(weir_rise_t *rise, const shake_t *shake, uint64_t host)
{
    rise->measured += shake->known;
    rise->slow += shake->slow;
    if (shake->slow)
        slow_note(rise, shake, host);
}

/* Most hosts are never slow, and have no entry. */
static void host_follow(weir_rises_t *rises, const shake_t *shake, uint64_t hash)
{
    if (!shake->slow && !rises->hosts.used)
        return;
    const weir_flow_brief_t *flow = shake->flow;
    host_t *host = shake->slow ? weir_shelf_obtain(&rises->hosts, hash, flow->first_ns)
                               : weir_shelf_find(&rises->hosts, hash);
    if (!host)
        return;
    if (weir_window_passed(host->rise.begin_ns, flow->first_ns, MINUTE_S)) {
        host_close(rises, &host->rise);
        minute_begin(&host->rise, flow->first_ns);
    }
    memcpy(host->address, flow->dst, sizeof(host->address));
    host->entry.last_ns = flow->first_ns;
    host->entry.weight += shake->slow;
    rise_add(&host->rise, shake, hash);
}

void weir_rises_flow(weir_rises_t *rises, const weir_flow_brief_t *flow,
                     const uint64_t ends[static 2])
{
    shake_t shake = shake_judge(rises, flow, ends[1]);
    if (weir_window_passed(rises->all.begin_ns, flow->first_ns, MINUTE_S)) {
        all_close(rises, &rises->all);
        minute_begin(&rises->all, flow->first_ns);
    }
    host_follow(rises, &shake, ends[1]);
    rise_add(&rises->all, &shake, ends[1]);
}

/* ---- Telling --------------------------------------------------------------------------------- */

/* host: with whom, NULL: with all. */
static void rise_tell(const weir_rises_t *rises, const weir_rise_t *rise, const host_t *host)
{
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_buf_puts(&telling.text, "new connections");
    if (!rise->many_sources) {
        weir_buf_puts(&telling.text, " of ");
        weir_words_put(&telling.text, rise->src, rise->ipv6);
    }
    if (host) {
        weir_words_put(&telling.object, host->address, rise->ipv6);
        weir_buf_puts(&telling.text, " with ");
        weir_words_put(&telling.text, host->address, rise->ipv6);
    } else if (rise->many_sources) {
        weir_buf_puts(&telling.object, "all hosts");
    } else {
        weir_words_put(&telling.object, rise->src, rise->ipv6);
    }
    weir_buf_puts(&telling.text, " take much longer than usual: ");
    weir_count_put(&telling.text, rise->count);
    weir_buf_puts(&telling.text, " handshakes, up to ");
    weir_number_put_real(&telling.text, rise->worst, 0);
    weir_buf_puts(&telling.text, " times");
    weir_buf_puts(&telling.evidence, "one took ");
    weir_number_put_real(&telling.evidence, rise->ms, 1);
    weir_buf_puts(&telling.evidence, " ms, usually ");
    weir_number_put_real(&telling.evidence, rise->usual_ms, 1);
    weir_buf_puts(&telling.evidence, " ms");
    weir_raise_t raise = {.rule = WEIR_RULE_RTT_RISE,
                          .since = rise->since,
                          .last_seen = rise->last_ns,
                          .count = rise->count,
                          .observed = rise->ms,
                          .expected = rise->usual_ms};
    weir_telling_raise(&telling, rises->facts->book, &raise);
}

/* What is still open counts as if it ended now, and goes on. */
void weir_rises_report(const weir_rises_t *rises)
{
    weir_rise_t all = rises->all;
    bool alone = minute_is_bad(rises, &all) && minute_has_lead(&all);
    if (!alone)
        all_close(rises, &all);
    if (all.since)
        rise_tell(rises, &all, NULL);
    const host_t *host = NULL;
    for (size_t at = 0; (host = weir_shelf_next(&rises->hosts, &at));) {
        weir_rise_t rise = host->rise;
        host_close(rises, &rise);
        if (rise.since)
            rise_tell(rises, &rise, host);
    }
}

int weir_rises_init(weir_rises_t *rises, weir_facts_t *facts)
{
    *rises = (weir_rises_t){.facts = facts};
    rises->usual = calloc(USUAL_SETS * WEIR_SHELF_WAYS, sizeof(*rises->usual));
    if (!rises->usual)
        return -ENOMEM;
    return weir_shelf_init(&rises->hosts, HOST_SETS, sizeof(host_t), STALE_NS);
}

void weir_rises_done(weir_rises_t *rises)
{
    free(rises->usual);
    weir_shelf_done(&rises->hosts);
}
