#include "detect/links.h"

#include "base/clock.h"
#include "base/number.h"
#include "model/units.h"

#include <errno.h>
#include <string.h>

#define SETS ((size_t)1024)
#define STALE_NS (INT64_C(86400) * (int64_t)WEIR_NS_PER_S)
#define PERCENT 100.0

/* What is lost of what passes: each is a counter beside another. */
typedef enum loss {
    LOSS_RX_ERRORS,
    LOSS_TX_ERRORS,
    LOSS_RX_DROPS,
    LOSS_TX_DROPS,
    LOSS_QUEUE,
    LOSS_COUNT
} loss_t;

static const struct {
    weir_rule_id_t rule;
    const char *words;
} LOSSES[LOSS_COUNT] = {
    [LOSS_RX_ERRORS] = {WEIR_RULE_INTERFACE_ERRORS, "of the packets that it receives have errors"},
    [LOSS_TX_ERRORS] = {WEIR_RULE_INTERFACE_ERRORS, "of the packets that it sends have errors"},
    [LOSS_RX_DROPS] = {WEIR_RULE_INTERFACE_DROPS, "of the packets that it receives are dropped"},
    [LOSS_TX_DROPS] = {WEIR_RULE_INTERFACE_DROPS, "of the packets that it sends are dropped"},
    [LOSS_QUEUE] = {WEIR_RULE_QUEUE_DROPS, "of the packets for its queue are dropped there"},
};

/* A counter of what is bad, and one of what is not. */
typedef struct tally {
    uint64_t bad, good;
} tally_t;

typedef struct window {
    uint64_t begin_ns; /* [ns] boot time, 0 none */
    int64_t wall_ns;
    tally_t begin;  /* as they stood then */
    int64_t since;  /* of the first bad window, 0 none */
    uint64_t count; /* of what was bad in bad windows */
} window_t;

typedef struct iface {
    weir_shelf_entry_t entry;
    window_t losses[LOSS_COUNT];
    uint64_t flap_begin_ns; /* [ns] boot time of the window */
    int64_t flap_since;
    uint32_t carrier_changes; /* at its begin */
    uint64_t full_ns[2];      /* [ns] boot time since when rx, tx are full, 0 not */
    int64_t full_since[2];
} iface_t;

/* An interface in one snapshot. */
typedef struct look {
    const weir_iface_t *row;
    uint64_t now_ns; /* [ns] boot time */
    int64_t wall_ns;
} look_t;

static double seconds_between(uint64_t begin_ns, uint64_t end_ns)
{
    return (double)(end_ns - begin_ns) / (double)WEIR_NS_PER_S;
}

static void percent_put(weir_buf_t *buf, double share)
{
    double percent = share * PERCENT;
    weir_number_put_real(buf, percent, percent < 10 ? 1 : 0);
    weir_buf_puts(buf, " % ");
}

/* ---- Errors and drops ------------------------------------------------------------------------ */

static tally_t tally_read(const weir_iface_t *row, loss_t loss)
{
    switch (loss) {
    case LOSS_RX_ERRORS:
        return (tally_t){row->rx_errors, row->rx.packets};
    case LOSS_TX_ERRORS:
        return (tally_t){row->tx_errors, row->tx.packets};
    case LOSS_RX_DROPS:
        return (tally_t){row->rx_dropped, row->rx.packets};
    case LOSS_TX_DROPS:
        return (tally_t){row->tx_dropped, row->tx.packets};
    default:
        return (tally_t){row->queue_drops, row->tx.packets};
    }
}

static void loss_tell(const weir_links_t *links, const look_t *look, loss_t loss,
                      const window_t *window, const tally_t *lost)
{
    const double *limits = links->facts->limits.of[LOSSES[loss].rule];
    double share = (double)lost->bad / (double)(lost->bad + lost->good);
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_buf_puts(&telling.object, look->row->name);
    weir_buf_printf(&telling.text, "%s: ", look->row->name);
    percent_put(&telling.text, share);
    weir_buf_puts(&telling.text, LOSSES[loss].words);
    weir_count_put(&telling.evidence, lost->bad);
    weir_buf_puts(&telling.evidence, ", beside ");
    weir_count_put(&telling.evidence, lost->good);
    weir_buf_puts(&telling.evidence, " that passed, in ");
    weir_span_put(&telling.evidence, (int64_t)(look->now_ns - window->begin_ns));
    weir_raise_t raise = {.rule = LOSSES[loss].rule,
                          .detail = loss,
                          .since = window->since,
                          .last_seen = look->wall_ns,
                          .count = window->count,
                          .observed = share,
                          .expected = limits[WEIR_LOSS_SHARE]};
    weir_telling_raise(&telling, links->facts->book, &raise);
}

static void loss_follow(const weir_links_t *links, const look_t *look, loss_t loss,
                        window_t *window)
{
    const double *limits = links->facts->limits.of[LOSSES[loss].rule];
    tally_t now = tally_read(look->row, loss);
    bool known = window->begin_ns && now.bad >= window->begin.bad && now.good >= window->begin.good;
    if (known && seconds_between(window->begin_ns, look->now_ns) < limits[WEIR_LOSS_WINDOW])
        return;
    tally_t lost = {now.bad - window->begin.bad, now.good - window->begin.good};
    if (known && (double)lost.bad >= limits[WEIR_LOSS_PACKETS] &&
        (double)lost.bad > limits[WEIR_LOSS_SHARE] * (double)(lost.bad + lost.good)) {
        window->since = window->since ? window->since : window->wall_ns;
        window->count += lost.bad;
        loss_tell(links, look, loss, window, &lost);
    }
    window->begin_ns = look->now_ns;
    window->wall_ns = look->wall_ns;
    window->begin = now;
}

/* ---- Links ----------------------------------------------------------------------------------- */

static void flapping_follow(const weir_links_t *links, const look_t *look, iface_t *iface)
{
    const double *limits = links->facts->limits.of[WEIR_RULE_LINK_FLAPPING];
    uint32_t changes = look->row->carrier_changes - iface->carrier_changes;
    double passed_s = seconds_between(iface->flap_begin_ns, look->now_ns);
    if (!iface->flap_begin_ns || passed_s > limits[WEIR_LINK_FLAPPING_WINDOW]) {
        iface->flap_begin_ns = look->now_ns;
        iface->flap_since = look->wall_ns;
        iface->carrier_changes = look->row->carrier_changes;
        return;
    }
    if (changes < limits[WEIR_LINK_FLAPPING_CHANGES])
        return;
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_buf_puts(&telling.object, look->row->name);
    weir_buf_printf(&telling.text, "%s flaps: its carrier went or came %u times in ",
                    look->row->name, changes);
    weir_span_put(&telling.text, (int64_t)(look->now_ns - iface->flap_begin_ns));
    weir_buf_printf(&telling.evidence, "%u changes since the interface exists",
                    look->row->carrier_changes);
    weir_raise_t raise = {.rule = WEIR_RULE_LINK_FLAPPING,
                          .since = iface->flap_since,
                          .last_seen = look->wall_ns,
                          .count = changes,
                          .observed = changes,
                          .expected = limits[WEIR_LINK_FLAPPING_CHANGES]};
    weir_telling_raise(&telling, links->facts->book, &raise);
}

static void saturation_tell(const weir_links_t *links, const look_t *look, const iface_t *iface,
                            int way)
{
    double used = way ? look->row->tx_utilisation : look->row->rx_utilisation;
    weir_telling_t telling;
    weir_telling_init(&telling);
    weir_buf_puts(&telling.object, look->row->name);
    weir_buf_printf(&telling.text, "%s is full: it %s ", look->row->name,
                    way ? "sends" : "receives");
    percent_put(&telling.text, used);
    weir_buf_puts(&telling.text, "of its capacity, for ");
    weir_span_put(&telling.text, (int64_t)(look->now_ns - iface->full_ns[way]));
    weir_quantity_put(&telling.evidence, &WEIR_UNITS_DEFAULT, WEIR_UNIT_BYTES_PER_SECOND,
                      way ? look->row->tx.byte_rate : look->row->rx.byte_rate);
    weir_raise_t raise = {.rule = WEIR_RULE_SATURATION,
                          .detail = (uint64_t)way,
                          .since = iface->full_since[way],
                          .last_seen = look->wall_ns,
                          .count = (uint64_t)seconds_between(iface->full_ns[way], look->now_ns),
                          .observed = used,
                          .expected =
                              links->facts->limits.of[WEIR_RULE_SATURATION][WEIR_SATURATION_SHARE]};
    weir_telling_raise(&telling, links->facts->book, &raise);
}

static void saturation_follow(const weir_links_t *links, const look_t *look, iface_t *iface,
                              int way)
{
    const double *limits = links->facts->limits.of[WEIR_RULE_SATURATION];
    const weir_meter_t *meter = way ? &look->row->tx : &look->row->rx;
    double used = way ? look->row->tx_utilisation : look->row->rx_utilisation;
    if (!weir_rate_is_known(meter->state) || used < limits[WEIR_SATURATION_SHARE]) {
        iface->full_ns[way] = meter->state == WEIR_RATE_STALE ? iface->full_ns[way] : 0;
        return;
    }
    if (!iface->full_ns[way]) {
        iface->full_ns[way] = look->now_ns;
        iface->full_since[way] = look->wall_ns;
    }
    if (seconds_between(iface->full_ns[way], look->now_ns) >= limits[WEIR_SATURATION_SECONDS])
        saturation_tell(links, look, iface, way);
}

/* ---- All ------------------------------------------------------------------------------------- */

void weir_links_follow(weir_links_t *links, const weir_snapshot_t *snapshot)
{
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        look_t look = {.row = weir_snapshot_iface(snapshot, i),
                       .now_ns = snapshot->time.boot_ns,
                       .wall_ns = snapshot->time.wall_ns};
        uint64_t key = weir_facts_hash(links->facts, look.row->id, 5);
        iface_t *iface = weir_shelf_obtain(&links->ifaces, key, look.wall_ns);
        iface->entry.weight = 1;
        iface->entry.last_ns = look.wall_ns;
        for (int loss = 0; loss < LOSS_COUNT; loss++)
            loss_follow(links, &look, (loss_t)loss, &iface->losses[loss]);
        flapping_follow(links, &look, iface);
        saturation_follow(links, &look, iface, 0);
        saturation_follow(links, &look, iface, 1);
    }
}

int weir_links_init(weir_links_t *links, weir_facts_t *facts)
{
    *links = (weir_links_t){.facts = facts};
    return weir_shelf_init(&links->ifaces, SETS, sizeof(iface_t), STALE_NS);
}

void weir_links_done(weir_links_t *links)
{
    weir_shelf_done(&links->ifaces);
}
