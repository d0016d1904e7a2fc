#include "engine/books.h"

#include "base/memory.h"

#include <errno.h>
#include <string.h>

#define HOSTS_MAX 65536U
#define HOSTS_KEPT 16384U /* above this, hosts without a flow are forgotten */
#define SOCKETS_MAX 262144U
#define MANY 1024U                     /* sockets, for which room is made beforehand */
#define LINGER_NS (15 * WEIR_NS_PER_S) /* a flow that ended is shown that much longer */

static void flow_texts_free(weir_live_flow_t *flow)
{
    free(flow->server_name);
    free(flow->application);
    free(flow->ja4);
}

void weir_books_done(weir_books_t *books)
{
    for (size_t i = 0; i < books->flow_count; i++)
        flow_texts_free(&books->flows[i]);
    weir_apps_done(&books->apps);
    weir_ledger_done(&books->ledger);
    weir_index_done(&books->flow_index);
    weir_index_done(&books->ends_index);
    weir_index_done(&books->socket_index);
    weir_index_done(&books->host_index);
    free(books->flows);
    free(books->free_flows);
    free(books->sockets);
    free(books->hosts);
    *books = (weir_books_t){0};
}

/* Room for one more item of `size` bytes. Returns the array, or NULL: no memory, or the ceiling. */
static void *array_grow(void *items, size_t count, size_t *room, size_t size, size_t most)
{
    if (count < *room)
        return items;
    size_t more = *room ? *room * 2 : 64;
    void *grown = count < most ? realloc(items, more * size) : NULL;
    if (grown)
        *room = more;
    return grown;
}

/* Room for `wanted` items at once; without memory it comes bit by bit. Returns the array. */
static void *array_reserve(void *items, size_t count, size_t *room, size_t size, size_t wanted)
{
    void *larger = wanted > *room ? weir_memory_alloc(wanted * size) : NULL;
    if (!larger)
        return items;
    if (count)
        memcpy(larger, items, count * size);
    free(items);
    *room = wanted;
    return larger;
}

/* ---- Hosts ----------------------------------------------------------------------------------- */

static uint64_t address_hash(const weir_address_t *address)
{
    uint64_t halves[2];
    memcpy(halves, address->bytes, sizeof(halves));
    return weir_hash_u64(weir_hash_u64(halves[0] ^ address->family) ^ halves[1]);
}

static uint32_t host_find(weir_books_t *books, const weir_address_t *address)
{
    if (address->family == WEIR_FAMILY_NONE)
        return WEIR_INDEX_NONE;
    uint64_t key = address_hash(address);
    uint32_t at = weir_index_get(&books->host_index, key);
    if (at != WEIR_INDEX_NONE)
        return at;
    void *hosts = array_grow(books->hosts, books->host_count, &books->host_room,
                             sizeof(*books->hosts), HOSTS_MAX);
    if (!hosts)
        return WEIR_INDEX_NONE;
    books->hosts = hosts;
    at = (uint32_t)books->host_count;
    if (weir_index_set(&books->host_index, key, at) < 0)
        return WEIR_INDEX_NONE;
    books->hosts[books->host_count++] = (weir_live_host_t){.address = *address};
    return at;
}

/* ---- Flows ----------------------------------------------------------------------------------- */

static uint64_t flow_key(const weir_socket_t *socket, uint32_t app)
{
    uint64_t hash = weir_hash_u64(socket->network ^ (uint64_t)app << 32);
    hash = weir_hash_u64(hash ^ address_hash(&socket->local));
    hash = weir_hash_u64(hash ^ address_hash(&socket->peer));
    return weir_hash_u64(hash ^ (uint64_t)socket->local_port << 48 ^
                         (uint64_t)socket->peer_port << 32 ^ (uint64_t)socket->protocol << 8 ^
                         socket->kind);
}

static uint32_t flow_slot(weir_books_t *books)
{
    if (books->free_count)
        return books->free_flows[--books->free_count];
    void *flows = array_grow(books->flows, books->flow_count, &books->flow_room,
                             sizeof(*books->flows), WEIR_FLOWS_LIVE_MAX);
    if (!flows)
        return WEIR_FLOW_NONE;
    books->flows = flows;
    return (uint32_t)books->flow_count++;
}

static uint64_t end_hash(const weir_address_t *address, uint16_t port)
{
    uint64_t halves[2];
    memcpy(halves, address->bytes, sizeof(halves));
    return weir_hash_u64(weir_hash_u64(halves[0] ^ port) ^ halves[1]);
}

/* The same from either side. */
static uint64_t ends_hash(const weir_ends_t *ends)
{
    uint64_t one = end_hash(&ends->one, ends->one_port);
    uint64_t other = end_hash(&ends->other, ends->other_port);
    return weir_hash_u64((one ^ other) + ends->protocol) ^ (one + other);
}

uint32_t weir_books_find(const weir_books_t *books, const weir_ends_t *ends)
{
    return weir_index_get(&books->ends_index, ends_hash(ends)); /* both say none by UINT32_MAX */
}

/* Without memory the flow is not found by its ends. */
static void twins_join(weir_books_t *books, uint32_t at)
{
    weir_live_flow_t *flow = &books->flows[at];
    const weir_ends_t ends = {.one = flow->local,
                              .other = flow->peer,
                              .one_port = flow->local_port,
                              .other_port = flow->peer_port,
                              .protocol = flow->protocol};
    flow->ends = ends_hash(&ends);
    flow->twin = weir_index_get(&books->ends_index, flow->ends);
    if (weir_index_set(&books->ends_index, flow->ends, at) < 0)
        flow->twin = WEIR_FLOW_NONE;
}

static void twins_leave(weir_books_t *books, uint32_t at)
{
    const weir_live_flow_t *flow = &books->flows[at];
    uint32_t first = weir_index_get(&books->ends_index, flow->ends);
    if (first == at && flow->twin == WEIR_FLOW_NONE)
        weir_index_remove(&books->ends_index, flow->ends);
    else if (first == at) /* the key is there already: this takes no memory */
        (void)!weir_index_set(&books->ends_index, flow->ends, flow->twin);
    for (uint32_t i = first; i != at && i != WEIR_FLOW_NONE; i = books->flows[i].twin)
        if (books->flows[i].twin == at)
            books->flows[i].twin = flow->twin;
}

static void text_keep(char **to, const char *text)
{
    char *copy = text && (!*to || strcmp(*to, text) != 0) ? strdup(text) : NULL;
    if (!copy)
        return;
    free(*to);
    *to = copy;
}

void weir_books_label(weir_live_flow_t *flow, const weir_label_t *label)
{
    text_keep(&flow->server_name, label->server_name);
    text_keep(&flow->application, label->application);
    text_keep(&flow->ja4, label->ja4);
}

static void flow_free(weir_books_t *books, uint32_t at)
{
    weir_live_flow_t *flow = &books->flows[at];
    twins_leave(books, at);
    flow_texts_free(flow);
    if (weir_index_get(&books->flow_index, flow->key) == at)
        weir_index_remove(&books->flow_index, flow->key);
    *flow = (weir_live_flow_t){0};
    void *slots = array_grow(books->free_flows, books->free_count, &books->free_room,
                             sizeof(*books->free_flows), SIZE_MAX);
    if (!slots)
        return; /* the slot is not used again */
    books->free_flows = slots;
    books->free_flows[books->free_count++] = at;
}

/* Ends that are used again after a connection ended are a new flow. */
static bool flow_is_over(const weir_live_flow_t *flow, const weir_socket_t *socket)
{
    return !flow->sockets && socket->protocol == 6 && flow->state == WEIR_FLOW_CLOSED;
}

/* Whether the traffic stays on this machine. */
static bool socket_stays(const weir_socket_t *socket)
{
    static const weir_address_t loopback4 = {
        .bytes = {127}, .family = WEIR_FAMILY_IPV4, .prefix = 8};
    static const weir_address_t loopback6 = {
        .bytes = {[15] = 1}, .family = WEIR_FAMILY_IPV6, .prefix = 128};
    return socket->kind == WEIR_TRAFFIC_FORWARDED ||
           weir_address_within(&socket->peer, &loopback4) ||
           weir_address_within(&socket->peer, &loopback6) ||
           (socket->peer.family && weir_address_compare(&socket->peer, &socket->local) == 0);
}

static uint32_t flow_make(weir_books_t *books, uint64_t key, const weir_socket_t *socket,
                          uint32_t app)
{
    uint32_t at = flow_slot(books);
    if (at == WEIR_FLOW_NONE)
        return at;
    weir_live_flow_t *flow = &books->flows[at];
    *flow = (weir_live_flow_t){.used = true,
                               .key = key,
                               .twin = WEIR_FLOW_NONE,
                               .network = socket->network,
                               .local = socket->local,
                               .peer = socket->peer,
                               .local_port = socket->local_port,
                               .peer_port = socket->peer_port,
                               .protocol = socket->protocol,
                               .kind = socket->kind,
                               .opened_here = socket->opened_here,
                               .stays = socket_stays(socket),
                               .app = app,
                               .pid = socket->pid,
                               .local_host = host_find(books, &socket->local),
                               .peer_host = host_find(books, &socket->peer),
                               .first_ns = books->now.wall_ns,
                               .last_ns = books->now.wall_ns,
                               .changed_ns = books->now.boot_ns,
                               .told = {.at_ns = books->now.boot_ns}};
    if (flow->local_host != WEIR_INDEX_NONE)
        books->hosts[flow->local_host].local |= socket->kind != WEIR_TRAFFIC_FORWARDED;
    if (weir_index_set(&books->flow_index, key, at) < 0) {
        flow_free(books, at);
        return WEIR_FLOW_NONE;
    }
    twins_join(books, at);
    return at;
}

static uint32_t flow_find(weir_books_t *books, const weir_socket_t *socket)
{
    uint32_t app = weir_apps_find(&books->apps, books->source, socket, books->now.boot_ns);
    uint64_t key = flow_key(socket, app);
    uint32_t at = weir_index_get(&books->flow_index, key);
    if (at != WEIR_INDEX_NONE && !flow_is_over(&books->flows[at], socket))
        return at;
    return flow_make(books, key, socket, app);
}

/* ---- Differences ----------------------------------------------------------------------------- */

typedef struct pair {
    weir_socket_counts_t rx, tx;
} pair_t;

static void hosts_add(weir_books_t *books, const weir_live_flow_t *flow, const pair_t *now,
                      const pair_t *before)
{
    if (flow->local_host != WEIR_INDEX_NONE) {
        weir_counts_add(&books->hosts[flow->local_host].rx, &now->rx, &before->rx);
        weir_counts_add(&books->hosts[flow->local_host].tx, &now->tx, &before->tx);
    }
    if (flow->peer_host != WEIR_INDEX_NONE) {
        weir_counts_add(&books->hosts[flow->peer_host].rx, &now->tx, &before->tx);
        weir_counts_add(&books->hosts[flow->peer_host].tx, &now->rx, &before->rx);
    }
}

static void flow_add(weir_books_t *books, weir_live_flow_t *flow, const pair_t *now,
                     const pair_t *before)
{
    uint64_t rx = now->rx.bytes - before->rx.bytes;
    uint64_t tx = now->tx.bytes - before->tx.bytes;
    weir_counts_add(&flow->rx, &now->rx, &before->rx);
    weir_counts_add(&flow->tx, &now->tx, &before->tx);
    if (rx == 0 && tx == 0)
        return;
    flow->window_rx += rx;
    flow->window_tx += tx;
    flow->window_rx_packets += now->rx.packets - before->rx.packets;
    flow->window_tx_packets += now->tx.packets - before->tx.packets;
    flow->last_ns = books->now.wall_ns;
    flow->changed_ns = books->now.boot_ns;
    if (books->baseline)
        return;
    hosts_add(books, flow, now, before);
    if (flow->app == WEIR_APP_NONE)
        return;
    weir_app_entry_t *app = &books->apps.entries[flow->app];
    weir_counts_add(&app->rx, &now->rx, &before->rx);
    weir_counts_add(&app->tx, &now->tx, &before->tx);
    app->rx_link += flow->stays ? 0 : rx;
    app->tx_link += flow->stays ? 0 : tx;
}

static weir_carried_t carried_of(uint8_t kind)
{
    static const weir_carried_t carried[] = {[WEIR_TRAFFIC_PROGRAM] = WEIR_CARRIED_PROGRAMS,
                                             [WEIR_TRAFFIC_KERNEL] = WEIR_CARRIED_KERNEL,
                                             [WEIR_TRAFFIC_FORWARDED] = WEIR_CARRIED_FORWARDED,
                                             [WEIR_TRAFFIC_NOT_IP] = WEIR_CARRIED_NOT_IP};
    return kind < WEIR_COUNT(carried) ? carried[kind] : WEIR_CARRIED_PROGRAMS;
}

static void ledger_add(weir_books_t *books, const weir_live_socket_t *open, const pair_t *now,
                       const pair_t *before)
{
    weir_carried_t carried = carried_of(books->flows[open->flow].kind);
    weir_ledger_add(&books->ledger, open->rx_iface, true, carried, &now->rx, &before->rx);
    weir_ledger_add(&books->ledger, open->tx_iface, false, carried, &now->tx, &before->tx);
}

/* ---- Sockets --------------------------------------------------------------------------------- */

static void flow_end(weir_books_t *books, uint32_t at, bool moved)
{
    weir_live_flow_t *flow = &books->flows[at];
    if (moved && !flow->rx.packets && !flow->tx.packets) {
        flow_free(books, at);
        return;
    }
    flow->state = flow->protocol == 6 ? WEIR_FLOW_CLOSED : flow->state;
    flow->changed_ns = books->now.boot_ns;
}

static void socket_drop(weir_books_t *books, size_t at, bool moved)
{
    weir_live_socket_t *open = &books->sockets[at];
    if (--books->flows[open->flow].sockets == 0)
        flow_end(books, open->flow, moved);
    weir_index_remove(&books->socket_index, open->id);
    *open = books->sockets[--books->socket_count];
    if (at < books->socket_count) /* the key is there already: this takes no memory */
        (void)!weir_index_set(&books->socket_index, open->id, (uint32_t)at);
}

/* An app or flow for which there is no room leaves its bytes to the ledger alone. */
static void socket_refuse(weir_books_t *books, const weir_socket_t *socket)
{
    books->refused++;
    books->refused_bytes += socket->rx.bytes + socket->tx.bytes;
}

static void flow_describe(weir_live_flow_t *flow, const weir_socket_t *socket)
{
    flow->state = socket->state;
    flow->was_open |= socket->state == WEIR_FLOW_ESTABLISHED;
    flow->pid = socket->pid;
    flow->iface = socket->tx_iface ? socket->tx_iface : socket->rx_iface;
    flow->rtt_us = socket->rtt_us;
    flow->rtt_known = socket->rtt_known;
    flow->retransmits = socket->retransmits;
    flow->retransmits_known = socket->retransmits_known;
}

static uint32_t socket_make(weir_books_t *books, const weir_socket_t *socket)
{
    uint32_t flow = flow_find(books, socket);
    if (flow == WEIR_FLOW_NONE)
        return WEIR_INDEX_NONE;
    void *sockets = array_grow(books->sockets, books->socket_count, &books->socket_room,
                               sizeof(*books->sockets), SOCKETS_MAX);
    if (!sockets)
        return WEIR_INDEX_NONE;
    books->sockets = sockets;
    uint32_t at = (uint32_t)books->socket_count;
    if (weir_index_set(&books->socket_index, socket->id, at) < 0)
        return WEIR_INDEX_NONE;
    books->sockets[books->socket_count++] = (weir_live_socket_t){.id = socket->id, .flow = flow};
    books->flows[flow].sockets++;
    flow_describe(&books->flows[flow], socket);
    return at;
}

/* What moved may be told elsewhere at the next reading only. */
static void move_note(weir_books_t *books, const weir_live_flow_t *flow)
{
    if (flow->app != WEIR_APP_NONE)
        books->apps.entries[flow->app].moving = true;
    if (flow->local_host != WEIR_INDEX_NONE)
        books->hosts[flow->local_host].moving = true;
    if (flow->peer_host != WEIR_INDEX_NONE)
        books->hosts[flow->peer_host].moving = true;
}

static void socket_take(void *context, const weir_socket_t *socket)
{
    weir_books_t *books = context;
    uint32_t at = weir_index_get(&books->socket_index, socket->id);
    if (at == WEIR_INDEX_NONE && socket->news == WEIR_SOCKET_MOVED)
        return; /* it had found no room */
    if (at == WEIR_INDEX_NONE)
        at = socket_make(books, socket);
    if (at == WEIR_INDEX_NONE) {
        socket_refuse(books, socket);
        return;
    }
    weir_live_socket_t *open = &books->sockets[at];
    bool own = !socket->network || socket->network == books->network;
    pair_t now = {socket->rx, socket->tx};
    pair_t before = {open->rx, open->tx};
    open->reading = books->reading;
    if (own && socket->rx_iface)
        open->rx_iface = socket->rx_iface;
    if (own && socket->tx_iface)
        open->tx_iface = socket->tx_iface;
    open->rx = socket->rx;
    open->tx = socket->tx;
    if (socket->news == WEIR_SOCKET_MOVED)
        move_note(books, &books->flows[open->flow]);
    if (socket->news == WEIR_SOCKET_OPEN)
        flow_describe(&books->flows[open->flow], socket);
    flow_add(books, &books->flows[open->flow], &now, &before);
    ledger_add(books, open, &now, &before);
    if (socket->news != WEIR_SOCKET_OPEN)
        socket_drop(books, at, socket->news == WEIR_SOCKET_MOVED);
}

/* Room for all at once: growing bit by bit would move everything a dozen times. */
static void reading_expect(void *context, size_t count)
{
    weir_books_t *books = context;
    if (count < MANY)
        return;
    weir_index_reserve(&books->socket_index, count);
    weir_index_reserve(&books->flow_index, count);
    weir_index_reserve(&books->ends_index, count);
    books->sockets = array_reserve(books->sockets, books->socket_count, &books->socket_room,
                                   sizeof(*books->sockets), count);
    books->flows = array_reserve(books->flows, books->flow_count, &books->flow_room,
                                 sizeof(*books->flows), count);
}

static void reading_complete(void *context)
{
    weir_books_t *books = context;
    for (size_t i = books->socket_count; i-- > 0;)
        if (books->sockets[i].reading != books->reading)
            socket_drop(books, i, false);
}

/* ---- A tick ---------------------------------------------------------------------------------- */

static void flows_begin(weir_books_t *books)
{
    for (uint32_t i = 0; i < books->flow_count; i++) {
        weir_live_flow_t *flow = &books->flows[i];
        flow->window_rx = flow->window_tx = 0;
        flow->window_rx_packets = flow->window_tx_packets = 0;
        if (flow->used && !flow->sockets && flow->changed_ns + LINGER_NS < books->now.boot_ns)
            flow_free(books, i);
    }
}

static void counts_clear(weir_books_t *books)
{
    for (size_t i = 0; i < books->apps.count; i++)
        books->apps.entries[i].flows = books->apps.entries[i].hosts = 0;
    for (size_t i = 0; i < books->host_count; i++)
        books->hosts[i].flows = 0;
}

/* Bytes or packets of a window; more was taken back than came: nothing. */
static uint64_t window_of(uint64_t bytes)
{
    return (int64_t)bytes < 0 ? 0 : bytes;
}

static void counts_make(weir_books_t *books)
{
    counts_clear(books);
    for (size_t i = 0; i < books->flow_count; i++) {
        weir_live_flow_t *flow = &books->flows[i];
        if (!flow->used)
            continue;
        flow->window_rx = window_of(flow->window_rx);
        flow->window_tx = window_of(flow->window_tx);
        flow->window_rx_packets = window_of(flow->window_rx_packets);
        flow->window_tx_packets = window_of(flow->window_tx_packets);
        if (flow->app != WEIR_APP_NONE)
            books->apps.entries[flow->app].flows += flow->sockets > 0;
        if (flow->local_host != WEIR_INDEX_NONE)
            books->hosts[flow->local_host].flows++;
        if (flow->peer_host != WEIR_INDEX_NONE && flow->peer_host != flow->local_host)
            books->hosts[flow->peer_host].flows++;
    }
}

static uint32_t host_moved(const uint32_t *moved, uint32_t at)
{
    return at == WEIR_INDEX_NONE ? at : moved[at];
}

/* Hosts that no flow refers to make room. */
static void hosts_forget(weir_books_t *books)
{
    if (books->host_count <= HOSTS_KEPT)
        return;
    uint32_t *moved = calloc(books->host_count, sizeof(*moved));
    if (!moved)
        return;
    size_t kept = 0;
    weir_index_clear(&books->host_index);
    for (size_t i = 0; i < books->host_count; i++) {
        moved[i] = WEIR_INDEX_NONE;
        const weir_live_host_t host = books->hosts[i];
        if (!host.flows ||
            weir_index_set(&books->host_index, address_hash(&host.address), (uint32_t)kept) < 0)
            continue;
        moved[i] = (uint32_t)kept;
        books->hosts[kept++] = host;
    }
    books->host_count = kept;
    for (size_t i = 0; i < books->flow_count; i++) {
        weir_live_flow_t *flow = &books->flows[i];
        flow->local_host = host_moved(moved, flow->local_host);
        flow->peer_host = host_moved(moved, flow->peer_host);
    }
    free(moved);
}

static void meters_advance(weir_books_t *books, uint64_t window_ns)
{
    for (size_t i = 0; i < books->apps.count; i++) {
        weir_app_entry_t *app = &books->apps.entries[i];
        bool moving = app->moving;
        weir_meter_advance(&app->rx_meter, app->rx.bytes, app->rx.packets, moving, window_ns);
        weir_meter_advance(&app->tx_meter, app->tx.bytes, app->tx.packets, moving, window_ns);
        weir_meter_advance(&app->rx_link_meter, app->rx_link, 0, moving, window_ns);
        weir_meter_advance(&app->tx_link_meter, app->tx_link, 0, moving, window_ns);
        app->moving = false;
    }
    for (size_t i = 0; i < books->host_count; i++) {
        weir_live_host_t *host = &books->hosts[i];
        bool moving = host->moving;
        weir_meter_advance(&host->rx_meter, host->rx.bytes, host->rx.packets, moving, window_ns);
        weir_meter_advance(&host->tx_meter, host->tx.bytes, host->tx.packets, moving, window_ns);
        host->moving = false;
    }
}

int weir_books_read(weir_books_t *books, const weir_socket_source_t *source, weir_instant_t now,
                    uint64_t window_ns, bool baseline)
{
    const weir_socket_sink_t sink = {.context = books,
                                     .expect = reading_expect,
                                     .socket = socket_take,
                                     .complete = reading_complete};
    books->source = source;
    books->now = now;
    books->baseline = baseline;
    books->network = source->ops->network(source->context);
    books->reading++;
    flows_begin(books);
    int r = source->ops->read(source->context, &sink);
    books->source = NULL;
    weir_apps_check(&books->apps, source, now.boot_ns);
    counts_make(books);
    hosts_forget(books);
    meters_advance(books, window_ns);
    return r;
}
