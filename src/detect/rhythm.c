#include "detect/rhythm.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "model/units.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#define BEAT_SETS ((size_t)32768) /* 2 MiB, one huge page */
#define BEAT_NS INT64_C(10000000)
#define BEAT_LEAST 200u    /* [10 ms] what is faster is no beacon but a poll */
#define STALE_BEATS 360000 /* [10 ms] times that run back by more have jumped */
#define HITS 4u            /* before an entry is made */
#define TOLERANCE 8u       /* an eighth of the interval */
#define SKIPPED_MOST 3u    /* beats that may be left out in a row */
#define BEACON_SETS ((size_t)1024)
#define LOGIN_SETS ((size_t)512)
#define STALE_NS (INT64_C(7200) * (int64_t)WEIR_NS_PER_S)
#define POLLED_MOST 5       /* beacons of one host: more is a monitor; to one: a service */
#define SESSION_BYTES 8000u /* [byte] of a side: what a refused login takes at most */
#define SESSION_NS (INT64_C(30) * (int64_t)WEIR_NS_PER_S)

typedef struct beacon {
    weir_shelf_entry_t entry;
    uint64_t src[2], dst[2], ends[2];
    int64_t first_ns;
    double mean_s, deviation_s; /* running, of the intervals */
    uint32_t count, skipped, off;
    uint16_t port;
    uint8_t protocol;
    bool ipv6;
} beacon_t;

typedef struct login {
    weir_shelf_entry_t entry;
    uint64_t src[2], dst[2];
    int64_t begin_ns, first_ns;
    uint32_t tries, others, all;
    uint16_t port;
    bool ipv6, raised;
} login_t;

/* ---- Beacons --------------------------------------------------------------------------------- */

/* Clocks, leases, names and announcements are regular by design. */
static bool port_is_regular(const weir_flow_brief_t *flow)
{
    static const uint16_t ports[] = {53, 67, 68, 123, 137, 138, 547, 1900, 5353, 5355};
    for (size_t i = 0; flow->protocol == WEIR_IP_UDP && i < WEIR_COUNT(ports); i++)
        if (flow->dst_port == ports[i])
            return true;
    return false;
}

static uint64_t beat_key(const weir_rhythm_t *rhythm, const weir_flow_brief_t *flow,
                         const uint64_t ends[static 2])
{
    return weir_facts_hash(rhythm->facts, ends[0],
                           ends[1] ^ ((uint64_t)flow->protocol << 16 | flow->dst_port));
}

void weir_rhythm_expect(const weir_rhythm_t *rhythm, const weir_flow_brief_t *flow,
                        const uint64_t ends[static 2])
{
    uint64_t key = beat_key(rhythm, flow, ends);
    __builtin_prefetch(&rhythm->beats[(key & (BEAT_SETS - 1)) * WEIR_SHELF_WAYS], 1);
}

/* How many beats have passed, if it was on the beat; else 0. */
static uint32_t beats_passed(uint32_t gap, uint32_t interval)
{
    uint32_t n = interval ? (gap + interval / 2) / interval : 0;
    if (n == 0 || n > SKIPPED_MOST + 1)
        return 0;
    uint32_t off = gap > n * interval ? gap - n * interval : n * interval - gap;
    return off <= interval / TOLERANCE ? n : 0;
}

static weir_beat_t *beat_place(const weir_rhythm_t *rhythm, uint64_t key, uint32_t tag)
{
    weir_beat_t *set = &rhythm->beats[(key & (BEAT_SETS - 1)) * WEIR_SHELF_WAYS];
    weir_beat_t *place = &set[0];
    for (int i = 0; i < WEIR_SHELF_WAYS; i++) {
        if (set[i].tag == tag)
            return &set[i];
        if (set[i].hits < place->hits ||
            (set[i].hits == place->hits && (int32_t)(set[i].last - place->last) < 0))
            place = &set[i];
    }
    return place;
}

static void beacon_beat(weir_rhythm_t *rhythm, const weir_flow_brief_t *flow, uint64_t key,
                        const weir_beat_t *beat, uint32_t passed)
{
    beacon_t *beacon = weir_shelf_obtain(&rhythm->beacons, key, flow->first_ns);
    double interval_s = (double)beat->interval * (double)BEAT_NS / (double)WEIR_NS_PER_S;
    if (beacon->count == 0) {
        *beacon =
            (beacon_t){.entry = beacon->entry,
                       .first_ns = flow->first_ns - (int64_t)(HITS + 2) * beat->interval * BEAT_NS,
                       .mean_s = interval_s,
                       .count = HITS + 1,
                       .port = flow->dst_port,
                       .protocol = flow->protocol,
                       .ipv6 = flow->traits & WEIR_BRIEF_IPV6};
        memcpy(beacon->src, flow->src, sizeof(beacon->src));
        memcpy(beacon->dst, flow->dst, sizeof(beacon->dst));
    } else if (passed) {
        double gap_s =
            (double)(flow->first_ns - beacon->entry.last_ns) / (double)WEIR_NS_PER_S / passed;
        beacon->deviation_s += (fabs(gap_s - beacon->mean_s) - beacon->deviation_s) / beacon->count;
        beacon->mean_s += (gap_s - beacon->mean_s) / beacon->count;
    }
    beacon->count += passed > 0;
    beacon->off += passed == 0;
    beacon->skipped += passed > 1 ? passed - 1 : 0;
    beacon->entry.weight++;
    beacon->entry.last_ns = flow->first_ns;
}

static void beat_follow(weir_rhythm_t *rhythm, const weir_flow_brief_t *flow,
                        const uint64_t ends[static 2])
{
    uint64_t key = beat_key(rhythm, flow, ends);
    uint32_t tag = (uint32_t)(key >> 32) | 1, now = (uint32_t)(flow->first_ns / BEAT_NS);
    weir_beat_t *beat = beat_place(rhythm, key, tag);
    if (beat->tag != tag) {
        *beat = (weir_beat_t){.tag = tag, .last = now};
        return;
    }
    int32_t since = (int32_t)(now - beat->last);
    if (since < (int32_t)BEAT_LEAST / 2 && since > -STALE_BEATS)
        return; /* several connections at once; or a longer one, which is told later */
    uint32_t gap = now - beat->last, passed = beats_passed(gap, beat->interval);
    beat->last = now;
    if (beat->hits >= HITS)
        beacon_beat(rhythm, flow, key, beat, passed);
    if (passed) {
        beat->hits = (uint16_t)(beat->hits + (beat->hits < 1000));
        beat->misses = 0;
    } else if (++beat->misses > 2 || beat->hits < HITS) {
        beat->interval = gap >= BEAT_LEAST ? gap : 0;
        beat->hits = beat->misses = 0;
    }
}

typedef struct crowd {
    weir_index_t of_src, of_dst; /* how many beacons a host has, and how many are to it */
} crowd_t;

static void crowd_add(weir_index_t *index, uint64_t key)
{
    uint32_t n = weir_index_get(index, key);
    if (weir_index_set(index, key, n == WEIR_INDEX_NONE ? 1 : n + 1) < 0)
        return; /* without memory there is less to go by, and more is told */
}

static void beacon_tell(const weir_rhythm_t *rhythm, const beacon_t *beacon)
{
    const double *limits = rhythm->facts->limits.of[WEIR_RULE_BEACON];
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_words_put(&telling.object, beacon->src, beacon->ipv6);
    weir_words_put(&telling.text, beacon->src, beacon->ipv6);
    weir_buf_puts(&telling.text, " calls ");
    weir_words_put(&telling.text, beacon->dst, beacon->ipv6);
    weir_buf_printf(&telling.text, " port %u (%s) each ", beacon->port,
                    beacon->protocol == WEIR_IP_TCP ? "TCP" : "UDP");
    weir_number_put_real(&telling.text, beacon->mean_s, 1);
    weir_buf_puts(&telling.text, " s like a beacon: ");
    weir_count_put(&telling.text, beacon->count + 1);
    weir_buf_puts(&telling.text, " times in ");
    weir_span_put(&telling.text, beacon->entry.last_ns - beacon->first_ns);
    weir_buf_puts(&telling.evidence, "mean deviation ");
    weir_number_put_real(&telling.evidence, beacon->deviation_s, 3);
    weir_buf_printf(&telling.evidence, " s; %u beats left out, %u calls between them",
                    beacon->skipped, beacon->off);
    weir_raise_t raise = {.rule = WEIR_RULE_BEACON,
                          .detail = beacon->entry.key,
                          .since = beacon->first_ns,
                          .last_seen = beacon->entry.last_ns,
                          .count = beacon->count + 1,
                          .observed = beacon->count + 1,
                          .expected = limits[WEIR_BEACON_CALLS]};
    weir_telling_raise(&telling, rhythm->facts->book, &raise);
}

static bool beacon_is_steady(const weir_rhythm_t *rhythm, const beacon_t *beacon)
{
    const double *limits = rhythm->facts->limits.of[WEIR_RULE_BEACON];
    double lasts_s = (double)(beacon->entry.last_ns - beacon->first_ns) / (double)WEIR_NS_PER_S;
    return beacon->count + 1 >= limits[WEIR_BEACON_CALLS] &&
           lasts_s >= limits[WEIR_BEACON_SECONDS] && beacon->off * 4 <= beacon->count &&
           beacon->deviation_s <= limits[WEIR_BEACON_JITTER] * beacon->mean_s;
}

static void beacons_report(weir_rhythm_t *rhythm)
{
    crowd_t crowd = {0};
    const beacon_t *beacon = NULL;
    for (size_t at = 0; (beacon = weir_shelf_next(&rhythm->beacons, &at));) {
        if (!beacon_is_steady(rhythm, beacon))
            continue;
        crowd_add(&crowd.of_src, weir_facts_address(rhythm->facts, beacon->src));
        crowd_add(&crowd.of_dst, weir_facts_address(rhythm->facts, beacon->dst));
    }
    for (size_t at = 0; (beacon = weir_shelf_next(&rhythm->beacons, &at));) {
        uint64_t src = weir_facts_address(rhythm->facts, beacon->src);
        uint64_t dst = weir_facts_address(rhythm->facts, beacon->dst);
        if (beacon_is_steady(rhythm, beacon) && weir_index_get(&crowd.of_src, src) <= POLLED_MOST &&
            weir_index_get(&crowd.of_dst, dst) <= POLLED_MOST)
            beacon_tell(rhythm, beacon);
    }
    weir_index_done(&crowd.of_src);
    weir_index_done(&crowd.of_dst);
}

/* ---- Brute force ----------------------------------------------------------------------------- */

/* Where people or programs log in, once and for long. */
static const char *port_login(uint16_t port)
{
    static const struct {
        uint16_t port;
        const char *name;
    } logins[] = {{21, "FTP"},      {22, "SSH"},     {23, "Telnet"}, {110, "POP3"},  {143, "IMAP"},
                  {445, "SMB"},     {513, "rlogin"}, {993, "IMAPS"}, {995, "POP3S"}, {2222, "SSH"},
                  {2323, "Telnet"}, {3389, "RDP"},   {5900, "VNC"},  {5985, "WinRM"}};
    for (size_t i = 0; i < WEIR_COUNT(logins); i++)
        if (logins[i].port == port)
            return logins[i].name;
    return NULL;
}

static void login_tell(const weir_rhythm_t *rhythm, const login_t *login)
{
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_words_put(&telling.object, login->src, login->ipv6);
    weir_words_put(&telling.text, login->src, login->ipv6);
    weir_buf_printf(&telling.text, " tries logins (%s): %u short sessions with ",
                    port_login(login->port), login->all);
    weir_words_put(&telling.text, login->dst, login->ipv6);
    weir_buf_printf(&telling.text, " port %u in ", login->port);
    weir_span_put(&telling.text, login->entry.last_ns - login->first_ns);
    weir_buf_printf(&telling.evidence, "each at most 30 s and 8 kB a side; %u longer ones",
                    login->others);
    weir_raise_t raise = {
        .rule = WEIR_RULE_BRUTE_FORCE,
        .detail = login->entry.key,
        .since = login->first_ns,
        .last_seen = login->entry.last_ns,
        .count = login->all,
        .observed = login->all,
        .expected = rhythm->facts->limits.of[WEIR_RULE_BRUTE_FORCE][WEIR_BRUTE_FORCE_SESSIONS]};
    weir_telling_raise(&telling, rhythm->facts->book, &raise);
}

static void login_follow(weir_rhythm_t *rhythm, const weir_flow_brief_t *flow,
                         const uint64_t ends[static 2])
{
    const double *limits = rhythm->facts->limits.of[WEIR_RULE_BRUTE_FORCE];
    uint64_t key = weir_facts_hash(rhythm->facts, ends[0], ends[1] ^ (flow->dst_port + 99u));
    login_t *login = weir_shelf_obtain(&rhythm->logins, key, flow->first_ns);
    if (!login->first_ns ||
        weir_window_passed(login->begin_ns, flow->first_ns, limits[WEIR_BRUTE_FORCE_WINDOW])) {
        login->begin_ns = flow->first_ns;
        login->tries = 0;
        login->first_ns = login->raised ? login->first_ns : flow->first_ns;
        login->all = login->raised ? login->all : 0;
        login->others = 0;
    }
    memcpy(login->src, flow->src, sizeof(login->src));
    memcpy(login->dst, flow->dst, sizeof(login->dst));
    login->port = flow->dst_port;
    login->ipv6 = flow->traits & WEIR_BRIEF_IPV6;
    bool small = flow->src_ip_bytes <= SESSION_BYTES && flow->dst_ip_bytes <= SESSION_BYTES &&
                 flow->last_ns - flow->first_ns <= SESSION_NS && flow->state >= WEIR_FLOW_CLOSING;
    login->tries += small;
    login->all += small;
    login->others += !small;
    login->entry.weight++;
    login->entry.last_ns = flow->last_ns;
    if (login->tries >= limits[WEIR_BRUTE_FORCE_SESSIONS] && login->tries / 4 >= login->others)
        login->raised = true;
}

/* ---- All ------------------------------------------------------------------------------------- */

void weir_rhythm_flow(weir_rhythm_t *rhythm, const weir_flow_brief_t *flow, weir_probe_t probe,
                      const uint64_t ends[static 2])
{
    bool tcp = flow->protocol == WEIR_IP_TCP;
    if (!tcp && flow->protocol != WEIR_IP_UDP)
        return;
    if (tcp && !(flow->traits & WEIR_BRIEF_OPENER_SURE))
        return;
    if (probe == WEIR_PROBE_GOOD && tcp && port_login(flow->dst_port))
        login_follow(rhythm, flow, ends);
    bool group = weir_words_are_group(flow->dst, flow->traits & WEIR_BRIEF_IPV6);
    bool reply = !tcp && flow->src_port < 1024 && flow->dst_port >= 1024;
    if (!group && !reply && !port_is_regular(flow))
        beat_follow(rhythm, flow, ends);
}

void weir_rhythm_report(weir_rhythm_t *rhythm)
{
    const login_t *login = NULL;
    for (size_t at = 0; (login = weir_shelf_next(&rhythm->logins, &at));)
        if (login->raised)
            login_tell(rhythm, login);
    beacons_report(rhythm);
}

int weir_rhythm_init(weir_rhythm_t *rhythm, weir_facts_t *facts)
{
    *rhythm = (weir_rhythm_t){.facts = facts};
    rhythm->beats = weir_memory_map(BEAT_SETS * WEIR_SHELF_WAYS * sizeof(*rhythm->beats));
    int r = rhythm->beats ? 0 : -ENOMEM;
    if (r == 0)
        r = weir_shelf_init(&rhythm->beacons, BEACON_SETS, sizeof(beacon_t), STALE_NS);
    if (r == 0)
        r = weir_shelf_init(&rhythm->logins, LOGIN_SETS, sizeof(login_t), STALE_NS);
    return r;
}

void weir_rhythm_done(weir_rhythm_t *rhythm)
{
    weir_memory_unmap(rhythm->beats, BEAT_SETS * WEIR_SHELF_WAYS * sizeof(*rhythm->beats));
    weir_shelf_done(&rhythm->beacons);
    weir_shelf_done(&rhythm->logins);
}
