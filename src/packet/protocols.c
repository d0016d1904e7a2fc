/*
 * Protocols and applications: summed up from the flows at the end, not packet by packet.
 */
#include "packet/capture_private.h"

#include <errno.h>

#define APPLICATIONS_MOST ((size_t)4096) /* nDPI knows some hundred, and pairs of them */

/* Columns by their place in the catalogue. */
enum protocol_column { PROTOCOL_LAYER = 0, PROTOCOL_FLOWS = 4, PROTOCOL_SHARE = 5 };

/** Traffic of one application, at its number in `names` - 1. */
typedef struct application_sum {
    weir_tally_t tally;
    uint64_t flows;
} application_sum_t;

struct weir_protocol_sums {
    weir_texts_t applications; /* that flows have */
    application_sum_t by_application[APPLICATIONS_MOST];
    weir_tally_t by_protocol[256], by_version[2]; /* 1: IPv6 */
    uint64_t flows[256], version_flows[2];
};
typedef struct weir_protocol_sums protocol_sums_t;

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

void weir_protocols_add(protocol_sums_t *sums, const weir_capture_t *capture, size_t row,
                        const weir_flow_record_t *record)
{
    weir_label_t label = {0};
    record_ref_t ref = capture->rows[row];
    (void)weir_flow_table_label(&capture->run.tables[ref.table], ref.unit, &label);
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

protocol_sums_t *weir_protocols_new(void)
{
    protocol_sums_t *sums = calloc(1, sizeof(*sums));
    if (sums)
        weir_texts_init(&sums->applications, APPLICATIONS_MOST);
    return sums;
}

/* The texts of the applications go to the capture. */
int weir_protocols_end(weir_capture_t *capture, protocol_sums_t *sums)
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

void weir_protocols_free(protocol_sums_t *sums)
{
    if (sums)
        weir_texts_done(&sums->applications);
    free(sums);
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
