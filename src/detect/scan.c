#include "detect/scan.h"

#include "base/clock.h"
#include "detect/sketch.h"

#include <errno.h>

#define DOOR_SETS ((size_t)4096)
#define DOOR_CHANGES 3u /* as many times something new, after the first */
#define DOOR_STALE_S 7200
#define PAIR_SETS ((size_t)2048)
#define PORT_SETS ((size_t)2048)
#define SOURCE_SETS ((size_t)1024)
#define EXAMPLES 8
#define HOST_EXAMPLES 4
#define GOOD_PEERS 0.5   /* share of one port among the hosts a source failed at */
#define SCANNED_PORTS 16 /* ports that a scanner of hosts tries at most */
#define RAW_WINDOW 4096  /* smaller than what any usual system opens with */

/** What a source did to one target, or to one port of many. */
typedef struct tally {
    weir_shelf_entry_t entry;
    int64_t begin_ns; /* of the window */
    int64_t first_ns; /* of the first probe in it */
    uint32_t probes[WEIR_PROBE_COUNT];
    uint32_t missed; /* that came before the entry was made, all different */
    uint32_t good, unknown;
    uint32_t same_port, small_window;
    uint16_t src_port; /* of the first probe */
    bool raised;
    bool ipv6;
    uint8_t examples;
    weir_sketch_t different; /* ports, or hosts */
} tally_t;

typedef struct pair {
    tally_t tally;
    uint64_t src[2], dst[2];
    uint16_t ports[EXAMPLES];
} pair_t;

typedef struct port {
    tally_t tally;
    uint64_t src[2], src_hash;
    uint64_t hosts[HOST_EXAMPLES][2];
    uint16_t number;
    uint8_t protocol;
} port_t;

typedef struct source {
    weir_shelf_entry_t entry;
    int64_t begin_ns;
    weir_sketch_t hosts, ports;
} source_t;

/* ---- The door -------------------------------------------------------------------------------- */

static int door_init(weir_door_t *door)
{
    door->places = calloc(DOOR_SETS * WEIR_SHELF_WAYS, sizeof(*door->places));
    return door->places ? 0 : -ENOMEM;
}

static weir_door_place_t *door_set(const weir_door_t *door, uint64_t key)
{
    return &door->places[(key & (DOOR_SETS - 1)) * WEIR_SHELF_WAYS];
}

/* The place of the key, or else the one that has the least to lose. */
static weir_door_place_t *door_place(const weir_door_t *door, uint64_t key, uint32_t tag)
{
    weir_door_place_t *set = door_set(door, key);
    weir_door_place_t *place = &set[0];
    for (int i = 0; i < WEIR_SHELF_WAYS; i++) {
        if (set[i].tag == tag)
            return &set[i];
        bool older = (int32_t)(set[i].last_ms - place->last_ms) < 0;
        if (set[i].changes < place->changes || (set[i].changes == place->changes && older))
            place = &set[i];
    }
    return place;
}

/* Whether the key came often enough with something new; then also since when [ns]. */
static bool door_passes(weir_door_t *door, uint64_t key, uint16_t what, int64_t now_ns,
                        int64_t *ret_since_ns)
{
    uint32_t tag = (uint32_t)(key >> 32) | 1;
    uint32_t now_ms = (uint32_t)(now_ns / (int64_t)WEIR_NS_PER_MS);
    weir_door_place_t *place = door_place(door, key, tag);
    int32_t passed_ms = (int32_t)(now_ms - place->last_ms);
    if (place->tag != tag || abs(passed_ms) > DOOR_STALE_S * 1000) {
        *place =
            (weir_door_place_t){.tag = tag, .first_ms = now_ms, .last_ms = now_ms, .last = what};
        return false;
    }
    place->last_ms = passed_ms > 0 ? now_ms : place->last_ms;
    place->first_ms = (int32_t)(now_ms - place->first_ms) < 0 ? now_ms : place->first_ms;
    place->changes = (uint16_t)(place->changes + (place->last != what && place->changes < 1000));
    place->last = what;
    *ret_since_ns = now_ns - (int64_t)(now_ms - place->first_ms) * (int64_t)WEIR_NS_PER_MS;
    return place->changes >= DOOR_CHANGES;
}

/* ---- Counting -------------------------------------------------------------------------------- */

/* A new window, when the old one has passed or times run backwards. */
static void tally_open(tally_t *tally, const weir_flow_brief_t *flow, double window_s,
                       int64_t since_ns)
{
    int64_t now_ns = flow->first_ns;
    if (tally->first_ns && !weir_window_passed(tally->begin_ns, now_ns, window_s)) {
        tally->first_ns = now_ns < tally->first_ns ? now_ns : tally->first_ns;
        return;
    }
    weir_shelf_entry_t entry = tally->entry;
    uint32_t missed = tally->first_ns ? 0 : DOOR_CHANGES;
    *tally = (tally_t){.entry = entry,
                       .begin_ns = now_ns,
                       .first_ns = missed ? since_ns : now_ns,
                       .missed = missed};
    tally->src_port = flow->src_port;
    tally->ipv6 = flow->traits & WEIR_BRIEF_IPV6;
}

static void tally_add(tally_t *tally, const weir_flow_brief_t *flow, weir_probe_t probe,
                      uint64_t what)
{
    tally->probes[probe]++;
    tally->same_port += flow->src_port == tally->src_port;
    tally->small_window += flow->window <= RAW_WINDOW;
    tally->entry.weight++;
    if (flow->last_ns > tally->entry.last_ns)
        tally->entry.last_ns = flow->last_ns;
    (void)weir_sketch_add(&tally->different, what);
}

static uint32_t tally_count(const tally_t *tally)
{
    uint32_t count = tally->missed;
    for (int i = 0; i < WEIR_PROBE_COUNT; i++)
        count += tally->probes[i];
    return count;
}

static double tally_different(const tally_t *tally)
{
    double different = weir_sketch_count(&tally->different) + tally->missed;
    uint32_t count = tally_count(tally);
    return different < count ? different : count;
}

/* Probes that failed; those that opened and closed without a byte count as far as others failed. */
static uint32_t tally_failed(const tally_t *tally)
{
    uint32_t failed = tally->missed;
    for (int i = 0; i < WEIR_PROBE_COUNT; i++)
        failed += i == WEIR_PROBE_CONNECTED ? 0 : tally->probes[i];
    uint32_t connected = tally->probes[WEIR_PROBE_CONNECTED];
    return failed + (connected < failed ? connected : failed);
}

/* Whether probes prevail over what went well or cannot be judged. */
static bool tally_is_bad(const tally_t *tally, double limit)
{
    uint32_t failed = tally_failed(tally);
    return failed >= limit && failed / 2 >= tally->good && failed >= tally->unknown;
}

static weir_probe_t tally_technique(const tally_t *tally)
{
    weir_probe_t most = WEIR_PROBE_UNANSWERED;
    uint32_t tcp = 0;
    for (int i = 0; i <= WEIR_PROBE_CONNECTED; i++)
        tcp += tally->probes[i];
    for (int i = WEIR_PROBE_CONNECTED + 1; i < WEIR_PROBE_COUNT; i++)
        if (tally->probes[i] > tally->probes[most] || most <= WEIR_PROBE_CONNECTED)
            most = (weir_probe_t)i;
    if (tally->probes[most] > tcp)
        return most;
    if (tally->probes[WEIR_PROBE_CONNECTED] != tally->probes[WEIR_PROBE_HALF_OPEN])
        return tally->probes[WEIR_PROBE_CONNECTED] > tally->probes[WEIR_PROBE_HALF_OPEN]
                   ? WEIR_PROBE_CONNECTED
                   : WEIR_PROBE_HALF_OPEN;
    bool raw = tally->same_port * 2 > tcp || tally->small_window * 2 > tcp;
    return raw ? WEIR_PROBE_HALF_OPEN : WEIR_PROBE_CONNECTED;
}

/* ---- Telling --------------------------------------------------------------------------------- */

static void since_put(weir_buf_t *buf, const tally_t *tally)
{
    weir_buf_puts(buf, " in ");
    weir_span_put(buf, tally->entry.last_ns - tally->first_ns);
}

static void outcome_put(weir_buf_t *buf, const tally_t *tally)
{
    static const char *const words[WEIR_PROBE_COUNT] = {
        [WEIR_PROBE_UNANSWERED] = "without an answer",
        [WEIR_PROBE_REFUSED] = "refused",
        [WEIR_PROBE_HALF_OPEN] = "dropped half-open",
        [WEIR_PROBE_CONNECTED] = "opened and closed without a byte",
        [WEIR_PROBE_FIN] = "FIN only",
        [WEIR_PROBE_NULL] = "without any flag",
        [WEIR_PROBE_XMAS] = "FIN, PSH and URG",
        [WEIR_PROBE_UDP] = "UDP without an answer",
        [WEIR_PROBE_ECHO] = "echo requests without an answer",
    };
    for (int i = 0; i < WEIR_PROBE_COUNT; i++)
        if (tally->probes[i])
            weir_buf_printf(buf, "; %u %s", tally->probes[i], words[i]);
    if (tally->missed)
        weir_buf_printf(buf, "; %u earlier ones, not told apart", tally->missed);
    if (tally->good)
        weir_buf_printf(buf, "; %u answered", tally->good);
}

static void tally_raise(const weir_scan_t *scan, const tally_t *tally, weir_rule_id_t rule,
                        weir_telling_t *telling)
{
    outcome_put(&telling->evidence, tally);
    weir_raise_t raise = {.rule = rule,
                          .detail = tally->entry.key,
                          .since = tally->first_ns,
                          .last_seen = tally->entry.last_ns,
                          .count = tally_count(tally),
                          .observed = tally_different(tally),
                          .expected = scan->facts->limits.of[rule][0]};
    weir_telling_raise(telling, scan->facts->book, &raise);
}

static void pair_report(const weir_scan_t *scan, const pair_t *pair)
{
    const tally_t *tally = &pair->tally;
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_words_put(&telling.object, pair->src, tally->ipv6);
    weir_words_put(&telling.text, pair->src, tally->ipv6);
    weir_buf_printf(&telling.text, " scans ports (%s): ", weir_probe_name(tally_technique(tally)));
    weir_about_put(&telling.text, tally_different(tally));
    weir_buf_puts(&telling.text, " ports of ");
    weir_words_put(&telling.text, pair->dst, tally->ipv6);
    since_put(&telling.text, tally);
    weir_buf_puts(&telling.evidence, "ports");
    for (int i = 0; i < tally->examples; i++)
        weir_buf_printf(&telling.evidence, "%s %u", i ? "," : "", pair->ports[i]);
    tally_raise(scan, tally, WEIR_RULE_PORT_SCAN, &telling);
}

static void port_report(const weir_scan_t *scan, const port_t *port)
{
    const tally_t *tally = &port->tally;
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_words_put(&telling.object, port->src, tally->ipv6);
    weir_words_put(&telling.text, port->src, tally->ipv6);
    weir_buf_printf(&telling.text, " scans hosts (%s): ", weir_probe_name(tally_technique(tally)));
    if (port->protocol == WEIR_IP_TCP || port->protocol == WEIR_IP_UDP)
        weir_buf_printf(&telling.text, "port %u of ", port->number);
    weir_about_put(&telling.text, tally_different(tally));
    weir_buf_puts(&telling.text, " hosts");
    since_put(&telling.text, tally);
    weir_buf_puts(&telling.evidence, "hosts ");
    for (int i = 0; i < tally->examples; i++) {
        weir_buf_puts(&telling.evidence, i ? ", " : "");
        weir_words_put(&telling.evidence, port->hosts[i], tally->ipv6);
    }
    tally_raise(scan, tally, WEIR_RULE_HOST_SCAN, &telling);
}

static void pair_leaves(void *context, const void *entry)
{
    const pair_t *pair = entry;
    if (pair->tally.raised)
        pair_report(context, pair);
}

static void port_leaves(void *context, const void *entry)
{
    const port_t *port = entry;
    if (port->tally.raised)
        port_report(context, port);
}

/* ---- One flow -------------------------------------------------------------------------------- */

static void pair_probe(weir_scan_t *scan, const weir_flow_brief_t *flow, weir_probe_t probe,
                       uint64_t key, int64_t since_ns)
{
    const double *limits = scan->facts->limits.of[WEIR_RULE_PORT_SCAN];
    pair_t *pair = weir_shelf_obtain(&scan->pairs, key, flow->first_ns);
    if (pair->tally.raised && flow->first_ns - pair->tally.begin_ns >
                                  (int64_t)(limits[WEIR_PORT_SCAN_WINDOW] * (double)WEIR_NS_PER_S))
        pair_report(scan, pair);
    tally_open(&pair->tally, flow, limits[WEIR_PORT_SCAN_WINDOW], since_ns);
    memcpy(pair->src, flow->src, sizeof(pair->src));
    memcpy(pair->dst, flow->dst, sizeof(pair->dst));
    tally_t *tally = &pair->tally;
    tally_add(tally, flow, probe, weir_facts_hash(scan->facts, flow->dst_port, flow->protocol));
    if (tally->examples < EXAMPLES)
        pair->ports[tally->examples++] = flow->dst_port;
    double least = limits[WEIR_PORT_SCAN_PORTS];
    tally->raised =
        tally->raised || (tally_is_bad(tally, least) && tally_different(tally) >= least);
}

/* Fails at many hosts and many ports alike: peers that have gone, not a scan. */
static bool source_is_peer(const source_t *source, const port_t *port)
{
    return weir_sketch_count(&source->ports) > SCANNED_PORTS &&
           weir_sketch_count(&port->tally.different) <
               GOOD_PEERS * weir_sketch_count(&source->hosts);
}

static void source_note(weir_scan_t *scan, const weir_flow_brief_t *flow, uint64_t dst,
                        source_t *source)
{
    double window_s = scan->facts->limits.of[WEIR_RULE_HOST_SCAN][WEIR_HOST_SCAN_WINDOW];
    if (weir_window_passed(source->begin_ns, flow->first_ns, window_s)) {
        weir_shelf_entry_t entry = source->entry;
        *source = (source_t){.entry = entry, .begin_ns = flow->first_ns};
    }
    source->entry.weight++;
    source->entry.last_ns = flow->first_ns;
    (void)weir_sketch_add(&source->hosts, dst);
    (void)weir_sketch_add(&source->ports,
                          weir_facts_hash(scan->facts, flow->dst_port, flow->protocol));
}

static void port_probe(weir_scan_t *scan, const weir_flow_brief_t *flow, weir_probe_t probe,
                       const uint64_t keys[static 3], int64_t since_ns)
{
    const double *limits = scan->facts->limits.of[WEIR_RULE_HOST_SCAN];
    port_t *port = weir_shelf_obtain(&scan->ports, keys[0], flow->first_ns);
    if (port->tally.raised && flow->first_ns - port->tally.begin_ns >
                                  (int64_t)(limits[WEIR_HOST_SCAN_WINDOW] * (double)WEIR_NS_PER_S))
        port_report(scan, port);
    tally_open(&port->tally, flow, limits[WEIR_HOST_SCAN_WINDOW], since_ns);
    memcpy(port->src, flow->src, sizeof(port->src));
    port->src_hash = keys[1];
    port->number = flow->dst_port;
    port->protocol = flow->protocol;
    tally_t *tally = &port->tally;
    tally_add(tally, flow, probe, keys[2]);
    if (tally->examples < HOST_EXAMPLES)
        memcpy(port->hosts[tally->examples++], flow->dst, sizeof(flow->dst));
    double least = limits[WEIR_HOST_SCAN_HOSTS];
    tally->raised =
        tally->raised || (tally_is_bad(tally, least) && tally_different(tally) >= least);
}

static uint64_t pair_key(const weir_scan_t *scan, uint64_t src, uint64_t dst)
{
    return weir_facts_hash(scan->facts, src, dst + 1);
}

static uint64_t port_key(const weir_scan_t *scan, uint64_t src, uint8_t protocol, uint16_t port)
{
    return weir_facts_hash(scan->facts, src, (uint64_t)protocol << 32 | (uint64_t)port << 8);
}

void weir_scan_expect(const weir_scan_t *scan, const weir_flow_brief_t *flow, weir_probe_t probe,
                      const uint64_t ends[static 2])
{
    if (probe >= WEIR_PROBE_COUNT)
        return;
    uint64_t pair = pair_key(scan, ends[0], ends[1]);
    uint64_t port = port_key(scan, ends[0], flow->protocol, flow->dst_port);
    __builtin_prefetch(door_set(&scan->pair_door, pair), 1);
    __builtin_prefetch(door_set(&scan->port_door, port), 1);
}

static void probe_follow(weir_scan_t *scan, const weir_flow_brief_t *flow, weir_probe_t probe,
                         const uint64_t ends[static 2])
{
    uint64_t pair = pair_key(scan, ends[0], ends[1]);
    uint64_t keys[3] = {port_key(scan, ends[0], flow->protocol, flow->dst_port), ends[0], ends[1]};
    bool has_ports = probe != WEIR_PROBE_ECHO;
    int64_t now_ns = flow->first_ns, since_ns = now_ns;
    if (has_ports && door_passes(&scan->pair_door, pair, flow->dst_port, now_ns, &since_ns))
        pair_probe(scan, flow, probe, pair, since_ns);
    bool passes =
        door_passes(&scan->port_door, keys[0], (uint16_t)(ends[1] >> 48), now_ns, &since_ns);
    source_t *source = passes ? weir_shelf_obtain(&scan->sources, ends[0], now_ns)
                              : weir_shelf_find(&scan->sources, ends[0]);
    if (source)
        source_note(scan, flow, ends[1], source);
    if (passes)
        port_probe(scan, flow, probe, keys, since_ns);
}

static void other_note(weir_scan_t *scan, uint64_t src, uint64_t dst, uint64_t port_hash,
                       weir_probe_t probe)
{
    pair_t *pair =
        scan->pairs.used ? weir_shelf_find(&scan->pairs, pair_key(scan, src, dst)) : NULL;
    port_t *port = scan->ports.used ? weir_shelf_find(&scan->ports, port_hash) : NULL;
    tally_t *tallies[] = {pair ? &pair->tally : NULL, port ? &port->tally : NULL};
    for (size_t i = 0; i < WEIR_COUNT(tallies); i++) {
        if (!tallies[i])
            continue;
        tallies[i]->good += probe == WEIR_PROBE_GOOD;
        tallies[i]->unknown += probe == WEIR_PROBE_UNKNOWN;
    }
}

/* What went well, or cannot be judged, speaks for those who are under suspicion; for both ends
 * where it is not known who opened. */
static void other_follow(weir_scan_t *scan, const weir_flow_brief_t *flow, weir_probe_t probe,
                         const uint64_t ends[static 2])
{
    if (!scan->pairs.used && !scan->ports.used)
        return;
    other_note(scan, ends[0], ends[1], port_key(scan, ends[0], flow->protocol, flow->dst_port),
               probe);
    if (probe == WEIR_PROBE_UNKNOWN && !(flow->traits & WEIR_BRIEF_OPENER_SURE))
        other_note(scan, ends[1], ends[0], port_key(scan, ends[1], flow->protocol, flow->src_port),
                   probe);
}

void weir_scan_flow(weir_scan_t *scan, const weir_flow_brief_t *flow, weir_probe_t probe,
                    const uint64_t ends[static 2])
{
    bool needs_answers = probe >= WEIR_PROBE_UDP && probe < WEIR_PROBE_COUNT;
    if (probe >= WEIR_PROBE_COUNT || (needs_answers && !weir_facts_heard(scan->facts, ends[0])))
        other_follow(scan, flow, probe, ends);
    else
        probe_follow(scan, flow, probe, ends);
}

void weir_scan_report(weir_scan_t *scan)
{
    const pair_t *pair = NULL;
    for (size_t at = 0; (pair = weir_shelf_next(&scan->pairs, &at));)
        if (pair->tally.raised && tally_is_bad(&pair->tally, 0))
            pair_report(scan, pair);
    const port_t *port = NULL;
    for (size_t at = 0; (port = weir_shelf_next(&scan->ports, &at));) {
        if (!port->tally.raised || !tally_is_bad(&port->tally, 0))
            continue;
        const source_t *source = weir_shelf_find(&scan->sources, port->src_hash);
        if (!source || !source_is_peer(source, port))
            port_report(scan, port);
    }
}

int weir_scan_init(weir_scan_t *scan, weir_facts_t *facts)
{
    int64_t stale_ns = (int64_t)DOOR_STALE_S * (int64_t)WEIR_NS_PER_S;
    *scan = (weir_scan_t){.facts = facts};
    int r = door_init(&scan->pair_door);
    if (r == 0)
        r = door_init(&scan->port_door);
    if (r == 0)
        r = weir_shelf_init(&scan->pairs, PAIR_SETS, sizeof(pair_t), stale_ns);
    if (r == 0)
        r = weir_shelf_init(&scan->ports, PORT_SETS, sizeof(port_t), stale_ns);
    if (r == 0)
        r = weir_shelf_init(&scan->sources, SOURCE_SETS, sizeof(source_t), stale_ns);
    scan->pairs.leave = pair_leaves;
    scan->ports.leave = port_leaves;
    scan->pairs.context = scan->ports.context = scan;
    return r;
}

void weir_scan_done(weir_scan_t *scan)
{
    free(scan->pair_door.places);
    free(scan->port_door.places);
    weir_shelf_done(&scan->pairs);
    weir_shelf_done(&scan->ports);
    weir_shelf_done(&scan->sources);
}
