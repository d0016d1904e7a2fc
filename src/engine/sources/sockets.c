#include "engine/sources/sockets.h"

#include "engine/first_packets.h"
#include "engine/socket_briefs.h"
#include "packet/names.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define TABLES                                                                                     \
    (UINT32_C(1) << WEIR_TABLE_APPS | UINT32_C(1) << WEIR_TABLE_FLOWS |                            \
     UINT32_C(1) << WEIR_TABLE_HOSTS | UINT32_C(1) << WEIR_TABLE_FINDINGS)
#define FIRSTS                                                                                     \
    (UINT32_C(1) << WEIR_TABLE_APPS | UINT32_C(1) << WEIR_TABLE_FLOWS |                            \
     UINT32_C(1) << WEIR_TABLE_HOSTS)
#define POOL_CEILING ((size_t)16 << 20)
#define NOTE_SIZE 400

/* What an app exchanged with a host in this window. */
typedef struct app_host {
    uint32_t app, host;
    uint64_t rx, tx; /* [byte] */
    bool open;       /* some of their flows are */
} app_host_t;

typedef struct sockets_part {
    weir_sockets_opener_t *opener;
    weir_socket_source_t source;
    bool opened;
    int error; /* of the opening */
    weir_books_t books;
    weir_first_packets_t firsts;
    bool applications;    /* of flows shall be recognised */
    bool narrow;          /* one interface is meant */
    uint64_t lost_firsts; /* packets, since the opening */
    weir_teller_t teller;
    weir_index_t aside;      /* numbers of interfaces that the headline does not count */
    weir_index_t pair_index; /* of app and host to the position of their pair */
    app_host_t *pairs;       /* of this window */
    size_t pair_count, pair_room;
    uint32_t wanted;
    uint64_t last_ns;   /* boot time of the last reading, 0 none */
    uint64_t window_ns; /* of the last reading */
    uint8_t accuracy;   /* of the last reading */
    uint64_t lost;      /* packets, as told last */
    bool failed;        /* the last reading did */
    char note[NOTE_SIZE];
} sockets_part_t;

/* ---- Rows ------------------------------------------------------------------------------------ */

/* Bits of columns that are looked up once a table, not once a row. */
typedef struct bits {
    uint64_t always, rates;
    uint64_t exe, user, unit, container;           /* of apps */
    uint64_t parent, command;                      /* likewise */
    uint64_t src, dst, rtt, retransmits, app, pid; /* of flows */
    uint64_t server_name, application, ja4;        /* likewise */
} bits_t;

static uint64_t column_bit(weir_table_id_t table, const char *id)
{
    return weir_column_bit(weir_table(table), id);
}

static uint64_t column_bits(weir_table_id_t table, const char *const ids[], size_t n)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++)
        bits |= column_bit(table, ids[i]);
    return bits;
}

static uint64_t bit_if(bool known, uint64_t bit)
{
    return known ? bit : 0;
}

static bits_t app_bits(void)
{
    static const weir_table_id_t t = WEIR_TABLE_APPS;
    static const char *const always[] = {"app",
                                         "pids",
                                         "rx_bytes",
                                         "tx_bytes",
                                         "rx_payload_bytes",
                                         "tx_payload_bytes",
                                         "flows",
                                         "hosts",
                                         "accuracy",
                                         "first_seen",
                                         "peers"};
    static const char *const rates[] = {"rx_bytes_per_s", "tx_bytes_per_s"};
    return (bits_t){.always = column_bits(t, always, WEIR_COUNT(always)),
                    .rates = column_bits(t, rates, WEIR_COUNT(rates)),
                    .exe = column_bit(t, "exe"),
                    .user = column_bit(t, "user"),
                    .unit = column_bit(t, "unit"),
                    .container = column_bit(t, "container"),
                    .parent = column_bit(t, "parent"),
                    .command = column_bit(t, "command")};
}

static void app_row(const weir_app_entry_t *entry, uint8_t accuracy, const weir_instant_t *now,
                    const bits_t *bits, weir_app_t *row)
{
    *row = (weir_app_t){.id = entry->id,
                        .app = entry->name ? entry->name : "",
                        .exe = entry->exe,
                        .user = entry->user,
                        .unit = entry->unit,
                        .container = entry->container,
                        .parent = entry->parent,
                        .command = entry->command,
                        .first_seen = now->wall_ns - (int64_t)(now->boot_ns - entry->first_ns),
                        .rx = entry->rx_meter,
                        .tx = entry->tx_meter,
                        .rx_payload_bytes = entry->rx.payload,
                        .tx_payload_bytes = entry->tx.payload,
                        .flows = entry->flows,
                        .hosts = entry->hosts,
                        .rx_link_rate = entry->rx_link_meter.byte_rate,
                        .tx_link_rate = entry->tx_link_meter.byte_rate,
                        .accuracy = accuracy,
                        .ended = entry->ended_ns != 0};
    row->present = bits->always | bit_if(row->rx.state == WEIR_RATE_OK, bits->rates) |
                   bit_if(row->exe, bits->exe) | bit_if(row->user, bits->user) |
                   bit_if(row->unit, bits->unit) | bit_if(row->container, bits->container) |
                   bit_if(row->parent, bits->parent) | bit_if(row->command, bits->command);
}

static int pid_compare(const void *left, const void *right)
{
    const uint32_t *a = left;
    const uint32_t *b = right;
    return (*a > *b) - (*a < *b);
}

/* When each process of the sorted lists began. */
static void starts_fill(const weir_apps_t *apps, const weir_app_t *rows, const uint32_t *row_of,
                        const uint32_t *room, uint64_t *starts)
{
    for (size_t i = 0; i < apps->process_count; i++) {
        const weir_number_list_t *pids = &rows[row_of[apps->processes[i].app]].pids;
        const uint32_t *found =
            bsearch(&apps->processes[i].pid, pids->items, pids->count, sizeof(*found), pid_compare);
        if (found)
            starts[found - room] = apps->processes[i].start_ns;
    }
}

/* Lists of all apps out of one array: each app's part begins where `begin` says. */
static void pids_fill(const weir_apps_t *apps, weir_app_t *rows, const uint32_t *row_of,
                      uint32_t *room, uint64_t *starts)
{
    for (size_t i = 0, used = 0; i < apps->count; i++) {
        if (row_of[i] == WEIR_INDEX_NONE)
            continue;
        rows[row_of[i]].pids.items = room + used;
        used += apps->entries[i].processes;
    }
    for (size_t i = 0; i < apps->process_count; i++) {
        weir_number_list_t *pids = &rows[row_of[apps->processes[i].app]].pids;
        room[(size_t)(pids->items - room) + pids->count++] = apps->processes[i].pid;
    }
    for (size_t i = 0; i < apps->count; i++) {
        if (row_of[i] == WEIR_INDEX_NONE)
            continue;
        weir_number_list_t *pids = &rows[row_of[i]].pids;
        qsort(room + (pids->items - room), pids->count, sizeof(*room), pid_compare);
        rows[row_of[i]].starts = starts + (pids->items - room);
    }
    starts_fill(apps, rows, row_of, room, starts);
}

static app_host_t *pair_find(sockets_part_t *part, uint32_t app, uint32_t host)
{
    uint64_t key = (uint64_t)app << 32 | host;
    uint32_t at = weir_index_get(&part->pair_index, key);
    if (at != WEIR_INDEX_NONE)
        return &part->pairs[at];
    if (part->pair_count == part->pair_room) {
        size_t room = part->pair_room ? part->pair_room * 2 : 64;
        app_host_t *grown = realloc(part->pairs, room * sizeof(*grown));
        if (!grown)
            return NULL;
        part->pairs = grown;
        part->pair_room = room;
    }
    if (weir_index_set(&part->pair_index, key, (uint32_t)part->pair_count) < 0)
        return NULL;
    part->pairs[part->pair_count] = (app_host_t){.app = app, .host = host};
    return &part->pairs[part->pair_count++];
}

static void pairs_make(sockets_part_t *part)
{
    weir_books_t *books = &part->books;
    weir_index_clear(&part->pair_index);
    part->pair_count = 0;
    for (size_t i = 0; i < books->apps.count; i++) {
        weir_app_entry_t *app = &books->apps.entries[i];
        app->window_rx_away = app->window_tx_away = app->hosts = 0;
    }
    for (size_t i = 0; i < books->flow_count; i++) {
        const weir_live_flow_t *flow = &books->flows[i];
        bool counts =
            flow->used && (flow->sockets || flow->window_rx.bytes || flow->window_tx.bytes);
        if (!counts || flow->app == WEIR_APP_NONE || flow->peer_host == WEIR_INDEX_NONE)
            continue;
        app_host_t *pair = pair_find(part, flow->app, flow->peer_host);
        if (!pair)
            continue;
        uint64_t rx = flow->stays ? 0 : flow->window_rx.bytes;
        uint64_t tx = flow->stays ? 0 : flow->window_tx.bytes;
        pair->open |= flow->sockets > 0;
        pair->rx += rx;
        pair->tx += tx;
        if (flow->network == 0 || flow->network == books->network)
            continue;
        books->apps.entries[flow->app].window_rx_away += rx;
        books->apps.entries[flow->app].window_tx_away += tx;
    }
    for (size_t i = 0; i < part->pair_count; i++)
        books->apps.entries[part->pairs[i].app].hosts += part->pairs[i].open;
}

static const char *host_text(const sockets_part_t *part, uint32_t host, weir_pool_t *pool)
{
    const weir_address_t *address = &part->books.hosts[host].address;
    const char *name = weir_first_packets_name(&part->firsts, address);
    if (name)
        return weir_pool_text(pool, name);
    weir_buf_t text;
    weir_buf_init(&text, 64);
    weir_address_put(&text, address, false);
    const char *kept = weir_pool_text(pool, weir_buf_text(&text));
    weir_buf_done(&text);
    return kept;
}

/* What apps of other network namespaces carried; never more than all of it. */
static void away_fill(const weir_apps_t *apps, weir_app_t *rows, const uint32_t *row_of,
                      uint64_t window_ns)
{
    double seconds = (double)window_ns / 1e9;
    for (size_t i = 0; seconds > 0 && i < apps->count; i++) {
        if (row_of[i] == WEIR_INDEX_NONE)
            continue;
        weir_app_t *row = &rows[row_of[i]];
        row->rx_away_rate =
            fmin((double)apps->entries[i].window_rx_away / seconds, row->rx_link_rate);
        row->tx_away_rate =
            fmin((double)apps->entries[i].window_tx_away / seconds, row->tx_link_rate);
    }
}

/* The host that has half of what an app received, or sent, or more. */
static void peers_fill(const sockets_part_t *part, weir_app_t *rows, const uint32_t *row_of,
                       uint64_t window_ns, weir_pool_t *pool)
{
    double half = (double)window_ns / 1e9 / 2;
    for (size_t i = 0; i < part->pair_count; i++) {
        const app_host_t *pair = &part->pairs[i];
        weir_app_t *row = &rows[row_of[pair->app]];
        if (pair->rx && (double)pair->rx >= row->rx_link_rate * half)
            row->rx_peer = host_text(part, pair->host, pool);
        if (pair->tx && (double)pair->tx >= row->tx_link_rate * half)
            row->tx_peer = host_text(part, pair->host, pool);
    }
}

/* The busiest of this window first. */
static int pair_compare(const void *left, const void *right)
{
    const app_host_t *a = left;
    const app_host_t *b = right;
    uint64_t a_bytes = a->rx + a->tx;
    uint64_t b_bytes = b->rx + b->tx;
    return a_bytes != b_bytes ? (a_bytes < b_bytes) - (a_bytes > b_bytes)
                              : (a->host > b->host) - (a->host < b->host);
}

/* Orders the pairs: their index is of no use afterwards. Lists of all apps out of one array. */
static void peer_lists_fill(sockets_part_t *part, weir_app_t *rows, const uint32_t *row_of,
                            weir_pool_t *pool)
{
    weir_address_t *room = weir_pool_alloc(pool, (part->pair_count + 1) * sizeof(*room));
    if (!room)
        return;
    if (part->pair_count)
        qsort(part->pairs, part->pair_count, sizeof(*part->pairs), pair_compare);
    size_t used = 0;
    for (size_t i = 0; i < part->pair_count; i++) {
        const app_host_t *pair = &part->pairs[i];
        weir_address_list_t *peers = &rows[row_of[pair->app]].peers;
        if (!pair->open || peers->count == WEIR_APP_PEERS_MAX)
            continue;
        if (!peers->items) {
            uint64_t hosts = rows[row_of[pair->app]].hosts;
            peers->items = room + used;
            used += hosts < WEIR_APP_PEERS_MAX ? hosts : WEIR_APP_PEERS_MAX;
        }
        weir_address_t *peer = &room[(size_t)(peers->items - room) + peers->count++];
        *peer = part->books.hosts[pair->host].address;
        peer->prefix = WEIR_PREFIX_NONE;
    }
}

typedef struct app_place {
    double rate;    /* [byte/s] of both directions */
    uint64_t bytes; /* likewise */
    uint32_t at;    /* of the entry */
} app_place_t;

static int place_compare(const void *left, const void *right)
{
    const app_place_t *a = left;
    const app_place_t *b = right;
    if (a->rate != b->rate)
        return a->rate > b->rate ? -1 : 1;
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

/* The row of each entry: the busiest first, then who carried most. */
static int apps_order(const weir_apps_t *apps, uint32_t *row_of)
{
    WEIR_CLEANUP(weir_freep) app_place_t *places = calloc(apps->count + 1, sizeof(*places));
    if (!places)
        return -ENOMEM;
    size_t n = 0;
    for (uint32_t i = 0; i < apps->count; i++) {
        const weir_app_entry_t *entry = &apps->entries[i];
        row_of[i] = WEIR_INDEX_NONE;
        if (entry->used)
            places[n++] = (app_place_t){entry->rx_meter.byte_rate + entry->tx_meter.byte_rate,
                                        entry->rx_meter.bytes + entry->tx_meter.bytes, i};
    }
    qsort(places, n, sizeof(*places), place_compare);
    for (uint32_t row = 0; row < n; row++)
        row_of[places[row].at] = row;
    return 0;
}

static int apps_fill(sockets_part_t *part, weir_snapshot_t *snapshot, weir_pool_t *pool,
                     uint8_t accuracy)
{
    const weir_apps_t *apps = &part->books.apps;
    uint32_t *row_of = weir_pool_alloc(pool, (apps->count + 1) * sizeof(*row_of));
    uint32_t *pids = weir_pool_alloc(pool, (apps->process_count + 1) * sizeof(*pids));
    uint64_t *starts = weir_pool_alloc(pool, (apps->process_count + 1) * sizeof(*starts));
    weir_app_t *rows = weir_snapshot_allocate(snapshot, WEIR_TABLE_APPS, apps->used);
    if (!row_of || !pids || !starts || !rows)
        return -ENOMEM;
    bits_t bits = app_bits();
    int r = apps_order(apps, row_of);
    if (r < 0)
        return r;
    for (size_t i = 0; i < apps->count; i++) {
        if (apps->entries[i].used)
            app_row(&apps->entries[i], accuracy, &snapshot->time, &bits, &rows[row_of[i]]);
    }
    pids_fill(apps, rows, row_of, pids, starts);
    away_fill(apps, rows, row_of, part->window_ns);
    peers_fill(part, rows, row_of, part->window_ns, pool);
    peer_lists_fill(part, rows, row_of, pool);
    return 0;
}

/* As flows that packets tell have it; frames that are no IP, or written whole, have no address. */
static const char *protocol_name(const weir_live_flow_t *flow, weir_pool_t *pool)
{
    bool frames = flow->protocol == 0 && flow->local.family == WEIR_FAMILY_NONE;
    const char *name = frames ? "ethernet" : weir_ip_protocol_name(flow->protocol);
    char number[16];
    if (name)
        return name;
    (void)snprintf(number, sizeof(number), "proto-%u", flow->protocol);
    return weir_pool_text(pool, number);
}

#define FRAME_HEADER 14U /* of Ethernet, and of captures on the loopback */

static weir_flow_side_t side_of(const weir_live_sum_t *sum)
{
    return (weir_flow_side_t){.packets = sum->packets,
                              .bytes = sum->bytes + FRAME_HEADER * sum->packets,
                              .ip_bytes = sum->bytes};
}

/* [byte/s] */
static double rate_of(const weir_live_sum_t *sum, uint64_t window_ns)
{
    return window_ns ? (double)side_of(sum).bytes / ((double)window_ns / 1e9) : 0;
}

static uint8_t flow_state(const weir_live_flow_t *flow)
{
    if (flow->kind == WEIR_TRAFFIC_REFUSED)
        return WEIR_FLOW_REFUSED;
    if (flow->protocol == 6 && flow->kind != WEIR_TRAFFIC_KERNEL)
        return flow->state;
    return flow->rx.packets && flow->tx.packets ? WEIR_FLOW_TWO_WAY : WEIR_FLOW_ONE_WAY;
}

static bits_t flow_bits(void)
{
    static const weir_table_id_t t = WEIR_TABLE_FLOWS;
    static const char *const always[] = {
        "protocol",   "src_packets", "dst_packets", "src_bytes", "dst_bytes",    "src_ip_bytes",
        "first_seen", "last_seen",   "state",       "depth",     "dst_ip_bytes",
    };
    static const char *const rates[] = {"src_bytes_per_s", "dst_bytes_per_s"};
    return (bits_t){.always = column_bits(t, always, WEIR_COUNT(always)),
                    .src = column_bit(t, "src") | column_bit(t, "src_port"),
                    .dst = column_bit(t, "dst") | column_bit(t, "dst_port"),
                    .rates = column_bits(t, rates, WEIR_COUNT(rates)),
                    .rtt = column_bit(t, "rtt_ms"),
                    .retransmits = column_bit(t, "retransmits"),
                    .app = column_bit(t, "app"),
                    .pid = column_bit(t, "pid"),
                    .server_name = column_bit(t, "server_name"),
                    .application = column_bit(t, "application"),
                    .ja4 = column_bit(t, "ja4")};
}

/* What the row has already, it keeps. */
static void text_put(const char *text, uint64_t bit, weir_pool_t *pool, const char **to,
                     uint64_t *present)
{
    const char *copy = text && !*to ? weir_pool_text(pool, text) : NULL;
    if (!copy)
        return;
    *to = copy;
    *present |= bit;
}

static void flow_label(const weir_live_flow_t *flow, const bits_t *bits, weir_pool_t *pool,
                       weir_flow_t *row)
{
    const weir_live_texts_t *texts = flow->texts;
    if (!texts)
        return;
    text_put(texts->server_name, bits->server_name, pool, &row->server_name, &row->present);
    text_put(texts->application, bits->application, pool, &row->application, &row->present);
    text_put(texts->ja4, bits->ja4, pool, &row->ja4, &row->present);
}

static void flow_row(const sockets_part_t *part, const weir_live_flow_t *flow, const bits_t *bits,
                     weir_pool_t *pool, weir_flow_t *row)
{
    const weir_books_t *books = &part->books;
    double rx = rate_of(&flow->window_rx, part->window_ns);
    double tx = rate_of(&flow->window_tx, part->window_ns);
    bool out = flow->opened_here;
    *row = (weir_flow_t){.src = out ? flow->local : flow->peer,
                         .dst = out ? flow->peer : flow->local,
                         .src_port = out ? flow->local_port : flow->peer_port,
                         .dst_port = out ? flow->peer_port : flow->local_port,
                         .ip_protocol = flow->protocol,
                         .protocol = protocol_name(flow, pool),
                         .src_byte_rate = out ? tx : rx,
                         .dst_byte_rate = out ? rx : tx,
                         .state = flow_state(flow),
                         .from_src = side_of(out ? &flow->tx : &flow->rx),
                         .from_dst = side_of(out ? &flow->rx : &flow->tx),
                         .first_seen = flow->first_ns,
                         .last_seen = flow->last_ns,
                         .pid = flow->pid,
                         .app = flow->app == WEIR_APP_NONE ? NULL
                                                           : books->apps.entries[flow->app].name,
                         .rtt_ms = (double)flow->rtt_us / 1000,
                         .retransmits = flow->retransmits};
    row->present = bits->always | bit_if(part->window_ns, bits->rates) |
                   bit_if(row->src.family, bits->src) | bit_if(row->dst.family, bits->dst) |
                   bit_if(flow->rtt_known, bits->rtt) |
                   bit_if(flow->retransmits_known, bits->retransmits) |
                   bit_if(row->app, bits->app) | bit_if(row->pid, bits->pid);
}

/* Busiest first, then the most recent. */
static int flow_compare(const void *left, const void *right)
{
    const weir_live_flow_t *a = *(const weir_live_flow_t *const *)left;
    const weir_live_flow_t *b = *(const weir_live_flow_t *const *)right;
    uint64_t a_bytes = a->window_rx.bytes + a->window_tx.bytes;
    uint64_t b_bytes = b->window_rx.bytes + b->window_tx.bytes;
    if (a_bytes != b_bytes)
        return a_bytes > b_bytes ? -1 : 1;
    if (a->changed_ns != b->changed_ns)
        return a->changed_ns > b->changed_ns ? -1 : 1;
    return (a > b) - (a < b);
}

/* Set which interfaces the headline does not count: they are looked up for every flow. */
static int aside_make(sockets_part_t *part, const weir_snapshot_t *snapshot)
{
    int r = 0;
    weir_index_clear(&part->aside);
    for (size_t i = 0; r == 0 && i < snapshot->rows[WEIR_TABLE_INTERFACES].count; i++) {
        const weir_iface_t *iface = weir_snapshot_iface(snapshot, i);
        if (!iface->counted)
            r = weir_index_set(&part->aside, iface->index, (uint32_t)i);
    }
    return r;
}

/* Whether no packet of it is looked at: it stays on the machine, is another network's, or passes an
 * interface that the headline does not count. */
static bool flow_is_elsewhere(const sockets_part_t *part, const weir_live_flow_t *flow)
{
    return flow->stays || (flow->network != 0 && flow->network != part->books.network) ||
           (flow->iface && weir_index_get(&part->aside, flow->iface) != WEIR_INDEX_NONE);
}

/* Between two network namespaces of this machine: this one's end tells it. */
static bool flow_is_told(const sockets_part_t *part, const weir_live_flow_t *flow)
{
    const weir_books_t *books = &part->books;
    const weir_ends_t ends = {.one = flow->local,
                              .other = flow->peer,
                              .one_port = flow->local_port,
                              .other_port = flow->peer_port,
                              .protocol = flow->protocol};
    uint32_t at = flow->peer.family ? weir_books_find(books, &ends) : WEIR_FLOW_NONE;
    for (; at != WEIR_FLOW_NONE; at = books->flows[at].twin)
        if (&books->flows[at] != flow && !flow_is_elsewhere(part, &books->flows[at]))
            return true;
    return false;
}

/* All flows by their order, or those that are elsewhere; NULL: no memory. */
static const weir_live_flow_t **flows_order(const sockets_part_t *part, bool elsewhere,
                                            size_t *ret_count)
{
    const weir_books_t *books = &part->books;
    const weir_live_flow_t **order = calloc(books->flow_count + 1, sizeof(const void *));
    size_t n = 0;
    for (size_t i = 0; order && i < books->flow_count; i++) {
        const weir_live_flow_t *flow = &books->flows[i];
        if (flow->used &&
            (!elsewhere || (flow_is_elsewhere(part, flow) && !flow_is_told(part, flow))))
            order[n++] = flow;
    }
    if (order)
        qsort((void *)order, n, sizeof(const void *), flow_compare);
    *ret_count = n;
    return order;
}

/* As rows behind those that the table has: all flows, or those that are elsewhere. */
static int flows_fill(sockets_part_t *part, weir_snapshot_t *snapshot, bool elsewhere,
                      weir_pool_t *pool)
{
    const weir_books_t *books = &part->books;
    size_t n = 0;
    WEIR_CLEANUP(weir_freep)
    const weir_live_flow_t **order = flows_order(part, elsewhere, &n);
    size_t shown = n < WEIR_FLOWS_SHOWN ? n : WEIR_FLOWS_SHOWN;
    weir_flow_t *rows = order ? weir_snapshot_extend(snapshot, WEIR_TABLE_FLOWS, shown) : NULL;
    if (!rows)
        return -ENOMEM;
    bits_t bits = flow_bits();
    for (size_t i = 0; i < shown; i++) {
        flow_row(part, order[i], &bits, pool, &rows[i]);
        flow_label(order[i], &bits, pool, &rows[i]);
    }
    weir_rows_t *told = &snapshot->rows[WEIR_TABLE_FLOWS];
    told->omitted += n - shown + (elsewhere ? 0 : books->refused);
    told->omitted_bytes += elsewhere ? 0 : books->refused_bytes;
    for (size_t i = shown; i < n; i++)
        told->omitted_bytes += order[i]->rx.bytes + order[i]->tx.bytes;
    return 0;
}

static bits_t host_bits(void)
{
    static const weir_table_id_t t = WEIR_TABLE_HOSTS;
    static const char *const always[] = {"address",    "local",      "rx_bytes", "tx_bytes",
                                         "rx_packets", "tx_packets", "flows"};
    static const char *const rates[] = {"rx_bytes_per_s", "tx_bytes_per_s"};
    return (bits_t){.always = column_bits(t, always, WEIR_COUNT(always)),
                    .rates = column_bits(t, rates, WEIR_COUNT(rates))};
}

static void host_row(const weir_live_host_t *host, const bits_t *bits, weir_host_t *row)
{
    bool rates = host->rx_meter.state == WEIR_RATE_OK;
    *row = (weir_host_t){.present = bits->always | bit_if(rates, bits->rates),
                         .address = host->address,
                         .local = host->local,
                         .rx = host->rx_meter,
                         .tx = host->tx_meter,
                         .flows = host->flows};
}

static int hosts_fill(sockets_part_t *part, weir_snapshot_t *snapshot, weir_pool_t *pool)
{
    const weir_books_t *books = &part->books;
    weir_host_t *rows = weir_snapshot_allocate(snapshot, WEIR_TABLE_HOSTS, books->host_count);
    if (!rows)
        return -ENOMEM;
    bits_t bits = host_bits();
    uint64_t named = column_bit(WEIR_TABLE_HOSTS, "name") | column_bit(WEIR_TABLE_HOSTS, "name_by");
    for (size_t i = 0; i < books->host_count; i++) {
        host_row(&books->hosts[i], &bits, &rows[i]);
        text_put(weir_first_packets_name(&part->firsts, &rows[i].address), named, pool,
                 &rows[i].name, &rows[i].present);
    }
    return 0;
}

/* ---- Flows that packets told ----------------------------------------------------------------- */

/* The flow of a program of this namespace that has the row's ends; NULL: none. */
static const weir_live_flow_t *row_flow(const weir_books_t *books, const weir_flow_t *row)
{
    const weir_ends_t ends = {.one = row->src,
                              .other = row->dst,
                              .one_port = row->src_port,
                              .other_port = row->dst_port,
                              .protocol = row->ip_protocol};
    uint32_t at = weir_books_find(books, &ends);
    for (; at != WEIR_FLOW_NONE; at = books->flows[at].twin) {
        const weir_live_flow_t *flow = &books->flows[at];
        bool own = flow->network == 0 || flow->network == books->network;
        if (own && flow->app != WEIR_APP_NONE)
            return flow;
    }
    return NULL;
}

/* Packets tell no program: it is looked up by protocol, addresses and ports. Unless one interface
 * is meant, flows that pass none of the captured ones are there, too: they are their programs'. */
static int flows_complete(sockets_part_t *part, weir_snapshot_t *snapshot, weir_pool_t *pool)
{
    const weir_books_t *books = &part->books;
    weir_flow_t *rows = snapshot->rows[WEIR_TABLE_FLOWS].records;
    bits_t bits = flow_bits();
    for (size_t i = 0; i < snapshot->rows[WEIR_TABLE_FLOWS].count; i++) {
        weir_flow_t *row = &rows[i];
        const weir_live_flow_t *flow = row_flow(books, row);
        if (!flow)
            continue;
        flow_label(flow, &bits, pool, row);
        if (row->app)
            continue;
        row->app = books->apps.entries[flow->app].name;
        row->pid = flow->pid;
        row->present |= bit_if(row->app, bits.app) | bit_if(row->pid, bits.pid);
    }
    int r = part->narrow ? 0 : aside_make(part, snapshot);
    return part->narrow || r < 0 ? r : flows_fill(part, snapshot, true, pool);
}

/* ---- Notes ----------------------------------------------------------------------------------- */

static void note_set(sockets_part_t *part, uint8_t accuracy, const char *reason)
{
    if (part->error)
        (void)snprintf(part->note, sizeof(part->note),
                       "programs cannot be seen: the kernel refuses INET_DIAG (%s)",
                       strerror(-part->error));
    else if (accuracy == WEIR_ACCURACY_EXACT)
        (void)snprintf(part->note, sizeof(part->note), "%s", reason);
    else
        (void)snprintf(part->note, sizeof(part->note),
                       "TCP only, your own programs%s%s; to see all traffic of all programs: sudo "
                       "weir",
                       reason[0] ? ": " : "", reason);
}

/* What is not told for want of room. */
static void lost_note(const sockets_part_t *part, weir_snapshot_t *snapshot, weir_pool_t *pool)
{
    static const weir_table_id_t tables[] = {WEIR_TABLE_FLOWS, WEIR_TABLE_HOSTS};
    char text[120];
    (void)snprintf(text, sizeof(text),
                   "%llu first packets of flows found no room: names may be missing",
                   (unsigned long long)part->lost_firsts);
    const char *note = part->lost_firsts ? weir_pool_text(pool, text) : NULL;
    for (size_t i = 0; i < WEIR_COUNT(tables); i++)
        if (!snapshot->rows[tables[i]].note)
            snapshot->rows[tables[i]].note = note;
}

static void notes_put(const sockets_part_t *part, weir_snapshot_t *snapshot, weir_pool_t *pool)
{
    const char *note = part->note[0] ? weir_pool_text(pool, part->note) : NULL;
    static const weir_table_id_t tables[] = {WEIR_TABLE_APPS, WEIR_TABLE_FLOWS, WEIR_TABLE_HOSTS};
    for (size_t i = 0; i < WEIR_COUNT(tables); i++)
        if (!snapshot->rows[tables[i]].note)
            snapshot->rows[tables[i]].note = note;
    if (snapshot->balance.known)
        snapshot->balance.reason = note;
    snapshot->balance.measured = part->opened;
    snapshot->balance.accuracy = part->accuracy;
}

/* ---- The part -------------------------------------------------------------------------------- */

static void part_open(sockets_part_t *part)
{
    part->error = part->opener(&part->source);
    part->opened = part->error >= 0;
    part->error = part->opened ? 0 : part->error;
}

static bool table_is_free(const sockets_part_t *part, const weir_snapshot_t *snapshot,
                          weir_table_id_t table)
{
    return (part->wanted >> table & 1) && !snapshot->rows[table].measured;
}

static void tables_fill(sockets_part_t *part, weir_snapshot_t *snapshot, uint8_t accuracy)
{
    WEIR_CLEANUP(weir_pool_unrefp) weir_pool_t *pool = weir_pool_new(POOL_CEILING);
    if (!pool)
        return;
    weir_snapshot_hold(snapshot, pool);
    if (part->books.apps.texts)
        weir_snapshot_hold(snapshot, part->books.apps.texts);
    pairs_make(part);
    int r = apps_fill(part, snapshot, pool, accuracy); /* the sentence names an app, always */
    if (r >= 0 && table_is_free(part, snapshot, WEIR_TABLE_FLOWS))
        r = flows_fill(part, snapshot, false, pool);
    else if (r >= 0 && snapshot->rows[WEIR_TABLE_FLOWS].records)
        r = flows_complete(part, snapshot, pool);
    if (r >= 0 && table_is_free(part, snapshot, WEIR_TABLE_HOSTS))
        r = hosts_fill(part, snapshot, pool);
    notes_put(part, snapshot, pool);
    lost_note(part, snapshot, pool);
    (void)r; /* without memory a table is missing from this snapshot */
}

/* Unless packets told them. */
static void briefs_tell(sockets_part_t *part, weir_snapshot_t *snapshot)
{
    if (snapshot->briefs.told)
        return;
    weir_socket_briefs_tell(&part->books, &part->teller);
    weir_teller_publish(&part->teller, snapshot);
}

/* nDPI only where no captured packet has told what a flow is: it takes memory. */
static void firsts_take(sockets_part_t *part, const weir_snapshot_t *snapshot, uint8_t accuracy)
{
    weir_first_packets_want(&part->firsts, &part->source,
                            accuracy == WEIR_ACCURACY_EXACT && part->wanted & FIRSTS,
                            part->applications && table_is_free(part, snapshot, WEIR_TABLE_FLOWS));
    part->lost_firsts += weir_first_packets_take(&part->firsts);
}

static void part_fill(void *context, weir_snapshot_t *snapshot)
{
    sockets_part_t *part = context;
    if (!part->opened && !part->error)
        return;
    uint8_t accuracy = WEIR_ACCURACY_TCP_ONLY;
    const char *reason = "";
    if (part->opened) {
        accuracy = part->source.ops->accuracy(part->source.context, &reason);
        uint64_t now_ns = snapshot->time.boot_ns;
        bool first = part->last_ns == 0;
        bool fresh = first || accuracy != part->accuracy; /* other counters than before */
        part->window_ns = first ? 0 : now_ns - part->last_ns;
        firsts_take(part, snapshot, accuracy);
        int r = weir_books_read(&part->books, &part->source, snapshot->time, part->window_ns,
                                fresh && accuracy == WEIR_ACCURACY_TCP_ONLY);
        weir_first_packets_tell(&part->firsts, &part->books);
        part->accuracy = accuracy;
        part->failed = r < 0;
        part->last_ns = now_ns;
        uint64_t lost = part->source.ops->lost(part->source.context);
        snapshot->lost += lost - part->lost;
        part->lost = lost;
        if (accuracy == WEIR_ACCURACY_EXACT)
            weir_ledger_fill(&part->books.ledger, snapshot, lost);
        if (accuracy == WEIR_ACCURACY_EXACT && part->wanted >> WEIR_TABLE_FINDINGS & 1)
            briefs_tell(part, snapshot);
    }
    note_set(part, accuracy, reason);
    tables_fill(part, snapshot, accuracy);
}

/* Before the interfaces are read: what they count from now on can be explained. */
static void part_want(void *context, uint32_t tables)
{
    sockets_part_t *part = context;
    const char *reason = NULL;
    part->wanted = tables;
    if (!part->opened && !part->error && tables & TABLES)
        part_open(part);
    bool exact = part->opened &&
                 part->source.ops->accuracy(part->source.context, &reason) == WEIR_ACCURACY_EXACT;
    bool flows = tables >> WEIR_TABLE_FLOWS & 1;
    weir_first_packets_want(&part->firsts, &part->source, exact && tables & FIRSTS,
                            flows && part->firsts.applications);
}

static void part_close(void *context)
{
    sockets_part_t *part = context;
    weir_first_packets_done(&part->firsts);
    if (part->opened)
        part->source.ops->close(part->source.context);
    weir_books_done(&part->books);
    weir_teller_done(&part->teller);
    weir_index_done(&part->aside);
    weir_index_done(&part->pair_index);
    free(part->pairs);
    free(part);
}

int weir_sockets_part(weir_sockets_opener_t *open, bool applications, bool narrow,
                      weir_part_t *ret_part)
{
    static const weir_part_ops_t ops = {.fill = part_fill, .want = part_want, .close = part_close};
    sockets_part_t *part = calloc(1, sizeof(*part));
    if (!part)
        return -ENOMEM;
    part->opener = open;
    part->applications = applications;
    part->narrow = narrow;
    *ret_part = (weir_part_t){.ops = &ops, .context = part};
    return 0;
}
