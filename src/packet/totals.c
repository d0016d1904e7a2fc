/*
 * Hosts and protocols: summed up from the flows at the end, not packet by packet; hosts and pairs
 * of hosts in one go where both are wanted.
 */
#include "packet/capture_private.h"

#include "base/top.h"

#include <errno.h>

#define GUESS_SHARE 0.95                 /* of the bytes */
#define APPLICATIONS_MOST ((size_t)4096) /* nDPI knows some hundred, and pairs of them */

/* Columns by their place in the catalogue. */
enum host_column {
    HOST_ADDRESS = 0,
    HOST_NAME = 1,
    HOST_FLOWS = 13,
    HOST_MAC = 25,
    HOST_NAME_BY = 26
};
enum protocol_column { PROTOCOL_LAYER = 0, PROTOCOL_FLOWS = 4, PROTOCOL_SHARE = 5 };

static bool address_is_local(const weir_capture_options_t *options, const weir_address_t *address)
{
    for (size_t i = 0; i < options->local_count; i++)
        if (weir_address_within(address, &options->locals[i]))
            return true;
    return false;
}

static weir_meter_t meter_of(const weir_sum_t *sum, unsigned way, double seconds)
{
    uint64_t bytes = sum->bytes[way], packets = weir_sum_packets(sum, way);
    return (weir_meter_t){
        .bytes = bytes,
        .packets = packets,
        .byte_rate = seconds > 0 ? (double)bytes / seconds : 0,
        .packet_rate = seconds > 0 ? (double)packets / seconds : 0,
        .state = seconds > 0 ? WEIR_RATE_OK : WEIR_RATE_INIT,
    };
}

static weir_host_t host_of(const weir_capture_t *capture, const weir_sum_t *sum)
{
    double seconds = (double)capture->totals.duration_ns / 1e9;
    weir_host_t host = {
        .present = UINT64_C(1) << HOST_ADDRESS | UINT64_C(0x7f) << 7,
        .address = weir_address_from_words(sum->low, sum->ipv6),
        .tx = meter_of(sum, 0, seconds),
        .rx = meter_of(sum, 1, seconds),
        .flows = sum->flows,
    };
    uint64_t rates = UINT64_C(3) << 11;
    if (seconds <= 0)
        host.present &= ~rates;
    host.local = address_is_local(&capture->options, &host.address);
    host.name =
        capture->run.hostnames ? weir_hostnames_find(capture->run.hostnames, &host.address) : NULL;
    if (host.name)
        host.present |= UINT64_C(1) << HOST_NAME | UINT64_C(1) << HOST_NAME_BY;
    host.mac = weir_neighbours_find(&capture->neighbours, &host.address);
    if (host.mac)
        host.present |= UINT64_C(1) << HOST_MAC;
    if (capture->options.lookup)
        weir_lookup_host(capture->options.lookup, UINT64_MAX, &host);
    return host;
}

static int host_compare(const void *a, const void *b)
{
    const weir_sum_t *x = a, *y = b;
    uint64_t left = weir_sum_bytes(x), right = weir_sum_bytes(y);
    if (left != right)
        return (left < right) - (left > right);
    return x->ipv6 != y->ipv6 ? (x->ipv6 ? 1 : -1) : memcmp(x->low, y->low, sizeof(x->low));
}

/* The host that takes part in nearly all bytes of its kind of address, if there are others than
 * that and one more: most captures are made on one machine, and show what it sends and receives.
 * Every flow counts at both of its ends. */
static void local_guess(weir_capture_t *capture, const weir_sums_t *sums, bool ipv6)
{
    uint64_t all = 0, most = 0;
    size_t count = 0, best = 0;
    for (size_t i = 0; i < sums->count; i++) {
        const weir_sum_t *sum = &sums->sums[i];
        uint64_t bytes = weir_sum_bytes(sum);
        if (sum->ipv6 != ipv6)
            continue;
        best = bytes > most ? i : best;
        most = bytes > most ? bytes : most;
        all += bytes;
        count++;
    }
    if (count < 3 || (double)most * 2 < GUESS_SHARE * (double)all)
        return;
    capture->guesses[ipv6] = weir_address_from_words(sums->sums[best].low, ipv6);
    capture->guessed = true;
}

static int hosts_make(weir_capture_t *capture, size_t most, const weir_sums_t *sums)
{
    weir_event_batch_t events = weir_capture_events(capture);
    weir_neighbours_learn(&capture->neighbours, &events);
    weir_top_sort(sums->sums, sums->count, sizeof(*sums->sums), most, host_compare);
    size_t made = most && most < sums->count ? most : sums->count;
    weir_host_t *hosts = malloc((made + 1) * sizeof(*hosts));
    if (!hosts)
        return -ENOMEM;
    for (size_t i = 0; i < made; i++)
        hosts[i] = host_of(capture, &sums->sums[i]);
    local_guess(capture, sums, false);
    local_guess(capture, sums, true);
    capture->hosts = hosts;
    capture->host_count = made;
    capture->host_total = sums->count;
    return weir_capture_judge(capture);
}

/** Traffic of one application, at its number in `names` - 1. */
typedef struct application_sum {
    weir_tally_t tally;
    uint64_t flows;
} application_sum_t;

typedef struct protocol_sums {
    weir_texts_t applications; /* that flows have */
    application_sum_t by_application[APPLICATIONS_MOST];
    weir_tally_t by_protocol[256], by_version[2]; /* 1: IPv6 */
    uint64_t flows[256], version_flows[2];
} protocol_sums_t;

static void application_add(protocol_sums_t *sums, const char *application,
                            const weir_tally_t *tally)
{
    uint32_t number = application ? weir_texts_number(&sums->applications, application) : 0;
    if (number == 0)
        return;
    application_sum_t *sum = &sums->by_application[number - 1];
    sum->tally.packets += tally->packets;
    sum->tally.bytes += tally->bytes;
    sum->flows++;
}

static void sums_add(protocol_sums_t *sums, const weir_flow_record_t *record,
                     const char *application)
{
    weir_tally_t tally = {weir_record_packets(record, 0) + weir_record_packets(record, 1),
                          record->side[0].bytes + record->side[1].bytes};
    unsigned version = weir_key_ipv6(&record->key);
    weir_tally_t *sum[] = {&sums->by_protocol[weir_key_protocol(&record->key)],
                           &sums->by_version[version]};
    for (int i = 0; i < 2; i++) {
        sum[i]->packets += tally.packets;
        sum[i]->bytes += tally.bytes;
    }
    sums->flows[weir_key_protocol(&record->key)]++;
    sums->version_flows[version]++;
    application_add(sums, application, &tally);
}

static void tally_add(weir_tally_t *sum, const weir_tally_t *part)
{
    sum->packets += part->packets;
    sum->bytes += part->bytes;
}

static void sums_omitted(const weir_run_t *run, protocol_sums_t *sums)
{
    for (unsigned i = 0; i < run->workers; i++) {
        const weir_omitted_t *omitted = &run->tables[i].omitted;
        for (int j = 0; j < 256; j++)
            tally_add(&sums->by_protocol[j], &omitted->by_protocol[j]);
        tally_add(&sums->by_version[1], &omitted->ipv6);
        sums->by_version[0].packets += omitted->total.packets - omitted->ipv6.packets;
        sums->by_version[0].bytes += omitted->total.bytes - omitted->ipv6.bytes;
    }
}

static void protocol_put(weir_capture_t *capture, weir_layer_t layer, const char *name,
                         weir_tally_t tally, int64_t flows)
{
    if (tally.packets == 0)
        return;
    uint64_t present = (UINT64_C(1) << (PROTOCOL_SHARE + 1)) - 1;
    capture->protocols[capture->protocol_count++] = (weir_protocol_t){
        .present = flows < 0 ? present & ~(UINT64_C(1) << PROTOCOL_FLOWS) : present,
        .layer = (uint8_t)layer,
        .name = name,
        .packets = tally.packets,
        .bytes = tally.bytes,
        .flows = flows < 0 ? 0 : (uint64_t)flows,
        .share = capture->totals.bytes ? (double)tally.bytes / (double)capture->totals.bytes : 0,
    };
}

static int protocol_compare(const void *a, const void *b)
{
    const weir_protocol_t *x = a, *y = b;
    if (x->layer != y->layer)
        return (int)x->layer - (int)y->layer;
    return x->bytes != y->bytes ? (x->bytes < y->bytes) - (x->bytes > y->bytes)
                                : strcmp(x->name, y->name);
}

static void protocols_add(protocol_sums_t *sums, const weir_flow_table_t *table, size_t unit,
                          const weir_flow_record_t *record)
{
    weir_label_t label = {0};
    (void)weir_flow_table_label(table, unit, &label);
    sums_add(sums, record, label.application);
}

static void applications_put(weir_capture_t *capture, const protocol_sums_t *sums)
{
    for (uint32_t i = 0; i < sums->applications.count; i++) {
        const application_sum_t *sum = &sums->by_application[i];
        protocol_put(capture, WEIR_LAYER_APPLICATION, weir_texts_at(&sums->applications, i + 1),
                     sum->tally, (int64_t)sum->flows);
    }
}

static void protocols_make(weir_capture_t *capture, protocol_sums_t *sums)
{
    sums_omitted(&capture->run, sums);
    for (int i = 0; i < WEIR_KIN_COUNT; i++)
        protocol_put(capture, i <= WEIR_KIN_LINK_LAST ? WEIR_LAYER_LINK : WEIR_LAYER_NETWORK,
                     weir_kin_name((weir_kin_t)i), capture->counts.kin[i], -1);
    protocol_put(capture, WEIR_LAYER_NETWORK, "ipv4", sums->by_version[0],
                 (int64_t)sums->version_flows[0]);
    protocol_put(capture, WEIR_LAYER_NETWORK, "ipv6", sums->by_version[1],
                 (int64_t)sums->version_flows[1]);
    for (int i = 0; i < 256; i++)
        protocol_put(capture, WEIR_LAYER_TRANSPORT, capture->texts.protocols[i],
                     sums->by_protocol[i], (int64_t)sums->flows[i]);
    applications_put(capture, sums);
    qsort(capture->protocols, capture->protocol_count, sizeof(*capture->protocols),
          protocol_compare);
}

static protocol_sums_t *protocols_new(void)
{
    protocol_sums_t *sums = calloc(1, sizeof(*sums));
    if (sums)
        weir_texts_init(&sums->applications, APPLICATIONS_MOST);
    return sums;
}

/* The texts of the applications go to the capture. */
static int protocols_end(weir_capture_t *capture, protocol_sums_t *sums)
{
    size_t room = WEIR_KIN_COUNT + 2 + 256 + sums->applications.count;
    capture->protocols = calloc(room, sizeof(*capture->protocols));
    if (!capture->protocols)
        return -ENOMEM;
    protocols_make(capture, sums);
    weir_texts_done(&capture->applications);
    capture->applications = sums->applications;
    sums->applications = (weir_texts_t){0};
    return 0;
}

static void protocols_free(protocol_sums_t *sums)
{
    if (sums)
        weir_texts_done(&sums->applications);
    free(sums);
}

/* ---- One look at all flows ------------------------------------------------------------------- */

/** What is being made of them; NULL: not wanted. */
typedef struct census {
    weir_adder_t *hosts, *pairs;
    protocol_sums_t *protocols;
} census_t;

static int record_count(const census_t *census, const weir_flow_table_t *table, size_t unit,
                        const weir_flow_record_t *record)
{
    int r = census->hosts ? weir_adder_add(census->hosts, record) : 0;
    r = r == 0 && census->pairs ? weir_adder_add(census->pairs, record) : r;
    if (r == 0 && census->protocols)
        protocols_add(census->protocols, table, unit, record);
    return r;
}

static int records_count(const weir_run_t *run, const census_t *census)
{
    for (unsigned i = 0; i < run->workers; i++) {
        const weir_flow_table_t *table = &run->tables[i];
        const weir_flow_record_t *record = NULL;
        for (size_t unit = 0; (record = weir_flow_table_next(table, &unit));) {
            if (weir_record_depth(record) > 0)
                continue; /* its outside is there */
            int r = record_count(census, table, weir_flow_table_unit(unit, record), record);
            if (r < 0)
                return r;
        }
    }
    return 0;
}

/* The rows of a table out of the sums that `adder` has. */
static int rows_end(weir_capture_t *capture, size_t most, weir_adder_t *adder,
                    int (*make)(weir_capture_t *capture, size_t most, const weir_sums_t *sums))
{
    weir_sums_t sums = {0};
    int r = weir_adder_end(adder, &sums);
    r = r == 0 ? make(capture, most, &sums) : r;
    weir_sums_done(&sums);
    return r;
}

static int census_take(weir_capture_t *capture, size_t most, const census_t *census)
{
    int r = records_count(&capture->run, census);
    if (r == 0 && census->hosts)
        r = rows_end(capture, most, census->hosts, hosts_make);
    if (r == 0 && census->pairs)
        r = rows_end(capture, most, census->pairs, weir_capture_pairs_make);
    if (r == 0 && census->protocols)
        r = protocols_end(capture, census->protocols);
    return r;
}

int weir_capture_sum(weir_capture_t *capture, size_t most, unsigned tables)
{
    weir_adder_t hosts = {0}, pairs = {0};
    uint64_t flows = capture->row_count;
    census_t census = {
        .hosts = tables & WEIR_CAPTURE_HOSTS && !capture->hosts ? &hosts : NULL,
        .pairs = tables & WEIR_CAPTURE_PAIRS && !capture->pairs ? &pairs : NULL,
    };
    if (tables & WEIR_CAPTURE_PROTOCOLS && !capture->protocols)
        census.protocols = protocols_new();
    int r =
        tables & WEIR_CAPTURE_PROTOCOLS && !capture->protocols && !census.protocols ? -ENOMEM : 0;
    if (r == 0 && census.hosts)
        r = weir_adder_init(&hosts, true, flows, capture->seed);
    if (r == 0 && census.pairs)
        r = weir_adder_init(&pairs, false, flows, capture->seed);
    if (r == 0 && (census.hosts || census.pairs || census.protocols))
        r = census_take(capture, most, &census);
    weir_adder_done(&hosts);
    weir_adder_done(&pairs);
    protocols_free(census.protocols);
    return r;
}

int weir_capture_hosts(weir_capture_t *capture, size_t most, const weir_host_t **ret_hosts,
                       size_t *ret_count, size_t *ret_total)
{
    int r = weir_capture_sum(capture, most, WEIR_CAPTURE_HOSTS);
    if (r < 0)
        return r;
    *ret_hosts = capture->hosts;
    *ret_count = capture->host_count;
    *ret_total = capture->host_total;
    return 0;
}

int weir_capture_protocols(weir_capture_t *capture, const weir_protocol_t **ret_protocols,
                           size_t *ret_count)
{
    int r = weir_capture_sum(capture, 0, WEIR_CAPTURE_PROTOCOLS);
    if (r < 0)
        return r;
    *ret_protocols = capture->protocols;
    *ret_count = capture->protocol_count;
    return 0;
}

static const char *name_find(const char *known, const weir_address_t *address,
                             const weir_namer_t *namer)
{
    return known ? known : namer->name(namer->context, address);
}

void weir_capture_name(weir_capture_t *capture, size_t most, const weir_namer_t *namer)
{
    for (size_t i = 0; i < capture->host_count && i < most; i++) {
        weir_host_t *host = &capture->hosts[i];
        if (host->name)
            continue;
        host->name = namer->name(namer->context, &host->address);
        host->name_by = WEIR_NAME_RESOLVED;
        if (host->name)
            host->present |= UINT64_C(1) << HOST_NAME | UINT64_C(1) << HOST_NAME_BY;
    }
    for (size_t i = 0; i < capture->pair_count && i < most; i++) {
        weir_conversation_t *pair = &capture->pairs[i];
        pair->a_name = name_find(pair->a_name, &pair->a, namer);
        pair->b_name = name_find(pair->b_name, &pair->b, namer);
    }
}
