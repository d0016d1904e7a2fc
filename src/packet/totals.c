/*
 * Hosts and protocols: summed up from the flows at the end, not packet by packet.
 */
#include "packet/capture_private.h"

#include "base/index.h"
#include "base/top.h"

#include <errno.h>

/* Columns by their place in the catalogue. */
enum host_column { HOST_ADDRESS = 0, HOST_LOCAL = 6, HOST_FLOWS = 13 };
enum protocol_column { PROTOCOL_LAYER = 0, PROTOCOL_FLOWS = 4, PROTOCOL_SHARE = 5 };

typedef struct host_list {
    weir_index_t index; /* address -> position */
    weir_host_t *hosts;
    size_t count, room;
} host_list_t;

static uint64_t address_hash(const weir_address_t *address)
{
    uint64_t words[2];
    memcpy(words, address->bytes, sizeof(words));
    return address->family == WEIR_FAMILY_IPV4 ? words[0] : weir_hash_u64(words[0]) ^ words[1];
}

static int hosts_grow(host_list_t *list)
{
    if (list->count < list->room)
        return 0;
    size_t room = list->room ? list->room * 2 : 256;
    weir_host_t *hosts = realloc(list->hosts, room * sizeof(*hosts));
    if (!hosts)
        return -ENOMEM;
    list->hosts = hosts;
    list->room = room;
    return 0;
}

/* Two addresses with one hash take neighbouring keys. */
static weir_host_t *host_obtain(host_list_t *list, const weir_address_t *address)
{
    uint64_t key = address_hash(address);
    for (;; key++) {
        uint32_t at = weir_index_get(&list->index, key);
        if (at == WEIR_INDEX_NONE)
            break;
        if (weir_address_compare(&list->hosts[at].address, address) == 0)
            return &list->hosts[at];
    }
    if (hosts_grow(list) < 0 || weir_index_set(&list->index, key, (uint32_t)list->count) < 0)
        return NULL;
    weir_host_t *host = &list->hosts[list->count++];
    *host = (weir_host_t){.address = *address};
    return host;
}

static void meter_add(weir_meter_t *meter, const weir_record_side_t *side)
{
    meter->packets += side->packets;
    meter->bytes += side->bytes;
}

static int hosts_add(host_list_t *list, const weir_flow_record_t *record)
{
    for (unsigned high = 0; high < 2; high++) {
        weir_address_t address = weir_record_address(record, high);
        weir_host_t *host = host_obtain(list, &address);
        if (!host)
            return -ENOMEM;
        meter_add(&host->tx, &record->side[high]);
        meter_add(&host->rx, &record->side[!high]);
        host->flows++;
        if (memcmp(record->key.low, record->key.high, 16) == 0) { /* a host that talks to itself */
            meter_add(&host->tx, &record->side[!high]);
            meter_add(&host->rx, &record->side[high]);
            break;
        }
    }
    return 0;
}

static bool address_is_local(const weir_capture_options_t *options, const weir_address_t *address)
{
    for (size_t i = 0; i < options->local_count; i++)
        if (weir_address_within(address, &options->locals[i]))
            return true;
    return false;
}

static void host_finish(const weir_capture_t *capture, weir_host_t *host)
{
    double seconds = (double)capture->totals.duration_ns / 1e9;
    weir_meter_t *meters[] = {&host->rx, &host->tx};
    for (int i = 0; i < 2; i++) {
        meters[i]->byte_rate = seconds > 0 ? (double)meters[i]->bytes / seconds : 0;
        meters[i]->packet_rate = seconds > 0 ? (double)meters[i]->packets / seconds : 0;
        meters[i]->state = seconds > 0 ? WEIR_RATE_OK : WEIR_RATE_INIT;
    }
    uint64_t rates = UINT64_C(3) << 11;
    host->present = UINT64_C(1) << HOST_ADDRESS | UINT64_C(0x7f) << 7;
    if (seconds <= 0)
        host->present &= ~rates;
    if (capture->options.local_count) {
        host->local = address_is_local(&capture->options, &host->address);
        host->present |= UINT64_C(1) << HOST_LOCAL;
    }
}

static int host_compare(const void *a, const void *b)
{
    const weir_host_t *x = a, *y = b;
    uint64_t left = x->rx.bytes + x->tx.bytes, right = y->rx.bytes + y->tx.bytes;
    return left != right ? (left < right) - (left > right)
                         : weir_address_compare(&x->address, &y->address);
}

static int hosts_collect(const weir_capture_t *capture, host_list_t *list)
{
    for (size_t i = 0; i < capture->row_count; i++) {
        const weir_flow_record_t *record = weir_capture_record(capture, i);
        if (weir_record_depth(record) > 0)
            continue;
        int r = hosts_add(list, record);
        if (r < 0)
            return r;
    }
    return 0;
}

int weir_capture_hosts(weir_capture_t *capture, size_t most, const weir_host_t **ret_hosts,
                       size_t *ret_count)
{
    if (!capture->hosts) {
        host_list_t list = {0};
        int r = hosts_grow(&list);
        r = r < 0 ? r : hosts_collect(capture, &list);
        weir_index_done(&list.index);
        if (r < 0) {
            free(list.hosts);
            return r;
        }
        for (size_t i = 0; i < list.count; i++)
            host_finish(capture, &list.hosts[i]);
        weir_top_sort(list.hosts, list.count, sizeof(*list.hosts), most, host_compare);
        capture->hosts = list.hosts;
        capture->host_count = list.count;
    }
    *ret_hosts = capture->hosts;
    *ret_count = capture->host_count;
    return 0;
}

typedef struct protocol_sums {
    weir_tally_t by_protocol[256], by_version[2]; /* 1: IPv6 */
    uint64_t flows[256], version_flows[2];
} protocol_sums_t;

static void sums_add(protocol_sums_t *sums, const weir_flow_record_t *record)
{
    weir_tally_t tally = {record->side[0].packets + record->side[1].packets,
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

static void protocols_make(weir_capture_t *capture, protocol_sums_t *sums)
{
    for (size_t i = 0; i < capture->row_count; i++)
        if (weir_record_depth(weir_capture_record(capture, i)) == 0)
            sums_add(sums, weir_capture_record(capture, i));
    sums_omitted(&capture->run, sums);
    for (int i = 0; i < WEIR_KIN_COUNT; i++)
        protocol_put(capture, i <= WEIR_KIN_LINK_LAST ? WEIR_LAYER_LINK : WEIR_LAYER_NETWORK,
                     weir_kin_name((weir_kin_t)i), capture->counts.kin[i], -1);
    protocol_put(capture, WEIR_LAYER_NETWORK, "ipv4", sums->by_version[0],
                 (int64_t)sums->version_flows[0]);
    protocol_put(capture, WEIR_LAYER_NETWORK, "ipv6", sums->by_version[1],
                 (int64_t)sums->version_flows[1]);
    for (int i = 0; i < 256; i++)
        protocol_put(capture, WEIR_LAYER_TRANSPORT, capture->protocol_texts[i],
                     sums->by_protocol[i], (int64_t)sums->flows[i]);
    qsort(capture->protocols, capture->protocol_count, sizeof(*capture->protocols),
          protocol_compare);
}

static int protocols_obtain(weir_capture_t *capture)
{
    protocol_sums_t *sums = calloc(1, sizeof(*sums));
    capture->protocols = calloc(WEIR_KIN_COUNT + 2 + 256, sizeof(*capture->protocols));
    if (capture->protocols && sums)
        protocols_make(capture, sums);
    bool made = capture->protocols && sums;
    free(sums);
    if (made)
        return 0;
    free(capture->protocols);
    capture->protocols = NULL;
    return -ENOMEM;
}

int weir_capture_protocols(weir_capture_t *capture, const weir_protocol_t **ret_protocols,
                           size_t *ret_count)
{
    int r = capture->protocols ? 0 : protocols_obtain(capture);
    if (r < 0)
        return r;
    *ret_protocols = capture->protocols;
    *ret_count = capture->protocol_count;
    return 0;
}
