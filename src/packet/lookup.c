#include "packet/lookup.h"

#include "base/file.h"
#include "packet/digest.h"
#include "packet/geo.h"
#include "packet/services.h"
#include "packet/vendors.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define TEXTS_MOST ((size_t)262144)
#define LIST_CEILING ((size_t)32 << 20) /* [byte] of one list */
#define SERVED_PORTS 1024               /* below, a port names its service at either end */

/** Bits of the columns that are set. */
typedef struct columns {
    uint64_t country[2], as_number[2], as_name[2]; /* flows: of src, of dst; hosts: [0] */
    uint64_t service, mac, vendor;
} columns_t;

struct weir_lookup {
    atomic_uint references;
    pthread_mutex_t mutex; /* over what stands below */
    weir_texts_t texts;
    weir_geo_t *geo;
    weir_vendors_t vendors;
    weir_services_t services;
    bool vendors_read, services_read;
    char *vendors_folder, *services_path; /* owned */
    columns_t host, flow;
};

/* ---- Databases ------------------------------------------------------------------------------- */

static int geoip_fail(const char *path, int r, const char *why,
                      char ret_error[static WEIR_LOOKUP_ERROR_SIZE])
{
    if (r == -EBADMSG)
        (void)snprintf(ret_error, WEIR_LOOKUP_ERROR_SIZE,
                       "--geoip: %.120s is no database in MaxMind's format (.mmdb): %.80s", path,
                       why);
    else if (r == -ENOSPC)
        (void)snprintf(ret_error, WEIR_LOOKUP_ERROR_SIZE, "--geoip: more than %zu databases",
                       WEIR_GEO_MOST);
    else
        (void)snprintf(ret_error, WEIR_LOOKUP_ERROR_SIZE,
                       "--geoip: cannot open %.120s: %s; --no-geoip goes without", path,
                       strerror(-r));
    return r;
}

/* At most one of each kind. */
static void usual_add(weir_geo_t *geo)
{
    static const char *const folders[] = {"/var/lib/GeoIP", "/usr/share/GeoIP",
                                          "/usr/local/share/GeoIP"};
    static const char *const kinds[][4] = {
        {"GeoIP2-City", "GeoIP2-Country", "GeoLite2-Country", "GeoLite2-City"},
        {"GeoIP2-ISP", "GeoLite2-ASN", NULL, NULL},
    };
    for (size_t kind = 0; kind < WEIR_COUNT(kinds); kind++) {
        bool found = false;
        for (size_t i = 0; i < 4 * WEIR_COUNT(folders) && !found; i++) {
            const char *name = kinds[kind][i % 4], *why = NULL;
            char path[128];
            if (!name)
                continue;
            (void)snprintf(path, sizeof(path), "%s/%s.mmdb", folders[i / 4], name);
            found = weir_geo_add(geo, path, &why) == 0;
        }
    }
}

static int geoip_open(weir_lookup_t *lookup, const weir_lookup_options_t *options,
                      char ret_error[static WEIR_LOOKUP_ERROR_SIZE])
{
    if (options->no_geoip)
        return 0;
    if (!options->geoip_count)
        usual_add(lookup->geo);
    for (size_t i = 0; i < options->geoip_count; i++) {
        const char *why = "";
        int r = weir_geo_add(lookup->geo, options->geoip[i], &why);
        if (r < 0)
            return geoip_fail(options->geoip[i], r, why, ret_error);
    }
    return 0;
}

/* ---- Life ------------------------------------------------------------------------------------ */

static void columns_find(weir_lookup_t *lookup)
{
    const weir_table_t *hosts = weir_table(WEIR_TABLE_HOSTS), *flows = weir_table(WEIR_TABLE_FLOWS);
    lookup->host = (columns_t){.country = {weir_column_bit(hosts, "country")},
                               .as_number = {weir_column_bit(hosts, "as_number")},
                               .as_name = {weir_column_bit(hosts, "as_name")},
                               .mac = weir_column_bit(hosts, "mac"),
                               .vendor = weir_column_bit(hosts, "vendor")};
    lookup->flow = (columns_t){
        .country = {weir_column_bit(flows, "src_country"), weir_column_bit(flows, "dst_country")},
        .as_number = {weir_column_bit(flows, "src_as_number"),
                      weir_column_bit(flows, "dst_as_number")},
        .as_name = {weir_column_bit(flows, "src_as_name"), weir_column_bit(flows, "dst_as_name")},
        .service = weir_column_bit(flows, "service")};
}

int weir_lookup_new(const weir_lookup_options_t *options, weir_lookup_t **ret_lookup,
                    char ret_error[static WEIR_LOOKUP_ERROR_SIZE])
{
    weir_lookup_t *lookup = calloc(1, sizeof(*lookup));
    (void)snprintf(ret_error, WEIR_LOOKUP_ERROR_SIZE, "out of memory");
    if (!lookup)
        return -ENOMEM;
    if (pthread_mutex_init(&lookup->mutex, NULL) != 0) {
        free(lookup);
        return -ENOMEM;
    }
    atomic_init(&lookup->references, 1);
    weir_texts_init(&lookup->texts, TEXTS_MOST);
    columns_find(lookup);
    lookup->geo = weir_geo_new(&lookup->texts);
    lookup->vendors_folder =
        strdup(options->vendors_folder ? options->vendors_folder : "/usr/share/ieee-data");
    lookup->services_path = strdup(options->services ? options->services : "/etc/services");
    int r = lookup->geo && lookup->vendors_folder && lookup->services_path
                ? geoip_open(lookup, options, ret_error)
                : -ENOMEM;
    if (r < 0)
        weir_lookup_unref(lookup);
    else
        *ret_lookup = lookup;
    return r;
}

weir_lookup_t *weir_lookup_ref(weir_lookup_t *lookup)
{
    if (lookup)
        (void)atomic_fetch_add_explicit(&lookup->references, 1, memory_order_relaxed);
    return lookup;
}

void weir_lookup_unref(weir_lookup_t *lookup)
{
    if (!lookup || atomic_fetch_sub_explicit(&lookup->references, 1, memory_order_acq_rel) != 1)
        return;
    weir_geo_free(lookup->geo);
    weir_vendors_done(&lookup->vendors);
    weir_services_done(&lookup->services);
    weir_texts_done(&lookup->texts);
    (void)pthread_mutex_destroy(&lookup->mutex);
    free(lookup->vendors_folder);
    free(lookup->services_path);
    free(lookup);
}

/* ---- Lists ----------------------------------------------------------------------------------- */

/* A list that is not there, or too long, knows nothing: 0, or -ENOMEM. */
static int list_read(const char *path, char **ret_text, weir_span_t *ret_span)
{
    size_t len = 0;
    int r = weir_file_read(path, LIST_CEILING, ret_text, &len);
    *ret_span = (weir_span_t){(const uint8_t *)*ret_text, len};
    return r == -ENOMEM ? r : 0;
}

static void vendors_read(weir_lookup_t *lookup)
{
    static const char *const names[] = {"oui36.csv", "mam.csv", "oui.csv"};
    lookup->vendors_read = true;
    for (size_t i = 0; i < WEIR_COUNT(names); i++) {
        char path[4096];
        WEIR_CLEANUP(weir_freep) char *text = NULL;
        weir_span_t csv;
        (void)snprintf(path, sizeof(path), "%s/%s", lookup->vendors_folder, names[i]);
        if (list_read(path, &text, &csv) < 0 ||
            weir_vendors_add(&lookup->vendors, csv, &lookup->texts) < 0)
            break; /* no memory: what was read until here counts */
    }
    weir_vendors_seal(&lookup->vendors);
}

static uint32_t vendor_number(weir_lookup_t *lookup, const uint8_t mac[static 6])
{
    if (!lookup->vendors_read)
        vendors_read(lookup);
    return weir_vendors_find(&lookup->vendors, mac);
}

static uint32_t service_number(weir_lookup_t *lookup, const weir_flow_t *flow)
{
    if (!lookup->services_read) {
        WEIR_CLEANUP(weir_freep) char *text = NULL;
        weir_span_t list;
        lookup->services_read = true;
        if (list_read(lookup->services_path, &text, &list) < 0 ||
            weir_services_add(&lookup->services, list, &lookup->texts) < 0)
            return 0; /* no memory: later rows have what was read until here */
    }
    uint32_t number = weir_services_find(&lookup->services, flow->ip_protocol, flow->dst_port);
    if (!number && flow->src_port < SERVED_PORTS)
        number = weir_services_find(&lookup->services, flow->ip_protocol, flow->src_port);
    return number;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static const char *text_of(const weir_lookup_t *lookup, uint32_t number, uint64_t bit,
                           uint64_t *present)
{
    if (number)
        *present |= bit;
    return weir_texts_at(&lookup->texts, number);
}

void weir_lookup_host(weir_lookup_t *lookup, uint64_t wanted, weir_host_t *host)
{
    const columns_t *columns = &lookup->host;
    (void)pthread_mutex_lock(&lookup->mutex);
    if (wanted & (columns->country[0] | columns->as_number[0] | columns->as_name[0])) {
        weir_place_t place = weir_geo_find(lookup->geo, &host->address);
        host->country = text_of(lookup, place.country, columns->country[0], &host->present);
        host->as_name = text_of(lookup, place.as_name, columns->as_name[0], &host->present);
        host->as_number = place.as_number;
        host->present |= place.as_number ? columns->as_number[0] : 0;
    }
    weir_mac_t mac;
    if ((wanted & columns->vendor) && (host->present & columns->mac) &&
        weir_mac_parse(host->mac, &mac) == 0)
        host->vendor =
            text_of(lookup, vendor_number(lookup, mac.bytes), columns->vendor, &host->present);
    (void)pthread_mutex_unlock(&lookup->mutex);
}

/* Bits of what the databases tell of one end. */
static uint64_t end_bits(const weir_lookup_t *lookup, int end)
{
    const columns_t *columns = &lookup->flow;
    return columns->country[end] | columns->as_number[end] | columns->as_name[end];
}

bool weir_lookup_wants_flow(const weir_lookup_t *lookup, uint64_t wanted)
{
    return wanted & (lookup->flow.service | end_bits(lookup, 0) | end_bits(lookup, 1));
}

void weir_lookup_flow(weir_lookup_t *lookup, uint64_t wanted, weir_flow_t *flow)
{
    const columns_t *columns = &lookup->flow;
    const weir_address_t *ends[2] = {&flow->src, &flow->dst};
    weir_flow_place_t *places[2] = {&flow->src_place, &flow->dst_place};
    (void)pthread_mutex_lock(&lookup->mutex);
    for (int i = 0; i < 2; i++) {
        if (!(wanted & end_bits(lookup, i)))
            continue;
        weir_place_t place = weir_geo_find(lookup->geo, ends[i]);
        places[i]->country = text_of(lookup, place.country, columns->country[i], &flow->present);
        places[i]->as_name = text_of(lookup, place.as_name, columns->as_name[i], &flow->present);
        places[i]->as_number = place.as_number;
        flow->present |= place.as_number ? columns->as_number[i] : 0;
    }
    if (wanted & columns->service)
        flow->service =
            text_of(lookup, service_number(lookup, flow), columns->service, &flow->present);
    (void)pthread_mutex_unlock(&lookup->mutex);
}

const char *weir_lookup_vendor(weir_lookup_t *lookup, const uint8_t mac[static 6])
{
    (void)pthread_mutex_lock(&lookup->mutex);
    const char *vendor = weir_texts_at(&lookup->texts, vendor_number(lookup, mac));
    (void)pthread_mutex_unlock(&lookup->mutex);
    return vendor;
}

void weir_lookup_hold(weir_lookup_t *lookup, weir_snapshot_t *snapshot)
{
    (void)pthread_mutex_lock(&lookup->mutex);
    if (lookup->texts.pool)
        weir_snapshot_hold(snapshot, lookup->texts.pool);
    (void)pthread_mutex_unlock(&lookup->mutex);
}

const char *weir_lookup_problem(weir_lookup_t *lookup)
{
    (void)pthread_mutex_lock(&lookup->mutex);
    bool damaged = weir_geo_damaged(lookup->geo) > 0;
    (void)pthread_mutex_unlock(&lookup->mutex);
    return damaged ? "A GeoIP database is damaged: some countries and networks stay unknown" : NULL;
}
