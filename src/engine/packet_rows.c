/*
 * The books of packets as rows of a snapshot.
 */
#include "engine/packet_books.h"

#include "base/top.h"
#include "packet/community.h"

#include <errno.h>
#include <string.h>

#define TEXTS_CEILING ((size_t)16 << 20)

/* Bits of the columns that rows of this kind have. */
static uint64_t bits_of(weir_table_id_t table, const char *const *ids, size_t count)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++)
        bits |= weir_column_bit(weir_table(table), ids[i]);
    return bits;
}

typedef struct ranked {
    uint64_t rank;    /* bytes of the window */
    uint64_t seen_ns; /* then the most recent */
    uint32_t at;
} ranked_t;

static int ranked_compare(const void *a, const void *b)
{
    const ranked_t *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    if (x->seen_ns != y->seen_ns)
        return x->seen_ns > y->seen_ns ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Bits of columns that some rows have. */
typedef struct flow_bits {
    uint64_t rates, server_name, application, ja4;
} flow_bits_t;

static const char *text_copy(weir_pool_t *pool, const char *text, uint64_t bit, uint64_t *present)
{
    const char *copy = text ? weir_pool_text(pool, text) : NULL;
    if (copy)
        *present |= bit;
    return copy;
}

static void flow_row_set(const weir_packet_books_t *books, const weir_packet_flow_t *flow,
                         weir_pool_t *pool, const flow_bits_t *bits, weir_flow_t *row)
{
    bool high = flow->record.notes & WEIR_NOTE_HIGH_OPENED;
    double seconds = (double)books->window_ns / 1e9;
    weir_flow_row(&books->texts, &flow->record, weir_pool_alloc(pool, WEIR_COMMUNITY_SIZE), row);
    row->protocol = weir_pool_text(pool, row->protocol); /* the books may be gone before the rows */
    row->server_name = text_copy(pool, flow->server_name, bits->server_name, &row->present);
    row->application = text_copy(pool, weir_texts_at(&books->application_names, flow->application),
                                 bits->application, &row->present);
    row->ja4 = text_copy(pool, flow->ja4, bits->ja4, &row->present);
    row->tcp_flags = row->tcp_flags ? weir_pool_text(pool, row->tcp_flags) : NULL;
    if (seconds <= 0)
        return;
    row->src_byte_rate = (double)flow->window_bytes[high] / seconds;
    row->dst_byte_rate = (double)flow->window_bytes[!high] / seconds;
    row->present |= bits->rates;
}

/* All flows by their rank into `ranked`, the first `shown` of them as rows. */
static void flows_put(const weir_packet_books_t *books, weir_pool_t *pool, ranked_t *ranked,
                      weir_flow_t *rows, size_t shown)
{
    static const char *const rates[] = {"src_bytes_per_s", "dst_bytes_per_s"};
    const weir_table_t *table = weir_table(WEIR_TABLE_FLOWS);
    flow_bits_t bits = {.rates = bits_of(WEIR_TABLE_FLOWS, rates, WEIR_COUNT(rates)),
                        .server_name = weir_column_bit(table, "server_name"),
                        .application = weir_column_bit(table, "application"),
                        .ja4 = weir_column_bit(table, "ja4")};
    for (size_t i = 0; i < books->flow_count; i++) {
        const weir_packet_flow_t *flow = &books->flows[i];
        ranked[i] = (ranked_t){.rank = flow->window_bytes[0] + flow->window_bytes[1],
                               .seen_ns = flow->seen_ns,
                               .at = (uint32_t)i};
    }
    weir_top_sort(ranked, books->flow_count, sizeof(*ranked), shown, ranked_compare);
    for (size_t i = 0; i < shown; i++)
        flow_row_set(books, &books->flows[ranked[i].at], pool, &bits, &rows[i]);
}

static void flows_omit(const weir_packet_books_t *books, const ranked_t *ranked,
                       weir_snapshot_t *snapshot, size_t shown)
{
    weir_rows_t *told = &snapshot->rows[WEIR_TABLE_FLOWS];
    told->omitted = books->flow_count - shown + books->flows_omitted;
    told->omitted_bytes = books->omitted.bytes;
    for (size_t i = shown; i < books->flow_count; i++) {
        const weir_flow_record_t *record = &books->flows[ranked[i].at].record;
        told->omitted_bytes += record->side[0].bytes + record->side[1].bytes;
    }
}

static int flows_fill(const weir_packet_books_t *books, weir_pool_t *pool,
                      weir_snapshot_t *snapshot)
{
    size_t count = books->flow_count;
    size_t shown = count < WEIR_PACKET_FLOWS_SHOWN ? count : WEIR_PACKET_FLOWS_SHOWN;
    ranked_t *ranked = calloc(count + 1, sizeof(*ranked));
    weir_flow_t *rows = weir_snapshot_allocate(snapshot, WEIR_TABLE_FLOWS, shown);
    bool made = rows && ranked;
    if (made) {
        flows_put(books, pool, ranked, rows, shown);
        flows_omit(books, ranked, snapshot, shown);
    }
    free(ranked);
    return made ? 0 : -ENOMEM;
}

/* ---- Hosts ----------------------------------------------------------------------------------- */

/* The interface that has the address; NULL: none. */
static const weir_iface_t *address_iface(const weir_snapshot_t *snapshot,
                                         const weir_address_t *address)
{
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        const weir_iface_t *iface = weir_snapshot_iface(snapshot, i);
        for (size_t j = 0; j < iface->addresses.count; j++) {
            weir_address_t own = iface->addresses.items[j];
            if (own.family == address->family &&
                memcmp(own.bytes, address->bytes, sizeof(own.bytes)) == 0)
                return iface;
        }
    }
    return NULL;
}

/* Own addresses have the hardware address of their interface, where it has one. */
static void host_texts_set(const weir_packet_books_t *books, weir_pool_t *pool,
                           const weir_snapshot_t *snapshot, weir_host_t *host)
{
    const weir_table_t *table = weir_table(WEIR_TABLE_HOSTS);
    const weir_iface_t *own = address_iface(snapshot, &host->address);
    const char *name =
        books->hostnames ? weir_hostnames_find(books->hostnames, &host->address) : NULL;
    const char *mac = weir_neighbours_find(&books->neighbours, &host->address);
    host->local = own != NULL;
    host->name =
        text_copy(pool, name, weir_column_bit(table, "name") | weir_column_bit(table, "name_by"),
                  &host->present);
    host->mac =
        text_copy(pool, own ? own->mac : mac, weir_column_bit(table, "mac"), &host->present);
}

static void hosts_put(const weir_packet_books_t *books, weir_pool_t *pool,
                      const weir_snapshot_t *snapshot, ranked_t *ranked, weir_host_t *rows)
{
    static const char *const always[] = {"address",    "local",      "rx_bytes", "tx_bytes",
                                         "rx_packets", "tx_packets", "flows"};
    static const char *const rates[] = {"rx_bytes_per_s", "tx_bytes_per_s"};
    size_t count = books->host_count;
    uint64_t bits = bits_of(WEIR_TABLE_HOSTS, always, WEIR_COUNT(always));
    if (books->window_ns)
        bits |= bits_of(WEIR_TABLE_HOSTS, rates, WEIR_COUNT(rates));
    for (size_t i = 0; i < count; i++) {
        const weir_packet_host_t *host = &books->hosts[i];
        ranked[i] = (ranked_t){.rank = host->window_rx[0] + host->window_tx[0],
                               .seen_ns = host->seen_ns,
                               .at = (uint32_t)i};
    }
    weir_top_sort(ranked, count, sizeof(*ranked), 0, ranked_compare);
    for (size_t i = 0; i < count; i++) {
        const weir_packet_host_t *host = &books->hosts[ranked[i].at];
        rows[i] = (weir_host_t){.present = bits,
                                .address = host->address,
                                .rx = host->rx,
                                .tx = host->tx,
                                .flows = host->flows};
        host_texts_set(books, pool, snapshot, &rows[i]);
    }
}

static int hosts_fill(const weir_packet_books_t *books, weir_pool_t *pool,
                      weir_snapshot_t *snapshot)
{
    ranked_t *ranked = calloc(books->host_count + 1, sizeof(*ranked));
    weir_host_t *rows = weir_snapshot_allocate(snapshot, WEIR_TABLE_HOSTS, books->host_count);
    bool made = rows && ranked;
    if (made)
        hosts_put(books, pool, snapshot, ranked, rows);
    free(ranked);
    return made ? 0 : -ENOMEM;
}

/* ---- Protocols ------------------------------------------------------------------------------- */

#define LAYERS_MOST ((size_t)WEIR_KIN_COUNT + 2 + 256) /* rows below the applications */

typedef struct protocol_list {
    size_t count;
    uint64_t bytes; /* of all frames */
    uint64_t bits, flows_bit;
    weir_protocol_t items[];
} protocol_list_t;

static void protocol_put(protocol_list_t *list, weir_layer_t layer, const char *name,
                         const weir_tally_t *tally, const uint64_t *flows)
{
    if (tally->packets == 0 || !name)
        return;
    list->items[list->count++] =
        (weir_protocol_t){.present = flows ? list->bits : list->bits & ~list->flows_bit,
                          .layer = (uint8_t)layer,
                          .name = name,
                          .packets = tally->packets,
                          .bytes = tally->bytes,
                          .flows = flows ? *flows : 0,
                          .share = list->bytes ? (double)tally->bytes / (double)list->bytes : 0};
}

static int protocol_compare(const void *a, const void *b)
{
    const weir_protocol_t *x = a, *y = b;
    if (x->layer != y->layer)
        return (int)x->layer - (int)y->layer;
    return x->bytes != y->bytes ? (x->bytes < y->bytes) - (x->bytes > y->bytes)
                                : strcmp(x->name, y->name);
}

/* Every frame has one kind of link layer; tags and labels stand beside it. */
static uint64_t frame_bytes(const weir_packet_books_t *books)
{
    uint64_t bytes = 0;
    for (int i = 0; i <= WEIR_KIN_HDLC; i++)
        bytes += books->kin[i].bytes;
    return bytes;
}

static void protocols_list(const weir_packet_books_t *books, weir_pool_t *pool,
                           protocol_list_t *list)
{
    static const char *const versions[] = {"ipv4", "ipv6"};
    for (int i = 0; i < WEIR_KIN_COUNT; i++)
        protocol_put(list, i <= WEIR_KIN_LINK_LAST ? WEIR_LAYER_LINK : WEIR_LAYER_NETWORK,
                     weir_kin_name((weir_kin_t)i), &books->kin[i], NULL);
    for (int i = 0; i < 2; i++)
        protocol_put(list, WEIR_LAYER_NETWORK, versions[i], &books->by_version[i],
                     &books->flows_by_version[i]);
    for (int i = 0; i < 256; i++)
        if (books->by_protocol[i].packets)
            protocol_put(list, WEIR_LAYER_TRANSPORT,
                         weir_pool_text(pool, books->texts.protocols[i]), &books->by_protocol[i],
                         &books->flows_by_protocol[i]);
    for (uint32_t i = 0; i < books->application_names.count; i++)
        protocol_put(list, WEIR_LAYER_APPLICATION,
                     weir_pool_text(pool, weir_texts_at(&books->application_names, i + 1)),
                     &books->applications[i].tally, &books->applications[i].flows);
    qsort(list->items, list->count, sizeof(*list->items), protocol_compare);
}

static int protocols_fill(const weir_packet_books_t *books, weir_pool_t *pool,
                          weir_snapshot_t *snapshot)
{
    static const char *const all[] = {"layer", "name", "packets", "bytes", "flows", "share"};
    size_t most = LAYERS_MOST + books->application_names.count;
    WEIR_CLEANUP(weir_freep)
    protocol_list_t *list = calloc(1, sizeof(*list) + most * sizeof(list->items[0]));
    if (!list)
        return -ENOMEM;
    list->bytes = frame_bytes(books);
    list->bits = bits_of(WEIR_TABLE_PROTOCOLS, all, WEIR_COUNT(all));
    list->flows_bit = weir_column_bit(weir_table(WEIR_TABLE_PROTOCOLS), "flows");
    protocols_list(books, pool, list);
    weir_protocol_t *rows = weir_snapshot_allocate(snapshot, WEIR_TABLE_PROTOCOLS, list->count);
    if (!rows)
        return -ENOMEM;
    memcpy(rows, list->items, list->count * sizeof(*rows));
    return 0;
}

int weir_packet_books_fill(weir_packet_books_t *books, uint32_t tables, weir_snapshot_t *snapshot)
{
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(TEXTS_CEILING);
    if (!pool)
        return -ENOMEM;
    weir_snapshot_hold(snapshot, pool);
    if (tables >> WEIR_TABLE_FINDINGS & 1)
        weir_teller_publish(&books->teller, snapshot);
    int r = 0;
    if (tables >> WEIR_TABLE_FLOWS & 1)
        r = flows_fill(books, pool, snapshot);
    if (r == 0 && tables >> WEIR_TABLE_HOSTS & 1)
        r = hosts_fill(books, pool, snapshot);
    if (r == 0 && tables >> WEIR_TABLE_PROTOCOLS & 1)
        r = protocols_fill(books, pool, snapshot);
    return r;
}
