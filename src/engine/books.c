#include "engine/books.h"

#include "base/memory.h"

#include <errno.h>
#include <string.h>

#define HOSTS_MAX 65536U
#define CROWDS_MAX 4096U  /* flows without ends, above all others */
#define HOSTS_KEPT 16384U /* above this, hosts without a flow are forgotten */
#define SOCKETS_MAX 262144U
#define MANY 1024U                     /* sockets, for which room is made beforehand */
#define LINGER_NS (15 * WEIR_NS_PER_S) /* a flow that ended is shown that much longer */

static void flow_texts_free(weir_live_flow_t *flow)
{
    weir_live_texts_t *texts = flow->texts;
    if (!texts)
        return;
    free(texts->server_name);
    free(texts->application);
    free(texts->ja4);
    free(texts);
    flow->texts = NULL;
}

void weir_books_done(weir_books_t *books)
{
    for (size_t i = 0; i < books->flow_count; i++)
        flow_texts_free(&books->flows[i]);
    weir_apps_done(&books->apps);
    weir_ledger_done(&books->ledger);
    weir_index_done(&books->flow_index);
    weir_index_done(&books->socket_index);
    weir_index_done(&books->host_index);
    free(books->flows);
    free(books->told);
    free(books->sockets);
    free(books->hosts);
    *books = (weir_books_t){0};
}

/* Room for one more item of `size` bytes. Returns the array, or NULL: no memory, or the ceiling. */
static void *array_grow(void *items, size_t count, size_t *room, size_t size, size_t most)
{
    if (count >= most)
        return NULL;
    if (count < *room)
        return items;
    size_t more = *room ? *room * 2 : 64;
    void *grown = realloc(items, more * size);
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

static uint32_t host_find(weir_books_t *books, const weir_address_t *address)
{
    if (address->family == WEIR_FAMILY_NONE)
        return WEIR_INDEX_NONE;
    uint64_t key = weir_address_hash(address);
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

static void flow_watch(weir_books_t *books, uint32_t at)
{
    weir_live_flow_t *flow = &books->flows[at];
    if (flow->watched)
        return;
    flow->watched = true;
    flow->next = books->watched;
    books->watched = at + 1;
}

static uint32_t flow_slot(weir_books_t *books, size_t most)
{
    uint32_t at = books->unused - 1;
    if (books->unused) {
        books->unused = books->flows[at].next;
        return at;
    }
    void *flows =
        array_grow(books->flows, books->flow_count, &books->flow_room, sizeof(*books->flows), most);
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

static uint64_t flow_hash(const weir_live_flow_t *flow)
{
    const weir_ends_t ends = {.one = flow->local,
                              .other = flow->peer,
                              .one_port = flow->local_port,
                              .other_port = flow->peer_port,
                              .protocol = flow->protocol};
    return ends_hash(&ends);
}

uint32_t weir_books_find(const weir_books_t *books, const weir_ends_t *ends)
{
    return weir_index_get(&books->flow_index, ends_hash(ends)); /* both say none by UINT32_MAX */
}

bool weir_books_same(const weir_live_flow_t *one, const weir_live_flow_t *other)
{
    return one->app == other->app && one->network == other->network && one->kind == other->kind &&
           one->local_port == other->local_port && one->protocol == other->protocol &&
           memcmp(&one->local, &other->local, sizeof(one->local)) == 0;
}

static void twins_leave(weir_books_t *books, uint32_t at)
{
    const weir_live_flow_t *flow = &books->flows[at];
    uint64_t hash = flow_hash(flow);
    uint32_t first = weir_index_get(&books->flow_index, hash);
    if (first == at && flow->twin == WEIR_FLOW_NONE)
        weir_index_remove(&books->flow_index, hash);
    else if (first == at) /* the key is there already: this takes no memory */
        (void)!weir_index_set(&books->flow_index, hash, flow->twin);
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
    if (!flow->texts)
        flow->texts = calloc(1, sizeof(*flow->texts));
    if (!flow->texts)
        return;
    text_keep(&flow->texts->server_name, label->server_name);
    text_keep(&flow->texts->application, label->application);
    text_keep(&flow->texts->ja4, label->ja4);
}

weir_told_t *weir_books_told(weir_books_t *books)
{
    if (books->told_room < books->flow_count) {
        weir_told_t *told = realloc(books->told, books->flow_room * sizeof(*told));
        if (!told)
            return NULL;
        books->told = told;
        books->told_room = books->flow_room;
    }
    for (; books->told_count < books->flow_count; books->told_count++)
        books->told[books->told_count] = (weir_told_t){.at_ns = books->now.boot_ns};
    return books->told;
}

/* One more flow, or one less, of its hosts. */
static void hosts_count(weir_books_t *books, const weir_live_flow_t *flow, int more)
{
    if (flow->local_host != WEIR_INDEX_NONE)
        books->hosts[flow->local_host].flows += (uint32_t)more;
    if (flow->peer_host != WEIR_INDEX_NONE && flow->peer_host != flow->local_host)
        books->hosts[flow->peer_host].flows += (uint32_t)more;
}

/* The slot is used again from the next tick on. */
static void flow_forget(weir_books_t *books, uint32_t at)
{
    weir_live_flow_t *flow = &books->flows[at];
    twins_leave(books, at);
    hosts_count(books, flow, -1);
    flow_texts_free(flow);
    flow->used = false;
    flow_watch(books, at);
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

static weir_live_flow_t flow_of(weir_books_t *books, const weir_socket_t *socket, uint32_t app)
{
    return (weir_live_flow_t){.used = true,
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
                              .local_host = WEIR_INDEX_NONE,
                              .peer_host = WEIR_INDEX_NONE,
                              .first_ns = books->now.wall_ns,
                              .last_ns = books->now.wall_ns,
                              .changed_ns = books->now.boot_ns};
}

/* newest: of those with these ends. A flow without ends is a crowd's, for which room is kept. */
static uint32_t flow_make(weir_books_t *books, const weir_live_flow_t *model, uint64_t hash,
                          uint32_t newest)
{
    bool crowd = model->local.family == WEIR_FAMILY_NONE && model->local_port == 0;
    uint32_t at = flow_slot(books, WEIR_FLOWS_LIVE_MAX + (crowd ? CROWDS_MAX : 0));
    if (at == WEIR_FLOW_NONE)
        return at;
    weir_live_flow_t *flow = &books->flows[at];
    *flow = *model;
    flow->twin = newest;
    if (weir_index_set(&books->flow_index, hash, at) < 0) {
        *flow = (weir_live_flow_t){.next = books->unused};
        books->unused = at + 1;
        return WEIR_FLOW_NONE;
    }
    flow->local_host = host_find(books, &flow->local);
    flow->peer_host = host_find(books, &flow->peer);
    hosts_count(books, flow, 1);
    if (flow->local_host != WEIR_INDEX_NONE)
        books->hosts[flow->local_host].local |= flow->kind != WEIR_TRAFFIC_FORWARDED;
    if (at < books->told_count)
        books->told[at] = (weir_told_t){.at_ns = books->now.boot_ns};
    flow_watch(books, at);
    return at;
}

static uint32_t flow_of_app(weir_books_t *books, const weir_socket_t *socket, uint32_t app)
{
    const weir_live_flow_t model = flow_of(books, socket, app);
    uint64_t hash = flow_hash(&model);
    uint32_t newest = weir_index_get(&books->flow_index, hash);
    uint32_t at = newest;
    while (at != WEIR_FLOW_NONE && !weir_books_same(&books->flows[at], &model))
        at = books->flows[at].twin;
    if (at != WEIR_FLOW_NONE && !flow_is_over(&books->flows[at], socket))
        return at;
    return flow_make(books, &model, hash, newest);
}

/* Where there are too many flows, an app has those that find no room together. */
static uint32_t flow_find(weir_books_t *books, const weir_socket_t *socket)
{
    uint32_t app = weir_apps_find(&books->apps, books->source, socket, books->now.boot_ns);
    uint32_t at = flow_of_app(books, socket, app);
    if (at != WEIR_FLOW_NONE)
        return at;
    weir_socket_t crowd = *socket;
    crowd.local = crowd.peer = (weir_address_t){0};
    crowd.local_port = crowd.peer_port = 0;
    return flow_of_app(books, &crowd, app);
}

/* ---- Differences ----------------------------------------------------------------------------- */

typedef struct pair {
    weir_socket_counts_t rx, tx;
} pair_t;

/* Sums are modulo 2^64, as in ledger.h. */
static weir_live_sum_t counts_since(const weir_socket_counts_t *now,
                                    const weir_socket_counts_t *before)
{
    return (weir_live_sum_t){now->bytes - before->bytes, now->packets - before->packets};
}

static void sum_add(weir_live_sum_t *sum, const weir_live_sum_t *more)
{
    sum->bytes += more->bytes;
    sum->packets += more->packets;
}

static void hosts_add(weir_books_t *books, const weir_live_flow_t *flow, const weir_live_sum_t *rx,
                      const weir_live_sum_t *tx)
{
    if (flow->local_host != WEIR_INDEX_NONE) {
        sum_add(&books->hosts[flow->local_host].rx, rx);
        sum_add(&books->hosts[flow->local_host].tx, tx);
    }
    if (flow->peer_host != WEIR_INDEX_NONE) {
        sum_add(&books->hosts[flow->peer_host].rx, tx);
        sum_add(&books->hosts[flow->peer_host].tx, rx);
    }
}

static void flow_add(weir_books_t *books, uint32_t at, const pair_t *now, const pair_t *before)
{
    weir_live_flow_t *flow = &books->flows[at];
    const weir_live_sum_t rx = counts_since(&now->rx, &before->rx);
    const weir_live_sum_t tx = counts_since(&now->tx, &before->tx);
    if (rx.bytes == 0 && tx.bytes == 0)
        return;
    sum_add(&flow->rx, &rx);
    sum_add(&flow->tx, &tx);
    sum_add(&flow->window_rx, &rx);
    sum_add(&flow->window_tx, &tx);
    flow_watch(books, at);
    flow->last_ns = books->now.wall_ns;
    flow->changed_ns = books->now.boot_ns;
    if (books->baseline)
        return;
    hosts_add(books, flow, &rx, &tx);
    if (flow->app == WEIR_APP_NONE)
        return;
    weir_app_entry_t *app = &books->apps.entries[flow->app];
    weir_counts_add(&app->rx, &now->rx, &before->rx);
    weir_counts_add(&app->tx, &now->tx, &before->tx);
    app->rx_link += flow->stays ? 0 : rx.bytes;
    app->tx_link += flow->stays ? 0 : tx.bytes;
}

static void ledger_add(weir_books_t *books, const weir_live_socket_t *open, const pair_t *now,
                       const pair_t *before)
{
    const weir_live_flow_t *flow = &books->flows[open->flow];
    const weir_ledger_entry_t entry = {.rx_iface = open->rx_iface,
                                       .tx_iface = open->tx_iface,
                                       .kind = flow->kind,
                                       .protocol = flow->protocol,
                                       .away = flow->network && flow->network != books->network &&
                                               !flow->stays,
                                       .local = &flow->local,
                                       .peer = &flow->peer,
                                       .rx_now = &now->rx,
                                       .rx_before = &before->rx,
                                       .tx_now = &now->tx,
                                       .tx_before = &before->tx};
    weir_ledger_add(&books->ledger, &entry);
}

/* ---- Sockets --------------------------------------------------------------------------------- */

/* One more open socket, or one less. */
static void flow_sockets(weir_books_t *books, weir_live_flow_t *flow, int more)
{
    bool before = flow->sockets > 0;
    flow->sockets += (uint32_t)more;
    int change = (flow->sockets > 0) - before;
    if (flow->app != WEIR_APP_NONE)
        books->apps.entries[flow->app].flows += (uint32_t)change;
}

static void flow_end(weir_books_t *books, uint32_t at, bool moved)
{
    weir_live_flow_t *flow = &books->flows[at];
    if (moved && !flow->rx.packets && !flow->tx.packets) {
        flow_forget(books, at);
        return;
    }
    flow->state = flow->protocol == 6 ? WEIR_FLOW_CLOSED : flow->state;
    flow->changed_ns = books->now.boot_ns;
    flow_watch(books, at);
}

static void socket_drop(weir_books_t *books, size_t at, bool moved)
{
    weir_live_socket_t *open = &books->sockets[at];
    flow_sockets(books, &books->flows[open->flow], -1);
    if (books->flows[open->flow].sockets == 0)
        flow_end(books, open->flow, moved);
    weir_index_remove(&books->socket_index, open->id);
    *open = books->sockets[--books->socket_count];
    if (at < books->socket_count) /* the key is there already: this takes no memory */
        (void)!weir_index_set(&books->socket_index, open->id, (uint32_t)at);
}

/* Without any room its bytes are left to the ledger alone. */
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
    flow_sockets(books, &books->flows[flow], 1);
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
    flow_add(books, open->flow, &now, &before);
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

/* Those that changed in the tick before, or have ended: the others need no look. */
static void flows_begin(weir_books_t *books)
{
    uint32_t next = books->watched;
    books->watched = 0;
    while (next) {
        uint32_t at = next - 1;
        weir_live_flow_t *flow = &books->flows[at];
        next = flow->next;
        if (flow->used && !flow->sockets && flow->changed_ns + LINGER_NS < books->now.boot_ns)
            flow_forget(books, at);
        flow->watched = false;
        flow->window_rx = flow->window_tx = (weir_live_sum_t){0};
        if (flow->used && !flow->sockets)
            flow_watch(books, at);
        if (flow->used)
            continue;
        flow->next = books->unused;
        books->unused = at + 1;
    }
}

/* More was taken back than came: nothing. */
static void sum_settle(weir_live_sum_t *sum)
{
    sum->bytes = (int64_t)sum->bytes < 0 ? 0 : sum->bytes;
    sum->packets = (int64_t)sum->packets < 0 ? 0 : sum->packets;
}

static void flows_settle(weir_books_t *books)
{
    for (uint32_t at = books->watched; at; at = books->flows[at - 1].next) {
        sum_settle(&books->flows[at - 1].window_rx);
        sum_settle(&books->flows[at - 1].window_tx);
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
        if (!host.flows || weir_index_set(&books->host_index, weir_address_hash(&host.address),
                                          (uint32_t)kept) < 0)
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
    flows_settle(books);
    hosts_forget(books);
    meters_advance(books, window_ns);
    return r;
}
