#include "model/sentence.h"

#include "base/text.h"

#define NEARLY_FULL 0.8 /* of a link: worth saying before anything else */
#define WORTH_SAYING 0.2
#define NEARLY_ALL 0.995    /* of the traffic: rounds to 100 % */
#define ANOTHER_MOMENT 1.1  /* apps and interfaces are not read at the same one */
#define QUIET 1000.0        /* [byte/s] what a network does by itself */
#define ELSEWHERE_FACTOR 10 /* more than that is worth saying */

typedef struct busiest {
    const weir_iface_t *iface; /* NULL: none is counted */
    bool download;
    double rate, total; /* [byte/s] of that direction */
    double utilisation; /* 0 unknown */
    uint32_t moving;    /* counted interfaces with traffic in that direction */
} busiest_t;

static double direction_rate(const weir_iface_t *iface, bool download)
{
    return download ? iface->rx.byte_rate : iface->tx.byte_rate;
}

static busiest_t busiest_find(const weir_snapshot_t *snapshot)
{
    const weir_headline_t *sum = &snapshot->headline;
    busiest_t busiest = {.download = sum->rx.byte_rate >= sum->tx.byte_rate};
    busiest.total = busiest.download ? sum->rx.byte_rate : sum->tx.byte_rate;
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        const weir_iface_t *iface = weir_snapshot_iface(snapshot, i);
        double rate = direction_rate(iface, busiest.download);
        if (!iface->counted)
            continue;
        busiest.moving += rate > 0;
        if (busiest.iface && rate <= busiest.rate)
            continue;
        busiest.iface = iface;
        busiest.rate = rate;
        busiest.utilisation = busiest.download ? iface->rx_utilisation : iface->tx_utilisation;
    }
    return busiest;
}

static void share_put(weir_buf_t *buf, const weir_units_t *units, double share)
{
    weir_quantity_put(buf, units, WEIR_UNIT_SHARE, share);
}

static weir_sentence_kind_t kind_find(const weir_snapshot_t *snapshot, const busiest_t *busiest)
{
    if (!snapshot->rows[WEIR_TABLE_INTERFACES].count)
        return WEIR_SENTENCE_NO_INTERFACE;
    if (!busiest->iface)
        return WEIR_SENTENCE_NONE_UP;
    if (snapshot->headline.rx.state == WEIR_RATE_INIT)
        return WEIR_SENTENCE_MEASURING;
    if (!(busiest->rate > 0))
        return WEIR_SENTENCE_IDLE;
    return busiest->utilisation >= NEARLY_FULL ? WEIR_SENTENCE_FULL : WEIR_SENTENCE_TRAFFIC;
}

/* Of an app's traffic in one direction [byte/s]. */
typedef struct app_rate {
    double here, away; /* through interfaces of this network namespace, of others */
    double within;     /* it stays on this machine */
} app_rate_t;

static app_rate_t app_rate(const weir_app_t *app, bool download)
{
    double link = download ? app->rx_link_rate : app->tx_link_rate;
    double away = download ? app->rx_away_rate : app->tx_away_rate;
    double all = download ? app->rx.byte_rate : app->tx.byte_rate;
    return (app_rate_t){.here = link - away, .away = away, .within = all > link ? all - link : 0};
}

/*
 * The app with most of the traffic in the direction that the sentence is about. One in another
 * network namespace (a container) may be the cause as far as those in this one leave something
 * over, else its traffic never comes to these interfaces.
 */
static const weir_app_t *app_find(const weir_snapshot_t *snapshot, bool download, double total,
                                  double *ret_rate)
{
    const weir_rows_t *rows = &snapshot->rows[WEIR_TABLE_APPS];
    const weir_app_t *apps = rows->records;
    const weir_app_t *most = NULL;
    double left = total;
    for (size_t i = 0; apps && i < rows->count; i++)
        left -= app_rate(&apps[i], download).here;
    *ret_rate = 0;
    for (size_t i = 0; apps && i < rows->count; i++) {
        app_rate_t rate = app_rate(&apps[i], download);
        double here = rate.here + (rate.away <= left * ANOTHER_MOMENT ? rate.away : 0);
        if (here <= *ret_rate)
            continue;
        most = &apps[i];
        *ret_rate = here;
    }
    return most;
}

/* An app with a part of the traffic too small to be the cause is not worth the sentence. */
static void app_choose(const weir_snapshot_t *snapshot, weir_sentence_t *said, double total)
{
    double rate = 0;
    const weir_app_t *app = app_find(snapshot, said->download, total, &rate);
    if (!app || rate < WORTH_SAYING * total)
        return;
    said->app = app;
    said->peer = said->download ? app->rx_peer : app->tx_peer;
    said->share = rate >= NEARLY_ALL * total ? 1 : rate / total;
    if (said->kind == WEIR_SENTENCE_TRAFFIC)
        said->kind = WEIR_SENTENCE_APP;
}

/* The interfaces are as good as idle; what apps do elsewhere is worth more words. */
static void elsewhere_choose(const weir_snapshot_t *snapshot, weir_sentence_t *said)
{
    const weir_rows_t *rows = &snapshot->rows[WEIR_TABLE_APPS];
    const weir_app_t *apps = rows->records;
    double most = ELSEWHERE_FACTOR * QUIET;
    for (size_t i = 0; apps && i < 2 * rows->count; i++) {
        const weir_app_t *app = &apps[i / 2];
        bool download = i % 2 == 0;
        app_rate_t rate = app_rate(app, download);
        bool away = rate.away >= rate.within;
        double busy = away ? rate.away : rate.within;
        if (busy <= most)
            continue;
        most = busy;
        *said = (weir_sentence_t){.kind = away ? WEIR_SENTENCE_AWAY : WEIR_SENTENCE_WITHIN,
                                  .iface = said->iface,
                                  .app = app,
                                  .peer = download ? app->rx_peer : app->tx_peer,
                                  .download = download,
                                  .rate = busy,
                                  .share = 1};
    }
}

weir_sentence_t weir_sentence_read(const weir_snapshot_t *snapshot)
{
    busiest_t busiest = busiest_find(snapshot);
    bool all = busiest.moving <= 1 || busiest.rate >= NEARLY_ALL * busiest.total;
    weir_sentence_t said = {.kind = kind_find(snapshot, &busiest),
                            .iface = busiest.iface,
                            .download = busiest.download,
                            .rate = busiest.rate,
                            .share = all ? 1 : busiest.rate / busiest.total,
                            .utilisation = busiest.utilisation};
    if (said.kind == WEIR_SENTENCE_IDLE ||
        (said.kind == WEIR_SENTENCE_TRAFFIC && busiest.total < QUIET))
        elsewhere_choose(snapshot, &said);
    if (said.kind == WEIR_SENTENCE_TRAFFIC)
        app_choose(snapshot, &said, busiest.total);
    else if (said.kind == WEIR_SENTENCE_FULL)
        app_choose(snapshot, &said, busiest.rate);
    return said;
}

static void full_put(weir_buf_t *buf, const weir_sentence_t *said, const weir_units_t *units,
                     bool utf8)
{
    weir_buf_puts(buf, " is ");
    share_put(buf, units, said->utilisation);
    weir_buf_printf(buf, " full: its %s takes ", said->download ? "download" : "upload");
    weir_quantity_put(buf, units, WEIR_UNIT_BYTES_PER_SECOND, said->rate);
    weir_buf_puts(buf, " of ");
    weir_quantity_put(buf, units, WEIR_UNIT_BITS_PER_SECOND, said->rate * 8 / said->utilisation);
    if (!said->app)
        return;
    weir_buf_puts(buf, said->share >= 1 ? ", all of it for " : ", ");
    if (said->share < 1) {
        share_put(buf, units, said->share);
        weir_buf_puts(buf, " of it for ");
    }
    (void)weir_text_put_safe(buf, said->app->app, utf8); /* its width is not needed */
}

static void traffic_put(weir_buf_t *buf, const weir_sentence_t *said, const weir_units_t *units)
{
    weir_buf_puts(buf, " carries ");
    if (said->share >= 1)
        weir_buf_puts(buf, "all");
    else
        share_put(buf, units, said->share);
    weir_buf_printf(buf, " of the %s", said->download ? "download" : "upload");
    if (said->utilisation > 0) {
        weir_buf_puts(buf, " and is ");
        share_put(buf, units, said->utilisation);
        weir_buf_puts(buf, " full");
    }
}

static void app_put(weir_buf_t *buf, const weir_sentence_t *said, const weir_units_t *units,
                    bool utf8)
{
    (void)weir_text_put_safe(buf, said->app->app, utf8); /* its width is not needed */
    weir_buf_puts(buf, " takes ");
    if (said->share >= 1)
        weir_buf_puts(buf, "all");
    else
        share_put(buf, units, said->share);
    weir_buf_printf(buf, " of the %s", said->download ? "download" : "upload");
    if (!said->peer)
        return;
    weir_buf_printf(buf, ", mostly %s ", said->download ? "from" : "to");
    (void)weir_text_put_safe(buf, said->peer, utf8);
}

/* An app whose traffic does not come to the interfaces. */
static void elsewhere_put(weir_buf_t *buf, const weir_sentence_t *said, const weir_units_t *units,
                          bool utf8)
{
    bool away = said->kind == WEIR_SENTENCE_AWAY;
    weir_buf_puts(buf, "The network is quiet; ");
    (void)weir_text_put_safe(buf, said->app->app, utf8); /* its width is not needed */
    if (away)
        weir_buf_puts(buf, said->download ? " downloads " : " uploads ");
    else
        weir_buf_puts(buf, said->download ? " receives " : " sends ");
    weir_quantity_put(buf, units, WEIR_UNIT_BYTES_PER_SECOND, said->rate);
    if (!away) {
        weir_buf_puts(buf, " within this machine");
        return;
    }
    if (said->peer) {
        weir_buf_puts(buf, said->download ? " from " : " to ");
        (void)weir_text_put_safe(buf, said->peer, utf8);
    }
    weir_buf_puts(buf, " in another network namespace");
}

/* ---- Captures -------------------------------------------------------------------------------- */

/* The transport protocol with most bytes; NULL: none. Rows of a layer stand by bytes. */
static const weir_protocol_t *transport_find(const weir_snapshot_t *snapshot)
{
    const weir_rows_t *rows = &snapshot->rows[WEIR_TABLE_PROTOCOLS];
    const weir_protocol_t *protocols = rows->records;
    for (size_t i = 0; protocols && i < rows->count; i++)
        if (protocols[i].layer == WEIR_LAYER_TRANSPORT)
            return &protocols[i];
    return NULL;
}

static void name_put(weir_buf_t *buf, const weir_host_t *host, bool utf8)
{
    if (host->name && host->name[0])
        (void)weir_text_put_safe(buf, host->name, utf8); /* its width is not needed */
    else
        weir_address_put(buf, &host->address, false);
}

static void capture_put(weir_buf_t *buf, const weir_snapshot_t *snapshot, const weir_units_t *units,
                        bool utf8)
{
    const weir_protocol_t *transport = transport_find(snapshot);
    const weir_rows_t *hosts = &snapshot->rows[WEIR_TABLE_HOSTS];
    const weir_host_t *host = hosts->count && hosts->records ? hosts->records : NULL;
    weir_count_put(buf, snapshot->rows[WEIR_TABLE_FLOWS].count);
    weir_buf_puts(buf, snapshot->rows[WEIR_TABLE_FLOWS].count == 1 ? " flow" : " flows");
    if (hosts->measured) {
        weir_buf_puts(buf, " of ");
        weir_count_put(buf, hosts->count);
        weir_buf_puts(buf, hosts->count == 1 ? " host" : " hosts");
    }
    if (!transport || !(transport->share > 0))
        return;
    weir_buf_printf(buf, "; %s carries ", transport->name);
    share_put(buf, units, transport->share);
    weir_buf_puts(buf, " of the bytes");
    double bytes = host ? (double)(host->rx.bytes + host->tx.bytes) : 0;
    double share = bytes * transport->share / (double)transport->bytes;
    if (!host || !(share > 0))
        return;
    weir_buf_puts(buf, ", ");
    name_put(buf, host, utf8);
    weir_buf_puts(buf, " is in ");
    share_put(buf, units, share);
}

void weir_sentence_put(weir_buf_t *buf, const weir_snapshot_t *snapshot, const weir_units_t *units,
                       bool utf8)
{
    if (snapshot->origin == WEIR_ORIGIN_FILE) {
        capture_put(buf, snapshot, units, utf8);
        return;
    }
    static const char *const plain[] = {
        [WEIR_SENTENCE_NO_INTERFACE] = "There is no network interface",
        [WEIR_SENTENCE_NONE_UP] = "No interface to the network is up",
        [WEIR_SENTENCE_MEASURING] = "Measuring: rates are known after one interval",
        [WEIR_SENTENCE_IDLE] = "The network is idle",
    };
    weir_sentence_t said = weir_sentence_read(snapshot);
    if (said.kind < WEIR_COUNT(plain)) {
        weir_buf_puts(buf, plain[said.kind]);
        return;
    }
    if (said.kind == WEIR_SENTENCE_AWAY || said.kind == WEIR_SENTENCE_WITHIN) {
        elsewhere_put(buf, &said, units, utf8);
        return;
    }
    if (said.kind == WEIR_SENTENCE_APP && said.app) {
        app_put(buf, &said, units, utf8);
        return;
    }
    (void)weir_text_put_safe(buf, said.iface->name, utf8); /* its width is not needed */
    if (said.kind == WEIR_SENTENCE_FULL)
        full_put(buf, &said, units, utf8);
    else
        traffic_put(buf, &said, units);
}

/* ---- The books ------------------------------------------------------------------------------- */

weir_balance_said_t weir_balance_read(const weir_snapshot_t *snapshot)
{
    const weir_balance_t *balance = &snapshot->balance;
    double explained = (double)balance->explained;
    double whole = explained + (double)balance->unexplained;
    if (!balance->known || !(whole > 0))
        return (weir_balance_said_t){0};
    weir_balance_said_t said = {
        .counted = true, .bytes = whole, .explained = (unsigned)(explained / whole * 1000 + 0.5)};
    double sum = 0;
    for (int i = 0; i < WEIR_CARRIED_COUNT; i++)
        sum += (double)balance->carried[i];
    for (int i = 0; sum > 0 && i < WEIR_CARRIED_COUNT; i++)
        said.carried[i] = (unsigned)((double)balance->carried[i] / sum * 1000 + 0.5);
    return said;
}

static void tenths_put(weir_buf_t *buf, unsigned tenths)
{
    weir_buf_printf(buf, "%u.%u %%", tenths / 10, tenths % 10);
}

/* What is no program's, where it is worth a word: " (8.1 % forwarded, 1.0 % by the kernel)". */
static void carried_put(weir_buf_t *buf, const weir_balance_said_t *said)
{
    static const char *const words[WEIR_CARRIED_COUNT] = {
        [WEIR_CARRIED_FORWARDED] = "forwarded",
        [WEIR_CARRIED_KERNEL] = "by the kernel",
        [WEIR_CARRIED_NOT_IP] = "not IP",
    };
    const char *before = " (";
    for (int i = 0; i < WEIR_CARRIED_COUNT; i++) {
        if (!words[i] || said->carried[i] < WEIR_CARRIED_SAID)
            continue;
        weir_buf_puts(buf, before);
        tenths_put(buf, said->carried[i]);
        weir_buf_printf(buf, " %s", words[i]);
        before = ", ";
    }
    weir_buf_puts(buf, before[0] == ',' ? ")" : "");
}

static void explained_put(weir_buf_t *buf, const weir_balance_said_t *said,
                          const weir_units_t *units, const char *reason)
{
    if (said->explained == 1000)
        weir_buf_puts(buf, "all");
    else
        tenths_put(buf, said->explained);
    weir_buf_puts(buf, " of ");
    weir_quantity_put(buf, units, WEIR_UNIT_BYTES, said->bytes);
    weir_buf_puts(buf, " is explained");
    carried_put(buf, said);
    if (said->explained < 1000) {
        weir_buf_puts(buf, ", ");
        tenths_put(buf, 1000 - said->explained);
        weir_buf_puts(buf, " is not");
    }
    if (reason && reason[0])
        weir_buf_printf(buf, ": %s", reason);
}

void weir_balance_put(weir_buf_t *buf, const weir_snapshot_t *snapshot, const weir_units_t *units)
{
    const weir_balance_t *balance = &snapshot->balance;
    weir_balance_said_t said = weir_balance_read(snapshot);
    bool exact = balance->measured && balance->accuracy == WEIR_ACCURACY_EXACT;
    if (balance->measured)
        weir_buf_puts(buf, exact ? "apps exact" : "apps tcp only, of your own programs");
    if (!said.counted) {
        weir_buf_puts(buf, exact ? "; nothing has passed the interfaces yet" : "");
        return;
    }
    if (balance->measured)
        weir_buf_puts(buf, "; ");
    explained_put(buf, &said, units, balance->reason);
}
