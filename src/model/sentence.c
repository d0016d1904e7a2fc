#include "model/sentence.h"

#include "base/text.h"

#define NEARLY_FULL 0.8 /* of a link: worth saying before anything else */
#define WORTH_SAYING 0.2
#define NEARLY_ALL 0.995 /* of the traffic: rounds to 100 % */

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

/* The app with most of the traffic in the direction that the sentence is about. */
static const weir_app_t *app_find(const weir_snapshot_t *snapshot, bool download, double *ret_rate)
{
    const weir_rows_t *rows = &snapshot->rows[WEIR_TABLE_APPS];
    const weir_app_t *apps = rows->records;
    const weir_app_t *most = NULL;
    *ret_rate = 0;
    for (size_t i = 0; apps && i < rows->count; i++) {
        double rate = download ? apps[i].rx_link_rate : apps[i].tx_link_rate;
        if (rate <= *ret_rate)
            continue;
        most = &apps[i];
        *ret_rate = rate;
    }
    return most;
}

/* An app with a part of the traffic too small to be the cause is not worth the sentence. */
static void app_choose(const weir_snapshot_t *snapshot, weir_sentence_t *said, double total)
{
    double rate = 0;
    const weir_app_t *app = app_find(snapshot, said->download, &rate);
    if (!app || rate < WORTH_SAYING * total)
        return;
    said->kind = WEIR_SENTENCE_APP;
    said->app = app;
    said->peer = said->download ? app->rx_peer : app->tx_peer;
    said->share = rate >= NEARLY_ALL * total ? 1 : rate / total;
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
    if (said.kind == WEIR_SENTENCE_TRAFFIC)
        app_choose(snapshot, &said, busiest.total);
    return said;
}

static void full_put(weir_buf_t *buf, const weir_sentence_t *said, const weir_units_t *units)
{
    weir_buf_puts(buf, " is ");
    share_put(buf, units, said->utilisation);
    weir_buf_printf(buf, " full: its %s takes ", said->download ? "download" : "upload");
    weir_quantity_put(buf, units, WEIR_UNIT_BYTES_PER_SECOND, said->rate);
    weir_buf_puts(buf, " of ");
    weir_quantity_put(buf, units, WEIR_UNIT_BITS_PER_SECOND, said->rate * 8 / said->utilisation);
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
    if (!(share > 0))
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
    if (said.app) {
        app_put(buf, &said, units, utf8);
        return;
    }
    (void)weir_text_put_safe(buf, said.iface->name, utf8); /* its width is not needed */
    if (said.kind == WEIR_SENTENCE_FULL)
        full_put(buf, &said, units);
    else
        traffic_put(buf, &said, units);
}

void weir_balance_put(weir_buf_t *buf, const weir_snapshot_t *snapshot, const weir_units_t *units)
{
    const weir_balance_t *balance = &snapshot->balance;
    double explained = (double)balance->explained;
    double whole = explained + (double)balance->unexplained;
    if (!balance->known || !(whole > 0))
        return;
    unsigned tenths = (unsigned)(explained / whole * 1000 + 0.5);
    weir_buf_printf(buf, "%u.%u %% of ", tenths / 10, tenths % 10);
    weir_quantity_put(buf, units, WEIR_UNIT_BYTES, whole);
    weir_buf_puts(buf, " on the interfaces explained");
    if (balance->reason)
        weir_buf_printf(buf, "; %s", balance->reason);
}
